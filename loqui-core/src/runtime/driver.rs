//! Carries generations on in the background, at most one task for each in this process, and keeps their lease alive.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};
use std::time::Duration;

use futures::future::{BoxFuture, FutureExt as _, Shared};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

use crate::api::{Inner, Loqui};
use crate::error::{Error, Result, code};
use crate::ledger::GenerationRecord;
use crate::runtime::judge::Judge;
use crate::runtime::runner;
use crate::runtime::steps::Steps;
use crate::store::{Fence, GenerationStoreExt as _};

/// How long a claim outlives the last sign of life of its process. Longer than any single request to a provider takes
/// would be slow to recover; the lease is beaten beside the requests instead.
pub(crate) const LEASE: Duration = Duration::from_secs(12);

/// So many beats lie between two sweeps: about a minute.
const BEATS_A_SWEEP: u32 = 15;

/// The pause before asking again for a generation that somebody else holds.
const CLAIM_GAP: Duration = Duration::from_secs(1);

/// What a driver ended with; shared by everybody who waits for it.
pub(crate) type Driven = Shared<BoxFuture<'static, Result<(), Arc<Error>>>>;

/// The generations that this process carries on.
#[derive(Debug)]
pub(crate) struct Drivers {
    worker: String,
    running: Mutex<HashMap<i64, Driver>>,
    /// Raised whenever one has ended.
    freed: Notify,
    heart: OnceLock<()>,
}

#[derive(Clone, Debug)]
struct Driver {
    #[cfg(test)]
    task: tokio::task::AbortHandle,
    cancel: CancellationToken,
    wake: Arc<Notify>,
    driven: Driven,
}

impl Drivers {
    /// `worker` names this process in the store.
    pub(crate) fn new(worker: String) -> Self {
        Self {
            worker,
            running: Mutex::default(),
            freed: Notify::new(),
            heart: OnceLock::new(),
        }
    }

    fn locked(&self) -> std::sync::MutexGuard<'_, HashMap<i64, Driver>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The name of this process in the store.
    pub(crate) fn worker(&self) -> &str {
        &self.worker
    }

    /// Whether this process carries on that generation.
    pub(crate) fn carries(&self, generation: i64) -> bool {
        self.locked().contains_key(&generation)
    }

    /// How many generations this process carries on.
    pub(crate) fn count(&self) -> u32 {
        u32::try_from(self.locked().len()).unwrap_or(u32::MAX)
    }

    /// Returns once a generation has ended since it was called last.
    pub(crate) async fn freed(&self) {
        self.freed.notified().await;
    }

    /// Ends the pause of a generation's next look: there is news.
    pub(crate) fn wake(&self, generation: i64) {
        if let Some(driver) = self.locked().get(&generation) {
            driver.wake.notify_waiters();
        }
    }

    /// Ends the pause of a generation's next look, so that it notices at once that it is to stop.
    pub(crate) fn cancel(&self, generation: i64) {
        if let Some(driver) = self.locked().get(&generation) {
            driver.cancel.cancel();
        }
    }
}

impl Loqui {
    /// Carries a generation on in the background.
    pub(crate) fn start(&self, generation: i64) {
        // Nobody waits for it: what it comes to is in the store.
        if !self.inner.leave_to_workers {
            drop(self.drive(generation));
        }
    }

    /// Carries on a generation that this process has just claimed.
    pub(crate) fn carry_claimed(&self, record: GenerationRecord) {
        drop(self.driven(record.id, Some(record)));
    }

    /// Carries a generation on, if this process does not do so already. Resolves when it has ended, or cannot go on.
    pub(crate) fn drive(&self, generation: i64) -> Driven {
        self.driven(generation, None)
    }

    /// From now on this process beats its lease, and sweeps now and then, with generations in hand or without.
    pub(crate) fn live(&self) {
        self.inner.drivers.heart.get_or_init(|| {
            tokio::spawn(beat(Arc::downgrade(&self.inner)));
        });
    }

    fn driven(&self, generation: i64, claimed: Option<GenerationRecord>) -> Driven {
        let inner = &self.inner;
        self.live();
        let mut running = inner.drivers.locked();
        if let Some(driver) = running.get(&generation) {
            return driver.driven.clone();
        }
        let cancel = CancellationToken::new();
        let wake = Arc::new(Notify::new());
        let span = tracing::info_span!("generation", generation);
        let handles = (cancel.clone(), Arc::clone(&wake));
        let task = tokio::spawn(carry_on(self.clone(), generation, claimed, handles).instrument(span));
        #[cfg(test)]
        let abort = task.abort_handle();
        let driven = async move {
            match task.await {
                Ok(result) => result.map_err(Arc::new),
                Err(source) => Err(Arc::new(
                    Error::new(&code::INTERNAL, "the task of a generation broke off").with_source(source),
                )),
            }
        }
        .boxed()
        .shared();
        let driver = Driver {
            #[cfg(test)]
            task: abort,
            cancel,
            wake,
            driven: driven.clone(),
        };
        running.insert(generation, driver);
        driven
    }

    /// Ends the driver of a generation in the middle of whatever it does, as the death of the process would.
    #[cfg(test)]
    pub(crate) fn kill(&self, generation: i64) {
        if let Some(driver) = self.inner.drivers.locked().remove(&generation) {
            driver.task.abort();
        }
    }

    /// Puts together what the steps of a claimed generation need.
    pub(crate) async fn steps(&self, generation: GenerationRecord, (cancel, wake): Handles) -> Result<Steps> {
        let inner = &self.inner;
        let engine = self.engine_named(&generation.engine)?;
        let model = engine.model(Some(&generation.model))?;
        let sample = inner.store.sample(generation.sample).await?.ok_or_else(|| {
            Error::new(
                &code::STORE_CORRUPT,
                format!("sample {} is missing in the records", generation.sample),
            )
        })?;
        let reference = inner.references.read(&inner.audio, &sample.reference).await?;
        let reference = reference.ok_or_else(|| {
            Error::new(
                &code::STORE_CORRUPT,
                format!("the audio of sample {} is missing", generation.sample),
            )
        })?;
        Ok(Steps {
            store: Arc::clone(&inner.store),
            audio: inner.audio.clone(),
            engine,
            clock: Arc::clone(&inner.clock),
            random: Arc::clone(&inner.random),
            tally: Arc::clone(&inner.tally),
            lanes: Arc::clone(&inner.lanes),
            policy: inner.policy.for_model(&model),
            judge: Judge::new(
                inner.checks.clone(),
                // A model that does not clone voices is not compared with the sample.
                model.clones_voice.then(|| reference.wav().clone()),
            ),
            model,
            reference,
            generation,
            budgets: inner.budgets.clone(),
            cancel,
            wake,
        })
    }
}

/// Ends the pause of a generation's next look: because it is to stop, or because there is news.
pub(crate) type Handles = (CancellationToken, Arc<Notify>);

/// Runs a generation to its end. Unless this process has claimed it already it is claimed first, and waited for while
/// somebody else holds it.
async fn carry_on(loqui: Loqui, generation: i64, claimed: Option<GenerationRecord>, handles: Handles) -> Result<()> {
    let result = claim_and_run(&loqui, generation, claimed, &handles).await;
    loqui.inner.drivers.locked().remove(&generation);
    loqui.inner.drivers.freed.notify_one();
    loqui.inner.signals.raise(generation);
    result.map_err(|error| error.with_generation(generation))
}

async fn claim_and_run(
    loqui: &Loqui,
    generation: i64,
    mut claimed: Option<GenerationRecord>,
    handles: &Handles,
) -> Result<()> {
    let inner = &loqui.inner;
    if claimed.is_none() {
        // An engine that is missing here must not take the generation away from a process that has it.
        let record = loqui.record(generation).await?;
        if record.status.is_terminal() {
            return Ok(());
        }
        loqui.engine_named(&record.engine)?;
    }
    // Of a worker: it takes what it can get, and leaves what others have.
    let patient = claimed.is_none();
    loop {
        let claim = if claimed.is_some() {
            claimed.take()
        } else {
            let worker = &inner.drivers.worker;
            inner.store.claim(generation, worker, inner.clock.now(), LEASE).await?
        };
        let Some(record) = claim else {
            if loqui.record(generation).await?.status.is_terminal() {
                return Ok(());
            }
            inner.clock.sleep(CLAIM_GAP).await;
            continue;
        };
        let fence = Fence::of(&record);
        match run(loqui, record, handles).boxed().await {
            Err(error) if error.code() == code::STORE_CONFLICT.name() => {
                tracing::info!(generation, "somebody else has taken this generation over");
                if !patient {
                    return Ok(());
                }
                inner.clock.sleep(CLAIM_GAP).await;
            }
            Err(error) => {
                // Best effort: a lease that is not given back runs out by itself.
                let _ = inner.store.release(fence).await;
                return Err(error);
            }
            Ok(()) => return Ok(()),
        }
    }
}

async fn run(loqui: &Loqui, record: GenerationRecord, handles: &Handles) -> Result<()> {
    let generation = record.id;
    let steps = loqui.steps(record, handles.clone()).boxed().await?;
    super::reuse::adopt(&steps).boxed().await?;
    runner::run(&steps, || loqui.inner.signals.raise(generation)).await
}

/// Keeps the lease of this process alive and hears of wishes to stop that came from other processes.
async fn beat(inner: Weak<Inner>) {
    let mut beats = 0;
    loop {
        let Some(clock) = inner.upgrade().map(|inner| Arc::clone(&inner.clock)) else {
            return;
        };
        clock.sleep(LEASE / 3).await;
        let Some(inner) = inner.upgrade() else { return };
        beats += 1;
        if beats % BEATS_A_SWEEP == 0 {
            let loqui = Loqui {
                inner: Arc::clone(&inner),
            };
            // Beside the beat, for a sweep that takes long must not cost the lease.
            tokio::spawn(async move { loqui.sweep().await });
        }
        if inner.drivers.locked().is_empty() {
            continue;
        }
        let worker = &inner.drivers.worker;
        if let Err(error) = inner.store.renew_lease(worker, inner.clock.now(), LEASE).await {
            tracing::warn!(code = error.code(), "could not prolong the lease: {error}");
        }
        match inner.store.cancel_requests(worker).await {
            Ok(generations) => generations
                .into_iter()
                .for_each(|generation| inner.drivers.cancel(generation)),
            Err(error) => tracing::warn!(code = error.code(), "could not ask for wishes to stop: {error}"),
        }
    }
}
