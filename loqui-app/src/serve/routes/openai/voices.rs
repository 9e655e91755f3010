//! Voices: list, show, add and delete.

use axum::Json;
use axum::extract::{DefaultBodyLimit, FromRequestParts, Path, Request, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::serve::accounts::unauthorized;
use crate::serve::api_error::{ApiError, ErrorBody};
use crate::serve::auth::{User, token_of};
use crate::serve::routes::elevenlabs::{self, VoiceForm};
use crate::serve::routes::samples::{self, Recording};
use crate::serve::routes::voice_names;
use crate::serve::state::App;
use crate::serve::uploads::Upload;

/// The size of the other form fields and of the multipart syntax, in bytes.
const FORM_OVERHEAD: u64 = 64 << 10;

pub(super) fn routes(max_upload_bytes: u64) -> OpenApiRouter<App> {
    let limit = usize::try_from(max_upload_bytes.saturating_add(FORM_OVERHEAD)).unwrap_or(usize::MAX);
    OpenApiRouter::new()
        .routes(routes!(voices, add))
        .layer(DefaultBodyLimit::max(limit))
        .routes(routes!(voice, remove))
        .routes(routes!(models))
}

/// A user, or the user whose voices the operator lets everyone list.
struct Reader(User);

impl FromRequestParts<App> for Reader {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        if let Some(token) = token_of(&parts.headers) {
            return User::by_token(app, token).await.map(Self);
        }
        let name = app.settings.public_voices_of.as_deref().ok_or_else(unauthorized)?;
        let accounts = app.access.accounts.list().await?;
        let account = accounts
            .into_iter()
            .find(|account| account.active && account.username.eq_ignore_ascii_case(name))
            .ok_or_else(unauthorized)?;
        Ok(Self(User { account, claims: None }))
    }
}

/// The voices of a user.
#[derive(Debug, Serialize, ToSchema)]
struct VoicesAnswer {
    /// Always `list`.
    object: &'static str,
    /// The voices, newest first.
    data: Vec<VoiceAnswer>,
    /// The same voices in short.
    voices: Vec<ShortVoice>,
}

/// The id and the name of a voice.
#[derive(Debug, Serialize, ToSchema)]
struct ShortVoice {
    /// The id of the recording, as a string. It is unique; names may repeat.
    id: String,
    /// The name of the recording.
    name: String,
}

/// A voice.
#[derive(Debug, Serialize, ToSchema)]
struct VoiceAnswer {
    /// The id of the recording, as a string. It is unique; names may repeat.
    id: String,
    /// Always `audio.voice`.
    object: &'static str,
    /// Always `audio_sample`.
    #[serde(rename = "type")]
    kind: &'static str,
    /// The name of the recording.
    name: String,
    /// A name that is unique: `voice` of a request may be this, the id or the name.
    handle: String,
    /// When it was uploaded, in seconds since 1970.
    created_at: i64,
    /// The same as `created_at`.
    created: i64,
}

impl From<&Upload> for VoiceAnswer {
    fn from(upload: &Upload) -> Self {
        let created = upload.uploaded_at / 1_000_000;
        Self {
            id: upload.id.to_string(),
            object: "audio.voice",
            kind: "audio_sample",
            name: upload.name.clone(),
            handle: upload.handle.clone(),
            created_at: created,
            created,
        }
    }
}

/// List my voices. The operator may let everyone list the voices of one user.
#[utoipa::path(get, path = "/v1/audio/voices", tag = "openai", security(("bearer" = []), ()),
    responses((status = 200, body = VoicesAnswer), (status = 401, body = ErrorBody)))]
async fn voices(State(app): State<App>, Reader(user): Reader) -> Result<Json<VoicesAnswer>, ApiError> {
    let uploads = app.records.uploads.list(user.id()).await?;
    let short = |upload: &Upload| ShortVoice {
        id: upload.id.to_string(),
        name: upload.name.clone(),
    };
    Ok(Json(VoicesAnswer {
        object: "list",
        voices: uploads.iter().map(short).collect(),
        data: uploads.iter().map(VoiceAnswer::from).collect(),
    }))
}

/// The form of a new voice.
#[derive(ToSchema)]
#[expect(dead_code, reason = "documents what `VoiceForm` reads")]
struct NewVoice {
    /// The name, 1 to 100 characters.
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    /// The recording.
    #[schema(value_type = String, format = Binary, content_media_type = "application/octet-stream")]
    audio_sample: Vec<u8>,
    /// The statement of the speaker's consent. Some servers require it.
    consent: Option<String>,
}

/// Add a voice from a recording. It is checked at once.
#[utoipa::path(post, path = "/v1/audio/voices", tag = "openai", security(("bearer" = [])),
    request_body(content = NewVoice, content_type = "multipart/form-data"),
    responses((status = 200, body = VoiceAnswer), (status = "4XX", body = ErrorBody)))]
async fn add(State(app): State<App>, user: User, request: Request) -> Result<Json<VoiceAnswer>, ApiError> {
    let added = receive(&app, &user, request).await;
    let outcome = added.as_ref().map_or_else(|error| error.error().code(), |_| "accepted");
    app.metrics.uploaded(outcome);
    Ok(Json(VoiceAnswer::from(&added?)))
}

async fn receive(app: &App, user: &User, request: Request) -> Result<Upload, ApiError> {
    samples::check_quota(app, user).await?;
    let mut form = VoiceForm::read(app, request).await?;
    let name = form.required_name()?;
    let files = form.recordings("audio_sample")?;
    let recording = Recording {
        name,
        kind: "uploaded".to_owned(),
        consent: form.consent.filter(|words| !words.trim().is_empty()),
        files,
        preparation: form.preparation,
    };
    samples::keep(app, user, recording).await
}

/// Show one of my voices.
#[utoipa::path(get, path = "/v1/audio/voices/{id}", tag = "openai", security(("bearer" = [])),
    params(("id" = String, Path, description = "The id of a recording")),
    responses((status = 200, body = VoiceAnswer), (status = "4XX", body = ErrorBody)))]
async fn voice(State(app): State<App>, user: User, Path(id): Path<String>) -> Result<Json<VoiceAnswer>, ApiError> {
    let upload = voice_names::find_by_id(&app, &user, &id).await?;
    Ok(Json(VoiceAnswer::from(&upload)))
}

/// A deleted voice.
#[derive(Debug, Serialize, ToSchema)]
struct DeletedVoice {
    /// The id of the recording.
    id: String,
    /// Always `audio.voice`.
    object: &'static str,
    /// Always true.
    deleted: bool,
}

/// Delete a voice, and all speech that was generated with it.
#[utoipa::path(delete, path = "/v1/audio/voices/{id}", tag = "openai", security(("bearer" = [])),
    params(("id" = String, Path, description = "The id of a recording")),
    responses((status = 200, body = DeletedVoice), (status = "4XX", body = ErrorBody)))]
async fn remove(
    State(app): State<App>,
    user: User,
    Path(id): Path<String>,
) -> Result<(StatusCode, Json<DeletedVoice>), ApiError> {
    samples::erase(&app, user.id(), id.parse().unwrap_or_default()).await?;
    let object = "audio.voice";
    Ok((
        StatusCode::OK,
        Json(DeletedVoice {
            id,
            object,
            deleted: true,
        }),
    ))
}

/// The models, as Open WebUI lists them.
#[derive(Debug, Serialize, ToSchema)]
struct AudioModels {
    /// The models.
    models: Vec<AudioModel>,
}

/// The id of a model.
#[derive(Debug, Serialize, ToSchema)]
struct AudioModel {
    /// The full name of the model.
    id: String,
}

/// List the models in the shape that Open WebUI reads.
#[utoipa::path(get, path = "/v1/audio/models", tag = "openai", security(("bearer" = []), ()),
    responses((status = 200, body = AudioModels), (status = 401, body = ErrorBody)))]
async fn models(State(app): State<App>, _reader: Reader) -> Json<AudioModels> {
    let models = elevenlabs::model_names(&app)
        .into_iter()
        .map(|model| AudioModel { id: model.name })
        .collect();
    Json(AudioModels { models })
}
