//! Runs generations in the background, at most one task for each in this process.

use std::collections::HashMap;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use futures::future::{BoxFuture, FutureExt as _, Shared};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

use super::context::Runtime;
use super::lease::LeaseClock;
use super::outage::{Backoff, Outage};
use super::steps::Steps;
use super::{reuse, runner};
use crate::error::{Error, Result, code};
use crate::id::GenerationId;
use crate::ledger::{Fence, GenerationRecord};

/// The first pause before trying again to claim a generation that another process holds. It doubles with each attempt.
const FIRST_CLAIM_GAP: Duration = Duration::from_secs(1);
/// The longest pause between two attempts to claim a generation that another process holds.
const LONGEST_CLAIM_GAP: Duration = Duration::from_secs(4);
/// How long a generation whose driver failed is left alone. The time doubles with each failure.
const FIRST_DEFERRAL: Duration = Duration::from_secs(30);
/// The longest time for which a generation is left alone.
const LONGEST_DEFERRAL: Duration = Duration::from_mins(10);

/// The result of a driver, shared by all callers that wait for it.
pub(crate) type Driven = Shared<BoxFuture<'static, Result<(), Arc<Error>>>>;

/// The generations that this process runs.
#[derive(Debug)]
pub(crate) struct Drivers {
    worker: String,
    running: Mutex<HashMap<GenerationId, Driver>>,
    /// Notified whenever a driver has ended.
    freed: Notify,
    /// Set once the task that renews the lease runs.
    pub(super) lease_task: OnceLock<()>,
    lease_clock: Mutex<LeaseClock>,
    /// True while [`Runtime::work`] claims generations.
    pub(super) works: AtomicBool,
    /// Generations whose driver failed here, and which this process does not claim by itself for a while.
    deferred: Mutex<HashMap<GenerationId, Deferral>>,
}

#[derive(Clone, Debug)]
struct Driver {
    #[cfg(test)]
    task: tokio::task::AbortHandle,
    interrupts: Interrupts,
    driven: Driven,
    /// True if this process claimed the generation by itself.
    recovered: bool,
}

/// A generation whose driver failed.
#[derive(Clone, Copy, Debug)]
struct Deferral {
    failures: u32,
    /// By [`Clock::elapsed`](crate::clock::Clock::elapsed).
    until: Duration,
}

/// The events that end the pause before the next poll of a generation.
#[derive(Clone, Debug, Default)]
pub(crate) struct Interrupts {
    /// Cancelled when the generation must stop.
    pub(crate) cancel: CancellationToken,
    /// Notified when a take may have changed.
    pub(crate) wake: Arc<Notify>,
    /// What the generation waits for, if something is away.
    pub(crate) outage: Outage,
}

impl Drivers {
    /// `worker` names this process in the store.
    pub(crate) fn new(worker: String) -> Self {
        Self {
            worker,
            running: Mutex::default(),
            freed: Notify::new(),
            lease_task: OnceLock::new(),
            lease_clock: Mutex::default(),
            works: AtomicBool::new(false),
            deferred: Mutex::default(),
        }
    }

    fn locked(&self) -> MutexGuard<'_, HashMap<GenerationId, Driver>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn lease_clock(&self) -> MutexGuard<'_, LeaseClock> {
        self.lease_clock.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn deferrals(&self) -> MutexGuard<'_, HashMap<GenerationId, Deferral>> {
        self.deferred.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Leaves a generation alone for a while, because its driver failed at the time `elapsed`.
    fn defer(&self, generation: GenerationId, elapsed: Duration) {
        let mut deferred = self.deferrals();
        let failures = deferred.get(&generation).map_or(0, |known| known.failures);
        let pause = FIRST_DEFERRAL
            .saturating_mul(1 << failures.min(8))
            .min(LONGEST_DEFERRAL);
        let deferral = Deferral {
            failures: failures + 1,
            until: elapsed + pause,
        };
        deferred.insert(generation, deferral);
    }

    /// The generations that this process does not claim by itself at the time `elapsed`.
    pub(super) fn deferred(&self, elapsed: Duration) -> Vec<GenerationId> {
        let mut deferred = self.deferrals();
        deferred.retain(|_, known| known.until + LONGEST_DEFERRAL > elapsed);
        let current = deferred.iter().filter(|(_, known)| known.until > elapsed);
        current.map(|(generation, _)| *generation).collect()
    }

    /// How many generations this process runs that it claimed by itself.
    pub(super) fn recovered(&self) -> u32 {
        let running = self.locked();
        u32::try_from(running.values().filter(|driver| driver.recovered).count()).unwrap_or(u32::MAX)
    }

    /// Sets the deadline of a generation that this process runs.
    pub(crate) fn expect_end(&self, record: &GenerationRecord) {
        if let Some(driver) = self.locked().get(&record.id) {
            driver.interrupts.outage.expect_end(record);
        }
    }

    /// The driver of a generation, if this process runs it, and what it waits for.
    pub(crate) fn driver(&self, generation: GenerationId) -> Option<(Driven, Outage)> {
        let running = self.locked();
        let driver = running.get(&generation)?;
        Some((driver.driven.clone(), driver.interrupts.outage.clone()))
    }

    /// The name of this process in the store.
    pub(crate) fn worker(&self) -> &str {
        &self.worker
    }

    /// True if this process runs that generation.
    pub(crate) fn runs(&self, generation: GenerationId) -> bool {
        self.locked().contains_key(&generation)
    }

    /// How many generations this process runs.
    pub(crate) fn count(&self) -> u32 {
        u32::try_from(self.locked().len()).unwrap_or(u32::MAX)
    }

    /// Resolves once a generation has ended since the last call.
    pub(crate) async fn freed(&self) {
        self.freed.notified().await;
    }

    /// Ends the pause before the next poll of a generation, because a take may have changed.
    pub(crate) fn wake(&self, generation: GenerationId) {
        if let Some(driver) = self.locked().get(&generation) {
            driver.interrupts.wake.notify_waiters();
        }
    }

    /// Ends the pause before the next poll of a generation, because it must stop.
    pub(crate) fn cancel(&self, generation: GenerationId) {
        if let Some(driver) = self.locked().get(&generation) {
            driver.interrupts.cancel.cancel();
        }
    }
}

impl Runtime {
    /// Runs a generation in the background, unless that is left to workers.
    pub(crate) fn start(self: &Arc<Self>, generation: GenerationId) {
        // The result is in the store.
        if !self.settings.leave_to_workers {
            drop(self.drive(generation));
        }
    }

    /// Runs a generation that this process has just claimed.
    pub(crate) fn drive_claimed(self: &Arc<Self>, record: GenerationRecord) {
        drop(self.driven(record.id, Some(record)));
    }

    /// Runs a generation, if this process does not run it already. Resolves when it has ended or cannot continue.
    pub(crate) fn drive(self: &Arc<Self>, generation: GenerationId) -> Driven {
        self.driven(generation, None)
    }

    fn driven(self: &Arc<Self>, generation: GenerationId, claimed: Option<GenerationRecord>) -> Driven {
        self.keep_lease();
        let mut running = self.drivers.locked();
        if let Some(driver) = running.get(&generation) {
            return driver.driven.clone();
        }
        let interrupts = Interrupts::default();
        if let Some(record) = &claimed {
            interrupts.outage.expect_end(record);
        }
        let recovered = claimed.is_some();
        let span = tracing::info_span!("generation", generation = generation.get());
        let work = Arc::clone(self).claim_and_run(generation, claimed, interrupts.clone());
        let task = tokio::spawn(work.instrument(span));
        #[cfg(test)]
        let abort = task.abort_handle();
        let driven = async move {
            match task.await {
                Ok(result) => result.map_err(Arc::new),
                Err(source) => Err(Arc::new(
                    Error::new(&code::INTERNAL, "the task of a generation was aborted").with_source(source),
                )),
            }
        }
        .boxed()
        .shared();
        let driver = Driver {
            #[cfg(test)]
            task: abort,
            interrupts,
            driven: driven.clone(),
            recovered,
        };
        running.insert(generation, driver);
        driven
    }

    /// Aborts the driver of a generation at any point, as a crash of the process would.
    #[cfg(test)]
    pub(crate) fn kill(&self, generation: GenerationId) {
        if let Some(driver) = self.drivers.locked().remove(&generation) {
            driver.task.abort();
        }
    }

    async fn claim_and_run(
        self: Arc<Self>,
        generation: GenerationId,
        claimed: Option<GenerationRecord>,
        interrupts: Interrupts,
    ) -> Result<()> {
        let result = self.run_until_ended(generation, claimed, &interrupts).await;
        if result.is_err() {
            self.drivers.defer(generation, self.clock.elapsed());
        } else {
            self.drivers.deferrals().remove(&generation);
        }
        self.drivers.locked().remove(&generation);
        self.drivers.freed.notify_one();
        self.shared.signals.raise(generation);
        result.map_err(|error| error.with_generation(generation))
    }

    /// Runs a generation to its end. Without a claim in `claimed`, claims it first, and waits while another process
    /// holds it. With a claim, returns if another process claims the generation. An outage is waited for.
    async fn run_until_ended(
        self: &Arc<Self>,
        generation: GenerationId,
        mut claimed: Option<GenerationRecord>,
        interrupts: &Interrupts,
    ) -> Result<()> {
        let outage = &interrupts.outage;
        if claimed.is_none() {
            // A process without the engine must not claim the generation from a process that has it.
            let record = self.persist(outage, || self.record(generation)).await?;
            outage.expect_end(&record);
            if record.status.is_terminal() {
                return Ok(());
            }
            self.engines.named(&record.engine)?;
        }
        let waits = claimed.is_none();
        let mut gap = FIRST_CLAIM_GAP;
        let mut backoff = Backoff::default();
        loop {
            let claim = match claimed.take() {
                Some(record) => Some(record),
                None => self.persist(outage, || self.claim(generation)).await?,
            };
            let Some(record) = claim else {
                let ended = self
                    .persist(outage, || self.record(generation))
                    .await?
                    .status
                    .is_terminal();
                if ended || !waits {
                    return Ok(());
                }
                self.clock.sleep(gap).await;
                gap = (gap * 2).min(LONGEST_CLAIM_GAP);
                continue;
            };
            let fence = Fence::of(&record);
            match self.run_claimed(record, interrupts).boxed().await {
                Err(error) if error.is(&code::STORE_CONFLICT) => {
                    tracing::info!(
                        generation = generation.get(),
                        "another process has claimed this generation"
                    );
                    if !waits {
                        return Ok(());
                    }
                    self.clock.sleep(FIRST_CLAIM_GAP).await;
                }
                // The claim is kept, and made again afterwards.
                Err(error) if error.is_outage() => {
                    tracing::warn!(code = error.code(), "waiting until it works again: {error}");
                    outage.begin(&error, self.clock.now());
                    self.back_off(&mut backoff).await;
                }
                Err(error) => {
                    // Best effort: a lease that is not released expires.
                    let _ = self.store.release(fence).await;
                    return Err(error);
                }
                Ok(()) => return Ok(()),
            }
        }
    }

    async fn run_claimed(self: &Arc<Self>, record: GenerationRecord, interrupts: &Interrupts) -> Result<()> {
        let generation = record.id;
        let steps = Steps::prepare(self, record, interrupts.clone()).boxed().await?;
        interrupts.outage.store_is_back();
        reuse::adopt(&steps).boxed().await?;
        runner::run(&steps, || self.shared.signals.raise(generation)).await
    }
}
