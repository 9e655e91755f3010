//! Generations: create, how far is it, list, look at, cancel, retry, delete, subtitles.

#![expect(unused_qualifications, reason = "the macro that describes routes writes them")]

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use futures::StreamExt as _;
use loqui_core::error::code;
use loqui_core::generation::{ErrorRecord, GenerationRecord, Status};
use loqui_core::store::Filter;
use loqui_core::{Error, Generation, SpeakOptions, SubtitleFormat};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::auth::MessageAnswer;
use crate::serve::auth::User;
use crate::serve::body::{Id, JsonBody, Queried};
use crate::serve::database::shown;
use crate::serve::jobs::{Job, UNTITLED};
use crate::serve::refusal::{ErrorBody, FieldProblem, Refusal};
use crate::serve::state::App;
use crate::serve::uploads::Upload;
use crate::serve::voices::owner;
use crate::serve::wire::{GenerationAnswer, own_generation, own_upload};

/// The longest poll, in seconds; proxies give up after 60.
const LONGEST_POLL: u64 = 55;
/// The longest page of a list (A12).
const LONGEST_PAGE: usize = 100;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(create))
        .routes(routes!(status))
        .routes(routes!(list))
        .routes(routes!(list_plain))
        .routes(routes!(show, remove))
        .routes(routes!(retry))
        .routes(routes!(cancel))
        .routes(routes!(subtitles))
}

/// What is to be spoken, with which voice, and how.
#[derive(Debug, Deserialize, ToSchema)]
struct Create {
    /// The recording's number.
    #[schema(minimum = 1)]
    sample_id: i64,
    /// What people call it, 1 to 100 characters.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 100)]
    model_name: Option<String>,
    /// What is spoken.
    #[schema(min_length = 1)]
    script_text: String,
    /// The model, for instance `chatterbox-turbo`.
    #[serde(default)]
    model: Option<String>,
    /// How expressive, 0.25 to 2.
    #[serde(default)]
    exaggeration: Option<f64>,
    /// How closely the pace follows the recording, 0.2 to 1.
    #[serde(default)]
    cfg_weight: Option<f64>,
    /// How varied, 0.05 to 5.
    #[serde(default)]
    temperature: Option<f64>,
    /// Makes the result repeatable; 1 or more.
    #[serde(default)]
    #[schema(minimum = 1)]
    seed: Option<u32>,
    /// The language of the text, as an ISO 639-1 code.
    #[serde(default)]
    language: Option<String>,
    /// The most it may cost, in US dollars.
    #[serde(default)]
    budget_usd: Option<f64>,
}

impl Create {
    /// Refuses what can never be spoken.
    fn check(&self, most: usize) -> Result<(), Refusal> {
        let mut problems = Vec::new();
        if self.sample_id < 1 {
            problems.push(FieldProblem::body(
                "sample_id",
                "greater_than",
                "it must be greater than 0",
            ));
        }
        if let Some(name) = &self.model_name {
            if !(1..=100).contains(&name.chars().count()) {
                problems.push(FieldProblem::body(
                    "model_name",
                    "length",
                    "it must have 1 to 100 characters",
                ));
            } else if name.chars().any(char::is_control) {
                problems.push(FieldProblem::body(
                    "model_name",
                    "characters",
                    "it must be one line of text",
                ));
            }
        }
        problems.extend(script_problem(&self.script_text, most));
        if problems.is_empty() {
            Ok(())
        } else {
            Err(Refusal::fields(problems))
        }
    }

    fn options(&self) -> SpeakOptions {
        let mut options = SpeakOptions::default();
        options.model.clone_from(&self.model);
        options.exaggeration = self.exaggeration;
        options.cfg_weight = self.cfg_weight;
        options.temperature = self.temperature;
        options.seed = self.seed;
        options.language.clone_from(&self.language);
        options.budget_usd = self.budget_usd;
        options
    }
}

/// What is wrong with a script at first sight (S206).
pub(super) fn script_problem(text: &str, most: usize) -> Option<FieldProblem> {
    let characters = text.chars().count();
    if text.trim().is_empty() {
        Some(FieldProblem::body("script_text", "empty", "it must not be empty"))
    } else if characters > most {
        let message = format!("it has {characters} characters; {most} are the most");
        Some(FieldProblem::body("script_text", "length", message))
    } else {
        None
    }
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
pub(super) fn message(record: &GenerationRecord) -> String {
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

/// Ask for speech. Answers at once; the speech is made in the background.
#[utoipa::path(post, path = "/api/generation/create", tag = "generation", security(("bearer" = [])),
    request_body = Create,
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key again is the same generation")),
    responses((status = 201, body = GenerationAnswer), (status = "4XX", body = ErrorBody)))]
async fn create(
    State(app): State<App>,
    user: User,
    headers: HeaderMap,
    JsonBody(wanted): JsonBody<Create>,
) -> Result<(StatusCode, Json<GenerationAnswer>), Refusal> {
    let key = idempotency_key(&headers)?;
    wanted.check(app.settings().max_script_characters)?;
    let upload = own_upload(&app, user.id(), wanted.sample_id, "Audio sample not found").await?;
    let options = wanted.options();
    let title = wanted.model_name.unwrap_or_else(|| UNTITLED.to_owned());
    let (job, generation) = submit(&app, &user, &upload, &title, wanted.script_text, options, key).await?;
    // What is told of a new generation is how it was written down, however far it has come meanwhile (S42).
    let mut record = generation.record().await?;
    (record.status, record.progress) = (Status::Pending, 0);
    (record.speech, record.completed_at, record.error) = (None, None, None);
    Ok((StatusCode::CREATED, Json(GenerationAnswer::new(&job, record))))
}

/// The key that a client chose, if it did.
fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, Refusal> {
    let Some(value) = headers.get("idempotency-key") else {
        return Ok(None);
    };
    match value.to_str() {
        Ok(key) if (1..=255).contains(&key.len()) => Ok(Some(key.to_owned())),
        _ => {
            let message = "it must have 1 to 255 printable ASCII characters";
            Err(Refusal::fields(vec![FieldProblem::at(
                &["header", "idempotency-key"],
                "length",
                message,
            )]))
        }
    }
}

/// Begins a generation for a user, within what they may have unfinished.
pub(super) async fn submit(
    app: &App,
    user: &User,
    upload: &Upload,
    title: &str,
    text: String,
    options: SpeakOptions,
    key: Option<String>,
) -> Result<(Job, Generation), Refusal> {
    if app.jobs().unfinished(user.id()) >= app.settings().max_unfinished {
        let most = app.settings().max_unfinished;
        let message = format!("{most} of your generations are unfinished, which is all that you may have at a time");
        return Err(Error::new(&code::USER_QUOTA, message).into());
    }
    let generation = app.voices().submit(upload, text, options, key).await?;
    if let Some(job) = app.jobs().of(user.id(), generation.id()).await? {
        // The same key again.
        return Ok((job, generation));
    }
    let job = app.jobs().add(generation.id(), user.id(), upload.id, title).await?;
    app.metrics().generation_submitted();
    app.jobs().watch(&job, generation.clone(), app.metrics().clone());
    // Nobody may be listening.
    let _ = app.news().send((user.id(), generation.id()));
    Ok((job, generation))
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
