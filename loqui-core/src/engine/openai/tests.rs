use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::testing::{Reply, Server};
use super::*;

const KINDS: [OpenAiServer; 3] = [
    OpenAiServer::Voices,
    OpenAiServer::ChatterboxServer,
    OpenAiServer::ChatterboxApi,
];

fn order(text: &str) -> Order {
    let now = Timestamp::now();
    let send_by = now + Duration::from_secs(30);
    let reference = Reference::new(Bytes::from_static(b"RIFFme"));
    let settings = VoiceSettings {
        temperature: Some(0.6),
        ..VoiceSettings::default()
    };
    Order::new(
        "tts-1",
        text,
        7,
        reference,
        settings,
        now,
        send_by,
        Duration::from_mins(5),
    )
    .with_sample_name("anna")
}

async fn speak(engine: &OpenAiEngine) -> Result<Bytes, StartError> {
    match engine.start(&order("Hello!")).await? {
        Started::Audio(spoken) => Ok(spoken.wav),
        other => panic!("{other:?}"),
    }
}

fn with_voice(engine: OpenAiEngine, sample: &str) -> OpenAiEngine {
    engine.with_voices([(sample.to_owned(), "alloy".to_owned())].into())
}

#[tokio::test]
async fn recording_is_uploaded_once_to_each_kind_of_server() {
    for kind in KINDS {
        let server = Server::start(kind, []).await;
        let engine = OpenAiEngine::new(&server.address).unwrap().with_key("lqk_1");
        let (one, two) = tokio::join!(speak(&engine), speak(&engine));
        assert_eq!(
            (one.unwrap(), two.unwrap()),
            ("RIFFspeech".into(), "RIFFspeech".into()),
            "{kind:?}"
        );
        assert_eq!(server.uploads(), 1, "{kind:?}");
        // Another process finds the recording, at most by uploading it again under the same name.
        speak(&OpenAiEngine::new(&server.address).unwrap()).await.unwrap();
        assert_eq!(server.recordings().len(), 1, "{kind:?}");
        assert_eq!(server.keys(), ["bearer lqk_1"], "{kind:?}");
    }
}

#[tokio::test]
async fn each_kind_of_server_gets_the_options_that_it_has() {
    for (kind, route, fields) in [
        (
            OpenAiServer::ChatterboxServer,
            "POST /tts",
            json!({"text": "Hello!", "voice_mode": "clone", "output_format": "wav", "split_text": false, "seed": 7, "temperature": 0.6}),
        ),
        (
            OpenAiServer::ChatterboxApi,
            "POST /v1/audio/speech",
            json!({"model": "tts-1", "input": "Hello!", "response_format": "wav", "temperature": 0.6}),
        ),
        (
            OpenAiServer::Voices,
            "POST /v1/audio/speech",
            json!({"model": "tts-1", "input": "Hello!", "response_format": "wav"}),
        ),
    ] {
        let server = Server::start(kind, []).await;
        let engine = OpenAiEngine::new(&server.address).unwrap();
        speak(&engine).await.unwrap();
        let (called, mut body) = server.spoken().remove(0);
        assert_eq!(called, route);
        let body = body.as_object_mut().unwrap();
        let voice = body.remove("voice").or_else(|| body.remove("reference_audio_filename"));
        assert!(voice.unwrap().as_str().unwrap().contains("loqui-"), "{kind:?}");
        assert_eq!(Value::from(body.clone()), fields, "{kind:?}");
        let warned = engine.check_settings(&order("").settings).unwrap();
        assert_eq!(warned.len(), usize::from(kind == OpenAiServer::Voices), "{warned:?}");
    }
}

#[tokio::test]
async fn server_that_has_lost_its_recordings_gets_them_again() {
    for kind in KINDS {
        let server = Server::start(kind, []).await;
        let engine = OpenAiEngine::new(&server.address).unwrap();
        speak(&engine).await.unwrap();
        server.lose_recordings();
        speak(&engine).await.unwrap();
        assert_eq!(server.uploads(), 2, "{kind:?}");
    }
}

#[tokio::test]
async fn erased_sample_is_deleted_where_the_server_has_a_route_for_it() {
    for (kind, left) in [
        (OpenAiServer::Voices, 0),
        (OpenAiServer::ChatterboxApi, 0),
        (OpenAiServer::ChatterboxServer, 1),
    ] {
        let server = Server::start(kind, []).await;
        let engine = OpenAiEngine::new(&server.address).unwrap();
        speak(&engine).await.unwrap();
        engine.forget(&order("").reference).await.unwrap();
        assert_eq!(server.recordings().len(), left, "{kind:?}");
    }
}

#[tokio::test]
async fn server_without_recordings_needs_a_voice() {
    let server = Server::start(OpenAiServer::Plain, []).await;
    let engine = OpenAiEngine::new(&server.address).unwrap();
    match speak(&engine).await.unwrap_err() {
        StartError::Refused(error) => {
            assert!(error.is(&code::OPENAI_NO_VOICE));
            assert!(error.message().contains("anna"), "{error}");
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(server.spoken(), []);
    for sample in ["anna", "*"] {
        let engine = with_voice(engine.clone(), sample);
        assert!(!engine.model(None).unwrap().clones_voice);
        assert_eq!(speak(&engine).await.unwrap(), "RIFFspeech");
        assert_eq!(server.spoken().last().unwrap().1["voice"], "alloy");
    }
    speak(&with_voice(engine, "bert")).await.unwrap_err();
}

/// The variant, the code, and whether a repetition may help.
fn outcome(error: &StartError) -> (&'static str, &str, bool) {
    let (kind, error) = match error {
        StartError::NotCreated(error) => ("not created", error),
        StartError::Unknown(error) => ("unknown", error),
        StartError::Refused(error) => ("refused", error),
    };
    (kind, error.code(), error.retryable())
}

#[tokio::test]
async fn each_response_says_whether_the_text_may_have_been_spoken() {
    for (reply, expected) in [
        (Reply::HangUp, ("unknown", "openai.answer_lost", true)),
        (Reply::Answer(502, ""), ("unknown", "openai.failed", true)),
        (
            Reply::Answer(429, "slow down"),
            ("not created", "openai.unavailable", true),
        ),
        (
            Reply::Answer(503, r#"{"detail":"model not loaded"}"#),
            ("not created", "openai.unavailable", true),
        ),
        (
            Reply::Answer(500, "CUDA out of memory"),
            ("refused", "openai.failed", true),
        ),
        (
            Reply::Answer(400, r#"{"error":{"message":"input is too long"}}"#),
            ("refused", "openai.refused", false),
        ),
        (Reply::Answer(401, ""), ("refused", "openai.unauthorized", false)),
        (Reply::Answer(200, "<html>"), ("refused", "openai.bad_answer", false)),
    ] {
        let server = Server::start(OpenAiServer::Plain, [reply.clone()]).await;
        let engine = with_voice(OpenAiEngine::new(&server.address).unwrap(), "*");
        let error = speak(&engine).await.unwrap_err();
        assert_eq!(outcome(&error), expected, "{reply:?}");
        assert_eq!(server.spoken().len(), 1, "sent once");
    }
    let engine = with_voice(OpenAiEngine::new("http://127.0.0.1:9").unwrap(), "*");
    let error = speak(&engine).await.unwrap_err();
    assert_eq!(outcome(&error), ("not created", "openai.unreachable", true));
}

#[tokio::test]
async fn late_order_is_not_sent() {
    let server = Server::start(OpenAiServer::ChatterboxServer, []).await;
    let engine = OpenAiEngine::new(&server.address).unwrap();
    let mut late = order("Hello!");
    late.send_by = Timestamp::UNIX_EPOCH;
    let error = engine.start(&late).await.unwrap_err();
    assert!(matches!(error, StartError::NotCreated(_)), "{error:?}");
    assert_eq!(server.spoken(), []);
}

/// Speaks a text through the public interface, with a server whose first response is lost.
async fn generation(price: f64) -> (crate::ledger::GenerationInfo, usize) {
    let server = Server::start(OpenAiServer::ChatterboxServer, [Reply::HangUp]).await;
    let engine = OpenAiEngine::new(&server.address).unwrap().with_price(price);
    let loqui = crate::Loqui::builder().engine(Arc::new(engine)).build().unwrap();
    let sample = crate::Sample::open(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/voices/heart.mp3"))
        .await
        .unwrap();
    let generation = loqui.submit(&sample, "Hello there.").max_takes(2).await.unwrap();
    let _ = generation.wait().await;
    (generation.info().await.unwrap(), server.spoken().len())
}

#[tokio::test]
async fn lost_response_is_held_with_a_price_and_spoken_again_without() {
    let (info, calls) = generation(0.015).await;
    assert_eq!(info.error.unwrap().code, "generation.answer_unknown");
    assert_eq!(calls, 1, "a text that may have been charged is not sent again");
    let (_, calls) = generation(0.0).await;
    assert!(calls > 1, "{calls}");
}
