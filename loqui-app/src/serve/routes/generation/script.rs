//! Scripts with several voices, and edits.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use loqui_core::ledger::Status;
use loqui_core::options::VoiceOptions;
use loqui_core::script::TextFormat;
use loqui_core::{Edit, Voice};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::create::{check_title, idempotency_key, script_problem, started};
use crate::serve::api_error::{ApiError, ErrorBody, FieldProblem};
use crate::serve::auth::User;
use crate::serve::body::{Id, JsonBody};
use crate::serve::jobs::{NewJob, UNTITLED};
use crate::serve::speak_body::SpeakBody;
use crate::serve::state::App;
use crate::serve::voices::VoicedScript;
use crate::serve::wire::{GenerationAnswer, own_generation, own_upload};

/// The maximum number of voices.
const MAX_VOICES: usize = 100;
/// The maximum number of changes of one edit.
const MAX_EDITS: usize = 1000;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(create)).routes(routes!(edit))
}

const NOT_FOUND: &str = "Audio sample not found";

/// A script with several voices. Unknown fields are ignored.
#[derive(Debug, Deserialize, ToSchema)]
#[expect(clippy::struct_field_names, reason = "the names of the JSON fields")]
struct Script {
    /// The script. Lines such as `[anna]: Good morning.` have the voice of their label. Either this or `turns`.
    #[serde(default)]
    script_text: Option<String>,
    /// The turns, in order. Either this or `script_text`.
    #[serde(default)]
    turns: Option<Vec<Turn>>,
    /// The voice of each label: the id of a recording, or an object with `sample_id`, `gain` (dB), `exaggeration`, `model` and
    /// other settings of that voice.
    #[serde(default)]
    #[schema(value_type = Object)]
    voices: BTreeMap<String, Value>,
    /// The id of the recording that speaks text without a label.
    #[serde(default)]
    #[schema(minimum = 1)]
    sample_id: Option<i64>,
    /// The title, 1 to 100 characters.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 100)]
    model_name: Option<String>,
}

/// A text in a voice.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
struct Turn {
    /// The label of the voice. Without one the turn has the voice of `sample_id`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    voice: Option<String>,
    /// The text to speak.
    text: String,
}

/// The body of a script. utoipa needs a name without type parameters.
type ScriptBody = SpeakBody<Script>;

/// Create a generation of a script with several voices. The response is sent at once; the speech is generated in the background.
#[utoipa::path(post, path = "/api/generation/script", tag = "generation", security(("bearer" = [])),
    request_body = ScriptBody,
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key returns the same generation")),
    responses((status = 201, body = GenerationAnswer), (status = "4XX", body = ErrorBody)))]
async fn create(
    State(app): State<App>,
    user: User,
    headers: HeaderMap,
    SpeakBody {
        own: request,
        mut options,
    }: ScriptBody,
) -> Result<(StatusCode, Json<GenerationAnswer>), ApiError> {
    let key = idempotency_key(&headers)?;
    if let Some(problem) = check_title(request.model_name.as_deref()) {
        return Err(ApiError::fields(vec![problem]));
    }
    let limit = app.settings.max_script_characters;
    let text = match (request.script_text, request.turns) {
        (Some(text), None) => {
            if let Some(problem) = script_problem(&text, limit) {
                return Err(ApiError::fields(vec![problem]));
            }
            text
        }
        (None, Some(turns)) => {
            check_turns(&turns, limit)?;
            options.text.format = Some(TextFormat::Document.name().to_owned());
            json!({ "turns": turns }).to_string()
        }
        _ => {
            return Err(problem(
                "script_text",
                "choice",
                "either script_text or turns is needed",
            ));
        }
    };
    if request.voices.len() > MAX_VOICES {
        return Err(problem(
            "voices",
            "length",
            format!("at most {MAX_VOICES} voices are allowed"),
        ));
    }
    let upload = match request.sample_id {
        Some(id) => Some(own_upload(&app, user.id(), id, NOT_FOUND).await?),
        None => None,
    };
    let mut first = upload.as_ref().map(|upload| upload.id);
    let mut voices = Vec::new();
    for (label, value) in request.voices {
        let (id, options) = voice(&label, value)?;
        let upload = own_upload(&app, user.id(), id, NOT_FOUND).await?;
        first = first.or(Some(upload.id));
        voices.push((label, Voice::stored(upload.sample).options(options)));
    }
    let Some(first) = first else {
        return Err(problem(
            "voices",
            "missing",
            "give each label a voice, or set sample_id",
        ));
    };
    let title = request.model_name.unwrap_or_else(|| UNTITLED.to_owned());
    let (job, is_new) = NewJob::of(&user.account, first, &title, app.settings.max_unfinished).told();
    let script = VoicedScript {
        upload,
        voices,
        text,
        options,
        key,
    };
    let of = app.clone();
    let submission = async move { of.library.voices.submit_script(script, job).await };
    let (job, generation) = started(&app, user.id(), submission, is_new).await?;
    let mut record = generation.record().await?;
    (record.status, record.progress) = (Status::Pending, 0);
    (record.speech, record.completed_at, record.error) = (None, None, None);
    Ok((StatusCode::CREATED, Json(GenerationAnswer::new(&job, record))))
}

fn check_turns(turns: &[Turn], limit: usize) -> Result<(), ApiError> {
    let characters: usize = turns.iter().map(|turn| turn.text.chars().count()).sum();
    if turns.iter().all(|turn| turn.text.trim().is_empty()) {
        return Err(problem("turns", "empty", "it must not be empty"));
    }
    if characters > limit {
        let message = format!("the turns have {characters} characters; the maximum is {limit}");
        return Err(problem("turns", "length", message));
    }
    Ok(())
}

/// Reads the voice of a label.
fn voice(label: &str, value: Value) -> Result<(i64, VoiceOptions), ApiError> {
    let wrong =
        |message: String| ApiError::fields(vec![FieldProblem::at(&["body", "voices", label], "invalid", message)]);
    let needs_id = || wrong("it must be the id of a recording, or an object with sample_id".to_owned());
    let mut fields = match value {
        Value::Object(fields) => fields,
        other => Map::from_iter([("sample_id".to_owned(), other)]),
    };
    let id = fields
        .remove("sample_id")
        .and_then(|id| id.as_i64())
        .ok_or_else(needs_id)?;
    let options = VoiceOptions::from_fields(&fields).map_err(|error| wrong(error.to_string()))?;
    Ok((id, options))
}

fn problem(field: &str, kind: &str, message: impl Into<String>) -> ApiError {
    ApiError::fields(vec![FieldProblem::body(field, kind, message.into())])
}

/// Changes of a generation.
#[derive(Debug, Deserialize, ToSchema)]
#[expect(clippy::struct_field_names, reason = "the names of the JSON fields")]
struct Edits {
    /// The changes, in order: objects with `op` and the fields of that change. `change` (`sentence`, `text`, `voice`), `insert`
    /// (`after`, `text`, `voice`), `delete` (`sentence`), `move` (`sentence`, `after`), `retake` (`sentence`), `pick`
    /// (`sentence`, `take`).
    #[schema(value_type = Vec<Object>)]
    edits: Vec<Value>,
    /// The most the edit may cost, in US dollars.
    #[serde(default)]
    budget: Option<f64>,
    /// The title of the new generation. Default: that of the edited one.
    #[serde(default)]
    model_name: Option<String>,
}

/// Edit a finished generation. The response is a new generation, which takes over everything that did not change.
#[utoipa::path(post, path = "/api/generation/{id}/edits", tag = "generation", security(("bearer" = [])),
    request_body = Edits,
    params(("id" = i64, Path, description = "The id of the generation"),
        ("Idempotency-Key" = Option<String>, Header, description = "The same key returns the same generation")),
    responses((status = 201, body = GenerationAnswer), (status = "4XX", body = ErrorBody)))]
async fn edit(
    State(app): State<App>,
    user: User,
    Id(id): Id,
    headers: HeaderMap,
    JsonBody(request): JsonBody<Edits>,
) -> Result<(StatusCode, Json<GenerationAnswer>), ApiError> {
    let key = idempotency_key(&headers)?;
    let (old, generation) = own_generation(&app, user.id(), id).await?;
    if let Some(problem) = check_title(request.model_name.as_deref()) {
        return Err(ApiError::fields(vec![problem]));
    }
    if !(1..=MAX_EDITS).contains(&request.edits.len()) {
        return Err(problem(
            "edits",
            "length",
            format!("it must have 1 to {MAX_EDITS} items"),
        ));
    }
    let mut edits = Vec::with_capacity(request.edits.len());
    for (index, value) in request.edits.into_iter().enumerate() {
        edits.push(serde_json::from_value::<Edit>(value).map_err(|error| {
            let place = index.to_string();
            ApiError::fields(vec![FieldProblem::at(
                &["body", "edits", &place],
                "invalid",
                error.to_string(),
            )])
        })?);
    }
    let title = request.model_name.unwrap_or(old.title);
    let (job, is_new) = NewJob::of(&user.account, old.upload, &title, app.settings.max_unfinished).told();
    let of = app.clone();
    let budget = request.budget;
    let submission = async move { of.library.voices.edit(&generation, edits, budget, key, job).await };
    let (job, generation) = started(&app, user.id(), submission, is_new).await?;
    let mut record = generation.record().await?;
    (record.status, record.progress) = (Status::Pending, 0);
    (record.speech, record.completed_at, record.error) = (None, None, None);
    Ok((StatusCode::CREATED, Json(GenerationAnswer::new(&job, record))))
}
