//! The report on a cleaned recording. Its JSON form is the same in all languages and in `loqui clean --json`.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::sample::report::{Report, rounded};

/// What was done to clean a recording, with measurements before and after.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Cleaning {
    /// The recording as it was.
    pub before: SoundMeasures,
    /// The cleaned recording.
    pub after: SoundMeasures,
    /// The cosine similarity of the voice before and after, 0 to 1. Noise changes it as well: the same voice without its
    /// noise scores about 0.6 for a signal-to-noise ratio of 10 dB and 0.85 for 20 dB. Absent without networks.
    pub similarity: Option<f64>,
    /// All steps, in order, with those that were not needed or left out.
    pub steps: Vec<CleaningStep>,
}

impl Cleaning {
    pub(in crate::sample) fn new(
        before: SoundMeasures,
        after: SoundMeasures,
        similarity: Option<f64>,
        steps: Vec<CleaningStep>,
    ) -> Self {
        Self {
            before,
            after,
            similarity: similarity.and_then(|similarity| rounded(similarity, 3)),
            steps,
        }
    }

    /// Returns whether the recording was changed.
    pub fn changed(&self) -> bool {
        self.steps.iter().any(|step| step.outcome == CleaningOutcome::Applied)
    }
}

/// One step of cleaning.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CleaningStep {
    /// The step.
    pub step: Repair,
    /// Whether it was applied.
    pub outcome: CleaningOutcome,
    /// What it changed, or why it was not applied.
    pub reason: String,
}

impl CleaningStep {
    pub(super) fn new(step: Repair, outcome: CleaningOutcome, reason: String) -> Self {
        Self { step, outcome, reason }
    }
}

/// A step of cleaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Repair {
    /// Restores short clipped peaks.
    Clipping,
    /// Removes sound below the voice.
    Rumble,
    /// Removes hum of the mains.
    Hum,
    /// Reduces noise.
    Noise,
    /// Cuts off silence at the start and at the end.
    Silence,
    /// Sets the loudness.
    Level,
}

impl fmt::Display for Repair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Clipping => "clipping",
            Self::Rumble => "rumble",
            Self::Hum => "hum",
            Self::Noise => "noise",
            Self::Silence => "silence",
            Self::Level => "level",
        })
    }
}

/// Whether a step was applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum CleaningOutcome {
    /// The recording was changed.
    Applied,
    /// There was nothing to repair.
    NotNeeded,
    /// The step would have made the recording worse.
    LeftOut,
}

/// The measurements of a recording that cleaning changes. A value is absent where it cannot be measured.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SoundMeasures {
    /// The length, in seconds.
    pub duration_seconds: Option<f64>,
    /// The integrated loudness, in LUFS.
    pub loudness_lufs: Option<f64>,
    /// The true peak, in dBTP.
    pub true_peak_dbtp: Option<f64>,
    /// The signal-to-noise ratio, in dB.
    pub snr_db: Option<f64>,
    /// The level of the noise between words, in dBFS.
    pub noise_floor_dbfs: Option<f64>,
    /// Runs of clipped samples, per second.
    pub clipped_per_second: Option<f64>,
}

impl SoundMeasures {
    pub(in crate::sample) fn of(report: &Report) -> Self {
        let measures = &report.measures;
        Self {
            duration_seconds: report.duration_seconds,
            loudness_lufs: measures.loudness_lufs,
            true_peak_dbtp: measures.true_peak_dbtp,
            snr_db: measures.snr_db,
            noise_floor_dbfs: measures.noise_floor_dbfs,
            clipped_per_second: measures.clipped_per_second,
        }
    }
}
