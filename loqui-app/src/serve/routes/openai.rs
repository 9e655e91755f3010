//! Routes for clients of [OpenAI's speech API](https://platform.openai.com/docs/api-reference/audio). A voice is the name
//! or the id of a recording.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderName, StatusCode};
use axum::response::Response;
use bytes::Bytes;
use futures::stream::{self, BoxStream, StreamExt as _, TryStreamExt as _};
use loqui_core::replicate::Model;
use loqui_core::{CancelOnDrop, Error, Generation};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::audio::{self, AudioEncoding, Guard};
use super::generation;
use crate::code;
use crate::serve::api_error::{ApiError, ErrorBody, FieldProblem};
use crate::serve::auth::User;
use crate::serve::speak_body::SpeakBody;
use crate::serve::state::App;
use crate::serve::uploads::Upload;

/// OpenAI's names of models, which select the default model.
const OPENAI_MODELS: [&str; 3] = ["tts-1", "tts-1-hd", "gpt-4o-mini-tts"];
/// OpenAI's default format.
const DEFAULT_FORMAT: &str = "mp3";

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(speech))
        .routes(routes!(voices))
        .routes(routes!(models))
}

/// A request with the fields of OpenAI's speech API and the speak options. Unknown fields are ignored. `model` also accepts
/// OpenAI's names, which select the default model.
#[derive(Debug, Deserialize, ToSchema)]
struct SpeechRequest {
    /// The text to speak.
    #[schema(min_length = 1)]
    input: String,
    /// The name or the id of a recording.
    #[schema(value_type = String)]
    voice: VoiceName,
    /// `mp3` (default), `opus`, `flac`, `wav`, or `pcm` (24 kHz, mono, 16 bit).
    #[serde(default)]
    #[schema(example = "mp3")]
    response_format: Option<String>,
    /// Only 1 is supported. The pace follows the recording.
    #[serde(default)]
    #[schema(example = 1.0)]
    speed: Option<f64>,
}

/// The body of a request. utoipa needs a name without type parameters.
type SpeechBody = SpeakBody<SpeechRequest>;

/// A voice: a name, a number, or an object with an id.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum VoiceName {
    Name(String),
    Number(i64),
    Object { id: String },
}

impl VoiceName {
    fn text(&self) -> String {
        match self {
            Self::Name(text) | Self::Object { id: text } => text.clone(),
            Self::Number(number) => number.to_string(),
        }
    }
}

/// Speak a text, and stream the speech. The start of a long text is sent while the rest is generated.
#[utoipa::path(post, path = "/v1/audio/speech", tag = "openai", security(("bearer" = [])),
    request_body = SpeechBody,
    responses((status = 200, body = Vec<u8>, content_type = "audio/mpeg"), (status = "4XX", body = ErrorBody)))]
async fn speech(
    State(app): State<App>,
    user: User,
    SpeakBody {
        own: request,
        mut options,
    }: SpeechBody,
) -> Result<Response, ApiError> {
    let name = request.response_format.as_deref().unwrap_or(DEFAULT_FORMAT);
    let encoding = AudioEncoding::by_name(name, &["body", "response_format"])?;
    if request.speed.is_some_and(|speed| (speed - 1.0).abs() > 1e-6) {
        let message = "only 1 is supported; the pace follows the recording";
        return Err(ApiError::fields(vec![FieldProblem::body("speed", "choice", message)]));
    }
    let max_characters = app.settings.max_script_characters;
    if let Some(problem) = generation::script_problem(&request.input, max_characters) {
        return Err(ApiError::fields(vec![FieldProblem::body(
            "input",
            &problem.kind,
            problem.msg,
        )]));
    }
    let upload = voice(&app, &user, &request.voice.text()).await?;
    options.voice.model = options
        .voice
        .model
        .filter(|model| !model.is_empty() && !OPENAI_MODELS.contains(&model.as_str()));
    let mut guard = generation::submit_awaited(&app, &user, &upload, request.input, options).await?;
    let generation = guard.generation().clone();
    let first = tokio::select! {
        first = first_chunk(encoding, &generation) => first,
        () = app.signals.stop.cancelled() => {
            // The generation continues at the next start.
            guard.disarm();
            return Err(Error::new(&code::REQUEST_BUSY, "the server is stopping").into());
        }
    };
    let mut response = match first {
        Ok(chunks) => audio::response(encoding.media_type(), chunks, guard, app.signals.stop.clone()),
        Err(error) => {
            guard.complete();
            return Err(error.into());
        }
    };
    let headers = response.headers_mut();
    headers.insert(
        HeaderName::from_static("x-loqui-generation"),
        generation.id().get().into(),
    );
    Ok(response)
}

/// Waits for the first chunk, so that an earlier failure is a response with an error status. A single segment is
/// awaited as a whole, so that the header of the file contains its length.
async fn first_chunk(
    encoding: AudioEncoding,
    generation: &Generation,
) -> Result<BoxStream<'static, Result<Bytes, Error>>, Error> {
    if generation.record().await?.segments.len() < 2 {
        generation.finish().await?;
    }
    let mut chunks = encoding.of(generation).await?;
    let first = chunks.try_next().await?;
    Ok(stream::iter(first.map(Ok)).chain(chunks).boxed())
}

impl Guard for CancelOnDrop {
    fn complete(&mut self) {
        self.disarm();
    }
}

/// Finds the recording with this name or id.
async fn voice(app: &App, user: &User, name: &str) -> Result<Upload, ApiError> {
    if let Some(upload) = app.records.uploads.named(user.id(), name).await? {
        return Ok(upload);
    }
    if let Ok(id) = name.parse()
        && let Some(upload) = app.records.uploads.of(user.id(), id).await?
    {
        return Ok(upload);
    }
    let message = format!("unknown voice {:?}; /v1/audio/voices lists all", short(name));
    Err(ApiError::new(StatusCode::NOT_FOUND, &code::SAMPLE_NOT_FOUND, message))
}

/// Shortens text of a request for a message.
fn short(text: &str) -> String {
    text.chars().take(60).collect()
}

/// The voices of a user.
#[derive(Debug, Serialize, ToSchema)]
struct VoicesAnswer {
    /// Always `list`.
    object: &'static str,
    /// The voices, newest first.
    data: Vec<VoiceAnswer>,
    /// Their names, newest first.
    voices: Vec<String>,
}

/// A voice.
#[derive(Debug, Serialize, ToSchema)]
struct VoiceAnswer {
    /// The id of the recording, as a string.
    id: String,
    /// Always `voice`.
    object: &'static str,
    /// The name of the recording.
    name: String,
    /// When it was uploaded, in seconds since 1970.
    created: i64,
}

/// List my voices.
#[utoipa::path(get, path = "/v1/audio/voices", tag = "openai", security(("bearer" = [])),
    responses((status = 200, body = VoicesAnswer), (status = 401, body = ErrorBody)))]
async fn voices(State(app): State<App>, user: User) -> Result<Json<VoicesAnswer>, ApiError> {
    let uploads = app.records.uploads.list(user.id()).await?;
    Ok(Json(VoicesAnswer {
        object: "list",
        voices: uploads.iter().map(|upload| upload.name.clone()).collect(),
        data: uploads
            .into_iter()
            .map(|upload| VoiceAnswer {
                id: upload.id.to_string(),
                object: "voice",
                name: upload.name,
                created: upload.uploaded_at / 1_000_000,
            })
            .collect(),
    }))
}

/// The available models.
#[derive(Debug, Serialize, ToSchema)]
struct ModelsAnswer {
    /// Always `list`.
    object: &'static str,
    /// The models.
    data: Vec<ModelAnswer>,
}

/// A model.
#[derive(Debug, Serialize, ToSchema)]
struct ModelAnswer {
    /// The full name of the model.
    id: String,
    /// Always `model`.
    object: &'static str,
    /// Always 0, because it is unknown.
    created: i64,
    /// The owner of the model.
    owned_by: String,
}

/// List the available models.
#[utoipa::path(get, path = "/v1/models", tag = "openai", security(("bearer" = [])),
    responses((status = 200, body = ModelsAnswer), (status = 401, body = ErrorBody)))]
async fn models(State(app): State<App>, _user: User) -> Json<ModelsAnswer> {
    // The default model, then all that clone a voice.
    let others = Model::all()
        .iter()
        .filter(|model| model.clones_voice())
        .map(Model::short_name);
    let mut names: Vec<String> = std::iter::once(None)
        .chain(others.map(Some))
        .filter_map(|name| app.library.loqui.model(name).ok())
        .map(|model| model.name)
        .collect();
    let mut seen = std::collections::HashSet::new();
    names.retain(|name| seen.insert(name.clone()));
    Json(ModelsAnswer {
        object: "list",
        data: names
            .into_iter()
            .map(|id| ModelAnswer {
                owned_by: id.split_once('/').map_or("loqui", |(owner, _)| owner).to_owned(),
                id,
                object: "model",
                created: 0,
            })
            .collect(),
    })
}
