//! The middleware of every request: request id, time limit, security headers, metrics, log.

use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use tower_http::cors::{AllowHeaders, CorsLayer};
use tracing::Instrument as _;

use super::api_error::ApiError;
use super::clients::client_of;
use super::state::App;
use super::warnings::WARNING;
use crate::code;
use crate::settings::ServerSettings;

/// The header of the request id, in requests and responses.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The maximum time until a response starts. Long polls are shorter.
const TIMEOUT: Duration = Duration::from_mins(2);
/// The maximum time of routes whose response starts only when there is speech.
const SPEECH_TIMEOUT: Duration = Duration::from_mins(30);
/// The starts of these routes.
const SPEECH_ROUTES: [&str; 3] = ["/v1/audio/speech", "/v1/text-to-speech/", "/v1/text-to-dialogue"];

/// How long browsers may keep the response to a preflight request.
const PREFLIGHT_LIFETIME: Duration = Duration::from_hours(1);
/// The headers that pages of other origins can read.
const EXPOSED_HEADERS: [HeaderName; 11] = [
    REQUEST_ID,
    WARNING,
    HeaderName::from_static("x-loqui-generation"),
    HeaderName::from_static("request-id"),
    HeaderName::from_static("history-item-id"),
    HeaderName::from_static("character-cost"),
    header::ACCEPT_RANGES,
    header::CONTENT_DISPOSITION,
    header::CONTENT_RANGE,
    header::ETAG,
    header::RETRY_AFTER,
];

/// The security headers of every response. The page loads nothing from other origins and must not be framed.
const SECURITY_HEADERS: [(HeaderName, HeaderValue); 5] = [
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

/// Handles a request, counts it, and logs it.
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
    let client = client_of(request.extensions(), request.headers(), &app.settings.trusted_proxies);
    let timeout = if SPEECH_ROUTES.iter().any(|start| route.starts_with(start)) {
        SPEECH_TIMEOUT
    } else {
        TIMEOUT
    };
    let span = tracing::info_span!(target: "loqui", "request", id = id.to_str().unwrap_or_default());
    async move {
        let mut response = if let Some(error) = host_problem(request.headers()) {
            error.into_response()
        } else {
            let answered = tokio::time::timeout(timeout, next.run(request)).await;
            answered.unwrap_or_else(|_| {
                ApiError::new(
                    StatusCode::SERVICE_UNAVAILABLE,
                    &code::REQUEST_TIMED_OUT,
                    "the request timed out",
                )
                .into_response()
            })
        };
        let headers = response.headers_mut();
        headers.insert(REQUEST_ID, id);
        for (name, value) in SECURITY_HEADERS {
            headers.entry(name).or_insert(value);
        }
        // Data of users must not be cached. The files of the page set this header themselves.
        headers
            .entry(header::CACHE_CONTROL)
            .or_insert(HeaderValue::from_static("no-store"));
        let status = response.status().as_u16();
        let took = began.elapsed();
        // Clients can send any method name, so unknown ones share one label.
        let is_known = matches!(
            method.as_str(),
            "GET" | "POST" | "PUT" | "DELETE" | "HEAD" | "OPTIONS" | "PATCH"
        );
        let counted = if is_known { method.as_str() } else { "other" };
        app.metrics.answered(counted, &route, status, took);
        // The query is not logged, because it contains the token of a socket.
        tracing::info!(
            target: "loqui", %client, %method, path, status, milliseconds = took.as_secs_f64() * 1000.0,
            "request completed"
        );
        response
    }
    .instrument(span)
    .await
}

/// Returns the layer that lets pages of the configured origins call the server; `None` if there are no such origins.
pub(super) fn cors(settings: &ServerSettings) -> Option<CorsLayer> {
    let origins: Vec<HeaderValue> = settings
        .cors_origins
        .iter()
        .filter_map(|origin| HeaderValue::from_str(origin.as_str()).ok())
        .collect();
    if origins.is_empty() {
        return None;
    }
    let layer = CorsLayer::new()
        .allow_origin(origins)
        .allow_methods([Method::GET, Method::HEAD, Method::POST, Method::DELETE])
        .allow_headers(AllowHeaders::mirror_request())
        .expose_headers(EXPOSED_HEADERS)
        .allow_credentials(settings.cors_credentials)
        .max_age(PREFLIGHT_LIFETIME);
    Some(layer)
}

/// Refuses a request with several `Host` headers: a proxy and this server may read different ones
/// (<https://www.rfc-editor.org/rfc/rfc9112#section-3.2>).
fn host_problem(headers: &HeaderMap) -> Option<ApiError> {
    let is_ambiguous = headers.get_all(header::HOST).iter().nth(1).is_some();
    is_ambiguous.then(|| {
        ApiError::new(
            StatusCode::BAD_REQUEST,
            &code::REQUEST_INVALID,
            "the request has several Host headers",
        )
    })
}

/// Returns the request id of the client or proxy if it is safe to log, otherwise a new one.
fn request_id(headers: &HeaderMap) -> HeaderValue {
    let given = headers.get(REQUEST_ID).filter(|value| {
        let is_safe = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
        (1..=64).contains(&value.len()) && value.as_bytes().iter().all(is_safe)
    });
    given.cloned().unwrap_or_else(|| {
        HeaderValue::from_str(&uuid::Uuid::new_v4().to_string()).unwrap_or(HeaderValue::from_static("none"))
    })
}

/// The response if a handler panics.
#[expect(clippy::needless_pass_by_value, reason = "the signature that the layer requires")]
pub(super) fn panicked(panic: Box<dyn std::any::Any + Send + 'static>) -> Response {
    let what = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("a panic");
    ApiError::new(StatusCode::INTERNAL_SERVER_ERROR, &code::INTERNAL, what).into_response()
}
