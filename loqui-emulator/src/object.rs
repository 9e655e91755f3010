//! The prediction object (<https://replicate.com/docs/reference/http#predictions.get>).

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::clock::since;
use crate::faults::Fault;
use crate::lifecycle::{Phase, Status};
use crate::logs;
use crate::state::{Platform, Prediction};

/// The kind of response that contains the object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum View {
    /// Response to a create: few fields, times in milliseconds.
    Created,
    /// Response with the output while the status is still `processing`.
    Early,
    /// All other responses: all fields, times in microseconds.
    Read,
}

/// Returns the object of a prediction at a time.
pub(crate) fn render(platform: &Platform, prediction: &Prediction, now: Timestamp, view: View) -> Value {
    let mut phase = prediction.phase(now);
    let removed = prediction.is_removed(now, platform.settings.retention);
    let output = if phase.status == Status::Succeeded && !removed {
        output(platform, prediction)
    } else {
        Value::Null
    };
    if view == View::Early {
        phase = Phase {
            status: Status::Processing,
            completed: None,
            ..phase
        };
    }
    let digits = match (&prediction.form_fault, view) {
        (Some(Fault::NanosecondDates), _) => 9,
        (_, View::Created | View::Early) => 3,
        (_, View::Read) => 6,
    };
    let date = |moment: Timestamp| json!(format!("{moment:.digits$}"));
    let mut status = phase.status.as_str();
    if prediction.form_fault == Some(Fault::UnknownStatus) && !phase.status.is_terminal() {
        status = "booting";
    }
    let error = prediction.error.as_ref().filter(|_| phase.status == Status::Failed);
    if prediction.form_fault == Some(Fault::MissingOptionalFields) {
        return json!({"id": prediction.id, "status": status, "output": output, "error": error});
    }

    let mut object = Map::new();
    let mut put = |name: &str, value: Value| object.insert(name.to_owned(), value);
    put("id", json!(prediction.id));
    put("model", json!(prediction.model.full_name()));
    put("version", json!(prediction.version));
    put("input", if removed { json!({}) } else { json!(prediction.input) });
    put(
        "logs",
        if removed {
            json!("")
        } else {
            logs_at(platform, prediction, phase, now)
        },
    );
    put("error", json!(error));
    put("status", json!(status));
    put("created_at", date(prediction.created));
    put("urls", urls(platform, prediction));
    if view != View::Created || platform.settings.modern_object {
        put("output", output);
        put("data_removed", json!(removed));
    }
    if view == View::Read || platform.settings.modern_object {
        put("started_at", phase.started.map_or(Value::Null, date));
        put("completed_at", phase.completed.map_or(Value::Null, date));
        put("metrics", metrics(prediction, phase));
        put("source", json!("api"));
    }
    if let Some(deadline) = prediction.course.deadline {
        put("deadline", date(deadline));
    }
    if let Some(deployment) = &prediction.deployment {
        put("deployment", json!(deployment));
    }
    if let Some(webhook) = &prediction.webhook {
        put("webhook", json!(webhook));
    }
    if let Some(events) = &prediction.webhook_events {
        put("webhook_events_filter", json!(events));
    }
    Value::Object(object)
}

fn urls(platform: &Platform, prediction: &Prediction) -> Value {
    let get = format!("{}/predictions/{}", platform.base_url, prediction.id);
    json!({
        "cancel": format!("{get}/cancel"),
        "get": get,
        "web": format!("https://replicate.com/p/{}", prediction.id),
    })
}

fn output(platform: &Platform, prediction: &Prediction) -> Value {
    let path = &prediction.output_path;
    let real = format!("{}{path}", platform.output_origin);
    match &prediction.output_fault {
        Some(Fault::NullOutput) => Value::Null,
        Some(Fault::OutputDataUri) => json!(prediction.output_data),
        Some(Fault::OutputArray) => json!([real]),
        Some(Fault::OutputOtherHost) => json!(on_other_host(platform, path)),
        Some(Fault::OutputLookalikeHost) => json!(format!("https://evilreplicate.delivery/{path}")),
        Some(Fault::OutputPlainHttp) => json!(format!("http://replicate.delivery/{path}")),
        Some(Fault::OutputPrivateAddress) => json!(format!("http://169.254.169.254/{path}")),
        _ => json!(real),
    }
}

/// Returns the URL of an output with another name of the same host, so that the ledger records clients that follow it.
pub(crate) fn on_other_host(platform: &Platform, path: &str) -> String {
    let port = platform.output_origin.port_or_known_default().unwrap_or_default();
    format!("http://localhost:{port}/{path}")
}

fn metrics(prediction: &Prediction, phase: Phase) -> Value {
    let Some(completed) = phase.completed else {
        return json!({});
    };
    let total_time = since(completed, prediction.created).as_secs_f64();
    match phase.started {
        Some(started) => {
            json!({"predict_time": since(completed, started).as_secs_f64(), "total_time": total_time})
        }
        None => json!({"total_time": total_time}),
    }
}

/// Returns the logs, or `null` for a cancelled prediction, as recorded from the platform.
fn logs_at(platform: &Platform, prediction: &Prediction, phase: Phase, now: Timestamp) -> Value {
    match (phase.status, phase.started) {
        (Status::Canceled | Status::Aborted, _) => Value::Null,
        (_, Some(started)) if platform.settings.sampling_bars => {
            let elapsed = since(phase.completed.unwrap_or(now), started);
            json!(logs::sampling(elapsed, prediction.run, prediction.audio))
        }
        _ => json!(""),
    }
}
