//! Generations through the real handle while everything at the provider goes wrong by chance, and what must hold then.
//!
//! Client, provider and webhooks live on one thread whose time is virtual: it leaps to the next timer when nobody has
//! anything to do. So the settings are those that users have, a day passes in seconds, and how busy the machine is does
//! not matter. One generation at a time, a seed repeats a run to the last throw.

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
use loqui_core::store::{GenerationStore as _, GenerationStoreExt as _, MemoryStore};
use loqui_core::{ErrorKind, Generation, Loqui, Sample};
use loqui_emulator::{Emulator, Fault, Rule};
use tokio::net::TcpListener;

use self::report::Report;

/// The share of creates, runs, downloads and so on at which something goes wrong.
const TROUBLE: f64 = 0.2;
/// How long one generation may take, with all its retries.
const LONGEST: Duration = Duration::from_hours(48);
/// Nobody tries for ever.
const MOST_RETRIES: usize = 200;
/// The error of a generation that waits for a person.
const ANSWER_UNKNOWN: &str = "generation.answer_unknown";

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    /// How many generations.
    pub(crate) count: usize,
    /// How many at a time.
    pub(crate) at_once: usize,
    /// Decides texts and faults.
    pub(crate) seed: u64,
}

/// The time of the runtime, which is virtual.
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

/// Repeatable randomness that all share.
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

/// What users have, but with more takes: a fifth of the runs is bad here. One generation at a time has one segment at a
/// time: which of two that are listened to in one moment is first, a thread decides.
fn policy(plan: Plan) -> Policy {
    let mut policy = Policy::default();
    policy.max_takes = 5;
    if plan.at_once == 1 {
        policy.parallel = 1;
    }
    policy
}

/// Every fault of the catalogue, so that a fifth of what happens at each place goes wrong.
fn arm(emulator: &Emulator) {
    let catalogue = Fault::catalogue();
    let mut at_place: HashMap<&str, i32> = HashMap::new();
    for info in &catalogue {
        *at_place.entry(info.place).or_default() += 1;
    }
    for info in catalogue {
        // The first rule that applies wins, so equal chances for each make a fifth together.
        let chance = 1.0 - (1.0 - TROUBLE).powf(1.0 / f64::from(at_place[info.place]));
        let rule: Rule = info.name.parse().expect("a row of the catalogue");
        emulator.faults().add(rule.always().with_chance(chance));
    }
}

/// Runs a plan to its end and judges it.
pub(crate) fn run(plan: Plan) -> Report {
    let started = std::time::Instant::now();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        // One at a time, so that their ends come in the order of their beginnings.
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
    let listening = tokio::spawn(hooks::listen(hooks, engine.clone(), emulator.webhook_secret()));
    let loqui = Loqui::builder()
        .engine(Arc::new(engine))
        .store(Arc::<MemoryStore>::clone(&store))
        .policy(policy(plan))
        .clock(clock)
        .random(Arc::<Dice>::clone(&dice))
        .build()
        .expect("valid settings");
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
            let _turn = turns.acquire().await.expect("nobody closes it");
            // A seed of its own, so that its takes and with them its faults are the same in each run.
            let asked = loqui.submit(sample, text(index)).seed(index as u32 + 1);
            let generation = asked.await.expect("nothing is sent yet");
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
        takes.extend(store.takes(id).await.expect("it is in memory"));
    }
    listening.abort();
    report::judge(&mut report, &takes, &emulator.ledger());
    report.lived = started.elapsed();
    report
}

/// Waits for a generation, and does what a user does about trouble: waits again, and retries what has failed.
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

/// A text of its own for each: one segment mostly, some of three.
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
