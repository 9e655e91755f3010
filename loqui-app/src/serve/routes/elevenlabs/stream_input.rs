//! WebSockets that receive text in pieces and send speech as sentences close. One has a single stream of text, the other
//! several, for agents that are interrupted.

#![expect(unused_qualifications, reason = "the macro that describes routes writes them")]

mod context;
mod sentences;

use std::time::Duration;

use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use context::{Context, Piece};
use futures::future::select_all;
use futures::stream::StreamExt as _;
use loqui_core::Error;
use loqui_core::speech::Encoding;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::Instant;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::output_format::SpeechQuery;
use super::parts::{self, Common, Input};
use super::voice_settings::VoiceSettings;
use crate::code;
use crate::serve::accounts::unauthorized;
use crate::serve::api_error::{ApiError, ErrorBody, FieldProblem};
use crate::serve::auth::{User, token_of};
use crate::serve::body::Queried;
use crate::serve::error_shapes;
use crate::serve::routes::audio::Guard as _;
use crate::serve::routes::voice_names;
use crate::serve::state::App;
use crate::serve::uploads::Upload;
use crate::serve::warnings::Warnings;

/// The default and the maximum time without a message, in seconds.
const INACTIVITY: (u64, u64) = (20, 180);
/// The maximum number of streams of text in a socket at the same time.
const MAX_CONTEXTS: usize = 20;
/// The maximum size of a message, in bytes.
const MAX_MESSAGE_BYTES: usize = 64 << 10;
/// The close code for the end of the speech.
const NORMAL: u16 = 1000;
/// The close code for errors of the client.
const POLICY: u16 = 1008;
/// The close code for errors of the server.
const INTERNAL: u16 = 1011;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(single)).routes(routes!(multi))
}

/// The query of a socket. Other parameters are ignored.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct SocketQuery {
    /// The same as for `POST /v1/text-to-speech/{voice_id}`.
    #[serde(default)]
    output_format: Option<String>,
    /// A model of this server, or an `eleven_*` id.
    #[serde(default)]
    model_id: Option<String>,
    /// The language of the text as an ISO 639-1 code.
    #[serde(default)]
    language_code: Option<String>,
    /// The seed.
    #[serde(default)]
    seed: Option<u32>,
    /// The time without a message after which the server closes the socket, in seconds, 1 to 180. Default: 20.
    #[serde(default)]
    inactivity_timeout: Option<u64>,
}

/// Open a WebSocket that receives text in pieces and sends speech as sentences close. Messages of the client are JSON:
/// `text`, and optionally `flush`, `voice_settings`, `xi_api_key`. An empty `text` ends the speech.
#[utoipa::path(get, path = "/v1/text-to-speech/{voice_id}/stream-input", tag = "elevenlabs",
    params(("voice_id" = String, Path, description = "The id of a recording"), SocketQuery),
    responses((status = 101, description = "The socket is open"), (status = "4XX", body = ErrorBody)))]
async fn single(
    State(app): State<App>,
    Path(voice): Path<String>,
    Queried(query): Queried<SocketQuery>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, ApiError> {
    open(app, voice, query, &headers, upgrade, false).await
}

/// Open a WebSocket with several streams of text, each with a `context_id`. `close_context` ends one, `close_socket` all.
#[utoipa::path(get, path = "/v1/text-to-speech/{voice_id}/multi-stream-input", tag = "elevenlabs",
    params(("voice_id" = String, Path, description = "The id of a recording"), SocketQuery),
    responses((status = 101, description = "The socket is open"), (status = "4XX", body = ErrorBody)))]
async fn multi(
    State(app): State<App>,
    Path(voice): Path<String>,
    Queried(query): Queried<SocketQuery>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, ApiError> {
    open(app, voice, query, &headers, upgrade, true).await
}

async fn open(
    app: App,
    voice: String,
    query: SocketQuery,
    headers: &HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
    is_multi: bool,
) -> Result<Response, ApiError> {
    let upgrade = upgrade
        .map_err(|rejection| ApiError::new(rejection.status(), &code::REQUEST_INVALID, rejection.body_text()))?;
    let format = SpeechQuery {
        output_format: query.output_format.clone(),
        ..SpeechQuery::default()
    };
    let encoding = format.encoding()?;
    let seconds = query.inactivity_timeout.unwrap_or(INACTIVITY.0);
    if !(1..=INACTIVITY.1).contains(&seconds) {
        let problem = FieldProblem::at(&["query", "inactivity_timeout"], "range", "it must be 1 to 180");
        return Err(ApiError::fields(vec![problem]));
    }
    // Browsers cannot send headers. They send the key in the first message.
    let speaker = match token_of(headers) {
        Some(token) => Some(Speaker::find(&app, token, &voice).await?),
        None => None,
    };
    let session = Session {
        app,
        voice,
        common: Common {
            model: query.model_id,
            language: query.language_code.filter(|code| !code.is_empty()),
            seed: query.seed,
            settings: None,
        },
        encoding,
        inactivity: Duration::from_secs(seconds),
        speaker,
        is_multi,
        is_ending: false,
        contexts: Vec::new(),
    };
    Ok(upgrade
        .max_message_size(MAX_MESSAGE_BYTES)
        .on_upgrade(move |socket| session.run(socket)))
}

/// The user and the voice.
struct Speaker {
    user: User,
    upload: Upload,
}

impl Speaker {
    async fn find(app: &App, token: &str, voice: &str) -> Result<Self, ApiError> {
        let user = User::by_token(app, token).await?;
        let upload = voice_names::find_by_id(app, &user, voice).await?;
        Ok(Self { user, upload })
    }
}

/// A message of the client.
#[derive(Debug, Deserialize)]
struct Received {
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    flush: Option<bool>,
    #[serde(default)]
    voice_settings: Option<VoiceSettings>,
    #[serde(default, alias = "xi-api-key")]
    xi_api_key: Option<String>,
    #[serde(default)]
    authorization: Option<String>,
    #[serde(default)]
    context_id: Option<String>,
    #[serde(default)]
    close_context: Option<bool>,
    #[serde(default)]
    close_socket: Option<bool>,
}

/// The reason why a socket is closed.
enum End {
    /// The client is gone.
    Disconnected,
    /// The client has made a mistake, or the speech has failed.
    Failed(ApiError),
}

impl<E: Into<ApiError>> From<E> for End {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

/// One socket.
struct Session {
    app: App,
    voice: String,
    common: Common,
    encoding: Encoding,
    inactivity: Duration,
    /// None until the first message, if the request has no key.
    speaker: Option<Speaker>,
    /// Whether messages name their stream of text.
    is_multi: bool,
    /// The socket is closed after the speech of all streams.
    is_ending: bool,
    contexts: Vec<Context>,
}

impl Session {
    async fn run(mut self, mut socket: WebSocket) {
        let (code, reason) = match self.converse(&mut socket).await {
            Ok(()) => (NORMAL, "the speech is complete"),
            Err(End::Disconnected) => return,
            Err(End::Failed(error)) => {
                let code = if error.is_server_error() { INTERNAL } else { POLICY };
                let message = json!({
                    "message": error.public_message(),
                    "error": error_shapes::status(error.error().code()),
                    "code": code,
                });
                let _ = socket.send(Message::Text(message.to_string().into())).await;
                (code, "the speech has failed")
            }
        };
        let frame = CloseFrame {
            code,
            reason: reason.into(),
        };
        let _ = socket.send(Message::Close(Some(frame))).await;
    }

    async fn converse(&mut self, socket: &mut WebSocket) -> Result<(), End> {
        let stop = self.app.signals.stop.clone();
        let mut deadline = Instant::now() + self.inactivity;
        loop {
            self.end_finished(socket).await?;
            if self.is_ending && self.contexts.is_empty() {
                return Ok(());
            }
            let is_idle = self.contexts.iter().all(|context| context.speech.is_empty());
            tokio::select! {
                () = stop.cancelled() => {
                    // The generations continue at the next start.
                    for context in &mut self.contexts {
                        context.guards.complete();
                    }
                    return Err(Error::new(&code::REQUEST_BUSY, "the server is stopping").into());
                }
                (index, piece) = next_piece(&mut self.contexts) => {
                    let context = &mut self.contexts[index];
                    match piece {
                        Some(piece) => {
                            if let Some(message) = context.message(&piece?)? {
                                sent(socket, &message).await?;
                            }
                        }
                        None => drop(context.speech.pop_front()),
                    }
                }
                received = socket.recv() => match received {
                    Some(Ok(Message::Text(text))) => {
                        deadline = Instant::now() + self.inactivity;
                        self.receive(text.as_str()).await?;
                    }
                    Some(Ok(Message::Binary(_))) => {
                        return Err(invalid("messages must be JSON text").into());
                    }
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                    None | Some(Err(_) | Ok(Message::Close(_))) => return Err(End::Disconnected),
                },
                () = tokio::time::sleep_until(deadline), if is_idle => {
                    let message = format!("no text was received for {} s", self.inactivity.as_secs());
                    let status = StatusCode::REQUEST_TIMEOUT;
                    return Err(ApiError::new(status, &code::REQUEST_TIMED_OUT, message).into());
                }
            }
        }
    }

    /// Sends the last messages of streams of text whose speech was sent, and removes them.
    async fn end_finished(&mut self, socket: &mut WebSocket) -> Result<(), End> {
        for context in self.contexts.iter_mut().filter(|context| context.is_finished()) {
            for message in context.last_messages()? {
                sent(socket, &message).await?;
            }
        }
        self.contexts.retain(|context| !context.is_finished());
        Ok(())
    }

    /// Handles a message of the client.
    async fn receive(&mut self, text: &str) -> Result<(), End> {
        let received: Received =
            serde_json::from_str(text).map_err(|error| invalid(&format!("invalid message: {error}")))?;
        if self.speaker.is_none() {
            let bearer = received
                .authorization
                .as_deref()
                .map(|value| value.trim_start_matches("Bearer "));
            let token = received.xi_api_key.as_deref().or(bearer).ok_or_else(unauthorized)?;
            self.speaker = Some(Speaker::find(&self.app, token.trim(), &self.voice).await?);
        }
        if let Some(settings) = received.voice_settings {
            settings.check("voice_settings")?;
        }
        if !self.is_multi && received.text.is_none() {
            return Err(invalid("the message has no text").into());
        }
        let text = received.text.unwrap_or_default();
        // Without several streams, an empty text ends the only one. Otherwise it keeps the socket open.
        let ends_all = received.close_socket == Some(true) || (!self.is_multi && text.is_empty());
        let ends_one = ends_all || received.close_context == Some(true);
        self.is_ending |= ends_all;
        if ends_all {
            for context in &mut self.contexts {
                context.is_closing = true;
            }
        }
        let id = received.context_id.filter(|_| self.is_multi);
        let known = self.contexts.iter().position(|context| context.id == id);
        let index = match known {
            Some(index) => index,
            None if ends_one || (self.is_multi && text.is_empty()) => return Ok(()),
            None if self.contexts.len() >= MAX_CONTEXTS => {
                return Err(invalid("too many streams of text are open").into());
            }
            None => {
                self.contexts.push(Context {
                    id,
                    ..Context::default()
                });
                self.contexts.len() - 1
            }
        };
        let language = self.common.language.clone();
        let context = &mut self.contexts[index];
        context.settings = received.voice_settings.or(context.settings);
        context.is_closing |= ends_one;
        let all = ends_one || received.flush == Some(true);
        if let Some(ready) = context.take(&text, all, language.as_deref()) {
            self.speak(index, ready).await?;
        }
        // The other streams may have text as well.
        for other in (0..self.contexts.len()).filter(|_| ends_all) {
            if let Some(ready) = self.contexts[other].take("", true, language.as_deref()) {
                self.speak(other, ready).await?;
            }
        }
        Ok(())
    }

    /// Starts to speak a text of a stream.
    async fn speak(&mut self, index: usize, text: String) -> Result<(), End> {
        parts::check_text(&self.app, "text", &text)?;
        let speaker = self.speaker.as_ref().ok_or_else(unauthorized)?;
        let input = Input {
            upload: speaker.upload.clone(),
            text,
        };
        // A socket has no headers for warnings.
        let mut warnings = Warnings::default();
        self.common.settings = self.contexts[index].settings;
        let started = parts::start(&self.app, &speaker.user, vec![input], &self.common, &mut warnings).await?;
        let context = &mut self.contexts[index];
        if context.encoder.is_none() {
            context.encoder = Some(started.encoder(self.encoding).await?);
        }
        context.add(started);
        Ok(())
    }
}

/// Returns the next segment of any stream of text, with the index of the stream. It waits if nothing is spoken.
async fn next_piece(contexts: &mut [Context]) -> (usize, Option<Result<Piece, Error>>) {
    let waiting: Vec<_> = contexts
        .iter_mut()
        .enumerate()
        .filter_map(|(index, context)| {
            let speech = context.speech.front_mut()?;
            Some(Box::pin(async move { (index, speech.next().await) }))
        })
        .collect();
    if waiting.is_empty() {
        return std::future::pending().await;
    }
    select_all(waiting).await.0
}

fn invalid(message: &str) -> Error {
    Error::new(&code::REQUEST_INVALID, message)
}

async fn sent(socket: &mut WebSocket, message: &Value) -> Result<(), End> {
    let text = Message::Text(message.to_string().into());
    socket.send(text).await.map_err(|_| End::Disconnected)
}
