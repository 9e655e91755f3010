//! Is a take good enough to keep? Models cut off, fall silent and ramble without saying so.

mod checks;

pub use checks::{Checks, TranscriptCheck, wrong_words};

use super::activity::{Activity, SILENT_DBFS, Tail, centred};
use super::leveling::Loudness;
use crate::audio::Clip;
use crate::finding::{Finding, Severity, TakeFault};

/// A take this close to the model's ceiling was cut off by it.
const CEILING_MARGIN_SECONDS: f64 = 0.1;
/// People and models speak 9 to 22 characters a second (audio.md C.2, with room on both sides).
const SLOWEST_CHARACTERS_PER_SECOND: f64 = 6.0;
const FASTEST_CHARACTERS_PER_SECOND: f64 = 30.0;
/// Allowed on top, so that "Hi!" may be drawn out or cut short.
const DRAWN_OUT_SECONDS: f64 = 1.5;
const CUT_SHORT_SECONDS: f64 = 0.3;
/// One voice keeps its pace: how much slower and faster than usual a take may be.
const SLOWER_THAN_USUAL: f64 = 1.6;
const FASTER_THAN_USUAL: f64 = 0.55;
/// The same against another voice that reads the same words: one is slow and the other fast, but not by that much.
const SLOWER_THAN_ANOTHER: f64 = 1.6;
const LONGEST_GAP_SECONDS: f64 = 2.0;
/// A sound this short, this long after the rest, is a breath or a syllable that nobody wrote.
const TAIL_GAP_SECONDS: f64 = 0.5;
const TAIL_SECONDS: f64 = 0.6;
/// The fastest anybody says the last words.
const HURRIED_CHARACTERS_PER_SECOND: f64 = 25.0;
/// Clean speech has none (audio.md B.3).
const CLIPPED_WARNING_PER_SECOND: f64 = 1.0;
const CLIPPED_ERROR_PER_SECOND: f64 = 20.0;
const CLIPPED_SHARE_OF_PEAK: f32 = 0.999;
const CLIPPED_RUN: usize = 3;
/// Below, another voice may be speaking.
const LEAST_SIMILARITY: f64 = 0.70;
/// Below, another voice is speaking: recordings of two people score 0.54 to 0.76, of one person 0.87 and more.
const OTHER_VOICE: f64 = 0.60;
/// The same of a voice's first takes, which nothing else is known of, if there is enough speech to tell.
const OTHER_VOICE_AT_FIRST: f64 = 0.70;
const ENOUGH_SPEECH_SECONDS: f64 = 2.0;
/// Where the takes before came closer, this much less is another voice as well.
const OTHER_VOICE_BELOW_USUAL: f64 = 0.12;
const HIGHEST_OTHER_VOICE: f64 = 0.76;

/// What a take is held against.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Expectation {
    /// How long the text is, in characters said at an ordinary pace.
    pub characters: usize,
    /// The length that the model cuts off at without saying so, in seconds.
    pub max_output_seconds: Option<f64>,
    /// How like the sample the take sounds, -1 to 1, where that was measured and should be high.
    pub similarity: Option<f64>,
    /// How like the sample other takes of this voice sound.
    pub usual_similarity: Option<f64>,
    /// How many of these characters this voice says in a second, where that is known.
    pub pace: Option<f64>,
    /// How long another voice takes for this text, in seconds, where that is known and the pace of this voice is not.
    pub seconds: Option<f64>,
    /// How many of them stand behind the last pause of the text.
    pub last_words: usize,
}

impl Expectation {
    /// Expects a text of this many characters.
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

    /// Expects this text, with more time for digits, signs and characters that stand for whole syllables.
    pub fn of(text: &str, max_output_seconds: Option<f64>) -> Self {
        Self {
            last_words: last_words(text).chars().map(pace).sum(),
            ..Self::new(text.chars().map(pace).sum(), max_output_seconds)
        }
    }

    /// Tells how many characters this voice says in a second.
    #[must_use]
    pub fn with_pace(mut self, pace: f64) -> Self {
        self.pace = Some(pace);
        self
    }

    /// Tells how long another voice takes for it, in seconds.
    #[must_use]
    pub fn with_seconds(mut self, seconds: f64) -> Self {
        self.seconds = Some(seconds);
        self
    }

    /// Tells how like the sample other takes of this voice sound.
    #[must_use]
    pub fn with_usual_similarity(mut self, usual: f64) -> Self {
        self.usual_similarity = Some(usual);
        self
    }

    /// Tells how like the sample it sounds.
    #[must_use]
    pub fn with_similarity(mut self, similarity: f64) -> Self {
        self.similarity = Some(similarity);
        self
    }
}

/// What stands behind the last mark at which a speaker may pause, without the end of the sentence.
fn last_words(text: &str) -> &str {
    let text = text.trim_end_matches(|c: char| !c.is_alphanumeric());
    text.rsplit(|c: char| !c.is_alphanumeric() && !c.is_whitespace() && !matches!(c, '\'' | '’' | '-'))
        .next()
        .unwrap_or_default()
        .trim()
}

/// How many letters of English take as long to say.
const fn pace(character: char) -> usize {
    match character {
        // "seven", "percent"
        '0'..='9' | '%' | '$' | '€' | '£' | '&' | '@' | '+' | '=' | '°' => 5,
        // Kana, then ideographs and Korean syllables: two and three sounds each.
        '\u{3041}'..='\u{30FF}' => 2,
        '\u{3400}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7A3}' | '\u{20000}'..='\u{3FFFF}' => 3,
        _ => 1,
    }
}

/// What was found out about a take.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Verdict {
    /// False if it should be taken again: there is a finding of severity error.
    pub kept: bool,
    /// What is wrong with it.
    pub findings: Vec<Finding>,
    /// How long it is, in seconds.
    pub seconds: f64,
    /// How long it speaks, without silence and pauses, in seconds.
    pub speech_seconds: f64,
    /// How loud it is where it sounds, and its true peak; `None` if it is silent.
    pub loudness: Option<Loudness>,
    /// The characters of the text for each second of speech; `None` if it is silent.
    pub characters_per_second: Option<f64>,
    /// The longest silence between two sounds, in seconds.
    pub longest_gap_seconds: f64,
    /// How often a second its peaks are cut off.
    pub clipped_per_second: f64,
    /// How like the sample it sounds, where that was measured.
    pub similarity: Option<f64>,
}

/// Judges a take.
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
        let message = format!("{broken} samples are not numbers");
        verdict.reject(TakeFault::NotFinite, message, (broken as f64, 0.0, "samples"));
        return verdict;
    }
    let centred = centred(take);
    let activity = Activity::of(&centred);
    let loudness = Loudness::measured(&centred, &activity);
    if activity.span().is_none() {
        // JSON has no infinity: what is silent is as quiet as 24 bits go.
        let measure = (loudness.peak_dbtp.max(-144.0), SILENT_DBFS, "dBFS");
        verdict.reject(TakeFault::Silent, "nothing is said".to_owned(), measure);
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

type Measure = (f64, f64, &'static str);

impl Verdict {
    fn judge_length(&mut self, expected: &Expectation) {
        let Some(limit) = expected.max_output_seconds else {
            return;
        };
        if self.seconds >= limit - CEILING_MARGIN_SECONDS {
            let message = format!("it was cut off after {:.1} s", self.seconds);
            self.reject(TakeFault::Truncated, message, (self.seconds, limit, "s"));
        }
    }

    fn judge_pace(&mut self, expected: &Expectation) {
        let characters = expected.characters as f64;
        let spoken = self.speech_seconds;
        let (slowest, fastest) = match expected.pace {
            Some(pace) => (pace / SLOWER_THAN_USUAL, pace / FASTER_THAN_USUAL),
            None => (SLOWEST_CHARACTERS_PER_SECOND, FASTEST_CHARACTERS_PER_SECOND),
        };
        let longest = match (expected.pace, expected.seconds) {
            (None, Some(seconds)) => seconds * SLOWER_THAN_ANOTHER,
            _ => characters / slowest + DRAWN_OUT_SECONDS,
        };
        let shortest = characters / fastest - CUT_SHORT_SECONDS;
        if spoken > longest {
            let message = format!("{spoken:.1} s of speech for {characters} characters: something was added");
            self.reject(TakeFault::TooSlow, message, (spoken, longest, "s"));
        } else if spoken < shortest {
            let message = format!("{spoken:.1} s of speech for {characters} characters: something is missing");
            self.reject(TakeFault::TooFast, message, (spoken, shortest, "s"));
        }
    }

    /// A short sound long after the rest that cannot be the last words: they take longer to say.
    fn judge_tail(&mut self, expected: &Expectation, tail: Option<Tail>) {
        let Some(Tail { gap, sound }) = tail else { return };
        let needed = expected.last_words as f64 / HURRIED_CHARACTERS_PER_SECOND;
        if gap > TAIL_GAP_SECONDS && sound < TAIL_SECONDS && needed > sound {
            let message = format!("{sound:.1} s of sound follow {gap:.1} s after the end");
            self.reject(TakeFault::Tail, message, (sound, needed, "s"));
        }
    }

    fn judge_sound(&mut self) {
        let gap = self.longest_gap_seconds;
        if gap > LONGEST_GAP_SECONDS {
            let message = format!("it is silent for {gap:.1} s in the middle");
            self.reject(TakeFault::LongSilence, message, (gap, LONGEST_GAP_SECONDS, "s"));
        }
        let clipped = self.clipped_per_second;
        let message = format!("its peaks are cut off {clipped:.1} times a second");
        if clipped > CLIPPED_ERROR_PER_SECOND {
            self.reject(TakeFault::Clipped, message, (clipped, CLIPPED_ERROR_PER_SECOND, "1/s"));
        } else if clipped > CLIPPED_WARNING_PER_SECOND {
            let measure = (clipped, CLIPPED_WARNING_PER_SECOND, "1/s");
            self.note(Severity::Warning, TakeFault::Clipped, message, measure);
        }
    }

    fn judge_voice(&mut self, expected: &Expectation) {
        let Some(similarity) = expected.similarity else { return };
        let other = match expected.usual_similarity {
            Some(usual) => (usual - OTHER_VOICE_BELOW_USUAL).clamp(OTHER_VOICE, HIGHEST_OTHER_VOICE),
            None if self.speech_seconds >= ENOUGH_SPEECH_SECONDS => OTHER_VOICE_AT_FIRST,
            None => OTHER_VOICE,
        };
        let message = format!("it does not sound like the sample ({similarity:.2})");
        if similarity < other {
            self.reject(TakeFault::Unlike, message, (similarity, other, ""));
        } else if similarity < LEAST_SIMILARITY {
            let measure = (similarity, LEAST_SIMILARITY, "");
            self.note(Severity::Warning, TakeFault::Unlike, message, measure);
        }
        self.similarity = Some(similarity);
    }

    /// True if nothing is wrong but that it is slow or sounds unlike the sample: where all takes are, the voice is.
    pub(crate) fn may_be_usual(&self) -> bool {
        self.findings
            .iter()
            .filter(|finding| finding.severity == Severity::Error)
            .all(|finding| {
                matches!(
                    TakeFault::by_code(&finding.code),
                    Some(TakeFault::Unlike | TakeFault::TooSlow)
                )
            })
    }

    /// Adds what was found by other means.
    pub(crate) fn add(&mut self, finding: Finding) {
        self.kept &= finding.severity != Severity::Error;
        self.findings.push(finding);
    }

    fn reject(&mut self, fault: TakeFault, message: String, measure: Measure) {
        self.kept = false;
        self.note(Severity::Error, fault, message, measure);
    }

    fn note(&mut self, severity: Severity, fault: TakeFault, message: String, (value, limit, unit): Measure) {
        let hint = match severity {
            Severity::Error => "It is taken again with another seed, as far as takes and budget allow.",
            _ => "Listen to it; another seed may do better.",
        };
        self.findings
            .push(Finding::new(severity, fault.code(), message, hint).with_measure(value, limit, unit));
    }
}

/// How often samples stick at the peak on one side: speech that was clipped, even if it was turned down later.
fn clipped_runs(samples: &[f32]) -> usize {
    let peak = samples.iter().fold(0.0_f32, |peak, x| peak.max(x.abs()));
    let top = peak * CLIPPED_SHARE_OF_PEAK;
    let side = |x: &f32| match *x {
        x if x >= top => 1,
        x if x <= -top => -1,
        _ => 0,
    };
    samples
        .chunk_by(|a, b| side(a) == side(b))
        .filter(|run| run.len() >= CLIPPED_RUN && side(&run[0]) != 0)
        .count()
}

#[cfg(test)]
mod tests;
