//! What each step does to the world, and what the take is afterwards. Nothing is written down here: the runner does.

use std::sync::Arc;
use std::time::Duration;

use futures::future::FutureExt as _;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

use super::concurrency::ConcurrencyLimits;
use super::judge::{Case, Judge};
use crate::clock::{SharedClock, SharedRandom, later, since};
use crate::counts::Tally;
use crate::engine::{ModelInfo, Order, Reference, Remote, SpeechEngine, StartError, Started};
use crate::error::{Error, ErrorKind, Result, Retry, code};
use crate::finding::{Finding, Severity};
use crate::ledger::plan::{Step, after_miss};
use crate::ledger::{Budgets, ErrorRecord, GenerationRecord, Policy, SIMILARITY, TakeRecord, TakeState, kept_anyway};
use crate::script::Segment;
use crate::store::{AudioStore, GenerationStore, GenerationStoreExt as _};

/// What a step came to: the take as it is to be written down, and how much of it is done where that is known.
pub(crate) struct Outcome {
    pub(crate) take: TakeRecord,
    /// 0 to 1.
    pub(crate) share: Option<f64>,
}

impl From<TakeRecord> for Outcome {
    fn from(take: TakeRecord) -> Self {
        Self { take, share: None }
    }
}

/// Everything a step needs. One for each generation that runs.
#[derive(Debug)]
pub(crate) struct Steps {
    pub(crate) store: Arc<dyn GenerationStore>,
    pub(crate) audio: AudioStore,
    pub(crate) engine: Arc<dyn SpeechEngine>,
    pub(crate) clock: SharedClock,
    pub(crate) random: SharedRandom,
    pub(crate) tally: Arc<Tally>,
    pub(crate) lanes: Arc<ConcurrencyLimits>,
    pub(crate) policy: Policy,
    pub(crate) model: ModelInfo,
    pub(crate) reference: Reference,
    pub(crate) generation: GenerationRecord,
    /// What may be spent beside the budget of the generation itself.
    pub(crate) budgets: Budgets,
    pub(crate) judge: Judge,
    /// Set once somebody wants it stopped: ends the pause before the next look.
    pub(crate) cancel: CancellationToken,
    /// Raised when there is news of a take: ends the pause before the next look.
    pub(crate) wake: Arc<Notify>,
}

impl Steps {
    /// Does one step.
    ///
    /// # Errors
    ///
    /// Those of the stores, and a refused token while something runs: it says nothing about the take. What else an engine
    /// says goes into the take.
    pub(crate) async fn perform(&self, step: Step) -> Result<Outcome> {
        let (name, segment, number) = step.name();
        let span = tracing::debug_span!("take", step = name, segment, number);
        self.perform_in_span(step).instrument(span).await
    }

    async fn perform_in_span(&self, step: Step) -> Result<Outcome> {
        // On the heap, each of those that wait: a step is in memory for as long as its take runs elsewhere, and would be as
        // large as the largest of them.
        match step {
            Step::Intend { segment, number } => Ok(self.intend(segment, number).into()),
            Step::Resend(take) => Ok(self.resend(take).into()),
            Step::Create(take) => self.create(take).boxed().await,
            Step::Reconcile(take) => self.reconcile(take).boxed().await,
            Step::Poll(take) => self.poll(take).boxed().await,
            Step::Download(take) => self.download(take).boxed().await,
            Step::Verify(take) => self.verify(take).boxed().await,
            Step::Stop(take) => Ok(self.stop(take).boxed().await?.into()),
            Step::Abandon(take) => Ok(never_created(take).into()),
            Step::Accept(take) => Ok(kept_anyway(take).into()),
        }
    }

    fn intend(&self, segment: u32, number: u32) -> TakeRecord {
        let seed = self.generation.options.seed.map_or_else(
            || (self.random.next() % u64::from(MAX_SEED)) as u32 + 1,
            |seed| derived_seed(seed, segment, number),
        );
        let mut take = TakeRecord::intend(
            self.generation.id,
            segment,
            number,
            seed,
            self.generation.epoch,
            self.clock.now(),
        );
        if let Ok(segment) = self.segment(segment) {
            take.cost_usd = self.policy.cost(&segment.spoken);
            take.characters = u32::try_from(segment.spoken.chars().count()).unwrap_or(u32::MAX);
        }
        take
    }

    fn resend(&self, mut take: TakeRecord) -> TakeRecord {
        take.state = TakeState::Intended;
        take.epoch = self.generation.epoch;
        take.intended_at = self.clock.now();
        take.retry_at = None;
        take
    }

    async fn create(&self, mut take: TakeRecord) -> Result<Outcome> {
        let order = self.order(&take)?;
        // The plan has checked this, but the process may have been frozen since: a late send could be paid twice.
        if since(take.intended_at, self.clock.now()) >= self.policy.send_guard {
            take.state = TakeState::Unsent;
            return Ok(take.into());
        }
        self.tally.sent(take.number);
        let sent = self.clock.now();
        match self.engine.start(&order).await {
            Ok(Started::Remote(id)) => {
                take.state = TakeState::Running;
                take.remote = Some(id);
                take.accepted_at = Some(self.clock.now());
            }
            Ok(Started::Audio { wav, findings }) => {
                take.findings = findings;
                self.tally.answered(since(sent, self.clock.now()));
                return self.keep(take, wav).await;
            }
            Err(StartError::NotCreated(error)) => self.unsent(&mut take, &error),
            Err(StartError::Unknown(error)) => {
                take.state = TakeState::Unanswered;
                take.error = Some((&error).into());
            }
            Err(StartError::Refused(error)) => {
                take.cost_usd = 0.0;
                fail(&mut take, &error);
            }
        }
        Ok(take.into())
    }

    fn unsent(&self, take: &mut TakeRecord, error: &Error) {
        take.sends += 1;
        take.error = Some(error.into());
        // A provider that asks for patience is given it; the deadline ends that.
        if error.kind() != ErrorKind::RateLimited && take.sends >= self.policy.max_sends {
            take.cost_usd = 0.0;
            take.state = TakeState::Failed;
            return;
        }
        take.state = TakeState::Unsent;
        let pause = match error.retry() {
            Retry::After(pause) => pause,
            _ => Policy::resend_interval(take.sends),
        };
        // Who waits for speech sees nothing else of it.
        tracing::warn!(take = %take.id(), code = error.code(), "could not be sent, tries again in {pause:.0?}: {error}");
        take.retry_at = Some(later(self.clock.now(), pause));
    }

    async fn reconcile(&self, mut take: TakeRecord) -> Result<Outcome> {
        if let Some(remote) = self.store.remote_hint(take.id()).await?
            && !self.store.holds_remote(&remote).await?
        {
            return Ok(self.adopt(take, remote).into());
        }
        let order = self.order(&take)?;
        match self.engine.find_lost(&order).await {
            Ok(candidates) => {
                for id in candidates {
                    if !self.store.holds_remote(&id).await? {
                        return Ok(self.adopt(take, id).into());
                    }
                }
                Ok(after_miss(take, &self.policy, self.clock.now()).into())
            }
            Err(error) => {
                tracing::warn!(code = error.code(), "could not look for a lost prediction: {error}");
                take.looked_at = Some(self.clock.now());
                // Inputs are gone by now: no later look would find more.
                if since(take.intended_at, self.clock.now()) > self.policy.undecidable {
                    take.state = TakeState::Held;
                    take.error = Some((&error).into());
                }
                Ok(take.into())
            }
        }
    }

    /// The take runs under this id: its answer was lost, and is found again.
    fn adopt(&self, mut take: TakeRecord, remote: String) -> TakeRecord {
        tracing::info!(take = %take.id(), remote, "found a take whose answer was lost");
        self.tally.found();
        take.state = TakeState::Running;
        take.remote = Some(remote);
        take.accepted_at = Some(self.clock.now());
        take.error = None;
        take
    }

    /// Looks once more for a take that was given up as never created.
    ///
    /// # Errors
    ///
    /// Those of the engine and of the store.
    pub(crate) async fn look_again(&self, take: &TakeRecord) -> Result<Option<String>> {
        for id in self.engine.find_lost(&self.order(take)?).await? {
            if !self.store.holds_remote(&id).await? {
                return Ok(Some(id));
            }
        }
        Ok(None)
    }

    async fn poll(&self, mut take: TakeRecord) -> Result<Outcome> {
        let age = since(take.accepted_at.unwrap_or(take.intended_at), self.clock.now());
        let remote = take.remote.clone().unwrap_or_default();
        tokio::select! {
            () = self.clock.sleep(Policy::poll_interval(age)) => {}
            () = self.cancel.cancelled() => {}
            () = self.engine.woken(&remote) => {}
            () = self.wake.notified() => {}
        }
        match self.engine.check(&remote).await {
            Ok(Remote::Running(share)) => return Ok(Outcome { take, share }),
            Ok(state) => self.settle(&mut take, state),
            // What is paid for is not given up because one look failed; patience ends it.
            Err(error) if error.retryable() => tracing::debug!(code = error.code(), "a look failed: {error}"),
            // A token that was revoked says nothing about the take: with a better one the generation goes on.
            Err(error) if error.kind() == ErrorKind::Authentication => return Err(error),
            Err(error) => fail(&mut take, &error),
        }
        Ok(take.into())
    }

    /// Writes what the provider says into the take.
    fn settle(&self, take: &mut TakeRecord, state: Remote) {
        match state {
            Remote::Starting | Remote::Running(_) => {}
            Remote::Succeeded { output } => {
                let accepted = take.accepted_at.unwrap_or(take.intended_at);
                self.tally.answered(since(accepted, self.clock.now()));
                take.state = TakeState::Succeeded;
                take.output = Some(output);
            }
            Remote::Failed(error) => self.fail_for_now(take, &error),
            Remote::Cancelled => self.fail_for_now(
                take,
                &Error::new(
                    &code::REPLICATE_PREDICTION_CANCELLED,
                    "the prediction was stopped at the provider",
                ),
            ),
            Remote::Expired => self.fail_for_now(
                take,
                &Error::new(&code::REPLICATE_OUTPUT_EXPIRED, "the provider has deleted the audio"),
            ),
        }
    }

    async fn stop(&self, mut take: TakeRecord) -> Result<TakeRecord> {
        let remote = take.remote.clone().unwrap_or_default();
        match self.engine.cancel(&remote).await {
            Ok(state @ (Remote::Starting | Remote::Running(_))) => {
                tracing::debug!(?state, remote, "asked to stop; it has not ended yet");
                self.clock.sleep(Duration::from_millis(500)).await;
            }
            Ok(state) => self.settle(&mut take, state),
            Err(error) if error.kind() == ErrorKind::Authentication => return Err(error),
            Err(error) => {
                tracing::warn!(code = error.code(), remote, "could not stop a prediction: {error}");
                take.sends += 1;
                if !error.retryable() || take.sends >= self.policy.max_sends {
                    fail(&mut take, &error);
                } else {
                    self.clock.sleep(Policy::resend_interval(take.sends)).await;
                }
            }
        }
        Ok(take)
    }

    async fn download(&self, mut take: TakeRecord) -> Result<Outcome> {
        let output = take.output.clone().unwrap_or_default();
        let lane = self.lanes.loading().await;
        match self.engine.fetch(&output).await {
            Ok(wav) => self.keep(take, wav).await,
            // It is paid for: while only the network is in the way, it is fetched again instead of made again.
            Err(error) if is_in_the_way(&error) && since(take.intended_at, self.clock.now()) < self.policy.patience => {
                tracing::debug!(code = error.code(), "a download failed: {error}");
                drop(lane);
                self.clock.sleep(self.policy.take_gap).await;
                Ok(take.into())
            }
            Err(error) => {
                self.fail_for_now(&mut take, &error);
                Ok(take.into())
            }
        }
    }

    /// Puts the audio into the store, under a key made from the take: done again, it is the same key.
    async fn keep(&self, mut take: TakeRecord, wav: bytes::Bytes) -> Result<Outcome> {
        let key = format!(
            "generations/{}/take-{}-{}.wav",
            take.generation, take.segment, take.number
        );
        self.audio.put(&key, wav).await?;
        take.state = TakeState::Stored;
        take.audio = Some(key);
        take.error = None;
        Ok(take.into())
    }

    async fn verify(&self, mut take: TakeRecord) -> Result<Outcome> {
        let segment = self.segment(take.segment)?;
        let key = take.audio.clone().unwrap_or_default();
        let _lane = self.lanes.judging().await;
        let Some(wav) = self.audio.get(&key).await? else {
            self.fail_for_now(
                &mut take,
                &Error::new(&code::STORE_CORRUPT, format!("{key} is missing in the audio store")),
            );
            return Ok(take.into());
        };
        let case = Case {
            wav,
            text: &segment.spoken,
            language: self.model.language(self.generation.options.language.as_deref()),
            max_output_seconds: self.model.max_output_seconds,
        };
        match self.judge.judge(case).await {
            Ok(verdict) => {
                take.findings.extend(verdict.similarity.map(similarity_note));
                take.seconds = Some(verdict.seconds);
                take.state = if verdict.kept {
                    TakeState::Kept
                } else {
                    TakeState::Rejected
                };
                take.findings.extend(verdict.findings);
                take.error = None;
            }
            Err(error) if error.code() == code::INTERNAL.name() => return Err(error),
            Err(error) => self.fail_for_now(&mut take, &error),
        }
        Ok(take.into())
    }

    fn segment(&self, index: u32) -> Result<&Segment> {
        self.generation
            .segments
            .iter()
            .find(|segment| segment.index == index)
            .ok_or_else(|| {
                Error::new(
                    &code::STORE_CORRUPT,
                    format!("segment {index} is missing in the records"),
                )
            })
    }

    fn order(&self, take: &TakeRecord) -> Result<Order> {
        let mut order = Order::new(
            self.model.name.clone(),
            self.segment(take.segment)?.spoken.clone(),
            take.seed,
            self.reference.clone(),
            self.generation.options.clone(),
            take.intended_at,
            later(take.intended_at, self.policy.send_guard),
            self.policy.cancel_after,
        );
        order.take = Some(take.id().to_string());
        Ok(order)
    }

    /// The take failed; another may follow after a pause if the error says so.
    fn fail_for_now(&self, take: &mut TakeRecord, error: &Error) {
        fail(take, error);
        let pause = match error.retry() {
            Retry::After(pause) => pause,
            _ => self.policy.take_gap,
        };
        take.retry_at = Some(later(self.clock.now(), pause));
    }
}

/// The largest seed that every model takes: 31 bits.
const MAX_SEED: u32 = i32::MAX as u32;

/// The seed of one take of a generation with a chosen seed: never zero, the same for the same three numbers.
fn derived_seed(seed: u32, segment: u32, number: u32) -> u32 {
    if segment == 0 && number == 1 {
        return seed.clamp(1, MAX_SEED);
    }
    // SplitMix64's mixing steps: neighbouring numbers give unrelated seeds.
    let mut mixed = (u64::from(seed) << 32) ^ (u64::from(segment) << 12) ^ u64::from(number);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    ((mixed ^ (mixed >> 31)) % u64::from(MAX_SEED)) as u32 + 1
}

/// How like the sample it sounds, as it is written down with the take.
fn similarity_note(similarity: f64) -> Finding {
    Finding::new(
        Severity::Note,
        SIMILARITY,
        format!("its voice was compared with the sample: {similarity:.2}"),
        "Nothing is to be done.",
    )
    .with_measure(similarity, 0.0, "")
}

fn never_created(mut take: TakeRecord) -> TakeRecord {
    take.state = TakeState::NeverCreated;
    take.cost_usd = 0.0;
    take
}

/// True if the provider could not be reached or had no time: the audio may be there all the same.
fn is_in_the_way(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Network | ErrorKind::RateLimited)
        || error.code() == code::REPLICATE_UNAVAILABLE.name()
}

fn fail(take: &mut TakeRecord, error: &Error) {
    take.state = TakeState::Failed;
    take.error = Some(ErrorRecord::from(error));
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn derived_seeds_differ_and_are_never_zero() {
        let seeds: HashSet<u32> = (0..200)
            .flat_map(|segment| (1..4).map(move |number| derived_seed(7, segment, number)))
            .collect();
        assert_eq!(seeds.len(), 600);
        assert!(!seeds.contains(&0));
        assert_eq!(
            derived_seed(7, 0, 1),
            7,
            "a single segment speaks with the seed that was asked for"
        );
    }
}
