//! Checks a recording of a voice and cuts out the excerpt that engines receive. No network access.
//!
//! `measure` computes values without judging them, `checks` judges them by `thresholds`, and `findings` has the text of
//! each finding.

mod analysis;
mod checks;
mod error;
mod file;
mod findings;
mod judgement;
mod measure;
mod reference;
mod report;
mod thresholds;
#[cfg(feature = "analysis")]
mod voiceprint;

use std::fmt;
use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

pub use analysis::{Analysis, analyze};
use bytes::Bytes;
pub(crate) use judgement::Judgement;
use measure::Signal;
pub use reference::{Reference, ReferenceLimits};
pub use report::{Measures, Report, SpeechBy};
use sha2::{Digest as _, Sha256};
#[cfg(feature = "analysis")]
pub use voiceprint::{Likeness, Voiceprint};

use crate::audio::{Clip, Limits, SPEECH_RATE, decode, wav};
use crate::error::{Error, Result, code};

/// A recording of a voice, decoded and checked.
///
/// A `Sample` may be unusable: see [`report`](Self::report) and [`ensure_usable`](Self::ensure_usable). Clones share the
/// recording.
///
/// # Examples
///
/// ```
/// use loqui_core::Sample;
/// use loqui_core::audio::{Clip, wav};
///
/// let file = wav::write(&Clip::new(vec![0.0; 240_000], 24_000), None);
/// let sample = Sample::from_bytes(file)?;
/// assert_eq!(sample.duration().as_secs(), 10);
/// assert_eq!(sample.ensure_usable().unwrap_err().code(), "sample.silent");
/// # Ok::<(), loqui_core::Error>(())
/// ```
#[derive(Clone)]
pub struct Sample {
    name: Arc<str>,
    inner: Arc<Inner>,
}

struct Inner {
    original: Bytes,
    sha256: String,
    judgement: Judgement,
    /// Cut when it is first needed if the judgement was stored.
    reference: OnceLock<Reference>,
}

impl Sample {
    /// Reads, decodes and checks a file of at most 25 MB.
    ///
    /// # Errors
    ///
    /// `file.not_found`, `file.unreadable`, and those of [`from_bytes`](Self::from_bytes).
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> loqui_core::Result<()> {
    /// # let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/voices/slt.mp3");
    /// let sample = loqui_core::Sample::open(path).await?;
    /// assert_eq!(sample.name(), "slt.mp3");
    /// assert!(sample.usable());
    /// # Ok(())
    /// # }
    /// ```
    pub async fn open(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let bytes = read(path).await?;
        let sample = tokio::task::spawn_blocking(move || Self::from_bytes(bytes))
            .await
            .map_err(|cause| {
                Error::new(&code::INTERNAL, "the check of the recording was interrupted").with_source(cause)
            })??;
        Ok(sample.with_name_of(path))
    }

    /// Replaces the name by that of a file.
    pub(crate) fn with_name_of(self, path: &Path) -> Self {
        match path.file_name() {
            Some(name) => self.with_name(&name.to_string_lossy()),
            None => self,
        }
    }

    /// Decodes and checks a recording in memory. Blocks the thread for some milliseconds per second of audio.
    ///
    /// # Errors
    ///
    /// `sample.unreadable`, `sample.unsupported_format`, `sample.too_large`.
    pub fn from_bytes(bytes: impl Into<Bytes>) -> Result<Self> {
        let original = bytes.into();
        let sha256 = sha256(&original);
        Self::judge(original, sha256)
    }

    /// Decodes and judges a recording with this SHA-256.
    pub(crate) fn judge(original: Bytes, sha256: String) -> Result<Self> {
        let signal = Signal::of(decode(&original, &Limits::default())?);
        let reference = reference::cut(&signal);
        let judgement = Judgement::of(&signal, reference.seconds());
        Ok(Self::assemble(original, sha256, judgement, OnceLock::from(reference)))
    }

    /// A recording that was judged before. It is not decoded until its reference is needed.
    pub(crate) fn judged(original: Bytes, sha256: String, judgement: Judgement) -> Self {
        Self::assemble(original, sha256, judgement, OnceLock::new())
    }

    fn assemble(original: Bytes, sha256: String, judgement: Judgement, reference: OnceLock<Reference>) -> Self {
        Self {
            name: sha256[..12].into(),
            inner: Arc::new(Inner {
                original,
                sha256,
                judgement,
                reference,
            }),
        }
    }

    /// Replaces the name.
    #[must_use]
    pub fn with_name(mut self, name: &str) -> Self {
        self.name = name.into();
        self
    }

    /// Returns the name: that of the file, otherwise the first 12 digits of the SHA-256.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the report.
    pub fn report(&self) -> &Report {
        &self.inner.judgement.report
    }

    /// Returns the report and the excerpt, as they are stored.
    pub(crate) fn judgement(&self) -> &Judgement {
        &self.inner.judgement
    }

    /// Returns the original file.
    pub fn original(&self) -> &Bytes {
        &self.inner.original
    }

    /// Returns the SHA-256 of the original file in hexadecimal.
    pub fn sha256(&self) -> &str {
        &self.inner.sha256
    }

    /// Returns the length of the recording.
    pub fn duration(&self) -> Duration {
        Duration::from_secs_f64(self.inner.judgement.seconds)
    }

    /// Returns the excerpt that engines receive: at most 15 s, mono, 24 kHz, 16 bit.
    ///
    /// If [`Loqui::open_sample`](crate::Loqui::open_sample) used a stored report, the first call decodes the recording.
    pub fn reference(&self) -> &Reference {
        self.try_reference().unwrap_or_else(|error| {
            // A recording that was judged by this version can be decoded by it.
            tracing::error!(
                code = error.code(),
                "a recording that was judged before cannot be decoded: {error}"
            );
            let silence = Clip::new(Vec::new(), SPEECH_RATE);
            self.inner
                .reference
                .get_or_init(|| Reference::new(wav::write(&silence, None)))
        })
    }

    /// Returns the excerpt that engines receive. If the judgement was stored, the first call decodes the recording.
    ///
    /// # Errors
    ///
    /// Those of [`decode`].
    pub(crate) fn try_reference(&self) -> Result<&Reference> {
        if let Some(reference) = self.inner.reference.get() {
            return Ok(reference);
        }
        let cut = reference::cut_again(&self.inner.original, &self.inner.judgement.excerpt)?;
        Ok(self.inner.reference.get_or_init(|| cut))
    }

    /// Returns true if no finding is an error.
    pub fn usable(&self) -> bool {
        self.report().usable
    }

    /// Returns an error if the recording is unusable: the first finding of severity error.
    ///
    /// # Errors
    ///
    /// The code of the finding: `sample.too_short`, `sample.too_long`, `sample.silent`, `sample.clipped`,
    /// `sample.noisy`, `sample.narrow_band`, `sample.no_speech`, `sample.dc_offset`, `sample.not_finite`.
    pub fn ensure_usable(&self) -> Result<()> {
        self.report()
            .first_error()
            .map_or(Ok(()), |finding| Err(error::of_finding(finding)))
    }

    /// Returns an error if the recording is unusable or too short for a model.
    ///
    /// `ModelInfo::reference_limits` returns the limits of a model.
    ///
    /// # Errors
    ///
    /// Those of [`ensure_usable`](Self::ensure_usable), and `sample.too_short`.
    pub fn ensure_usable_for(&self, limits: &ReferenceLimits) -> Result<()> {
        self.ensure_usable()?;
        ensure_long_enough(limits, self.reference_seconds())
    }

    /// Computes the voiceprint of the excerpt that engines receive.
    ///
    /// # Errors
    ///
    /// `sample.no_speech` for less than 1.2 s of speech.
    #[cfg(feature = "analysis")]
    pub fn voiceprint(&self) -> Result<Voiceprint> {
        Voiceprint::of_bytes(self.try_reference()?.wav())
    }

    /// Returns the length of the excerpt that engines receive, in seconds.
    pub(crate) fn reference_seconds(&self) -> f64 {
        self.inner.judgement.excerpt.reference_seconds
    }
}

impl fmt::Debug for Sample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sample")
            .field("name", &self.name)
            .field("sha256", &self.inner.sha256)
            .field("report", &self.inner.judgement.report)
            .field("reference", &self.inner.reference.get())
            .finish_non_exhaustive()
    }
}

/// The SHA-256 of a recording, in hexadecimal.
pub(crate) fn sha256(recording: &[u8]) -> String {
    hex::encode(Sha256::digest(recording))
}

/// Reads a recording of at most 25 MB.
///
/// # Errors
///
/// `file.not_found`, `file.unreadable`, `sample.too_large`.
pub(crate) async fn read(path: &Path) -> Result<Bytes> {
    file::read(path, Limits::default().bytes).await
}

/// Returns an error if a reference of this length is too short for a model.
pub(crate) fn ensure_long_enough(limits: &ReferenceLimits, seconds: f64) -> Result<()> {
    if seconds < limits.min_seconds {
        return Err(error::too_short_for(limits, seconds));
    }
    Ok(())
}

/// Checks a file. A file that cannot be read or decoded gets a report with `usable` false and the reason as a finding.
pub async fn check_file(path: impl AsRef<Path>) -> Report {
    analyze_file(path).await.report
}

/// Checks a file as [`check_file`] does, and returns the report with the audio and the time ranges on which it is
/// based.
pub async fn analyze_file(path: impl AsRef<Path>) -> Analysis {
    match read(path.as_ref()).await {
        Ok(bytes) => {
            let analyzed = tokio::task::spawn_blocking(move || analyze(&bytes)).await;
            analyzed.unwrap_or_else(|cause| {
                unreadable(&Error::new(
                    &code::INTERNAL,
                    format!("the check of the recording was interrupted: {cause}"),
                ))
            })
        }
        Err(error) => unreadable(&error),
    }
}

/// Checks a recording in memory. A recording that cannot be decoded gets a report with `usable` false and the reason as a
/// finding.
///
/// # Examples
///
/// ```
/// let report = loqui_core::sample::check(b"");
/// assert_eq!(report.findings[0].code, "sample.unreadable");
/// assert_eq!(report.findings[0].message, "the file is empty");
/// ```
pub fn check(bytes: &[u8]) -> Report {
    analyze(bytes).report
}

/// The analysis of a file that could not be read.
fn unreadable(cause: &Error) -> Analysis {
    Analysis::without_audio(Report::default().with_findings(vec![findings::unreadable(cause)]))
}

#[cfg(test)]
mod tests;
