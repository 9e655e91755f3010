use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use loqui_emulator::{Fault, Settings};
use sha2::Sha256;

use crate::clock::Clock as _;
use crate::error::Retry;
use crate::replicate::testing::{Bench, hello};
use crate::replicate::{PredictionFilter, Status, WaitOptions, webhooks};

#[tokio::test]
async fn reads_are_retried_after_temporary_errors() {
    for fault in [
        Fault::RequestStatus(500),
        Fault::RequestStatus(503),
        Fault::RequestHtml(502),
        Fault::RequestThrottled(2),
        Fault::RequestDropped,
    ] {
        let bench = Bench::start().await;
        let id = bench.run().await;
        bench.emulator.faults().times(fault.clone(), 3);
        let prediction = bench.client.prediction(&id).await;
        assert!(prediction.is_ok(), "{fault:?}: {prediction:?}");
        bench.emulator.faults().times(fault.clone(), 4);
        let error = bench.client.prediction(&id).await.unwrap_err();
        assert!(error.retryable(), "{fault:?}: {error:?}");
    }
}

#[tokio::test]
async fn number_of_retries_can_be_set() {
    for retries in [0, 1, 5] {
        let bench = Bench::with(Settings::default(), |builder| builder.max_retries(retries)).await;
        let id = bench.run().await;
        let before = bench.emulator.ledger().requests;
        bench.emulator.faults().times(Fault::RequestStatus(503), retries + 1);
        bench.client.prediction(&id).await.unwrap_err();
        assert_eq!(bench.emulator.ledger().requests - before, u64::from(retries) + 1);
    }
}

#[tokio::test]
async fn reads_are_not_retried_after_permanent_errors() {
    let bench = Bench::start().await;
    let id = bench.run().await;
    bench.emulator.faults().next(Fault::RequestUnauthorized);
    assert_eq!(
        bench.client.prediction(&id).await.unwrap_err().code(),
        "replicate.unauthorized"
    );
    let error = bench.client.prediction("aaaaaaaaaaaaaaaaaaaaaaaaaa").await.unwrap_err();
    assert_eq!(error.code(), "replicate.not_found");
    let before = bench.emulator.ledger().requests;
    assert!(bench.client.prediction("../account").await.is_err());
    assert_eq!(bench.emulator.ledger().requests, before);
}

#[tokio::test]
async fn failed_prediction_has_its_message_and_retry_advice() {
    for (fault, message, retry) in [
        (Fault::Interrupted, "code: PA", Retry::Later),
        (Fault::StartTimeout, "E6716", Retry::Later),
        (Fault::CudaError, "CUDA", Retry::After(Duration::from_secs(30))),
        (
            Fault::PredictionFails("index out of range".into()),
            "index out of range",
            Retry::Later,
        ),
        (
            Fault::PredictionFails("Input validation failed".into()),
            "validation",
            Retry::Never,
        ),
    ] {
        let bench = Bench::start().await;
        bench.emulator.faults().next(fault);
        let id = bench.run().await;
        let prediction = bench.client.prediction(&id).await.unwrap();
        let error = prediction.output_url().unwrap_err();
        assert_eq!(error.code(), "replicate.prediction_failed");
        assert!(error.to_string().contains(message), "{error}");
        assert_eq!(error.retry(), retry, "{message}");
        assert_eq!(error.request_id(), Some(id.as_str()));
    }
}

#[tokio::test]
async fn unknown_and_missing_fields_are_accepted() {
    for fault in [
        Fault::UnknownStatus,
        Fault::MissingOptionalFields,
        Fault::NanosecondDates,
    ] {
        let bench = Bench::start().await;
        bench.emulator.faults().next(fault.clone());
        let created = bench.client.create(&hello(7)).await.unwrap();
        let early = bench.client.prediction(&created.id).await.unwrap();
        if fault == Fault::UnknownStatus {
            assert_eq!(early.status, Status::Other("booting".into()));
        }
        bench.finish().await;
        let ended = bench.client.wait(&created.id, &WaitOptions::default()).await.unwrap();
        assert!(ended.output_url().is_ok(), "{fault:?}");
    }
}

#[tokio::test]
async fn deleted_output_is_reported_as_expired() {
    for fault in [Fault::NullOutput, Fault::DataRemoved] {
        let bench = Bench::start().await;
        bench.emulator.faults().next(fault);
        let id = bench.run().await;
        let prediction = bench.client.prediction(&id).await.unwrap();
        assert_eq!(prediction.output_url().unwrap_err().code(), "replicate.output_expired");
    }
}

#[tokio::test]
async fn prediction_that_never_starts_is_cancelled() {
    let bench = Bench::start().await;
    bench.emulator.faults().next(Fault::StuckInStarting);
    let id = bench.client.create(&hello(7)).await.unwrap().id;
    let error = bench.client.wait(&id, &WaitOptions::default()).await.unwrap_err();
    assert_eq!(error.code(), "replicate.timed_out");
    assert!(error.to_string().contains("start within 300 s"), "{error}");
    assert_eq!(bench.emulator.ledger().cancels, 1);
    assert_eq!(bench.client.prediction(&id).await.unwrap().status, Status::Aborted);
}

#[tokio::test]
async fn late_cancel_returns_the_successful_prediction() {
    let bench = Bench::start().await;
    let id = bench.run().await;
    let ended = bench.client.cancel(&id).await.unwrap();
    assert_eq!(ended.status, Status::Succeeded);
    assert!(ended.output_url().is_ok());
    bench.emulator.faults().next(Fault::CancelStatus(422));
    assert_eq!(bench.client.cancel(&id).await.unwrap().status, Status::Succeeded);
}

#[tokio::test]
async fn all_pages_of_a_list_are_read() {
    let mut settings = Settings::default();
    settings.page_size = 2;
    let bench = Bench::with(settings, |builder| builder).await;
    let mut created = Vec::new();
    for seed in 1..6 {
        created.push(bench.client.create(&hello(seed)).await.unwrap().id);
    }
    let mut listed = Vec::new();
    let mut page = Some(bench.client.list(&PredictionFilter::default()).await.unwrap());
    while let Some(current) = page {
        listed.extend(current.results.iter().map(|prediction| prediction.id.clone()));
        page = bench.client.next_page(&current).await.unwrap();
    }
    listed.reverse();
    assert_eq!(listed, created);
}

#[tokio::test]
async fn webhook_secret_verifies_signed_webhooks() {
    let bench = Bench::start().await;
    let secret = bench.client.webhook_secret().await.unwrap();
    let key = bench.emulator.webhook_secret();
    assert!(!format!("{secret:?}").contains(&key[6..]));

    let key = STANDARD.decode(&key[6..]).unwrap();
    let body = br#"{"id":"hdwst0bb05rgp0cf0p29mzk2am","status":"succeeded"}"#;
    let now = bench.clock.now();
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
    mac.update(format!("msg_1.{}.", now.as_second()).as_bytes());
    mac.update(body);
    let headers = [
        ("webhook-id", "msg_1".to_owned()),
        ("webhook-timestamp", now.as_second().to_string()),
        (
            "webhook-signature",
            format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())),
        ),
    ];
    let delivery = webhooks::open(&secret, headers, body, now).unwrap();
    assert_eq!(
        (delivery.id.as_str(), delivery.prediction.status),
        ("msg_1", Status::Succeeded)
    );
}
