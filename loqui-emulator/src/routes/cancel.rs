//! Cancellation of predictions.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};

use super::guard;
use crate::clock::later;
use crate::faults::{Fault, Stage};
use crate::object::{self, View};
use crate::problem::Problem;
use crate::state::{Platform, Prediction};

pub(super) async fn cancel(State(platform): State<Arc<Platform>>, Path(id): Path<String>) -> Response {
    let now = platform.clock.now();
    let subject = platform
        .state()
        .prediction(&id)
        .map(Prediction::subject)
        .unwrap_or_default();
    let fault = platform.faults.draw(Stage::Cancel, &subject);
    platform.state().counts.cancels += 1;
    let takes_effect = match fault {
        Some(Fault::CancelStatus(status)) => return guard::chosen(status),
        Some(Fault::CancelIgnored) => None,
        Some(Fault::CancelLate(milliseconds)) => Some(later(now, Duration::from_millis(milliseconds))),
        _ => Some(now),
    };
    let mut state = platform.state();
    let Some(prediction) = state.prediction_mut(&id) else {
        return Problem::not_found().into_response();
    };
    // An ended prediction does not change. The response of the platform is not documented.
    if !prediction.phase(now).status.is_terminal() && prediction.course.stop.is_none() {
        prediction.course.stop = takes_effect;
    }
    let object = object::render(&platform, prediction, now, View::Read);
    drop(state);
    platform.changed.notify_waiters();
    Json(object).into_response()
}
