//! Creation of predictions by version, official model or deployment
//! (<https://replicate.com/docs/reference/http#predictions.create>).

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, request};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde_json::{Map, Value};

use super::body::{self, BodyError};
use super::guard::{self, Accepted};
use super::models::behind_deployment;
use crate::accept::{self, Order};
use crate::clock::later;
use crate::faults::{Fault, Stage};
use crate::ledger::Leak;
use crate::lifecycle::Status;
use crate::models::{self, Model};
use crate::object::{self, View};
use crate::prefer::{self, Wait};
use crate::problem::{self, Problem};
use crate::settings::SyncStatus;
use crate::state::Platform;
use crate::{cancel_after, serve, validate};

/// Optional members of all bodies.
const OPTIONAL: [&str; 3] = ["webhook", "webhook_events_filter", "stream"];
const EVENTS: [&str; 4] = ["start", "output", "logs", "completed"];
/// Version of predictions of official models.
const HIDDEN: &str = "hidden";

/// A model and the endpoint by which it was called.
#[derive(Debug)]
struct Target {
    model: Arc<Model>,
    version: String,
    deployment: Option<String>,
}

pub(super) async fn by_version(State(platform): State<Arc<Platform>>, request: Request) -> Response {
    let (parts, body) = match open(&platform, request).await {
        Ok(opened) => opened,
        Err(refusal) => return refusal,
    };
    let target = members(&body, &["version", "input"]).and_then(|()| version(&platform, &body));
    finish(&platform, &parts, body, target).await
}

pub(super) async fn official(
    State(platform): State<Arc<Platform>>,
    Path((owner, name)): Path<(String, String)>,
    request: Request,
) -> Response {
    let (parts, body) = match open(&platform, request).await {
        Ok(opened) => opened,
        Err(refusal) => return refusal,
    };
    // Community models are not found by this endpoint.
    let target = models::by_name(&owner, &name)
        .filter(|model| is_official(&platform, model))
        .ok_or_else(Problem::not_found)
        .map(|model| Target {
            model,
            version: HIDDEN.to_owned(),
            deployment: None,
        });
    let target = target.and_then(|target| members(&body, &["input"]).map(|()| target));
    finish(&platform, &parts, body, target).await
}

pub(super) async fn deployment(
    State(platform): State<Arc<Platform>>,
    Path((owner, name)): Path<(String, String)>,
    request: Request,
) -> Response {
    let (parts, body) = match open(&platform, request).await {
        Ok(opened) => opened,
        Err(refusal) => return refusal,
    };
    let target = behind_deployment(&platform, &owner, &name)
        .ok_or_else(Problem::not_found)
        .map(|model| Target {
            version: model.versions[0].clone(),
            model,
            deployment: Some(format!("{owner}/{name}")),
        });
    let target = target.and_then(|target| members(&body, &["input"]).map(|()| target));
    finish(&platform, &parts, body, target).await
}

/// Reads the body of a create.
async fn open(platform: &Platform, request: Request) -> Result<(request::Parts, Map<String, Value>), Response> {
    let (parts, body) = request.into_parts();
    let bytes = match body::read(body, platform.settings.max_body_bytes).await {
        Ok(bytes) => bytes,
        Err(BodyError::TooLarge { .. }) => return Err(problem::html(StatusCode::PAYLOAD_TOO_LARGE)),
        Err(error @ BodyError::Broken(_)) => {
            return Err(Problem::plain(StatusCode::BAD_REQUEST, &error.to_string()).into_response());
        }
    };
    if contains(&bytes, platform.token.as_bytes()) {
        let path = parts.uri.path().to_owned();
        platform.state().counts.leaks.push(Leak {
            place: "create_body".to_owned(),
            path,
        });
    }
    let body = serde_json::from_slice(&bytes).map_err(|error| {
        Problem::plain(
            StatusCode::BAD_REQUEST,
            &format!("The request body is not a JSON object: {error}"),
        )
        .into_response()
    })?;
    Ok((parts, body))
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

fn members(body: &Map<String, Value>, required: &[&str]) -> Result<(), Problem> {
    let mut faults = validate::members(body, required, &OPTIONAL);
    if let Some(input) = body.get("input").filter(|input| !input.is_object()) {
        faults.push(validate::wrong_type("input", "object", input));
    }
    if let Some(webhook) = body
        .get("webhook")
        .filter(|webhook| !(webhook.is_string() || webhook.is_null()))
    {
        faults.push(validate::wrong_type("webhook", "string", webhook));
    }
    for event in body
        .get("webhook_events_filter")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        if !event.as_str().is_some_and(|event| EVENTS.contains(&event)) {
            faults.push(validate::wrong_type("webhook_events_filter", &EVENTS.join(", "), event));
        }
    }
    if faults.is_empty() {
        Ok(())
    } else {
        Err(Problem::invalid(&faults))
    }
}

/// Returns the model that `version` names: `owner/name` (official only), `owner/name:id` or `id`.
fn version(platform: &Platform, body: &Map<String, Value>) -> Result<Target, Problem> {
    let version = body.get("version").and_then(Value::as_str).unwrap_or_default();
    let (name, id) = match version.split_once(':') {
        Some((name, id)) => (Some(name), Some(id)),
        None if version.contains('/') => (Some(version), None),
        None => (None, Some(version)),
    };
    let named = match name.map(|name| {
        name.split_once('/')
            .and_then(|(owner, name)| models::by_name(owner, name))
    }) {
        Some(None) => return Err(Problem::invalid_version()),
        Some(named) => named,
        None => None,
    };
    let target = match (named, id) {
        (Some(model), None) if is_official(platform, &model) => (model, HIDDEN),
        (Some(model), Some(id)) if model.versions.iter().any(|known| known == id) => (model, id),
        (None, Some(id)) => (models::by_version(id).ok_or_else(Problem::invalid_version)?, id),
        _ => return Err(Problem::invalid_version()),
    };
    Ok(Target {
        model: target.0,
        version: target.1.to_owned(),
        deployment: None,
    })
}

fn is_official(platform: &Platform, model: &Model) -> bool {
    !platform.settings.community_models.contains(&model.full_name())
}

async fn finish(
    platform: &Arc<Platform>,
    parts: &request::Parts,
    body: Map<String, Value>,
    target: Result<Target, Problem>,
) -> Response {
    let ordered = target.and_then(|target| {
        let wait = wait(&parts.headers)?;
        Ok((order(&parts.headers, body, target)?, wait))
    });
    let (order, wait) = match ordered {
        Ok(ordered) => ordered,
        Err(problem) => return problem.into_response(),
    };
    // Selected after validation, so that an invalid request uses no fault.
    let fault = platform.faults.draw(Stage::Create, &order.subject());
    if let Some(refusal) = fault.as_ref().and_then(|fault| refusal(platform, fault)) {
        return refusal;
    }
    let id = accept::accept(platform, order);
    let mut response = match fault {
        Some(Fault::DropAfterAccept) => serve::close_connection(),
        Some(Fault::GarbledAfterAccept) => problem::truncated_json(StatusCode::CREATED),
        Some(Fault::ErrorAfterAccept(status)) => problem::html(guard::status_code(status)),
        fault => {
            if let Some(Fault::DelayAfterAccept(milliseconds)) = fault {
                tokio::time::sleep(Duration::from_millis(milliseconds)).await;
            }
            respond(platform, &id, wait).await
        }
    };
    response.extensions_mut().insert(Accepted);
    response
}

/// Returns the response of a fault that refuses a create.
fn refusal(platform: &Platform, fault: &Fault) -> Option<Response> {
    Some(match fault {
        Fault::DropBeforeAccept => serve::close_connection(),
        Fault::CreateStatus(status) => guard::chosen(*status),
        Fault::CreateHtml(status) => problem::html(guard::status_code(*status)),
        Fault::CreateThrottled(seconds) => guard::throttled(platform, *seconds).into_response(),
        Fault::PaymentRequired => Problem::insufficient_credit().into_response(),
        Fault::BillingRequired => Problem::billing_required().into_response(),
        Fault::VersionDisabled => Problem::version_disabled().into_response(),
        Fault::CreateUnauthorized => Problem::revoked_token().into_response(),
        _ => return None,
    })
}

fn wait(headers: &HeaderMap) -> Result<Option<Wait>, Problem> {
    match headers.get("prefer").map(HeaderValue::to_str) {
        Some(Ok(prefer)) => prefer::parse(prefer).map_err(|error| Problem::invalid_header("Prefer", &error)),
        Some(Err(error)) => Err(Problem::invalid_header("Prefer", &error)),
        None => Ok(None),
    }
}

fn order(headers: &HeaderMap, mut body: Map<String, Value>, target: Target) -> Result<Order, Problem> {
    let Some(Value::Object(input)) = body.remove("input") else {
        return Err(Problem::invalid(&[validate::wrong_type(
            "input",
            "object",
            &Value::Null,
        )]));
    };
    let faults = validate::input(&target.model.openapi_schema, &input);
    if !faults.is_empty() {
        return Err(Problem::invalid(&faults));
    }
    let cancel_after = match headers.get("cancel-after").map(HeaderValue::to_str) {
        Some(Ok(header)) => {
            Some(cancel_after::parse(header).map_err(|error| Problem::invalid_header("Cancel-After", &error))?)
        }
        Some(Err(error)) => return Err(Problem::invalid_header("Cancel-After", &error)),
        None => None,
    };
    let webhook_events = body
        .get("webhook_events_filter")
        .and_then(Value::as_array)
        .map(|events| events.iter().filter_map(Value::as_str).map(str::to_owned).collect());
    Ok(Order {
        model: target.model,
        version: target.version,
        deployment: target.deployment,
        input,
        cancel_after,
        webhook: body.get("webhook").and_then(Value::as_str).map(str::to_owned),
        webhook_events,
    })
}

/// Returns the new prediction, after its end if the client waits.
async fn respond(platform: &Platform, id: &str, wait: Option<Wait>) -> Response {
    let mut status = StatusCode::CREATED;
    let mut view = View::Created;
    if let Some(wait) = &wait {
        let until = later(platform.clock.now(), wait.duration);
        view = match ended(platform, id, until).await {
            Some(Status::Succeeded) if platform.settings.sync_status == SyncStatus::Processing => View::Early,
            Some(_) => View::Read,
            None => {
                // The wait ended before the prediction.
                status = StatusCode::ACCEPTED;
                View::Created
            }
        };
    }
    let now = platform.clock.now();
    let object = match platform.state().prediction(id) {
        Some(prediction) => object::render(platform, prediction, now, view),
        None => return Problem::not_found().into_response(),
    };
    let mut response = (status, Json(object)).into_response();
    if let Some(wait) = wait
        && let Ok(applied) = HeaderValue::try_from(wait.applied)
    {
        response.headers_mut().insert("preference-applied", applied);
    }
    response
}

/// Waits for the end of a prediction until a time. Returns `None` if it does not end in time.
async fn ended(platform: &Platform, id: &str, until: Timestamp) -> Option<Status> {
    loop {
        let changed = platform.changed.notified();
        let now = platform.clock.now();
        let (status, next) = {
            let state = platform.state();
            let prediction = state.prediction(id)?;
            (prediction.phase(now).status, prediction.course.next_change(now))
        };
        if status.is_terminal() {
            return Some(status);
        }
        if now >= until {
            return None;
        }
        tokio::select! {
            () = platform.clock.sleep_until(next.map_or(until, |next| next.min(until))) => {}
            () = changed => {}
        }
    }
}
