//! The routes that clients of OpenAI's speech API call. A voice is a recording: its name or its number.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderName, StatusCode};
use axum::response::Response;
use bytes::Bytes;
use futures::stream::{self, BoxStream, StreamExt as _, TryStreamExt as _};
use loqui_core::error::code;
use loqui_core::replicate::Model;
use loqui_core::{CancelOnDrop, Error, Generation, SpeakOptions};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::audio::{self, Guard, Sound};
use super::generation;
use crate::serve::auth::User;
use crate::serve::body::JsonBody;
use crate::serve::refusal::{ErrorBody, FieldProblem, Refusal};
use crate::serve::state::App;
use crate::serve::uploads::Upload;

/// OpenAI's own names of models: whoever leaves them in gets the usual model.
const THEIR_MODELS: [&str; 3] = ["tts-1", "tts-1-hd", "gpt-4o-mini-tts"];
/// What OpenAI sends unless told.
const USUAL_FORMAT: &str = "mp3";

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(speech))
        .routes(routes!(voices))
        .routes(routes!(models))
}

/// What is to be spoken, as OpenAI's clients ask for it.
#[derive(Debug, Deserialize, ToSchema)]
struct SpeechQuestion {
    /// A Chatterbox model; OpenAI's names mean the usual one.
    #[serde(default)]
    #[schema(example = "chatterbox")]
    model: Option<String>,
    /// What is spoken.
    #[schema(min_length = 1)]
    input: String,
    /// A recording: its name or its number.
    #[schema(value_type = String)]
    voice: VoiceName,
    /// `mp3` (unless told), `opus`, `flac`, `wav`, or `pcm`: 24 kHz, mono, 16 bit.
    #[serde(default)]
    #[schema(example = "mp3")]
    response_format: Option<String>,
    /// Only 1: the pace is that of the recording.
    #[serde(default)]
    #[schema(example = 1.0)]
    speed: Option<f64>,
    /// How expressive, 0.25 to 2.
    #[serde(default)]
    exaggeration: Option<f64>,
    /// Makes the result repeatable; 1 or more.
    #[serde(default)]
    #[schema(minimum = 1)]
    seed: Option<u32>,
    /// The language of the text, as an ISO 639-1 code.
    #[serde(default)]
    language: Option<String>,
}

/// A voice by its name, or as an object with its id.
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

/// Speak a text, and answer with the sound: a long text is heard while the rest of it is made.
#[utoipa::path(post, path = "/v1/audio/speech", tag = "openai", security(("bearer" = [])),
    request_body = SpeechQuestion,
    responses((status = 200, body = Vec<u8>, content_type = "audio/mpeg"), (status = "4XX", body = ErrorBody)))]
async fn speech(
    State(app): State<App>,
    user: User,
    JsonBody(question): JsonBody<SpeechQuestion>,
) -> Result<Response, Refusal> {
    let name = question.response_format.as_deref().unwrap_or(USUAL_FORMAT);
    let sound = Sound::by_name(name, &["body", "response_format"])?;
    if question.speed.is_some_and(|speed| (speed - 1.0).abs() > 1e-6) {
        let message = "only 1 is spoken: the pace is that of the recording";
        return Err(Refusal::fields(vec![FieldProblem::body("speed", "choice", message)]));
    }
    let most = app.settings().max_script_characters;
    if let Some(problem) = generation::script_problem(&question.input, most) {
        return Err(Refusal::fields(vec![FieldProblem::body(
            "input",
            &problem.kind,
            problem.msg,
        )]));
    }
    let upload = voice(&app, &user, &question.voice.text()).await?;
    let mut options = SpeakOptions::default();
    options.model = question
        .model
        .filter(|model| !model.is_empty() && !THEIR_MODELS.contains(&model.as_str()));
    options.exaggeration = question.exaggeration;
    options.seed = question.seed;
    options.language = question.language;
    let (_, generation) = generation::submit(&app, &user, &upload, &upload.name, question.input, options, None).await?;
    let mut guard = CancelOnDrop::new(generation.clone());
    let first = tokio::select! {
        first = first_of(sound, &generation) => first,
        () = app.stop().cancelled() => {
            // It goes on at the next start.
            guard.disarm();
            return Err(Error::new(&code::REQUEST_BUSY, "the server is stopping").into());
        }
    };
    let mut response = match first {
        Ok(pieces) => audio::response(sound.media_type(), pieces, guard, app.stop().clone()),
        Err(error) => {
            guard.over();
            return Err(error.into());
        }
    };
    let headers = response.headers_mut();
    headers.insert(HeaderName::from_static("x-loqui-generation"), generation.id().into());
    Ok(response)
}

/// The sound, once there is some: until then a failure has a status of its own. What is one segment comes when it is
/// finished, with its length in its header.
async fn first_of(sound: Sound, generation: &Generation) -> Result<BoxStream<'static, Result<Bytes, Error>>, Error> {
    if generation.record().await?.segments.len() < 2 {
        generation.finish().await?;
    }
    let mut pieces = sound.of(generation).await?;
    let first = pieces.try_next().await?;
    Ok(stream::iter(first.map(Ok)).chain(pieces).boxed())
}

impl Guard for CancelOnDrop {
    fn over(&mut self) {
        self.disarm();
    }
}

/// The recording of that name or number.
async fn voice(app: &App, user: &User, name: &str) -> Result<Upload, Refusal> {
    if let Some(upload) = app.uploads().named(user.id(), name).await? {
        return Ok(upload);
    }
    if let Ok(id) = name.parse()
        && let Some(upload) = app.uploads().of(user.id(), id).await?
    {
        return Ok(upload);
    }
    let message = format!("there is no voice {:?}; /v1/audio/voices lists yours", short(name));
    Err(Refusal::new(StatusCode::NOT_FOUND, &code::SAMPLE_NOT_FOUND, message))
}

/// No more of what somebody sent than is needed to recognise it.
fn short(text: &str) -> String {
    text.chars().take(60).collect()
}

/// My voices.
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
    /// The recording's number, as text.
    id: String,
    /// Always `voice`.
    object: &'static str,
    /// What people call it.
    name: String,
    /// When it came, in seconds since 1970.
    created: i64,
}

/// All my voices.
#[utoipa::path(get, path = "/v1/audio/voices", tag = "openai", security(("bearer" = [])),
    responses((status = 200, body = VoicesAnswer), (status = 401, body = ErrorBody)))]
async fn voices(State(app): State<App>, user: User) -> Result<Json<VoicesAnswer>, Refusal> {
    let uploads = app.uploads().list(user.id()).await?;
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

/// The models that can speak here.
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
    /// Its full name.
    id: String,
    /// Always `model`.
    object: &'static str,
    /// Unknown, therefore 0.
    created: i64,
    /// Who made it.
    owned_by: String,
}

/// All models that can speak here.
#[utoipa::path(get, path = "/v1/models", tag = "openai", security(("bearer" = [])),
    responses((status = 200, body = ModelsAnswer), (status = 401, body = ErrorBody)))]
async fn models(State(app): State<App>, _user: User) -> Json<ModelsAnswer> {
    // The one that is used unless told, then all that speak in the voice of a recording.
    let others = Model::all()
        .iter()
        .filter(|model| model.clones_voice())
        .map(Model::short_name);
    let mut names: Vec<String> = std::iter::once(None)
        .chain(others.map(Some))
        .filter_map(|name| app.loqui().model(name).ok())
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
