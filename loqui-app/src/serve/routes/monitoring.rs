//! The engine, the queue, and the statistics of a user.

use axum::Json;
use axum::extract::State;
use loqui_core::ledger::Status;
use loqui_core::store::Filter;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::serve::api_error::{ApiError, ErrorBody};
use crate::serve::auth::User;
use crate::serve::database::now;
use crate::serve::provider::Reachability;
use crate::serve::state::App;

/// The age up to which items count as recent, in microseconds: seven days.
const RECENT: i64 = 7 * 24 * 60 * 60 * 1_000_000;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(ai_service))
        .routes(routes!(stats))
        .routes(routes!(queue))
}

/// The engine.
#[derive(Debug, Serialize, ToSchema)]
struct ServiceAnswer {
    /// The service.
    service: Service,
    /// The message, one line.
    message: String,
}

/// The service that generates speech.
#[derive(Debug, Serialize, ToSchema)]
struct Service {
    /// `replicate`, `pocket` (a model on this machine), `cog` (a container), or `offline` (a voice that is not a clone).
    mode: String,
    /// The provider.
    provider: &'static str,
    /// The model.
    model: String,
    /// Whether Replicate accepts the token, at most 30 seconds ago.
    replicate_available: bool,
}

/// Show the engine.
#[utoipa::path(get, path = "/api/monitoring/ai-service", tag = "monitoring",
    responses((status = 200, body = ServiceAnswer)))]
async fn ai_service(State(app): State<App>) -> Json<ServiceAnswer> {
    let provider = &app.library.provider;
    let reachability = provider.reachability().await;
    let message = match &reachability {
        Some(Reachability::Accepted) => "Using real AI".to_owned(),
        Some(Reachability::Refused(why)) => format!("Replicate does not accept the token: {why}"),
        Some(Reachability::Unreachable(why)) => format!("Replicate cannot be reached: {why}"),
        None if provider.engine() == "openai" => "Using a server with OpenAI's speech route".to_owned(),
        None if provider.engine() == "cog" => "Using a model in a container".to_owned(),
        None if provider.engine() == "pocket" => "Using a voice cloning model on this machine".to_owned(),
        None => "Using the offline voice: an English voice of its own, not the voice of the sample".to_owned(),
    };
    Json(ServiceAnswer {
        service: Service {
            mode: provider.engine().to_owned(),
            provider: if reachability.is_some() {
                "Replicate.com"
            } else {
                "Loqui"
            },
            model: provider.model().to_owned(),
            replicate_available: reachability == Some(Reachability::Accepted),
        },
        message,
    })
}

/// The statistics of a user.
#[derive(Debug, Serialize, ToSchema)]
struct StatsAnswer {
    /// The number of recordings.
    total_samples: i64,
    /// The number of generations.
    total_generations: i64,
    /// The number of `COMPLETED` generations.
    completed_generations: usize,
    /// The number of `FAILED` generations.
    failed_generations: usize,
    /// The number of unfinished generations.
    pending_generations: usize,
    /// The number of recordings of the last seven days.
    recent_samples: usize,
    /// The number of generations of the last seven days.
    recent_generations: usize,
    /// The total duration of complete speech, in seconds.
    total_duration_seconds: f64,
    /// The size of recordings and speech, in MB.
    storage_used_mb: f64,
    /// The maximum size, in MB.
    storage_limit_mb: f64,
}

/// Show my statistics.
#[utoipa::path(get, path = "/api/monitoring/stats", tag = "monitoring", security(("bearer" = [])),
    responses((status = 200, body = StatsAnswer), (status = 401, body = ErrorBody)))]
async fn stats(State(app): State<App>, user: User) -> Result<Json<StatsAnswer>, ApiError> {
    let since = now() - RECENT;
    let uploads = app.records.uploads.list(user.id()).await?;
    let jobs = app.records.jobs.list(user.id()).await?;
    let megabytes = |bytes: i64| bytes as f64 / f64::from(1_u32 << 20);
    let recordings: i64 = uploads.iter().map(|upload| upload.bytes).sum();
    let (total_generations, speech) = app.records.jobs.totals(user.id()).await?;
    let mut answer = StatsAnswer {
        total_samples: uploads.len().cast_signed() as i64,
        total_generations,
        completed_generations: 0,
        failed_generations: 0,
        pending_generations: 0,
        recent_samples: uploads.iter().filter(|upload| upload.uploaded_at >= since).count(),
        recent_generations: jobs.iter().filter(|job| job.created_at >= since).count(),
        total_duration_seconds: 0.0,
        storage_used_mb: megabytes(recordings + speech),
        storage_limit_mb: megabytes(app.settings.max_storage_bytes.cast_signed()),
    };
    for job in jobs {
        let record = app.library.loqui.generation(job.generation).await?.record().await?;
        match record.status {
            Status::Completed => answer.completed_generations += 1,
            Status::Failed => answer.failed_generations += 1,
            Status::Pending | Status::Processing => answer.pending_generations += 1,
        }
        answer.total_duration_seconds += record.speech.map_or(0.0, |speech| speech.seconds);
    }
    Ok(Json(answer))
}

/// The queue of a user.
#[derive(Debug, Serialize, ToSchema)]
struct QueueAnswer {
    /// The number of unfinished generations.
    unfinished: u32,
    /// The maximum number of unfinished generations.
    limit: u32,
}

/// Show the number of my unfinished generations.
#[utoipa::path(get, path = "/api/monitoring/queue", tag = "monitoring", security(("bearer" = [])),
    responses((status = 200, body = QueueAnswer), (status = 401, body = ErrorBody)))]
async fn queue(State(app): State<App>, user: User) -> Result<Json<QueueAnswer>, ApiError> {
    let unfinished = Filter::default().with_owner(user.account.owner).unfinished();
    let count = app.library.loqui.store().count_generations(&unfinished).await?;
    Ok(Json(QueueAnswer {
        unfinished: u32::try_from(count).unwrap_or(u32::MAX),
        limit: app.settings.max_unfinished,
    }))
}
