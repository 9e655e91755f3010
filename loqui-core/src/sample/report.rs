//! What was found out about a recording: the same in every language, and what `loqui check --json` prints.

use serde::{Deserialize, Serialize};

use crate::engine::ModelInfo;
use crate::error::code;
use crate::finding::{Finding, Severity};

/// The verdict on a recording, with everything it rests on.
///
/// # Examples
///
/// ```
/// let report = loqui_core::sample::check(b"Dear diary");
/// assert!(!report.usable);
/// assert_eq!(report.findings[0].message, "this is text, not a recording");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Report {
    /// True if no finding is an error.
    pub usable: bool,
    /// What kind of file it is, by its content, for instance `mp3`.
    pub format: String,
    /// How long it is, in seconds, counted by decoded frames; absent if it cannot be decoded.
    pub duration_seconds: Option<f64>,
    /// Its rate, in Hz; absent if it cannot be decoded.
    pub sample_rate: Option<u32>,
    /// How many channels it has; absent if it cannot be decoded.
    pub channels: Option<u16>,
    /// What was measured.
    pub measures: Measures,
    /// What was noticed: the worst first.
    pub findings: Vec<Finding>,
}

impl Report {
    /// The first finding that makes it unusable.
    pub fn first_error(&self) -> Option<&Finding> {
        self.findings.iter().find(|finding| finding.severity == Severity::Error)
    }

    /// The findings that do not stop it, but lower the quality of what is made of it.
    pub fn warnings(&self) -> impl Iterator<Item = &Finding> {
        self.findings
            .iter()
            .filter(|finding| finding.severity == Severity::Warning)
    }

    /// Holds it against what one model asks for: a recording that is too short for it becomes unusable.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[cfg(feature = "replicate")] {
    /// use loqui_core::engine::ReplicateEngine;
    ///
    /// let turbo = ReplicateEngine::model_info(Some("chatterbox-turbo"))?;
    /// let file = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/voices/slt.mp3")).unwrap();
    /// assert!(loqui_core::sample::check(&file).for_model(&turbo).usable);
    /// # }
    /// # Ok::<(), loqui_core::Error>(())
    /// ```
    #[must_use]
    pub fn for_model(self, model: &ModelInfo) -> Self {
        let seconds = self.reference_seconds();
        let refused = seconds.filter(|seconds| *seconds < model.min_reference_seconds);
        let mut findings = self.findings.clone();
        if let Some(seconds) = refused
            && self.usable
        {
            let code = &code::SAMPLE_TOO_SHORT;
            let message = super::error::too_short_message(model, seconds);
            findings.push(
                Finding::new(Severity::Error, code.name(), message, code.hint().unwrap_or_default()).with_measure(
                    seconds,
                    model.min_reference_seconds,
                    "s",
                ),
            );
        }
        self.conclude(findings)
    }

    /// How long the stretch is that engines hear, in seconds.
    fn reference_seconds(&self) -> Option<f64> {
        let measures = &self.measures;
        let seconds = measures.reference_end_seconds? - measures.reference_start_seconds?;
        rounded(seconds, 2)
    }

    /// A report of these findings, put in order.
    pub(super) fn conclude(mut self, mut findings: Vec<Finding>) -> Self {
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
        self.usable = findings.iter().all(|finding| finding.severity != Severity::Error);
        self.findings = findings;
        self
    }
}

/// What was measured. Absent is what cannot be measured: the level of silence, the noise between words that have no
/// gap, or everything about a file that cannot be decoded.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Measures {
    /// How much of it is speech, in seconds.
    pub speech_seconds: Option<f64>,
    /// How much of it is speech, as a share of its length, 0 to 1.
    pub speech_ratio: Option<f64>,
    /// How speech was told from the rest. By energy, music and voices cannot be judged: those measures are absent.
    pub speech_by: Option<SpeechBy>,
    /// The silence before the first word, in seconds.
    pub leading_silence_seconds: Option<f64>,
    /// The longest pause between words, in seconds.
    pub longest_pause_seconds: Option<f64>,
    /// The largest sample of any channel, in dBFS.
    pub peak_dbfs: Option<f64>,
    /// The largest peak between samples, in dBTP.
    pub true_peak_dbtp: Option<f64>,
    /// The root of the mean square, in dBFS.
    pub rms_dbfs: Option<f64>,
    /// Integrated loudness of the mono mix, in LUFS.
    pub loudness_lufs: Option<f64>,
    /// The mean of all samples; full scale is 1.0.
    pub dc_offset: Option<f64>,
    /// Clipped runs, per second.
    pub clipped_per_second: Option<f64>,
    /// Speech over noise, in dB.
    pub snr_db: Option<f64>,
    /// The noise between words, in dBFS.
    pub noise_floor_dbfs: Option<f64>,
    /// The highest frequency that carries speech, in Hz.
    pub bandwidth_hz: Option<f64>,
    /// How alike left and right are, from -1 (opposite) to 1 (the same); absent for mono.
    pub stereo_correlation: Option<f64>,
    /// How long the room rings on, in seconds for 60 dB: a guess, absent without three clean ends of words.
    pub reverberation_seconds: Option<f64>,
    /// How much of it has a pitch, in seconds.
    pub voiced_seconds: Option<f64>,
    /// The middle step of pitch in 10 ms, in semitones: small for held notes.
    pub pitch_step_semitones: Option<f64>,
    /// The share of voiced stretches of 200 ms that hold a note, 0 to 1.
    pub held_note_share: Option<f64>,
    /// How alike the two voices are that differ most, 0 to 1: above 0.86 it is one speaker.
    pub speaker_similarity: Option<f64>,
    /// How much of the speech belongs to the second of them, 0 to 0.5.
    pub second_speaker_share: Option<f64>,
    /// Where the stretch starts that engines hear, in seconds.
    pub reference_start_seconds: Option<f64>,
    /// Where the stretch ends that engines hear, in seconds.
    pub reference_end_seconds: Option<f64>,
    /// Why that stretch was chosen.
    pub reference_reason: Option<String>,
}

/// How speech was told from the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SpeechBy {
    /// By loudness alone: music and noise that comes and goes count as speech.
    Energy,
    /// By a network that knows speech.
    Network,
}

/// Rounds to what was really measured; what is not a number is absent, since JSON has no infinity.
pub(super) fn rounded(value: f64, decimals: i32) -> Option<f64> {
    let scale = 10_f64.powi(decimals);
    // Adding zero turns the negative zero into the plain one.
    value.is_finite().then(|| (value * scale).round() / scale + 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_comes_first_and_decides() {
        let finding = |severity, code| Finding::new(severity, code, "", "");
        let report = Report::default().conclude(vec![
            finding(Severity::Note, "a"),
            finding(Severity::Error, "b"),
            finding(Severity::Warning, "c"),
            finding(Severity::Error, "d"),
        ]);
        let order: Vec<_> = report.findings.iter().map(|finding| finding.code.as_str()).collect();
        assert_eq!(order, ["b", "d", "c", "a"]);
        assert!(!report.usable);
        assert_eq!(report.first_error().map(|finding| finding.code.as_str()), Some("b"));
        assert!(Report::default().conclude(vec![finding(Severity::Warning, "c")]).usable);
    }

    #[test]
    fn numbers_are_rounded_and_infinity_is_absent() {
        assert_eq!(rounded(13.425_170_07, 3), Some(13.425));
        assert_eq!(rounded(f64::NEG_INFINITY, 2), None);
        assert_eq!(rounded(f64::NAN, 2), None);
        assert!(rounded(-0.000_1, 2).is_some_and(f64::is_sign_positive));
    }
}
