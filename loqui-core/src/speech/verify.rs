//! Judges takes. Models truncate speech, fall silent and add speech without reporting it.

mod checks;
mod findings;

pub use checks::{Checks, TranscriptCheck, wrong_words};

use super::activity::{Activity, SILENT_DBFS, Tail, centred};
use super::leveling::Loudness;
use crate::audio::{Clip, clipping};
use crate::finding::{Finding, FindingCode, Severity};

/// A take whose length is within this margin of the model's limit was cut off by the model.
const CEILING_MARGIN_SECONDS: f64 = 0.1;
/// The plausible range of characters per second of speech, with a margin on both sides. Measured: 8.9 to 22.4 for the offline
/// voice. English speech has 130 to 250 words per minute, about 12 to 24 characters per second (Tauroza and Allison,
/// 1990, <https://doi.org/10.1093/applin/11.1.90>).
const SLOWEST_CHARACTERS_PER_SECOND: f64 = 6.0;
const FASTEST_CHARACTERS_PER_SECOND: f64 = 30.0;
/// Tolerances for short texts. "Hi!" may be spoken slowly or fast.
const DRAWN_OUT_SECONDS: f64 = 1.5;
const CUT_SHORT_SECONDS: f64 = 0.3;
/// The limits on the length of a take relative to the usual pace of the same voice.
const SLOWER_THAN_USUAL: f64 = 1.6;
const FASTER_THAN_USUAL: f64 = 0.55;
/// The limit on the length of a take relative to another voice that reads the same text.
const SLOWER_THAN_ANOTHER: f64 = 1.6;
/// The longest silence between two words.
const LONGEST_GAP_SECONDS: f64 = 2.0;
/// A sound that is shorter than `TAIL_SECONDS` and follows a gap longer than `TAIL_GAP_SECONDS` may be a breath or a
/// syllable that is not in the text.
const TAIL_GAP_SECONDS: f64 = 0.5;
const TAIL_SECONDS: f64 = 0.6;
/// The fastest plausible pace of the last words.
const HURRIED_CHARACTERS_PER_SECOND: f64 = 25.0;
/// The similarity below which the voice may be another one.
const LEAST_SIMILARITY: f64 = 0.70;
/// The similarity below which the voice is another one. Measured: recordings of two people score 0.54 to 0.76, of one
/// person at least 0.87.
const OTHER_VOICE: f64 = 0.60;
/// The same limit for the first takes of a voice, if they have at least `ENOUGH_SPEECH_SECONDS` of speech.
const OTHER_VOICE_AT_FIRST: f64 = 0.70;
const ENOUGH_SPEECH_SECONDS: f64 = 2.0;
/// The largest distance from the usual similarity of earlier takes. The resulting limit is at most
/// `HIGHEST_OTHER_VOICE`.
const OTHER_VOICE_BELOW_USUAL: f64 = 0.12;
const HIGHEST_OTHER_VOICE: f64 = 0.76;

/// The expected properties of a take, by which it is judged: its text, the model and the voice.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Expectation {
    /// The length of the text, in characters spoken at an ordinary pace.
    pub characters: usize,
    /// The length at which the model truncates speech, in seconds.
    pub max_output_seconds: Option<f64>,
    /// The similarity of the take to the sample, -1 to 1. Absent if it was not measured or has no meaning.
    pub similarity: Option<f64>,
    /// The usual similarity of other takes of this voice.
    pub usual_similarity: Option<f64>,
    /// The usual pace of this voice, in characters per second, if it is known.
    pub pace: Option<f64>,
    /// The time another voice takes for this text, in seconds. Used while the pace of this voice is unknown.
    pub seconds: Option<f64>,
    /// The number of characters after the last pause of the text.
    pub last_words: usize,
}

impl Expectation {
    /// Creates an expectation for a text of this many characters.
    pub fn new(characters: usize, max_output_seconds: Option<f64>) -> Self {
        Self {
            characters,
            max_output_seconds,
            similarity: None,
            usual_similarity: None,
            pace: None,
            seconds: None,
            last_words: 0,
        }
    }

    /// Creates an expectation for a text. Digits, signs and characters for whole syllables count several times.
    pub fn of(text: &str, max_output_seconds: Option<f64>) -> Self {
        Self {
            last_words: last_words(text).chars().map(pace).sum(),
            ..Self::new(text.chars().map(pace).sum(), max_output_seconds)
        }
    }

    /// Sets the usual pace of this voice, in characters per second.
    #[must_use]
    pub fn with_pace(mut self, pace: f64) -> Self {
        self.pace = Some(pace);
        self
    }

    /// Sets the time another voice takes for the text, in seconds.
    #[must_use]
    pub fn with_seconds(mut self, seconds: f64) -> Self {
        self.seconds = Some(seconds);
        self
    }

    /// Sets the usual similarity of other takes of this voice, -1 to 1.
    #[must_use]
    pub fn with_usual_similarity(mut self, usual: f64) -> Self {
        self.usual_similarity = Some(usual);
        self
    }

    /// Sets the similarity of the take to the sample, -1 to 1.
    #[must_use]
    pub fn with_similarity(mut self, similarity: f64) -> Self {
        self.similarity = Some(similarity);
        self
    }
}

/// Returns the text after the last punctuation mark within it.
fn last_words(text: &str) -> &str {
    let text = text.trim_end_matches(|c: char| !c.is_alphanumeric());
    text.rsplit(|c: char| !c.is_alphanumeric() && !c.is_whitespace() && !matches!(c, '\'' | '’' | '-'))
        .next()
        .unwrap_or_default()
        .trim()
}

/// Returns the number of English letters that take as long to speak as this character.
const fn pace(character: char) -> usize {
    match character {
        // "seven", "percent"
        '0'..='9' | '%' | '$' | '€' | '£' | '&' | '@' | '+' | '=' | '°' => 5,
        // Kana have two sounds; ideographs and Korean syllables have three.
        '\u{3041}'..='\u{30FF}' => 2,
        '\u{3400}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7A3}' | '\u{20000}'..='\u{3FFFF}' => 3,
        _ => 1,
    }
}

/// The verdict on a take.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Verdict {
    /// False if a finding has severity error: the take should be repeated.
    pub kept: bool,
    /// The findings.
    pub findings: Vec<Finding>,
    /// The length, in seconds.
    pub seconds: f64,
    /// The time of speech, without silence at the ends and without pauses, in seconds.
    pub speech_seconds: f64,
    /// The level of the speech and the true peak. `None` if the take is silent.
    pub loudness: Option<Loudness>,
    /// The characters of the text per second of speech. `None` if the take is silent.
    pub characters_per_second: Option<f64>,
    /// The longest silence between two sounds, in seconds.
    pub longest_gap_seconds: f64,
    /// Runs of clipped samples, per second.
    pub clipped_per_second: f64,
    /// The similarity to the sample, -1 to 1. `None` if it was not measured.
    pub similarity: Option<f64>,
}

/// Judges a take by its text, its model and its voice.
///
/// # Examples
///
/// ```
/// use loqui_core::audio::{Clip, SPEECH_RATE};
/// use loqui_core::speech::verify::{Expectation, verify};
///
/// let silence = Clip::new(vec![0.0; 48_000], SPEECH_RATE);
/// let verdict = verify(&silence, &Expectation::of("Hello!", Some(40.0)));
/// assert!(!verdict.kept);
/// assert_eq!(verdict.findings[0].code, "take.silent");
/// ```
pub fn verify(take: &Clip, expected: &Expectation) -> Verdict {
    let mut verdict = Verdict {
        kept: true,
        findings: Vec::new(),
        seconds: take.seconds(),
        speech_seconds: 0.0,
        loudness: None,
        characters_per_second: None,
        longest_gap_seconds: 0.0,
        clipped_per_second: 0.0,
        similarity: None,
    };
    let broken = take.samples().iter().filter(|x| !x.is_finite()).count();
    if broken > 0 {
        verdict.add(findings::not_finite(broken));
        return verdict;
    }
    let centred = centred(take);
    let activity = Activity::of(&centred);
    let loudness = Loudness::measured(&centred, &activity);
    if activity.span().is_none() {
        // JSON has no infinity. The floor is the dynamic range of 24-bit samples.
        verdict.add(findings::silent(loudness.peak_dbtp.max(-144.0), SILENT_DBFS));
        return verdict;
    }
    verdict.loudness = Some(loudness);
    verdict.speech_seconds = activity.speech_seconds();
    verdict.longest_gap_seconds = activity.longest_gap_seconds();
    verdict.clipped_per_second = clipped_runs(take.samples()) as f64 / take.seconds();
    verdict.characters_per_second = Some(expected.characters as f64 / verdict.speech_seconds.max(0.01));

    verdict.judge_length(expected);
    verdict.judge_pace(expected);
    verdict.judge_tail(expected, activity.tail());
    verdict.judge_sound();
    verdict.judge_voice(expected);
    verdict
}

impl Verdict {
    fn judge_length(&mut self, expected: &Expectation) {
        if let Some(limit) = expected.max_output_seconds
            && self.seconds >= limit - CEILING_MARGIN_SECONDS
        {
            self.add(findings::truncated(self.seconds, limit));
        }
    }

    fn judge_pace(&mut self, expected: &Expectation) {
        let characters = expected.characters as f64;
        let speech = self.speech_seconds;
        let (slowest, fastest) = match expected.pace {
            Some(pace) => (pace / SLOWER_THAN_USUAL, pace / FASTER_THAN_USUAL),
            None => (SLOWEST_CHARACTERS_PER_SECOND, FASTEST_CHARACTERS_PER_SECOND),
        };
        let longest = match (expected.pace, expected.seconds) {
            (None, Some(seconds)) => seconds * SLOWER_THAN_ANOTHER,
            _ => characters / slowest + DRAWN_OUT_SECONDS,
        };
        let shortest = characters / fastest - CUT_SHORT_SECONDS;
        if speech > longest {
            self.add(findings::too_slow(speech, expected.characters, longest));
        } else if speech < shortest {
            self.add(findings::too_fast(speech, expected.characters, shortest));
        }
    }

    /// Rejects a short sound long after the rest that is too short for the last words of the text.
    fn judge_tail(&mut self, expected: &Expectation, tail: Option<Tail>) {
        let Some(Tail { gap, sound }) = tail else { return };
        let needed = expected.last_words as f64 / HURRIED_CHARACTERS_PER_SECOND;
        if gap > TAIL_GAP_SECONDS && sound < TAIL_SECONDS && needed > sound {
            self.add(findings::tail(sound, gap, needed));
        }
    }

    fn judge_sound(&mut self) {
        let gap = self.longest_gap_seconds;
        if gap > LONGEST_GAP_SECONDS {
            self.add(findings::long_silence(gap, LONGEST_GAP_SECONDS));
        }
        let clipped = self.clipped_per_second;
        if clipped > clipping::AUDIBLE_PER_SECOND {
            self.add(findings::clipped(
                clipped,
                clipping::AUDIBLE_PER_SECOND,
                clipping::UNUSABLE_PER_SECOND,
            ));
        }
    }

    fn judge_voice(&mut self, expected: &Expectation) {
        let Some(similarity) = expected.similarity else { return };
        self.similarity = Some(similarity);
        let other = match expected.usual_similarity {
            Some(usual) => (usual - OTHER_VOICE_BELOW_USUAL).clamp(OTHER_VOICE, HIGHEST_OTHER_VOICE),
            None if self.speech_seconds >= ENOUGH_SPEECH_SECONDS => OTHER_VOICE_AT_FIRST,
            None => OTHER_VOICE,
        };
        if similarity < other.max(LEAST_SIMILARITY) {
            self.add(findings::unlike(similarity, LEAST_SIMILARITY, other));
        }
    }

    /// Returns true if the only faults are a slow pace and a low similarity. If all takes have them, they are properties
    /// of the voice.
    pub(crate) fn may_be_usual(&self) -> bool {
        self.findings
            .iter()
            .filter(|finding| finding.severity == Severity::Error)
            .all(|finding| matches!(finding.code, FindingCode::TakeUnlike | FindingCode::TakeTooSlow))
    }

    /// Adds a finding. One of severity error rejects the take.
    pub(crate) fn add(&mut self, finding: Finding) {
        self.kept &= finding.severity != Severity::Error;
        self.findings.push(finding);
    }
}

/// Counts runs of samples at the peak on one side.
fn clipped_runs(samples: &[f32]) -> usize {
    let peak = samples.iter().fold(0.0_f32, |peak, x| peak.max(x.abs()));
    let top = peak * clipping::SHARE_OF_PEAK;
    let side = |x: &f32| match *x {
        x if x >= top => 1,
        x if x <= -top => -1,
        _ => 0,
    };
    samples
        .chunk_by(|a, b| side(a) == side(b))
        .filter(|run| run.len() >= clipping::RUN && side(&run[0]) != 0)
        .count()
}

#[cfg(test)]
mod tests;
