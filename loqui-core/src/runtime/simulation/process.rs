//! A process that can freeze: its clock, its requests and its writes stop, and continue later as if no time had passed. Its
//! writes may also be slow.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use jiff::Timestamp;
use tokio::time::Instant;

use super::away::Away;
use super::provider::{Dice, Provider, VirtualClock};
use crate::clock::Clock;
use crate::engine::{ModelInfo, Order, Remote, SpeechEngine, StartError, Started};
use crate::error::{Error, Result, code};
use crate::finding::Finding;
use crate::id::{GenerationId, SampleId};
use crate::ledger::{Event, GenerationRecord, NewGeneration, TakeId, TakeRecord};
use crate::options::VoiceSettings;
use crate::store::{
    Change, ClaimRequest, Fence, Filter, GenerationStore, GenerationStoreExt as _, MemoryStore, NewSample,
    SampleFilter, SampleRecord, Spending, TakeFilter, Update, UsageFilter,
};

/// Rules of the protocol that are broken intentionally.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Bugs {
    /// Writes of older claims are accepted.
    pub(super) no_fence: bool,
    /// A take is sent even if it is too late.
    pub(super) no_send_guard: bool,
}

/// Freezes processes at critical moments: before a take is sent, and before a write.
#[derive(Debug)]
pub(super) struct Freezer {
    pub(super) dice: Arc<Dice>,
    /// The longest freeze in seconds; none if 0.
    pub(super) longest: u64,
}

impl Freezer {
    fn maybe_freeze(&self, gate: &Gate, percent: u64) {
        if self.longest > 0 && self.dice.percent(percent) {
            gate.freeze(Duration::from_secs(self.dice.roll(self.longest)));
        }
    }
}

/// Blocks a process while it is frozen.
#[derive(Debug, Default)]
pub(super) struct Gate(Mutex<Option<Instant>>);

impl Gate {
    pub(super) fn freeze(&self, length: Duration) {
        *self.0.lock().unwrap() = Some(Instant::now() + length);
    }

    async fn pass(&self) {
        loop {
            let until = *self.0.lock().unwrap();
            match until.filter(|until| *until > Instant::now()) {
                Some(until) => tokio::time::sleep_until(until).await,
                None => return,
            }
        }
    }
}

#[derive(Debug)]
pub(super) struct ProcessClock(pub(super) Arc<VirtualClock>, pub(super) Arc<Gate>);

#[async_trait]
impl Clock for ProcessClock {
    fn now(&self) -> Timestamp {
        self.0.now()
    }

    fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }

    async fn sleep(&self, duration: Duration) {
        self.0.sleep(duration).await;
        self.1.pass().await;
    }
}

#[derive(Debug)]
pub(super) struct ProcessEngine {
    pub(super) provider: Arc<Provider>,
    pub(super) away: Arc<Away>,
    pub(super) gate: Arc<Gate>,
    pub(super) freezer: Freezer,
    pub(super) bugs: Bugs,
}

#[async_trait]
impl SpeechEngine for ProcessEngine {
    fn name(&self) -> &str {
        self.provider.name()
    }

    fn model(&self, name: Option<&str>) -> Result<ModelInfo> {
        self.provider.model(name)
    }

    fn check_settings(&self, settings: &VoiceSettings) -> Result<Vec<Finding>> {
        self.provider.check_settings(settings)
    }

    async fn start(&self, order: &Order) -> Result<Started, StartError> {
        self.freezer.maybe_freeze(&self.gate, 20);
        self.gate.pass().await;
        self.away.network().map_err(StartError::NotCreated)?;
        if order.send_by <= self.provider.clock.now() && !self.bugs.no_send_guard {
            let error = Error::new(&code::REPLICATE_UNREACHABLE, "it is too late to send it");
            return Err(StartError::NotCreated(error));
        }
        let started = self.provider.start(order).await;
        self.gate.pass().await;
        started
    }

    async fn check(&self, remote: &str) -> Result<Remote> {
        self.gate.pass().await;
        self.away.network()?;
        let checked = self.provider.check(remote).await;
        self.gate.pass().await;
        checked
    }

    async fn fetch(&self, output: &str) -> Result<Bytes> {
        self.gate.pass().await;
        self.away.network()?;
        let fetched = self.provider.fetch(output).await;
        self.gate.pass().await;
        fetched
    }

    async fn cancel(&self, remote: &str) -> Result<Remote> {
        self.gate.pass().await;
        self.away.network()?;
        let cancelled = self.provider.cancel(remote).await;
        self.gate.pass().await;
        cancelled
    }

    fn deliver(&self, take: &str, seed: u32, payload: &serde_json::Value) -> Result<String> {
        self.provider.deliver(take, seed, payload)
    }

    async fn find_lost(&self, order: &Order) -> Result<Vec<String>> {
        self.gate.pass().await;
        self.away.network()?;
        let found = self.provider.find_lost(order).await;
        self.gate.pass().await;
        found
    }
}

/// The shared records, as one process accesses them.
#[derive(Debug)]
pub(super) struct ProcessStore {
    pub(super) store: Arc<MemoryStore>,
    pub(super) away: Arc<Away>,
    pub(super) gate: Arc<Gate>,
    pub(super) freezer: Freezer,
    pub(super) bugs: Bugs,
}

impl ProcessStore {
    /// Fails while the store is away: before the call takes effect, or only its answer is lost.
    fn reach(&self) -> Result<Result<()>> {
        match self.away.store() {
            Err(error) if self.freezer.dice.percent(50) => Ok(Err(error)),
            reached => reached.map(Ok),
        }
    }

    /// The latency of a call in one direction, which includes the freezes of the process.
    async fn latency(&self) {
        tokio::time::sleep(Duration::from_millis(self.freezer.dice.roll(40))).await;
        self.gate.pass().await;
    }
}

macro_rules! with_latency {
    ($self:ident, $call:expr) => {{
        $self.latency().await;
        let answered = $self.reach()?;
        let answer = $call.await;
        $self.latency().await;
        answered.and(answer)
    }};
}

#[async_trait]
impl GenerationStore for ProcessStore {
    async fn add_sample(&self, sample: NewSample) -> Result<SampleRecord> {
        self.store.add_sample(sample).await
    }

    async fn samples(&self, filter: &SampleFilter) -> Result<Vec<SampleRecord>> {
        self.reach()??;
        self.store.samples(filter).await
    }

    async fn erase_sample(&self, id: SampleId, now: Timestamp) -> Result<Option<SampleRecord>> {
        self.store.erase_sample(id, now).await
    }

    async fn submit(&self, new: NewGeneration) -> Result<GenerationRecord> {
        with_latency!(self, self.store.submit(new))
    }

    async fn generations(&self, filter: &Filter) -> Result<Vec<GenerationRecord>> {
        with_latency!(self, self.store.generations(filter))
    }

    async fn find_takes(&self, filter: &TakeFilter) -> Result<Vec<TakeRecord>> {
        with_latency!(self, self.store.find_takes(filter))
    }

    async fn remote_hint(&self, take: TakeId) -> Result<Option<String>> {
        with_latency!(self, self.store.remote_hint(take))
    }

    async fn events(&self, generation: GenerationId, after: u64) -> Result<Vec<Event>> {
        with_latency!(self, self.store.events(generation, after))
    }

    async fn spending(&self, filter: &UsageFilter) -> Result<Vec<Spending>> {
        self.store.spending(filter).await
    }

    async fn acquire(&self, request: ClaimRequest) -> Result<Vec<GenerationRecord>> {
        with_latency!(self, self.store.acquire(request))
    }

    async fn renew_lease(&self, worker: &str, now: Timestamp, lease: Duration) -> Result<()> {
        with_latency!(self, self.store.renew_lease(worker, now, lease))
    }

    async fn release(&self, fence: Fence) -> Result<()> {
        with_latency!(self, self.store.release(fence))
    }

    async fn write(&self, mut fence: Fence, changes: Vec<Change>) -> Result<()> {
        self.freezer.maybe_freeze(&self.gate, 2);
        self.latency().await;
        if self.bugs.no_fence
            && let Some(record) = self.store.generation(fence.generation).await?
        {
            fence = Fence::of(&record);
        }
        let answered = self.reach()?;
        let written = self.store.write(fence, changes).await;
        self.latency().await;
        answered.and(written)
    }

    async fn update(&self, update: Update) -> Result<bool> {
        with_latency!(self, self.store.update(update))
    }
}
