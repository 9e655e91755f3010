//! The transitions between the states of a take. The table is the code: it generates the function that applies events,
//! and the check by which stores refuse illegal changes.
//!
//! Everything else is illegal. In particular, a take that was sent and has no id yet leaves that state only through
//! reconciliation (`Found`, `NotFound`, `Undecidable`), so it is never sent twice.
//!
// The tables between the markers here and in ARCHITECTURE.md are compared with the code by a test.
//! <!-- transitions -->
//!
//! | from | event | to |
//! |---|---|---|
//! | (new) | `intend` | `intended` |
//! | (new) | `reuse` | `kept` |
//! | (new) | `shelve` | `rejected` |
//! | `intended` | `Created` | `running` |
//! | `intended` | `Spoken` | `stored` |
//! | `intended` | `NotCreated` | `unsent` |
//! | `intended` | `TooLate` | `unsent` |
//! | `intended` | `SendsExhausted` | `failed` |
//! | `intended` | `Refused` | `failed` |
//! | `intended` | `AnswerLost` | `unanswered` |
//! | `intended` | `Abandoned` | `never_created` |
//! | `intended` | `Found` | `running` |
//! | `intended` | `Missed` | `intended` |
//! | `intended` | `NotFound` | `never_created` |
//! | `intended` | `Undecidable` | `held` |
//! | `unsent` | `Resent` | `intended` |
//! | `unsent` | `Abandoned` | `never_created` |
//! | `unanswered` | `Found` | `running` |
//! | `unanswered` | `Missed` | `unanswered` |
//! | `unanswered` | `NotFound` | `never_created` |
//! | `unanswered` | `Undecidable` | `held` |
//! | `running` | `Succeeded` | `succeeded` |
//! | `running` | `Failed` | `failed` |
//! | `running` | `StopFailed` | `running` |
//! | `succeeded` | `Stored` | `stored` |
//! | `succeeded` | `Failed` | `failed` |
//! | `stored` | `Kept` | `kept` |
//! | `stored` | `Rejected` | `rejected` |
//! | `stored` | `Failed` | `failed` |
//! | `rejected` | `Accepted` | `kept` |
//! | `never_created` | `LookedAgain` | `never_created` |
//! | `never_created` | `FoundLate` | `failed` |
//!
//! <!-- /transitions -->

use jiff::Timestamp;
use thiserror::Error;

use super::record::ErrorRecord;
use super::state::{
    Failed, Held, Intended, Kept, Lookups, NeverCreated, Prediction, Rejected, Running, StateKind, Stored, Succeeded,
    TakeState, Unanswered, Unsent,
};
use super::take::{TakeId, TakeRecord};
use crate::error::{self, code};
use crate::finding::Finding;

/// One row of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Transition {
    /// The state before; absent for a new take.
    pub from: Option<StateKind>,
    /// The name of the event.
    pub event: &'static str,
    /// The state after.
    pub to: StateKind,
}

/// A change of a take that the table does not have.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("take {take} cannot change from {} to {to}", .from.map_or("(new)", StateKind::name))]
#[non_exhaustive]
pub struct IllegalTransition {
    /// The take.
    pub take: TakeId,
    /// The state before; absent for a new take.
    pub from: Option<StateKind>,
    /// The name of the event, or of the requested state.
    pub to: &'static str,
}

impl From<IllegalTransition> for error::Error {
    fn from(illegal: IllegalTransition) -> Self {
        Self::new(&code::INTERNAL, illegal.to_string()).with_generation(illegal.take.generation)
    }
}

/// Generates [`TRANSITIONS`] and [`TakeRecord::apply`] from the table. Each row names the state before, the event, the
/// state after, and the method of the state before that makes the state after.
macro_rules! transitions {
    (
        new { $($constructor:ident => $first:ident;)* }
        $($from:ident, $event:ident => $to:ident, $method:ident;)*
    ) => {
        /// Every legal change of a take.
        pub const TRANSITIONS: &[Transition] = &[
            $(Transition { from: None, event: stringify!($constructor), to: StateKind::$first },)*
            $(Transition { from: Some(StateKind::$from), event: stringify!($event), to: StateKind::$to },)*
        ];

        impl TakeRecord {
            /// The take after an event.
            ///
            /// # Errors
            ///
            /// [`IllegalTransition`] if the state does not allow the event.
            pub(crate) fn apply(mut self, event: TakeEvent) -> Result<Self, IllegalTransition> {
                let next = match (self.state.clone(), event) {
                    $((TakeState::$from(state), TakeEvent::$event(event)) => {
                        TakeState::$to($from::$method(state, event, &mut self))
                    })*
                    (state, event) => return Err(IllegalTransition {
                        take: self.id(),
                        from: Some(state.kind()),
                        to: event.name(),
                    }),
                };
                self.state = next;
                Ok(self)
            }
        }
    };
}

transitions! {
    new {
        intend => Intended;
        reuse => Kept;
        shelve => Rejected;
    }
    Intended, Created => Running, created;
    Intended, Spoken => Stored, spoken;
    Intended, NotCreated => Unsent, not_created;
    Intended, TooLate => Unsent, too_late;
    Intended, SendsExhausted => Failed, sends_exhausted;
    Intended, Refused => Failed, refused;
    Intended, AnswerLost => Unanswered, answer_lost;
    Intended, Abandoned => NeverCreated, abandoned;
    Intended, Found => Running, found;
    Intended, Missed => Intended, missed;
    Intended, NotFound => NeverCreated, not_found;
    Intended, Undecidable => Held, undecidable;
    Unsent, Resent => Intended, resent;
    Unsent, Abandoned => NeverCreated, abandoned;
    Unanswered, Found => Running, found;
    Unanswered, Missed => Unanswered, missed;
    Unanswered, NotFound => NeverCreated, not_found;
    Unanswered, Undecidable => Held, undecidable;
    Running, Succeeded => Succeeded, succeeded;
    Running, Failed => Failed, failed;
    Running, StopFailed => Running, stop_failed;
    Succeeded, Stored => Stored, stored;
    Succeeded, Failed => Failed, failed;
    Stored, Kept => Kept, kept;
    Stored, Rejected => Rejected, rejected;
    Stored, Failed => Failed, failed;
    Rejected, Accepted => Kept, accepted;
    NeverCreated, LookedAgain => NeverCreated, looked_again;
    NeverCreated, FoundLate => Failed, found_late;
}

/// Checks a change from one state to another, as stores do; `from` is absent for a new take.
///
/// # Errors
///
/// [`IllegalTransition`] if no event leads from one to the other.
pub fn check(from: Option<StateKind>, take: &TakeRecord) -> Result<(), IllegalTransition> {
    if is_legal(from, take.kind()) {
        return Ok(());
    }
    Err(IllegalTransition {
        take: take.id(),
        from,
        to: take.kind().name(),
    })
}

/// True if an event leads from one state to the other; `from` is absent for a new take.
pub fn is_legal(from: Option<StateKind>, to: StateKind) -> bool {
    TRANSITIONS.iter().any(|row| (row.from, row.to) == (from, to))
}

/// An event of a take, with its data.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum TakeEvent {
    /// The provider created it.
    Created(Prediction),
    /// The engine answered with audio, and it is in the audio store.
    Spoken(SpokenAudio),
    /// It was certainly not created; it may be sent again later.
    NotCreated(SendFailure),
    /// It was not sent, because the intent had become too old.
    TooLate(Timestamp),
    /// It was certainly not created, and is not sent again.
    SendsExhausted(ErrorRecord),
    /// The provider refused it.
    Refused(ErrorRecord),
    /// It was sent and the answer was lost.
    AnswerLost(ErrorRecord),
    /// It is abandoned before it was sent.
    Abandoned(Unneeded),
    /// It is about to be sent again.
    Resent(Claim),
    /// Its lost prediction was found.
    Found(Prediction),
    /// A lookup did not find it, or failed; another one follows.
    Missed(Lookups),
    /// The last lookup did not find it.
    NotFound(Lookups),
    /// It can no longer be looked up.
    Undecidable(FailedLookup),
    /// The provider finished it; this is the address of the audio.
    Succeeded(String),
    /// It failed after it was created.
    Failed(Failure),
    /// The provider could not be asked to stop it.
    StopFailed(Unneeded),
    /// The audio is in the audio store under this key.
    Stored(String),
    /// The checks passed it.
    Kept(Judgement),
    /// The checks rejected it.
    Rejected(Judgement),
    /// It is kept although it was rejected; the finding says so.
    Accepted(Finding),
    /// It counts as never created, and another lookup did not find it.
    LookedAgain(Timestamp),
    /// It counted as never created, and was found later.
    FoundLate(LateAnswer),
}

/// The event has no data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unneeded;

/// Audio that an engine answered with.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SpokenAudio {
    /// Its key in the audio store.
    pub(crate) audio: String,
    /// The findings of the engine.
    pub(crate) findings: Vec<Finding>,
    /// The similarity that the engine measured.
    pub(crate) similarity: Option<f64>,
}

/// A send that created nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SendFailure {
    pub(crate) error: ErrorRecord,
    /// The earliest time to send it again.
    pub(crate) retry_at: Timestamp,
}

/// The claim under which an intent is recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Claim {
    pub(crate) epoch: i64,
    pub(crate) at: Timestamp,
}

/// The lookup after which the take is undecidable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FailedLookup {
    pub(crate) lookups: Lookups,
    /// Why the lookup failed, if it did.
    pub(crate) error: Option<ErrorRecord>,
}

/// Why a take failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) error: ErrorRecord,
    /// No other take begins before this time.
    pub(crate) retry_at: Option<Timestamp>,
}

/// The results of the checks.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Judgement {
    /// The length of the audio, in seconds.
    pub(crate) seconds: f64,
    /// Speaker similarity to the sample, where it was measured.
    pub(crate) similarity: Option<f64>,
    pub(crate) findings: Vec<Finding>,
}

impl Judgement {
    fn add_to(self, take: &mut TakeRecord) -> f64 {
        take.similarity = self.similarity.or(take.similarity);
        take.findings.extend(self.findings);
        self.seconds
    }
}

/// A prediction that started although its take counted as never created.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct LateAnswer {
    pub(crate) prediction: Prediction,
    pub(crate) cost_usd: f64,
    pub(crate) error: ErrorRecord,
}

impl TakeEvent {
    const fn name(&self) -> &'static str {
        match self {
            Self::Created(_) => "Created",
            Self::Spoken(_) => "Spoken",
            Self::NotCreated(_) => "NotCreated",
            Self::TooLate(_) => "TooLate",
            Self::SendsExhausted(_) => "SendsExhausted",
            Self::Refused(_) => "Refused",
            Self::AnswerLost(_) => "AnswerLost",
            Self::Abandoned(_) => "Abandoned",
            Self::Resent(_) => "Resent",
            Self::Found(_) => "Found",
            Self::Missed(_) => "Missed",
            Self::NotFound(_) => "NotFound",
            Self::Undecidable(_) => "Undecidable",
            Self::Succeeded(_) => "Succeeded",
            Self::Failed(_) => "Failed",
            Self::StopFailed(_) => "StopFailed",
            Self::Stored(_) => "Stored",
            Self::Kept(_) => "Kept",
            Self::Rejected(_) => "Rejected",
            Self::Accepted(_) => "Accepted",
            Self::LookedAgain(_) => "LookedAgain",
            Self::FoundLate(_) => "FoundLate",
        }
    }
}

const fn running(prediction: Prediction) -> Running {
    Running {
        prediction,
        failed_stops: 0,
    }
}

/// The end of a take that was certainly not created: it costs nothing.
fn never_created(error: Option<ErrorRecord>, lookups: Lookups, take: &mut TakeRecord) -> NeverCreated {
    free_of_charge(take);
    NeverCreated { error, lookups }
}

fn held(error: Option<ErrorRecord>, lookup: FailedLookup) -> Held {
    Held {
        error: lookup.error.or(error),
        lookups: lookup.lookups,
    }
}

fn free_of_charge(take: &mut TakeRecord) {
    take.cost_usd = 0.0;
}

impl Intended {
    fn created(_: Self, prediction: Prediction, _: &mut TakeRecord) -> Running {
        running(prediction)
    }

    fn spoken(_: Self, spoken: SpokenAudio, take: &mut TakeRecord) -> Stored {
        take.findings = spoken.findings;
        take.similarity = spoken.similarity;
        Stored {
            prediction: None,
            audio: spoken.audio,
        }
    }

    fn not_created(_: Self, failure: SendFailure, take: &mut TakeRecord) -> Unsent {
        take.sends += 1;
        Unsent {
            retry_at: failure.retry_at,
            error: Some(failure.error),
        }
    }

    fn too_late(self, at: Timestamp, _: &mut TakeRecord) -> Unsent {
        Unsent {
            retry_at: at,
            error: self.error,
        }
    }

    fn sends_exhausted(self, error: ErrorRecord, take: &mut TakeRecord) -> Failed {
        take.sends += 1;
        Self::refused(self, error, take)
    }

    fn refused(_: Self, error: ErrorRecord, take: &mut TakeRecord) -> Failed {
        free_of_charge(take);
        Failed {
            error: Some(error),
            ..Failed::default()
        }
    }

    fn answer_lost(self, error: ErrorRecord, _: &mut TakeRecord) -> Unanswered {
        Unanswered {
            error: Some(error),
            lookups: self.lookups,
        }
    }

    fn abandoned(self, _: Unneeded, take: &mut TakeRecord) -> NeverCreated {
        never_created(self.error, self.lookups, take)
    }

    fn found(_: Self, prediction: Prediction, _: &mut TakeRecord) -> Running {
        running(prediction)
    }

    fn missed(self, lookups: Lookups, _: &mut TakeRecord) -> Self {
        Self { lookups, ..self }
    }

    fn not_found(self, lookups: Lookups, take: &mut TakeRecord) -> NeverCreated {
        never_created(self.error, lookups, take)
    }

    fn undecidable(self, lookup: FailedLookup, _: &mut TakeRecord) -> Held {
        held(self.error, lookup)
    }
}

impl Unsent {
    fn resent(self, claim: Claim, take: &mut TakeRecord) -> Intended {
        take.epoch = claim.epoch;
        take.intended_at = claim.at;
        Intended {
            error: self.error,
            lookups: Lookups::default(),
        }
    }

    fn abandoned(self, _: Unneeded, take: &mut TakeRecord) -> NeverCreated {
        never_created(self.error, Lookups::default(), take)
    }
}

impl Unanswered {
    fn found(_: Self, prediction: Prediction, _: &mut TakeRecord) -> Running {
        running(prediction)
    }

    fn missed(self, lookups: Lookups, _: &mut TakeRecord) -> Self {
        Self { lookups, ..self }
    }

    fn not_found(self, lookups: Lookups, take: &mut TakeRecord) -> NeverCreated {
        never_created(self.error, lookups, take)
    }

    fn undecidable(self, lookup: FailedLookup, _: &mut TakeRecord) -> Held {
        held(self.error, lookup)
    }
}

impl Running {
    fn succeeded(self, output: String, _: &mut TakeRecord) -> Succeeded {
        Succeeded {
            prediction: self.prediction,
            output,
        }
    }

    fn failed(self, failure: Failure, _: &mut TakeRecord) -> Failed {
        failure.of(Some(self.prediction), None)
    }

    fn stop_failed(self, _: Unneeded, _: &mut TakeRecord) -> Self {
        Self {
            failed_stops: self.failed_stops + 1,
            ..self
        }
    }
}

impl Succeeded {
    fn stored(self, audio: String, _: &mut TakeRecord) -> Stored {
        Stored {
            prediction: Some(self.prediction),
            audio,
        }
    }

    fn failed(self, failure: Failure, _: &mut TakeRecord) -> Failed {
        failure.of(Some(self.prediction), None)
    }
}

impl Stored {
    fn kept(self, judgement: Judgement, take: &mut TakeRecord) -> Kept {
        Kept {
            prediction: self.prediction,
            audio: Some(self.audio),
            seconds: judgement.add_to(take),
            last_resort: false,
        }
    }

    fn rejected(self, judgement: Judgement, take: &mut TakeRecord) -> Rejected {
        Rejected {
            prediction: self.prediction,
            audio: Some(self.audio),
            seconds: judgement.add_to(take),
        }
    }

    fn failed(self, failure: Failure, _: &mut TakeRecord) -> Failed {
        failure.of(self.prediction, Some(self.audio))
    }
}

impl Rejected {
    fn accepted(self, finding: Finding, take: &mut TakeRecord) -> Kept {
        take.findings.push(finding);
        Kept {
            prediction: self.prediction,
            audio: self.audio,
            seconds: self.seconds,
            last_resort: true,
        }
    }
}

impl NeverCreated {
    fn looked_again(mut self, at: Timestamp, _: &mut TakeRecord) -> Self {
        self.lookups.looked_at = Some(at);
        self
    }

    fn found_late(_: Self, answer: LateAnswer, take: &mut TakeRecord) -> Failed {
        take.cost_usd = answer.cost_usd;
        Failed {
            prediction: Some(answer.prediction),
            error: Some(answer.error),
            ..Failed::default()
        }
    }
}

impl Failure {
    fn of(self, prediction: Option<Prediction>, audio: Option<String>) -> Failed {
        Failed {
            prediction,
            audio,
            error: Some(self.error),
            retry_at: self.retry_at,
        }
    }
}

#[cfg(test)]
mod tests;
