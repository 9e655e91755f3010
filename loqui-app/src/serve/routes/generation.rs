//! Generations: list, look at, cancel, retry, delete, subtitles. Create and status have rooms of their own.

#![expect(unused_qualifications, reason = "the macro that describes routes writes them")]

mod create;
mod status;

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
pub(super) use create::{script_problem, submit};
use loqui_core::error::code;
use loqui_core::ledger::Status;
use loqui_core::store::Filter;
use loqui_core::{Error, Generation, SubtitleFormat};
use serde::{Deserialize, Serialize};
pub(super) use status::message;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::auth::MessageAnswer;
use crate::serve::auth::User;
use crate::serve::body::{Id, Queried};
use crate::serve::refusal::{ErrorBody, FieldProblem, Refusal};
use crate::serve::state::App;
use crate::serve::voices::owner;
use crate::serve::wire::{GenerationAnswer, own_generation};

/// The longest page of a list (A12).
const LONGEST_PAGE: usize = 100;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(create::routes())
        .merge(status::routes())
        .routes(routes!(list))
        .routes(routes!(list_plain))
        .routes(routes!(show, remove))
        .routes(routes!(retry))
        .routes(routes!(cancel))
        .routes(routes!(subtitles))
}

/// Which generations to list.
#[derive(Debug, Deserialize, IntoParams)]
struct Page {
    /// Leave out so many of the newest.
    #[serde(default)]
    skip: usize,
    /// At most so many, 1 to 100.
    #[serde(default)]
    limit: Option<usize>,
    /// Only those that are `PENDING`, `PROCESSING`, `COMPLETED` or `FAILED`.
    #[serde(default)]
    status_filter: Option<String>,
}

/// A page of a user's generations.
#[derive(Debug, Serialize, ToSchema)]
struct GenerationsAnswer {
    /// The generations, newest first.
    generations: Vec<GenerationAnswer>,
    /// How many there are on all pages (A45).
    total: usize,
}

/// My generations, newest first.
#[utoipa::path(get, path = "/api/generation/", tag = "generation", security(("bearer" = [])), params(Page),
    responses((status = 200, body = GenerationsAnswer), (status = "4XX", body = ErrorBody)))]
async fn list(
    State(app): State<App>,
    user: User,
    Queried(page): Queried<Page>,
) -> Result<Json<GenerationsAnswer>, Refusal> {
    let limit = page.limit.unwrap_or(LONGEST_PAGE);
    if !(1..=LONGEST_PAGE).contains(&limit) {
        let problem = FieldProblem::at(&["query", "limit"], "range", "it must be 1 to 100");
        return Err(Refusal::fields(vec![problem]));
    }
    let mut jobs = app.jobs().list(user.id()).await?;
    if let Some(name) = page.status_filter.filter(|name| !name.is_empty()) {
        let status = Status::by_name(&name.to_ascii_uppercase()).ok_or_else(|| {
            let message = "it must be PENDING, PROCESSING, COMPLETED or FAILED";
            Refusal::fields(vec![FieldProblem::at(&["query", "status_filter"], "choice", message)])
        })?;
        let those = app
            .loqui()
            .generations(&Filter::default().with_owner(owner(user.id())).with_status(status))
            .await?;
        let those: std::collections::HashSet<i64> = those.iter().map(Generation::id).collect();
        jobs.retain(|job| those.contains(&job.generation));
    }
    let total = jobs.len();
    let mut generations = Vec::new();
    for job in jobs.into_iter().skip(page.skip).take(limit) {
        generations.push(GenerationAnswer::read(&app, job).await?);
    }
    Ok(Json(GenerationsAnswer { generations, total }))
}

/// The same as `/api/generation/`: nobody is sent from one to the other (S220).
#[utoipa::path(get, path = "/api/generation", tag = "generation", security(("bearer" = [])), params(Page),
    responses((status = 200, body = GenerationsAnswer), (status = "4XX", body = ErrorBody)))]
async fn list_plain(state: State<App>, user: User, page: Queried<Page>) -> Result<Json<GenerationsAnswer>, Refusal> {
    list(state, user, page).await
}

/// One of my generations.
#[utoipa::path(get, path = "/api/generation/{id}", tag = "generation", security(("bearer" = [])),
    params(("id" = i64, Path, description = "The generation's number")),
    responses((status = 200, body = GenerationAnswer), (status = "4XX", body = ErrorBody)))]
async fn show(State(app): State<App>, user: User, Id(id): Id) -> Result<Json<GenerationAnswer>, Refusal> {
    let (job, _) = own_generation(&app, user.id(), id).await?;
    Ok(Json(GenerationAnswer::read(&app, job).await?))
}

/// Start a failed generation anew; what was good of it is kept and not paid again.
#[utoipa::path(post, path = "/api/generation/{id}/retry", tag = "generation", security(("bearer" = [])),
    params(("id" = i64, Path, description = "The generation's number")),
    responses((status = 200, body = GenerationAnswer), (status = "4XX", body = ErrorBody)))]
async fn retry(State(app): State<App>, user: User, Id(id): Id) -> Result<Json<GenerationAnswer>, Refusal> {
    let (job, generation) = own_generation(&app, user.id(), id).await?;
    generation.retry().await.map_err(|error| {
        if error.code() == code::GENERATION_NOT_FAILED.name() {
            // Front ends know this sentence (A14).
            Error::new(&code::GENERATION_NOT_FAILED, "Can only retry failed generations")
        } else {
            error
        }
    })?;
    app.jobs().watch(&job, generation, app.metrics().clone());
    let _ = app.news().send((user.id(), id));
    Ok(Json(GenerationAnswer::read(&app, job).await?))
}

/// Stop a generation, here and at the provider. It ends as `FAILED` with the code `generation.cancelled`.
#[utoipa::path(post, path = "/api/generation/{id}/cancel", tag = "generation", security(("bearer" = [])),
    params(("id" = i64, Path, description = "The generation's number")),
    responses((status = 200, body = MessageAnswer), (status = "4XX", body = ErrorBody)))]
async fn cancel(State(app): State<App>, user: User, Id(id): Id) -> Result<Json<MessageAnswer>, Refusal> {
    let (_, generation) = own_generation(&app, user.id(), id).await?;
    generation.cancel().await?;
    Ok(Json(MessageAnswer::new("Cancellation requested")))
}

/// Delete a generation that has ended.
#[utoipa::path(delete, path = "/api/generation/{id}", tag = "generation", security(("bearer" = [])),
    params(("id" = i64, Path, description = "The generation's number")),
    responses((status = 204), (status = "4XX", body = ErrorBody)))]
async fn remove(State(app): State<App>, user: User, Id(id): Id) -> Result<StatusCode, Refusal> {
    erase(&app, user.id(), id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Forgets a user's generation with its speech.
pub(super) async fn erase(app: &App, account: i64, id: i64) -> Result<(), Refusal> {
    own_generation(app, account, id).await?;
    ensure_ended(app, id).await?;
    forget(app, id).await
}

/// Erases what has ended: words, takes and speech.
pub(super) async fn forget(app: &App, id: i64) -> Result<(), Refusal> {
    match app.loqui().generation(id).await {
        Ok(generation) => generation.erase().await?,
        Err(error) if error.code() == code::GENERATION_NOT_FOUND.name() => {}
        Err(error) => return Err(error.into()),
    }
    Ok(app.jobs().remove(id).await?)
}

/// Refuses to delete what is still being made. Front ends know this sentence (A15).
pub(super) async fn ensure_ended(app: &App, id: i64) -> Result<(), Refusal> {
    let generation = match app.loqui().generation(id).await {
        Err(error) if error.code() == code::GENERATION_NOT_FOUND.name() => return Ok(()),
        found => found?,
    };
    if generation.status().await?.is_terminal() {
        return Ok(());
    }
    Err(Refusal::new(
        StatusCode::BAD_REQUEST,
        &code::GENERATION_NOT_FINISHED,
        "Cannot delete audio that is currently processing",
    ))
}

/// Which subtitles.
#[derive(Debug, Deserialize, IntoParams)]
struct Subtitles {
    /// `srt` (unless told) or `vtt`.
    #[serde(default)]
    format: Option<String>,
}

/// Subtitles of finished speech.
#[utoipa::path(get, path = "/api/generation/{id}/subtitles", tag = "generation", security(("bearer" = [])),
    params(("id" = i64, Path, description = "The generation's number"), Subtitles),
    responses((status = 200, content((String = "application/x-subrip"), (String = "text/vtt"))),
        (status = "4XX", body = ErrorBody)))]
async fn subtitles(
    State(app): State<App>,
    user: User,
    Id(id): Id,
    Queried(wanted): Queried<Subtitles>,
) -> Result<Response, Refusal> {
    let (format, kind) = match wanted.format.as_deref().unwrap_or("srt") {
        "srt" => (SubtitleFormat::Srt, "application/x-subrip; charset=utf-8"),
        "vtt" => (SubtitleFormat::Vtt, "text/vtt; charset=utf-8"),
        _ => {
            let problem = FieldProblem::at(&["query", "format"], "choice", "it must be srt or vtt");
            return Err(Refusal::fields(vec![problem]));
        }
    };
    let (_, generation) = own_generation(&app, user.id(), id).await?;
    let info = generation.info().await?;
    if info.status != Status::Completed {
        // Says where it stands.
        generation.file().await?;
    }
    let text = info.subtitles(format);
    Ok(([(header::CONTENT_TYPE, kind)], text).into_response())
}
