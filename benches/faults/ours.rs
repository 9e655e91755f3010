//! The task with this library's client.

use std::path::Path;
use std::time::Duration;

use loqui_core::clock::Timestamp;
use loqui_core::replicate::webhooks::{self, Seen};
use loqui_core::replicate::{Client, Model, NewPrediction, RunOptions, WaitOptions};
use loqui_core::{Reconciliation, Result, VoiceSettings};
use loqui_emulator::Emulator;

use crate::receiver::Call;
use crate::rows::Task;

/// Performs the task and summarises the outcome.
pub(crate) async fn outcome(emulator: &Emulator, task: Task, hook: &str) -> String {
    let client = Client::builder(emulator.token())
        .base_url(emulator.base_url())
        .timeout(Duration::from_secs(2))
        .build()
        .expect("valid settings");
    let done = match task {
        Task::Cancel => cancel(&client).await,
        _ => run(&client, task, hook).await,
    };
    done.unwrap_or_else(|error| format!("`{}`", error.code()))
}

fn wait() -> WaitOptions {
    WaitOptions::default()
        .with_start(Duration::from_secs(6))
        .with_run(Duration::from_secs(6))
}

fn hello(reference: Option<&str>) -> NewPrediction {
    let model = Model::by_name("chatterbox").expect("a known model");
    let input = model.input("Hello there.", reference, &VoiceSettings::default(), None);
    model.prediction(input.expect("valid"))
}

async fn run(client: &Client, task: Task, hook: &str) -> Result<String> {
    let reference = match task {
        Task::Upload => {
            let recording = tokio::fs::read(Path::new(crate::RECORDING))
                .await
                .expect("the recording exists");
            Some(client.reference(&recording.into(), Duration::from_mins(5)).await?)
        }
        _ => None,
    };
    let mut new = hello(reference.as_deref());
    if task == Task::Webhook {
        new = new.with_webhook(hook.parse().expect("an address"));
    }
    let options = RunOptions::default()
        .with_wait(wait())
        .with_reconciliation(Reconciliation::default().with_settle(Duration::from_secs(4)));
    let run = client.run(&new, &options).await?;
    Ok(format!("speech ({} kB)", run.wav.len() / 1000))
}

async fn cancel(client: &Client) -> Result<String> {
    let prediction = client.create(&hello(None)).await?;
    client.cancel(&prediction.id).await?;
    let ended = client.wait(&prediction.id, &wait()).await?;
    Ok(ended.status.to_string())
}

/// Verifies the received webhooks.
pub(crate) fn judge(emulator: &Emulator, calls: &[Call]) -> String {
    let secret = emulator.webhook_secret().into();
    let mut seen = Seen::default();
    let (mut accepted, mut repeated) = (0, 0);
    for call in calls {
        if let Ok(delivery) = webhooks::open(&secret, &call.headers, call.body.as_bytes(), Timestamp::now()) {
            accepted += 1;
            repeated += usize::from(!seen.is_new(&delivery.id));
        }
    }
    match repeated {
        0 => format!("{accepted} of {} webhooks accepted", calls.len()),
        _ => format!(
            "{accepted} of {} webhooks accepted, {repeated} detected as a duplicate",
            calls.len()
        ),
    }
}
