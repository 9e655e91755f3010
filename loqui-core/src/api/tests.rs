//! Tests of samples, owners, idempotency keys, retention and spending through the public interface.

#[cfg(feature = "sqlite")]
mod application;
mod artefacts;
mod callers;
mod length;
pub(crate) mod sharing;
mod voices;

use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::SeqCst;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::StreamExt as _;
use tokio_util::sync::CancellationToken;

use super::{Generation, Loqui};
use crate::audio::{self, Clip, SPEECH_RATE, testing};
use crate::engine::{ModelInfo, Order, Price, Reference, Remote, SpeechEngine, SpokenAudio, StartError, Started};
use crate::error::{Error, Result, Retry, code};
use crate::finding::Finding;
use crate::id::GenerationId;
use crate::ledger::Status;
use crate::options::VoiceSettings;
use crate::sample::Sample;
use crate::store::{
    AudioStore, Filter, GenerationStore, GenerationStoreExt as _, MemoryStore, SampleFilter, UsageFilter,
};

/// Answers at once with audio for one dollar per 1,000 characters, and records which recordings it was asked to forget.
#[derive(Debug, Default)]
struct Instant {
    forgotten: std::sync::Mutex<Vec<String>>,
    /// How many creates fail because the provider is unreachable.
    away: AtomicU32,
}

fn spoken() -> Bytes {
    let wave = |n: u32| 0.3 * (n as f32 * 0.05).sin() * (n as f32 * 0.001).sin();
    audio::wav::write(&Clip::new((0..SPEECH_RATE).map(wave).collect(), SPEECH_RATE), None)
}

fn never<T>() -> Result<T> {
    Err(Error::new(&code::INTERNAL, "this engine runs nothing elsewhere"))
}

#[async_trait]
impl SpeechEngine for Instant {
    #[expect(clippy::unnecessary_literal_bound, reason = "the trait's signature")]
    fn name(&self) -> &str {
        "instant"
    }

    fn model(&self, _name: Option<&str>) -> Result<ModelInfo> {
        let mut model = ModelInfo::new("model");
        model.price = Some(Price::new(1.0, "2026-11-24"));
        Ok(model)
    }

    fn check_settings(&self, _settings: &VoiceSettings) -> Result<Vec<Finding>> {
        Ok(Vec::new())
    }

    async fn start(&self, _order: &Order) -> Result<Started, StartError> {
        let away = self.away.fetch_update(SeqCst, SeqCst, |left| left.checked_sub(1));
        if away.is_ok() {
            let error = Error::new(&code::REPLICATE_UNREACHABLE, "no response");
            return Err(StartError::NotCreated(error.with_retry(Retry::After(Duration::ZERO))));
        }
        Ok(Started::Audio(SpokenAudio::new(spoken())))
    }

    async fn check(&self, _remote: &str) -> Result<Remote> {
        never()
    }

    async fn fetch(&self, _output: &str) -> Result<Bytes> {
        never()
    }

    async fn cancel(&self, _remote: &str) -> Result<Remote> {
        never()
    }

    async fn find_lost(&self, _order: &Order) -> Result<Vec<String>> {
        Ok(Vec::new())
    }

    async fn forget(&self, reference: &Reference) -> Result<()> {
        self.forgotten.lock().unwrap().push(reference.sha256().to_owned());
        Ok(())
    }
}

struct World {
    engine: Arc<Instant>,
    store: Arc<MemoryStore>,
    audio: AudioStore,
}

impl World {
    fn new() -> Self {
        Self {
            engine: Arc::default(),
            store: Arc::default(),
            audio: AudioStore::memory(),
        }
    }

    fn builder(&self) -> super::LoquiBuilder {
        Loqui::builder()
            .engine(Arc::clone(&self.engine) as Arc<dyn SpeechEngine>)
            .store(Arc::clone(&self.store) as Arc<dyn GenerationStore>)
            .audio_store(self.audio.clone())
    }

    fn loqui(&self) -> Loqui {
        self.builder().build().unwrap()
    }
}

/// Decoded and checked once, because that takes time.
fn voice() -> Sample {
    static VOICE: LazyLock<Sample> = LazyLock::new(|| Sample::from_bytes(testing::voice("heart.mp3")).unwrap());
    VOICE.clone()
}

#[tokio::test]
async fn stored_sample_speaks_and_is_erased_with_its_speech() {
    let world = World::new();
    let loqui = world.loqui();
    let sample = loqui
        .add_sample(&voice())
        .owner("7")
        .consent("I am the speaker")
        .await
        .unwrap();
    assert_eq!(
        sample.consent.as_ref().map(|c| c.statement.as_str()),
        Some("I am the speaker")
    );
    assert_eq!(loqui.recording(sample.id).await.unwrap(), *voice().original());
    let again = loqui.add_sample(&voice()).owner("7").await.unwrap();
    assert_eq!(again, sample, "the same recording of the same owner");
    let filter = SampleFilter::default().with_owner("7");
    assert_eq!(loqui.samples(&filter).await.unwrap(), std::slice::from_ref(&sample));

    let stranger = loqui.submit_with(sample.id, "Hello.").owner("8").await.unwrap_err();
    assert_eq!(stranger.code(), "sample.not_found");
    let generation = loqui.submit_with(sample.id, "Hello there.").owner("7").await.unwrap();
    generation.wait().await.unwrap();
    assert_eq!(generation.record().await.unwrap().owner.as_deref(), Some("7"));

    let speech = generation.record().await.unwrap().speech.unwrap().audio;
    assert!(world.audio.exists(&speech).await.unwrap());
    let erased = loqui.erase_sample_and_speech(sample.id).await.unwrap();
    assert_eq!(
        (erased.sample, erased.generations),
        (Some(sample.id), vec![generation.id()])
    );
    for key in [&sample.original, &sample.reference, &speech] {
        assert!(!world.audio.exists(key).await.unwrap(), "{key}");
    }
    assert_eq!(*world.engine.forgotten.lock().unwrap(), [voice().reference().sha256()]);
    assert_eq!(generation.record().await.unwrap_err().code(), "generation.not_found");
    assert_eq!(loqui.sample(sample.id).await.unwrap_err().code(), "sample.not_found");
    let usage = loqui.usage().await.unwrap();
    assert!((usage.total_usd - 0.012).abs() < 1e-12, "{usage:?}");
}

#[tokio::test]
async fn sample_in_use_cannot_be_erased_and_a_retry_needs_its_sample() {
    let world = World::new();
    let loqui = world.loqui();
    let sample = loqui.add_sample(&voice()).await.unwrap();
    let generation = loqui
        .submit_with(sample.id, "Hello.")
        .deadline(Duration::ZERO)
        .await
        .unwrap();
    let ended = generation.wait().await.unwrap_err();
    assert_eq!(ended.code(), "generation.deadline");
    loqui.erase_sample(sample.id).await.unwrap();
    assert_eq!(generation.retry().await.unwrap_err().code(), "sample.not_found");
    generation.erase().await.unwrap();
}

#[tokio::test]
async fn same_key_returns_the_same_generation_and_refuses_another_request() {
    let world = World::new();
    let loqui = world.loqui();
    let submit = |text: &str| loqui.submit(&voice(), text).owner("7").idempotency_key("order-1");
    let first = submit("Hello there.").await.unwrap();
    first.wait().await.unwrap();
    let again = submit("Hello there.").await.unwrap();
    assert_eq!(again.id(), first.id());
    again.wait().await.unwrap();
    assert_eq!(loqui.usage().await.unwrap().takes, 1, "spoken once");
    let other = submit("Something else.").await.unwrap_err();
    assert_eq!(
        (other.code(), other.generation_id()),
        ("generation.key_reused", Some(first.id()))
    );
    let filter = Filter::default().with_owner("7");
    assert_eq!(loqui.generations(&filter).await.unwrap().len(), 1);
}

#[tokio::test]
async fn sample_without_consent_is_refused_where_consent_is_required() {
    let world = World::new();
    let loqui = world.builder().require_consent(true).build().unwrap();
    for refused in [
        loqui.speak(&voice(), "Hello.").await.unwrap_err(),
        loqui.add_sample(&voice()).await.unwrap_err(),
    ] {
        assert_eq!(refused.code(), "sample.no_consent");
    }
    assert_eq!(world.store.samples(&SampleFilter::default()).await.unwrap(), []);
    let unasked = world.loqui().add_sample(&voice()).await.unwrap();
    assert_eq!(
        loqui.submit_with(unasked.id, "Hello.").await.unwrap_err().code(),
        "sample.no_consent"
    );
    loqui.speak(&voice(), "Hello.").consent("I agree").await.unwrap();
    loqui.speak(&voice(), "Hello again.").await.unwrap();
}

/// A process that only submits and listens receives all events of a worker, and the speech.
#[tokio::test]
async fn listener_receives_the_events_of_another_process() {
    let world = World::new();
    let here = world.builder().leave_to_workers(true).build().unwrap();
    let generation = here.submit(&voice(), "Hello there.").await.unwrap();
    assert_eq!(generation.status().await.unwrap(), Status::Pending);
    let stop = CancellationToken::new();
    let worker = world.loqui();
    let working = tokio::spawn({
        let stop = stop.clone();
        async move { worker.work(4, stop, Duration::from_mins(1)).await }
    });
    let heard: Vec<_> = generation.events().map(Result::unwrap).collect().await;
    let numbers: Vec<_> = heard.iter().map(|event| event.number).collect();
    assert_eq!(numbers, (1..=heard.len() as u64).collect::<Vec<_>>());
    assert_eq!(heard.last().map(|event| event.status), Some(Status::Completed));
    assert!(generation.wait().await.unwrap().duration().as_secs_f64() > 0.5);
    stop.cancel();
    working.await.unwrap().unwrap();
}

/// Listeners receive one event with the reason of the delay, and one when it is over.
#[tokio::test]
async fn unreachable_provider_is_reported_in_an_event() {
    let world = World::new();
    world.engine.away.store(3, SeqCst);
    let generation = world.loqui().submit(&voice(), "Hello there.").await.unwrap();
    let heard: Vec<_> = generation.events().map(Result::unwrap).collect().await;
    let mut told: Vec<_> = heard.iter().map(|event| event.message.as_str()).collect();
    assert_eq!(
        told.iter().filter(|line| line.contains("no response")).count(),
        1,
        "{told:?}"
    );
    told.dedup();
    let place = told.iter().position(|line| line.contains("no response")).unwrap();
    assert_eq!(told[place + 1], "generating the speech");
    assert_eq!(heard.last().map(|event| event.status), Some(Status::Completed));
}

#[tokio::test]
async fn old_generations_are_erased_if_configured() {
    let world = World::new();
    let keeping = world.loqui();
    keeping.speak(&voice(), "Hello there.").await.unwrap();
    assert!(keeping.erase_old().await.unwrap().is_empty());
    let erasing = world
        .builder()
        .keep_generations(Duration::from_hours(1))
        .build()
        .unwrap();
    assert!(erasing.erase_old().await.unwrap().is_empty(), "it is not old enough");
    let erasing = world.builder().keep_generations(Duration::ZERO).build().unwrap();
    assert_eq!(erasing.erase_old().await.unwrap(), [GenerationId::new(1)]);
    assert_eq!(keeping.generation(1).await.unwrap_err().code(), "generation.not_found");
    assert_eq!(keeping.usage().await.unwrap().takes, 1);
}

/// Pruning removes the takes and keeps the speech; the stream stays the same.
#[tokio::test]
async fn old_takes_are_pruned_if_configured() {
    let world = World::new();
    let loqui = world.loqui();
    let generation = loqui
        .submit(&voice(), "Hello there.\n\nIt went on, and on.")
        .await
        .unwrap();
    let speech = generation.wait().await.unwrap();
    assert!(loqui.prune_old().await.unwrap().is_empty());
    let heard = |generation: Generation| async move {
        let chunks: Vec<_> = generation.audio().map(Result::unwrap).collect().await;
        chunks
    };
    let before = heard(generation.clone()).await;
    let takes = world.store.takes(generation.id()).await.unwrap();
    let events: Vec<_> = generation.events().map(Result::unwrap).collect().await;

    let thinning = world.builder().keep_takes(Duration::ZERO).build().unwrap();
    assert_eq!(thinning.prune_old().await.unwrap(), [generation.id()]);
    assert!(thinning.prune_old().await.unwrap().is_empty(), "it is done");
    for take in takes {
        assert!(!world.audio.exists(take.audio().unwrap()).await.unwrap());
    }
    assert_eq!(generation.wait().await.unwrap().wav(), speech.wav());
    let after = heard(generation.clone()).await;
    let place = |chunk: &crate::api::SpeechChunk| (chunk.segment, chunk.segments, chunk.start, chunk.samples.len());
    assert_eq!(
        after.iter().map(place).collect::<Vec<_>>(),
        before.iter().map(place).collect::<Vec<_>>()
    );
    let joined: Vec<u8> = after.iter().flat_map(|chunk| chunk.pcm16().to_vec()).collect();
    assert_eq!(joined, speech.wav()[44..44 + joined.len()]);
    let left: Vec<_> = generation.events().map(Result::unwrap).collect().await;
    assert_eq!(left[..], events[events.len() - 1..]);
}

#[tokio::test]
async fn spending_is_summed_by_day_and_model() {
    let world = World::new();
    let loqui = world.loqui();
    for (owner, text) in [("7", "Hello there."), ("8", "Hello.")] {
        loqui.speak(&voice(), text).owner(owner).await.unwrap();
    }
    let all = loqui.usage().await.unwrap();
    let json = serde_json::to_value(&all).unwrap();
    assert_eq!(json["total_usd"], 0.018);
    assert_eq!((all.takes, all.characters, all.by_day.len()), (2, 18, 1));
    assert_eq!(json["by_day"][0]["day"].as_str().unwrap().len(), "2026-11-24".len());
    assert_eq!(json["by_model"][0]["model"], "model");
    assert_eq!(json["by_model"][0]["total_usd"], 0.018);
    let one = loqui.usage_of(&UsageFilter::default().with_owner("8")).await.unwrap();
    assert_eq!((one.total_usd, one.takes), (0.006, 1));
}
