//! Speech of several texts in several voices.

use axum::extract::State;
use axum::response::Response;
use loqui_core::speech::Encoding;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body::Body;
use super::output_format::SpeechQuery;
use super::parts::{self, Common, Input, Parts};
use super::text_to_speech::{finished_audio, finished_with_times, streamed_audio, streamed_with_times};
use super::timestamps::TimedSpeech;
use super::voice_settings::VoiceSettings;
use crate::serve::api_error::{ApiError, ErrorBody, FieldProblem};
use crate::serve::auth::User;
use crate::serve::body::Queried;
use crate::serve::routes::voice_names;
use crate::serve::state::App;
use crate::serve::warnings::Warnings;

/// The maximum number of inputs.
const MAX_INPUTS: usize = 100;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(convert))
        .routes(routes!(stream))
        .routes(routes!(convert_with_timestamps))
        .routes(routes!(stream_with_timestamps))
}

/// A dialogue. Other fields are accepted without effect, and reported in the header `x-loqui-warning`.
#[derive(Debug, Deserialize, ToSchema)]
struct Dialogue {
    /// The texts, in order, 1 to 100.
    #[schema(min_items = 1, max_items = 100)]
    inputs: Vec<DialogueInput>,
    /// A model of this server. `eleven_*` is the default model.
    #[serde(default)]
    model_id: Option<String>,
    /// The language of the texts as an ISO 639-1 code.
    #[serde(default)]
    language_code: Option<String>,
    /// The seed. 0 is the same as 1.
    #[serde(default)]
    seed: Option<u32>,
    /// Settings for all inputs.
    #[serde(default)]
    settings: Option<VoiceSettings>,
}

/// A text in a voice.
#[derive(Debug, Deserialize, ToSchema)]
struct DialogueInput {
    /// The text to speak.
    text: String,
    /// The id of a recording.
    voice_id: String,
}

async fn start(
    app: &App,
    user: &User,
    query: &SpeechQuery,
    body: Body<Dialogue>,
) -> Result<(Parts, Encoding, Warnings), ApiError> {
    let Body { own, mut warnings } = body;
    let encoding = query.encoding()?;
    query.warn(&mut warnings);
    if !(1..=MAX_INPUTS).contains(&own.inputs.len()) {
        let problem = FieldProblem::body("inputs", "length", "it must have 1 to 100 items");
        return Err(ApiError::fields(vec![problem]));
    }
    let characters: usize = own.inputs.iter().map(|input| input.text.chars().count()).sum();
    let limit = app.settings.max_script_characters;
    if characters > limit {
        let message = format!("the texts have {characters} characters; the maximum is {limit}");
        return Err(ApiError::fields(vec![FieldProblem::body("inputs", "length", message)]));
    }
    if let Some(settings) = &own.settings {
        settings.check("settings")?;
    }
    let mut inputs = Vec::new();
    for input in own.inputs {
        parts::check_text(app, "inputs", &input.text)?;
        inputs.push(Input {
            upload: voice_names::find_by_id(app, user, &input.voice_id).await?,
            text: input.text,
        });
    }
    let common = Common {
        model: own.model_id,
        language: own.language_code.filter(|code| !code.is_empty()),
        seed: own.seed,
        settings: own.settings,
    };
    let started = parts::start(app, user, inputs, &common, &mut warnings).await?;
    Ok((started, encoding, warnings))
}

/// Speak a dialogue. The response starts when the speech is finished.
#[utoipa::path(post, path = "/v1/text-to-dialogue", tag = "elevenlabs", security(("bearer" = []), ("xi-api-key" = [])),
    params(SpeechQuery), request_body = Dialogue,
    responses((status = 200, body = Vec<u8>, content_type = "audio/mpeg"), (status = "4XX", body = ErrorBody)))]
async fn convert(
    State(app): State<App>,
    user: User,
    Queried(query): Queried<SpeechQuery>,
    body: Body<Dialogue>,
) -> Result<Response, ApiError> {
    let (started, encoding, warnings) = start(&app, &user, &query, body).await?;
    finished_audio(&app, started, encoding, &warnings).await
}

/// Speak a dialogue, and stream the speech while it is generated.
#[utoipa::path(post, path = "/v1/text-to-dialogue/stream", tag = "elevenlabs", security(("bearer" = []), ("xi-api-key" = [])),
    params(SpeechQuery), request_body = Dialogue,
    responses((status = 200, body = Vec<u8>, content_type = "audio/mpeg"), (status = "4XX", body = ErrorBody)))]
async fn stream(
    State(app): State<App>,
    user: User,
    Queried(query): Queried<SpeechQuery>,
    body: Body<Dialogue>,
) -> Result<Response, ApiError> {
    let (started, encoding, warnings) = start(&app, &user, &query, body).await?;
    streamed_audio(&app, started, encoding, &warnings).await
}

/// Speak a dialogue, and return the speech with the times of its characters.
#[utoipa::path(post, path = "/v1/text-to-dialogue/with-timestamps", tag = "elevenlabs",
    security(("bearer" = []), ("xi-api-key" = [])),
    params(SpeechQuery), request_body = Dialogue,
    responses((status = 200, body = TimedSpeech), (status = "4XX", body = ErrorBody)))]
async fn convert_with_timestamps(
    State(app): State<App>,
    user: User,
    Queried(query): Queried<SpeechQuery>,
    body: Body<Dialogue>,
) -> Result<Response, ApiError> {
    let (started, encoding, warnings) = start(&app, &user, &query, body).await?;
    finished_with_times(&app, started, encoding, &warnings, true).await
}

/// Speak a dialogue, and stream the speech with the times of its characters, one JSON object a line.
#[utoipa::path(post, path = "/v1/text-to-dialogue/stream/with-timestamps", tag = "elevenlabs",
    security(("bearer" = []), ("xi-api-key" = [])),
    params(SpeechQuery), request_body = Dialogue,
    responses((status = 200, body = TimedSpeech, content_type = "application/x-ndjson"), (status = "4XX", body = ErrorBody)))]
async fn stream_with_timestamps(
    State(app): State<App>,
    user: User,
    Queried(query): Queried<SpeechQuery>,
    body: Body<Dialogue>,
) -> Result<Response, ApiError> {
    let (started, encoding, warnings) = start(&app, &user, &query, body).await?;
    streamed_with_times(&app, started, encoding, &warnings, true).await
}
