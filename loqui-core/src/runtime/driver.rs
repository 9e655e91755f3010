//! Runs generations in the background, at most one task for each in this process, and renews the lease of the process.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};
use std::time::Duration;

use futures::future::{BoxFuture, FutureExt as _, Shared};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

use super::context::Runtime;
use super::steps::Steps;
use super::{reuse, runner};
use crate::error::{Error, Result, code};
use crate::id::GenerationId;
use crate::ledger::{Fence, GenerationRecord};
use crate::store::GenerationStoreExt as _;

/// The time that a claim is valid after the last renewal of the lease. A separate task renews the lease, so a request
/// may take longer than this time.
pub(crate) const LEASE: Duration = Duration::from_secs(12);

/// How many renewals of the lease lie between two maintenance runs: about a minute.
const RENEWALS_PER_MAINTENANCE: u32 = 15;

/// The pause before trying again to claim a generation that another process holds.
const CLAIM_GAP: Duration = Duration::from_secs(1);

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
    lease_task: OnceLock<()>,
}

#[derive(Clone, Debug)]
struct Driver {
    #[cfg(test)]
    task: tokio::task::AbortHandle,
    interrupts: Interrupts,
    driven: Driven,
}

/// The events that end the pause before the next poll of a generation.
#[derive(Clone, Debug, Default)]
pub(crate) struct Interrupts {
    /// Cancelled when the generation must stop.
    pub(crate) cancel: CancellationToken,
    /// Notified when a take may have changed.
    pub(crate) wake: Arc<Notify>,
}

impl Drivers {
    /// `worker` names this process in the store.
    pub(crate) fn new(worker: String) -> Self {
        Self {
            worker,
            running: Mutex::default(),
            freed: Notify::new(),
            lease_task: OnceLock::new(),
        }
    }

    fn locked(&self) -> std::sync::MutexGuard<'_, HashMap<GenerationId, Driver>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
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

    /// Starts the task that renews the lease of this process and runs the maintenance, unless it runs already.
    pub(crate) fn keep_lease(self: &Arc<Self>) {
        self.drivers.lease_task.get_or_init(|| {
            tokio::spawn(renew_lease(Arc::downgrade(self)));
        });
    }

    fn driven(self: &Arc<Self>, generation: GenerationId, claimed: Option<GenerationRecord>) -> Driven {
        self.keep_lease();
        let mut running = self.drivers.locked();
        if let Some(driver) = running.get(&generation) {
            return driver.driven.clone();
        }
        let interrupts = Interrupts::default();
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
        self.drivers.locked().remove(&generation);
        self.drivers.freed.notify_one();
        self.shared.signals.raise(generation);
        result.map_err(|error| error.with_generation(generation))
    }

    /// Runs a generation to its end. Without a claim in `claimed`, claims it first, and waits while another process
    /// holds it. With a claim, returns if another process claims the generation.
    async fn run_until_ended(
        self: &Arc<Self>,
        generation: GenerationId,
        mut claimed: Option<GenerationRecord>,
        interrupts: &Interrupts,
    ) -> Result<()> {
        if claimed.is_none() {
            // A process without the engine must not claim the generation from a process that has it.
            let record = self.record(generation).await?;
            if record.status.is_terminal() {
                return Ok(());
            }
            self.engines.named(&record.engine)?;
        }
        let waits = claimed.is_none();
        loop {
            let claim = if claimed.is_some() {
                claimed.take()
            } else {
                let worker = self.drivers.worker();
                self.store.claim(generation, worker, self.clock.now(), LEASE).await?
            };
            let Some(record) = claim else {
                if self.record(generation).await?.status.is_terminal() {
                    return Ok(());
                }
                self.clock.sleep(CLAIM_GAP).await;
                continue;
            };
            let fence = Fence::of(&record);
            match self.run_claimed(record, interrupts).boxed().await {
                Err(error) if error.code() == code::STORE_CONFLICT.name() => {
                    tracing::info!(
                        generation = generation.get(),
                        "another process has claimed this generation"
                    );
                    if !waits {
                        return Ok(());
                    }
                    self.clock.sleep(CLAIM_GAP).await;
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
        reuse::adopt(&steps).boxed().await?;
        runner::run(&steps, || self.shared.signals.raise(generation)).await
    }
}

/// Renews the lease of this process, notices requests to cancel that came from other processes, and runs the maintenance.
/// Ends with the runtime.
async fn renew_lease(runtime: Weak<Runtime>) {
    let mut renewals = 0;
    loop {
        let Some(clock) = runtime.upgrade().map(|runtime| Arc::clone(&runtime.clock)) else {
            return;
        };
        clock.sleep(LEASE / 3).await;
        let Some(runtime) = runtime.upgrade() else { return };
        renewals += 1;
        if renewals % RENEWALS_PER_MAINTENANCE == 0 {
            let runtime = Arc::clone(&runtime);
            // A separate task, so that slow maintenance does not delay the renewal of the lease.
            tokio::spawn(async move { runtime.maintain().await });
        }
        if runtime.drivers.locked().is_empty() {
            continue;
        }
        let worker = runtime.drivers.worker();
        if let Err(error) = runtime.store.renew_lease(worker, runtime.clock.now(), LEASE).await {
            tracing::warn!(code = error.code(), "could not renew the lease: {error}");
        }
        match runtime.store.cancel_requests(worker).await {
            Ok(generations) => generations
                .into_iter()
                .for_each(|generation| runtime.drivers.cancel(generation)),
            Err(error) => tracing::warn!(code = error.code(), "could not read requests to cancel: {error}"),
        }
    }
}
