//! One take: the identity, the cost and the state of one call of an engine.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::record::ErrorRecord;
use super::row::TakeRow;
use super::state::{Intended, Kept, Prediction, Rejected, StateKind, TakeState};
use crate::error::{Error, code};
use crate::finding::{Finding, Severity};
use crate::id::GenerationId;

/// Identifies a take. Printed and parsed as `7-0-1` (generation, segment, number), the form that webhook addresses carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct TakeId {
    /// The generation.
    pub generation: GenerationId,
    /// The segment, from 0.
    pub segment: u32,
    /// The number of the take of this segment, from 1.
    pub number: u32,
}

impl TakeId {
    /// Identifies a take: `segment` counts from 0, `number` from 1.
    pub const fn new(generation: GenerationId, segment: u32, number: u32) -> Self {
        Self {
            generation,
            segment,
            number,
        }
    }
}

impl fmt::Display for TakeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}-{}", self.generation, self.segment, self.number)
    }
}

impl FromStr for TakeId {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let read = || {
            let mut parts = text.split('-');
            let id = Self {
                generation: parts.next()?.parse().ok()?,
                segment: parts.next()?.parse().ok()?,
                number: parts.next()?.parse().ok()?,
            };
            parts.next().is_none().then_some(id)
        };
        read().ok_or_else(|| Error::new(&code::GENERATION_NOT_FOUND, "there is no take with that id"))
    }
}

/// One take of one segment.
///
/// [`TakeRow`] is its flat form: what stores keep and what serde reads and writes. The state changes only through the
/// transitions of [`transitions`](super::transitions).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(into = "TakeRow", try_from = "TakeRow")]
#[non_exhaustive]
pub struct TakeRecord {
    /// The generation it belongs to.
    pub generation: GenerationId,
    /// The segment, from 0.
    pub segment: u32,
    /// The number of the take of this segment, from 1. Unique with generation and segment.
    pub number: u32,
    /// The seed, 1 or more. Reconciliation recognises a lost prediction by it. It is 0 in a [stand-in](Self::is_stand_in).
    pub seed: u32,
    /// The epoch of the claim that recorded the intent.
    pub epoch: i64,
    /// When the intent was last recorded, before anything was sent.
    pub intended_at: Timestamp,
    /// The number of sends that created nothing (rate limit, connection refused).
    pub sends: u32,
    /// The number of characters that the engine speaks.
    pub characters: u32,
    /// The cost, in US dollars. It is 0 if the take cannot have to be paid.
    pub cost_usd: f64,
    /// The findings of the engine and of the checks.
    pub findings: Vec<Finding>,
    /// The generation that made and paid for the audio, if this take reuses it.
    pub reused: Option<GenerationId>,
    /// Speaker similarity to the sample, -1 to 1, where it was measured. For an engine that does not clone voices: the
    /// similarity that its voice reached when it was matched to the sample.
    pub similarity: Option<f64>,
    /// Changed by transitions only.
    pub(super) state: TakeState,
}

impl TakeRecord {
    /// Records the intent to make a take. Nothing is sent yet.
    pub fn intend(
        generation: impl Into<GenerationId>,
        segment: u32,
        number: u32,
        seed: u32,
        epoch: i64,
        now: Timestamp,
    ) -> Self {
        Self {
            generation: generation.into(),
            segment,
            number,
            seed,
            epoch,
            intended_at: now,
            sends: 0,
            characters: 0,
            cost_usd: 0.0,
            findings: Vec::new(),
            reused: None,
            similarity: None,
            state: TakeState::Intended(Intended::default()),
        }
    }

    /// Records a copy of a kept take of an earlier generation: it costs nothing. `audio` is the key of the copied audio.
    pub(crate) fn reuse(earlier: &Self, place: TakeId, audio: String, epoch: i64, now: Timestamp) -> Self {
        let TakeId {
            generation,
            segment,
            number,
        } = place;
        Self {
            findings: earlier.findings.clone(),
            reused: Some(earlier.generation),
            similarity: earlier.similarity,
            state: TakeState::Kept(Kept {
                prediction: None,
                audio: Some(audio),
                seconds: earlier.seconds().unwrap_or_default(),
                last_resort: earlier.is_last_resort(),
            }),
            ..Self::intend(generation, segment, number, earlier.seed, epoch, now)
        }
    }

    /// Records a copy of an audible take of an earlier generation that is not part of the speech, but can be chosen later.
    /// It costs nothing. It keeps the time of the earlier take, so that it does not count against the number of takes.
    pub(crate) fn shelve(earlier: &Self, place: TakeId, audio: String, epoch: i64) -> Self {
        let TakeId {
            generation,
            segment,
            number,
        } = place;
        Self {
            findings: earlier.findings.clone(),
            reused: Some(earlier.generation),
            similarity: earlier.similarity,
            state: TakeState::Rejected(Rejected {
                prediction: None,
                audio: Some(audio),
                seconds: earlier.seconds().unwrap_or_default(),
            }),
            ..Self::intend(generation, segment, number, earlier.seed, epoch, earlier.intended_at)
        }
    }

    /// Records what may have been created since a backup, in records that were restored from it: its seed is not known.
    #[cfg(any(feature = "sqlite", feature = "postgres", test))]
    pub(crate) fn stand_in(place: TakeId, epoch: i64, backup_at: Timestamp) -> Self {
        let TakeId {
            generation,
            segment,
            number,
        } = place;
        Self {
            state: TakeState::Unanswered(super::state::Unanswered::default()),
            ..Self::intend(generation, segment, number, 0, epoch, backup_at)
        }
    }

    /// True if the take stands for what may have been created after the backup that these records come from. Before the
    /// segment is paid, the provider's list is searched for predictions of its text that no take of these records has.
    pub fn is_stand_in(&self) -> bool {
        self.seed == 0
    }

    /// Identifies the take.
    pub fn id(&self) -> TakeId {
        TakeId {
            generation: self.generation,
            segment: self.segment,
            number: self.number,
        }
    }

    /// The state with its data.
    pub fn state(&self) -> &TakeState {
        &self.state
    }

    /// The name of the state.
    pub fn kind(&self) -> StateKind {
        self.state.kind()
    }

    /// True if it is part of the speech.
    pub fn is_kept(&self) -> bool {
        self.kind() == StateKind::Kept
    }

    /// True if its audio can be heard and chosen: it was kept or rejected, and its audio is there.
    pub fn is_audible(&self) -> bool {
        matches!(self.kind(), StateKind::Kept | StateKind::Rejected) && self.audio().is_some()
    }

    /// True if it was kept although the checks rejected it, because no better take was possible.
    pub fn is_last_resort(&self) -> bool {
        matches!(&self.state, TakeState::Kept(kept) if kept.last_resort)
    }

    /// The prediction at the provider, once its id is known.
    pub fn prediction(&self) -> Option<&Prediction> {
        self.state.prediction()
    }

    /// The id of the prediction at the provider, once it is known.
    pub fn prediction_id(&self) -> Option<&str> {
        self.prediction().map(|prediction| prediction.id.as_str())
    }

    /// The key of the audio in the audio store; absent before it is stored and after it was pruned.
    pub fn audio(&self) -> Option<&str> {
        self.state.audio()
    }

    /// The length of the audio, in seconds, once it was judged.
    pub fn seconds(&self) -> Option<f64> {
        self.state.seconds()
    }

    /// Why it could not be sent, was not answered, or failed.
    pub fn error(&self) -> Option<&ErrorRecord> {
        self.state.error()
    }

    /// Every finding of the take: those of the audio, and notes for the similarity and the reuse.
    pub fn all_findings(&self) -> Vec<Finding> {
        let measured = self
            .similarity
            .filter(|_| {
                !self
                    .findings
                    .iter()
                    .any(|finding| finding.code == crate::finding::FindingCode::VoiceMatched)
            })
            .map(similarity_note);
        let reused = self.reused.map(reuse_note);
        measured
            .into_iter()
            .chain(self.findings.iter().cloned())
            .chain(reused)
            .collect()
    }

    /// The same take with all its times changed by `change`.
    #[must_use]
    pub(crate) fn map_times(mut self, change: impl Fn(Timestamp) -> Timestamp) -> Self {
        self.intended_at = change(self.intended_at);
        self.state.map_times(change);
        self
    }
}

/// The code of the note on a take that reuses the audio of an earlier generation.
pub(super) const REUSED: &str = "take.reused";
/// The code of the note that holds the speaker similarity.
pub(super) const SIMILARITY: &str = "take.similarity";

fn similarity_note(similarity: f64) -> Finding {
    let message = format!("its voice was compared with the sample: {similarity:.2}");
    Finding::new(Severity::Note, SIMILARITY, message, NO_ACTION).with_measure(similarity, 0.0, "")
}

fn reuse_note(generation: GenerationId) -> Finding {
    let message = format!("it was spoken for generation {generation}");
    Finding::new(Severity::Note, REUSED, message, NO_ACTION).with_measure(generation.get() as f64, 0.0, "")
}

const NO_ACTION: &str = "No action needed.";

/// Groups takes by segment in one pass. A book has thousands of segments, and their takes are read after every result.
pub(crate) fn takes_by_segment(takes: &[TakeRecord]) -> HashMap<u32, Vec<&TakeRecord>> {
    let mut of_segment: HashMap<u32, Vec<&TakeRecord>> = HashMap::with_capacity(takes.len());
    for take in takes {
        of_segment.entry(take.segment).or_default().push(take);
    }
    of_segment
}
