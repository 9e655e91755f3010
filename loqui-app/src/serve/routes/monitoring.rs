//! Who speaks, how much is going on, how much somebody has.

use axum::Json;
use axum::extract::State;
use loqui_core::ledger::Status;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::serve::auth::User;
use crate::serve::database::now;
use crate::serve::provider::Reach;
use crate::serve::refusal::{ErrorBody, Refusal};
use crate::serve::state::App;

/// What counts as recent, in microseconds: seven days (A21).
const RECENT: i64 = 7 * 24 * 60 * 60 * 1_000_000;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(ai_service))
        .routes(routes!(stats))
        .routes(routes!(queue))
}

/// Who speaks (S191-S196).
#[derive(Debug, Serialize, ToSchema)]
struct ServiceAnswer {
    /// The service.
    service: Service,
    /// One line for people.
    message: String,
}

/// The service that speaks.
#[derive(Debug, Serialize, ToSchema)]
struct Service {
    /// `replicate`, `cog` for a container of its own, or `offline` for a voice of its own that is no clone.
    mode: String,
    /// Who runs it.
    provider: &'static str,
    /// The model.
    model: String,
    /// Whether Replicate accepts the token, asked within the last half minute (A50).
    replicate_available: bool,
}

/// Who speaks?
#[utoipa::path(get, path = "/api/monitoring/ai-service", tag = "monitoring",
    responses((status = 200, body = ServiceAnswer)))]
async fn ai_service(State(app): State<App>) -> Json<ServiceAnswer> {
    let provider = app.provider();
    let reach = provider.reach().await;
    let message = match &reach {
        Some(Reach::Accepted) => "Using real AI".to_owned(),
        Some(Reach::Refused(why)) => format!("Replicate does not accept the token: {why}"),
        Some(Reach::Unreachable(why)) => format!("Replicate cannot be reached: {why}"),
        None if provider.engine() == "cog" => "Using a model in a container of its own".to_owned(),
        None => "Using the offline voice: an English voice of its own, not the voice of the sample".to_owned(),
    };
    Json(ServiceAnswer {
        service: Service {
            mode: provider.engine().to_owned(),
            provider: if reach.is_some() { "Replicate.com" } else { "Loqui" },
            model: provider.model().to_owned(),
            replicate_available: reach == Some(Reach::Accepted),
        },
        message,
    })
}

/// What a user has, and has done lately (A21, A45).
#[derive(Debug, Serialize, ToSchema)]
struct StatsAnswer {
    /// How many recordings.
    total_samples: i64,
    /// How many generations.
    total_generations: i64,
    /// How many are `COMPLETED`.
    completed_generations: usize,
    /// How many are `FAILED`.
    failed_generations: usize,
    /// How many have not ended.
    pending_generations: usize,
    /// How many recordings came in the last seven days.
    recent_samples: usize,
    /// How many generations were asked for in the last seven days.
    recent_generations: usize,
    /// How long all finished speech is, in seconds.
    total_duration_seconds: f64,
    /// What recordings and speech take, in MB.
    storage_used_mb: f64,
    /// What they may take, in MB.
    storage_limit_mb: f64,
}

/// What do I have?
#[utoipa::path(get, path = "/api/monitoring/stats", tag = "monitoring", security(("bearer" = [])),
    responses((status = 200, body = StatsAnswer), (status = 401, body = ErrorBody)))]
async fn stats(State(app): State<App>, user: User) -> Result<Json<StatsAnswer>, Refusal> {
    let since = now() - RECENT;
    let uploads = app.uploads().list(user.id()).await?;
    let jobs = app.jobs().list(user.id()).await?;
    let megabytes = |bytes: i64| bytes as f64 / f64::from(1_u32 << 20);
    let recordings: i64 = uploads.iter().map(|upload| upload.bytes).sum();
    let (total_generations, speech) = app.jobs().totals(user.id()).await?;
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
        storage_limit_mb: megabytes(app.settings().max_storage_bytes.cast_signed()),
    };
    for job in jobs {
        let record = app.loqui().generation(job.generation).await?.record().await?;
        match record.status {
            Status::Completed => answer.completed_generations += 1,
            Status::Failed => answer.failed_generations += 1,
            Status::Pending | Status::Processing => answer.pending_generations += 1,
        }
        answer.total_duration_seconds += record.speech.map_or(0.0, |speech| speech.seconds);
    }
    Ok(Json(answer))
}

/// How much is going on.
#[derive(Debug, Serialize, ToSchema)]
struct QueueAnswer {
    /// How many of my generations this server carries on.
    unfinished: u32,
    /// How many I may have unfinished at a time.
    limit: u32,
}

/// How many of my generations are unfinished?
#[utoipa::path(get, path = "/api/monitoring/queue", tag = "monitoring", security(("bearer" = [])),
    responses((status = 200, body = QueueAnswer), (status = 401, body = ErrorBody)))]
async fn queue(State(app): State<App>, user: User) -> Json<QueueAnswer> {
    Json(QueueAnswer {
        unfinished: app.jobs().unfinished(user.id()),
        limit: app.settings().max_unfinished,
    })
}
