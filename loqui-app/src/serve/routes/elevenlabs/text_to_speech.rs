//! Speech of a text in a voice: complete, streamed, and with times.

use axum::Json;
use axum::body::Body as HttpBody;
use axum::extract::{Path, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use futures::stream::{BoxStream, StreamExt as _, TryStreamExt as _};
use loqui_core::Error;
use loqui_core::speech::Encoding;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body::Body;
use super::output_format::SpeechQuery;
use super::parts::{self, Common, Input, Parts};
use super::timestamps::{self, TimedSpeech};
use super::voice_settings::VoiceSettings;
use crate::code;
use crate::serve::api_error::{ApiError, ErrorBody};
use crate::serve::auth::User;
use crate::serve::body::Queried;
use crate::serve::routes::{audio, voice_names};
use crate::serve::state::App;
use crate::serve::warnings::Warnings;

/// The media type of a stream of JSON objects, one on each line.
const JSON_LINES: &str = "application/x-ndjson";

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(convert))
        .routes(routes!(stream))
        .routes(routes!(convert_with_timestamps))
        .routes(routes!(stream_with_timestamps))
}

/// A text to speak. Other fields are accepted without effect, and reported in the header `x-loqui-warning`.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct TextToSpeech {
    /// The text to speak.
    #[schema(min_length = 1)]
    text: String,
    /// A model of this server. `eleven_multilingual*` is the multilingual model, another `eleven_*` the default model.
    #[serde(default)]
    model_id: Option<String>,
    /// The language of the text as an ISO 639-1 code.
    #[serde(default)]
    language_code: Option<String>,
    /// The seed. 0 is the same as 1.
    #[serde(default)]
    seed: Option<u32>,
    /// Settings that override the stored settings of the voice.
    #[serde(default)]
    voice_settings: Option<VoiceSettings>,
}

async fn start(
    app: &App,
    user: &User,
    voice: &str,
    query: &SpeechQuery,
    body: Body<TextToSpeech>,
) -> Result<(Parts, Encoding, Warnings), ApiError> {
    let Body { own, mut warnings } = body;
    let encoding = query.encoding()?;
    query.warn(&mut warnings);
    parts::check_text(app, "text", &own.text)?;
    if let Some(settings) = &own.voice_settings {
        settings.check("voice_settings")?;
    }
    let input = Input {
        upload: voice_names::find_by_id(app, user, voice).await?,
        text: own.text,
    };
    let common = Common {
        model: own.model_id,
        language: own.language_code.filter(|code| !code.is_empty()),
        seed: own.seed,
        settings: own.voice_settings,
    };
    let started = parts::start(app, user, vec![input], &common, &mut warnings).await?;
    Ok((started, encoding, warnings))
}

/// Speak a text. The response starts when the speech is finished.
#[utoipa::path(post, path = "/v1/text-to-speech/{voice_id}", tag = "elevenlabs", security(("bearer" = []), ("xi-api-key" = [])),
    params(("voice_id" = String, Path, description = "The id of a recording"), SpeechQuery),
    request_body = TextToSpeech,
    responses((status = 200, body = Vec<u8>, content_type = "audio/mpeg"), (status = "4XX", body = ErrorBody)))]
async fn convert(
    State(app): State<App>,
    user: User,
    Path(voice): Path<String>,
    Queried(query): Queried<SpeechQuery>,
    body: Body<TextToSpeech>,
) -> Result<Response, ApiError> {
    let (started, encoding, warnings) = start(&app, &user, &voice, &query, body).await?;
    finished_audio(&app, started, encoding, &warnings).await
}

/// Speak a text, and stream the speech while it is generated.
#[utoipa::path(post, path = "/v1/text-to-speech/{voice_id}/stream", tag = "elevenlabs", security(("bearer" = []), ("xi-api-key" = [])),
    params(("voice_id" = String, Path, description = "The id of a recording"), SpeechQuery),
    request_body = TextToSpeech,
    responses((status = 200, body = Vec<u8>, content_type = "audio/mpeg"), (status = "4XX", body = ErrorBody)))]
async fn stream(
    State(app): State<App>,
    user: User,
    Path(voice): Path<String>,
    Queried(query): Queried<SpeechQuery>,
    body: Body<TextToSpeech>,
) -> Result<Response, ApiError> {
    let (started, encoding, warnings) = start(&app, &user, &voice, &query, body).await?;
    streamed_audio(&app, started, encoding, &warnings).await
}

/// Speak a text, and return the speech with the times of its characters.
#[utoipa::path(post, path = "/v1/text-to-speech/{voice_id}/with-timestamps", tag = "elevenlabs", security(("bearer" = []), ("xi-api-key" = [])),
    params(("voice_id" = String, Path, description = "The id of a recording"), SpeechQuery),
    request_body = TextToSpeech,
    responses((status = 200, body = TimedSpeech), (status = "4XX", body = ErrorBody)))]
async fn convert_with_timestamps(
    State(app): State<App>,
    user: User,
    Path(voice): Path<String>,
    Queried(query): Queried<SpeechQuery>,
    body: Body<TextToSpeech>,
) -> Result<Response, ApiError> {
    let (started, encoding, warnings) = start(&app, &user, &voice, &query, body).await?;
    finished_with_times(&app, started, encoding, &warnings, false).await
}

/// Speak a text, and stream the speech with the times of its characters, one JSON object a line.
#[utoipa::path(post, path = "/v1/text-to-speech/{voice_id}/stream/with-timestamps", tag = "elevenlabs",
    security(("bearer" = []), ("xi-api-key" = [])),
    params(("voice_id" = String, Path, description = "The id of a recording"), SpeechQuery),
    request_body = TextToSpeech,
    responses((status = 200, body = TimedSpeech, content_type = "application/x-ndjson"), (status = "4XX", body = ErrorBody)))]
async fn stream_with_timestamps(
    State(app): State<App>,
    user: User,
    Path(voice): Path<String>,
    Queried(query): Queried<SpeechQuery>,
    body: Body<TextToSpeech>,
) -> Result<Response, ApiError> {
    let (started, encoding, warnings) = start(&app, &user, &voice, &query, body).await?;
    streamed_with_times(&app, started, encoding, &warnings, false).await
}

/// Responds with finished speech.
pub(super) async fn finished_audio(
    app: &App,
    mut started: Parts,
    encoding: Encoding,
    warnings: &Warnings,
) -> Result<Response, ApiError> {
    started.finish(app).await?;
    audio::Guard::complete(&mut started.guard);
    let chunks = started.encoded(encoding).await?;
    let mut response = audio::response(encoding.media_type(), chunks, (), app.signals.stop.clone());
    annotate(&mut response, &started, warnings);
    Ok(response)
}

/// Responds with speech while it is generated. A failure before the first bytes is an error response.
pub(super) async fn streamed_audio(
    app: &App,
    started: Parts,
    encoding: Encoding,
    warnings: &Warnings,
) -> Result<Response, ApiError> {
    let chunks = started.encoded(encoding).await?;
    stream_response(app, started, encoding.media_type(), chunks, warnings).await
}

/// Responds with finished speech and its times.
pub(super) async fn finished_with_times(
    app: &App,
    mut started: Parts,
    encoding: Encoding,
    warnings: &Warnings,
    is_dialogue: bool,
) -> Result<Response, ApiError> {
    let record = started.finish(app).await?;
    audio::Guard::complete(&mut started.guard);
    let speech = timestamps::whole(&started, &record, encoding, is_dialogue).await?;
    let mut response = Json(speech).into_response();
    annotate(&mut response, &started, warnings);
    Ok(response)
}

/// Responds with speech and its times while it is generated.
pub(super) async fn streamed_with_times(
    app: &App,
    started: Parts,
    encoding: Encoding,
    warnings: &Warnings,
    is_dialogue: bool,
) -> Result<Response, ApiError> {
    let messages = timestamps::streamed(&started, encoding, is_dialogue).await?;
    let lines = messages
        .map_ok(|message| {
            let mut line = serde_json::to_vec(&message).unwrap_or_default();
            line.push(b'\n');
            Bytes::from(line)
        })
        .boxed();
    stream_response(app, started, JSON_LINES, lines, warnings).await
}

async fn stream_response(
    app: &App,
    mut started: Parts,
    kind: &'static str,
    mut chunks: BoxStream<'static, Result<Bytes, Error>>,
    warnings: &Warnings,
) -> Result<Response, ApiError> {
    let first = tokio::select! {
        first = chunks.try_next() => first,
        () = app.signals.stop.cancelled() => Err(Error::new(&code::REQUEST_BUSY, "the server is stopping")),
    };
    let guard = std::mem::take(&mut started.guard);
    let mut response = match first {
        Ok(first) => {
            let chunks = futures::stream::iter(first.map(Ok)).chain(chunks).boxed();
            audio::response(kind, chunks, guard, app.signals.stop.clone())
        }
        Err(error) => {
            let mut guard = guard;
            audio::Guard::complete(&mut guard);
            return Err(error.into());
        }
    };
    annotate(&mut response, &started, warnings);
    Ok(response)
}

/// Adds the ids of the generations and the warnings.
fn annotate(response: &mut Response<HttpBody>, started: &Parts, warnings: &Warnings) {
    let headers = response.headers_mut();
    if let Some(part) = started.all.first() {
        let id = part.generation.id().get();
        for name in ["x-loqui-generation", "history-item-id", "request-id"] {
            headers.insert(HeaderName::from_static(name), id.into());
        }
    }
    let characters: usize = started.all.iter().map(|part| part.text.chars().count()).sum();
    headers.insert(HeaderName::from_static("character-cost"), characters.into());
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    warnings.write(response);
}
