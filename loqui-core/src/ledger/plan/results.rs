//! Turns the result of a step into the next state of the take. All retries, pauses and limits are decided here.

use std::time::Duration;

use jiff::Timestamp;

use crate::clock::{later, since};
use crate::error::{Error, ErrorKind, Result, Retry, code};
use crate::finding::Finding;
use crate::ledger::best::kept_anyway;
use crate::ledger::policy::Policy;
use crate::ledger::record::{ErrorRecord, GenerationRecord};
use crate::ledger::seed::seed_of;
use crate::ledger::state::{Lookups, Prediction, TakeState};
use crate::ledger::take::TakeRecord;
use crate::ledger::transitions::{
    Claim, FailedLookup, Failure, Judgement, LateAnswer, SendFailure, SpokenAudio, TakeEvent, Unneeded,
};

/// A take after a step, and how long to wait before its next one.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Next {
    pub(crate) take: TakeRecord,
    /// None if the plan alone decides when the next step begins.
    pub(crate) pause: Option<Duration>,
}

impl From<TakeRecord> for Next {
    fn from(take: TakeRecord) -> Self {
        Self { take, pause: None }
    }
}

/// The response of an engine to a create.
#[derive(Debug)]
pub(crate) enum CreateAnswer {
    /// It runs at a provider under this id.
    Created(String),
    /// The engine answered with audio, which is in the audio store.
    Spoken {
        audio: String,
        findings: Vec<Finding>,
        similarity: Option<f64>,
    },
    /// Nothing was created.
    NotCreated(Error),
    /// It may have been created.
    Lost(Error),
    /// The provider refused it.
    Refused(Error),
}

/// The state that an engine reported for a take at a provider.
#[derive(Debug)]
pub(crate) enum Report<'a> {
    /// It has not ended.
    Pending,
    /// It is done; this is the address of the audio.
    Succeeded(String),
    /// The provider failed.
    Failed(&'a Error),
    /// It was stopped at the provider.
    Cancelled,
    /// It succeeded, but the provider has deleted the audio.
    Expired,
}

/// The intent of a new take, with its seed and its cost. `random` is used if no seed was chosen.
pub(crate) fn intend(
    generation: &GenerationRecord,
    segment: u32,
    number: u32,
    random: u64,
    policy: &Policy,
    now: Timestamp,
) -> TakeRecord {
    let known = generation.segment(segment);
    let chosen = known.map_or(generation.options.voice.seed, |known| {
        generation.cast().of(known).settings.seed
    });
    let seed = seed_of(chosen, segment, number, random);
    let mut take = TakeRecord::intend(generation.id, segment, number, seed, generation.epoch, now);
    if let Some(segment) = known {
        take.cost_usd = policy.cost_of(segment);
        take.characters = u32::try_from(segment.spoken.chars().count()).unwrap_or(u32::MAX);
    }
    take
}

/// The take, recorded as an intent of this claim so that it can be sent again.
///
/// # Errors
///
/// `internal` if the state does not allow it, as for all functions of this module.
pub(crate) fn resend(take: TakeRecord, epoch: i64, now: Timestamp) -> Result<TakeRecord> {
    Ok(take.apply(TakeEvent::Resent(Claim { epoch, at: now }))?)
}

/// The take, abandoned before it was sent.
pub(crate) fn abandon(take: TakeRecord) -> Result<TakeRecord> {
    Ok(take.apply(TakeEvent::Abandoned(Unneeded))?)
}

/// The rejected take, kept as the last resort.
pub(crate) fn accept(take: TakeRecord) -> Result<TakeRecord> {
    let finding = kept_anyway(&take);
    Ok(take.apply(TakeEvent::Accepted(finding))?)
}

/// Returns the unsent take if it is too old to be sent; none if it may be sent. The process may have been frozen since
/// the plan was made, and a late send could be paid twice.
pub(crate) fn too_late_to_send(take: &TakeRecord, policy: &Policy, now: Timestamp) -> Result<Option<TakeRecord>> {
    if since(take.intended_at, now) < policy.reconciliation.send_guard {
        return Ok(None);
    }
    too_late(take.clone(), now).map(Some)
}

/// The take that is not sent, because its intent is too old. Its intent is recorded again first.
pub(crate) fn too_late(take: TakeRecord, now: Timestamp) -> Result<TakeRecord> {
    Ok(take.apply(TakeEvent::TooLate(now))?)
}

/// The take after it was sent.
pub(crate) fn after_create(
    take: TakeRecord,
    answer: CreateAnswer,
    policy: &Policy,
    now: Timestamp,
) -> Result<TakeRecord> {
    let event = match answer {
        CreateAnswer::Created(id) => TakeEvent::Created(Prediction::new(id, now)),
        CreateAnswer::Spoken {
            audio,
            findings,
            similarity,
        } => TakeEvent::Spoken(SpokenAudio {
            audio,
            findings,
            similarity,
        }),
        CreateAnswer::NotCreated(error) => not_created(&take, &error, policy, now),
        CreateAnswer::Lost(error) => TakeEvent::AnswerLost((&error).into()),
        CreateAnswer::Refused(error) => TakeEvent::Refused((&error).into()),
    };
    Ok(take.apply(event)?)
}

fn not_created(take: &TakeRecord, error: &Error, policy: &Policy, now: Timestamp) -> TakeEvent {
    let sends = take.sends + 1;
    // Outages and rate limits do not count as failed sends. Only the deadline of the generation ends the retries.
    if !error.is_outage() && sends >= policy.max_sends {
        return TakeEvent::SendsExhausted(error.into());
    }
    let pause = match error.retry() {
        Retry::After(pause) => pause,
        _ => Policy::resend_interval(sends),
    };
    TakeEvent::NotCreated(SendFailure {
        error: error.into(),
        retry_at: later(now, pause),
    })
}

/// The take after its lost prediction was found.
pub(crate) fn after_found(take: TakeRecord, id: String, now: Timestamp) -> Result<TakeRecord> {
    Ok(take.apply(TakeEvent::Found(Prediction::new(id, now)))?)
}

/// The take after a lookup that found nothing. `claimed_at` is when this claim began. The settle time is measured within the
/// claim, because the clock may have been set since an earlier claim recorded the intent.
pub(crate) fn after_miss(
    take: TakeRecord,
    policy: &Policy,
    claimed_at: Timestamp,
    now: Timestamp,
) -> Result<TakeRecord> {
    let age = since(take.intended_at, now);
    let mut lookups = Lookups {
        looked_at: Some(now),
        ..take.state().lookups()
    };
    if policy
        .reconciliation
        .lookup_counts(since(take.intended_at.max(claimed_at), now))
    {
        lookups.misses += 1;
    }
    // For a stand-in, every unknown prediction counts. The list has them longer than their inputs, and finding none decides.
    let event = if policy.reconciliation.is_undecidable(age) && !take.is_stand_in() {
        TakeEvent::Undecidable(FailedLookup { lookups, error: None })
    } else if policy.reconciliation.is_never_created(lookups.misses) {
        TakeEvent::NotFound(lookups)
    } else {
        TakeEvent::Missed(lookups)
    };
    Ok(take.apply(event)?)
}

/// The stand-in after a prediction of its text was found that no take has. It may be that of another voice, so it is not
/// adopted.
pub(crate) fn after_unknown_prediction(take: TakeRecord, id: &str, now: Timestamp) -> Result<TakeRecord> {
    let lookups = Lookups {
        looked_at: Some(now),
        ..take.state().lookups()
    };
    let message = format!("the provider has the prediction {id} of the same text, which is newer than these records");
    let error = Error::new(&code::GENERATION_ANSWER_UNKNOWN, message);
    Ok(take.apply(TakeEvent::Undecidable(FailedLookup {
        lookups,
        error: Some((&error).into()),
    }))?)
}

/// The take after a lookup that failed.
pub(crate) fn after_failed_lookup(
    take: TakeRecord,
    error: &Error,
    policy: &Policy,
    now: Timestamp,
) -> Result<TakeRecord> {
    let lookups = Lookups {
        looked_at: Some(now),
        ..take.state().lookups()
    };
    // The provider no longer has the inputs: a later lookup would not find more.
    let event = if policy.reconciliation.is_undecidable(since(take.intended_at, now)) {
        TakeEvent::Undecidable(FailedLookup {
            lookups,
            error: Some(error.into()),
        })
    } else {
        TakeEvent::Missed(lookups)
    };
    Ok(take.apply(event)?)
}

/// The take after the engine reported about it.
pub(crate) fn after_report(
    take: TakeRecord,
    report: Report<'_>,
    policy: &Policy,
    now: Timestamp,
) -> Result<TakeRecord> {
    match report {
        Report::Pending => Ok(take),
        Report::Succeeded(output) => Ok(take.apply(TakeEvent::Succeeded(output))?),
        Report::Failed(error) => fail_for_now(take, error, policy, now),
        Report::Cancelled => {
            let message = "the prediction was stopped at the provider";
            let error = Error::new(&code::REPLICATE_PREDICTION_CANCELLED, message);
            fail_for_now(take, &error, policy, now)
        }
        Report::Expired => {
            let error = Error::new(&code::REPLICATE_OUTPUT_EXPIRED, "the provider has deleted the audio");
            fail_for_now(take, &error, policy, now)
        }
    }
}

/// The take after a failed poll.
///
/// # Errors
///
/// The error itself if the token was refused. The take is unchanged, and the generation can continue with a valid token.
pub(crate) fn after_failed_poll(take: TakeRecord, error: Error) -> Result<TakeRecord> {
    // A paid take is not given up because one poll failed; `Policy::patience` ends it.
    if error.retryable() {
        return Ok(take);
    }
    if error.kind() == ErrorKind::Authentication {
        return Err(error);
    }
    fail(take, &error)
}

/// The take after a stop request, if it still runs. The request is repeated after the pause.
pub(crate) const fn after_stop(take: TakeRecord, policy: &Policy) -> Next {
    Next {
        take,
        pause: Some(policy.stop_gap),
    }
}

/// The take after a failed stop request.
///
/// # Errors
///
/// The error itself if the token was refused.
pub(crate) fn after_failed_stop(take: TakeRecord, error: Error, policy: &Policy) -> Result<Next> {
    if error.kind() == ErrorKind::Authentication {
        return Err(error);
    }
    let take = take.apply(TakeEvent::StopFailed(Unneeded))?;
    let stops = match take.state() {
        TakeState::Running(running) => running.failed_stops,
        _ => policy.max_sends,
    };
    // In an outage it may have succeeded and is paid for. It is asked about until the provider can be reached again.
    if !error.retryable() || (stops >= policy.max_sends && !error.is_outage()) {
        return Ok(fail(take, &error)?.into());
    }
    Ok(Next {
        take,
        pause: Some(Policy::resend_interval(stops)),
    })
}

/// The take after its audio was put into the audio store.
pub(crate) fn after_download(take: TakeRecord, audio: String) -> Result<TakeRecord> {
    Ok(take.apply(TakeEvent::Stored(audio))?)
}

/// The take after a failed download. The take is paid for: while only the network or the provider is unavailable, the
/// download is repeated, and no other take is made. The provider reports when it has deleted the audio.
pub(crate) fn after_failed_download(take: TakeRecord, error: &Error, policy: &Policy, now: Timestamp) -> Result<Next> {
    if error.is_outage() {
        return Ok(Next {
            take,
            pause: Some(policy.take_gap),
        });
    }
    Ok(fail_for_now(take, error, policy, now)?.into())
}

/// The take after the checks.
pub(crate) fn after_checks(take: TakeRecord, passed: bool, judgement: Judgement) -> Result<TakeRecord> {
    let event = if passed { TakeEvent::Kept } else { TakeEvent::Rejected };
    Ok(take.apply(event(judgement))?)
}

/// The take after its audio could not be judged.
///
/// # Errors
///
/// The error itself if it is a defect of this program, because such an error is not about the take.
pub(crate) fn after_failed_checks(
    take: TakeRecord,
    error: Error,
    policy: &Policy,
    now: Timestamp,
) -> Result<TakeRecord> {
    if error.kind() == ErrorKind::Internal {
        return Err(error);
    }
    fail_for_now(take, &error, policy, now)
}

/// A take that counts as never created, after another lookup found nothing.
pub(crate) fn after_late_miss(take: TakeRecord, now: Timestamp) -> Result<TakeRecord> {
    Ok(take.apply(TakeEvent::LookedAgain(now))?)
}

/// A take that counted as never created, after its prediction was found. The prediction costs money, and another take has
/// replaced it.
pub(crate) fn after_late_answer(take: TakeRecord, id: String, cost_usd: f64, now: Timestamp) -> Result<TakeRecord> {
    let message = format!(
        "take {} was started by the provider after it was recorded as never created",
        take.id()
    );
    let error = Error::new(&code::GENERATION_LATE_ANSWER, message);
    Ok(take.apply(TakeEvent::FoundLate(LateAnswer {
        prediction: Prediction::new(id, now),
        cost_usd,
        error: ErrorRecord::from(&error),
    }))?)
}

/// The take after it failed. If the error is retryable, another take may follow at once.
fn fail(take: TakeRecord, error: &Error) -> Result<TakeRecord> {
    Ok(take.apply(TakeEvent::Failed(Failure {
        error: error.into(),
        retry_at: None,
    }))?)
}

/// The take after it failed. If the error is retryable, another take may follow after a pause.
fn fail_for_now(take: TakeRecord, error: &Error, policy: &Policy, now: Timestamp) -> Result<TakeRecord> {
    let pause = match error.retry() {
        Retry::After(pause) => pause,
        _ => policy.pause_after_take(take.number),
    };
    Ok(take.apply(TakeEvent::Failed(Failure {
        error: error.into(),
        retry_at: Some(later(now, pause)),
    }))?)
}

#[cfg(test)]
mod tests;
