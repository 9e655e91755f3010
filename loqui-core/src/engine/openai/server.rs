//! The kinds of servers, and how a kind is found out.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use reqwest::{Method, RequestBuilder};
use serde_json::Value;

use super::address::Address;
use crate::error::{Error, Result, Retry, code};
use crate::http::{HttpResponse, TransportError, exchange};

/// How long a request that speaks nothing may take.
pub(super) const CONTROL_TIMEOUT: Duration = Duration::from_secs(30);
/// The size limit of its response.
pub(super) const MAX_CONTROL_BYTES: usize = 8 << 20;

/// A kind of server, by how it takes recordings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum OpenAiServer {
    /// It takes none: voices are chosen by their names.
    Plain,
    /// It has OpenAI's route for voices, `POST /v1/audio/voices`, as `loqui serve` has.
    Voices,
    /// [Chatterbox TTS Server](https://github.com/devnen/Chatterbox-TTS-Server): `POST /upload_reference` and `POST /tts`.
    ChatterboxServer,
    /// [Chatterbox TTS API](https://github.com/travisvn/chatterbox-tts-api): `POST /v1/voices`.
    ChatterboxApi,
}

impl OpenAiServer {
    const ALL: [(&'static str, Self); 4] = [
        ("openai", Self::Plain),
        ("openai-voices", Self::Voices),
        ("chatterbox-tts-server", Self::ChatterboxServer),
        ("chatterbox-tts-api", Self::ChatterboxApi),
    ];

    /// Whether it has this option of a request.
    pub(super) fn has_option(self, name: &str) -> bool {
        match self {
            Self::Plain | Self::Voices => false,
            Self::ChatterboxServer => true,
            Self::ChatterboxApi => name != "seed",
        }
    }
}

impl fmt::Display for OpenAiServer {
    /// Writes the name that [`from_str`](Self::from_str) reads.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = Self::ALL.iter().find(|(_, server)| server == self);
        f.write_str(name.map_or("", |(name, _)| name))
    }
}

impl FromStr for OpenAiServer {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        let found = Self::ALL.iter().find(|(known, _)| *known == name);
        found.map(|(_, server)| *server).ok_or_else(|| {
            let known = Self::ALL.map(|(known, _)| known).join(", ");
            Error::new(
                &code::OPTION_OUT_OF_RANGE,
                format!("the kind of server is {name:?}; it must be auto or one of {known}"),
            )
        })
    }
}

/// What a request to the server needs.
#[derive(Clone, Copy)]
pub(super) struct Routes<'a> {
    pub(super) http: &'a reqwest::Client,
    pub(super) address: &'a Address,
    pub(super) key: Option<&'a str>,
}

impl Routes<'_> {
    /// Starts a request.
    pub(super) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, self.address.join(path));
        match self.key {
            Some(key) => request.bearer_auth(key),
            None => request,
        }
    }

    /// Sends a request that speaks nothing.
    pub(super) async fn control(&self, request: RequestBuilder) -> Result<HttpResponse> {
        let sent = exchange(request.timeout(CONTROL_TIMEOUT), MAX_CONTROL_BYTES).await;
        sent.map_err(|error| self.unreachable(error))
    }

    pub(super) fn unreachable(&self, error: TransportError) -> Error {
        let message = format!("the server at {} cannot be reached", self.address);
        Error::new(&code::OPENAI_UNREACHABLE, message).with_source(error)
    }

    /// The error for a response that is not a success.
    pub(super) fn refused(&self, response: &HttpResponse, what: &str) -> Error {
        let status = response.status.as_u16();
        let message = format!(
            "the server at {} answered {status} to {what}: {}",
            self.address,
            reason(&response.body)
        );
        match status {
            401 | 403 => Error::new(&code::OPENAI_UNAUTHORIZED, message),
            402 => Error::new(&code::OPENAI_REFUSED, message).with_hint("Add credit to the account of the key."),
            429 => Error::new(&code::OPENAI_UNAVAILABLE, message).with_retry(pause(response)),
            503 => Error::new(&code::OPENAI_UNAVAILABLE, message).with_retry(pause(response)),
            500.. => Error::new(&code::OPENAI_FAILED, message),
            _ => Error::new(&code::OPENAI_REFUSED, message),
        }
    }
}

/// How long the server asks to wait.
fn pause(response: &HttpResponse) -> Retry {
    let seconds = response.header("retry-after").and_then(|text| text.trim().parse().ok());
    seconds.map_or(Retry::Later, |seconds: u64| {
        Retry::After(Duration::from_secs(seconds.min(600)))
    })
}

/// Finds out the kind of a server from the description of its routes. A server without one has voices by name only.
pub(super) async fn find(routes: Routes<'_>) -> Result<OpenAiServer> {
    let response = routes.control(routes.request(Method::GET, "openapi.json")).await?;
    if response.status.is_server_error() {
        return Err(routes.refused(&response, "the description of its routes"));
    }
    let document: Value = serde_json::from_slice(&response.body).unwrap_or_default();
    let has = |path: &str| {
        let paths = document.get("paths").and_then(Value::as_object);
        paths.is_some_and(|paths| {
            paths
                .iter()
                .any(|(name, methods)| name.ends_with(path) && methods.get("post").is_some())
        })
    };
    let server = if has("/upload_reference") && has("/tts") {
        OpenAiServer::ChatterboxServer
    } else if has("/audio/speech/upload") && has("/voices") {
        OpenAiServer::ChatterboxApi
    } else if has("/audio/voices") {
        OpenAiServer::Voices
    } else {
        OpenAiServer::Plain
    };
    tracing::debug!(address = %routes.address, ?server, "found out the kind of the server");
    Ok(server)
}

/// Returns the message of an error response on one line: OpenAI's, FastAPI's, or the text.
fn reason(body: &[u8]) -> String {
    let json: Value = serde_json::from_slice(body).unwrap_or_default();
    let message = ["/error/message", "/detail/error/message", "/detail/message", "/detail"]
        .iter()
        .find_map(|path| json.pointer(path))
        .map(|message| message.as_str().map_or_else(|| message.to_string(), str::to_owned));
    let message = message.unwrap_or_else(|| String::from_utf8_lossy(body).into_owned());
    let line = message.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.is_empty() {
        "no reason given".to_owned()
    } else {
        line.chars().take(300).collect()
    }
}
