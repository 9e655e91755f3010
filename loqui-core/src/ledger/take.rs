//! The ledger: one row for every paid call there was, or may have been.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::record::ErrorRecord;
use crate::error::{Error, code};
use crate::finding::Finding;

/// How far a take has come. The transitions stand in [`plan`](super::plan).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum TakeState {
    /// Written down, perhaps sent: the only state a create may start from, and only by who wrote it.
    Intended,
    /// Known not to have been created; may be intended again after `retry_at`.
    Unsent,
    /// Sent, but the answer was lost: only reconciliation leads on.
    Unanswered,
    /// Runs at the provider under `remote`.
    Running,
    /// Done at the provider and paid for; the audio is still to be fetched from `output`.
    Succeeded,
    /// The audio is in the store under `audio`, not yet judged.
    Stored,
    /// Judged good: part of the speech.
    Kept,
    /// Judged bad; what was wrong is in `findings`.
    Rejected,
    /// The provider failed, refused or lost it.
    Failed,
    /// Looked for and not found: it was never created.
    NeverCreated,
    /// It could not be decided whether it was created: a person must look.
    Held,
}

impl TakeState {
    const ALL: [(Self, &'static str); 11] = [
        (Self::Intended, "intended"),
        (Self::Unsent, "unsent"),
        (Self::Unanswered, "unanswered"),
        (Self::Running, "running"),
        (Self::Succeeded, "succeeded"),
        (Self::Stored, "stored"),
        (Self::Kept, "kept"),
        (Self::Rejected, "rejected"),
        (Self::Failed, "failed"),
        (Self::NeverCreated, "never_created"),
        (Self::Held, "held"),
    ];

    /// The state as it is stored.
    pub fn name(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|(state, _)| *state == self)
            .map_or("", |(_, name)| name)
    }

    /// Reads what [`name`](Self::name) prints.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .find(|(_, known)| *known == name)
            .map(|(state, _)| *state)
    }

    /// True once nothing more happens to this take.
    pub const fn is_over(self) -> bool {
        matches!(
            self,
            Self::Kept | Self::Rejected | Self::Failed | Self::NeverCreated | Self::Held
        )
    }
}

/// Which take it is; printed and read as `7-0-1` (generation, segment, number): what a webhook's address carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct TakeId {
    /// The generation.
    pub generation: i64,
    /// The segment, from 0.
    pub segment: u32,
    /// The number of the take of this segment, from 1.
    pub number: u32,
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
        read().ok_or_else(|| Error::new(&code::GENERATION_NOT_FOUND, "there is no take of that name"))
    }
}

/// One take of one segment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TakeRecord {
    /// The generation it belongs to.
    pub generation: i64,
    /// The segment, from 0.
    pub segment: u32,
    /// The number of the take of this segment, from 1. Unique with generation and segment.
    pub number: u32,
    /// Not zero; what a lost prediction is recognised by.
    pub seed: u32,
    /// How far it has come.
    pub state: TakeState,
    /// The epoch of the claim that wrote the intent.
    pub epoch: i64,
    /// When the intent was last written, before anything was sent.
    pub intended_at: Timestamp,
    /// In [`TakeState::Unsent`]: not to be sent before.
    pub retry_at: Option<Timestamp>,
    /// How often it was sent without being created (rate limit, connection refused).
    pub sends: u32,
    /// How often it was looked for in vain after its answer was lost.
    pub misses: u32,
    /// When it was last looked for.
    pub looked_at: Option<Timestamp>,
    /// The provider's id.
    pub remote: Option<String>,
    /// When the provider's id was written down.
    pub accepted_at: Option<Timestamp>,
    /// The address of the audio at the provider.
    pub output: Option<String>,
    /// The key of the audio in the audio store.
    pub audio: Option<String>,
    /// How long the audio is, in seconds.
    pub seconds: Option<f64>,
    /// How many characters the engine is to say.
    pub characters: u32,
    /// What it costs, in US dollars: set once it may have to be paid.
    pub cost_usd: f64,
    /// What was noticed about the audio.
    pub findings: Vec<Finding>,
    /// Why it failed.
    pub error: Option<ErrorRecord>,
}

/// The code of the finding of a take that an earlier generation paid for.
pub(crate) const REUSED: &str = "take.reused";
/// The code of the finding of a take that was kept although it was bad.
pub(crate) const KEPT_ANYWAY: &str = "take.kept_anyway";
/// The code of the finding that holds how like the sample a take sounds.
pub(crate) const SIMILARITY: &str = "take.similarity";

impl TakeRecord {
    /// Which take it is.
    pub fn id(&self) -> TakeId {
        TakeId {
            generation: self.generation,
            segment: self.segment,
            number: self.number,
        }
    }

    /// Whether this was noticed about it.
    pub(crate) fn has(&self, code: &str) -> bool {
        self.findings.iter().any(|finding| finding.code == code)
    }

    /// How like the sample it sounds, -1 to 1, where that was measured. Of an engine that speaks with a voice of its own
    /// it is what that voice came to when it was matched.
    pub fn similarity(&self) -> Option<f64> {
        self.findings.iter().find(|finding| finding.code == SIMILARITY)?.value
    }

    /// The intent to make a take: nothing has been sent.
    pub fn intend(generation: i64, segment: u32, number: u32, seed: u32, epoch: i64, now: Timestamp) -> Self {
        Self {
            generation,
            segment,
            number,
            seed,
            state: TakeState::Intended,
            epoch,
            intended_at: now,
            retry_at: None,
            sends: 0,
            misses: 0,
            looked_at: None,
            remote: None,
            accepted_at: None,
            output: None,
            audio: None,
            seconds: None,
            characters: 0,
            cost_usd: 0.0,
            findings: Vec::new(),
            error: None,
        }
    }
}
