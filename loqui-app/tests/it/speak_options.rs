//! Every HTTP route that creates a generation takes every speak option.

use loqui_core::options::{OptionInfo, describe};
use loqui_emulator::{Emulator, Settings};
use serde_json::{Value, json};

use crate::server::{Start, User};

const TEXT: &str = "The first part is long enough to stand alone, and so is every other one of them.\n\n";

/// The two routes, and the fields they require.
fn routes(sample: i64, text: &str) -> [(&'static str, Value); 2] {
    [
        (
            "/api/generation/create",
            json!({"sample_id": sample, "script_text": text}),
        ),
        (
            "/v1/audio/speech",
            json!({"voice": "My Voice", "input": text, "response_format": "wav"}),
        ),
    ]
}

fn with(body: &Value, options: &Value) -> Value {
    let mut body = body.clone();
    let fields = options.as_object().unwrap().clone();
    body.as_object_mut().unwrap().extend(fields);
    body
}

/// Creates a generation and waits for its end. The response of the speech route itself waits.
async fn ended(user: &User<'_>, path: &str, body: &Value) {
    let answer = user.post(path, body).await;
    if path.ends_with("/create") {
        user.ended(answer.accepted(201)["audio_id"].as_i64().unwrap()).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_create_route_takes_limits() {
    let mut settings = Settings::default();
    settings.run = std::time::Duration::ZERO;
    let emulator = Emulator::builder().settings(settings).start().await.unwrap();
    let server = Start::at(&emulator).start().await;
    let user = server.demo().await;
    let sample = user.voice().await;
    let text = TEXT.repeat(2);

    emulator.faults().add("prediction_fails*always".parse().unwrap());
    for (number, (path, body)) in routes(sample, "One sentence.").into_iter().enumerate() {
        ended(&user, path, &with(&body, &json!({"max_takes": 1}))).await;
        assert_eq!(
            emulator.ledger().creates.len(),
            number + 1,
            "{path}: one take of one segment"
        );
    }
    emulator.faults().clear();

    emulator.faults().add("stuck_in_processing*always".parse().unwrap());
    for (path, body) in routes(sample, "Another sentence.") {
        let late = user.post(path, &with(&body, &json!({"deadline": 0.3}))).await;
        if path.ends_with("/create") {
            let status = user.ended(late.accepted(201)["audio_id"].as_i64().unwrap()).await;
            assert_eq!(status["status"], "FAILED");
        } else {
            let error = late.json();
            assert_eq!(error["error"]["code"], "generation.deadline");
        }
    }
    emulator.faults().clear();

    for (path, body) in routes(sample, &text) {
        ended(&user, path, &body).await;
        let paid = emulator.ledger().paid_runs();
        ended(&user, path, &with(&body, &json!({"reuse": true}))).await;
        assert_eq!(
            emulator.ledger().paid_runs(),
            paid,
            "{path}: reused segments cost nothing"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_fields_are_ignored_and_unusable_options_are_named() {
    let server = Start::offline().start().await;
    let user = server.demo().await;
    let sample = user.voice().await;
    for (path, body) in routes(sample, "One sentence.") {
        let answer = user
            .post(path, &with(&body, &json!({"stream_format": "sse", "volume": 11})))
            .await;
        assert!(answer.status.is_success(), "{path}: {answer:?}");
        // OpenAI's clients expect status 400.
        let status = if path.starts_with("/v1/audio/") { 400 } else { 422 };
        for (option, value) in [
            ("seed", json!("7")),
            ("exaggeration", json!("much")),
            ("deadline", json!(-1)),
            ("max_takes", json!(1.5)),
        ] {
            let refused = user
                .post(path, &with(&body, &json!({ option: value })))
                .await
                .refused(status);
            assert_eq!(refused["detail"][0]["loc"], json!(["body", option]), "{path}");
        }
        let mut incomplete = body.clone();
        let required = if path.ends_with("/create") {
            "script_text"
        } else {
            "input"
        };
        incomplete.as_object_mut().unwrap().remove(required);
        let refused = user.post(path, &incomplete).await.refused(status);
        assert_eq!(refused["detail"][0]["loc"], json!(["body", required]), "{path}");
        assert_eq!(refused["detail"][0]["type"], "missing", "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_openapi_document_lists_every_option_of_every_create_route() {
    let server = Start::offline().start().await;
    let document = server.get("/openapi.json").await.accepted(200);
    for (path, _) in routes(1, "") {
        let body = &document["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"];
        let name = body["$ref"].as_str().and_then(|reference| reference.rsplit('/').next());
        let schema = name.map_or(body, |name| &document["components"]["schemas"][name]);
        for option in describe().iter().filter(|option| OptionInfo::is_speak_option(option)) {
            let listed = &schema["properties"][option.name];
            assert_eq!(
                listed["description"], option.schema["description"],
                "{path}: {}",
                option.name
            );
        }
    }
}
