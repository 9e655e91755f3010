//! Lifecycle of predictions: times, waits, deadlines, cancels, retention.

use std::time::Duration;

use loqui_emulator::{Fault, Settings, Status, SyncStatus};
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};

use crate::support::{Bench, answer, frozen, prediction, send};

#[tokio::test]
async fn prediction_passes_through_its_statuses() {
    let bench = Bench::start().await;
    let id = bench.created(&json!({"prompt": "Hello, this is a test."})).await["id"].clone();
    assert_eq!(bench.read(&id).await["status"], "starting");
    bench.seconds(2).await;
    let running = bench.read(&id).await;
    assert_eq!(
        (&running["status"], &running["output"]),
        (&json!("processing"), &Value::Null)
    );
    assert!(running["logs"].as_str().unwrap().contains("\rSampling:"), "{running}");
    assert_eq!(running["metrics"], json!({}));
    bench.seconds(1).await;
    let done = bench.read(&id).await;
    assert_eq!(done["status"], "succeeded");
    assert!(
        done["output"]
            .as_str()
            .unwrap()
            .starts_with(bench.emulator.output_origin().as_str())
    );
    assert!(done["output"].as_str().unwrap().ends_with("/output.wav"));
    assert_eq!(done["metrics"]["predict_time"], 2.0);
    assert_eq!(
        done["created_at"].as_str().unwrap().len(),
        "2024-04-22T11:15:15.329000Z".len()
    );
    assert!(done["logs"].as_str().unwrap().len() > running["logs"].as_str().unwrap().len());
    let ledger = bench.emulator.ledger();
    assert_eq!(
        (ledger.paid_runs(), ledger.billed_characters(), ledger.polls),
        (1, 22, 3)
    );
}

#[tokio::test]
async fn prediction_completes_in_real_time() {
    let bench = Bench::with(Settings::default()).await;
    let request = bench.create(&json!({"prompt": "Hello!"})).header("prefer", "wait");
    let (status, done) = answer(request).await;
    assert_eq!((status, &done["status"]), (StatusCode::CREATED, &json!("processing")));
    assert_eq!(bench.read(&done["id"]).await["status"], "succeeded");
}

#[tokio::test]
async fn cold_boot_occurs_once_per_model() {
    let mut settings = frozen();
    settings.boot = Duration::from_mins(1);
    let bench = Bench::with(settings).await;
    let cold = bench.created(&json!({"prompt": "Hi"})).await["id"].clone();
    let warm = bench.created(&json!({"prompt": "Hi"})).await["id"].clone();
    bench.seconds(3).await;
    assert_eq!(bench.read(&cold).await["status"], "starting");
    assert_eq!(bench.read(&warm).await["status"], "succeeded");
}

/// Creates with `Prefer: wait=10` and advances the clock while the client waits.
async fn waited(bench: &Bench, seconds: u64) -> Response {
    let known = bench.emulator.ledger().creates.len();
    let request = bench.create(&json!({"prompt": "Hi"})).header("prefer", "wait=10");
    let (response, ()) = tokio::join!(send(request), async {
        while bench.emulator.ledger().creates.len() == known {
            tokio::task::yield_now().await;
        }
        bench.seconds(seconds).await;
    });
    assert_eq!(response.headers()["preference-applied"], "wait=10");
    response
}

#[tokio::test]
async fn create_with_wait_returns_the_output() {
    let bench = Bench::start().await;
    let response = waited(&bench, 3).await;
    assert_eq!(response.status(), StatusCode::CREATED);
    let early: Value = response.json().await.unwrap();
    assert_eq!(early["status"], "processing");
    assert!(early["output"].is_string());
    assert!(
        early.get("completed_at").is_none() && early.get("metrics").is_none(),
        "{early}"
    );

    let mut settings = frozen();
    settings.sync_status = SyncStatus::Terminal;
    let bench = Bench::with(settings).await;
    let done: Value = waited(&bench, 3).await.json().await.unwrap();
    assert_eq!(
        (&done["status"], done["output"].is_string()),
        (&json!("succeeded"), true)
    );
}

#[tokio::test]
async fn expired_wait_returns_202() {
    let bench = Bench::start().await;
    bench.emulator.faults().next(Fault::StuckInStarting);
    let response = waited(&bench, 10).await;
    assert_eq!(response.status(), StatusCode::ACCEPTED);
    let late: Value = response.json().await.unwrap();
    assert_eq!((&late["status"], late.get("output")), (&json!("starting"), None));
}

#[tokio::test]
async fn deadline_leads_to_aborted_or_canceled() {
    let bench = Bench::start().await;
    bench.emulator.faults().next(Fault::StuckInStarting);
    bench.emulator.faults().next(Fault::SlowRun(60_000));
    let mut ids = Vec::new();
    for _ in 0..2 {
        let request = bench.create(&json!({"prompt": "Hi"})).header("cancel-after", "30s");
        let (_, created) = answer(request).await;
        assert!(created["deadline"].is_string(), "{created}");
        ids.push(created["id"].clone());
    }
    bench.seconds(31).await;
    let aborted = bench.read(&ids[0]).await;
    assert_eq!(
        (&aborted["status"], &aborted["started_at"]),
        (&json!("aborted"), &Value::Null)
    );
    let canceled = bench.read(&ids[1]).await;
    assert_eq!(canceled["status"], "canceled");
    assert_eq!(canceled["metrics"]["predict_time"], 29.0);
    assert_eq!(bench.emulator.ledger().paid_runs(), 1);
}

#[tokio::test]
async fn cancel_of_an_ended_prediction_has_no_effect() {
    let bench = Bench::start().await;
    let cancel = |id: Value| answer(bench.call(Method::POST, &format!("{}/cancel", prediction(&id))));
    let waiting = bench.created(&json!({"prompt": "Hi"})).await["id"].clone();
    assert_eq!(cancel(waiting).await.1["status"], "aborted");

    let running = bench.created(&json!({"prompt": "Hi"})).await["id"].clone();
    bench.seconds(2).await;
    let (status, canceled) = cancel(running.clone()).await;
    assert_eq!((status, &canceled["status"]), (StatusCode::OK, &json!("canceled")));
    assert_eq!((&canceled["logs"], &canceled["output"]), (&Value::Null, &Value::Null));
    bench.seconds(60).await;
    assert_eq!(bench.read(&running).await["status"], "canceled");

    let done = bench.finished(&json!({"prompt": "Hi"})).await["id"].clone();
    assert_eq!(cancel(done).await.1["status"], "succeeded");
    assert_eq!(cancel(json!("nothing")).await.0, StatusCode::NOT_FOUND);
    assert_eq!(bench.emulator.ledger().cancels, 4);
}

#[tokio::test]
async fn cancel_faults_apply() {
    let bench = Bench::start().await;
    let faults = bench.emulator.faults();
    let cancel = |id: &Value| answer(bench.call(Method::POST, &format!("{}/cancel", prediction(id))));

    faults.next(Fault::CancelIgnored);
    let ignored = bench.created(&json!({"prompt": "Hi"})).await["id"].clone();
    assert_eq!(cancel(&ignored).await.1["status"], "starting");
    bench.seconds(3).await;
    assert_eq!(bench.read(&ignored).await["status"], "succeeded");

    faults.next(Fault::CancelLate(1500));
    let late = bench.created(&json!({"prompt": "Hi"})).await["id"].clone();
    assert_eq!(cancel(&late).await.1["status"], "starting");
    bench.seconds(1).await;
    assert_eq!(bench.read(&late).await["status"], "processing");
    bench.seconds(1).await;
    assert_eq!(bench.read(&late).await["status"], "canceled");

    faults.next(Fault::CancelStatus(409));
    assert_eq!(cancel(&late).await.0, StatusCode::CONFLICT);
}

#[tokio::test]
async fn data_is_removed_after_the_retention_time() {
    let bench = Bench::start().await;
    let done = bench.finished(&json!({"prompt": "Hi"})).await;
    bench.seconds(3599).await;
    assert_eq!(bench.read(&done["id"]).await["data_removed"], false);
    bench.seconds(1).await;
    let removed = bench.read(&done["id"]).await;
    assert_eq!(removed["status"], "succeeded");
    assert_eq!(removed["data_removed"], true);
    assert_eq!(
        (&removed["output"], &removed["input"], &removed["logs"]),
        (&Value::Null, &json!({}), &json!(""))
    );
    let file = send(bench.client.get(done["output"].as_str().unwrap())).await;
    assert_eq!(file.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn runs_end_at_the_time_limit() {
    let bench = Bench::start().await;
    bench.emulator.faults().next(Fault::StuckInProcessing);
    let id = bench.created(&json!({"prompt": "Hi"})).await["id"].clone();
    bench.seconds(1800).await;
    assert_eq!(bench.read(&id).await["status"], "processing");
    bench.seconds(1).await;
    let failed = bench.read(&id).await;
    assert_eq!(
        (&failed["status"], &failed["error"]),
        (&json!("failed"), &json!("Prediction timed out"))
    );
}

#[tokio::test]
async fn failed_runs_have_an_error_and_are_not_paid() {
    let bench = Bench::start().await;
    for (fault, error, started) in [
        (Fault::CudaError, "CUDA error: device-side assert triggered", true),
        (
            Fault::Interrupted,
            "Prediction interrupted; please retry (code: PA)",
            true,
        ),
        (
            Fault::StartTimeout,
            "Director: unexpected error handling prediction (E6716)",
            false,
        ),
        (
            Fault::PredictionFails("out of memory".to_owned()),
            "out of memory",
            true,
        ),
    ] {
        bench.emulator.faults().next(fault);
        let failed = bench.finished(&json!({"prompt": "Hi"})).await;
        assert_eq!((&failed["status"], &failed["error"]), (&json!("failed"), &json!(error)));
        assert_eq!(failed["started_at"].is_string(), started, "{failed}");
        assert_eq!(failed["output"], Value::Null);
    }
    let ledger = bench.emulator.ledger();
    assert_eq!(
        (ledger.creates.len(), ledger.paid_runs(), ledger.billed_characters()),
        (4, 0, 0)
    );
    assert!(ledger.creates.iter().all(|create| create.status == Status::Failed));
}
