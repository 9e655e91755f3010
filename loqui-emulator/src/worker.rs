//! The work of a prediction: fetches the reference, generates the audio, records the result.

use std::sync::Arc;

use base64::{Engine as _, prelude::BASE64_STANDARD};

use crate::faults::Fault;
use crate::lifecycle::Work;
use crate::reference;
use crate::state::Platform;

/// Does the work of a prediction. Its status also depends on the planned times.
pub(crate) async fn work(platform: Arc<Platform>, id: String) {
    let Some(prediction) = platform.state().prediction(&id).cloned() else {
        return;
    };
    let mut failure = None;
    let reference = prediction
        .model
        .reference_field
        .as_ref()
        .and_then(|field| prediction.input.get(field)?.as_str())
        .filter(|_| platform.settings.fetch_references);
    if let Some(url) = reference {
        let longer_than = prediction.model.reference_longer_than_seconds;
        failure = reference::fetch(&platform, url, longer_than).await.err();
    }
    let mut data = None;
    if failure.is_none() {
        let wants_data = prediction.output_fault == Some(Fault::OutputDataUri);
        let platform = Arc::clone(&platform);
        let made = tokio::task::spawn_blocking(move || {
            let wav = platform.audio(&prediction);
            wants_data.then(|| format!("data:audio/wav;base64,{}", BASE64_STANDARD.encode(wav)))
        })
        .await;
        match made {
            Ok(made) => data = made,
            Err(error) => failure = Some(format!("the model crashed: {error}")),
        }
    }
    let done = platform.clock.now();
    if let Some(prediction) = platform.state().prediction_mut(&id) {
        prediction.course.work = Some(Work {
            done,
            failed: failure.is_some(),
        });
        prediction.error = failure;
        prediction.output_data = data;
    }
    platform.changed.notify_waiters();
}
