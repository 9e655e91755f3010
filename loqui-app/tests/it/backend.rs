//! Features of the backend beyond the guide: users and keys, lists, library, statistics, estimates, OpenAI's routes.

use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use loqui_emulator::{Emulator, Settings};
use reqwest::Method;
use serde_json::{Value, json};

use crate::server::{Answer, Start, TEXT, heart};

#[tokio::test(flavor = "multi_thread")]
async fn a019_users_register_sign_in_and_out() {
    let server = Start::offline().start().await;
    let new = json!({"username": "anna", "email": "anna@example.com", "password": "secret99"});
    let anna = server.post("/api/auth/register", &new).await.accepted(201);
    assert_eq!((&anna["username"], &anna["is_active"]), (&"anna".into(), &true.into()));
    assert!(anna.get("password").is_none());
    let again = server.post("/api/auth/register", &new).await.refused(400);
    assert_eq!(again["detail"], "Username already registered");
    let address = json!({"username": "bert", "email": "ANNA@example.com", "password": "secret99"});
    let address = server.post("/api/auth/register", &address).await.refused(400);
    assert_eq!(address["detail"], "Email already registered");
    for (username, password) in [("an", "secret99"), ("anna2", "short"), ("a\r\nb: c", "secret99")] {
        let bad = json!({"username": username, "password": password});
        server.post("/api/auth/register", &bad).await.refused(422);
    }
    let token = server.login("anna", "secret99").await.accepted(200)["access_token"].clone();
    let me = |token: Value| {
        Answer::of(
            server
                .request(Method::GET, "/api/auth/me")
                .bearer_auth(token.as_str().unwrap().to_owned()),
        )
    };
    assert_eq!(me(token.clone()).await.accepted(200), anna);
    let out = server
        .request(Method::POST, "/api/auth/logout")
        .bearer_auth(token.as_str().unwrap());
    Answer::of(out).await.accepted(200);
    me(token).await.refused(401);
}

#[tokio::test(flavor = "multi_thread")]
async fn api_keys_authenticate_until_they_are_revoked() {
    let server = Start::offline().start().await;
    let user = server.demo().await;
    let made = user
        .post("/api/auth/keys", &json!({"name": "robot"}))
        .await
        .accepted(201);
    let key = made["key"].as_str().unwrap().to_owned();
    let listed = user.get("/api/auth/keys").await.accepted(200);
    assert_eq!(listed["keys"][0]["name"], "robot");
    assert!(!listed.to_string().contains(&key));
    let me = || Answer::of(server.request(Method::GET, "/api/auth/me").bearer_auth(&key));
    assert_eq!(me().await.accepted(200)["username"], "testuser");
    let other = server.other("other").await;
    let path = format!("/api/auth/keys/{}", made["key_id"]);
    other.delete(&path).await.refused(404);
    assert_eq!(user.delete(&path).await.status, 204);
    me().await.refused(401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a011_to_a018_lists_are_complete_and_items_can_be_deleted() {
    let emulator = Emulator::start().await.unwrap();
    let server = Start::at(&emulator).start().await;
    let user = server.demo().await;
    let sample = user.voice().await;
    for number in 0..3 {
        user.spoken(sample, &format!("Number {number} is spoken.")).await;
    }
    let page = user.get("/api/generation/?skip=1&limit=1").await.accepted(200);
    assert_eq!(page["total"], 3, "A45: the total covers all pages");
    assert_eq!(page["generations"][0]["audio_id"], 2);
    let done = user.get("/api/generation/?status_filter=COMPLETED").await.accepted(200);
    assert_eq!(done["total"], 3);
    assert_eq!(
        user.get("/api/generation/?status_filter=failed").await.accepted(200)["total"],
        0
    );
    user.get("/api/generation/?limit=101").await.refused(422);
    user.get("/api/generation/?status_filter=soon").await.refused(422);
    let retry = user.post("/api/generation/1/retry", &json!({})).await.refused(400);
    assert_eq!(retry["detail"], "Can only retry failed generations");

    let all = user.get("/api/library/all").await.accepted(200);
    assert_eq!(
        (&all["total"], &all["samples_count"], &all["generated_count"]),
        (&4.into(), &1.into(), &3.into())
    );
    assert_eq!(user.get("/api/library/samples").await.accepted(200)["total"], 1);
    let deleted = user.delete("/api/library/generated/1").await.accepted(200);
    assert_eq!(deleted["message"], "Item deleted successfully");
    assert_eq!(user.get("/api/library/generated").await.accepted(200)["total"], 2);
    let missing = user.get("/api/library/download/generated/1").await.refused(404);
    assert_eq!(missing["detail"], "Generated audio not found");
    let stats = user.get("/api/monitoring/stats").await.accepted(200);
    assert_eq!(
        (&stats["completed_generations"], &stats["total_samples"]),
        (&2.into(), &1.into())
    );
    assert!(stats["storage_used_mb"].as_f64().unwrap() > 0.1);
    assert_eq!(user.get("/api/monitoring/queue").await.accepted(200)["unfinished"], 0);
    // A59: deleting a recording deletes its speech.
    assert_eq!(user.delete(&format!("/api/samples/{sample}")).await.status, 204);
    assert_eq!(user.get("/api/library/all").await.accepted(200)["total"], 0);
    assert_eq!(
        user.get(&format!("/api/samples/{sample}")).await.refused(404)["detail"],
        "Sample not found"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a029_estimate_returns_segments_duration_and_cost() {
    let emulator = Emulator::start().await.unwrap();
    let server = Start::at(&emulator).start().await;
    let user = server.demo().await;
    let answer = user
        .post("/api/estimate", &json!({"script_text": TEXT}))
        .await
        .accepted(200);
    assert_eq!(
        (&answer["characters"], &answer["word_count"]),
        (&123.into(), &22.into())
    );
    assert!(answer["estimated_cost_usd"].as_f64().unwrap() > 0.002);
    assert!(answer["estimated_duration_seconds"].as_f64().unwrap() > 5.0);
    let shouted = json!({"script_text": "I AM SHOUTING ALL OF THE TIME."});
    let answer = user.post("/api/estimate", &shouted).await.accepted(200);
    assert_eq!(answer["findings"][0]["code"], "script.all_caps");
}

/// A text of seven segments.
const LONG_TEXT: &str = "The first part is long enough to stand alone, and so is every other one of them.\n\n";

#[tokio::test(flavor = "multi_thread")]
async fn long_speech_is_streamed_while_the_rest_is_generated() {
    let mut settings = Settings::default();
    settings.run = Duration::from_millis(600);
    let emulator = Emulator::builder().settings(settings).start().await.unwrap();
    let server = Start::at(&emulator).start().await;
    let user = server.demo().await;
    let sample = user.voice().await;
    let text = LONG_TEXT.repeat(7);

    let body = json!({"voice": "My Voice", "input": &text, "response_format": "wav"});
    let mut answer = user
        .request(Method::POST, "/v1/audio/speech")
        .json(&body)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.headers()["content-type"], "audio/wav");
    assert!(!answer.headers().contains_key("content-length"));
    let first = answer.chunk().await.unwrap().unwrap();
    let spoken = emulator.ledger().downloads.len();
    assert!(
        spoken < 7,
        "the first part arrives before the last segment is generated: {spoken}"
    );
    let mut heard = first.to_vec();
    while let Some(bytes) = answer.chunk().await.unwrap() {
        heard.extend_from_slice(&bytes);
    }
    let heard = loqui_core::audio::decode_speech(&heard).unwrap().seconds();

    let body = json!({"sample_id": sample, "script_text": &text});
    let created = user.post("/api/generation/create", &body).await.accepted(201);
    let path = format!("/api/generation/{}/audio", created["audio_id"]);
    for format in ["wav", "opus", "pcm"] {
        let answer = Answer::of(user.request(Method::GET, &format!("{path}?format={format}"))).await;
        assert_eq!(answer.status, 200);
        let seconds = if format == "pcm" {
            answer.body.len() as f64 / 48_000.0
        } else {
            loqui_core::audio::decode_speech(&answer.body).unwrap().seconds()
        };
        assert!((seconds - heard).abs() < 0.5, "{format}: {seconds} s, not {heard} s");
    }
    let answer = Answer::of(user.request(Method::GET, &format!("{path}?format=midi"))).await;
    assert_eq!(answer.refused(422)["detail"][0]["loc"], json!(["query", "format"]));
    assert_eq!(server.get(&path).await.refused(401)["error"]["type"], "authentication");
}

#[tokio::test(flavor = "multi_thread")]
async fn openai_routes_respond_in_its_shapes() {
    let emulator = Emulator::start().await.unwrap();
    let server = Start::at(&emulator).start().await;
    let user = server.demo().await;
    let sample = user.voice().await;
    let speak = |voice: Value, format: &'static str| {
        let body = json!({"model": "tts-1", "voice": voice, "input": "Hello there.", "response_format": format});
        Answer::of(user.request(Method::POST, "/v1/audio/speech").json(&body))
    };
    let wav = speak("My Voice".into(), "wav").await;
    assert_eq!(
        (wav.status.as_u16(), &wav.headers["content-type"]),
        (200, &"audio/wav".parse().unwrap())
    );
    let length = hound::WavReader::new(wav.body.as_slice()).unwrap().duration() as usize;
    let pcm = speak(sample.to_string().into(), "pcm").await;
    assert_eq!(pcm.status, 200);
    assert!(pcm.body.len() > 12_000 && pcm.body.len() % 2 == 0);
    assert!(length > 6_000);
    for (format, kind, start) in [
        ("mp3", "audio/mpeg", &b"ID3"[..]),
        ("opus", "audio/ogg; codecs=opus", b"OggS"),
        ("flac", "audio/flac", b"fLaC"),
    ] {
        let answer = speak("My Voice".into(), format).await;
        assert_eq!(
            (answer.status.as_u16(), &answer.headers["content-type"]),
            (200, &kind.parse().unwrap())
        );
        assert!(answer.body.starts_with(start), "{format}");
        let clip = loqui_core::audio::decode_speech(&answer.body).unwrap();
        assert!(
            (clip.seconds() - length as f64 / 24_000.0).abs() < 0.15,
            "{format}: {} s",
            clip.seconds()
        );
    }
    let aac = speak("My Voice".into(), "aac").await.refused(400);
    assert_eq!(aac["detail"][0]["loc"], json!(["body", "response_format"]));
    assert_eq!(aac["error"]["param"], "response_format");
    let nobody = speak("nobody".into(), "wav").await.refused(404);
    assert_eq!(nobody["error"]["code"], "sample.not_found");
    let voices = user.get("/v1/audio/voices").await.accepted(200);
    assert_eq!(
        (&voices["object"], &voices["data"][0]["name"]),
        (&"list".into(), &"My Voice".into())
    );
    assert_eq!(
        voices["voices"],
        json!([{"id": sample.to_string(), "name": "My Voice"}])
    );
    let models = user.get("/v1/models").await.accepted(200);
    assert_eq!(models["data"][0]["id"], "resemble-ai/chatterbox");
    assert!(models["data"].as_array().unwrap().len() >= 3);
    assert_eq!(
        server.get("/v1/models").await.refused(401)["error"]["type"],
        "authentication"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn openai_speech_has_events_tempo_and_warnings() {
    let emulator = Emulator::start().await.unwrap();
    let server = Start::at(&emulator).start().await;
    let user = server.demo().await;
    user.voice().await;
    let speak = |more: Value| {
        let mut body = json!({"model": "gpt-4o-mini-tts-2025-12-15", "voice": "My Voice", "input": "Hello there.",
            "response_format": "pcm", "seed": 5});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        Answer::of(user.request(Method::POST, "/v1/audio/speech").json(&body))
    };
    let plain = speak(json!({})).await;
    assert_eq!(plain.status, 200);
    assert!(!plain.headers.contains_key("x-loqui-warning"));
    assert_eq!(emulator.ledger().creates[0].model, "resemble-ai/chatterbox");

    let events = speak(json!({"stream_format": "sse"})).await;
    assert_eq!(events.headers["content-type"], "text/event-stream");
    let text = String::from_utf8(events.body).unwrap();
    let events: Vec<Value> = text
        .split("\n\n")
        .filter_map(|event| event.strip_prefix("data: "))
        .map(|data| serde_json::from_str(data).unwrap())
        .collect();
    let (done, deltas) = events.split_last().unwrap();
    assert_eq!(
        (&done["type"], &done["usage"]["input_tokens"]),
        (&json!("speech.audio.done"), &json!(12))
    );
    let audio: Vec<u8> = deltas
        .iter()
        .inspect(|event| assert_eq!(event["type"], "speech.audio.delta"))
        .flat_map(|event| BASE64_STANDARD.decode(event["audio"].as_str().unwrap()).unwrap())
        .collect();
    assert_eq!(audio.len(), plain.body.len());

    let fast = speak(json!({"speed": 2.0})).await;
    assert!((fast.body.len() as f64 * 2.0 / plain.body.len() as f64 - 1.0).abs() < 0.01);
    let told = speak(json!({"instructions": "Whisper."})).await;
    assert_eq!(told.headers["x-loqui-warning"], "instructions has no effect");
    for (field, value) in [
        ("speed", json!(9)),
        ("stream_format", json!("midi")),
        ("input", json!("")),
        ("temperature", json!("hot")),
    ] {
        let refused = speak(json!({field: value})).await.refused(400);
        assert_eq!(refused["error"]["param"], field, "{refused}");
    }
    // The guide's routes keep status 422.
    user.post("/api/generation/create", &json!({})).await.refused(422);
}

#[tokio::test(flavor = "multi_thread")]
async fn openai_models_and_voices_are_shown_added_and_deleted() {
    let emulator = Emulator::start().await.unwrap();
    let server = Start::at(&emulator).start().await;
    let user = server.demo().await;
    for id in [
        "tts-1",
        "gpt-4o-mini-tts-2025-12-15",
        "resemble-ai/chatterbox",
        "resemble-ai%2Fchatterbox",
        "chatterbox-turbo",
    ] {
        let model = user.get(&format!("/v1/models/{id}")).await.accepted(200);
        assert_eq!(model["id"], id.replace("%2F", "/"));
    }
    assert_eq!(
        user.get("/v1/models/gpt-9").await.refused(404)["error"]["code"],
        "model.unknown"
    );
    let form = |name: &'static str| {
        let recording = reqwest::multipart::Part::bytes(heart()).file_name("me.wav");
        reqwest::multipart::Form::new()
            .text("name", name)
            .text("consent", "I am the speaker")
            .part("audio_sample", recording)
    };
    let mut ids = Vec::new();
    for _ in 0..2 {
        // Names may repeat; ids are unique.
        let request = user.request(Method::POST, "/v1/audio/voices").multipart(form("Anna"));
        let voice = Answer::of(request).await.accepted(200);
        assert_eq!(
            (&voice["object"], &voice["name"]),
            (&json!("audio.voice"), &json!("Anna"))
        );
        ids.push(voice["id"].as_str().unwrap().to_owned());
    }
    assert_ne!(ids[0], ids[1]);
    assert_eq!(
        user.get(&format!("/v1/audio/voices/{}", ids[0])).await.accepted(200)["id"],
        ids[0]
    );
    let deleted = user.delete(&format!("/v1/audio/voices/{}", ids[0])).await.accepted(200);
    assert_eq!(deleted["deleted"], true);
    let unnamed = reqwest::multipart::Form::new().text("consent", "yes");
    let request = user.request(Method::POST, "/v1/audio/voices").multipart(unnamed);
    assert_eq!(Answer::of(request).await.refused(400)["error"]["param"], "name");
}

/// The requests that Open WebUI sends: lists without a key, and speech with a voice id.
#[tokio::test(flavor = "multi_thread")]
async fn open_webui_lists_voices_without_a_key_if_the_operator_allows_it() {
    let emulator = Emulator::start().await.unwrap();
    let closed = Start::at(&emulator).start().await;
    closed.get("/v1/audio/voices").await.refused(401);
    closed.get("/v1/audio/models").await.refused(401);
    let server = Start::at(&emulator)
        .with(&["--public-voices-of", "testuser"])
        .start()
        .await;
    let user = server.demo().await;
    let sample = user.voice().await;
    let voices = server.get("/v1/audio/voices").await.accepted(200);
    assert_eq!(
        voices["voices"][0],
        json!({"id": sample.to_string(), "name": "My Voice"})
    );
    let models = server.get("/v1/audio/models").await.accepted(200);
    assert_eq!(models["models"][0]["id"], "resemble-ai/chatterbox");
    // Only lists are public.
    let body = json!({"model": "tts-1", "input": "Hello.", "voice": sample.to_string()});
    server.post("/v1/audio/speech", &body).await.refused(401);
    server.get(&format!("/v1/audio/voices/{sample}")).await.refused(401);
    let wrong = server.request(Method::GET, "/v1/audio/voices").bearer_auth("wrong");
    Answer::of(wrong).await.refused(401);
    let spoken = Answer::of(user.request(Method::POST, "/v1/audio/speech").json(&body)).await;
    assert_eq!(
        (spoken.status.as_u16(), &spoken.headers["content-type"]),
        (200, &"audio/mpeg".parse().unwrap())
    );
}
