//! Creation of generations.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use loqui_core::ledger::Status;
use loqui_core::{CancelOnDrop, Error, Generation, SpeakOptions};
use serde::Deserialize;
use tokio::sync::oneshot;
use tracing::Instrument as _;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::code;
use crate::serve::api_error::{ApiError, ErrorBody, FieldProblem};
use crate::serve::auth::User;
use crate::serve::jobs::{Job, NewJob, UNTITLED};
use crate::serve::speak_body::SpeakBody;
use crate::serve::state::App;
use crate::serve::uploads::Upload;
use crate::serve::voices::VoicedScript;
use crate::serve::wire::{GenerationAnswer, own_upload};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(create))
}

/// A generation to create. Unknown fields are ignored.
#[derive(Debug, Deserialize, ToSchema)]
pub(in crate::serve::routes) struct Create {
    /// The id of the recording.
    #[schema(minimum = 1)]
    sample_id: i64,
    /// The title, 1 to 100 characters.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 100)]
    model_name: Option<String>,
    /// The text to speak.
    #[schema(min_length = 1)]
    script_text: String,
}

/// The body of a create. utoipa needs a name without type parameters.
pub(in crate::serve::routes) type CreateBody = SpeakBody<Create>;

impl Create {
    /// Validates the fields.
    fn check(&self, max_characters: usize) -> Result<(), ApiError> {
        let mut problems = Vec::new();
        if self.sample_id < 1 {
            problems.push(FieldProblem::body(
                "sample_id",
                "greater_than",
                "it must be greater than 0",
            ));
        }
        problems.extend(check_title(self.model_name.as_deref()));
        problems.extend(script_problem(&self.script_text, max_characters));
        if problems.is_empty() {
            Ok(())
        } else {
            Err(ApiError::fields(problems))
        }
    }
}

/// Returns the problem with a title.
pub(super) fn check_title(title: Option<&str>) -> Option<FieldProblem> {
    let title = title?;
    if title.trim().is_empty() || title.chars().count() > 100 {
        let message = "it must have 1 to 100 characters that are not all blank";
        return Some(FieldProblem::body("model_name", "length", message));
    }
    title
        .chars()
        .any(char::is_control)
        .then(|| FieldProblem::body("model_name", "characters", "it must be one line of text"))
}

/// Returns the problem with an empty or too long script (S206).
pub(in crate::serve::routes) fn script_problem(text: &str, max_characters: usize) -> Option<FieldProblem> {
    let characters = text.chars().count();
    if text.trim().is_empty() {
        Some(FieldProblem::body("script_text", "empty", "it must not be empty"))
    } else if characters > max_characters {
        let message = format!("it has {characters} characters; the maximum is {max_characters}");
        Some(FieldProblem::body("script_text", "length", message))
    } else {
        None
    }
}

/// Create a generation. The response is sent at once; the speech is generated in the background.
#[utoipa::path(post, path = "/api/generation/create", tag = "generation", security(("bearer" = [])),
    request_body = CreateBody,
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key returns the same generation")),
    responses((status = 201, body = GenerationAnswer), (status = "4XX", body = ErrorBody)))]
async fn create(
    State(app): State<App>,
    user: User,
    headers: HeaderMap,
    SpeakBody { own: request, options }: CreateBody,
) -> Result<(StatusCode, Json<GenerationAnswer>), ApiError> {
    created(
        &app,
        &user,
        &headers,
        request,
        options,
        app.settings.max_script_characters,
    )
    .await
}

/// Creates a generation of a text of at most this many characters.
pub(in crate::serve::routes) async fn created(
    app: &App,
    user: &User,
    headers: &HeaderMap,
    request: Create,
    options: SpeakOptions,
    max_characters: usize,
) -> Result<(StatusCode, Json<GenerationAnswer>), ApiError> {
    let key = idempotency_key(headers)?;
    request.check(max_characters)?;
    let upload = own_upload(app, user.id(), request.sample_id, "Audio sample not found").await?;
    let title = request.model_name.unwrap_or_else(|| UNTITLED.to_owned());
    let (job, generation) = submit(app, user, &upload, &title, request.script_text, options, key).await?;
    // The response shows the initial state, even if the generation has progressed since (S42).
    let mut record = generation.record().await?;
    (record.status, record.progress) = (Status::Pending, 0);
    (record.speech, record.completed_at, record.error) = (None, None, None);
    Ok((StatusCode::CREATED, Json(GenerationAnswer::new(&job, record))))
}

/// Returns the idempotency key of the client.
pub(super) fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, ApiError> {
    let Some(value) = headers.get("idempotency-key") else {
        return Ok(None);
    };
    match value.to_str() {
        Ok(key) if (1..=255).contains(&key.len()) => Ok(Some(key.to_owned())),
        _ => {
            let message = "it must have 1 to 255 printable ASCII characters";
            Err(ApiError::fields(vec![FieldProblem::at(
                &["header", "idempotency-key"],
                "length",
                message,
            )]))
        }
    }
}

/// Starts a generation for a user, up to the limit of unfinished generations. It takes effect as a whole or not at all, even
/// if the client disconnects.
async fn submit(
    app: &App,
    user: &User,
    upload: &Upload,
    title: &str,
    text: String,
    options: SpeakOptions,
    key: Option<String>,
) -> Result<(Job, Generation), ApiError> {
    let (job, is_new) = NewJob::new(&user.account, upload, title, app.settings.max_unfinished).told();
    let (of, upload) = (app.clone(), upload.clone());
    let account = upload.account;
    let submission = async move { of.library.voices.submit(&upload, text, options, key, job).await };
    started(app, account, submission, is_new).await
}

/// Runs a submission of a user, and returns the job and the generation.
pub(super) async fn started(
    app: &App,
    account: i64,
    submission: impl Future<Output = Result<Generation, Error>> + Send + 'static,
    is_new: oneshot::Receiver<bool>,
) -> Result<(Job, Generation), ApiError> {
    let app = app.clone();
    spawned(async move {
        let generation = submission.await?;
        announce(&app, is_new, &generation).await;
        let job = app.records.jobs.of(account, generation.id()).await?;
        let missing = || Error::new(&code::GENERATION_NOT_FOUND, "Generated audio not found");
        Ok((job.ok_or_else(missing)?, generation))
    })
    .await
}

/// Starts a generation like [`submit`], for a client that waits for the speech.
pub(in crate::serve::routes) async fn submit_awaited(
    app: &App,
    user: &User,
    upload: &Upload,
    text: String,
    options: SpeakOptions,
) -> Result<CancelOnDrop, ApiError> {
    let (job, is_new) = NewJob::new(&user.account, upload, &upload.name, app.settings.max_unfinished).told();
    let (app, upload) = (app.clone(), upload.clone());
    spawned(async move {
        let guard = app.library.voices.submit_awaited(&upload, text, options, job).await?;
        announce(&app, is_new, guard.generation()).await;
        Ok(guard)
    })
    .await
}

/// Starts a generation of a script with several voices, for a client that waits for the speech.
pub(in crate::serve::routes) async fn submit_script_awaited(
    app: &App,
    user: &User,
    upload: &Upload,
    script: VoicedScript,
) -> Result<CancelOnDrop, ApiError> {
    let (job, is_new) = NewJob::new(&user.account, upload, &upload.name, app.settings.max_unfinished).told();
    let app = app.clone();
    spawned(async move {
        let guard = app.library.voices.submit_script_awaited(script, job).await?;
        announce(&app, is_new, guard.generation()).await;
        Ok(guard)
    })
    .await
}

/// Updates the metrics and the sockets, if the generation is new.
async fn announce(app: &App, is_new: oneshot::Receiver<bool>, generation: &Generation) {
    if is_new.await.unwrap_or_default() {
        app.metrics.generation_submitted();
        app.records.jobs.watch(generation.clone(), app.metrics.clone());
        app.signals.announcements.wake();
    }
}

/// Runs a submission to its end, even if the client disconnects between the transaction and the start. What it returns is
/// dropped then.
async fn spawned<T: Send + 'static>(
    work: impl Future<Output = Result<T, ApiError>> + Send + 'static,
) -> Result<T, ApiError> {
    let aborted = |source| Error::new(&code::INTERNAL, "a submission was aborted").with_source(source);
    tokio::spawn(work.in_current_span()).await.map_err(aborted)?
}
