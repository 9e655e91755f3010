//! Generations through the real handle while everything at the provider goes wrong by chance, and what must hold then.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use futures::future::join_all;
use loqui_core::clock::{Clock, Random, Timestamp};
use loqui_core::engine::ReplicateEngine;
use loqui_core::generation::{Policy, Status, TakeRecord, TakeState};
use loqui_core::replicate::{Client, webhooks};
use loqui_core::store::{GenerationStore, MemoryStore};
use loqui_core::{ErrorKind, Generation, Loqui, Sample};
use loqui_emulator::{Emulator, Fault, Ledger, Rule, Settings};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// How much faster than real time the generations live.
const SPEED: u32 = 10;
/// The share of creates, runs, downloads and so on at which something goes wrong.
const TROUBLE: f64 = 0.2;
/// How long one generation may take, in real time.
const LONGEST: Duration = Duration::from_secs(90);
/// Nobody tries for ever.
const MOST_RETRIES: usize = 200;
/// Reasons for which audio that is paid for cannot be had: another take is no mistake then.
const CANNOT_BE_HAD: [&str; 5] = [
    "replicate.output_expired",
    "replicate.output_refused",
    "replicate.output_broken",
    "replicate.prediction_cancelled",
    "replicate.prediction_failed",
];

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

/// What came of it.
#[derive(Debug, Default)]
pub(crate) struct Report {
    pub(crate) seed: u64,
    pub(crate) generations: usize,
    pub(crate) segments: usize,
    pub(crate) predictions: usize,
    pub(crate) paid: usize,
    /// Failed generations that were retried by hand, as a user would.
    pub(crate) retried: u64,
    /// Generations that wait for a person: a create whose answer was lost, in whose listing the input was missing and of
    /// which no webhook told. Nothing is paid for them again unless somebody says so.
    pub(crate) held: usize,
    /// Payments for those: the ledger has the take, marked as one that may have been paid.
    pub(crate) held_paid: usize,
    /// Paid takes whose audio was bad or could not be had, by reason.
    pub(crate) replaced: BTreeMap<String, usize>,
    pub(crate) faults: BTreeMap<String, u64>,
    pub(crate) seconds: f64,
    /// Generations that did not complete, and payments that are not in the ledger.
    pub(crate) lost: Vec<String>,
    /// Takes that were paid although one that was good had been paid already.
    pub(crate) paid_twice: Vec<String>,
    /// Tokens where they do not belong, and downloads from where nothing may be downloaded.
    pub(crate) leaks: Vec<String>,
}

impl Report {
    /// True if nothing was lost, paid twice or leaked.
    pub(crate) fn is_clean(&self) -> bool {
        self.lost.is_empty() && self.paid_twice.is_empty() && self.leaks.is_empty()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "seed {}: {} generations, {} segments, {} predictions, {} paid, {} retried, in {:.1} s",
            self.seed, self.generations, self.segments, self.predictions, self.paid, self.retried, self.seconds
        )?;
        writeln!(f, "faults: {}, {:?}", self.faults.values().sum::<u64>(), self.faults)?;
        writeln!(
            f,
            "paid for audio that could not be used: {:?}; held for a person: {}, of which {} were paid",
            self.replaced, self.held, self.held_paid
        )?;
        write!(
            f,
            "lost {} {:?}, paid twice {} {:?}, leaks {} {:?}",
            self.lost.len(),
            self.lost,
            self.paid_twice.len(),
            self.paid_twice,
            self.leaks.len(),
            self.leaks
        )
    }
}

/// Time that passes faster.
#[derive(Debug)]
struct FastClock {
    epoch: Timestamp,
    started: tokio::time::Instant,
}

#[async_trait]
impl Clock for FastClock {
    fn now(&self) -> Timestamp {
        self.epoch + self.started.elapsed() * SPEED
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration / SPEED).await;
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

/// Settings for an impatient world: all times but the client's time-out, which is real, are ten times as long as they
/// take. `settle` stays longer than send guard and time-out together.
fn policy() -> Policy {
    let mut policy = Policy::default();
    policy.send_guard = Duration::from_secs(8);
    policy.settle = Duration::from_secs(40);
    policy.look_gap = Duration::from_secs(3);
    policy.take_gap = Duration::from_millis(500);
    policy.patience = Duration::from_mins(1);
    policy.undecidable = Duration::from_secs(100);
    policy.max_takes = 5;
    policy
}

const TIMEOUT: Duration = Duration::from_millis(900);

/// Every fault of the catalogue, so that a fifth of what happens at each place goes wrong.
fn arm(emulator: &Emulator) {
    let catalogue = Fault::catalogue();
    let mut at_place: HashMap<&str, i32> = HashMap::new();
    for info in &catalogue {
        *at_place.entry(info.place).or_default() += 1;
    }
    for info in catalogue {
        let value = match info.name {
            "delay_after_accept" => ":2000",
            "slow_run" => ":3000",
            _ => "",
        };
        // The first rule that applies wins, so equal chances for each make a fifth together.
        let chance = 1.0 - (1.0 - TROUBLE).powf(1.0 / f64::from(at_place[info.place]));
        let rule: Rule = format!("{}{value}", info.name).parse().expect("a row of the catalogue");
        emulator.faults().add(rule.always().with_chance(chance));
    }
}

/// Runs a plan to its end and judges it.
pub(crate) async fn run(plan: Plan) -> Report {
    let started = tokio::time::Instant::now();
    let mut settings = Settings::default();
    settings.time_scale = f64::from(SPEED);
    settings.queue = Duration::from_millis(200);
    settings.run = Duration::from_secs(1);
    let emulator = Emulator::builder()
        .seed(plan.seed)
        .settings(settings)
        .start()
        .await
        .expect("a free port");
    let store = Arc::new(MemoryStore::new());
    let hooks = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = format!("http://{}", hooks.local_addr().expect("it listens"));
    let clock = Arc::new(FastClock {
        epoch: Timestamp::now(),
        started,
    });
    let dice = Arc::new(Dice(AtomicU64::new(plan.seed)));
    let client = Client::builder(emulator.token())
        .base_url(emulator.base_url())
        .clock(Arc::<FastClock>::clone(&clock))
        .random(Arc::<Dice>::clone(&dice))
        .timeout(TIMEOUT)
        .build()
        .expect("valid settings");
    let engine = ReplicateEngine::new(client).with_webhook(address.parse().expect("an address"));
    let listening = tokio::spawn(listen(hooks, engine.clone(), emulator.webhook_secret()));
    let loqui = Loqui::builder()
        .engine(Arc::new(engine))
        .store(Arc::<MemoryStore>::clone(&store))
        .policy(policy())
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
            let generation = loqui.submit(sample, text(index)).await.expect("nothing is sent yet");
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
    judge(&mut report, &takes, &emulator.ledger());
    report.seconds = started.elapsed().as_secs_f64();
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
                tokio::time::sleep(Duration::from_millis(100)).await;
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

fn judge(report: &mut Report, takes: &[TakeRecord], ledger: &Ledger) {
    report.predictions = ledger.creates.len();
    report.paid = ledger.paid_runs();
    report.faults.clone_from(&ledger.faults);
    // Which prediction is theirs is not known, but that it may have been paid is: the seed tells.
    let held_seeds: HashSet<i64> = takes
        .iter()
        .filter(|take| take.state == TakeState::Held)
        .map(|take| i64::from(take.seed))
        .collect();
    let mut holder: HashMap<&str, &TakeRecord> = HashMap::new();
    for take in takes {
        if !take.state.is_over() {
            let looked = (take.looked_at, take.retry_at, take.misses, take.sends);
            report.lost.push(format!(
                "{} is still {:?} {looked:?} {:?}",
                name(take),
                take.state,
                take.error
            ));
        }
        if let Some(id) = take.remote.as_deref()
            && let Some(other) = holder.insert(id, take)
        {
            let names = (name(take), name(other));
            report.paid_twice.push(format!("{id} belongs to two takes, {names:?}"));
        }
    }
    for create in ledger.creates.iter().filter(|create| create.is_paid()) {
        match holder.get(create.prediction.as_str()) {
            None if create.seed.is_some_and(|seed| held_seeds.contains(&seed)) => report.held_paid += 1,
            None => report
                .lost
                .push(format!("{} was paid and is in no ledger", create.prediction)),
            Some(take) if matches!(take.state, TakeState::Kept | TakeState::Held) => {}
            Some(take) => match why_replaced(take) {
                Some(why) => *report.replaced.entry(why).or_default() += 1,
                None => report
                    .paid_twice
                    .push(format!("{} {:?} {:?}", name(take), take.state, take.error)),
            },
        }
    }
    let held: HashSet<i64> = takes
        .iter()
        .filter(|take| take.state == TakeState::Held)
        .map(|take| take.generation)
        .collect();
    let segments: HashSet<(i64, u32)> = takes.iter().map(|take| (take.generation, take.segment)).collect();
    report.segments = segments.len();
    for segment in segments {
        let kept = |take: &&TakeRecord| take.state == TakeState::Kept && (take.generation, take.segment) == segment;
        match takes.iter().filter(kept).count() {
            0 if held.contains(&segment.0) => {}
            0 => report.lost.push(format!("segment {segment:?} has no kept take")),
            1 => {}
            more => report
                .paid_twice
                .push(format!("segment {segment:?} has {more} kept takes")),
        }
    }
    report.leaks = ledger.leaks.iter().map(|leak| format!("{leak:?}")).collect();
    let strayed = ledger.downloads.iter().filter(|download| download.strayed);
    report.leaks.extend(strayed.map(|download| format!("{download:?}")));
}

/// Why a take that was paid was followed by another one, if there is a good reason.
fn why_replaced(take: &TakeRecord) -> Option<String> {
    match (take.state, &take.error) {
        (TakeState::Rejected, _) => Some(
            take.findings
                .first()
                .map_or("rejected", |finding| &finding.code)
                .to_owned(),
        ),
        (TakeState::Failed, Some(error)) if CANNOT_BE_HAD.contains(&error.code.as_str()) => Some(error.code.clone()),
        _ => None,
    }
}

fn name(take: &TakeRecord) -> String {
    format!("{}-{}-{}", take.generation, take.segment, take.number)
}

/// Takes webhooks in, as a server would: verified, and handed to the engine.
async fn listen(listener: TcpListener, engine: ReplicateEngine, secret: String) {
    while let Ok((stream, _)) = listener.accept().await {
        let (engine, secret) = (engine.clone(), secret.clone());
        tokio::spawn(async move {
            // A call that breaks off is repeated by the provider.
            let _ = answer(stream, &engine, &secret).await;
        });
    }
}

async fn answer(mut stream: TcpStream, engine: &ReplicateEngine, secret: &str) -> std::io::Result<()> {
    let mut request = Vec::new();
    let (head, body) = loop {
        if stream.read_buf(&mut request).await? == 0 {
            return Ok(());
        }
        let Some(end) = request.windows(4).position(|window| window == b"\r\n\r\n") else {
            continue;
        };
        let head = String::from_utf8_lossy(&request[..end]).into_owned();
        let length = header(&head, "content-length")
            .and_then(|value| value.parse().ok())
            .unwrap_or(0);
        if request.len() >= end + 4 + length {
            break (head, request[end + 4..].to_vec());
        }
    };
    let headers = head.lines().skip(1).filter_map(|line| line.split_once(": "));
    // The provider signs with the time of this machine, not with that of the generations.
    let delivery = webhooks::open(&secret.into(), headers, &body, Timestamp::now());
    let status = match (
        &delivery,
        head.split(' ').nth(1).and_then(|path| path.rsplit('/').next()),
    ) {
        (Ok(delivery), Some(take)) => {
            engine.delivered(take, &delivery.prediction);
            "204 No Content"
        }
        _ => "400 Bad Request",
    };
    let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    stream.write_all(answer.as_bytes()).await?;
    stream.shutdown().await
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(header, _)| header.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.trim())
}
