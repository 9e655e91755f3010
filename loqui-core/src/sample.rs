//! Checks a recording of a voice and cuts out the excerpt that engines receive. No network access.
//!
//! `measure` computes values without judging them, `checks` judges them by `thresholds`, and `findings` has the text of
//! each finding.

mod analysis;
mod checks;
mod cleaned;
mod error;
mod file;
mod findings;
mod joined;
mod judgement;
mod measure;
mod preparation;
mod reference;
mod repair;
mod report;
#[cfg(feature = "analysis")]
mod speakers;
mod thresholds;
#[cfg(feature = "analysis")]
mod voiceprint;

use std::fmt;
use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

pub use analysis::{Analysis, analyze};
use bytes::Bytes;
pub(crate) use file::Recording;
pub use joined::JoinedRecording;
pub(crate) use judgement::Judgement;
use measure::Signal;
pub use preparation::Preparation;
pub use reference::{Reference, ReferenceLimits};
pub use repair::{Cleaning, CleaningOutcome, CleaningStep, Repair, SoundMeasures};
pub use report::{Measures, Report, SpeechBy};
use sha2::{Digest as _, Sha256};
#[cfg(feature = "analysis")]
pub use speakers::{Speaker, SpeakerPart};
#[cfg(feature = "analysis")]
pub use voiceprint::{Likeness, Voiceprint};

use crate::audio::{Clip, Input, SPEECH_RATE, wav};
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
    /// The report of the judgement, with what the file tells.
    report: Arc<Report>,
    inner: Arc<Inner>,
}

struct Inner {
    original: Bytes,
    sha256: String,
    judgement: Judgement,
    /// Cut when it is first needed if the judgement was stored.
    reference: OnceLock<Reference>,
    /// The files that the recording was made from, if it is not a file itself.
    sources: Vec<Source>,
}

/// A file that the recording of a [`Sample`] was made from.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Source {
    /// The name of the file.
    pub name: String,
    /// The file.
    pub file: Bytes,
}

impl Sample {
    /// Reads, decodes and checks a file of at most 4 GB. Of a file above 25 MB, the sample keeps the best minute in mono as its
    /// original; the report is that on the whole file.
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
        let recording = read(path).await?;
        let bytes = recording.bytes.clone();
        let sample = tokio::task::spawn_blocking(move || Self::from_bytes(bytes))
            .await
            .map_err(|cause| {
                Error::new(&code::INTERNAL, "the check of the recording was interrupted").with_source(cause)
            })??;
        Ok(sample.read_from(path, &recording))
    }

    /// Adds what only the file tells: its name, and the report on all of it if it is too large to be kept.
    pub(crate) fn read_from(self, path: &Path, recording: &Recording) -> Self {
        let mut report = recording.report.clone().unwrap_or_else(|| self.report().clone());
        report.add_wrong_extension(path);
        let named = match path.file_name() {
            Some(name) => self.with_name(&name.to_string_lossy()),
            None => self,
        };
        Self {
            report: Arc::new(report),
            ..named
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
        let signal = Signal::of(analysis::part_of(&Input::Memory(&original), &|_| {})?);
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
            report: Arc::new(judgement.report.clone()),
            inner: Arc::new(Inner {
                original,
                sha256,
                judgement,
                reference,
                sources: Vec::new(),
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
        &self.report
    }

    /// Returns the report and the excerpt, as they are stored.
    pub(crate) fn judgement(&self) -> &Judgement {
        &self.inner.judgement
    }

    /// Returns the recording: the original file, or the WAV file that was made from it.
    pub fn original(&self) -> &Bytes {
        &self.inner.original
    }

    /// Returns the files that the recording was made from, for instance the noisy file of a cleaned recording. Empty for a
    /// recording that is a file itself, and for one from the store.
    pub fn sources(&self) -> &[Source] {
        &self.inner.sources
    }

    /// Returns the SHA-256 of the original file in hexadecimal.
    pub fn sha256(&self) -> &str {
        &self.inner.sha256
    }

    /// Returns the length of the recording.
    pub fn duration(&self) -> Duration {
        Duration::from_secs_f64(self.report.duration_seconds.unwrap_or(self.inner.judgement.seconds))
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
    /// Those of [`decode`](crate::audio::decode).
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
    /// The code of the finding: `sample.too_short`, `sample.silent`, `sample.clipped`,
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
            .field("report", &self.report)
            .field("reference", &self.inner.reference.get())
            .finish_non_exhaustive()
    }
}

/// The SHA-256 of a recording, in hexadecimal.
pub(crate) fn sha256(recording: &[u8]) -> String {
    hex::encode(Sha256::digest(recording))
}

/// Reads a recording. One above 25 MB is replaced by its best part.
///
/// # Errors
///
/// `file.not_found`, `file.unreadable`, `sample.*`.
pub(crate) async fn read(path: &Path) -> Result<Recording> {
    file::read(path).await
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

/// Checks a file as [`check_file`] does, and returns the report with the audio and the time ranges on which it is based. The file
/// is read in pieces, so the memory does not depend on its length.
pub async fn analyze_file(path: impl AsRef<Path>) -> Analysis {
    analyze_file_with_progress(path, |_| {}).await
}

/// Checks a file as [`analyze_file`] does. `progress` gets the seconds of audio that were read, every 15 seconds of a long
/// recording.
pub async fn analyze_file_with_progress(path: impl AsRef<Path>, progress: impl Fn(f64) + Send + 'static) -> Analysis {
    let path = path.as_ref();
    let mut analysis = match file::open(path).await {
        Ok(file) => {
            let analyzed = tokio::task::spawn_blocking(move || file::analyze(file, &progress)).await;
            analyzed.unwrap_or_else(|cause| {
                Err(Error::new(
                    &code::INTERNAL,
                    format!("the check of the recording was interrupted: {cause}"),
                ))
            })
        }
        Err(error) => Err(error),
    }
    .unwrap_or_else(|error| unreadable(&error));
    analysis.report.add_wrong_extension(path);
    analysis
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
