//! Callers that hang up: what was submitted runs, and speech that nobody waits for is cancelled after the grace period.

use std::future::IntoFuture as _;

use tokio::sync::Semaphore;

use super::*;
use crate::engine::LocalEngine;

/// Speaks when it is permitted to.
#[derive(Debug)]
struct Gated(Semaphore);

#[async_trait]
impl LocalEngine for Gated {
    #[expect(clippy::unnecessary_literal_bound, reason = "the trait's signature")]
    fn name(&self) -> &str {
        "gated"
    }

    fn model(&self, _name: Option<&str>) -> Result<ModelInfo> {
        Ok(ModelInfo::new("model"))
    }

    fn check_settings(&self, _settings: &VoiceSettings) -> Result<Vec<Finding>> {
        Ok(Vec::new())
    }

    async fn speak(&self, _order: &Order) -> Result<SpokenAudio> {
        self.0.acquire().await.unwrap().forget();
        Ok(SpokenAudio::new(spoken()))
    }
}

struct Bench {
    engine: Arc<Gated>,
    store: Arc<MemoryStore>,
    loqui: Loqui,
}

impl Bench {
    fn new() -> Self {
        let engine = Arc::new(Gated(Semaphore::new(0)));
        let store = Arc::<MemoryStore>::default();
        let loqui = Loqui::builder()
            .engine(Arc::clone(&engine) as Arc<dyn SpeechEngine>)
            .store(Arc::clone(&store) as Arc<dyn GenerationStore>)
            .build()
            .unwrap();
        Self { engine, store, loqui }
    }

    /// A caller that waits for the speech, once its generation runs.
    async fn caller(&self, owner: &str) -> tokio::task::JoinHandle<Result<crate::Speech>> {
        let before = self.running().await;
        let caller = tokio::spawn(self.loqui.speak(&voice(), "Hello there.").owner(owner).into_future());
        while self.running().await == before {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        caller
    }

    async fn running(&self) -> usize {
        let ids = self.store.generation_ids(&Filter::default()).await.unwrap();
        ids.into_iter()
            .filter(|id| self.loqui.runtime.drivers.runs(*id))
            .count()
    }

    /// Whether each generation is to be cancelled, oldest first.
    async fn cancelled(&self) -> Vec<bool> {
        let mut records = self.store.generations(&Filter::default()).await.unwrap();
        records.reverse();
        records.iter().map(|record| record.cancel_requested).collect()
    }
}

async fn seconds(seconds: u64) {
    tokio::time::sleep(Duration::from_secs(seconds)).await;
}

#[tokio::test(start_paused = true)]
async fn speech_is_cancelled_some_seconds_after_its_caller_has_left() {
    let bench = Bench::new();
    bench.caller("7").await.abort();
    seconds(9).await;
    assert_eq!(bench.cancelled().await, [false]);
    seconds(2).await;
    assert_eq!(bench.cancelled().await, [true]);
}

#[tokio::test(start_paused = true)]
async fn equal_request_joins_the_speech_that_its_caller_has_left() {
    let bench = Bench::new();
    bench.caller("7").await.abort();
    seconds(5).await;
    let again = tokio::spawn(bench.loqui.speak(&voice(), "Hello there.").owner("7").into_future());
    seconds(60).await;
    assert_eq!(
        bench.cancelled().await,
        [false],
        "no second generation, and not cancelled"
    );
    bench.engine.0.add_permits(9);
    assert!(again.await.unwrap().unwrap().duration().as_secs_f64() > 0.5);
}

#[tokio::test(start_paused = true)]
async fn other_request_or_other_owner_does_not_join() {
    let bench = Bench::new();
    bench.caller("7").await.abort();
    seconds(1).await;
    let _other_owner = bench.caller("8").await;
    let other_text = tokio::spawn(bench.loqui.speak(&voice(), "Something else.").owner("7").into_future());
    seconds(30).await;
    assert_eq!(bench.cancelled().await, [true, false, false]);
    other_text.abort();
}

#[tokio::test(start_paused = true)]
async fn second_caller_has_a_generation_of_its_own_while_the_first_waits() {
    let bench = Bench::new();
    let first = bench.caller("7").await;
    let _second = bench.caller("7").await;
    first.abort();
    seconds(30).await;
    assert_eq!(bench.cancelled().await, [true, false]);
}

#[tokio::test(start_paused = true)]
async fn callers_with_one_key_keep_their_generation_until_the_last_has_left() {
    let bench = Bench::new();
    let call = || tokio::spawn(bench.loqui.speak(&voice(), "Hello.").idempotency_key("k").into_future());
    let callers = [call(), call()];
    seconds(1).await;
    callers[0].abort();
    seconds(30).await;
    assert_eq!(bench.cancelled().await, [false]);
    callers[1].abort();
    seconds(30).await;
    assert_eq!(bench.cancelled().await, [true]);
}

/// Polls a future this many times, and drops it.
async fn hang_up<F: Future + Send + 'static>(future: F, polls: usize) {
    let mut future = Box::pin(future);
    for _ in 0..polls {
        if futures::poll!(&mut future).is_ready() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn submission_is_complete_whenever_its_caller_leaves() {
    for polls in 1..12 {
        let bench = Bench::new();
        let submission = bench.loqui.submit(&voice(), "Hello there.");
        hang_up(submission.into_future(), polls).await;
        seconds(60).await;
        assert_eq!(bench.cancelled().await, [false], "{polls} polls");
        assert_eq!(bench.running().await, 1, "{polls} polls: it runs");
        bench.engine.0.add_permits(9);
        seconds(1).await;
        let (pending, processing) = bench.store.queue_depth().await.unwrap();
        assert_eq!((pending, processing), (0, 0), "{polls} polls: it has ended");
    }
}

#[tokio::test(start_paused = true)]
async fn nothing_is_spoken_for_nobody_whenever_the_caller_leaves() {
    for polls in 1..12 {
        let bench = Bench::new();
        let speech = bench.loqui.speak(&voice(), "Hello there.");
        hang_up(speech.into_future(), polls).await;
        seconds(60).await;
        assert!(
            bench.cancelled().await.iter().all(|cancelled| *cancelled),
            "{polls} polls"
        );
    }
}
