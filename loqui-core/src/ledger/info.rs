//! A generation as JSON shows it: the same for the command line, HTTP, Python and Node.

use serde::Serialize;

use super::cast::VoiceRecord;
use super::record::{ErrorRecord, GenerationRecord};
use super::state::StateKind;
use super::status::{Stage, Status};
use super::take::{TakeRecord, takes_by_segment};
use crate::audio::{SPEECH_RATE, tidy_seconds};
use crate::finding::Finding;
use crate::id::{GenerationId, SampleId};
use crate::money;
use crate::script::chapters;
use crate::speech::{SegmentWords, SubtitleOptions, TimedText, Word, subtitles};

/// A generation, with a summary of its takes.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct GenerationInfo {
    /// The id.
    pub generation: GenerationId,
    /// The status.
    pub status: Status,
    /// The stage.
    pub stage: Stage,
    /// The progress in percent, 0 to 100.
    pub progress: u8,
    /// The engine's name.
    pub engine: String,
    /// The model's full name.
    pub model: String,
    /// The file that the speech was written to, if it was written to one.
    pub output: Option<String>,
    /// The length of the speech, in seconds.
    pub duration_seconds: Option<f64>,
    /// The rate of the speech, in Hz.
    pub sample_rate: u32,
    /// The cost so far, in US dollars.
    pub cost_usd: f64,
    /// The number of takes.
    pub takes: usize,
    /// The generation that was edited to make this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<GenerationId>,
    /// The voices that the segments name. Empty for a script in one voice.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub voices: Vec<VoiceInfo>,
    /// The segments of the script.
    pub segments: Vec<SegmentInfo>,
    /// The chapters of the script, in order. None without headings.
    pub chapters: Vec<ChapterInfo>,
    /// The warnings about sample, script and takes.
    pub warnings: Vec<Finding>,
    /// The error, if it failed.
    pub error: Option<ErrorRecord>,
}

/// One of several voices.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct VoiceInfo {
    /// The label in the script.
    pub label: String,
    /// The id of the sample.
    pub sample: SampleId,
    /// The model's full name.
    pub model: String,
    /// The change of its loudness, in dB.
    pub gain_db: f64,
}

/// A take of a segment that can be chosen.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct TakeInfo {
    /// Its number.
    pub take: u32,
    /// Whether it is part of the speech.
    pub kept: bool,
    /// Its length, in seconds.
    pub duration_seconds: Option<f64>,
    /// Its seed.
    pub seed: u32,
    /// Its similarity to the sample, -1 to 1, where it was measured.
    pub similarity: Option<f64>,
}

/// A chapter of the script.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ChapterInfo {
    /// The title. Empty for a text before the first heading, if the script has no title.
    pub title: String,
    /// The level of the heading: 1 for the highest, up to 6.
    pub level: u8,
    /// The index of the first segment, and the index past the last one.
    pub segments: (u32, u32),
    /// Its start in the speech, in seconds.
    pub start: Option<f64>,
    /// Its end in the speech, in seconds: where the next chapter starts.
    pub end: Option<f64>,
}

/// One segment of the script.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct SegmentInfo {
    /// The index, from 0.
    pub index: u32,
    /// The number by which edits name the sentence. It stays the same in all edited versions. Absent if the script was not
    /// split by sentences.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<u32>,
    /// The label of the voice, in a script with several voices.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub voice: Option<String>,
    /// The text as the user wrote it.
    pub text: String,
    /// Its start in the speech, in seconds.
    pub start: Option<f64>,
    /// Its end in the speech, in seconds.
    pub end: Option<f64>,
    /// Its words with their times in the speech. Empty before the speech is finished, and where the words were not asked for:
    /// `Generation::info_with_words`.
    pub words: Vec<Word>,
    /// The number of takes.
    pub takes: usize,
    /// The seed of the latest take.
    pub seed: Option<u32>,
    /// The provider's id of the latest take.
    pub prediction_id: Option<String>,
    /// Speaker similarity to the sample, -1 to 1, where it was measured. For the offline voice: the similarity that it
    /// reached when it was matched to the sample.
    pub similarity: Option<f64>,
    /// The takes that can be chosen, if there are several.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<TakeInfo>,
}

impl SegmentInfo {
    /// Returns the number by which edits name the segment: its [`id`](Self::id), or else its position, from 1.
    pub fn number(&self) -> u32 {
        self.id.unwrap_or(self.index + 1)
    }
}

impl GenerationInfo {
    /// Summarises the records.
    pub fn new(record: &GenerationRecord, takes: &[TakeRecord]) -> Self {
        let made = |take: &&TakeRecord| {
            !matches!(take.kind(), StateKind::Intended | StateKind::NeverCreated) && take.reused.is_none()
        };
        let mut of_segment = takes_by_segment(takes);
        let voice = |voice: &VoiceRecord| VoiceInfo {
            label: voice.label.clone(),
            sample: voice.sample,
            model: voice.model.clone(),
            gain_db: voice.gain_db,
        };
        Self {
            generation: record.id,
            status: record.status,
            stage: record.stage,
            progress: record.progress,
            engine: record.engine.clone(),
            model: record.model.clone(),
            output: None,
            duration_seconds: record.speech.as_ref().map(|speech| tidy_seconds(speech.seconds)),
            sample_rate: SPEECH_RATE,
            cost_usd: money::exact(takes.iter().map(|take| take.cost_usd).sum()),
            takes: takes.iter().filter(made).count(),
            parent: record.lineage.as_ref().map(|lineage| lineage.parent),
            voices: record.voices.iter().map(voice).collect(),
            segments: record
                .segments
                .iter()
                .map(|segment| {
                    let all = of_segment.remove(&segment.index).unwrap_or_default();
                    let own = || all.iter().copied();
                    let latest = own()
                        .find(|take| take.is_kept())
                        .or_else(|| own().max_by_key(|take| take.number));
                    let times = record
                        .speech
                        .as_ref()
                        .and_then(|speech| speech.times.get(segment.index as usize));
                    SegmentInfo {
                        index: segment.index,
                        id: segment.id,
                        voice: segment.voice.clone(),
                        text: segment.text.clone(),
                        start: times.map(|(start, _)| tidy_seconds(*start)),
                        end: times.map(|(_, end)| tidy_seconds(*end)),
                        words: Vec::new(),
                        takes: own().filter(|take| made(take)).count(),
                        seed: latest.filter(|take| !take.is_stand_in()).map(|take| take.seed),
                        prediction_id: latest.and_then(|take| take.prediction_id().map(str::to_owned)),
                        similarity: latest.and_then(|take| take.similarity),
                        choices: choices(&all),
                    }
                })
                .collect(),
            chapters: chapter_infos(record),
            warnings: warnings(record, takes),
            error: record.error.clone(),
        }
    }

    /// Subtitles with the text of the script; empty before the speech is finished. A [`SubtitleFormat`] is enough for the
    /// options. Without the words of the segments, times within a segment are estimated.
    ///
    /// [`SubtitleFormat`]: crate::SubtitleFormat
    pub fn subtitles(&self, options: impl Into<SubtitleOptions>) -> String {
        let timed = self.segments.iter().filter_map(|segment| {
            let text = TimedText::from((segment.text.as_str(), segment.start?, segment.end?));
            Some(text.with_words(&segment.words))
        });
        subtitles(options, timed)
    }

    /// Adds the words of the segments, in order.
    pub(crate) fn with_words(mut self, words: Vec<SegmentWords>) -> Self {
        for (segment, words) in self.segments.iter_mut().zip(words) {
            segment.words = words.written;
        }
        self
    }

    /// Adds the file that the speech was written to.
    #[must_use]
    pub fn with_output(mut self, output: impl Into<String>) -> Self {
        self.output = Some(output.into());
        self
    }
}

/// The takes that can be chosen; none if there is no choice.
fn choices(takes: &[&TakeRecord]) -> Vec<TakeInfo> {
    let choices: Vec<TakeInfo> = takes
        .iter()
        .filter(|take| take.is_audible())
        .map(|take| TakeInfo {
            take: take.number,
            kept: take.is_kept(),
            duration_seconds: take.seconds(),
            seed: take.seed,
            similarity: take.similarity,
        })
        .collect();
    if choices.len() > 1 { choices } else { Vec::new() }
}

/// The chapters with their times. A chapter lasts until the next one starts.
pub(crate) fn chapter_infos(record: &GenerationRecord) -> Vec<ChapterInfo> {
    let times = record.speech.as_ref();
    let start = |segment: u32| {
        times
            .and_then(|speech| speech.times.get(segment as usize))
            .map(|(start, _)| *start)
    };
    let whole = times.map(|speech| speech.seconds);
    let chapters = chapters(&record.segments);
    let chapters = chapters.into_iter().map(|chapter| ChapterInfo {
        start: if chapter.segments.0 == 0 {
            whole.map(|_| 0.0)
        } else {
            start(chapter.segments.0)
        },
        end: start(chapter.segments.1).or(whole),
        title: chapter.title,
        level: chapter.level,
        segments: chapter.segments,
    });
    chapters.collect()
}

/// The findings about the sample and the script, then those about the kept takes, without duplicates.
fn warnings(record: &GenerationRecord, takes: &[TakeRecord]) -> Vec<Finding> {
    let mut warnings = record.warnings.clone();
    let kept = takes.iter().filter(|take| take.is_kept());
    for finding in kept.flat_map(TakeRecord::all_findings) {
        if !warnings.contains(&finding) {
            warnings.push(finding);
        }
    }
    warnings
}
