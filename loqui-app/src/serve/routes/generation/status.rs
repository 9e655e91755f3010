//! Status: how far is it? Asked again and again, or once with a long poll.

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

use crate::serve::auth::User;
use crate::serve::body::{Id, Queried};
use crate::serve::database::shown;
use crate::serve::refusal::{ErrorBody, Refusal};
use crate::serve::state::App;
use crate::serve::wire::own_generation;

/// The longest poll, in seconds; proxies give up after 60.
const LONGEST_POLL: u64 = 55;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(status))
}

/// How far a generation is (S62, A53).
#[derive(Debug, Serialize, ToSchema)]
struct StatusAnswer {
    /// Its number.
    audio_id: i64,
    /// `PENDING`, `PROCESSING`, `COMPLETED` or `FAILED`.
    #[schema(value_type = String, example = "PROCESSING")]
    status: Status,
    /// How much is done, 0 to 100; never falls.
    progress: u8,
    /// One line for people.
    message: String,
    /// What is being done.
    stage: &'static str,
    /// When it was asked for.
    created_at: String,
    /// When it ended.
    completed_at: Option<String>,
    /// About how long it will still take, in seconds, where that can be told.
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
            audio_id: record.id,
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

/// The guide's sentences (S65, S68, A20); a failure says why (S114).
pub(in crate::serve::routes) fn message(record: &GenerationRecord) -> String {
    match record.status {
        Status::Pending => "Your request is in the queue".to_owned(),
        Status::Processing => "AI is generating your voice...".to_owned(),
        Status::Completed => "Generation complete! Ready to download.".to_owned(),
        Status::Failed => record.error.as_ref().map_or_else(
            || "Generation failed.".to_owned(),
            |error| format!("Generation failed: {} ({})", error.message, error.code),
        ),
    }
}

/// How to wait for news.
#[derive(Debug, Deserialize, IntoParams)]
struct Poll {
    /// Wait up to this many seconds (55 at most) for the end.
    #[serde(default)]
    wait: u64,
    /// With `wait`: come back already when more than this is done.
    #[serde(default)]
    progress: Option<u8>,
}

/// How far is it?
#[utoipa::path(get, path = "/api/generation/status/{id}", tag = "generation", security(("bearer" = [])),
    params(("id" = i64, Path, description = "The generation's number"), Poll),
    responses((status = 200, body = StatusAnswer), (status = "4XX", body = ErrorBody)))]
async fn status(
    State(app): State<App>,
    user: User,
    Id(id): Id,
    Queried(poll): Queried<Poll>,
) -> Result<Json<StatusAnswer>, Refusal> {
    let (_, generation) = own_generation(&app, user.id(), id).await?;
    if poll.wait > 0 {
        let until = Duration::from_secs(poll.wait.min(LONGEST_POLL));
        let news = news(&generation, poll.progress);
        tokio::select! {
            () = news => {}
            () = tokio::time::sleep(until) => {}
            () = app.stop().cancelled() => {}
        }
    }
    let record = generation.record().await?;
    Ok(Json(StatusAnswer::new(record)))
}

/// Returns at the end of a generation, or when more than that is done.
async fn news(generation: &Generation, progress: Option<u8>) {
    let mut events = generation.events();
    while let Some(Ok(event)) = events.next().await {
        if progress.is_some_and(|known| event.progress > known) {
            return;
        }
    }
}
