//! The history: generations of the user that are complete or in progress.

#![expect(unused_qualifications, reason = "the macro that describes routes writes them")]

use axum::Json;
use axum::extract::{Path, State};
use axum::response::Response;
use loqui_core::ledger::{GenerationRecord, Status};
use loqui_core::speech::SpeechFormat;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::voices::{self, StatusAnswer};
use crate::serve::api_error::{ApiError, ErrorBody, FieldProblem};
use crate::serve::auth::User;
use crate::serve::body::Queried;
use crate::serve::files::{FileRequest, StoredFile};
use crate::serve::jobs::Job;
use crate::serve::routes::generation;
use crate::serve::state::App;
use crate::serve::wire::own_generation;

/// The default size of a page.
const PAGE: usize = 100;
/// The maximum size of a page.
const MAX_PAGE: usize = 1_000;
/// The format of downloads.
const FORMAT: SpeechFormat = SpeechFormat::Mp3;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(show, remove))
        .routes(routes!(audio))
}

/// The query of the history.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct HistoryQuery {
    /// The size of a page, 1 to 1,000. Default: 100.
    #[serde(default)]
    page_size: Option<usize>,
    /// The last item of the page before.
    #[serde(default)]
    start_after_history_item_id: Option<String>,
    /// Only items of this voice.
    #[serde(default)]
    voice_id: Option<String>,
    /// Only items whose text contains this.
    #[serde(default)]
    search: Option<String>,
}

/// A page of the history.
#[derive(Debug, Serialize, ToSchema)]
struct HistoryAnswer {
    /// The items, newest first.
    #[schema(value_type = Vec<Object>)]
    history: Vec<Value>,
    /// The id of the last item.
    last_history_item_id: Option<String>,
    /// Whether there are more.
    has_more: bool,
}

/// List my history, newest first.
#[utoipa::path(get, path = "/v1/history", tag = "elevenlabs", security(("bearer" = []), ("xi-api-key" = [])),
    params(HistoryQuery),
    responses((status = 200, body = HistoryAnswer), (status = "4XX", body = ErrorBody)))]
async fn list(
    State(app): State<App>,
    user: User,
    Queried(query): Queried<HistoryQuery>,
) -> Result<Json<HistoryAnswer>, ApiError> {
    let size = query.page_size.unwrap_or(PAGE);
    if !(1..=MAX_PAGE).contains(&size) {
        let problem = FieldProblem::at(&["query", "page_size"], "range", "it must be 1 to 1000");
        return Err(ApiError::fields(vec![problem]));
    }
    let mut jobs = app.records.jobs.list(user.id()).await?;
    if let Some(id) = &query.start_after_history_item_id {
        let after: i64 = id.parse().unwrap_or(i64::MAX);
        jobs.retain(|job| job.generation.get() < after);
    }
    if let Some(voice) = &query.voice_id {
        jobs.retain(|job| job.upload.to_string() == *voice);
    }
    let search = query.search.as_deref().map(str::to_lowercase);
    let (mut history, mut last, mut has_more) = (Vec::new(), None, false);
    for job in jobs {
        let record = app.library.loqui.generation(job.generation).await?.record().await?;
        let is_found = search
            .as_deref()
            .is_none_or(|text| record.script.to_lowercase().contains(text));
        if record.status == Status::Failed || !is_found {
            continue;
        }
        if history.len() == size {
            has_more = true;
            break;
        }
        last = Some(job.generation.to_string());
        history.push(item(&app, &job, &record).await?);
    }
    Ok(Json(HistoryAnswer {
        history,
        last_history_item_id: last,
        has_more,
    }))
}

async fn item(app: &App, job: &Job, record: &GenerationRecord) -> Result<Value, ApiError> {
    let state = if record.status == Status::Completed {
        "created"
    } else {
        "processing"
    };
    let mut item = json!({
        "history_item_id": job.generation.to_string(),
        "request_id": job.generation.to_string(),
        "voice_id": job.upload.to_string(),
        "model_id": record.model,
        "text": record.script,
        "date_unix": record.created_at.as_second(),
        "character_count_change_from": 0,
        "character_count_change_to": record.script.chars().count(),
        "content_type": FORMAT.media_type(),
        "state": state,
        "settings": {},
        "source": "TTS",
    });
    if let Some(upload) = app.records.uploads.of(job.account, job.upload).await?
        && let (Some(item), Value::Object(voice)) = (item.as_object_mut(), voices::named(&upload))
    {
        item.extend(voice);
    }
    Ok(item)
}

/// Returns an id. What is not a number does not exist.
fn number(id: &str) -> i64 {
    id.parse().unwrap_or_default()
}

/// Show an item of my history.
#[utoipa::path(get, path = "/v1/history/{history_item_id}", tag = "elevenlabs", security(("bearer" = []), ("xi-api-key" = [])),
    params(("history_item_id" = String, Path, description = "The id of a generation")),
    responses((status = 200, body = Object), (status = "4XX", body = ErrorBody)))]
async fn show(State(app): State<App>, user: User, Path(id): Path<String>) -> Result<Json<Value>, ApiError> {
    let (job, generation) = own_generation(&app, user.id(), number(&id)).await?;
    Ok(Json(item(&app, &job, &generation.record().await?).await?))
}

/// Delete an item of my history.
#[utoipa::path(delete, path = "/v1/history/{history_item_id}", tag = "elevenlabs", security(("bearer" = []), ("xi-api-key" = [])),
    params(("history_item_id" = String, Path, description = "The id of a generation")),
    responses((status = 200, body = StatusAnswer), (status = "4XX", body = ErrorBody)))]
async fn remove(State(app): State<App>, user: User, Path(id): Path<String>) -> Result<Json<StatusAnswer>, ApiError> {
    generation::erase(&app, user.id(), number(&id).into()).await?;
    Ok(Json(StatusAnswer::OK))
}

/// Download the speech of an item as MP3.
#[utoipa::path(get, path = "/v1/history/{history_item_id}/audio", tag = "elevenlabs",
    security(("bearer" = []), ("xi-api-key" = [])),
    params(("history_item_id" = String, Path, description = "The id of a generation")),
    responses((status = 200, body = Vec<u8>, content_type = "audio/mpeg"), (status = "4XX", body = ErrorBody)))]
async fn audio(
    State(app): State<App>,
    user: User,
    Path(id): Path<String>,
    request: FileRequest,
) -> Result<Response, ApiError> {
    let (_, generation) = own_generation(&app, user.id(), number(&id)).await?;
    // A client that has just received the stream asks before the parts are joined.
    generation.finish().await?;
    let record = generation.record().await?;
    StoredFile::of_speech(&generation, &record, FORMAT.into())
        .respond(&request)
        .await
}
