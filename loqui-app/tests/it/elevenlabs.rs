//! Routes for ElevenLabs' clients.

mod sockets;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use loqui_core::audio::{Limits, decode};
use loqui_emulator::Emulator;
use reqwest::multipart::{Form, Part};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::server::{Answer, Server, Start, bytes, heart};

/// A client with an API key.
struct Client<'a> {
    server: &'a Server,
    key: String,
}

impl<'a> Client<'a> {
    async fn of(server: &'a Server) -> Self {
        let user = server.demo().await;
        let made = user.post("/api/auth/keys", &json!({"name": "sdk"})).await.accepted(201);
        Self {
            server,
            key: made["key"].as_str().unwrap().to_owned(),
        }
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.server.request(method, path).header("xi-api-key", &self.key)
    }

    async fn get(&self, path: &str) -> Answer {
        Answer::of(self.request(Method::GET, path)).await
    }

    async fn post(&self, path: &str, body: &Value) -> Answer {
        Answer::of(self.request(Method::POST, path).json(body)).await
    }

    async fn add(&self, form: Form) -> Answer {
        Answer::of(self.request(Method::POST, "/v1/voices/add").multipart(form)).await
    }

    /// Adds a voice from a good recording, and returns its id.
    async fn voice(&self, name: &str) -> String {
        let form = Form::new()
            .text("name", name.to_owned())
            .part("files", file(heart(), "heart.wav"));
        let added = self.add(form).await.accepted(200);
        added["voice_id"].as_str().unwrap().to_owned()
    }
}

fn file(bytes: Vec<u8>, name: &str) -> Part {
    Part::bytes(bytes).file_name(name.to_owned())
}

/// Reads a prediction from the emulator.
async fn prediction(emulator: &Emulator, id: &str) -> Value {
    let url = format!("{}/predictions/{id}", emulator.base_url());
    let request = crate::server::client().get(url).bearer_auth(emulator.token());
    Answer::of(request).await.accepted(200)
}

/// Checks the shape of an alignment, and returns its text and its end.
fn aligned(alignment: &Value) -> (String, f64) {
    let texts: Vec<&str> = alignment["characters"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it.as_str().unwrap())
        .collect();
    let times = |name: &str| -> Vec<f64> {
        let times = alignment[name].as_array().unwrap();
        times.iter().map(|time| time.as_f64().unwrap()).collect()
    };
    let (starts, ends) = (
        times("character_start_times_seconds"),
        times("character_end_times_seconds"),
    );
    assert_eq!((texts.len(), texts.len()), (starts.len(), ends.len()));
    assert!(starts.iter().zip(&ends).all(|(start, end)| start <= end), "{alignment}");
    assert!(
        ends.iter().zip(starts.iter().skip(1)).all(|(end, next)| end <= next),
        "{alignment}"
    );
    (texts.concat(), ends.last().copied().unwrap_or_default())
}

#[tokio::test(flavor = "multi_thread")]
async fn voices_are_added_listed_edited_and_deleted() {
    let server = Start::offline().start().await;
    let client = Client::of(&server).await;
    let one = client.voice("Anna").await;
    let form = Form::new()
        .text("name", "Bert")
        .text("description", "A calm voice")
        .text("labels", r#"{"accent": "british"}"#)
        .text("remove_background_noise", "true")
        .part("files", file(heart(), "one.wav"))
        .part("files", file(bytes("voices/heart.mp3"), "two.mp3"));
    let added = client.add(form).await;
    assert!(added.headers.get("x-loqui-warning").is_none(), "{:?}", added.headers);
    let two = added.accepted(200)["voice_id"].as_str().unwrap().to_owned();

    let all = client.get("/v1/voices").await.accepted(200);
    let names: Vec<&Value> = all["voices"]
        .as_array()
        .unwrap()
        .iter()
        .map(|voice| &voice["name"])
        .collect();
    assert_eq!(names, ["Bert", "Anna"]);
    let page = client.get("/v2/voices?page_size=1").await.accepted(200);
    assert_eq!((&page["has_more"], &page["total_count"]), (&json!(true), &json!(2)));
    let token = page["next_page_token"].as_str().unwrap();
    let last = client
        .get(&format!("/v2/voices?page_size=1&next_page_token={token}"))
        .await
        .accepted(200);
    assert_eq!(
        (&last["voices"][0]["voice_id"], &last["has_more"]),
        (&json!(one), &json!(false))
    );
    let found = client.get("/v2/voices?search=BRITISH").await.accepted(200);
    assert_eq!(
        (&found["total_count"], &found["voices"][0]["voice_id"]),
        (&json!(1), &json!(two))
    );

    let path = format!("/v1/voices/{two}");
    let form = Form::new().text("name", "Bertram").text("labels", r#"{"age": "old"}"#);
    Answer::of(client.request(Method::POST, &format!("{path}/edit")).multipart(form))
        .await
        .accepted(200);
    let voice = client.get(&path).await.accepted(200);
    assert_eq!(voice["labels"], json!({"age": "old"}));
    assert_eq!(
        (&voice["name"], &voice["description"]),
        (&json!("Bertram"), &json!("A calm voice"))
    );
    let seconds = voice["samples"][0]["duration_secs"].as_f64().unwrap();
    // The best stretches of both make the reference.
    assert!(seconds > 14.0, "{seconds} s of two recordings of 14 s");

    let settings = client.get(&format!("{path}/settings")).await.accepted(200);
    assert_eq!(settings, client.get("/v1/voices/settings/default").await.accepted(200));
    let edited = json!({"stability": 0.9, "speed": 1.2});
    client
        .post(&format!("{path}/settings/edit"), &edited)
        .await
        .accepted(200);
    let settings = client.get(&format!("{path}/settings")).await.accepted(200);
    assert_eq!(
        (&settings["stability"], &settings["speed"], &settings["style"]),
        (&json!(0.9), &json!(1.2), &json!(0.0))
    );
    let refused = client
        .post(&format!("{path}/settings/edit"), &json!({"style": 7}))
        .await
        .refused(422);
    assert_eq!(refused["detail"][0]["loc"], json!(["body", "settings", "style"]));

    let original = client.get(&format!("/v1/voices/{one}/samples/{one}/audio")).await;
    assert_eq!((original.status.as_u16(), original.body), (200, heart()));

    let other = server.other("other").await;
    let foreign = Answer::of(server.request(Method::GET, &path).header("xi-api-key", &other.token))
        .await
        .refused(404);
    assert_eq!(foreign["detail"]["status"], "voice_not_found");
    let deleted = Answer::of(client.request(Method::DELETE, &path)).await.accepted(200);
    assert_eq!(deleted, json!({"status": "ok"}));
    assert_eq!(
        client.get(&path).await.refused(404)["detail"]["status"],
        "voice_not_found"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn every_output_format_has_the_same_speech() {
    let emulator = Emulator::start().await.unwrap();
    let server = Start::at(&emulator).start().await;
    let client = Client::of(&server).await;
    let voice = client.voice("Anna").await;
    let body = json!({"text": "Hello there, my friend.", "model_id": "eleven_flash_v2_5", "seed": 7});
    let speak = |format: &str| {
        let path = format!("/v1/text-to-speech/{voice}?output_format={format}");
        let (client, body) = (&client, &body);
        async move { client.post(&path, body).await }
    };
    let reference = speak("pcm_24000").await;
    assert_eq!(reference.status, 200);
    let seconds = reference.body.len() as f64 / 48_000.0;
    assert!(seconds > 0.5, "{seconds}");
    for (format, media_type) in [
        ("mp3_22050_32", "audio/mpeg"),
        ("mp3_44100_128", "audio/mpeg"),
        ("opus_48000_64", "audio/ogg; codecs=opus"),
        ("wav_8000", "audio/wav"),
        ("wav_44100", "audio/wav"),
        ("pcm_8000", "audio/pcm"),
        ("pcm_48000", "audio/pcm"),
        ("ulaw_8000", "audio/basic"),
        ("alaw_8000", "audio/x-alaw-basic"),
    ] {
        let answer = speak(format).await;
        assert_eq!(
            (answer.status.as_u16(), &answer.headers["content-type"]),
            (200, &media_type.parse().unwrap())
        );
        let mut parts = format.split('_');
        let (codec, rate) = (parts.next().unwrap(), parts.next().unwrap().parse::<f64>().unwrap());
        let length = match codec {
            "pcm" => answer.body.len() as f64 / rate / 2.0,
            "ulaw" | "alaw" => answer.body.len() as f64 / rate,
            _ => decode(&answer.body, &Limits::default()).unwrap().mono().seconds(),
        };
        assert!((length - seconds).abs() < 0.15, "{format}: {length} s, not {seconds} s");
    }
    let refused = speak("mp3_44100_33").await.refused(422);
    assert_eq!(refused["detail"][0]["loc"], json!(["query", "output_format"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_reach_the_model_and_the_rest_is_reported() {
    let emulator = Emulator::start().await.unwrap();
    let server = Start::at(&emulator).start().await;
    let client = Client::of(&server).await;
    let voice = client.voice("Anna").await;
    let path = format!("/v1/text-to-speech/{voice}?output_format=pcm_24000&optimize_streaming_latency=3");
    let body = json!({
        "text": "Hello there.", "model_id": "eleven_multilingual_v2", "language_code": "de", "seed": 0,
        "voice_settings": {"stability": 1.0, "similarity_boost": 0.75, "style": 0.5, "use_speaker_boost": true},
        "previous_text": "Before.", "apply_text_normalization": "auto", "next_text": null
    });
    let answer = client.post(&path, &body).await;
    assert_eq!(answer.status, 200);
    let warnings: Vec<&str> = answer
        .headers
        .get_all("x-loqui-warning")
        .iter()
        .map(|value| value.to_str().unwrap())
        .collect();
    for field in [
        "apply_text_normalization",
        "previous_text",
        "optimize_streaming_latency",
        "voice_settings.use_speaker_boost",
    ] {
        assert!(
            warnings.contains(&format!("{field} has no effect").as_str()),
            "{field}: {warnings:?}"
        );
    }
    assert_eq!(warnings.len(), 4, "{warnings:?}");
    assert_eq!(answer.headers["character-cost"], "12");
    let create = emulator.ledger().creates[0].clone();
    assert_eq!(create.model, "resemble-ai/chatterbox-multilingual", "{create:?}");
    let input = &prediction(&emulator, &create.prediction).await["input"];
    assert_eq!(
        (
            &input["temperature"],
            &input["cfg_weight"],
            &input["exaggeration"],
            &input["language"]
        ),
        (&json!(0.4), &json!(0.5), &json!(0.75), &json!("de"))
    );
    // The tempo of a request.
    let fast = json!({"text": "Hello there.", "seed": 5, "voice_settings": {"speed": 2.0}});
    let usual = json!({"text": "Hello there.", "seed": 5});
    let plain = format!("/v1/text-to-speech/{voice}?output_format=pcm_24000");
    let (fast, usual) = (client.post(&plain, &fast).await, client.post(&plain, &usual).await);
    assert!((fast.body.len() as f64 * 2.0 / usual.body.len() as f64 - 1.0).abs() < 0.01);
    assert_eq!(emulator.ledger().creates[1].model, "resemble-ai/chatterbox");
}

#[tokio::test(flavor = "multi_thread")]
async fn times_cover_the_text_and_the_speech() {
    let server = Start::offline().start().await;
    let client = Client::of(&server).await;
    let voice = client.voice("Anna").await;
    let text = "It costs $5 today.\n\nThat is all, my friend.";
    let body = json!({"text": text, "seed": 3});
    let path = format!("/v1/text-to-speech/{voice}");
    let answer = client
        .post(&format!("{path}/with-timestamps?output_format=pcm_16000"), &body)
        .await
        .accepted(200);
    let audio = BASE64_STANDARD
        .decode(answer["audio_base64"].as_str().unwrap())
        .unwrap();
    let seconds = audio.len() as f64 / 32_000.0;
    let (characters, end) = aligned(&answer["alignment"]);
    assert_eq!(characters, text);
    assert!((seconds - end).abs() < 0.3, "{end} of {seconds} s");
    let (spoken, _) = aligned(&answer["normalized_alignment"]);
    assert!(spoken.contains("five dollars"), "{spoken}");

    let answer = client
        .post(&format!("{path}/stream/with-timestamps?output_format=pcm_16000"), &body)
        .await;
    assert_eq!(answer.status, 200);
    let lines: Vec<Value> = answer
        .body
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(|line| serde_json::from_slice(line).unwrap())
        .collect();
    assert!(lines.len() >= 2, "one message for each segment: {}", lines.len());
    let (mut streamed, mut bytes, mut last) = (String::new(), 0, 0.0);
    for line in &lines {
        bytes += BASE64_STANDARD
            .decode(line["audio_base64"].as_str().unwrap())
            .unwrap()
            .len();
        if !line["alignment"].is_null() {
            let (characters, end) = aligned(&line["alignment"]);
            assert!(end >= last, "times are of the whole stream");
            last = end;
            streamed.push_str(&characters);
        }
    }
    assert_eq!(streamed, text);
    assert!((bytes as f64 / 32_000.0 - last).abs() < 0.3, "{last}");
}

#[tokio::test(flavor = "multi_thread")]
async fn dialogue_is_spoken_by_several_voices() {
    let emulator = Emulator::start().await.unwrap();
    let server = Start::at(&emulator).start().await;
    let client = Client::of(&server).await;
    let (anna, bert) = (client.voice("Anna").await, client.voice("Bert").await);
    let body = json!({"inputs": [
        {"text": "Knock knock.", "voice_id": anna},
        {"text": "Who is there?", "voice_id": bert},
    ]});
    let whole = client.post("/v1/text-to-dialogue?output_format=wav_24000", &body).await;
    assert_eq!(whole.status, 200);
    let seconds = decode(&whole.body, &Limits::default()).unwrap().mono().seconds();
    let streamed = client
        .post("/v1/text-to-dialogue/stream?output_format=pcm_24000", &body)
        .await;
    assert!((streamed.body.len() as f64 / 48_000.0 - seconds).abs() < 0.5);
    let timed = client
        .post("/v1/text-to-dialogue/with-timestamps", &body)
        .await
        .accepted(200);
    assert_eq!(aligned(&timed["alignment"]).0, "Knock knock.Who is there?");
    let voices = timed["voice_segments"].as_array().unwrap();
    assert_eq!(
        (&voices[0]["voice_id"], &voices[1]["voice_id"]),
        (&json!(anna), &json!(bert))
    );
    assert_eq!(
        (&voices[1]["character_start_index"], &voices[1]["character_end_index"]),
        (&json!(12), &json!(25))
    );
    assert!(voices[1]["start_time_seconds"].as_f64() > voices[0]["end_time_seconds"].as_f64());
    let lines = client.post("/v1/text-to-dialogue/stream/with-timestamps", &body).await;
    assert_eq!(lines.status, 200);
    client
        .post("/v1/text-to-dialogue", &json!({"inputs": []}))
        .await
        .refused(422);
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_have_the_shape_of_elevenlabs() {
    let server = Start::offline().start().await;
    let client = Client::of(&server).await;
    let missing = client
        .post("/v1/text-to-speech/999", &json!({"text": "Hi."}))
        .await
        .refused(404);
    assert_eq!(missing["detail"]["status"], "voice_not_found");
    assert!(missing["detail"]["message"].as_str().unwrap().contains("999"));
    let nobody = Answer::of(
        server
            .request(Method::GET, "/v1/voices")
            .header("xi-api-key", "loqui_x"),
    )
    .await;
    assert_eq!(nobody.refused(401)["detail"]["status"], "invalid_api_key");
    let nobody = Answer::of(server.request(Method::GET, "/v1/models").header("xi-api-key", "x")).await;
    assert_eq!(nobody.refused(401)["detail"]["status"], "invalid_api_key");
    let voice = client.voice("Anna").await;
    let path = format!("/v1/text-to-speech/{voice}");
    let empty = client.post(&path, &json!({"text": " "})).await.refused(422);
    assert_eq!(empty["detail"][0]["loc"], json!(["body", "text"]));
    let missing = client.post(&path, &json!({"model_id": "x"})).await.refused(422);
    assert_eq!(missing["detail"][0]["type"], "missing");
    let model = client
        .post(&path, &json!({"text": "Hi.", "model_id": "gpt-9"}))
        .await
        .json();
    assert_eq!(model["detail"]["status"], "model_not_found");
    let unusable = Form::new()
        .text("name", "Text")
        .part("files", file(b"notes".to_vec(), "notes.txt"));
    let unusable = client.add(unusable).await.refused(400);
    assert_eq!(unusable["detail"]["status"], "sample_unreadable");
    client
        .add(Form::new().part("files", file(heart(), "a.wav")))
        .await
        .refused(422);
}

#[tokio::test(flavor = "multi_thread")]
async fn history_models_and_user_are_shown() {
    let emulator = Emulator::start().await.unwrap();
    let server = Start::at(&emulator).start().await;
    let client = Client::of(&server).await;
    let voice = client.voice("Anna").await;
    let mut ids = Vec::new();
    for text in ["The first one.", "The second one.", "The third one."] {
        let answer = client
            .post(&format!("/v1/text-to-speech/{voice}"), &json!({"text": text}))
            .await;
        assert_eq!(answer.status, 200);
        ids.push(answer.headers["history-item-id"].to_str().unwrap().to_owned());
    }
    let page = client.get("/v1/history?page_size=2").await.accepted(200);
    assert_eq!(
        (&page["has_more"], &page["last_history_item_id"]),
        (&json!(true), &json!(ids[1]))
    );
    let item = &page["history"][0];
    assert_eq!(
        (&item["text"], &item["voice_name"], &item["state"]),
        (&json!("The third one."), &json!("Anna"), &json!("created"))
    );
    let rest = client
        .get(&format!("/v1/history?start_after_history_item_id={}", ids[1]))
        .await
        .accepted(200);
    assert_eq!(
        (&rest["history"][0]["history_item_id"], &rest["has_more"]),
        (&json!(ids[0]), &json!(false))
    );
    let found = client.get("/v1/history?search=SECOND").await.accepted(200);
    assert_eq!(found["history"].as_array().unwrap().len(), 1);
    let path = format!("/v1/history/{}", ids[0]);
    assert_eq!(client.get(&path).await.accepted(200)["text"], "The first one.");
    let audio = client.get(&format!("{path}/audio")).await;
    assert_eq!(audio.headers["content-type"], "audio/mpeg");
    let part = Answer::of(
        client
            .request(Method::GET, &format!("{path}/audio"))
            .header("range", "bytes=10-19"),
    )
    .await;
    assert_eq!((part.status.as_u16(), part.body.as_slice()), (206, &audio.body[10..20]));
    Answer::of(client.request(Method::DELETE, &path)).await.accepted(200);
    assert_eq!(
        client.get(&path).await.refused(404)["detail"]["status"],
        "history_item_not_found"
    );

    let models = client.get("/v1/models").await.accepted(200);
    assert_eq!(models[0]["model_id"], "resemble-ai/chatterbox");
    assert!(models[0]["languages"].is_array());
    let user = client.get("/v1/user").await.accepted(200);
    let subscription = client.get("/v1/user/subscription").await.accepted(200);
    assert!(subscription["character_count"].as_i64().unwrap() > 30, "{subscription}");
    assert_eq!(user["subscription"]["character_count"], subscription["character_count"]);
}
