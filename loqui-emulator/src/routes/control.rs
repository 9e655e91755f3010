//! Control of the emulator over HTTP, for tests in other languages. Not part of the emulated API.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use crate::faults::{Fault, Rule};
use crate::ledger::Ledger;
use crate::problem::Problem;
use crate::state::Platform;

/// Returns the ledger, with the number of paid runs and billed characters.
pub(super) async fn ledger(State(platform): State<Arc<Platform>>) -> Json<Value> {
    let ledger: Ledger = platform.ledger();
    let mut object = serde_json::to_value(&ledger).expect("a ledger is plain data");
    object["paid_runs"] = ledger.paid_runs().into();
    object["billed_characters"] = ledger.billed_characters().into();
    Json(object)
}

pub(super) async fn faults(State(platform): State<Arc<Platform>>) -> Json<Vec<Rule>> {
    Json(platform.faults.armed())
}

/// Describes all faults.
pub(super) async fn catalogue() -> Json<Value> {
    let faults = Fault::catalogue().into_iter().map(|fault| {
        serde_json::json!({ "fault": fault.name, "place": fault.place, "about": fault.about, "default": fault.default })
    });
    Json(faults.collect())
}

/// Arms a list of rules in addition to the armed ones.
pub(super) async fn arm(State(platform): State<Arc<Platform>>, body: String) -> Response {
    match serde_json::from_str::<Vec<Rule>>(&body) {
        Ok(rules) => {
            for rule in rules {
                platform.faults.add(rule);
            }
            Json(platform.faults.armed()).into_response()
        }
        Err(error) => refused(&error),
    }
}

pub(super) async fn disarm(State(platform): State<Arc<Platform>>) -> StatusCode {
    platform.faults.clear();
    StatusCode::NO_CONTENT
}

#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    seconds: f64,
}

pub(super) async fn advance(State(platform): State<Arc<Platform>>, body: String) -> Response {
    let by = match serde_json::from_str::<Advance>(&body) {
        Ok(advance) => Duration::try_from_secs_f64(advance.seconds),
        Err(error) => return refused(&error),
    };
    match by {
        Ok(by) => {
            platform.settle().await;
            platform.clock.advance(by);
            StatusCode::NO_CONTENT.into_response()
        }
        Err(error) => refused(&error),
    }
}

pub(super) async fn reset(State(platform): State<Arc<Platform>>) -> StatusCode {
    platform.reset();
    StatusCode::NO_CONTENT
}

fn refused(error: &dyn std::error::Error) -> Response {
    Problem::plain(StatusCode::UNPROCESSABLE_ENTITY, &error.to_string()).into_response()
}
