//! The call that speaks, and what its response means.

use bytes::Bytes;
use jiff::Timestamp;
use reqwest::Method;
use serde_json::{Map, Value, json};

use super::server::{OpenAiServer, Routes};
use crate::clock::{Clock as _, System};
use crate::engine::{Order, StartError};
use crate::error::{Error, Retry, code};
use crate::http::{TransportError, exchange};

/// The size limit of speech: three minutes at 48 kHz and 32 bit.
const MAX_SPEECH_BYTES: usize = 36 << 20;

/// Why a call has no speech.
#[derive(Debug)]
pub(super) enum CallError {
    /// Nothing was spoken; it may be sent again.
    NotSpoken(Error),
    /// It may have been spoken.
    Lost(Error),
    /// The server has no such voice. Nothing was spoken.
    UnknownVoice(Error),
    /// The server refused the call, or failed.
    Refused(Error),
}

impl CallError {
    pub(super) fn into_start_error(self) -> StartError {
        match self {
            Self::NotSpoken(error) => StartError::NotCreated(error),
            Self::Lost(error) => StartError::Unknown(error),
            Self::UnknownVoice(error) | Self::Refused(error) => StartError::Refused(error),
        }
    }
}

/// Speaks an order once.
pub(super) async fn call(
    routes: Routes<'_>,
    server: OpenAiServer,
    order: &Order,
    voice: &str,
) -> Result<Bytes, CallError> {
    let (path, body) = body(server, order, voice);
    let request = routes
        .request(Method::POST, path)
        .json(&body)
        .timeout(order.cancel_after);
    if is_late(order) {
        let message = "the upload of the recording took too long";
        return Err(CallError::NotSpoken(
            Error::new(&code::OPENAI_UNAVAILABLE, message).with_retry(Retry::Later),
        ));
    }
    let response = match exchange(request, MAX_SPEECH_BYTES).await {
        Ok(response) => response,
        Err(error @ TransportError::NotSent(_)) => return Err(CallError::NotSpoken(routes.unreachable(error))),
        Err(TransportError::TooLong { cap }) => {
            let message = format!("the server at {} answered with more than {cap} bytes", routes.address);
            return Err(CallError::Refused(Error::new(&code::OPENAI_BAD_ANSWER, message)));
        }
        Err(error @ TransportError::Lost(_)) => {
            let message = format!("the response of the server at {} was lost", routes.address);
            return Err(CallError::Lost(
                Error::new(&code::OPENAI_ANSWER_LOST, message).with_source(error),
            ));
        }
    };
    match response.status.as_u16() {
        200 if response.body.starts_with(b"RIFF") => Ok(response.body),
        200 => {
            let message = format!("the server at {} did not answer with a WAV file", routes.address);
            Err(CallError::Refused(Error::new(&code::OPENAI_BAD_ANSWER, message)))
        }
        status => {
            let error = routes.refused(&response, "a text");
            Err(match status {
                404 => CallError::UnknownVoice(error),
                429 | 503 => CallError::NotSpoken(error),
                // A proxy lost the server.
                502 | 504 => CallError::Lost(error),
                _ => CallError::Refused(error),
            })
        }
    }
}

/// A late call could be sent after its take was replaced.
fn is_late(order: &Order) -> bool {
    let now: Timestamp = System.now();
    now > order.send_by
}

/// The route and the body.
fn body(server: OpenAiServer, order: &Order, voice: &str) -> (&'static str, Value) {
    let mut body = Map::new();
    let path = match server {
        OpenAiServer::ChatterboxServer => {
            for (name, value) in [
                ("text", json!(order.text)),
                ("voice_mode", json!("clone")),
                ("reference_audio_filename", json!(voice)),
                ("output_format", json!("wav")),
                ("split_text", json!(false)),
                ("seed", json!(order.seed)),
            ] {
                body.insert(name.to_owned(), value);
            }
            if let Some(language) = &order.settings.language {
                // Without the region.
                let language = language.split(['-', '_']).next().unwrap_or_default();
                body.insert("language".to_owned(), json!(language));
            }
            "tts"
        }
        OpenAiServer::Plain | OpenAiServer::Voices | OpenAiServer::ChatterboxApi => {
            for (name, value) in [
                ("model", json!(order.model)),
                ("input", json!(order.text)),
                ("voice", json!(voice)),
                ("response_format", json!("wav")),
            ] {
                body.insert(name.to_owned(), value);
            }
            "v1/audio/speech"
        }
    };
    for (name, value) in order.settings.parameters().filter(|(name, _)| server.has_option(name)) {
        body.insert(name.to_owned(), json!(value));
    }
    (path, Value::Object(body))
}
