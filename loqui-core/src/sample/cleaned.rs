//! Samples of cleaned recordings.

use std::sync::{Arc, OnceLock};

use bytes::Bytes;

use super::repair::{self, Cleaning, CleaningOutcome, Repaired, SoundMeasures};
use super::{Inner, Judgement, Sample, Source, analysis, sha256};
use crate::audio::wav;
use crate::error::Result;

impl Sample {
    /// Cleans the recording: restores clipped peaks, removes rumble, hum and DC offset, reduces noise, trims silence at its ends
    /// and sets its loudness. Returns a sample of the cleaned recording; this one stays as it is.
    ///
    /// Each step is checked: one that loses speech or changes the voice is left out. [`Report::cleaning`](super::Report::cleaning)
    /// lists all steps, and the measurements before and after. If nothing helps, the result has the same recording. Takes about
    /// 40 ms per second of audio.
    ///
    /// # Errors
    ///
    /// Those of [`from_bytes`](Self::from_bytes).
    ///
    /// # Examples
    ///
    /// ```
    /// use loqui_core::Sample;
    ///
    /// # let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/voices/slt.mp3");
    /// let cleaned = Sample::from_bytes(std::fs::read(path).unwrap())?.clean()?;
    /// let cleaning = cleaned.report().cleaning.as_ref().unwrap();
    /// assert!(cleaning.steps.iter().all(|step| !step.reason.is_empty()));
    /// std::fs::write(std::env::temp_dir().join("cleaned.wav"), cleaned.original()).unwrap();
    /// # Ok::<(), loqui_core::Error>(())
    /// ```
    pub fn clean(&self) -> Result<Self> {
        let signal = analysis::prepared(self.original())?;
        let before = SoundMeasures::of(self.report());
        let repaired = repair::repair(&signal);
        drop(signal);
        let Repaired {
            clip,
            mut steps,
            similarity,
        } = repaired;
        if steps.iter().any(|step| step.outcome == CleaningOutcome::Applied) {
            let file = wav::write(&clip, None);
            let sha256 = sha256(&file);
            let cleaned = Self::judge(file, sha256)?;
            match cleaned.report().first_error() {
                Some(finding) if self.usable() => {
                    let reason = format!("the cleaned recording would be refused: {}", finding.message);
                    for step in &mut steps {
                        if step.outcome == CleaningOutcome::Applied {
                            step.outcome = CleaningOutcome::LeftOut;
                            step.reason.clone_from(&reason);
                        }
                    }
                }
                _ => {
                    let after = SoundMeasures::of(cleaned.report());
                    let cleaning = Cleaning::new(before, after, similarity, steps);
                    return Ok(cleaned
                        .derived_from(self.files())
                        .with_name(self.name())
                        .with_cleaning(cleaning));
                }
            }
        }
        let cleaning = Cleaning::new(before.clone(), before, similarity.map(|_| 1.0), steps);
        Ok(self.clone().with_cleaning(cleaning))
    }

    /// Returns the recording as a mono WAV file of 16 bits, at its own sample rate.
    ///
    /// # Errors
    ///
    /// Those of [`from_bytes`](Self::from_bytes).
    pub fn to_wav(&self) -> Result<Bytes> {
        if wav::read_header(self.original()).is_ok() {
            return Ok(self.original().clone());
        }
        Ok(wav::write(&analysis::prepared(self.original())?.mono, None))
    }

    /// The files that the recording consists of.
    pub(super) fn files(&self) -> Vec<Source> {
        if self.inner.sources.is_empty() {
            return vec![Source {
                name: self.name().to_owned(),
                file: self.original().clone(),
            }];
        }
        self.inner.sources.clone()
    }

    /// The same sample with the files that its recording was made from.
    pub(super) fn derived_from(self, sources: Vec<Source>) -> Self {
        self.with_inner(|inner| inner.sources = sources)
    }

    fn with_cleaning(self, cleaning: Cleaning) -> Self {
        self.with_judgement(|judgement| judgement.report.cleaning = Some(cleaning))
    }

    /// The same sample with a changed judgement.
    pub(super) fn with_judgement(self, change: impl FnOnce(&mut Judgement)) -> Self {
        self.with_inner(|inner| change(&mut inner.judgement))
    }

    fn with_inner(self, change: impl FnOnce(&mut Inner)) -> Self {
        let inner = &*self.inner;
        let mut copy = Inner {
            original: inner.original.clone(),
            sha256: inner.sha256.clone(),
            judgement: inner.judgement.clone(),
            reference: inner
                .reference
                .get()
                .cloned()
                .map_or_else(OnceLock::new, OnceLock::from),
            sources: inner.sources.clone(),
        };
        change(&mut copy);
        Self {
            name: self.name,
            report: Arc::new(copy.judgement.report.clone()),
            inner: Arc::new(copy),
        }
    }
}
