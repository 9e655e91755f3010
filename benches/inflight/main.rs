//! 10,000 generations in flight in one process, with a provider that takes 30 s for each:
//! `cargo run --release -p loqui-benches --example inflight [COUNT]`. Reads memory and CPU time from `/proc`.

#![expect(clippy::print_stdout, reason = "prints to the terminal")]

use std::collections::HashMap;
use std::future::IntoFuture as _;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures::stream::StreamExt as _;
use jiff::Timestamp;
use loqui_core::audio::{Clip, SPEECH_RATE, wav};
use loqui_core::engine::{ModelInfo, Order, Price, Remote, SpeechEngine, StartError, Started};
use loqui_core::error::code;
use loqui_core::store::{GenerationStoreExt as _, SqliteStore};
use loqui_core::{Error, Events, Finding, Loqui, Result, Sample, VoiceSettings};

const RUN: Duration = Duration::from_secs(30);
/// Number of generations with a listener.
const LISTENED: usize = 200;

/// A remote engine: every take finishes 30 s after it was created.
#[derive(Debug)]
struct Elsewhere {
    begun: Mutex<HashMap<String, Instant>>,
    wav: bytes::Bytes,
}

#[async_trait::async_trait]
impl SpeechEngine for Elsewhere {
    #[expect(clippy::unnecessary_literal_bound, reason = "the trait's signature")]
    fn name(&self) -> &str {
        "elsewhere"
    }

    fn model(&self, _name: Option<&str>) -> Result<ModelInfo> {
        let mut model = ModelInfo::new("model");
        model.price = Some(Price::new(0.025, "2026-11-24"));
        Ok(model)
    }

    fn check_settings(&self, _settings: &VoiceSettings) -> Result<Vec<Finding>> {
        Ok(Vec::new())
    }

    async fn start(&self, order: &Order) -> Result<Started, StartError> {
        let id = order.take.clone().unwrap_or_default();
        let mut begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner);
        begun.insert(id.clone(), Instant::now());
        Ok(Started::Remote(id))
    }

    async fn check(&self, remote: &str) -> Result<Remote> {
        let begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner);
        match begun.get(remote) {
            Some(at) if at.elapsed() < RUN => Ok(Remote::Running(None)),
            Some(_) => Ok(Remote::Succeeded {
                output: remote.to_owned(),
            }),
            None => Err(Error::new(&code::ENGINE_FAILED, "there is no take with this id")),
        }
    }

    async fn fetch(&self, _output: &str) -> Result<bytes::Bytes> {
        Ok(self.wav.clone())
    }

    async fn cancel(&self, remote: &str) -> Result<Remote> {
        self.check(remote).await
    }

    async fn find_lost(&self, _order: &Order) -> Result<Vec<String>> {
        Ok(Vec::new())
    }
}

/// Delay between an event and its arrival at the listener, including the write to disk. Events before the subscription are
/// not counted.
async fn latencies(events: Events) -> Vec<Duration> {
    let since = Timestamp::now();
    let heard = events.filter_map(|event| {
        let event = event.ok().filter(|event| event.at >= since);
        let late = event.and_then(|event| Duration::try_from(Timestamp::now().duration_since(event.at)).ok());
        std::future::ready(late)
    });
    heard.collect().await
}

/// A field of `/proc/self/status`, in MiB.
fn memory(field: &str) -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(field));
    let kilobytes = line.and_then(|line| {
        line.trim_start_matches(':')
            .split_whitespace()
            .next()?
            .parse::<f64>()
            .ok()
    });
    kilobytes.unwrap_or_default() / 1024.0
}

/// CPU time of this process in seconds (100 ticks each).
fn processor() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.split_whitespace().collect();
    let ticks = |place: usize| fields.get(place).and_then(|text| text.parse::<f64>().ok());
    (ticks(13).unwrap_or_default() + ticks(14).unwrap_or_default()) / 100.0
}

#[tokio::main]
async fn main() -> Result<()> {
    let count: usize = std::env::args()
        .nth(1)
        .and_then(|text| text.parse().ok())
        .unwrap_or(10_000);
    let folder = std::env::temp_dir().join(format!("loqui-inflight-{}", std::process::id()));
    let wave = |n: u32| 0.3 * (n as f32 * 0.05).sin() * (n as f32 * 0.001).sin();
    let clip = Clip::new((0..SPEECH_RATE * 2).map(wave).collect(), SPEECH_RATE);
    let engine = Elsewhere {
        begun: Mutex::default(),
        wav: wav::write(&clip, None),
    };
    let database = folder.join("loqui.db");
    let loqui = Loqui::builder()
        .engine(Arc::new(engine))
        .data_dir(&folder)
        .store(Arc::new(SqliteStore::open(&database).await?))
        .build()?;
    let voice = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/voices/heart.mp3");
    let sample = loqui.add_sample(&Sample::open(voice).await?).await?.id;
    loqui
        .submit_with(sample, "A first one, to warm up.")
        .await?
        .wait()
        .await?;

    let (idle, busy) = (memory("VmRSS"), processor());
    let started = Instant::now();
    let submitting = (0..count).map(|number| {
        loqui
            .submit_with(sample, format!("This is number {number} of many."))
            .into_future()
    });
    let generations: Vec<_> = futures::stream::iter(submitting).buffer_unordered(256).collect().await;
    let submitted = started.elapsed();
    let every = (count / LISTENED).max(1);
    let listening: Vec<_> = generations
        .iter()
        .flatten()
        .step_by(every)
        .map(|generation| tokio::spawn(latencies(generation.events())))
        .collect();
    let mut most: f64 = 0.0;
    let mut ticks = tokio::time::interval(Duration::from_millis(500));
    let store = SqliteStore::open(&database).await?;
    let mut in_flight = 0;
    loop {
        ticks.tick().await;
        most = most.max(memory("VmRSS"));
        let left = store.unfinished().await?.len();
        in_flight = in_flight.max(left);
        if left == 0 {
            break;
        }
    }
    let mut late: Vec<Duration> = futures::future::join_all(listening)
        .await
        .into_iter()
        .flatten()
        .flatten()
        .collect();
    late.sort_unstable();
    let percentile = |part: usize| {
        late.get(late.len() * part / 100)
            .map_or(f64::NAN, Duration::as_secs_f64)
    };
    let size = std::fs::metadata(&database).map_or(0, |file| file.len());
    println!(
        "{} generations: submitted in {:.1} s, all done after {:.1} s, {in_flight} at once; memory {idle:.0} MiB idle, \
         {most:.0} MiB at most, {:.0} MiB over idle; {:.1} s of processor time; database {:.1} MB; {} events heard, half \
         within {:.3} s of what they tell of, all but one in a hundred within {:.3} s",
        generations.into_iter().flatten().count(),
        submitted.as_secs_f64(),
        started.elapsed().as_secs_f64(),
        most - idle,
        processor() - busy,
        size as f64 / 1e6,
        late.len(),
        percentile(50),
        percentile(99),
    );
    let _ = std::fs::remove_dir_all(&folder);
    Ok(())
}
