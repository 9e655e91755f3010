//! What happens around every request: a number, a time limit, the headers that protect a browser, counting, a log line.

use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use loqui_core::error::code;
use tracing::Instrument as _;

use super::clients::client_of;
use super::refusal::Refusal;
use super::state::App;

/// The number of a request, in both directions.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Until an answer must have begun; the longest poll is shorter.
const PATIENCE: Duration = Duration::from_mins(2);
/// Where an answer begins when the speech is there.
const SPEAKING: (&str, Duration) = ("/v1/audio/speech", Duration::from_mins(30));

/// Sent with every answer. The page needs nothing from anywhere else, and nobody may frame it.
const PROTECTIONS: [(HeaderName, HeaderValue); 5] = [
    (
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(
            "default-src 'self'; media-src 'self' blob:; img-src 'self' data:; object-src 'none'; base-uri 'none'; \
             form-action 'self'; frame-ancestors 'none'",
        ),
    ),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("microphone=(self), camera=(), geolocation=()"),
    ),
];

/// Runs a request and takes note of it.
pub(super) async fn around(State(app): State<App>, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let id = request_id(request.headers());
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("none", MatchedPath::as_str)
        .to_owned();
    let client = client_of(request.extensions(), request.headers(), &app.settings().trusted_proxies);
    let patience = if route == SPEAKING.0 { SPEAKING.1 } else { PATIENCE };
    let span = tracing::info_span!(target: "loqui", "request", id = id.to_str().unwrap_or_default());
    async move {
        let answered = tokio::time::timeout(patience, next.run(request)).await;
        let mut response = answered.unwrap_or_else(|_| {
            Refusal::new(
                StatusCode::SERVICE_UNAVAILABLE,
                &code::REQUEST_TIMED_OUT,
                "this took too long",
            )
            .into_response()
        });
        let headers = response.headers_mut();
        headers.insert(REQUEST_ID, id);
        for (name, value) in PROTECTIONS {
            headers.entry(name).or_insert(value);
        }
        // What belongs to a user is not for caches; what the page is made of says otherwise itself.
        headers
            .entry(header::CACHE_CONTROL)
            .or_insert(HeaderValue::from_static("no-store"));
        let status = response.status().as_u16();
        let took = began.elapsed();
        // Methods can be made up; those that are known are few.
        let known = matches!(
            method.as_str(),
            "GET" | "POST" | "PUT" | "DELETE" | "HEAD" | "OPTIONS" | "PATCH"
        );
        let counted = if known { method.as_str() } else { "other" };
        app.metrics().answered(counted, &route, status, took);
        // The query stays out of the log: a socket's token is in it.
        tracing::info!(
            target: "loqui", %client, %method, path, status, milliseconds = took.as_secs_f64() * 1000.0,
            "answered"
        );
        response
    }
    .instrument(span)
    .await
}

/// What the client or a proxy gave, if it is fit for a log; else a new one.
fn request_id(headers: &HeaderMap) -> HeaderValue {
    let given = headers.get(REQUEST_ID).filter(|value| {
        let fit = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
        (1..=64).contains(&value.len()) && value.as_bytes().iter().all(fit)
    });
    given.cloned().unwrap_or_else(|| {
        HeaderValue::from_str(&uuid::Uuid::new_v4().to_string()).unwrap_or(HeaderValue::from_static("none"))
    })
}

/// What is answered when a handler panicked.
#[expect(clippy::needless_pass_by_value, reason = "the layer hands it over")]
pub(super) fn panicked(panic: Box<dyn std::any::Any + Send + 'static>) -> Response {
    let what = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("a panic");
    Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, &code::INTERNAL, what).into_response()
}
