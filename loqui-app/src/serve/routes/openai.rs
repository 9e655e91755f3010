//! Routes for clients of [OpenAI's speech API](https://platform.openai.com/docs/api-reference/audio). A voice is the name
//! or the id of a recording, or an alias from the settings.

mod models;
mod sse;
mod voices;

use axum::extract::State;
use axum::http::HeaderName;
use axum::middleware::from_fn;
use axum::response::Response;
use bytes::Bytes;
use futures::stream::{self, BoxStream, StreamExt as _, TryStreamExt as _};
use loqui_core::speech::Encoding;
use loqui_core::{CancelOnDrop, Error, Generation};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::audio::{self, Guard};
use super::{generation, voice_names};
use crate::code;
use crate::serve::api_error::{ApiError, ErrorBody, FieldProblem};
use crate::serve::auth::User;
use crate::serve::error_shapes;
use crate::serve::speak_body::SpeakBody;
use crate::serve::state::App;
use crate::serve::warnings::Warnings;

/// OpenAI's default format.
const DEFAULT_FORMAT: &str = "mp3";

pub(super) fn routes(max_upload_bytes: u64) -> OpenApiRouter<App> {
    let audio = OpenApiRouter::new()
        .routes(routes!(speech))
        .merge(voices::routes(max_upload_bytes))
        .layer(from_fn(error_shapes::openai));
    OpenApiRouter::new().merge(audio).merge(models::routes())
}

/// A request with the fields of OpenAI's speech API and the speak options. Unknown fields are ignored. `model` also accepts
/// OpenAI's names, with or without a date, which select the default model.
#[derive(Debug, Deserialize, ToSchema)]
struct SpeechRequest {
    /// The text to speak.
    #[schema(min_length = 1)]
    input: String,
    /// The name or the id of a recording, or an alias from the settings of the server.
    #[schema(value_type = String)]
    voice: VoiceName,
    /// `mp3` (default), `opus`, `flac`, `wav`, or `pcm` (24 kHz, mono, 16 bit).
    #[serde(default)]
    #[schema(example = "mp3")]
    response_format: Option<String>,
    /// The tempo, 0.25 to 4. The pitch does not change.
    #[serde(default)]
    #[schema(example = 1.0, minimum = 0.25, maximum = 4)]
    speed: Option<f64>,
    /// `audio` (default), or `sse` for events with parts of the audio.
    #[serde(default)]
    stream_format: Option<String>,
    /// Accepted without effect; no model follows instructions. The response has a header `x-loqui-warning`.
    #[serde(default)]
    instructions: Option<String>,
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
    // The range of the API is wider than that of the speak option with the same name.
    options.delivery.speed = None;
    let name = request.response_format.as_deref().unwrap_or(DEFAULT_FORMAT);
    let encoding = audio::encoding(name, &["body", "response_format"])?
        .with_speed(request.speed.unwrap_or(1.0))
        .map_err(|error| ApiError::fields(vec![FieldProblem::body("speed", "range", error.message())]))?;
    let is_sse = match request.stream_format.as_deref() {
        None | Some("audio") => false,
        Some("sse") => true,
        Some(_) => {
            let problem = FieldProblem::body("stream_format", "choice", "it must be audio or sse");
            return Err(ApiError::fields(vec![problem]));
        }
    };
    let mut warnings = Warnings::default();
    if request
        .instructions
        .as_deref()
        .is_some_and(|text| !text.trim().is_empty())
    {
        warnings.ignored("instructions");
    }
    let max_characters = app.settings.max_script_characters;
    if let Some(problem) = generation::script_problem(&request.input, max_characters) {
        return Err(ApiError::fields(vec![FieldProblem::body(
            "input",
            &problem.kind,
            problem.msg,
        )]));
    }
    let upload = voice_names::find(&app, &user, &request.voice.text()).await?;
    options.voice.model = options.voice.model.filter(|model| !models::is_default(model));
    let characters = request.input.chars().count();
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
    let stop = app.signals.stop.clone();
    let mut response = match first {
        Ok(chunks) if is_sse => {
            let events = sse::events(chunks, characters);
            audio::response(sse::MEDIA_TYPE, events, guard, stop)
        }
        Ok(chunks) => audio::response(encoding.media_type(), chunks, guard, stop),
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
    warnings.of_engine(&generation.record().await?.warnings);
    warnings.write(&mut response);
    Ok(response)
}

/// Waits for the first chunk, so that an earlier failure is a response with an error status. A single segment is
/// awaited as a whole, so that the header of the file contains its length.
async fn first_chunk(
    encoding: Encoding,
    generation: &Generation,
) -> Result<BoxStream<'static, Result<Bytes, Error>>, Error> {
    if generation.record().await?.segments.len() < 2 {
        generation.finish().await?;
    }
    let mut chunks = generation.audio_as(encoding).await?;
    let first = chunks.try_next().await?;
    Ok(stream::iter(first.map(Ok)).chain(chunks).boxed())
}

impl Guard for CancelOnDrop {
    fn complete(&mut self) {
        self.disarm();
    }
}
