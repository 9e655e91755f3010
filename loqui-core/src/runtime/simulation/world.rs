//! The shared records, the provider, and the processes.

use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::away::{Away, Objects};
use super::process::{Bugs, Freezer, Gate, ProcessClock, ProcessEngine, ProcessStore};
use super::provider::{Dice, Provider, VirtualClock, spoken};
use crate::api::Loqui;
use crate::clock::Clock as _;
use crate::id::GenerationId;
use crate::ledger::{Budgets, NewGeneration, Policy, Status, TakeRecord};
use crate::script::{Boundary, Segment};
use crate::store::{AudioStore, GenerationStore as _, GenerationStoreExt as _, MemoryStore, NewSample, UsageFilter};

pub(super) struct World {
    pub(super) clock: Arc<VirtualClock>,
    pub(super) dice: Arc<Dice>,
    pub(super) provider: Arc<Provider>,
    pub(super) store: Arc<MemoryStore>,
    pub(super) audio: AudioStore,
    pub(super) away: Arc<Away>,
    pub(super) policy: Policy,
    pub(super) bugs: Bugs,
    /// The longest freeze at a critical moment, in seconds; none if 0.
    pub(super) longest: u64,
}

impl World {
    pub(super) fn new(seed: u64, faults: u64) -> Self {
        let clock = Arc::new(VirtualClock::start());
        let away = Arc::<Away>::default();
        let objects = Objects {
            inner: object_store::memory::InMemory::new(),
            away: Arc::clone(&away),
        };
        let dice = Arc::new(Dice::new(seed));
        let provider = Arc::new(Provider {
            clock: Arc::clone(&clock),
            dice: Arc::clone(&dice),
            faults,
            run_failures: AtomicU64::new(0),
            predictions: Mutex::default(),
        });
        Self {
            clock,
            dice,
            provider,
            store: Arc::new(MemoryStore::new()),
            audio: AudioStore::new(Arc::new(objects), ""),
            away,
            policy: Policy {
                max_takes: 50,
                ..Policy::default()
            },
            bugs: Bugs::default(),
            longest: 0,
        }
    }

    /// A process on the shared records.
    pub(super) fn process(&self) -> Loqui {
        self.freezable().0
    }

    fn freezer(&self) -> Freezer {
        Freezer {
            dice: Arc::clone(&self.dice),
            longest: self.longest,
        }
    }

    /// A process on the shared records with these budgets.
    pub(super) fn process_within(&self, budgets: Budgets) -> Loqui {
        self.with(budgets).0
    }

    /// A process on the shared records, and the gate that freezes it.
    pub(super) fn freezable(&self) -> (Loqui, Arc<Gate>) {
        self.with(Budgets::default())
    }

    fn with(&self, budgets: Budgets) -> (Loqui, Arc<Gate>) {
        let gate = Arc::new(Gate::default());
        let engine = ProcessEngine {
            provider: Arc::clone(&self.provider),
            away: Arc::clone(&self.away),
            gate: Arc::clone(&gate),
            freezer: self.freezer(),
            bugs: self.bugs,
        };
        let store = ProcessStore {
            store: Arc::clone(&self.store),
            away: Arc::clone(&self.away),
            gate: Arc::clone(&gate),
            freezer: self.freezer(),
            bugs: self.bugs,
        };
        let clock = ProcessClock(Arc::clone(&self.clock), Arc::clone(&gate));
        let loqui = Loqui::builder()
            .engine(Arc::new(engine))
            .store(Arc::new(store))
            .audio_store(self.audio.clone())
            .policy(self.policy.clone())
            .budgets(budgets)
            .clock(Arc::new(clock))
            .random(Arc::clone(&self.dice) as _)
            .build()
            .unwrap();
        (loqui, gate)
    }

    pub(super) async fn submit(&self, segments: u32, budget_usd: Option<f64>) -> GenerationId {
        self.submit_for(segments, budget_usd, None).await
    }

    /// A generation of one segment with a deadline.
    pub(super) async fn submit_until(&self, deadline: Duration) -> GenerationId {
        let first = self.submit(1, None).await;
        let record = self.store.generation(first).await.unwrap().unwrap();
        let mut new = NewGeneration::new(record.sample, "provider", "model", "script", self.clock.now());
        new.options.limits.deadline = Some(deadline);
        new.segments = record.segments;
        self.store.submit(new).await.unwrap().id
    }

    pub(super) async fn submit_for(&self, segments: u32, budget_usd: Option<f64>, owner: Option<&str>) -> GenerationId {
        let now = self.clock.now();
        self.audio.put("samples/a/reference.wav", spoken()).await.unwrap();
        let report = serde_json::Value::Null;
        let sample = NewSample::new(
            "voice",
            "a",
            "samples/a/original",
            "samples/a/reference.wav",
            9.0,
            report,
            now,
        );
        let sample = self.store.add_sample(sample).await.unwrap();
        let mut new = NewGeneration::new(sample.id, "provider", "model", "script", now);
        new.options.limits.budget_usd = budget_usd;
        new.owner = owner.map(str::to_owned);
        new.segments = (0..segments)
            .map(|index| {
                let text = format!("Number {index:02}.");
                Segment::new(index, text.clone(), text, 0..10, Boundary::Sentence)
            })
            .collect();
        self.store.submit(new).await.unwrap().id
    }

    /// Runs a generation to its end through processes that die at random moments.
    pub(super) async fn run_with_crashes(&self, id: GenerationId, crashes: u64) -> Status {
        for _ in 0..crashes {
            let life = Duration::from_millis(self.dice.roll(30_000));
            let process = self.process();
            let _ = tokio::time::timeout(life, process.generation(id).await.unwrap().wait()).await;
            process.runtime.kill(id);
        }
        let survivor = self.process();
        let _ = survivor.generation(id).await.unwrap().wait().await;
        survivor.generation(id).await.unwrap().status().await.unwrap()
    }

    /// Runs a generation to its end through three processes that compete for it. Each interruption freezes one of them for up
    /// to `longest` seconds, or kills and replaces it.
    pub(super) async fn run_with_freezes(&mut self, id: GenerationId, interruptions: u64, longest: u64) -> Status {
        self.longest = longest;
        let mut processes: Vec<_> = (0..3).map(|_| self.freezable()).collect();
        for (process, _) in &processes {
            process.runtime.start(id);
        }
        for _ in 0..interruptions {
            self.clock.sleep(Duration::from_millis(self.dice.roll(12_000))).await;
            let place = self.dice.roll(3) as usize;
            if self.dice.percent(70) {
                processes[place]
                    .1
                    .freeze(Duration::from_secs(1 + self.dice.roll(longest)));
            } else {
                processes[place].0.runtime.kill(id);
                processes[place] = self.freezable();
                processes[place].0.runtime.start(id);
            }
        }
        // Processes that are still frozen thaw and continue.
        self.longest = 0;
        let _ = self.process().generation(id).await.unwrap().wait().await;
        self.clock.sleep(Duration::from_secs(2 * longest + 120)).await;
        self.store.generation(id).await.unwrap().unwrap().status
    }

    /// Checks the invariants, and returns how many predictions were made.
    pub(super) async fn audit(&self, id: GenerationId, seed: u64) -> usize {
        let broken = self.violations(id).await;
        assert!(broken.is_empty(), "seed {seed}: {broken:#?}");
        self.provider.predictions.lock().unwrap().len()
    }

    /// The violated invariants of the ledger and of the provider.
    pub(super) async fn violations(&self, id: GenerationId) -> Vec<String> {
        let takes = self.store.takes(id).await.unwrap();
        let record = self.store.generation(id).await.unwrap().unwrap();
        let rows = self.store.spending(&UsageFilter::default()).await.unwrap();
        let predictions = self.provider.predictions.lock().unwrap();
        let mut broken = Vec::new();
        for segment in record.segments.iter().filter(|_| record.status == Status::Completed) {
            let kept = |take: &&TakeRecord| take.segment == segment.index && take.is_kept();
            let count = takes.iter().filter(kept).count();
            if count != 1 {
                broken.push(format!("segment {} has {count} kept takes", segment.index));
            }
        }
        for (remote, prediction) in predictions.iter() {
            let holders = takes.iter().filter(|take| take.prediction_id() == Some(remote));
            let holders = holders.count();
            if holders != 1 {
                broken.push(format!(
                    "{remote} ({prediction:?}) is in the ledger {holders} times: {takes:#?}"
                ));
            }
        }
        let spent: f64 = takes.iter().map(|take| take.cost_usd).sum();
        if record
            .options
            .limits
            .budget_usd
            .is_some_and(|budget| spent > budget + 1e-9)
        {
            broken.push(format!("{spent} spent of {:?}", record.options.limits.budget_usd));
        }
        let booked: i64 = rows.iter().map(|row| row.spent_nanos + row.reserved_nanos).sum();
        if (booked as f64 / 1e9 - spent).abs() > 1e-9 {
            broken.push(format!(
                "the spending is {booked} nano-dollars, the takes cost {spent} dollars"
            ));
        }
        for take in &takes {
            if take.error().is_some_and(|error| error.code == "generation.late_answer") {
                broken.push(format!("{take:?} was paid in addition to another take"));
            }
        }
        for take in takes.iter().filter(|take| take.prediction_id().is_some()) {
            let same = predictions.values().filter(|prediction| prediction.seed == take.seed);
            if same.count() != 1 {
                broken.push(format!("{take:?} was made more than once"));
            }
        }
        broken
    }
}
