//! Webhooks: events, signatures, retries, faults.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use loqui_emulator::{Fault, Settings};
use reqwest::Method;
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::support::{Bench, OFFICIAL, answer, frozen};

/// A received webhook.
struct Arrival {
    id: String,
    timestamp: i64,
    signature: String,
    raw: Bytes,
}

impl Arrival {
    fn body(&self) -> Value {
        serde_json::from_slice(&self.raw).unwrap()
    }

    fn is_signed_with(&self, secret: &str) -> bool {
        let key = BASE64_STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
        mac.update(format!("{}.{}.", self.id, self.timestamp).as_bytes());
        mac.update(&self.raw);
        self.signature == format!("v1,{}", BASE64_STANDARD.encode(mac.finalize().into_bytes()))
    }
}

/// A receiver that responds with the given statuses, then with 200.
struct Receiver {
    url: String,
    arrivals: UnboundedReceiver<Arrival>,
}

type Answers = Arc<Mutex<VecDeque<u16>>>;

impl Receiver {
    async fn start(answers: &[u16]) -> Self {
        let (sender, arrivals) = unbounded_channel();
        let answers: Answers = Arc::new(Mutex::new(answers.iter().copied().collect()));
        let router = Router::new().fallback(receive).with_state((sender, answers));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook?job=1", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, arrivals }
    }

    async fn next(&mut self) -> Arrival {
        self.arrivals.recv().await.unwrap()
    }
}

async fn receive(
    State((sender, answers)): State<(UnboundedSender<Arrival>, Answers)>,
    headers: HeaderMap,
    raw: Bytes,
) -> (StatusCode, [(&'static str, &'static str); 1]) {
    let text = |name: &str| headers[name].to_str().unwrap().to_owned();
    let arrival = Arrival {
        id: text("webhook-id"),
        timestamp: text("webhook-timestamp").parse().unwrap(),
        signature: text("webhook-signature"),
        raw,
    };
    sender.send(arrival).unwrap_or_else(|_| panic!("the test has ended"));
    let status = answers.lock().unwrap().pop_front().unwrap_or(200);
    (
        StatusCode::from_u16(status).unwrap(),
        [("location", "http://127.0.0.1:1/")],
    )
}

/// Settings with a fast clock: a minute of retries takes 60 ms.
fn fast() -> Settings {
    let mut settings = frozen();
    settings.time_scale = 1000.0;
    settings
}

async fn create(bench: &Bench, url: &str, filter: Option<Value>) -> Value {
    let mut body = json!({"input": {"prompt": "Hello!"}, "webhook": url});
    if let Some(filter) = filter {
        body["webhook_events_filter"] = filter;
    }
    let (status, created) = answer(bench.call(Method::POST, OFFICIAL).json(&body)).await;
    assert_eq!(status, StatusCode::CREATED, "{created}");
    assert_eq!(created["webhook"], url);
    created
}

#[tokio::test]
async fn default_events_are_output_and_completed() {
    let bench = Bench::with(fast()).await;
    let mut receiver = Receiver::start(&[]).await;
    create(&bench, &receiver.url, None).await;
    let (_, secret) = answer(bench.call(Method::GET, "/webhooks/default/secret")).await;
    let output = receiver.next().await;
    assert_eq!(output.body()["status"], "processing");
    assert!(output.body()["output"].is_string());
    let completed = receiver.next().await;
    assert_eq!(completed.body()["status"], "succeeded");
    assert!(completed.is_signed_with(secret["key"].as_str().unwrap()));
    assert_eq!(secret["key"], bench.emulator.webhook_secret());
    assert_ne!(output.id, completed.id);
    let read = bench.read(&completed.body()["id"]).await;
    assert_eq!(completed.body(), read, "the body is the object of a read");
    assert!((completed.timestamp - jiff::Timestamp::now().as_second()).abs() < 60);
}

#[tokio::test]
async fn all_events_can_be_requested() {
    let bench = Bench::start().await;
    let mut receiver = Receiver::start(&[]).await;
    let filter = json!(["start", "output", "logs", "completed"]);
    create(&bench, &receiver.url, Some(filter)).await;
    bench.seconds(1).await;
    let start = receiver.next().await.body();
    assert_eq!(
        (&start["status"], start["started_at"].is_string()),
        (&json!("processing"), true)
    );
    let logs = receiver.next().await.body();
    assert!(logs["logs"].as_str().unwrap().contains("Sampling:"));
    bench.seconds(2).await;
    let output = receiver.next().await.body();
    assert_eq!(
        (&output["status"], output["output"].is_string()),
        (&json!("processing"), true)
    );
    assert_eq!(receiver.next().await.body()["status"], "succeeded");
}

#[tokio::test]
async fn unknown_events_are_refused() {
    let bench = Bench::start().await;
    let body = json!({"input": {"prompt": "Hi"}, "webhook_events_filter": ["finished"]});
    let (status, _) = answer(bench.call(Method::POST, OFFICIAL).json(&body)).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn only_the_terminal_webhook_is_retried() {
    let bench = Bench::with(fast()).await;
    let mut receiver = Receiver::start(&[500, 500, 429]).await;
    create(&bench, &receiver.url, None).await;
    let mut ids = Vec::new();
    let mut statuses = Vec::new();
    for _ in 0..4 {
        let arrival = receiver.next().await;
        statuses.push(arrival.body()["status"].as_str().unwrap().to_owned());
        ids.push(arrival.id);
    }
    assert_eq!(statuses, ["processing", "succeeded", "succeeded", "succeeded"]);
    assert!(ids[1] == ids[2] && ids[2] == ids[3] && ids[0] != ids[1], "{ids:?}");
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let bench = Bench::with(fast()).await;
    let mut receiver = Receiver::start(&[301]).await;
    create(&bench, &receiver.url, Some(json!(["completed"]))).await;
    receiver.next().await;
    // The next webhook is of the second prediction: the first was not retried.
    let second = create(&bench, &receiver.url, Some(json!(["completed"]))).await;
    assert_eq!(receiver.next().await.body()["id"], second["id"]);
}

#[tokio::test]
async fn webhook_faults_apply() {
    let bench = Bench::with(fast()).await;
    let faults = bench.emulator.faults();
    let mut receiver = Receiver::start(&[]).await;
    let completed = json!(["completed"]);
    let secret = bench.emulator.webhook_secret();

    faults.next(Fault::WebhookDuplicated);
    create(&bench, &receiver.url, Some(completed.clone())).await;
    assert_eq!(receiver.next().await.id, receiver.next().await.id);

    faults.next(Fault::WebhookSkewed(-600));
    create(&bench, &receiver.url, Some(completed.clone())).await;
    let skewed = receiver.next().await;
    assert!(skewed.timestamp < jiff::Timestamp::now().as_second() - 590);
    assert!(skewed.is_signed_with(&secret));

    faults.next(Fault::WebhookForged);
    create(&bench, &receiver.url, Some(completed.clone())).await;
    assert!(!receiver.next().await.is_signed_with(&secret));

    faults.next(Fault::WebhookReordered);
    create(&bench, &receiver.url, None).await;
    assert_eq!(receiver.next().await.body()["status"], "succeeded");
    assert_eq!(receiver.next().await.body()["status"], "processing");

    faults.next(Fault::WebhookLost);
    create(&bench, &receiver.url, None).await;
    assert_eq!(
        receiver.next().await.body()["status"],
        "succeeded",
        "the output webhook is lost"
    );
}
