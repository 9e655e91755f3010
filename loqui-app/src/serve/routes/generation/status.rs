//! The status of a generation, by polling or by a long poll.

#![expect(unused_qualifications, reason = "the macro that describes routes writes them")]

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use futures::StreamExt as _;
use loqui_core::Generation;
use loqui_core::ledger::{ErrorRecord, GenerationRecord, Status};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::copy;
use crate::serve::api_error::{ApiError, ErrorBody};
use crate::serve::auth::User;
use crate::serve::body::{Id, Queried};
use crate::serve::database::shown;
use crate::serve::state::App;
use crate::serve::wire::own_generation;

/// The maximum duration of a long poll, in seconds. Proxies commonly time out after 60.
const MAX_POLL: u64 = 55;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(status))
}

/// The status of a generation.
#[derive(Debug, Serialize, ToSchema)]
struct StatusAnswer {
    /// The id of the generation.
    audio_id: i64,
    /// `PENDING`, `PROCESSING`, `COMPLETED` or `FAILED`.
    #[schema(value_type = String, example = "PROCESSING")]
    status: Status,
    /// The progress, 0 to 100; it never decreases.
    progress: u8,
    /// The message, one line.
    message: String,
    /// The current stage.
    stage: &'static str,
    /// When it was submitted.
    created_at: String,
    /// When it ended.
    completed_at: Option<String>,
    /// The estimated remaining time, in seconds, if known.
    estimated_time_remaining: Option<u64>,
    /// Why it failed.
    #[schema(value_type = Option<Object>)]
    error: Option<ErrorRecord>,
}

impl StatusAnswer {
    fn new(record: GenerationRecord) -> Self {
        let now = jiff::Timestamp::now();
        let remaining = (record.status == Status::Processing && record.progress > 0).then(|| {
            let elapsed = now.duration_since(record.opened_at).as_secs_f64().max(0.0);
            let progress = f64::from(record.progress);
            (elapsed * (100.0 - progress) / progress).round() as u64
        });
        Self {
            audio_id: record.id.get(),
            status: record.status,
            progress: record.progress,
            message: message(&record),
            stage: record.stage.name(),
            created_at: shown(record.created_at.as_microsecond()),
            completed_at: record.completed_at.map(|at| shown(at.as_microsecond())),
            estimated_time_remaining: remaining,
            error: record.error,
        }
    }
}

/// Returns the message of a status (S65, S68); that of a failure contains the error (S114).
pub(in crate::serve::routes) fn message(record: &GenerationRecord) -> String {
    match record.status {
        Status::Pending => copy::QUEUED.to_owned(),
        Status::Processing => copy::GENERATING.to_owned(),
        Status::Completed => copy::COMPLETED.to_owned(),
        Status::Failed => record.error.as_ref().map_or_else(
            || "Generation failed.".to_owned(),
            |error| format!("Generation failed: {} ({})", error.message, error.code),
        ),
    }
}

/// The query of a long poll.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Poll {
    /// Wait up to this many seconds (at most 55) for the end.
    #[serde(default)]
    wait: u64,
    /// With `wait`: return earlier, when the progress exceeds this value.
    #[serde(default)]
    progress: Option<u8>,
}

/// Show the status of a generation.
#[utoipa::path(get, path = "/api/generation/status/{id}", tag = "generation", security(("bearer" = [])),
    params(("id" = i64, Path, description = "The id of the generation"), Poll),
    responses((status = 200, body = StatusAnswer), (status = "4XX", body = ErrorBody)))]
async fn status(
    State(app): State<App>,
    user: User,
    Id(id): Id,
    Queried(poll): Queried<Poll>,
) -> Result<Json<StatusAnswer>, ApiError> {
    let (_, generation) = own_generation(&app, user.id(), id).await?;
    if poll.wait > 0 {
        let until = Duration::from_secs(poll.wait.min(MAX_POLL));
        let changed = changed(&generation, poll.progress);
        tokio::select! {
            () = changed => {}
            () = tokio::time::sleep(until) => {}
            () = app.signals.stop.cancelled() => {}
        }
    }
    let record = generation.record().await?;
    Ok(Json(StatusAnswer::new(record)))
}

/// Waits for the end of a generation, or until its progress exceeds `progress`.
async fn changed(generation: &Generation, progress: Option<u8>) {
    let mut events = generation.events();
    while let Some(Ok(event)) = events.next().await {
        if progress.is_some_and(|known| event.progress > known) {
            return;
        }
    }
}
