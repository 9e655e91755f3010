//! Liveness, readiness, health and metrics.

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use loqui_core::Error;
use loqui_core::store::Filter;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::code;
use crate::serve::api_error::{ApiError, ErrorBody};
use crate::serve::provider::Reachability;
use crate::serve::state::App;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(alive))
        .routes(routes!(ready))
        .routes(routes!(health))
        .routes(routes!(metrics))
}

/// The process is running.
#[derive(Debug, Serialize, ToSchema)]
struct AliveAnswer {
    /// Always `ok`.
    status: &'static str,
}

/// Check that the process is running.
#[utoipa::path(get, path = "/healthz", tag = "operations", responses((status = 200, body = AliveAnswer)))]
async fn alive() -> Json<AliveAnswer> {
    Json(AliveAnswer { status: "ok" })
}

/// The result of one check.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct Check {
    /// The name of the check.
    name: &'static str,
    /// Whether the check succeeded.
    ok: bool,
    /// The message, one line.
    message: String,
}

impl Check {
    fn of(name: &'static str, result: &Result<(), Error>) -> Self {
        let message = match result {
            Ok(()) => "ok".to_owned(),
            Err(error) => error.message().to_owned(),
        };
        Self {
            name,
            ok: result.is_ok(),
            message,
        }
    }
}

/// The readiness of the server.
#[derive(Debug, Serialize, ToSchema)]
struct ReadyAnswer {
    /// Whether all checks succeeded.
    ready: bool,
    /// The checks. Each performs a real operation.
    checks: Vec<Check>,
}

async fn checks(app: &App) -> Vec<Check> {
    let records = app.library.loqui.generations(&Filter::default().with_limit(1)).await;
    let provider = match app.library.provider.reachability().await {
        Some(Reachability::Accepted) => (true, "Replicate accepts the token".to_owned()),
        Some(Reachability::Refused(why) | Reachability::Unreachable(why)) => (false, why),
        None => (
            true,
            format!("the engine {} has no provider", app.library.provider.engine()),
        ),
    };
    vec![
        Check::of("records", &records.map(drop)),
        Check::of("backend", &app.records.database.check().await),
        Check::of("audio", &app.library.loqui.audio_store().check().await),
        Check {
            name: "provider",
            ok: provider.0,
            message: provider.1,
        },
    ]
}

/// Check records, audio and provider.
#[utoipa::path(get, path = "/readyz", tag = "operations",
    responses((status = 200, body = ReadyAnswer), (status = 503, body = ReadyAnswer)))]
async fn ready(State(app): State<App>) -> Response {
    let checks = checks(&app).await;
    let ready = checks.iter().all(|check| check.ok) && !app.signals.stop.is_cancelled();
    let status = if ready {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    (status, Json(ReadyAnswer { ready, checks })).into_response()
}

/// The health of the server.
#[derive(Debug, Serialize, ToSchema)]
struct HealthAnswer {
    /// `healthy`, or `unhealthy` if a check failed.
    status: &'static str,
    /// `connected` or `disconnected`.
    database: &'static str,
    /// The version of the program.
    version: &'static str,
    /// The checks.
    checks: Vec<Check>,
}

/// Show the health of the server.
#[utoipa::path(get, path = "/health", tag = "operations", responses((status = 200, body = HealthAnswer)))]
async fn health(State(app): State<App>) -> Json<HealthAnswer> {
    let checks = checks(&app).await;
    let stores = checks
        .iter()
        .filter(|check| check.name != "provider")
        .all(|check| check.ok);
    Json(HealthAnswer {
        status: if checks.iter().all(|check| check.ok) {
            "healthy"
        } else {
            "unhealthy"
        },
        database: if stores { "connected" } else { "disconnected" },
        version: env!("CARGO_PKG_VERSION"),
        checks,
    })
}

/// Show the metrics for Prometheus. The server may be configured not to.
#[utoipa::path(get, path = "/metrics", tag = "operations",
    responses((status = 200, body = String, content_type = "application/openmetrics-text"),
        (status = 404, body = ErrorBody)))]
async fn metrics(State(app): State<App>) -> Response {
    if !app.settings.metrics {
        let message = "this server does not show its metrics";
        return ApiError::new(StatusCode::NOT_FOUND, &code::REQUEST_UNKNOWN_ROUTE, message).into_response();
    }
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    app.metrics.library().update(&app.library.loqui).await;
    ([(header::CONTENT_TYPE, kind)], app.metrics.text()).into_response()
}
