//! Generations: list, show, cancel, retry, delete, segments and subtitles.

#![expect(unused_qualifications, reason = "the macro that describes routes writes them")]

mod create;
mod script;
mod status;

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
pub(super) use create::{CreateBody, created, script_problem, submit_awaited, submit_script_awaited};
use futures::FutureExt as _;
use loqui_core::ledger::{GenerationInfo, SegmentInfo, Status};
use loqui_core::store::Filter;
use loqui_core::{Error, Generation, GenerationId, SubtitleCues, SubtitleFormat, SubtitleOptions};
use serde::{Deserialize, Serialize};
pub(super) use status::message;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::auth::MessageAnswer;
use crate::code;
use crate::serve::api_error::{ApiError, ErrorBody, FieldProblem};
use crate::serve::auth::User;
use crate::serve::body::{Id, Queried};
use crate::serve::erasures::Erasure;
use crate::serve::jobs;
use crate::serve::state::App;
use crate::serve::wire::{GenerationAnswer, own_generation};

/// The maximum size of a page.
const MAX_PAGE: usize = 100;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(create::routes())
        .merge(script::routes())
        .merge(status::routes())
        .routes(routes!(list))
        .routes(routes!(list_plain))
        .routes(routes!(show, remove))
        .routes(routes!(retry))
        .routes(routes!(cancel))
        .routes(routes!(subtitles))
        .routes(routes!(segments))
}

/// The query of a list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Page {
    /// The number of generations to skip, newest first.
    #[serde(default)]
    skip: usize,
    /// The maximum number, 1 to 100.
    #[serde(default)]
    limit: Option<usize>,
    /// Only generations with this status: `PENDING`, `PROCESSING`, `COMPLETED` or `FAILED`.
    #[serde(default)]
    status_filter: Option<String>,
}

/// A page of generations.
#[derive(Debug, Serialize, ToSchema)]
struct GenerationsAnswer {
    /// The generations, newest first.
    generations: Vec<GenerationAnswer>,
    /// The number of generations on all pages.
    total: usize,
}

/// List my generations, newest first.
#[utoipa::path(get, path = "/api/generation/", tag = "generation", security(("bearer" = [])), params(Page),
    responses((status = 200, body = GenerationsAnswer), (status = "4XX", body = ErrorBody)))]
async fn list(
    State(app): State<App>,
    user: User,
    Queried(page): Queried<Page>,
) -> Result<Json<GenerationsAnswer>, ApiError> {
    let limit = page.limit.unwrap_or(MAX_PAGE);
    if !(1..=MAX_PAGE).contains(&limit) {
        let problem = FieldProblem::at(&["query", "limit"], "range", "it must be 1 to 100");
        return Err(ApiError::fields(vec![problem]));
    }
    let mut jobs = app.records.jobs.list(user.id()).await?;
    if let Some(name) = page.status_filter.filter(|name| !name.is_empty()) {
        let status = Status::by_name(&name.to_ascii_uppercase()).ok_or_else(|| {
            let message = "it must be PENDING, PROCESSING, COMPLETED or FAILED";
            ApiError::fields(vec![FieldProblem::at(&["query", "status_filter"], "choice", message)])
        })?;
        let those = app
            .library
            .loqui
            .generations(
                &Filter::default()
                    .with_owner(user.account.owner.as_str())
                    .with_status(status),
            )
            .await?;
        let those: std::collections::HashSet<GenerationId> = those.iter().map(Generation::id).collect();
        jobs.retain(|job| those.contains(&job.generation));
    }
    let total = jobs.len();
    let mut generations = Vec::new();
    for job in jobs.into_iter().skip(page.skip).take(limit) {
        generations.push(GenerationAnswer::read(&app, job).await?);
    }
    Ok(Json(GenerationsAnswer { generations, total }))
}

/// The same as `/api/generation/`, without a redirect.
#[utoipa::path(get, path = "/api/generation", tag = "generation", security(("bearer" = [])), params(Page),
    responses((status = 200, body = GenerationsAnswer), (status = "4XX", body = ErrorBody)))]
async fn list_plain(state: State<App>, user: User, page: Queried<Page>) -> Result<Json<GenerationsAnswer>, ApiError> {
    list(state, user, page).await
}

/// Show one of my generations.
#[utoipa::path(get, path = "/api/generation/{id}", tag = "generation", security(("bearer" = [])),
    params(("id" = i64, Path, description = "The id of the generation")),
    responses((status = 200, body = GenerationAnswer), (status = "4XX", body = ErrorBody)))]
async fn show(State(app): State<App>, user: User, Id(id): Id) -> Result<Json<GenerationAnswer>, ApiError> {
    let (job, _) = own_generation(&app, user.id(), id).await?;
    Ok(Json(GenerationAnswer::read(&app, job).await?))
}

/// Retry a failed generation. Finished segments are kept and not paid again.
#[utoipa::path(post, path = "/api/generation/{id}/retry", tag = "generation", security(("bearer" = [])),
    params(("id" = i64, Path, description = "The id of the generation")),
    responses((status = 200, body = GenerationAnswer), (status = "4XX", body = ErrorBody)))]
async fn retry(State(app): State<App>, user: User, Id(id): Id) -> Result<Json<GenerationAnswer>, ApiError> {
    let (job, generation) = own_generation(&app, user.id(), id).await?;
    generation.retry().await.map_err(|error| {
        if error.is(&code::GENERATION_NOT_FAILED) {
            // Frontends compare this message.
            Error::new(&code::GENERATION_NOT_FAILED, "Can only retry failed generations")
        } else {
            error
        }
    })?;
    app.records.jobs.watch(generation, app.metrics.clone());
    app.signals.announcements.announce(user.id(), job.generation).await?;
    Ok(Json(GenerationAnswer::read(&app, job).await?))
}

/// Cancel a generation, here and at the provider. It ends as `FAILED` with the code `generation.cancelled`.
#[utoipa::path(post, path = "/api/generation/{id}/cancel", tag = "generation", security(("bearer" = [])),
    params(("id" = i64, Path, description = "The id of the generation")),
    responses((status = 200, body = MessageAnswer), (status = "4XX", body = ErrorBody)))]
async fn cancel(State(app): State<App>, user: User, Id(id): Id) -> Result<Json<MessageAnswer>, ApiError> {
    let (_, generation) = own_generation(&app, user.id(), id).await?;
    generation.cancel().await?;
    Ok(Json(MessageAnswer::new("Cancellation requested")))
}

/// Delete a generation that has ended.
#[utoipa::path(delete, path = "/api/generation/{id}", tag = "generation", security(("bearer" = [])),
    params(("id" = i64, Path, description = "The id of the generation")),
    responses((status = 204), (status = "4XX", body = ErrorBody)))]
async fn remove(State(app): State<App>, user: User, Id(id): Id) -> Result<StatusCode, ApiError> {
    erase(&app, user.id(), id.into()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Erases a generation of a user: record and job in one transaction, then the audio.
pub(super) async fn erase(app: &App, account: i64, id: GenerationId) -> Result<(), ApiError> {
    own_generation(app, account, id).await?;
    ensure_ended(app, id).await?;
    let erasing = app.records.database.write(move |mut transaction| {
        async move {
            Erasure::Generation(id).record_in(&mut transaction).await?;
            jobs::remove(&mut transaction, id).await
        }
        .boxed()
    });
    erasing.await?;
    app.records.erasures.complete(&[Erasure::Generation(id)]).await;
    Ok(())
}

/// Checks that a generation has ended. Frontends compare the message of the error.
pub(super) async fn ensure_ended(app: &App, id: GenerationId) -> Result<(), ApiError> {
    let generation = match app.library.loqui.generation(id).await {
        Err(error) if error.is(&code::GENERATION_NOT_FOUND) => return Ok(()),
        found => found?,
    };
    if generation.status().await?.is_terminal() {
        return Ok(());
    }
    Err(ApiError::new(
        StatusCode::BAD_REQUEST,
        &code::GENERATION_NOT_FINISHED,
        "Cannot delete audio that is currently processing",
    ))
}

/// The query of subtitles.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct SubtitlesQuery {
    /// `srt` (default) or `vtt`, which has the time of each word.
    #[serde(default)]
    format: Option<String>,
    /// What one cue shows: `sentences` (default), `phrases` or `words`.
    #[serde(default)]
    cues: Option<String>,
}

/// Download the subtitles of complete speech.
#[utoipa::path(get, path = "/api/generation/{id}/subtitles", tag = "generation", security(("bearer" = [])),
    params(("id" = i64, Path, description = "The id of the generation"), SubtitlesQuery),
    responses((status = 200, content((String = "application/x-subrip"), (String = "text/vtt"))),
        (status = "4XX", body = ErrorBody)))]
async fn subtitles(
    State(app): State<App>,
    user: User,
    Id(id): Id,
    Queried(query): Queried<SubtitlesQuery>,
) -> Result<Response, ApiError> {
    let (format, kind) = match query.format.as_deref().unwrap_or("srt") {
        "srt" => (SubtitleFormat::Srt, "application/x-subrip; charset=utf-8"),
        "vtt" => (SubtitleFormat::Vtt, "text/vtt; charset=utf-8"),
        _ => {
            let problem = FieldProblem::at(&["query", "format"], "choice", "it must be srt or vtt");
            return Err(ApiError::fields(vec![problem]));
        }
    };
    let cues = match query.cues.as_deref() {
        None => SubtitleCues::default(),
        Some(name) => SubtitleCues::from_name(name).ok_or_else(|| {
            let message = "it must be sentences, phrases or words";
            ApiError::fields(vec![FieldProblem::at(&["query", "cues"], "choice", message)])
        })?,
    };
    let text = with_words(&app, &user, id)
        .await?
        .subtitles(SubtitleOptions::from(format).with_cues(cues));
    Ok(([(header::CONTENT_TYPE, kind)], text).into_response())
}

/// Returns a complete generation with the times of its words.
async fn with_words(app: &App, user: &User, id: i64) -> Result<GenerationInfo, ApiError> {
    let (_, generation) = own_generation(app, user.id(), id).await?;
    if generation.status().await? != Status::Completed {
        // The error contains the status.
        generation.file().await?;
    }
    Ok(generation.info_with_words().await?)
}

/// The segments of complete speech.
#[derive(Debug, Serialize, ToSchema)]
struct SegmentsAnswer {
    /// The segments in order: `index`, `text`, `start`, `end` (seconds), `takes`, `seed`, and `words` with `text`, `start`, `end`
    /// and `estimated`.
    #[schema(value_type = Vec<Object>)]
    segments: Vec<SegmentInfo>,
}

/// List the segments of complete speech, with the times of their words.
#[utoipa::path(get, path = "/api/generation/{id}/segments", tag = "generation", security(("bearer" = [])),
    params(("id" = i64, Path, description = "The id of the generation")),
    responses((status = 200, body = SegmentsAnswer), (status = "4XX", body = ErrorBody)))]
async fn segments(State(app): State<App>, user: User, Id(id): Id) -> Result<Json<SegmentsAnswer>, ApiError> {
    let segments = with_words(&app, &user, id).await?.segments;
    Ok(Json(SegmentsAnswer { segments }))
}
