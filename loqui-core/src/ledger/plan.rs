//! What comes next: a pure function of what is written down.
//!
//! ```text
//! state of the take    condition                          step          states it leads to
//! -------------------  ---------------------------------  ------------  ----------------------------------
//! (none, or all over)  takes and budget left              Intend        Intended
//! Intended             ours, younger than the send guard  Create        Running Stored Unsent Unanswered Failed
//! Intended             another claim's, or too old        Reconcile     Running Intended NeverCreated Held
//! Unsent               its time has come                  Resend        Intended
//! Unanswered           looked for long enough ago         Reconcile     Running Unanswered NeverCreated Held
//! Running              -                                  Poll          Running Succeeded Failed
//! Succeeded            -                                  Download      Stored Failed
//! Stored               -                                  Verify        Kept Rejected
//! Rejected (the best)  no takes or no budget left         Accept        Kept
//! all segments Kept    -                                  Stitch        COMPLETED
//! ```
//!
//! Once a generation has to end without speech (cancelled, out of time, a segment failed for good), nothing new is
//! intended: what runs is stopped (`Stop`), what was never sent is given up (`Abandon`), a lost answer is still looked
//! for, what is paid for is still fetched and kept for a retry; then it ends as `FAILED`.
//!
//! Nobody creates from *sent, but no id known*: only `Reconcile` leads on from there.

use jiff::Timestamp;

use super::best::best_rejected;
use super::policy::Policy;
use super::record::{ErrorRecord, GenerationRecord};
use super::take::{TakeRecord, TakeState};
use crate::clock::{later, since};
use crate::error::{Error, code};

/// One thing to do for one segment.
#[derive(Clone, Debug, PartialEq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "the runner performs every step; a new one must not be overlooked"
)]
pub enum Step {
    /// Write down a new take of this segment, before anything is sent.
    Intend {
        /// The segment.
        segment: u32,
        /// The number of the take.
        number: u32,
    },
    /// Write down anew that this take, which was never created, will be sent.
    Resend(TakeRecord),
    /// Send it, once.
    Create(TakeRecord),
    /// Look for it at the provider.
    Reconcile(TakeRecord),
    /// See how it is doing.
    Poll(TakeRecord),
    /// Fetch the audio.
    Download(TakeRecord),
    /// Judge the audio.
    Verify(TakeRecord),
    /// Stop it at the provider.
    Stop(TakeRecord),
    /// Give it up: it was certainly never created.
    Abandon(TakeRecord),
    /// Keep it although it was judged bad: no take is better, and there will be no other.
    Accept(TakeRecord),
}

impl Step {
    /// What it is called in logs, with segment and number of its take.
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

    /// The segment it is about: at most one step is under way for each.
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

/// What comes next for a whole generation.
#[derive(Clone, Debug, PartialEq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "the runner performs every plan; a new one must not be overlooked"
)]
pub enum Plan {
    /// Do these, in parallel if you like; look again when one has ended, and at `wake` at the latest.
    Work {
        /// At most one for each segment.
        steps: Vec<Step>,
        /// When waiting is over by itself.
        wake: Option<Timestamp>,
    },
    /// Join the kept takes and complete.
    Stitch,
    /// End it with this error.
    Fail(ErrorRecord),
    /// It has ended.
    Over,
}

/// What comes next, from what is written down.
pub fn plan(generation: &GenerationRecord, takes: &[TakeRecord], policy: &Policy, now: Timestamp) -> Plan {
    if generation.status.is_terminal() {
        return Plan::Over;
    }
    let segments: Vec<SegmentView<'_>> = generation
        .segments
        .iter()
        .map(|segment| SegmentView::new(segment.index, takes))
        .collect();
    let mut guard = BudgetGuard::new(generation, takes);
    let ending = ending(generation, &segments, &guard, policy, now);
    let mut work = Work::default();
    let mut free = policy
        .parallel
        .saturating_sub(segments.iter().filter(|view| view.active.is_some()).count());
    for view in &segments {
        match (view.active, &ending) {
            (Some(take), None) => work.go_on(take, generation.epoch, policy, now),
            (Some(take), Some(_)) => work.wind_up(take, generation.epoch, policy, now),
            (None, Some(_)) => {}
            (None, None) if view.is_kept() => {}
            (None, None) => {
                if let Some(best) = view.last_resort(generation, policy, &guard) {
                    work.steps.push(Step::Accept(best.clone()));
                    continue;
                }
                let not_before = view.last.and_then(|take| take.retry_at);
                if free == 0 {
                } else if let Some(until) = not_before.filter(|until| *until > now) {
                    work.wait(until);
                } else if guard.reserve(view.cost(generation, policy)) {
                    work.steps.push(Step::Intend {
                        segment: view.index,
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
            wake: earliest(work.wake, deadline(generation)),
        };
    }
    match ending {
        Some(error) => Plan::Fail(error),
        None => Plan::Stitch,
    }
}

/// The takes of one segment.
struct SegmentView<'a> {
    index: u32,
    takes: Vec<&'a TakeRecord>,
    active: Option<&'a TakeRecord>,
    last: Option<&'a TakeRecord>,
}

impl<'a> SegmentView<'a> {
    fn new(index: u32, takes: &'a [TakeRecord]) -> Self {
        let takes: Vec<_> = takes.iter().filter(|take| take.segment == index).collect();
        let active = takes.iter().copied().find(|take| !take.state.is_over());
        let last = takes.iter().copied().max_by_key(|take| take.number);
        Self {
            index,
            takes,
            active,
            last,
        }
    }

    fn is_kept(&self) -> bool {
        self.takes.iter().any(|take| take.state == TakeState::Kept)
    }

    fn next_number(&self) -> u32 {
        self.last.map_or(1, |take| take.number + 1)
    }

    /// What another take of it costs.
    fn cost(&self, generation: &GenerationRecord, policy: &Policy) -> f64 {
        let segment = generation.segments.iter().find(|segment| segment.index == self.index);
        segment.map_or(0.0, |segment| policy.cost(&segment.spoken))
    }

    /// Why this segment will never be spoken, if that is so.
    fn dead_end(&self, generation: &GenerationRecord, policy: &Policy, guard: &BudgetGuard) -> Option<Error> {
        if self.is_kept() || self.active.is_some() {
            return None;
        }
        let recent = || {
            self.takes
                .iter()
                .filter(|take| take.intended_at >= generation.opened_at)
        };
        if recent().any(|take| take.state == TakeState::Held) {
            return Some(Error::new(
                &code::GENERATION_ANSWER_UNKNOWN,
                format!(
                    "segment {} may have been created, and its answer was lost",
                    self.index + 1
                ),
            ));
        }
        let last = recent().max_by_key(|take| take.number);
        if let Some(error) = last
            .and_then(|take| take.error.as_ref())
            .filter(|error| !error.retryable)
        {
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
                format!("segment {} failed {tried} times; the last time: {why}", self.index + 1),
            ));
        }
        let cost = self.cost(generation, policy);
        let limit = guard.budget.filter(|_| guard.never_holds(cost))?;
        Some(Error::new(
            &code::GENERATION_BUDGET,
            format!(
                "segment {} costs ${cost:.4}, but ${:.4} of the budget of ${limit:.4} is spent",
                self.index + 1,
                guard.spent
            ),
        ))
    }

    /// How many takes count since it was opened.
    fn tried(&self, generation: &GenerationRecord) -> usize {
        self.takes
            .iter()
            .filter(|take| take.intended_at >= generation.opened_at && take.state != TakeState::NeverCreated)
            .count()
    }

    /// The best of the rejected takes, once there will be no other.
    fn last_resort(
        &self,
        generation: &GenerationRecord,
        policy: &Policy,
        guard: &BudgetGuard,
    ) -> Option<&'a TakeRecord> {
        let over =
            self.tried(generation) >= max_takes(generation, policy) || guard.never_holds(self.cost(generation, policy));
        best_rejected(self.takes.iter().copied()).filter(|_| over)
    }
}

fn max_takes(generation: &GenerationRecord, policy: &Policy) -> usize {
    generation.options.limits.max_takes.unwrap_or(policy.max_takes) as usize
}

/// The budget, and what is gone from it.
struct BudgetGuard {
    budget: Option<f64>,
    /// Certainly to be paid.
    spent: f64,
    /// Spent, or set aside for a take that may still turn out never to have been created.
    reserved: f64,
}

impl BudgetGuard {
    fn new(generation: &GenerationRecord, takes: &[TakeRecord]) -> Self {
        let sum = |counts: fn(TakeState) -> bool| {
            let counted = takes.iter().filter(|take| counts(take.state));
            counted.map(|take| take.cost_usd).sum()
        };
        Self {
            budget: generation.options.limits.budget_usd,
            spent: sum(|state| !matches!(state, TakeState::Intended | TakeState::Unsent | TakeState::Unanswered)),
            reserved: sum(|_| true),
        }
    }

    fn holds(&self, amount: f64) -> bool {
        self.budget.is_none_or(|budget| amount <= budget + f64::EPSILON)
    }

    /// Sets aside what a new take costs. False if it has to wait for what becomes of the others.
    fn reserve(&mut self, cost: f64) -> bool {
        let fits = self.holds(self.reserved + cost);
        if fits {
            self.reserved += cost;
        }
        fits
    }

    /// True if the rest is too small for good. What is only set aside does not count: it may come back, and a generation
    /// that gave up because of it would take it back, go on, set it aside again, and so on for ever.
    fn never_holds(&self, cost: f64) -> bool {
        !self.holds(self.spent + cost)
    }
}

fn reason(take: &TakeRecord) -> String {
    take.error.as_ref().map_or_else(
        || {
            take.findings
                .first()
                .map_or_else(|| take.state.name().to_owned(), |finding| finding.message.clone())
        },
        |error| error.message.clone(),
    )
}

/// Why it has to end without speech, if that is so.
fn ending(
    generation: &GenerationRecord,
    segments: &[SegmentView<'_>],
    guard: &BudgetGuard,
    policy: &Policy,
    now: Timestamp,
) -> Option<ErrorRecord> {
    if segments.iter().all(SegmentView::is_kept) {
        return None;
    }
    if generation.cancel_requested {
        return Some((&Error::new(&code::GENERATION_CANCELLED, "the generation was cancelled")).into());
    }
    if deadline(generation).is_some_and(|deadline| deadline <= now) {
        return Some((&Error::new(&code::GENERATION_DEADLINE, "the generation ran out of time")).into());
    }
    segments
        .iter()
        .find_map(|view| view.dead_end(generation, policy, guard))
        .map(|error| (&error).into())
}

fn deadline(generation: &GenerationRecord) -> Option<Timestamp> {
    generation
        .options
        .limits
        .deadline
        .map(|deadline| later(generation.opened_at, deadline))
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

    /// The take goes on.
    fn go_on(&mut self, take: &TakeRecord, epoch: i64, policy: &Policy, now: Timestamp) {
        match take.state {
            TakeState::Intended if may_send(take, epoch, policy, now) => self.steps.push(Step::Create(take.clone())),
            TakeState::Unsent => match take.retry_at.filter(|until| *until > now) {
                Some(until) => self.wait(until),
                None => self.steps.push(Step::Resend(take.clone())),
            },
            TakeState::Running if since(take.accepted_at.unwrap_or(now), now) > policy.patience => {
                self.steps.push(Step::Stop(take.clone()));
            }
            TakeState::Running => self.steps.push(Step::Poll(take.clone())),
            _ => self.settle(take, policy, now),
        }
    }

    /// The generation ends: the take is brought to an end.
    fn wind_up(&mut self, take: &TakeRecord, epoch: i64, policy: &Policy, now: Timestamp) {
        match take.state {
            TakeState::Intended if may_send(take, epoch, policy, now) => self.steps.push(Step::Abandon(take.clone())),
            TakeState::Unsent => self.steps.push(Step::Abandon(take.clone())),
            TakeState::Running => self.steps.push(Step::Stop(take.clone())),
            _ => self.settle(take, policy, now),
        }
    }

    /// What is done in either case: a lost answer is looked for, what is paid is fetched and judged.
    fn settle(&mut self, take: &TakeRecord, policy: &Policy, now: Timestamp) {
        match take.state {
            TakeState::Intended | TakeState::Unanswered => {
                let next_look = take
                    .looked_at
                    .map_or(take.intended_at, |looked_at| later(looked_at, policy.look_gap));
                if next_look > now {
                    self.wait(next_look);
                } else {
                    self.steps.push(Step::Reconcile(take.clone()));
                }
            }
            TakeState::Succeeded => self.steps.push(Step::Download(take.clone())),
            TakeState::Stored => self.steps.push(Step::Verify(take.clone())),
            _ => {}
        }
    }
}

/// True if this claim wrote the intent, so recently that it is still known not to have been sent.
fn may_send(take: &TakeRecord, epoch: i64, policy: &Policy, now: Timestamp) -> bool {
    take.epoch == epoch && since(take.intended_at, now) < policy.send_guard
}

/// The take after a look for it found nothing.
pub fn after_miss(mut take: TakeRecord, policy: &Policy, now: Timestamp) -> TakeRecord {
    take.looked_at = Some(now);
    let age = since(take.intended_at, now);
    if age > policy.settle {
        take.misses += 1;
    }
    if age > policy.undecidable {
        take.state = TakeState::Held;
    } else if take.misses >= policy.looks {
        take.state = TakeState::NeverCreated;
        take.cost_usd = 0.0;
    }
    take
}

#[cfg(test)]
mod tests;
