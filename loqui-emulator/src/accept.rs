//! Accepts predictions: plans their course and starts their work.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::audio::{self, AudioSpec};
use crate::clock::later;
use crate::faults::{Fault, Stage};
use crate::lifecycle::{Course, Work};
use crate::models::Model;
use crate::reference::{self, INTERRUPTED};
use crate::state::{self, Platform, Prediction};
use crate::{ids, webhook, worker};

/// Maximum running time (<https://replicate.com/docs/topics/predictions/lifecycle>).
const MAX_RUN: Duration = Duration::from_mins(30);
const TIMED_OUT: &str = "Prediction timed out";
const CUDA: &str = "CUDA error: device-side assert triggered";
const START_TIMEOUT: &str = "Director: unexpected error handling prediction (E6716)";

/// A valid create request.
#[derive(Debug)]
pub(crate) struct Order {
    pub(crate) model: Arc<Model>,
    pub(crate) version: String,
    pub(crate) deployment: Option<String>,
    pub(crate) input: Map<String, Value>,
    pub(crate) cancel_after: Option<Duration>,
    pub(crate) webhook: Option<String>,
    pub(crate) webhook_events: Option<Vec<String>>,
}

impl Order {
    /// Returns the subject of random faults.
    pub(crate) fn subject(&self) -> String {
        let (seed, text) = seed_and_text(&self.model, &self.input);
        state::subject(seed, text)
    }
}

/// Returns the seed and text of an input.
fn seed_and_text<'a>(model: &Model, input: &'a Map<String, Value>) -> (Option<i64>, &'a str) {
    let text = input.get(&model.text_field).and_then(Value::as_str);
    (input.get("seed").and_then(Value::as_i64), text.unwrap_or_default())
}

/// Accepts a create and returns the id of the prediction.
pub(crate) fn accept(platform: &Arc<Platform>, order: Order) -> String {
    let Order {
        model,
        version,
        deployment,
        mut input,
        cancel_after,
        webhook,
        webhook_events,
    } = order;
    let now = platform.clock.now();
    if let Some(field) = &model.reference_field
        && let Some(Value::String(url)) = input.get_mut(field)
        && let Some(signed) = reference::signed(platform, url)
    {
        *url = signed;
    }
    let (seed, text) = seed_and_text(&model, &input);
    let (text, subject) = (text.to_owned(), state::subject(seed, text));
    let output_fault = platform.faults.draw(Stage::Output, &subject);
    let audio = audio::estimate(&text);

    let mut state = platform.state();
    let boot = if state.warm.insert(model.full_name()) {
        platform.settings.boot
    } else {
        Duration::ZERO
    };
    let plan = plan(platform, &subject, now, boot, audio);
    let mut course = plan.course;
    course.deadline = cancel_after.map(|after| later(now, after));
    let id = ids::prediction(&mut state.rng);
    let prediction = Prediction {
        id: id.clone(),
        version,
        deployment,
        input,
        seed,
        audio_spec: AudioSpec {
            text,
            // Zero means a random seed.
            seed: seed
                .filter(|&seed| seed != 0)
                .map_or_else(|| state.rng.u64(..), i64::cast_unsigned),
            silent: output_fault == Some(Fault::OutputSilent),
            cut_short: output_fault == Some(Fault::OutputCutShort),
            spoken: platform.settings.voice,
        },
        audio,
        created: milliseconds(now),
        course,
        run: plan.run,
        error: plan.error,
        output_path: ids::output_path(&mut state.rng),
        output_data: None,
        form_fault: platform.faults.draw(Stage::Form, &subject),
        output_fault,
        webhook,
        webhook_events,
        model,
    };
    let has_work = prediction.course.work.is_none();
    let has_webhook = prediction.webhook.is_some();
    state.add(prediction);
    drop(state);
    if has_work {
        platform.spawn(worker::work(Arc::clone(platform), id.clone()));
    }
    if has_webhook {
        platform.spawn(webhook::follow(Arc::clone(platform), id.clone()));
    }
    tracing::debug!(prediction = id, "accepted");
    id
}

struct Plan {
    course: Course,
    run: Duration,
    error: Option<String>,
}

/// Plans the start and end of a prediction, and its result if a fault determines it.
fn plan(platform: &Platform, subject: &str, now: Timestamp, boot: Duration, audio: Duration) -> Plan {
    let settings = &platform.settings;
    let starts = later(now, settings.queue.saturating_add(boot));
    let mut run = settings
        .run
        .saturating_add(settings.run_per_audio_second.mul_f64(audio.as_secs_f64()));
    let mut error = None;
    let mut starts_ever = true;
    let mut ends_ever = true;
    match platform.faults.draw(Stage::Run, subject) {
        Some(Fault::StuckInStarting) => (starts_ever, ends_ever) = (false, false),
        Some(Fault::StuckInProcessing) => run = Duration::MAX,
        Some(Fault::SlowRun(milliseconds)) => {
            run = run.saturating_add(Duration::from_millis(milliseconds));
        }
        Some(Fault::PredictionFails(message)) => error = Some(message),
        Some(Fault::CudaError) => error = Some(CUDA.to_owned()),
        Some(Fault::Interrupted) => error = Some(INTERRUPTED.to_owned()),
        Some(Fault::StartTimeout) => {
            error = Some(START_TIMEOUT.to_owned());
            starts_ever = false;
        }
        _ => {}
    }
    if run > MAX_RUN {
        run = MAX_RUN;
        error = Some(TIMED_OUT.to_owned());
    }
    let decided = error.is_some() || !ends_ever;
    let course = Course {
        starts: starts_ever.then_some(starts),
        ends: ends_ever.then(|| later(starts, run)),
        work: decided.then_some(Work {
            done: now,
            failed: true,
        }),
        ..Course::default()
    };
    Plan { course, run, error }
}

/// Truncates a time to milliseconds, the resolution in the response to a create.
fn milliseconds(moment: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(moment.as_millisecond()).unwrap_or(moment)
}
