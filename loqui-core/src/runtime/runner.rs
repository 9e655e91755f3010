//! Performs the plan, one step of each segment at a time, and records every result before it plans again.

use std::collections::{HashMap, HashSet};

use futures::future::FutureExt as _;
use futures::stream::{FuturesUnordered, StreamExt as _};
use jiff::Timestamp;

use super::finish;
use super::steps::{Outcome, Steps};
use crate::clock::since;
use crate::error::{Result, code};
use crate::finding::{Finding, Severity};
use crate::ledger::plan::{ClaimState, Plan, plan};
use crate::ledger::{Change, ErrorRecord, GenerationRecord, Stage, StateKind, TakeRecord, progress};

/// The most warnings of a generation: a long text may have the same fault in every segment.
const MOST_WARNINGS: usize = 100;

/// The state of a running generation. All of it is in the store, except for the shares.
struct Job {
    record: GenerationRecord,
    takes: Vec<TakeRecord>,
    shares: HashMap<u32, f64>,
    /// The message of the last event.
    message: String,
    claim: ClaimState,
}

/// Runs a claimed generation to its end. `changed` is called after every write.
///
/// # Errors
///
/// `store.conflict` if another process has claimed it, `store.corrupt`, and those of [`Steps::perform`]. An outage of a store
/// is waited for.
pub(crate) async fn run(steps: &Steps, changed: impl Fn() + Send + Sync) -> Result<()> {
    let mut job = Job {
        record: steps.generation.clone(),
        takes: steps.takes().await?,
        shares: HashMap::new(),
        message: steps.generation.stage.message().to_owned(),
        claim: ClaimState::new(steps.claimed_at()),
    };
    if job.record.cancel_requested {
        steps.interrupts.cancel.cancel();
    }
    let mut busy = HashSet::new();
    let mut flying = FuturesUnordered::new();
    loop {
        let mut wake = None;
        match job.plan(steps) {
            Plan::Over => return Ok(()),
            Plan::Fail(error) if busy.is_empty() => {
                let at = steps.runtime.clock.now();
                steps.write(vec![Change::Fail { error, at }]).await?;
                changed();
                return Ok(());
            }
            Plan::Stitch if busy.is_empty() => {
                job.advance(steps, Vec::new(), Stage::Stitching).await?;
                changed();
                // The takes are paid for: an outage of the audio store only delays the speech.
                let stitched = steps.persist(|| finish::stitch(steps, &job.takes));
                let end = match stitched.boxed().await {
                    Ok(speech) => Change::Complete {
                        speech,
                        at: steps.runtime.clock.now(),
                    },
                    Err(error) => Change::Fail {
                        error: ErrorRecord::from(&error),
                        at: steps.runtime.clock.now(),
                    },
                };
                steps.write(vec![end]).await?;
                changed();
                return Ok(());
            }
            // A step is still running. Wait for its result first.
            Plan::Fail(_) | Plan::Stitch => {}
            Plan::Work {
                steps: todo,
                wake: until,
            } => {
                wake = until;
                for step in todo {
                    let segment = step.segment();
                    if busy.insert(segment) {
                        flying.push(async move { (segment, steps.perform(step).await) });
                    }
                }
            }
        }
        tokio::select! {
            Some((segment, outcome)) = flying.next(), if !flying.is_empty() => {
                busy.remove(&segment);
                job.record(steps, outcome?).boxed().await?;
                changed();
            }
            () = steps.interrupts.cancel.cancelled(), if !job.record.cancel_requested => job.record.cancel_requested = true,
            () = until(steps, wake), if wake.is_some() => {}
        }
    }
}

async fn until(steps: &Steps, wake: Option<Timestamp>) {
    if let Some(wake) = wake {
        steps.runtime.clock.sleep(since(steps.now(), wake)).await;
    }
}

impl Job {
    fn plan(&mut self, steps: &Steps) -> Plan {
        self.claim.outage = steps.interrupts.outage.lasting(steps.runtime.clock.now());
        plan(&self.record, &self.takes, &self.claim, &steps.policy, steps.now())
    }

    /// Records a result, and uses it only after it is in the store.
    async fn record(&mut self, steps: &Steps, outcome: Outcome) -> Result<()> {
        let Outcome { take, share } = outcome;
        if let Some(share) = share {
            self.shares.insert(take.segment, share);
        }
        let known = self
            .takes
            .iter()
            .position(|known| (known.segment, known.number) == (take.segment, take.number));
        let mut changes = match known {
            Some(place) if self.takes[place] == take => Vec::new(),
            Some(_) => vec![Change::UpdateTake(take.clone())],
            None => vec![Change::AddTake(take.clone())],
        };
        let warnings = if changes.is_empty() {
            Vec::new()
        } else {
            self.warnings(&take)
        };
        let to_be_sent = take.kind() == StateKind::Intended && !changes.is_empty();
        if to_be_sent {
            let ceilings = steps.runtime.settings.budgets.ceilings(&self.record, &take);
            changes.extend(ceilings.into_iter().map(Change::Within));
            match steps.write(changes).await {
                Err(error) if error.code() == code::GENERATION_BUDGET.name() => {
                    self.claim.over_budget = Some(ErrorRecord::from(&error));
                    return Ok(());
                }
                other => other?,
            }
            changes = Vec::new();
        }
        match known {
            Some(place) => self.takes[place] = take,
            None => self.takes.push(take),
        }
        changes.extend(warnings);
        self.advance(steps, changes, Stage::Speaking).await
    }

    /// The warnings of a take that has just been kept, for the generation.
    fn warnings(&mut self, take: &TakeRecord) -> Vec<Change> {
        if !take.is_kept() {
            return Vec::new();
        }
        let left = MOST_WARNINGS.saturating_sub(self.record.warnings.len());
        let warnings = take
            .findings
            .iter()
            .filter(|finding| finding.severity == Severity::Warning);
        let warnings: Vec<Finding> = warnings
            .take(left)
            .map(|finding| Finding {
                message: format!("segment {}: {}", take.segment + 1, finding.message),
                ..finding.clone()
            })
            .collect();
        self.record.warnings.extend(warnings.iter().cloned());
        warnings.into_iter().map(Change::Warn).collect()
    }

    /// Writes changes, with an event if the progress, the stage or the message has changed.
    async fn advance(&mut self, steps: &Steps, mut changes: Vec<Change>, stage: Stage) -> Result<()> {
        let progress = progress(&self.record, &self.takes, &self.shares).max(self.record.progress);
        let now = steps.runtime.clock.now();
        let message = self.message_of(stage, steps.interrupts.outage.lasting(now));
        if progress > self.record.progress || stage != self.record.stage || message != self.message {
            changes.push(Change::Progress {
                stage,
                progress,
                message: message.clone(),
                at: now,
            });
            self.record.progress = progress;
            self.record.stage = stage;
            self.message = message;
        }
        if changes.is_empty() {
            Ok(())
        } else {
            steps.write(changes).await
        }
    }

    /// The message of an event: the reason why a take cannot be sent, otherwise the outage, otherwise the message of the stage.
    fn message_of(&self, stage: Stage, outage: Option<ErrorRecord>) -> String {
        let unsent = |take: &&TakeRecord| match take.kind() {
            StateKind::Unsent => true,
            StateKind::Intended => take.sends > 0,
            _ => false,
        };
        match (self.takes.iter().find(unsent).and_then(TakeRecord::error), outage) {
            (Some(error), _) => format!("could not be sent yet, retrying: {}", error.message),
            (None, Some(error)) => format!("waiting: {}", error.message),
            (None, None) => stage.message().to_owned(),
        }
    }
}
