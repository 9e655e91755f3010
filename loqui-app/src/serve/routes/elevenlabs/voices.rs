//! Voices: list, search, show, add, edit, settings and delete.

mod search;
mod settings;

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{DefaultBodyLimit, Path, Request, State};
use axum::response::{IntoResponse as _, Response};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::voice_form::VoiceForm;
use super::voice_settings::{EffectiveSettings, VoiceSettings};
use crate::serve::api_error::{ApiError, ErrorBody, FieldProblem};
use crate::serve::auth::User;
use crate::serve::files::{self, FileRequest, StoredFile};
use crate::serve::routes::samples::{self, Recording};
use crate::serve::routes::voice_names;
use crate::serve::state::App;
use crate::serve::uploads::Upload;

/// The size of the other form fields and of the multipart syntax, in bytes.
const FORM_OVERHEAD: u64 = 256 << 10;

pub(super) fn routes(max_upload_bytes: u64) -> OpenApiRouter<App> {
    let limit = usize::try_from(max_upload_bytes.saturating_add(FORM_OVERHEAD)).unwrap_or(usize::MAX);
    let forms = OpenApiRouter::new()
        .routes(routes!(add))
        .routes(routes!(edit))
        .layer(DefaultBodyLimit::max(limit));
    OpenApiRouter::new()
        .merge(forms)
        .merge(search::routes())
        .merge(settings::routes())
        .routes(routes!(list))
        .routes(routes!(show, remove))
        .routes(routes!(sample_audio))
}

/// What is stored with a recording for these routes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Details {
    pub(super) description: Option<String>,
    pub(super) labels: BTreeMap<String, String>,
    pub(super) settings: VoiceSettings,
}

impl Details {
    /// Reads the details of an upload.
    pub(super) fn of(upload: &Upload) -> Self {
        serde_json::from_str(&upload.details).unwrap_or_default()
    }

    async fn store(&self, app: &App, upload: &Upload) -> Result<(), ApiError> {
        let details = serde_json::to_string(self).unwrap_or_default();
        Ok(app
            .records
            .uploads
            .set_details(upload.account, upload.id, &details)
            .await?)
    }
}

/// A voice.
#[derive(Debug, Serialize, ToSchema)]
struct VoiceAnswer {
    /// The id of the recording.
    voice_id: String,
    /// The name of the recording.
    name: String,
    /// Always `cloned`.
    category: &'static str,
    description: Option<String>,
    labels: BTreeMap<String, String>,
    samples: Vec<VoiceSample>,
    settings: EffectiveSettings,
    preview_url: Option<String>,
    available_for_tiers: Vec<String>,
    high_quality_base_model_ids: Vec<String>,
    is_owner: bool,
    created_at_unix: i64,
}

/// The recording of a voice.
#[derive(Debug, Serialize, ToSchema)]
struct VoiceSample {
    sample_id: String,
    file_name: String,
    mime_type: &'static str,
    size_bytes: i64,
    duration_secs: f64,
}

impl From<&Upload> for VoiceAnswer {
    fn from(upload: &Upload) -> Self {
        let details = Details::of(upload);
        Self {
            voice_id: upload.id.to_string(),
            name: upload.name.clone(),
            category: "cloned",
            description: details.description,
            labels: details.labels,
            samples: vec![VoiceSample {
                sample_id: upload.id.to_string(),
                file_name: upload.file_name.clone(),
                mime_type: files::media_type(&upload.file),
                size_bytes: upload.bytes,
                duration_secs: upload.seconds,
            }],
            settings: details.settings.effective(),
            preview_url: None,
            available_for_tiers: Vec::new(),
            high_quality_base_model_ids: Vec::new(),
            is_owner: true,
            created_at_unix: upload.uploaded_at / 1_000_000,
        }
    }
}

/// All voices of a user.
#[derive(Debug, Serialize, ToSchema)]
struct VoicesAnswer {
    /// The voices, newest first.
    voices: Vec<VoiceAnswer>,
}

/// The result of a change.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct StatusAnswer {
    /// Always `ok`.
    status: &'static str,
}

impl StatusAnswer {
    /// The answer to a change that was made.
    pub(super) const OK: Self = Self { status: "ok" };
}

/// List my voices.
#[utoipa::path(get, path = "/v1/voices", tag = "elevenlabs", security(("bearer" = []), ("xi-api-key" = [])),
    responses((status = 200, body = VoicesAnswer), (status = 401, body = ErrorBody)))]
async fn list(State(app): State<App>, user: User) -> Result<Json<VoicesAnswer>, ApiError> {
    let uploads = app.records.uploads.list(user.id()).await?;
    let voices = uploads.iter().map(VoiceAnswer::from).collect();
    Ok(Json(VoicesAnswer { voices }))
}

/// Show one of my voices.
#[utoipa::path(get, path = "/v1/voices/{voice_id}", tag = "elevenlabs", security(("bearer" = []), ("xi-api-key" = [])),
    params(("voice_id" = String, Path, description = "The id of a recording")),
    responses((status = 200, body = VoiceAnswer), (status = "4XX", body = ErrorBody)))]
async fn show(State(app): State<App>, user: User, Path(id): Path<String>) -> Result<Json<VoiceAnswer>, ApiError> {
    let upload = voice_names::find_by_id(&app, &user, &id).await?;
    Ok(Json(VoiceAnswer::from(&upload)))
}

/// Delete a voice, and all speech that was generated with it.
#[utoipa::path(delete, path = "/v1/voices/{voice_id}", tag = "elevenlabs", security(("bearer" = []), ("xi-api-key" = [])),
    params(("voice_id" = String, Path, description = "The id of a recording")),
    responses((status = 200, body = StatusAnswer), (status = "4XX", body = ErrorBody)))]
async fn remove(State(app): State<App>, user: User, Path(id): Path<String>) -> Result<Json<StatusAnswer>, ApiError> {
    // Only an id, so that a name or an alias does not delete a recording by mistake.
    let id = id.parse().unwrap_or_default();
    samples::erase(&app, user.id(), id).await?;
    Ok(Json(StatusAnswer::OK))
}

/// The form of a new voice.
#[derive(ToSchema)]
#[expect(dead_code, reason = "documents what `VoiceForm` reads")]
struct AddForm {
    /// The name, 1 to 100 characters.
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    /// The recordings, 1 to 25. The best stretches of all make the voice.
    #[schema(value_type = Vec<String>, format = Binary, content_media_type = "application/octet-stream")]
    files: Vec<Vec<u8>>,
    /// A description.
    description: Option<String>,
    /// Labels as a JSON object.
    labels: Option<String>,
    /// The statement of the speaker's consent. Some servers require it.
    consent: Option<String>,
    /// Whether the recordings are cleaned.
    remove_background_noise: Option<bool>,
}

/// A new voice.
#[derive(Debug, Serialize, ToSchema)]
struct AddAnswer {
    /// The id of the recording.
    voice_id: String,
    /// Always false.
    requires_verification: bool,
}

/// Add a voice from one recording or several. The recording is checked at once.
#[utoipa::path(post, path = "/v1/voices/add", tag = "elevenlabs", security(("bearer" = []), ("xi-api-key" = [])),
    request_body(content = AddForm, content_type = "multipart/form-data"),
    responses((status = 200, body = AddAnswer), (status = "4XX", body = ErrorBody)))]
async fn add(State(app): State<App>, user: User, request: Request) -> Result<Response, ApiError> {
    let added = receive(&app, &user, request).await;
    let outcome = added.as_ref().map_or_else(|error| error.error().code(), |_| "accepted");
    app.metrics.uploaded(outcome);
    added
}

async fn receive(app: &App, user: &User, request: Request) -> Result<Response, ApiError> {
    samples::check_quota(app, user).await?;
    let mut form = VoiceForm::read(app, request).await?;
    let name = form.required_name()?;
    let files = form.recordings("files")?;
    let recording = Recording {
        name,
        kind: "uploaded".to_owned(),
        consent: form.consent.filter(|words| !words.trim().is_empty()),
        files,
        preparation: form.preparation,
    };
    let upload = samples::keep(app, user, recording).await?;
    let details = Details {
        description: form.description.filter(|text| !text.is_empty()),
        labels: form.labels.unwrap_or_default(),
        settings: VoiceSettings::default(),
    };
    if details != Details::default() {
        details.store(app, &upload).await?;
    }
    let answer = AddAnswer {
        voice_id: upload.id.to_string(),
        requires_verification: false,
    };
    let mut response = Json(answer).into_response();
    form.warnings.write(&mut response);
    Ok(response)
}

/// The form of an edited voice. A missing field is unchanged.
#[derive(ToSchema)]
#[expect(dead_code, reason = "documents what `VoiceForm` reads")]
struct EditForm {
    /// The name, 1 to 100 characters.
    name: String,
    /// A description.
    description: Option<String>,
    /// Labels as a JSON object.
    labels: Option<String>,
}

/// Edit the name, the description and the labels of a voice.
#[utoipa::path(post, path = "/v1/voices/{voice_id}/edit", tag = "elevenlabs", security(("bearer" = []), ("xi-api-key" = [])),
    params(("voice_id" = String, Path, description = "The id of a recording")),
    request_body(content = EditForm, content_type = "multipart/form-data"),
    responses((status = 200, body = StatusAnswer), (status = "4XX", body = ErrorBody)))]
async fn edit(
    State(app): State<App>,
    user: User,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, ApiError> {
    let upload = voice_names::find_by_id(&app, &user, &id).await?;
    let form = VoiceForm::read(&app, request).await?;
    if !form.files.is_empty() {
        let message = "the recording of a voice cannot be changed; add a voice";
        return Err(ApiError::fields(vec![FieldProblem::body(
            "files",
            "unsupported",
            message,
        )]));
    }
    if form.name.is_some() {
        let name = form.required_name()?;
        app.records.uploads.rename(upload.account, upload.id, &name).await?;
    }
    let mut details = Details::of(&upload);
    if let Some(description) = form.description {
        details.description = Some(description).filter(|text| !text.is_empty());
    }
    if let Some(labels) = form.labels {
        details.labels = labels;
    }
    details.store(&app, &upload).await?;
    let mut response = Json(StatusAnswer::OK).into_response();
    form.warnings.write(&mut response);
    Ok(response)
}

/// Download the recording of a voice.
#[utoipa::path(get, path = "/v1/voices/{voice_id}/samples/{sample_id}/audio", tag = "elevenlabs",
    security(("bearer" = []), ("xi-api-key" = [])),
    params(("voice_id" = String, Path, description = "The id of a recording"),
        ("sample_id" = String, Path, description = "The same id")),
    responses((status = 200, body = Vec<u8>, content_type = "audio/wav"), (status = "4XX", body = ErrorBody)))]
async fn sample_audio(
    State(app): State<App>,
    user: User,
    Path((voice, sample)): Path<(String, String)>,
    request: FileRequest,
) -> Result<Response, ApiError> {
    let upload = voice_names::find_by_id(&app, &user, &voice).await?;
    if sample != upload.id.to_string() {
        return Err(samples::not_found());
    }
    let bytes = app.library.voices.original(&upload).await?;
    StoredFile::of_bytes(bytes, files::media_type(&upload.file), &upload.file)
        .respond(&request)
        .await
}

/// Describes a voice in one line for other routes.
pub(super) fn named(upload: &Upload) -> Value {
    json!({ "voice_id": upload.id.to_string(), "voice_name": upload.name, "voice_category": "cloned" })
}
