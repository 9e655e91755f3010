//! Runs generations through the public API under random provider faults, and compares the ledgers afterwards.
//!
//! Client, provider and webhooks share one thread with virtual time, which advances to the next timer when all tasks wait.
//! The settings are the defaults, a day passes in seconds, and the load of the machine has no effect. With one generation
//! at a time, a seed reproduces a run exactly.

#[path = "hooks.rs"]
mod hooks;
#[path = "report.rs"]
mod report;

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use futures::future::join_all;
use loqui_core::clock::{Clock, Random, Timestamp};
use loqui_core::engine::ReplicateEngine;
use loqui_core::ledger::{Policy, Status};
use loqui_core::replicate::Client;
use loqui_core::store::{GenerationStoreExt as _, MemoryStore};
use loqui_core::{ErrorKind, Generation, Loqui, Sample};
use loqui_emulator::{Emulator, Fault, Rule};
use tokio::net::TcpListener;

use self::report::Report;

/// Share of creates, runs, downloads and other requests that fail.
const FAULT_SHARE: f64 = 0.2;
/// Time limit of one generation, including retries.
const LONGEST: Duration = Duration::from_hours(48);
/// Maximal number of retries.
const MOST_RETRIES: usize = 200;
/// Error code of a generation with a held take.
const ANSWER_UNKNOWN: &str = "generation.answer_unknown";

/// Parameters of a run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    /// Number of generations.
    pub(crate) count: usize,
    /// Number of generations at a time.
    pub(crate) at_once: usize,
    /// Seed of texts and faults.
    pub(crate) seed: u64,
}

/// Tokio's virtual time.
#[derive(Debug)]
struct RuntimeClock {
    epoch: Timestamp,
    started: tokio::time::Instant,
}

#[async_trait]
impl Clock for RuntimeClock {
    fn now(&self) -> Timestamp {
        self.epoch + self.started.elapsed()
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}

/// Shared, seeded random numbers.
#[derive(Debug)]
struct Dice(AtomicU64);

impl Random for Dice {
    fn next(&self) -> u64 {
        let step = self.0.fetch_add(0x9E37_79B9_7F4A_7C15, Ordering::Relaxed);
        let mixed = (step ^ (step >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }
}

/// The default policy with more takes, because a fifth of the runs fails. A run with one generation at a time also has one
/// segment at a time, because threads decide the order of simultaneous events.
fn policy(plan: Plan) -> Policy {
    let mut policy = Policy::default();
    policy.max_takes = 5;
    if plan.at_once == 1 {
        policy.parallel = 1;
    }
    policy
}

/// Enables every fault, so that a fifth of the requests of each kind fails.
fn arm(emulator: &Emulator) {
    let catalogue = Fault::catalogue();
    let mut at_place: HashMap<&str, i32> = HashMap::new();
    for info in &catalogue {
        *at_place.entry(info.place).or_default() += 1;
    }
    for info in catalogue {
        // The first matching rule wins. These probabilities make all rules equally likely and a fifth in total.
        let chance = 1.0 - (1.0 - FAULT_SHARE).powf(1.0 / f64::from(at_place[info.place]));
        let rule: Rule = info.name.parse().expect("a row of the catalogue");
        emulator.faults().add(rule.always().with_chance(chance));
    }
}

/// Runs a plan to its end and compares the ledgers.
pub(crate) fn run(plan: Plan) -> Report {
    let started = std::time::Instant::now();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        // One worker thread, so that tasks finish in the order in which they started.
        .max_blocking_threads(1)
        .build()
        .expect("a runtime");
    let mut report = runtime.block_on(live(plan));
    report.seconds = started.elapsed().as_secs_f64();
    report
}

async fn live(plan: Plan) -> Report {
    let started = tokio::time::Instant::now();
    let emulator = Emulator::builder().seed(plan.seed).start().await.expect("a free port");
    let store = Arc::new(MemoryStore::new());
    let hooks = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = format!("http://{}", hooks.local_addr().expect("it listens"));
    let clock = Arc::new(RuntimeClock {
        epoch: Timestamp::now(),
        started,
    });
    let dice = Arc::new(Dice(AtomicU64::new(plan.seed)));
    let client = Client::builder(emulator.token())
        .base_url(emulator.base_url())
        .clock(Arc::<RuntimeClock>::clone(&clock))
        .random(Arc::<Dice>::clone(&dice))
        .build()
        .expect("valid settings");
    let engine = ReplicateEngine::new(client).with_webhook(address.parse().expect("an address"));
    let loqui = Loqui::builder()
        .engine(Arc::new(engine))
        .store(Arc::<MemoryStore>::clone(&store))
        .policy(policy(plan))
        .clock(clock)
        .random(Arc::<Dice>::clone(&dice))
        .build()
        .expect("valid settings");
    let listening = tokio::spawn(hooks::listen(hooks, loqui.clone(), emulator.webhook_secret()));
    let voice = concat!(env!("CARGO_MANIFEST_DIR"), "/voices/heart.mp3");
    let sample = Sample::open(voice).await.expect("a good recording");
    arm(&emulator);

    let mut report = Report {
        seed: plan.seed,
        generations: plan.count,
        ..Report::default()
    };
    let retried = AtomicU64::new(0);
    let turns = tokio::sync::Semaphore::new(plan.at_once);
    let ends = join_all((0..plan.count).map(|index| {
        let (loqui, sample, turns, retried) = (&loqui, &sample, &turns, &retried);
        async move {
            let _turn = turns.acquire().await.expect("the semaphore stays open");
            // A fixed seed per generation makes its takes, and therefore its faults, reproducible.
            let asked = loqui.submit(sample, text(index)).seed(index as u32 + 1);
            let generation = asked.await.expect("submit succeeds");
            let end = tokio::time::timeout(LONGEST, to_its_end(&generation, retried)).await;
            let end = match end {
                Ok(end) => end,
                Err(_) => Err(format!("it had not ended after {LONGEST:?}")),
            };
            (generation.id(), end)
        }
    }))
    .await;
    report.retried = retried.into_inner();
    let mut takes = Vec::new();
    for (id, end) in ends {
        match end {
            Ok(()) => {}
            Err(why) if why.starts_with(ANSWER_UNKNOWN) => report.held += 1,
            Err(why) => report.lost.push(format!("generation {id}: {why}")),
        }
        takes.extend(store.takes(id).await.expect("memory store"));
    }
    listening.abort();
    report::judge(&mut report, &takes, &emulator.ledger());
    report.lived = started.elapsed();
    report
}

/// Waits for a generation and retries failures as a user would.
async fn to_its_end(generation: &Generation, retried: &AtomicU64) -> Result<(), String> {
    let mut last = String::new();
    for _ in 0..MOST_RETRIES {
        match generation.wait().await {
            Ok(_) => return Ok(()),
            Err(error) => {
                last = format!("{}: {error}", error.code());
                let failed = generation.status().await.is_ok_and(Status::is_terminal);
                if (!failed && error.kind() != ErrorKind::Authentication) || error.code() == ANSWER_UNKNOWN {
                    return Err(last);
                }
                tokio::time::sleep(Duration::from_secs(10)).await;
                if failed {
                    retried.fetch_add(1, Ordering::Relaxed);
                    generation.retry().await.map_err(|error| error.to_string())?;
                }
            }
        }
    }
    Err(last)
}

/// A distinct text per generation: one segment, sometimes three.
fn text(index: usize) -> String {
    let sentence = format!("This is the text of generation {index}, which nobody else speaks.");
    if index.is_multiple_of(5) {
        let more = "It is a longer one, with a second sentence that goes on for a good while before it comes to an end, \
                    and with a third that does the same in other words, so that it has to be cut into pieces.";
        format!("{sentence} {more} {more} {sentence}")
    } else {
        sentence
    }
}
