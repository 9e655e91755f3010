//! Delivery of webhooks: events, signatures and retries
//! (<https://replicate.com/docs/topics/webhooks/receive-webhook>).

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use crate::clock::{Clock, later};
use crate::faults::{Fault, Stage};
use crate::ledger::Delivery;
use crate::lifecycle::Status;
use crate::object::{self, View};
use crate::state::{Platform, Prediction};
use crate::{ids, signature};

/// Minimum time between two `output` or `logs` webhooks.
const THROTTLE: Duration = Duration::from_millis(500);
/// Delays before the retries of the terminal webhook. The last retry is about a minute after the end.
const RETRIES: [Duration; 6] = [
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(4),
    Duration::from_secs(8),
    Duration::from_secs(16),
    Duration::from_secs(32),
];

/// A webhook that may be sent several times.
#[derive(Debug)]
struct Message {
    prediction: String,
    url: String,
    event: &'static str,
    id: String,
    body: Value,
    fault: Option<Fault>,
}

/// Sends the webhooks of a prediction until it has ended.
pub(crate) async fn follow(platform: Arc<Platform>, id: String) {
    let mut sender = Sender {
        platform: Arc::clone(&platform),
        held: None,
    };
    let mut started = false;
    let mut logs = Value::from("");
    let mut logs_due = platform.clock.now();
    loop {
        let changed = platform.changed.notified();
        let now = platform.clock.now();
        let Some(prediction) = platform.state().prediction(&id).cloned() else {
            return;
        };
        let phase = prediction.phase(now);
        if phase.started.is_some() && !started {
            started = true;
            sender.send(&prediction, "start", View::Read).await;
        }
        if phase.status.is_terminal() {
            if phase.status == Status::Succeeded {
                sender.send(&prediction, "output", View::Early).await;
            }
            sender.send(&prediction, "completed", View::Read).await;
            sender.release().await;
            return;
        }
        let mut wake = prediction.course.next_change(now);
        if started && is_requested(&prediction, "logs") {
            if now >= logs_due {
                let fresh = object::render(&platform, &prediction, now, View::Read)["logs"].take();
                if fresh != logs {
                    logs = fresh;
                    sender.send(&prediction, "logs", View::Read).await;
                }
                logs_due = later(now, THROTTLE);
            }
            wake = Some(wake.map_or(logs_due, |wake| wake.min(logs_due)));
        }
        match wake {
            Some(wake) => tokio::select! {
                () = platform.clock.sleep_until(wake) => {}
                () = changed => {}
            },
            None => changed.await,
        }
    }
}

/// Returns true if an event was requested. By default these are outputs and the end.
fn is_requested(prediction: &Prediction, event: &str) -> bool {
    match &prediction.webhook_events {
        Some(events) => events.iter().any(|requested| requested == event),
        None => matches!(event, "output" | "completed"),
    }
}

struct Sender {
    platform: Arc<Platform>,
    /// A message that a fault delays until after the next one.
    held: Option<Message>,
}

impl Sender {
    async fn send(&mut self, prediction: &Prediction, event: &'static str, view: View) {
        let (Some(url), true) = (&prediction.webhook, is_requested(prediction, event)) else {
            return;
        };
        let message = Message {
            prediction: prediction.id.clone(),
            url: url.clone(),
            event,
            id: ids::message(&mut self.platform.state().rng),
            body: object::render(&self.platform, prediction, self.platform.clock.now(), view),
            fault: self.platform.faults.draw(Stage::Webhook, &prediction.subject()),
        };
        match message.fault {
            Some(Fault::WebhookLost) => {}
            Some(Fault::WebhookReordered) if self.held.is_none() => {
                self.held = Some(message);
                return;
            }
            Some(Fault::WebhookDuplicated) => {
                self.deliver(&message).await;
                self.deliver(&message).await;
            }
            _ => self.deliver(&message).await,
        }
        self.release().await;
    }

    /// Delivers the delayed message, if any.
    async fn release(&mut self) {
        if let Some(message) = self.held.take() {
            self.deliver(&message).await;
        }
    }

    /// Delivers a message. Only the terminal one is retried.
    async fn deliver(&self, message: &Message) {
        let mut retries = RETRIES.iter();
        while self.attempt(message).await.is_none_or(|status| status >= 400) {
            let Some(&wait) = retries.next().filter(|_| message.event == "completed") else {
                return;
            };
            self.platform.clock.sleep(wait).await;
        }
    }

    async fn attempt(&self, message: &Message) -> Option<u16> {
        let body = message.body.to_string();
        let skew = match message.fault {
            Some(Fault::WebhookSkewed(seconds)) => seconds,
            _ => 0,
        };
        let timestamp = Clock::wall_seconds().saturating_add(skew);
        let forged;
        let secret = if message.fault == Some(Fault::WebhookForged) {
            forged = ids::secret(&mut self.platform.state().rng);
            &forged
        } else {
            &self.platform.webhook_secret
        };
        let response = self
            .platform
            .outgoing
            .deliver
            .post(&message.url)
            .header("content-type", "application/json")
            .header("webhook-id", &message.id)
            .header("webhook-timestamp", timestamp.to_string())
            .header(
                "webhook-signature",
                signature::webhook(secret, &message.id, timestamp, &body),
            )
            .body(body)
            .send()
            .await;
        let status = response.ok().map(|response| response.status().as_u16());
        self.platform.state().counts.webhooks.push(Delivery {
            prediction: message.prediction.clone(),
            event: message.event.to_owned(),
            message: message.id.clone(),
            status,
        });
        status
    }
}
