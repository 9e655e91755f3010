//! Middleware of the API: authorization, faults of requests, rate limits and counters.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::faults::{Fault, Stage};
use crate::limiter::{Kind, Verdict};
use crate::problem::{self, Problem};
use crate::serve::{self, CloseConnection};
use crate::state::{Platform, Prediction};

/// Marks the response to an accepted create, whatever its status.
#[derive(Debug, Clone, Copy)]
pub(super) struct Accepted;

/// A response that replaces the response of the route. Boxed because it is rare and large.
struct EarlyResponse(Box<Response>);

fn early(response: impl IntoResponse) -> EarlyResponse {
    EarlyResponse(Box::new(response.into_response()))
}

pub(super) async fn guard(State(platform): State<Arc<Platform>>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let kind = if request.method() == Method::POST && path.ends_with("/predictions") {
        Kind::Create
    } else {
        Kind::Other
    };
    // Signed links need no token. Responses of `/files` have no rate limit headers.
    let is_file = path.split('/').any(|part| part == "files");
    let is_open = is_file && path.ends_with("/download");
    platform.state().counts.requests += 1;

    let passed = if is_open {
        Ok(())
    } else {
        authorise(&platform, request.headers())
    }
    .and_then(|()| {
        if kind == Kind::Other {
            faults(&platform, path)
        } else {
            Ok(())
        }
    })
    .and_then(|()| {
        if is_file {
            Ok(None)
        } else {
            limit(&platform, kind).map(Some)
        }
    });
    let mut response = match passed {
        Ok(remaining) => {
            let mut response = next.run(request).await;
            if let Some(remaining) = remaining {
                response.headers_mut().insert("ratelimit-remaining", remaining.into());
                response.headers_mut().insert("ratelimit-reset", 1.into());
            }
            response
        }
        Err(EarlyResponse(response)) => *response,
    };
    if kind == Kind::Create && response.extensions_mut().remove::<Accepted>().is_none() {
        let status = match response.extensions().get::<CloseConnection>() {
            Some(_) => "dropped".to_owned(),
            None => response.status().as_u16().to_string(),
        };
        *platform.state().counts.refused_creates.entry(status).or_default() += 1;
    }
    response
}

fn authorise(platform: &Platform, headers: &HeaderMap) -> Result<(), EarlyResponse> {
    let Some(value) = headers.get(header::AUTHORIZATION) else {
        return Err(early(Problem::no_token()));
    };
    // The older scheme `Token` is still accepted.
    let token = value.to_str().ok().and_then(|value| {
        let (scheme, token) = value.trim().split_once(' ')?;
        ["bearer", "token"]
            .contains(&scheme.to_ascii_lowercase().as_str())
            .then(|| token.trim())
    });
    match token {
        Some(token) if token == platform.token => Ok(()),
        Some("") => Err(early(Problem::no_token())),
        _ => Err(early(Problem::wrong_token())),
    }
}

/// Returns the subject of random faults: the prediction whose id is in the path, or else the start of the path.
fn subject(platform: &Platform, path: &str) -> String {
    let state = platform.state();
    path.split('/')
        .find_map(|part| state.prediction(part).map(Prediction::subject))
        .unwrap_or_else(|| path.split('/').take(3).collect::<Vec<_>>().join("/"))
}

fn faults(platform: &Platform, path: &str) -> Result<(), EarlyResponse> {
    Err(early(
        match platform.faults.draw(Stage::Request, &subject(platform, path)) {
            Some(Fault::RequestStatus(status)) => chosen(status),
            Some(Fault::RequestHtml(status)) => problem::html(status_code(status)),
            Some(Fault::RequestThrottled(seconds)) => throttled(platform, seconds).into_response(),
            Some(Fault::RequestGarbled) => problem::truncated_json(StatusCode::OK),
            Some(Fault::RequestDropped) => serve::close_connection(),
            Some(Fault::RequestUnauthorized) => Problem::revoked_token().into_response(),
            _ => return Ok(()),
        },
    ))
}

fn limit(platform: &Platform, kind: Kind) -> Result<u64, EarlyResponse> {
    let now = platform.clock.now();
    match platform.state().limiter.draw(kind, now) {
        Verdict::Pass { remaining } => Ok(remaining),
        Verdict::Throttled { wait } => {
            let low_credit = kind == Kind::Create && platform.settings.limits.low_credit;
            let hint = platform.settings.retry_hint;
            Err(early(Problem::throttled(wait, low_credit, hint, now)))
        }
    }
}

/// Returns the 429 of a fault.
pub(super) fn throttled(platform: &Platform, seconds: u64) -> Problem {
    let wait = Duration::from_secs(seconds);
    Problem::throttled(wait, false, platform.settings.retry_hint, platform.clock.now())
}

/// Returns an error with the status of a fault.
pub(super) fn chosen(status: u16) -> Response {
    let status = status_code(status);
    Problem::plain(status, status.canonical_reason().unwrap_or("Error")).into_response()
}

/// Returns the status of a fault, or 500 for an invalid one.
pub(super) fn status_code(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}
