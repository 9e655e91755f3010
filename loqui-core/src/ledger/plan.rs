//! Decides the next steps of a generation, with pure functions of its records.
//!
//! [`plan`] chooses the next steps. After a step the functions of `plan::results` turn its result into the next state of
//! the take. The runtime performs the steps and records the results; it decides nothing.
//!
//! | state of the take | condition | step |
//! |---|---|---|
//! | no take, or all takes have ended | takes and budget are left | `Intend` |
//! | `intended` | recorded by this claim, younger than the send guard | `Create` |
//! | `intended` | recorded by another claim, or too old | `Reconcile` |
//! | `unsent` | `retry_at` has passed | `Resend` |
//! | `unanswered` | `look_gap` has passed since the last lookup | `Reconcile` |
//! | `running` | | `Poll` |
//! | `running` | it has not ended within `Policy::patience` | `Stop` |
//! | `succeeded` | | `Download` |
//! | `stored` | | `Verify` |
//! | `rejected` (the best) | no takes or no budget left | `Accept` |
//!
//! When every segment has a kept take, the plan is `Stitch`.
//!
//! A take that failed is followed by another with a new seed, within the number of takes and the budget, unless the error
//! says that it will fail again (`retryable` is false): the provider refused the input. Takes that all fail in the same way
//! end the generation before its takes are used up, but only while no segment has had audio.
//!
//! A generation that has to end without speech (cancelled, past its deadline, over its budget, or with a segment that
//! cannot be spoken) starts no new takes. Running takes are stopped (`Stop`) and unsent takes are abandoned
//! (`Abandon`). Takes with a lost response are still reconciled. Paid audio is still downloaded and judged, so that a
//! retry can use it. Then the plan is `Fail`.
//!
//! A take that was sent and has no id yet may only be reconciled. [`transitions`](super::transitions) lists
//! the legal changes of state.

mod ending;
pub(crate) mod results;

use ending::{ending, repeated_failure};
use jiff::Timestamp;

use super::best::{best_rejected, reason};
use super::policy::Policy;
use super::record::{ErrorRecord, GenerationRecord};
use super::state::{StateKind, TakeState};
use super::take::{TakeRecord, takes_by_segment};
use crate::clock::{later, since};
use crate::error::{Error, code};
use crate::money::dollars;
use crate::script::Segment;

/// One step for one segment.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "the runner must handle every step")]
pub enum Step {
    /// Record a new take of this segment, before anything is sent.
    Intend {
        /// The segment.
        segment: u32,
        /// The number of the take.
        number: u32,
    },
    /// Record again that this take, which was never created, will be sent.
    Resend(TakeRecord),
    /// Send it, once.
    Create(TakeRecord),
    /// Look it up at the provider.
    Reconcile(TakeRecord),
    /// Ask the provider for its status.
    Poll(TakeRecord),
    /// Download the audio.
    Download(TakeRecord),
    /// Judge the audio.
    Verify(TakeRecord),
    /// Stop it at the provider.
    Stop(TakeRecord),
    /// Abandon it: it was certainly never created.
    Abandon(TakeRecord),
    /// Keep it although it was rejected: no take is better, and no other take follows.
    Accept(TakeRecord),
}

impl Step {
    /// The name of the step for logs, with the segment and the number of its take.
    pub(crate) fn name(&self) -> (&'static str, u32, u32) {
        match self {
            Self::Intend { segment, number } => ("intend", *segment, *number),
            Self::Resend(take) => ("resend", take.segment, take.number),
            Self::Create(take) => ("create", take.segment, take.number),
            Self::Reconcile(take) => ("reconcile", take.segment, take.number),
            Self::Poll(take) => ("poll", take.segment, take.number),
            Self::Download(take) => ("download", take.segment, take.number),
            Self::Verify(take) => ("verify", take.segment, take.number),
            Self::Stop(take) => ("stop", take.segment, take.number),
            Self::Abandon(take) => ("abandon", take.segment, take.number),
            Self::Accept(take) => ("accept", take.segment, take.number),
        }
    }

    /// The segment it belongs to: each segment has at most one step under way.
    pub fn segment(&self) -> u32 {
        match self {
            Self::Intend { segment, .. } => *segment,
            Self::Resend(take)
            | Self::Create(take)
            | Self::Reconcile(take)
            | Self::Poll(take)
            | Self::Download(take)
            | Self::Verify(take)
            | Self::Stop(take)
            | Self::Abandon(take)
            | Self::Accept(take) => take.segment,
        }
    }
}

/// The next steps of a generation.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "the runner must handle every plan")]
pub enum Plan {
    /// Perform these steps, concurrently; plan again when one has ended, and at `wake` at the latest.
    Work {
        /// At most one for each segment.
        steps: Vec<Step>,
        /// The time to plan again if no step ends before.
        wake: Option<Timestamp>,
    },
    /// Join the kept takes and complete.
    Stitch,
    /// End it with this error.
    Fail(ErrorRecord),
    /// It has ended already.
    Over,
}

/// What a claim knows beside the records.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ClaimState {
    /// When the generation was claimed. Takes of earlier claims are watched from then on: their own times come from a
    /// clock that may have been set since.
    pub claimed_at: Timestamp,
    /// The error with which the store refused to reserve the cost of a take: from then on nothing more may be spent.
    pub over_budget: Option<ErrorRecord>,
    /// What the claim waits for, if something is away.
    pub outage: Option<ErrorRecord>,
}

impl ClaimState {
    /// A claim that has just begun.
    pub fn new(claimed_at: Timestamp) -> Self {
        Self {
            claimed_at,
            over_budget: None,
            outage: None,
        }
    }
}

/// Returns the next steps of a generation.
pub fn plan(
    generation: &GenerationRecord,
    takes: &[TakeRecord],
    claim: &ClaimState,
    policy: &Policy,
    now: Timestamp,
) -> Plan {
    if generation.status.is_terminal() {
        return Plan::Over;
    }
    let mut of_segment = takes_by_segment(takes);
    let segments: Vec<SegmentView<'_>> = generation
        .segments
        .iter()
        .map(|segment| SegmentView::new(segment, of_segment.remove(&segment.index).unwrap_or_default()))
        .collect();
    let mut guard = BudgetGuard::new(generation, takes);
    let ending = ending(generation, &segments, claim, &guard, policy, now);
    let mut work = Work::default();
    let mut free = policy
        .parallel
        .saturating_sub(segments.iter().filter(|view| view.active.is_some()).count());
    if repeated_failure(generation, &segments, policy).is_some() {
        // The takes that still run decide.
        free = 0;
    }
    for view in &segments {
        match (view.active, &ending) {
            (Some(take), None) => work.advance(take, generation.epoch, claim, policy, now),
            (Some(take), Some(_)) => work.wind_up(take, generation.epoch, policy, now),
            (None, Some(_)) => {}
            (None, None) if view.is_kept() => {}
            (None, None) => {
                if let Some(best) = view.last_resort(generation, policy, &guard) {
                    work.steps.push(Step::Accept(best.clone()));
                    continue;
                }
                let not_before = view.last.and_then(|take| take.state().retry_at());
                if free == 0 {
                } else if let Some(until) = not_before.filter(|until| *until > now) {
                    work.wait(until);
                } else if guard.reserve(view.cost(policy)) {
                    work.steps.push(Step::Intend {
                        segment: view.segment.index,
                        number: view.next_number(),
                    });
                    free -= 1;
                }
            }
        }
    }
    if !work.is_empty() {
        return Plan::Work {
            steps: work.steps,
            // After the deadline it is not waited for any more.
            wake: earliest(work.wake, generation.deadline().filter(|deadline| *deadline > now)),
        };
    }
    match ending {
        Some(error) => Plan::Fail(error),
        None => Plan::Stitch,
    }
}

/// The takes of one segment.
struct SegmentView<'a> {
    segment: &'a Segment,
    takes: Vec<&'a TakeRecord>,
    active: Option<&'a TakeRecord>,
    last: Option<&'a TakeRecord>,
}

impl<'a> SegmentView<'a> {
    fn new(segment: &'a Segment, takes: Vec<&'a TakeRecord>) -> Self {
        let active = takes.iter().copied().find(|take| !take.kind().is_over());
        let last = takes.iter().copied().max_by_key(|take| take.number);
        Self {
            segment,
            takes,
            active,
            last,
        }
    }

    fn is_kept(&self) -> bool {
        self.takes.iter().any(|take| take.is_kept())
    }

    fn is_running(&self) -> bool {
        self.active.is_some_and(|take| take.kind() == StateKind::Running)
    }

    fn next_number(&self) -> u32 {
        self.last.map_or(1, |take| take.number + 1)
    }

    /// The cost of another take of this segment, in US dollars.
    fn cost(&self, policy: &Policy) -> f64 {
        policy.cost_of(self.segment)
    }

    /// Returns the error if this segment can no longer be spoken.
    fn dead_end(&self, generation: &GenerationRecord, policy: &Policy, guard: &BudgetGuard) -> Option<Error> {
        if self.is_kept() || self.active.is_some() {
            return None;
        }
        let recent = || {
            self.takes
                .iter()
                .filter(|take| take.intended_at >= generation.opened_at)
        };
        if recent().any(|take| take.kind() == StateKind::Held) {
            return Some(Error::new(
                &code::GENERATION_ANSWER_UNKNOWN,
                format!(
                    "the response for segment {} was lost, and its prediction may exist",
                    self.segment.index + 1
                ),
            ));
        }
        let last = recent().max_by_key(|take| take.number);
        if let Some(error) = last.and_then(|take| take.error()).filter(|error| !error.retryable) {
            return Some(error.to_error());
        }
        if self.last_resort(generation, policy, guard).is_some() {
            return None;
        }
        let tried = self.tried(generation);
        if tried >= max_takes(generation, policy) {
            let why = last.map(|take| reason(take)).unwrap_or_default();
            return Some(Error::new(
                &code::GENERATION_TAKES_EXHAUSTED,
                format!(
                    "segment {} failed {tried} times; the last time: {why}",
                    self.segment.index + 1
                ),
            ));
        }
        let cost = self.cost(policy);
        let limit = guard.budget.filter(|_| guard.never_holds(cost))?;
        Some(Error::new(
            &code::GENERATION_BUDGET,
            format!(
                "segment {} costs {}, but {} of the budget of {} is spent",
                self.segment.index + 1,
                dollars(cost),
                dollars(guard.spent),
                dollars(limit),
            ),
        ))
    }

    /// The number of takes since the generation was opened, which count against the limit.
    fn tried(&self, generation: &GenerationRecord) -> usize {
        self.takes
            .iter()
            .filter(|take| take.intended_at >= generation.opened_at && take.kind() != StateKind::NeverCreated)
            .count()
    }

    /// The best rejected take, once no other take can follow.
    fn last_resort(
        &self,
        generation: &GenerationRecord,
        policy: &Policy,
        guard: &BudgetGuard,
    ) -> Option<&'a TakeRecord> {
        let over = self.tried(generation) >= max_takes(generation, policy) || guard.never_holds(self.cost(policy));
        best_rejected(self.takes.iter().copied()).filter(|_| over)
    }
}

fn max_takes(generation: &GenerationRecord, policy: &Policy) -> usize {
    generation.options.limits.max_takes.unwrap_or(policy.max_takes) as usize
}

/// The budget of the generation, and how much of it is used.
struct BudgetGuard {
    budget: Option<f64>,
    /// The amount that is certain to be paid.
    spent: f64,
    /// The amount spent, or reserved for takes that may turn out never to have been created.
    reserved: f64,
}

impl BudgetGuard {
    fn new(generation: &GenerationRecord, takes: &[TakeRecord]) -> Self {
        let cost = |take: &TakeRecord| take.cost_usd;
        Self {
            budget: generation.options.limits.budget_usd,
            spent: takes.iter().filter(|take| !take.kind().is_unsettled()).map(cost).sum(),
            reserved: takes.iter().map(cost).sum(),
        }
    }

    fn holds(&self, amount: f64) -> bool {
        self.budget.is_none_or(|budget| amount <= budget + f64::EPSILON)
    }

    /// Reserves the cost of a new take. False if it has to wait until the other takes are settled.
    fn reserve(&mut self, cost: f64) -> bool {
        let fits = self.holds(self.reserved + cost);
        if fits {
            self.reserved += cost;
        }
        fits
    }

    /// True if the rest of the budget can never cover the cost. Reserved amounts do not count, because they may be
    /// released. Otherwise a generation could alternate between failing and continuing.
    fn never_holds(&self, cost: f64) -> bool {
        !self.holds(self.spent + cost)
    }
}

fn earliest(one: Option<Timestamp>, other: Option<Timestamp>) -> Option<Timestamp> {
    [one, other].into_iter().flatten().min()
}

#[derive(Default)]
struct Work {
    steps: Vec<Step>,
    wake: Option<Timestamp>,
}

impl Work {
    fn is_empty(&self) -> bool {
        self.steps.is_empty() && self.wake.is_none()
    }

    fn wait(&mut self, until: Timestamp) {
        self.wake = earliest(self.wake, Some(until));
    }

    /// The next step of a take while the generation continues.
    fn advance(&mut self, take: &TakeRecord, epoch: i64, claim: &ClaimState, policy: &Policy, now: Timestamp) {
        match take.state() {
            TakeState::Intended(_) if may_send(take, epoch, policy, now) => self.steps.push(Step::Create(take.clone())),
            TakeState::Unsent(unsent) if unsent.retry_at > now => self.wait(unsent.retry_at),
            TakeState::Unsent(_) => self.steps.push(Step::Resend(take.clone())),
            TakeState::Running(running)
                if since(running.prediction.accepted_at.max(claim.claimed_at), now) > policy.patience =>
            {
                self.steps.push(Step::Stop(take.clone()));
            }
            TakeState::Running(_) => self.steps.push(Step::Poll(take.clone())),
            _ => self.settle(take, policy, now),
        }
    }

    /// The next step of a take while the generation ends.
    fn wind_up(&mut self, take: &TakeRecord, epoch: i64, policy: &Policy, now: Timestamp) {
        match take.kind() {
            StateKind::Intended if may_send(take, epoch, policy, now) => self.steps.push(Step::Abandon(take.clone())),
            StateKind::Unsent => self.steps.push(Step::Abandon(take.clone())),
            StateKind::Running => self.steps.push(Step::Stop(take.clone())),
            _ => self.settle(take, policy, now),
        }
    }

    /// The steps that do not depend on whether the generation ends: a lost answer is looked up, and paid audio is
    /// downloaded and judged.
    fn settle(&mut self, take: &TakeRecord, policy: &Policy, now: Timestamp) {
        match take.state() {
            TakeState::Intended(_) | TakeState::Unanswered(_) => {
                let looked_at = take.state().lookups().looked_at;
                let next = looked_at.map_or(take.intended_at, |looked_at| {
                    later(looked_at, policy.reconciliation.look_gap)
                });
                if next > now {
                    self.wait(next);
                } else {
                    self.steps.push(Step::Reconcile(take.clone()));
                }
            }
            TakeState::Succeeded(_) => self.steps.push(Step::Download(take.clone())),
            TakeState::Stored(_) => self.steps.push(Step::Verify(take.clone())),
            _ => {}
        }
    }
}

/// True if this claim recorded the intent, so recently that it cannot have been sent yet.
pub(crate) fn may_send(take: &TakeRecord, epoch: i64, policy: &Policy, now: Timestamp) -> bool {
    take.epoch == epoch && since(take.intended_at, now) < policy.reconciliation.send_guard
}

#[cfg(test)]
mod tests;
