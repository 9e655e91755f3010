//! A generation as JSON shows it: the same for the command line, HTTP, Python and Node.

use serde::Serialize;

use super::record::{ErrorRecord, GenerationRecord};
use super::state::StateKind;
use super::status::{Stage, Status};
use super::take::{TakeRecord, takes_by_segment};
use crate::audio::{SPEECH_RATE, tidy_seconds};
use crate::finding::Finding;
use crate::id::GenerationId;
use crate::money;
use crate::speech::{SubtitleFormat, subtitles};

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
    /// The segments of the script.
    pub segments: Vec<SegmentInfo>,
    /// The warnings about sample, script and takes.
    pub warnings: Vec<Finding>,
    /// The error, if it failed.
    pub error: Option<ErrorRecord>,
}

/// One segment of the script.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct SegmentInfo {
    /// The index, from 0.
    pub index: u32,
    /// The text as the user wrote it.
    pub text: String,
    /// Its start in the speech, in seconds.
    pub start: Option<f64>,
    /// Its end in the speech, in seconds.
    pub end: Option<f64>,
    /// The number of takes.
    pub takes: usize,
    /// The seed of the latest take.
    pub seed: Option<u32>,
    /// The provider's id of the latest take.
    pub prediction_id: Option<String>,
    /// Speaker similarity to the sample, -1 to 1, where it was measured. For the offline voice: the similarity that it
    /// reached when it was matched to the sample.
    pub similarity: Option<f64>,
}

impl GenerationInfo {
    /// Summarises the records.
    pub fn new(record: &GenerationRecord, takes: &[TakeRecord]) -> Self {
        let made = |take: &&TakeRecord| {
            !matches!(take.kind(), StateKind::Intended | StateKind::NeverCreated) && take.reused.is_none()
        };
        let of_segment = takes_by_segment(takes);
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
            segments: record
                .segments
                .iter()
                .map(|segment| {
                    let own = || of_segment.get(&segment.index).into_iter().flatten().copied();
                    let latest = own()
                        .find(|take| take.is_kept())
                        .or_else(|| own().max_by_key(|take| take.number));
                    let times = record
                        .speech
                        .as_ref()
                        .and_then(|speech| speech.times.get(segment.index as usize));
                    SegmentInfo {
                        index: segment.index,
                        text: segment.text.clone(),
                        start: times.map(|(start, _)| tidy_seconds(*start)),
                        end: times.map(|(_, end)| tidy_seconds(*end)),
                        takes: own().filter(made).count(),
                        seed: latest.filter(|take| !take.is_stand_in()).map(|take| take.seed),
                        prediction_id: latest.and_then(|take| take.prediction_id().map(str::to_owned)),
                        similarity: latest.and_then(|take| take.similarity),
                    }
                })
                .collect(),
            warnings: warnings(record, takes),
            error: record.error.clone(),
        }
    }

    /// Subtitles with the text of the script; empty before the speech is finished.
    pub fn subtitles(&self, format: SubtitleFormat) -> String {
        let timed = self
            .segments
            .iter()
            .filter_map(|segment| Some((segment.text.as_str(), segment.start?, segment.end?)));
        subtitles(format, timed)
    }

    /// Adds the file that the speech was written to.
    #[must_use]
    pub fn with_output(mut self, output: impl Into<String>) -> Self {
        self.output = Some(output.into());
        self
    }
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
