//! The states of a take. Each variant carries the data of that state only.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::record::ErrorRecord;

/// The state of a take, with its data. The transitions between states are in [`transitions`](super::transitions).
///
/// Erasing a generation removes the errors and the audio keys of its takes, and pruning removes the audio keys; those
/// fields are optional for that reason.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum TakeState {
    /// The intent is recorded and may have been sent. The only state a create starts from, and only under the claim that
    /// recorded the intent.
    Intended(Intended),
    /// Certainly not created; it may be sent again later.
    Unsent(Unsent),
    /// Sent, and the answer was lost: it may only be reconciled.
    Unanswered(Unanswered),
    /// Runs at the provider.
    Running(Running),
    /// Done at the provider and paid for; the audio is not downloaded yet.
    Succeeded(Succeeded),
    /// The audio is in the audio store and not judged yet.
    Stored(Stored),
    /// Part of the speech.
    Kept(Kept),
    /// Rejected by the checks; the findings say why.
    Rejected(Rejected),
    /// The provider failed, refused or lost it.
    Failed(Failed),
    /// Never created: it was looked up and not found, or was abandoned before it was sent.
    NeverCreated(NeverCreated),
    /// It cannot be decided automatically whether it was created. A person has to check.
    Held(Held),
}

/// A prediction at the provider.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Prediction {
    /// The id at the provider.
    pub id: String,
    /// When the id was recorded.
    pub accepted_at: Timestamp,
}

impl Prediction {
    /// A prediction whose id became known at `accepted_at`.
    pub fn new(id: impl Into<String>, accepted_at: Timestamp) -> Self {
        Self {
            id: id.into(),
            accepted_at,
        }
    }
}

/// The lookups for a take whose answer was lost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Lookups {
    /// The number of lookups that found nothing although the provider would have listed a prediction by then.
    pub misses: u32,
    /// When it was last looked up.
    pub looked_at: Option<Timestamp>,
}

/// Data of [`TakeState::Intended`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Intended {
    /// Why the previous send failed.
    pub error: Option<ErrorRecord>,
    /// The lookups, if another claim recorded the intent.
    pub lookups: Lookups,
}

/// Data of [`TakeState::Unsent`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unsent {
    /// The earliest time to send it again.
    pub retry_at: Timestamp,
    /// Why the send failed; absent if the send was skipped because it was too late.
    pub error: Option<ErrorRecord>,
}

/// Data of [`TakeState::Unanswered`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unanswered {
    /// How the answer was lost.
    pub error: Option<ErrorRecord>,
    /// The lookups so far.
    pub lookups: Lookups,
}

/// Data of [`TakeState::Running`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Running {
    /// The prediction.
    pub prediction: Prediction,
    /// The number of failed stop requests.
    pub failed_stops: u32,
}

/// Data of [`TakeState::Succeeded`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Succeeded {
    /// The prediction.
    pub prediction: Prediction,
    /// The address of the audio at the provider.
    pub output: String,
}

/// Data of [`TakeState::Stored`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stored {
    /// The prediction; absent for engines that answer with audio.
    pub prediction: Option<Prediction>,
    /// The key of the audio in the audio store.
    pub audio: String,
}

/// Data of [`TakeState::Kept`].
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Kept {
    /// The prediction; absent for reused takes and for engines that answer with audio.
    pub prediction: Option<Prediction>,
    /// The key of the audio in the audio store.
    pub audio: Option<String>,
    /// The length of the audio, in seconds.
    pub seconds: f64,
    /// True if the checks rejected it and no better take was possible.
    pub last_resort: bool,
}

/// Data of [`TakeState::Rejected`].
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Rejected {
    /// The prediction; absent for engines that answer with audio.
    pub prediction: Option<Prediction>,
    /// The key of the audio in the audio store.
    pub audio: Option<String>,
    /// The length of the audio, in seconds.
    pub seconds: f64,
}

/// Data of [`TakeState::Failed`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Failed {
    /// The prediction, if there was one.
    pub prediction: Option<Prediction>,
    /// The key of the audio in the audio store, if it was stored.
    pub audio: Option<String>,
    /// The error, if it failed.
    pub error: Option<ErrorRecord>,
    /// No other take of the segment begins before this time.
    pub retry_at: Option<Timestamp>,
}

/// Data of [`TakeState::NeverCreated`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct NeverCreated {
    /// Why it was not sent, or how its answer was lost.
    pub error: Option<ErrorRecord>,
    /// The lookups; none if it was never sent.
    pub lookups: Lookups,
}

/// Data of [`TakeState::Held`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Held {
    /// How the answer was lost, or why it could not be looked up.
    pub error: Option<ErrorRecord>,
    /// The lookups that decided nothing.
    pub lookups: Lookups,
}

impl TakeState {
    /// The name of the state.
    pub const fn kind(&self) -> StateKind {
        match self {
            Self::Intended(_) => StateKind::Intended,
            Self::Unsent(_) => StateKind::Unsent,
            Self::Unanswered(_) => StateKind::Unanswered,
            Self::Running(_) => StateKind::Running,
            Self::Succeeded(_) => StateKind::Succeeded,
            Self::Stored(_) => StateKind::Stored,
            Self::Kept(_) => StateKind::Kept,
            Self::Rejected(_) => StateKind::Rejected,
            Self::Failed(_) => StateKind::Failed,
            Self::NeverCreated(_) => StateKind::NeverCreated,
            Self::Held(_) => StateKind::Held,
        }
    }

    pub(super) fn prediction(&self) -> Option<&Prediction> {
        match self {
            Self::Running(Running { prediction, .. }) | Self::Succeeded(Succeeded { prediction, .. }) => {
                Some(prediction)
            }
            Self::Stored(Stored { prediction, .. })
            | Self::Kept(Kept { prediction, .. })
            | Self::Rejected(Rejected { prediction, .. })
            | Self::Failed(Failed { prediction, .. }) => prediction.as_ref(),
            Self::Intended(_) | Self::Unsent(_) | Self::Unanswered(_) | Self::NeverCreated(_) | Self::Held(_) => None,
        }
    }

    pub(super) fn audio(&self) -> Option<&str> {
        match self {
            Self::Stored(stored) => Some(&stored.audio),
            Self::Kept(Kept { audio, .. })
            | Self::Rejected(Rejected { audio, .. })
            | Self::Failed(Failed { audio, .. }) => audio.as_deref(),
            _ => None,
        }
    }

    pub(super) const fn seconds(&self) -> Option<f64> {
        match self {
            Self::Kept(Kept { seconds, .. }) | Self::Rejected(Rejected { seconds, .. }) => Some(*seconds),
            _ => None,
        }
    }

    pub(super) fn error(&self) -> Option<&ErrorRecord> {
        match self {
            Self::Intended(Intended { error, .. })
            | Self::Unsent(Unsent { error, .. })
            | Self::Unanswered(Unanswered { error, .. })
            | Self::Failed(Failed { error, .. })
            | Self::NeverCreated(NeverCreated { error, .. })
            | Self::Held(Held { error, .. }) => error.as_ref(),
            _ => None,
        }
    }

    /// The lookups for a take whose answer was lost; none in states that are not looked up.
    pub(crate) fn lookups(&self) -> Lookups {
        match self {
            Self::Intended(Intended { lookups, .. })
            | Self::Unanswered(Unanswered { lookups, .. })
            | Self::NeverCreated(NeverCreated { lookups, .. })
            | Self::Held(Held { lookups, .. }) => *lookups,
            _ => Lookups::default(),
        }
    }

    /// The earliest time to send it again, or to make another take.
    pub(crate) const fn retry_at(&self) -> Option<Timestamp> {
        match self {
            Self::Unsent(unsent) => Some(unsent.retry_at),
            Self::Failed(failed) => failed.retry_at,
            _ => None,
        }
    }

    /// Why the last send created nothing, while the take waits for the next one.
    pub(super) fn send_error(&self) -> Option<&ErrorRecord> {
        match self {
            Self::Unsent(unsent) => unsent.error.as_ref(),
            Self::Intended(intended) => intended.error.as_ref(),
            _ => None,
        }
    }

    pub(super) fn map_times(&mut self, change: impl Fn(Timestamp) -> Timestamp) {
        match self {
            Self::Intended(Intended { lookups, .. })
            | Self::Unanswered(Unanswered { lookups, .. })
            | Self::NeverCreated(NeverCreated { lookups, .. })
            | Self::Held(Held { lookups, .. }) => lookups.looked_at = lookups.looked_at.map(&change),
            Self::Unsent(unsent) => unsent.retry_at = change(unsent.retry_at),
            Self::Failed(failed) => failed.retry_at = failed.retry_at.map(&change),
            _ => {}
        }
        match self {
            Self::Running(Running { prediction, .. }) | Self::Succeeded(Succeeded { prediction, .. }) => {
                prediction.accepted_at = change(prediction.accepted_at);
            }
            Self::Stored(Stored { prediction, .. })
            | Self::Kept(Kept { prediction, .. })
            | Self::Rejected(Rejected { prediction, .. })
            | Self::Failed(Failed { prediction, .. }) => {
                if let Some(prediction) = prediction {
                    prediction.accepted_at = change(prediction.accepted_at);
                }
            }
            _ => {}
        }
    }
}

/// The name of a [`TakeState`] in columns, JSON and filters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum StateKind {
    /// See [`TakeState::Intended`].
    Intended,
    /// See [`TakeState::Unsent`].
    Unsent,
    /// See [`TakeState::Unanswered`].
    Unanswered,
    /// See [`TakeState::Running`].
    Running,
    /// See [`TakeState::Succeeded`].
    Succeeded,
    /// See [`TakeState::Stored`].
    Stored,
    /// See [`TakeState::Kept`].
    Kept,
    /// See [`TakeState::Rejected`].
    Rejected,
    /// See [`TakeState::Failed`].
    Failed,
    /// See [`TakeState::NeverCreated`].
    NeverCreated,
    /// See [`TakeState::Held`].
    Held,
}

impl StateKind {
    /// Every state.
    pub const ALL: [Self; 11] = [
        Self::Intended,
        Self::Unsent,
        Self::Unanswered,
        Self::Running,
        Self::Succeeded,
        Self::Stored,
        Self::Kept,
        Self::Rejected,
        Self::Failed,
        Self::NeverCreated,
        Self::Held,
    ];

    /// The name in lower case, as it is stored.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Intended => "intended",
            Self::Unsent => "unsent",
            Self::Unanswered => "unanswered",
            Self::Running => "running",
            Self::Succeeded => "succeeded",
            Self::Stored => "stored",
            Self::Kept => "kept",
            Self::Rejected => "rejected",
            Self::Failed => "failed",
            Self::NeverCreated => "never_created",
            Self::Held => "held",
        }
    }

    /// Parses what [`name`](Self::name) prints.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// True if the plan has no further step for a take in this state.
    pub const fn is_over(self) -> bool {
        matches!(
            self,
            Self::Kept | Self::Rejected | Self::Failed | Self::NeverCreated | Self::Held
        )
    }

    /// True if it is not known yet whether the take has to be paid: its cost is reserved and not spent.
    pub const fn is_unsettled(self) -> bool {
        matches!(self, Self::Intended | Self::Unsent | Self::Unanswered)
    }
}

impl fmt::Display for StateKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
