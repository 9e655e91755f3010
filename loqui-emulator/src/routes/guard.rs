//! What every API request passes: the token, faults of plain requests, the limits, the counts.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::faults::{Fault, Stage};
use crate::limiter::{Kind, Verdict};
use crate::problem::{self, Problem};
use crate::serve::{self, HangUp};
use crate::state::{Platform, Prediction};

/// Marks the answer to a create that was accepted, whatever its status says.
#[derive(Debug, Clone, Copy)]
pub(super) struct Accepted;

/// An answer that ends a request here, boxed as it is rare and large.
struct Refusal(Box<Response>);

fn refuse(answer: impl IntoResponse) -> Refusal {
    Refusal(Box::new(answer.into_response()))
}

pub(super) async fn guard(State(platform): State<Arc<Platform>>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let kind = if request.method() == Method::POST && path.ends_with("/predictions") {
        Kind::Create
    } else {
        Kind::Other
    };
    // Signed links are for callers without a token; files carry no limit headers (contract section 3).
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
        Err(Refusal(answer)) => *answer,
    };
    if kind == Kind::Create && response.extensions_mut().remove::<Accepted>().is_none() {
        let status = match response.extensions().get::<HangUp>() {
            Some(_) => "dropped".to_owned(),
            None => response.status().as_u16().to_string(),
        };
        *platform.state().counts.refused_creates.entry(status).or_default() += 1;
    }
    response
}

fn authorise(platform: &Platform, headers: &HeaderMap) -> Result<(), Refusal> {
    let Some(value) = headers.get(header::AUTHORIZATION) else {
        return Err(refuse(Problem::no_token()));
    };
    // The older scheme `Token` is still taken (contract section 2.1).
    let token = value.to_str().ok().and_then(|value| {
        let (scheme, token) = value.trim().split_once(' ')?;
        ["bearer", "token"]
            .contains(&scheme.to_ascii_lowercase().as_str())
            .then(|| token.trim())
    });
    match token {
        Some(token) if token == platform.token => Ok(()),
        Some("") => Err(refuse(Problem::no_token())),
        _ => Err(refuse(Problem::wrong_token())),
    }
}

/// What chance knows a request by: the prediction whose id is in its path, or else the kind of thing that is asked for.
fn subject(platform: &Platform, path: &str) -> String {
    let state = platform.state();
    path.split('/')
        .find_map(|part| state.prediction(part).map(Prediction::subject))
        .unwrap_or_else(|| path.split('/').take(3).collect::<Vec<_>>().join("/"))
}

fn faults(platform: &Platform, path: &str) -> Result<(), Refusal> {
    Err(refuse(
        match platform.faults.draw(Stage::Request, &subject(platform, path)) {
            Some(Fault::RequestStatus(status)) => chosen(status),
            Some(Fault::RequestHtml(status)) => problem::html(status_code(status)),
            Some(Fault::RequestThrottled(seconds)) => throttled(platform, seconds).into_response(),
            Some(Fault::RequestGarbled) => problem::half_an_object(StatusCode::OK),
            Some(Fault::RequestDropped) => serve::hang_up(),
            Some(Fault::RequestUnauthorized) => Problem::revoked_token().into_response(),
            _ => return Ok(()),
        },
    ))
}

fn limit(platform: &Platform, kind: Kind) -> Result<u64, Refusal> {
    let now = platform.clock.now();
    match platform.state().limiter.draw(kind, now) {
        Verdict::Pass { remaining } => Ok(remaining),
        Verdict::Throttled { wait } => {
            let low_credit = kind == Kind::Create && platform.settings.limits.low_credit;
            let hint = platform.settings.retry_hint;
            Err(refuse(Problem::throttled(wait, low_credit, hint, now)))
        }
    }
}

/// Answers 429 as a fault asks for it.
pub(super) fn throttled(platform: &Platform, seconds: u64) -> Problem {
    let wait = Duration::from_secs(seconds);
    Problem::throttled(wait, false, platform.settings.retry_hint, platform.clock.now())
}

/// Answers a status that a fault chose, in the platform's shape.
pub(super) fn chosen(status: u16) -> Response {
    let status = status_code(status);
    Problem::plain(status, status.canonical_reason().unwrap_or("Error")).into_response()
}

/// Returns a status a fault chose; 500 for a number that is none.
pub(super) fn status_code(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}
