use std::time::Duration;

use serde_json::json;

use super::*;
use crate::cog::testing::{Container, Reply, speech};
use crate::engine::Reference;
use crate::replicate::testing::JumpingClock;

fn engine(container: &Container) -> CogEngine {
    CogEngine::new(&container.address)
        .unwrap()
        .with_clock(Arc::new(JumpingClock::default()))
}

fn order() -> Order {
    let now = jiff::Timestamp::now();
    let reference = Reference::new(Bytes::from_static(b"RIFFme"));
    Order::new(
        "resemble-ai/chatterbox",
        "Hello!",
        7,
        reference,
        VoiceSettings::default(),
        now,
        now,
        Duration::from_mins(5),
    )
    .with_take("3/0/1")
}

async fn started(engine: &CogEngine) -> String {
    match engine.start(&order()).await.unwrap() {
        Started::Remote(id) => id,
        other => panic!("{other:?}"),
    }
}

/// Runs a take and returns its state.
async fn spoken(container: &Container) -> (CogEngine, String, Remote) {
    let engine = engine(container);
    let id = started(&engine).await;
    engine.woken(&id).await;
    let state = engine.check(&id).await.unwrap();
    (engine, id, state)
}

#[tokio::test]
async fn take_uses_the_field_names_of_the_model_and_is_fetched_once() {
    let container = Container::start([speech(b"RIFFspeech")]).await;
    let (engine, id, state) = spoken(&container).await;
    let Remote::Succeeded { output } = state else {
        panic!("{state:?}")
    };
    assert_eq!(engine.fetch(&output).await.unwrap(), &b"RIFFspeech"[..]);
    assert_eq!(engine.fetch(&output).await.unwrap_err().code(), "cog.prediction_failed");
    let input = json!({ "prompt": "Hello!", "seed": 7, "audio_prompt": data_uri(b"RIFFme") });
    assert_eq!(
        container.requests(),
        [(format!("PUT /predictions/{id}"), json!({ "input": input }))]
    );
}

#[tokio::test]
async fn requests_are_repeated_with_the_same_id_while_busy_or_disconnected() {
    let busy = || Reply::Answer(409, json!({ "error": "At capacity", "status": "failed" }));
    let runs = || Reply::Answer(202, json!({ "status": "processing" }));
    let container = Container::start([busy(), busy(), Reply::HangUp, runs(), speech(b"RIFF")]).await;
    let (_, id, state) = spoken(&container).await;
    assert!(matches!(state, Remote::Succeeded { .. }), "{state:?}");
    let requests = container.requests();
    assert_eq!(requests.len(), 5);
    assert!(
        requests
            .iter()
            .all(|(what, _)| *what == format!("PUT /predictions/{id}"))
    );
}

#[tokio::test]
async fn model_errors_are_reported_and_connection_errors_are_limited() {
    let failed = Reply::Answer(200, json!({ "status": "failed", "error": "CUDA out of memory" }));
    let (_, _, state) = spoken(&Container::start([failed]).await).await;
    let Remote::Failed(error) = state else {
        panic!("{state:?}")
    };
    assert_eq!((error.code(), error.retryable()), ("cog.prediction_failed", true));
    assert!(error.message().ends_with("CUDA out of memory"), "{error}");

    let container = Container::start(std::iter::repeat_n(Reply::HangUp, 10)).await;
    let (_, _, state) = spoken(&container).await;
    assert!(
        matches!(&state, Remote::Failed(error) if error.code() == "cog.unreachable"),
        "{state:?}"
    );
    assert_eq!(container.requests().len(), 4);
}

#[tokio::test]
async fn take_times_out_while_the_container_is_always_busy() {
    let busy = || Reply::Answer(409, json!({ "error": "At capacity" }));
    let container = Container::start(std::iter::repeat_n(busy(), 1_000)).await;
    let (_, _, state) = spoken(&container).await;
    assert!(
        matches!(&state, Remote::Failed(error) if error.code() == "cog.unavailable"),
        "{state:?}"
    );
    assert_eq!(
        container.requests().len(),
        150,
        "one request every two seconds for five minutes"
    );
}

#[tokio::test]
async fn cancel_closes_the_connection_and_notifies_the_container() {
    let container = Container::start([Reply::Never]).await;
    let engine = engine(&container);
    let id = started(&engine).await;
    while container.requests().is_empty() {
        tokio::task::yield_now().await;
    }
    assert!(matches!(engine.check(&id).await.unwrap(), Remote::Running(None)));
    assert_eq!(engine.find_lost(&order()).await.unwrap(), Vec::<String>::new());
    assert!(matches!(engine.cancel(&id).await.unwrap(), Remote::Cancelled));
    container.abandoned().await;
    assert_eq!(
        container.requests().last().unwrap().0,
        format!("POST /predictions/{id}/cancel")
    );
}

#[tokio::test]
async fn dropping_the_engine_cancels_running_predictions() {
    let container = Container::start([Reply::Never]).await;
    let engine = engine(&container);
    started(&engine).await;
    while container.requests().is_empty() {
        tokio::task::yield_now().await;
    }
    drop(engine);
    container.abandoned().await;
}

#[tokio::test]
async fn starting_and_broken_containers_have_different_errors() {
    let of = async |health| {
        let container = Container::with_health(health, []).await;
        let refused = engine(&container).start(&order()).await.unwrap_err();
        assert_eq!(container.requests().len(), 0);
        refused
    };
    assert!(matches!(of("STARTING").await, StartError::NotCreated(error) if error.code() == "cog.unavailable"));
    assert!(matches!(of("SETUP_FAILED").await, StartError::Refused(error) if error.code() == "cog.broken"));
    // Nothing listens on this port.
    let gone = CogEngine::new("http://127.0.0.1:9").unwrap();
    assert!(matches!(gone.start(&order()).await.unwrap_err(),
        StartError::NotCreated(error) if error.code() == "cog.unreachable"));
}

#[tokio::test]
async fn takes_of_another_process_are_retryable() {
    let engine = engine(&Container::start([]).await);
    let state = engine.check("loqui-1-0-1").await.unwrap();
    assert!(
        matches!(&state, Remote::Failed(error) if error.retryable()),
        "{state:?}"
    );
}

#[test]
fn models_have_no_prices_and_no_routes() {
    let engine = CogEngine::new("http://localhost:5000").unwrap();
    let own = engine.model(None).unwrap();
    assert_eq!((own.name.as_str(), own.price), ("resemble-ai/chatterbox", None));
    assert_eq!(
        engine.model(Some("chatterbox-multilingual")).unwrap().languages.len(),
        23
    );
    for name in ["tortoise", "chatterbox@me/warm"] {
        assert_eq!(engine.model(Some(name)).unwrap_err().code(), "model.unknown");
    }
    let settings = VoiceSettings {
        exaggeration: Some(9.0),
        ..VoiceSettings::default()
    };
    assert_eq!(
        engine.check_settings(&settings).unwrap_err().code(),
        "option.out_of_range"
    );
}

#[tokio::test]
async fn generation_completes_with_a_container() {
    let voice = |name: &str| std::fs::read(format!("{}/../tests/voices/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let container = Container::start([speech(&voice("slt.wav"))]).await;
    let loqui = crate::Loqui::builder()
        .engine_named("cog")
        .cog_url(&container.address)
        .build()
        .unwrap();
    let sample = crate::Sample::from_bytes(voice("slt.mp3")).unwrap();
    let text = "My grandmother kept a jar of buttons on the kitchen shelf, and every one of them had a story. \
                The large green one came from a coat that crossed the sea.";
    let speech = loqui.speak(&sample, text).await.unwrap();
    assert!(speech.duration() > Duration::from_secs(10), "{:?}", speech.duration());
    let usage = loqui.usage().await.unwrap();
    assert_eq!((usage.takes, usage.total_usd.abs() < f64::EPSILON), (1, true));
}
