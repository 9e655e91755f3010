//! The report on a recording. Its JSON form is the same in all languages and in `loqui check --json`.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::measure::Signal;
use super::{Cleaning, JoinedRecording, ReferenceLimits, checks, findings};
use crate::audio::{Content, DecodeError, Input, sniff_input};
use crate::finding::{Finding, FindingCode, Severity};

/// The verdict on a recording, with the measured values and the findings.
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
    /// Whether the recording can be used: no finding is an error.
    pub usable: bool,
    /// The kind of file, detected from its content, for instance `mp3`.
    pub format: String,
    /// The length in seconds, counted in decoded frames. Absent if the file cannot be decoded.
    pub duration_seconds: Option<f64>,
    /// The sample rate in Hz. Absent if the file cannot be decoded.
    pub sample_rate: Option<u32>,
    /// The number of channels. Absent if the file cannot be decoded.
    pub channels: Option<u16>,
    /// The channels that carry the voice, counted from 1. Their mean is used; the others are silent, carry other sound or would
    /// cancel the voice. Empty if the file cannot be decoded.
    #[serde(default)]
    pub voice_channels: Vec<u16>,
    /// The measured values.
    pub measures: Measures,
    /// The findings, the most severe first.
    pub findings: Vec<Finding>,
    /// What was done to clean the recording. Absent for a recording that was not cleaned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cleaning: Option<Cleaning>,
    /// The number of the speaker that was chosen. Absent for a recording that was not divided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speaker: Option<u32>,
    /// The recordings that were joined. Empty for a single recording.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub recordings: Vec<JoinedRecording>,
}

impl Report {
    /// Returns the first finding that makes the recording unusable.
    pub fn first_error(&self) -> Option<&Finding> {
        self.findings.iter().find(|finding| finding.severity == Severity::Error)
    }

    /// Returns the findings that lower the quality of the clone but do not prevent it.
    pub fn warnings(&self) -> impl Iterator<Item = &Finding> {
        self.findings
            .iter()
            .filter(|finding| finding.severity == Severity::Warning)
    }

    /// Returns whether [`Sample::clean`](super::Sample::clean) may help: the recording is noisy, clipped, off centre or quiet, and
    /// was not cleaned yet.
    ///
    /// # Examples
    ///
    /// ```
    /// assert!(!loqui_core::sample::check(b"Dear diary").may_be_cleaned());
    /// ```
    pub fn may_be_cleaned(&self) -> bool {
        let helps = |finding: &Finding| {
            matches!(
                finding.code,
                FindingCode::SampleNoisy
                    | FindingCode::SampleClipped
                    | FindingCode::SampleDcOffset
                    | FindingCode::SampleQuiet
            )
        };
        self.cleaning.is_none() && self.findings.iter().any(helps)
    }

    /// Applies the limits of one model: a recording that is too short for it becomes unusable.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[cfg(feature = "replicate")] {
    /// use loqui_core::engine::ReplicateEngine;
    ///
    /// let turbo = ReplicateEngine::model_info(Some("chatterbox-turbo"))?;
    /// let file = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/voices/slt.mp3")).unwrap();
    /// assert!(loqui_core::sample::check(&file).for_model(&turbo.reference_limits()).usable);
    /// # }
    /// # Ok::<(), loqui_core::Error>(())
    /// ```
    #[must_use]
    pub fn for_model(self, limits: &ReferenceLimits) -> Self {
        let mut all = self.findings.clone();
        if let Some(seconds) = self.reference_seconds()
            && seconds < limits.min_seconds
            && self.usable
        {
            all.push(findings::too_short_for(limits, seconds));
        }
        self.with_findings(all)
    }

    pub(super) fn of(signal: &Signal) -> Self {
        let measured = signal.measure();
        let found = checks::run(&measured);
        Self {
            format: signal.content.name().to_owned(),
            duration_seconds: rounded(signal.seconds, 3),
            sample_rate: Some(signal.sample_rate),
            channels: Some(signal.channels),
            voice_channels: signal.voice_channels.iter().map(|channel| channel + 1).collect(),
            measures: measured.measures,
            ..Self::default()
        }
        .with_findings(found)
    }

    pub(super) fn of_undecodable(input: &Input<'_>, error: &DecodeError) -> Self {
        Self {
            format: sniff_input(input).0.name().to_owned(),
            ..Self::default()
        }
        .with_findings(vec![findings::undecodable(error)])
    }

    /// Returns the length of the excerpt that engines receive, in seconds.
    fn reference_seconds(&self) -> Option<f64> {
        let measures = &self.measures;
        let seconds = measures.reference_end_seconds? - measures.reference_start_seconds?;
        rounded(seconds, 2)
    }

    /// Adds a note if the name of the file says that it is of another kind.
    pub(super) fn add_wrong_extension(&mut self, path: &Path) {
        let extension = path.extension().and_then(|extension| extension.to_str());
        if let Some(extension) = extension
            && self.duration_seconds.is_some()
            && let Some(content) = Content::contradicting(&self.format, extension)
        {
            self.findings.push(findings::wrong_extension(extension, content));
        }
    }

    /// Sorts the findings by severity and sets `usable`.
    pub(super) fn with_findings(mut self, mut findings: Vec<Finding>) -> Self {
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
        self.usable = findings.iter().all(|finding| finding.severity != Severity::Error);
        self.findings = findings;
        self
    }
}

/// The measured values. A value is absent where it cannot be measured: the level of silence, the noise between words
/// without a gap, and everything about a file that cannot be decoded.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Measures {
    /// The total time of speech, in seconds.
    pub speech_seconds: Option<f64>,
    /// The share of the recording that is speech, 0 to 1.
    pub speech_ratio: Option<f64>,
    /// The method that detected the speech. Detection by energy leaves the measures of pitch and speakers absent.
    pub speech_by: Option<SpeechBy>,
    /// The silence before the first word, in seconds.
    pub leading_silence_seconds: Option<f64>,
    /// The longest pause between words, in seconds.
    pub longest_pause_seconds: Option<f64>,
    /// The largest sample of any channel, in dBFS.
    pub peak_dbfs: Option<f64>,
    /// The true peak, in dBTP (ITU-R BS.1770, annex 2, <https://www.itu.int/rec/R-REC-BS.1770>).
    pub true_peak_dbtp: Option<f64>,
    /// The root mean square level, in dBFS.
    pub rms_dbfs: Option<f64>,
    /// The integrated loudness of the voice in mono, in LUFS (EBU R 128, <https://tech.ebu.ch/publications/r128>).
    pub loudness_lufs: Option<f64>,
    /// The mean of all samples, full scale is 1.0.
    pub dc_offset: Option<f64>,
    /// Runs of clipped samples, per second.
    pub clipped_per_second: Option<f64>,
    /// The signal-to-noise ratio, in dB.
    pub snr_db: Option<f64>,
    /// The level of the noise between words, in dBFS.
    pub noise_floor_dbfs: Option<f64>,
    /// The highest frequency that carries speech, in Hz.
    pub bandwidth_hz: Option<f64>,
    /// The correlation of left and right, from -1 (opposite) to 1 (equal). Absent for mono.
    pub stereo_correlation: Option<f64>,
    /// The ratio of slow modulation of the level (3 to 18 Hz, as of syllables) to fast modulation (18 to 64 Hz, as of
    /// reverberation) in the excerpt that engines receive. Voices without reverberation have at least 5.5. Absent with less than
    /// two seconds of speech.
    pub modulation_ratio: Option<f64>,
    /// The time with a pitch, in seconds.
    pub voiced_seconds: Option<f64>,
    /// The median pitch step in 10 ms, in semitones. Held notes have small steps.
    pub pitch_step_semitones: Option<f64>,
    /// The share of voiced stretches of 200 ms that hold a note, 0 to 1.
    pub held_note_share: Option<f64>,
    /// The cosine similarity of the two voices that differ most, 0 to 1. One speaker scores at least 0.86.
    pub speaker_similarity: Option<f64>,
    /// The share of speech of the second of them, 0 to 0.5.
    pub second_speaker_share: Option<f64>,
    /// The start of the excerpt that engines receive, in seconds.
    pub reference_start_seconds: Option<f64>,
    /// The end of the excerpt that engines receive, in seconds.
    pub reference_end_seconds: Option<f64>,
    /// The reason for the choice of the excerpt.
    pub reference_reason: Option<String>,
}

/// The method that detected the speech.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SpeechBy {
    /// By energy alone. Music and intermittent noise count as speech.
    Energy,
    /// By a neural speech detector.
    Network,
}

/// Rounds to the precision of the measurement. Returns nothing for NaN and infinity, which JSON cannot represent.
pub(super) fn rounded(value: f64, decimals: i32) -> Option<f64> {
    let scale = 10_f64.powi(decimals);
    // Adding zero turns -0.0 into 0.0.
    value.is_finite().then(|| (value * scale).round() / scale + 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_are_sorted_by_severity_and_an_error_makes_the_report_unusable() {
        let finding = |severity, code| Finding::new(severity, code, "", "");
        let report = Report::default().with_findings(vec![
            finding(Severity::Note, "a"),
            finding(Severity::Error, "b"),
            finding(Severity::Warning, "c"),
            finding(Severity::Error, "d"),
        ]);
        let order: Vec<_> = report.findings.iter().map(|finding| finding.code.as_str()).collect();
        assert_eq!(order, ["b", "d", "c", "a"]);
        assert!(!report.usable);
        assert_eq!(report.first_error().map(|finding| finding.code.as_str()), Some("b"));
        assert!(
            Report::default()
                .with_findings(vec![finding(Severity::Warning, "c")])
                .usable
        );
    }

    #[test]
    fn rounding_drops_infinity_and_nan_and_negative_zero() {
        assert_eq!(rounded(13.425_170_07, 3), Some(13.425));
        assert_eq!(rounded(f64::NEG_INFINITY, 2), None);
        assert_eq!(rounded(f64::NAN, 2), None);
        assert!(rounded(-0.000_1, 2).is_some_and(f64::is_sign_positive));
    }
}
