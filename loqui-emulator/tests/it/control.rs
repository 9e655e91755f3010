//! Control over HTTP, start and stop.

use loqui_emulator::{Emulator, Fault, Settings};
use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::support::{Bench, answer};

#[tokio::test]
async fn emulator_is_controlled_over_http() {
    let bench = Bench::start().await;
    let rules =
        json!([{"fault": "create_throttled", "value": 3, "times": 2}, {"fault": "null_output", "times": "always"}]);
    let (status, armed) = answer(bench.control(Method::POST, "faults").json(&rules)).await;
    assert_eq!((status, armed.as_array().unwrap().len()), (StatusCode::OK, 2));
    assert_eq!(
        answer(bench.create(&json!({"prompt": "Hi"}))).await.0,
        StatusCode::TOO_MANY_REQUESTS
    );
    let (_, armed) = answer(bench.control(Method::GET, "faults")).await;
    assert_eq!(armed[0]["times"], 1);
    assert_eq!(
        answer(bench.control(Method::DELETE, "faults")).await.0,
        StatusCode::NO_CONTENT
    );

    bench.created(&json!({"prompt": "Four"})).await;
    let advance = bench.control(Method::POST, "advance").json(&json!({"seconds": 3}));
    assert_eq!(answer(advance).await.0, StatusCode::NO_CONTENT);
    let (_, ledger) = answer(bench.control(Method::GET, "ledger")).await;
    assert_eq!(
        (&ledger["paid_runs"], &ledger["billed_characters"]),
        (&json!(1), &json!(4))
    );
    assert_eq!(ledger["creates"][0]["status"], "succeeded");
    assert_eq!(ledger["faults"], json!({"create_throttled": 1}));

    assert_eq!(
        answer(bench.control(Method::POST, "reset")).await.0,
        StatusCode::NO_CONTENT
    );
    let ledger = bench.emulator.ledger();
    assert!(ledger.creates.is_empty() && ledger.faults.is_empty() && ledger.requests == 0);
    bench.created(&json!({"prompt": "Hi"})).await;
}

#[tokio::test]
async fn invalid_control_requests_are_refused() {
    let bench = Bench::start().await;
    for (path, body) in [
        ("faults", json!([{"fault": "nothing"}])),
        ("faults", json!({"fault": "null_output"})),
        ("advance", json!({"seconds": -1})),
        ("advance", json!({})),
    ] {
        let (status, problem) = answer(bench.control(Method::POST, path).json(&body)).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{path} {body}: {problem}");
    }
}

#[tokio::test]
async fn seed_determines_ids_and_token() {
    let first = Bench::start().await;
    let second = Bench::start().await;
    assert_eq!(first.emulator.token(), second.emulator.token());
    let hi = json!({"prompt": "Hi"});
    assert_eq!(first.created(&hi).await["id"], second.created(&hi).await["id"]);
    let random = Emulator::start().await.unwrap();
    assert_ne!(random.token(), first.emulator.token());
    assert_ne!(random.ledger().seed, first.emulator.ledger().seed);
}

#[tokio::test]
async fn shutdown_closes_the_port() {
    let bench = Bench::start().await;
    let address = bench
        .emulator
        .base_url()
        .trim_start_matches("http://")
        .trim_end_matches("/v1")
        .to_owned();
    bench.created(&json!({"prompt": "Hi"})).await;
    bench.emulator.shutdown().await;
    assert!(tokio::net::TcpStream::connect(&address).await.is_err());
    let again = Emulator::builder()
        .addr(address.parse().unwrap())
        .start()
        .await
        .unwrap();
    let taken = Emulator::builder()
        .addr(address.parse().unwrap())
        .start()
        .await
        .unwrap_err();
    assert!(taken.to_string().starts_with("cannot listen on 127.0.0.1:"), "{taken}");
    drop(again);
}

#[tokio::test]
async fn wait_returns_after_shutdown() {
    let emulator = Emulator::start().await.unwrap();
    let waited = tokio::time::timeout(std::time::Duration::from_millis(20), emulator.wait()).await;
    assert!(waited.is_err());
}

#[tokio::test]
async fn invalid_settings_and_tokens_are_refused() {
    let mut settings = Settings::default();
    settings.time_scale = -1.0;
    let error = Emulator::builder().settings(settings).start().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "setting time_scale must be a finite number from 0 up, got -1"
    );
    let error = Emulator::builder().token("r8_short").start().await.unwrap_err();
    assert!(!error.to_string().contains("short"));
    let token = format!("r8_{}", "a".repeat(37));
    let emulator = Emulator::builder().token(token.as_str()).start().await.unwrap();
    assert_eq!(emulator.token(), token);
}

#[tokio::test]
async fn faults_are_armed_while_the_emulator_runs() {
    let bench = Bench::start().await;
    bench.emulator.faults().always(Fault::NullOutput);
    assert!(bench.finished(&json!({"prompt": "Hi"})).await["output"].is_null());
    bench.emulator.faults().clear();
    assert!(bench.finished(&json!({"prompt": "Hi"})).await["output"].is_string());
    assert_eq!(bench.emulator.faults().fired()["null_output"], 1);
}
