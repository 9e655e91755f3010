//! Create: what may be asked for, and how a generation begins.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use loqui_core::error::code;
use loqui_core::ledger::Status;
use loqui_core::{Error, Generation, SpeakOptions};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::serve::auth::User;
use crate::serve::jobs::{Job, UNTITLED};
use crate::serve::refusal::{ErrorBody, FieldProblem, Refusal};
use crate::serve::speak_body::SpeakBody;
use crate::serve::state::App;
use crate::serve::uploads::Upload;
use crate::serve::wire::{GenerationAnswer, own_upload};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(create))
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
}

/// The body of a create. utoipa needs a name without type parameters.
type CreateBody = SpeakBody<Create>;

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
}

/// What is wrong with a script at first sight (S206).
pub(in crate::serve::routes) fn script_problem(text: &str, most: usize) -> Option<FieldProblem> {
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

/// Ask for speech. Answers at once; the speech is made in the background.
#[utoipa::path(post, path = "/api/generation/create", tag = "generation", security(("bearer" = [])),
    request_body = CreateBody,
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key again is the same generation")),
    responses((status = 201, body = GenerationAnswer), (status = "4XX", body = ErrorBody)))]
async fn create(
    State(app): State<App>,
    user: User,
    headers: HeaderMap,
    SpeakBody { own: wanted, options }: CreateBody,
) -> Result<(StatusCode, Json<GenerationAnswer>), Refusal> {
    let key = idempotency_key(&headers)?;
    wanted.check(app.settings().max_script_characters)?;
    let upload = own_upload(&app, user.id(), wanted.sample_id, "Audio sample not found").await?;
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
pub(in crate::serve::routes) async fn submit(
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
