//! Is it alive, can it work, what has it counted.

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

use crate::serve::provider::Reach;
use crate::serve::state::App;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(alive))
        .routes(routes!(ready))
        .routes(routes!(health))
        .routes(routes!(metrics))
}

/// The process answers.
#[derive(Debug, Serialize, ToSchema)]
struct AliveAnswer {
    /// Always `ok`.
    status: &'static str,
}

/// Is the process alive?
#[utoipa::path(get, path = "/healthz", tag = "operations", responses((status = 200, body = AliveAnswer)))]
async fn alive() -> Json<AliveAnswer> {
    Json(AliveAnswer { status: "ok" })
}

/// One thing that must be there.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct Check {
    /// What was looked at.
    name: &'static str,
    /// Whether it is as it must be.
    ok: bool,
    /// One line for people.
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

/// Whether it can work.
#[derive(Debug, Serialize, ToSchema)]
struct ReadyAnswer {
    /// Whether everything is as it must be.
    ready: bool,
    /// What was looked at: each was really tried (S186-S190, A51).
    checks: Vec<Check>,
}

async fn checks(app: &App) -> Vec<Check> {
    let records = app.loqui().generations(&Filter::default().with_limit(1)).await;
    let provider = match app.provider().reach().await {
        Some(Reach::Accepted) => (true, "Replicate accepts the token".to_owned()),
        Some(Reach::Refused(why) | Reach::Unreachable(why)) => (false, why),
        None => (
            true,
            format!("the engine {} needs no provider", app.provider().engine()),
        ),
    };
    vec![
        Check::of("records", &records.map(drop)),
        Check::of("backend", &app.database().check().await),
        Check::of("audio", &app.loqui().audio_store().check().await),
        Check {
            name: "provider",
            ok: provider.0,
            message: provider.1,
        },
    ]
}

/// Can it work? Records, audio and provider are tried.
#[utoipa::path(get, path = "/readyz", tag = "operations",
    responses((status = 200, body = ReadyAnswer), (status = 503, body = ReadyAnswer)))]
async fn ready(State(app): State<App>) -> Response {
    let checks = checks(&app).await;
    let ready = checks.iter().all(|check| check.ok) && !app.stop().is_cancelled();
    let status = if ready {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    (status, Json(ReadyAnswer { ready, checks })).into_response()
}

/// How it is (A24).
#[derive(Debug, Serialize, ToSchema)]
struct HealthAnswer {
    /// `healthy`, or `unhealthy` if anything is not as it must be.
    status: &'static str,
    /// `connected` or `disconnected`.
    database: &'static str,
    /// The version of the program.
    version: &'static str,
    /// What was looked at.
    checks: Vec<Check>,
}

/// How is it?
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

/// What was counted, for Prometheus.
#[utoipa::path(get, path = "/metrics", tag = "operations",
    responses((status = 200, body = String, content_type = "application/openmetrics-text")))]
async fn metrics(State(app): State<App>) -> Response {
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    app.metrics().library().look(app.loqui()).await;
    ([(header::CONTENT_TYPE, kind)], app.metrics().text()).into_response()
}
