//! Faults of creates, other requests, objects and outputs.

use loqui_emulator::{Fault, Rule};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{Bench, answer};

#[tokio::test]
async fn accepted_create_without_response_is_paid() {
    let bench = Bench::start().await;
    let faults = bench.emulator.faults();
    let hi = json!({"prompt": "Hi", "seed": 77});

    faults.next(Fault::DropAfterAccept);
    assert!(bench.create(&hi).send().await.is_err());
    assert_eq!(bench.emulator.ledger().creates[0].seed, Some(77));

    faults.next(Fault::DropBeforeAccept);
    assert!(bench.create(&hi).send().await.is_err());

    faults.next(Fault::ErrorAfterAccept(504));
    let (status, page) = answer(bench.create(&hi)).await;
    assert_eq!(status, StatusCode::GATEWAY_TIMEOUT);
    assert!(page.as_str().unwrap().starts_with("<html>"));

    faults.next(Fault::DelayAfterAccept(60_000));
    let impatient = bench
        .create(&hi)
        .timeout(std::time::Duration::from_millis(200))
        .send()
        .await;
    assert!(impatient.unwrap_err().is_timeout());

    bench.seconds(3).await;
    let ledger = bench.emulator.ledger();
    assert_eq!((ledger.creates.len(), ledger.paid_runs()), (3, 3));
    assert_eq!(ledger.refused_creates["dropped"], 1);
    assert_eq!(ledger.faults["drop_after_accept"], 1);
}

#[tokio::test]
async fn refused_creates_create_nothing() {
    let bench = Bench::start().await;
    let hi = json!({"prompt": "Hi"});
    for (fault, status, title) in [
        (Fault::CreateStatus(500), 500, Value::Null),
        (Fault::CreateThrottled(7), 429, Value::Null),
        (Fault::PaymentRequired, 402, json!("Insufficient credit")),
        (Fault::BillingRequired, 402, json!("Billing required")),
        (Fault::VersionDisabled, 422, json!("Version disabled")),
        (Fault::CreateUnauthorized, 401, Value::Null),
    ] {
        bench.emulator.faults().next(fault.clone());
        let (answered, problem) = answer(bench.create(&hi)).await;
        assert_eq!((answered.as_u16(), &problem["title"]), (status, &title), "{fault:?}");
        assert!(problem["detail"].is_string(), "{fault:?}");
    }
    bench.emulator.faults().next(Fault::CreateHtml(503));
    assert!(
        answer(bench.create(&hi))
            .await
            .1
            .as_str()
            .unwrap()
            .contains("503 Service Unavailable")
    );
    assert!(bench.emulator.ledger().creates.is_empty());
    bench.created(&hi).await;
}

#[tokio::test]
async fn invalid_creates_use_no_fault() {
    let bench = Bench::start().await;
    bench.emulator.faults().next(Fault::PaymentRequired);
    assert_eq!(
        answer(bench.create(&json!({}))).await.0,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    assert_eq!(
        answer(bench.create(&json!({"prompt": "Hi"}))).await.0,
        StatusCode::PAYMENT_REQUIRED
    );
}

#[tokio::test]
async fn skipped_creates_succeed_before_a_fault() {
    let bench = Bench::start().await;
    bench
        .emulator
        .faults()
        .add(Rule::new(Fault::PaymentRequired).skipping(2).always());
    let mut statuses = Vec::new();
    for _ in 0..4 {
        statuses.push(answer(bench.create(&json!({"prompt": "Hi"}))).await.0.as_u16());
    }
    assert_eq!(statuses, [201, 201, 402, 402]);
}

#[tokio::test]
async fn request_faults_do_not_affect_creates() {
    let bench = Bench::start().await;
    let faults = bench.emulator.faults();
    for (fault, status) in [
        (Fault::RequestStatus(503), 503),
        (Fault::RequestHtml(502), 502),
        (Fault::RequestThrottled(3), 429),
        (Fault::RequestUnauthorized, 401),
    ] {
        faults.next(fault);
        bench.created(&json!({"prompt": "Hi"})).await;
        assert_eq!(answer(bench.call(Method::GET, "/predictions")).await.0.as_u16(), status);
        assert_eq!(answer(bench.call(Method::GET, "/predictions")).await.0, StatusCode::OK);
    }
    faults.next(Fault::RequestDropped);
    assert!(bench.call(Method::GET, "/predictions").send().await.is_err());
    faults.next(Fault::UploadStatus(503));
    assert_eq!(bench.upload("a", vec![]).await.0, StatusCode::SERVICE_UNAVAILABLE);
    faults.next(Fault::UploadTooLarge);
    assert_eq!(bench.upload("a", vec![]).await.0, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn object_faults_change_the_object() {
    let bench = Bench::start().await;
    let faults = bench.emulator.faults();

    faults.next(Fault::UnknownStatus);
    let id = bench.created(&json!({"prompt": "Hi"})).await["id"].clone();
    assert_eq!(bench.read(&id).await["status"], "booting");
    bench.seconds(3).await;
    assert_eq!(bench.read(&id).await["status"], "succeeded");

    faults.next(Fault::MissingOptionalFields);
    let lean = bench.finished(&json!({"prompt": "Hi"})).await;
    let mut fields: Vec<&String> = lean.as_object().unwrap().keys().collect();
    fields.sort();
    assert_eq!(fields, ["error", "id", "output", "status"]);

    faults.next(Fault::NanosecondDates);
    let precise = bench.finished(&json!({"prompt": "Hi"})).await;
    assert_eq!(
        precise["started_at"].as_str().unwrap().len(),
        "2024-04-22T11:15:15.329000000Z".len()
    );
}

#[tokio::test]
async fn output_faults_change_the_output() {
    let bench = Bench::start().await;
    let output = async |fault: Fault| {
        bench.emulator.faults().next(fault);
        let done = bench.finished(&json!({"prompt": "Hi"})).await;
        assert_eq!(done["status"], "succeeded");
        (done["output"].clone(), done["data_removed"].clone())
    };
    assert_eq!(output(Fault::NullOutput).await, (Value::Null, json!(false)));
    assert_eq!(output(Fault::DataRemoved).await, (Value::Null, json!(true)));
    let (data, _) = output(Fault::OutputDataUri).await;
    assert!(
        data.as_str().unwrap().starts_with("data:audio/wav;base64,UklGR"),
        "{data}"
    );
    let (array, _) = output(Fault::OutputArray).await;
    assert_eq!(array.as_array().unwrap().len(), 1);
    for (fault, start) in [
        (Fault::OutputOtherHost, "http://localhost:"),
        (Fault::OutputLookalikeHost, "https://evilreplicate.delivery/"),
        (Fault::OutputPlainHttp, "http://replicate.delivery/"),
        (Fault::OutputPrivateAddress, "http://169.254.169.254/"),
    ] {
        let (url, _) = output(fault).await;
        assert!(url.as_str().unwrap().starts_with(start), "{url}");
    }
    let length = async |fault: Option<Fault>| {
        if let Some(fault) = fault {
            bench.emulator.faults().next(fault);
        }
        let done = bench.finished(&json!({"prompt": "A sentence of some length."})).await;
        bench
            .client
            .get(done["output"].as_str().unwrap())
            .send()
            .await
            .unwrap()
            .bytes()
            .await
            .unwrap()
    };
    let whole = length(None).await;
    let half = length(Some(Fault::OutputCutShort)).await;
    assert_eq!((half.len() - 44) * 2, whole.len() - 44);
    assert!(
        length(Some(Fault::OutputSilent)).await[44..]
            .iter()
            .all(|&byte| byte == 0)
    );
}
