//! Request limits and their headers.

use loqui_emulator::{RetryHint, Settings};
use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::support::{Bench, answer, frozen, send};

#[tokio::test]
async fn creates_and_other_requests_have_separate_limits() {
    let bench = Bench::start().await;
    for left in ["599", "598"] {
        let response = send(bench.create(&json!({"prompt": "Hi"}))).await;
        assert_eq!(response.headers()["ratelimit-remaining"], left);
        assert_eq!(response.headers()["ratelimit-reset"], "1");
    }
    let response = send(bench.call(Method::GET, "/account")).await;
    assert_eq!(response.headers()["ratelimit-remaining"], "2999");
}

#[tokio::test]
async fn low_credit_allows_one_create_at_a_time() {
    let mut settings = frozen();
    settings.limits.low_credit = true;
    let bench = Bench::with(settings).await;
    bench.created(&json!({"prompt": "Hi"})).await;
    let (status, problem) = answer(bench.create(&json!({"prompt": "Hi"}))).await;
    assert_eq!(status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(problem["retry_after"], 10);
    assert_eq!(
        problem["detail"],
        "Request was throttled. Your rate limit for creating predictions is reduced to 6 requests per minute with a burst of 1 requests while you have less than $5.0 in credit. Your rate limit resets in ~10s."
    );
    bench.seconds(10).await;
    bench.created(&json!({"prompt": "Hi"})).await;
    assert_eq!(bench.emulator.ledger().refused_creates["429"], 1);
}

#[tokio::test]
async fn delay_can_be_stated_in_a_header() {
    for (hint, header) in [
        (RetryHint::Header, true),
        (RetryHint::Date, true),
        (RetryHint::Sentence, false),
    ] {
        let mut settings = Settings::default();
        settings.time_scale = 0.0;
        settings.limits.others_per_minute = 1;
        settings.retry_hint = hint;
        let bench = Bench::with(settings).await;
        assert_eq!(answer(bench.call(Method::GET, "/account")).await.0, StatusCode::OK);
        let response = send(bench.call(Method::GET, "/account")).await;
        assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(response.headers().contains_key("retry-after"), header, "{hint:?}");
        let problem: serde_json::Value = response.json().await.unwrap();
        assert!(problem.get("retry_after").is_none());
        assert_eq!(
            problem["detail"],
            "Request was throttled. Your rate limit resets in ~60s."
        );
    }
}
