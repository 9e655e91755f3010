//! Is this recording usable, and which stretch of it does the engine hear? No network, no engine.

mod checks;
mod envelope;
mod error;
mod file;
#[cfg(feature = "analysis")]
mod hearing;
mod inspection;
mod reference;
mod report;
mod signal;
mod speech;
mod thresholds;
#[cfg(feature = "analysis")]
mod voiceprint;
mod window;

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
pub use inspection::{Inspection, inspect};
pub use report::{Measures, Report, SpeechBy};
use sha2::{Digest as _, Sha256};
use signal::Signal;
#[cfg(feature = "analysis")]
pub use voiceprint::{Likeness, Voiceprint};

use crate::audio::{DecodeError, Limits, decode, sniff};
use crate::engine::{ModelInfo, Reference};
use crate::error::{Error, Result, code};

/// A recording of a voice, decoded, measured and judged.
///
/// Cheap to clone. That there is one does not mean that it is any good: see [`report`](Self::report) and
/// [`ensure_usable`](Self::ensure_usable).
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
    report: Report,
    duration: Duration,
    reference: Reference,
}

impl Sample {
    /// Reads, decodes and judges a file. Its size is looked at before anything is read.
    ///
    /// # Errors
    ///
    /// `file.not_found`, `file.unreadable`, and all of [`from_bytes`](Self::from_bytes).
    pub async fn open(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let bytes = file::read(path, Limits::default().bytes).await?;
        let sample = tokio::task::spawn_blocking(move || Self::from_bytes(bytes))
            .await
            .map_err(|cause| {
                Error::new(&code::INTERNAL, "checking the recording was interrupted").with_source(cause)
            })??;
        Ok(match path.file_name() {
            Some(name) => sample.with_name(&name.to_string_lossy()),
            None => sample,
        })
    }

    /// Decodes and judges a recording in memory. Takes some milliseconds for each second of sound.
    ///
    /// # Errors
    ///
    /// `sample.unreadable`, `sample.unsupported_format`, `sample.too_large`.
    pub fn from_bytes(bytes: impl Into<Bytes>) -> Result<Self> {
        let original = bytes.into();
        let signal = Signal::of(decode(&original, &Limits::default())?);
        let sha256 = hex::encode(Sha256::digest(&original));
        let inner = Arc::new(Inner {
            report: signal.report(),
            duration: Duration::from_secs_f64(signal.seconds),
            reference: reference::cut(&signal),
            original,
            sha256,
        });
        Ok(Self {
            name: inner.sha256[..12].into(),
            inner,
        })
    }

    /// Replaces what people call it.
    #[must_use]
    pub fn with_name(mut self, name: &str) -> Self {
        self.name = name.into();
        self
    }

    /// What people call it: the name of its file, or else the start of its SHA-256.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What was found out about it.
    pub fn report(&self) -> &Report {
        &self.inner.report
    }

    /// The recording as it was given, untouched.
    pub fn original(&self) -> &Bytes {
        &self.inner.original
    }

    /// The SHA-256 of the recording as it was given, in hexadecimal.
    pub fn sha256(&self) -> &str {
        &self.inner.sha256
    }

    /// How long the recording is.
    pub fn duration(&self) -> Duration {
        self.inner.duration
    }

    /// The stretch that engines hear: at most 15 s, mono, 24 kHz, 16 bit.
    pub fn reference(&self) -> &Reference {
        &self.inner.reference
    }

    /// True if no finding is an error.
    pub fn usable(&self) -> bool {
        self.inner.report.usable
    }

    /// Turns the first finding that is an error into an error.
    ///
    /// # Errors
    ///
    /// The code of the finding: `sample.too_short`, `sample.too_long`, `sample.silent`, `sample.clipped`,
    /// `sample.noisy`, `sample.narrow_band`, `sample.dc_offset`, `sample.not_finite`.
    pub fn ensure_usable(&self) -> Result<()> {
        self.inner
            .report
            .first_error()
            .map_or(Ok(()), |finding| Err(error::of_finding(finding)))
    }

    /// Checks that the recording is usable, and long enough for this model.
    ///
    /// # Errors
    ///
    /// Those of [`ensure_usable`](Self::ensure_usable), and `sample.too_short`.
    pub fn ensure_usable_for(&self, model: &ModelInfo) -> Result<()> {
        self.ensure_usable()?;
        ensure_long_enough(model, self.reference_seconds())
    }

    /// Takes the voiceprint of the stretch that engines hear.
    ///
    /// # Errors
    ///
    /// `sample.no_speech` if there is too little of it.
    #[cfg(feature = "analysis")]
    pub fn voiceprint(&self) -> Result<Voiceprint> {
        Voiceprint::of_bytes(self.inner.reference.wav())
    }

    /// How long the stretch is that engines hear, in seconds.
    pub(crate) fn reference_seconds(&self) -> f64 {
        crate::audio::wav::seconds(self.inner.reference.wav()).unwrap_or_default()
    }
}

impl fmt::Debug for Sample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sample")
            .field("name", &self.name)
            .field("sha256", &self.inner.sha256)
            .field("report", &self.inner.report)
            .field("reference", &self.inner.reference)
            .finish_non_exhaustive()
    }
}

/// Checks that the stretch that engines hear is long enough for this model.
pub(crate) fn ensure_long_enough(model: &ModelInfo, seconds: f64) -> Result<()> {
    if seconds < model.min_reference_seconds {
        return Err(error::too_short_for(model, seconds));
    }
    Ok(())
}

/// Judges a file, whatever it is; one that cannot be read is unusable, and the finding says why.
pub async fn check_file(path: impl AsRef<Path>) -> Report {
    inspect_file(path).await.report
}

/// Judges a file as [`check_file`] does, and keeps what the report was read from.
pub async fn inspect_file(path: impl AsRef<Path>) -> Inspection {
    match file::read(path.as_ref(), Limits::default().bytes).await {
        Ok(bytes) => {
            let checked = tokio::task::spawn_blocking(move || inspect(&bytes)).await;
            checked.unwrap_or_else(|cause| {
                Inspection::without_sound(error::refused(&Error::new(
                    &code::INTERNAL,
                    format!("checking was interrupted: {cause}"),
                )))
            })
        }
        Err(error) => Inspection::without_sound(error::refused(&error)),
    }
}

/// Judges a recording, whatever it is: what cannot be decoded is unusable, and the finding says why.
///
/// # Examples
///
/// ```
/// let report = loqui_core::sample::check(b"");
/// assert_eq!(report.findings[0].code, "sample.unreadable");
/// assert_eq!(report.findings[0].message, "the file is empty");
/// ```
pub fn check(bytes: &[u8]) -> Report {
    inspect(bytes).report
}

fn unreadable(bytes: &[u8], error: &DecodeError) -> Report {
    Report {
        format: sniff(bytes).name().to_owned(),
        ..Report::default()
    }
    .conclude(vec![error::finding_of(error)])
}

#[cfg(test)]
mod tests;
