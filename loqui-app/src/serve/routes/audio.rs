//! Streaming of speech while it is generated.

#![expect(unused_qualifications, reason = "the macro that describes routes writes them")]

use std::io;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use bytes::Bytes;
use futures::stream::{self, BoxStream, StreamExt as _, TryStreamExt as _};
use loqui_core::ledger::Status;
use loqui_core::speech::SpeechFormat;
use loqui_core::{Error, Generation};
use serde::Deserialize;
use tokio_util::sync::CancellationToken;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::code;
use crate::serve::api_error::{ApiError, ErrorBody, FieldProblem};
use crate::serve::auth::User;
use crate::serve::body::{Id, Queried};
use crate::serve::state::App;
use crate::serve::wire::own_generation;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(audio))
}

/// The encoding of streamed speech.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AudioEncoding {
    File(SpeechFormat),
    /// Raw samples: 24 kHz, mono, 16 bit, little-endian.
    Samples,
}

impl AudioEncoding {
    /// Returns the encoding with this name; `location` is that of the field.
    pub(super) fn by_name(name: &str, location: &[&str]) -> Result<Self, ApiError> {
        if name == "pcm" {
            return Ok(Self::Samples);
        }
        name.parse().map(Self::File).map_err(|_: Error| {
            let short: String = name.chars().take(60).collect();
            let message = format!("{short:?} is not supported; use mp3, opus, flac, wav or pcm");
            ApiError::fields(vec![FieldProblem::at(location, "choice", message)])
        })
    }

    pub(super) const fn media_type(self) -> &'static str {
        match self {
            Self::File(format) => format.media_type(),
            Self::Samples => "audio/pcm",
        }
    }

    /// Streams the encoded speech of a generation.
    pub(super) async fn of(self, generation: &Generation) -> Result<BoxStream<'static, Result<Bytes, Error>>, Error> {
        match self {
            Self::File(format) => generation.audio_as(format).await,
            Self::Samples => Ok(generation.audio().map_ok(|chunk| chunk.pcm16()).boxed()),
        }
    }
}

/// Creates a streaming response. If the generation fails or the server stops, the connection is aborted, so that the
/// client does not take the body for complete. `guard` is dropped when the client disconnects.
pub(super) fn response<G: Guard>(
    kind: &'static str,
    chunks: BoxStream<'static, Result<Bytes, Error>>,
    guard: G,
    stop: CancellationToken,
) -> Response {
    let state = Some((chunks, guard, stop));
    let body = stream::unfold(state, |state| async move {
        let (mut chunks, mut guard, stop) = state?;
        let error = tokio::select! {
            chunk = chunks.next() => match chunk {
                Some(Ok(bytes)) => return Some((Ok(bytes), Some((chunks, guard, stop)))),
                Some(Err(error)) => error,
                None => {
                    guard.complete();
                    return None;
                }
            },
            () = stop.cancelled() => Error::new(&code::REQUEST_BUSY, "the server is stopping"),
        };
        guard.complete();
        Some((Err(io::Error::other(error)), None))
    });
    let mut response = Response::new(Body::from_stream(body));
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}

/// An action for the case that the client disconnects before the end of the stream.
pub(super) trait Guard: Send + 'static {
    /// The stream has ended; the action is not needed.
    fn complete(&mut self);
}

impl Guard for () {
    fn complete(&mut self) {}
}

/// The query of a stream.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct AudioQuery {
    /// `wav` (default), `mp3`, `opus`, `flac`, or `pcm` (24 kHz, mono, 16 bit).
    #[serde(default)]
    format: Option<String>,
}

/// Stream the speech while it is generated. Complete speech is sent at once.
#[utoipa::path(get, path = "/api/generation/{id}/audio", tag = "generation", security(("bearer" = [])),
    params(("id" = i64, Path, description = "The id of the generation"), AudioQuery),
    responses((status = 200, body = Vec<u8>, content_type = "audio/wav"), (status = "4XX", body = ErrorBody)))]
async fn audio(
    State(app): State<App>,
    user: User,
    Id(id): Id,
    Queried(query): Queried<AudioQuery>,
) -> Result<Response, ApiError> {
    let encoding = AudioEncoding::by_name(query.format.as_deref().unwrap_or("wav"), &["query", "format"])?;
    let (_, generation) = own_generation(&app, user.id(), id).await?;
    let record = generation.record().await?;
    if let (Status::Failed, Some(error)) = (record.status, &record.error) {
        return Err(error.to_error().with_generation(id).into());
    }
    let chunks = encoding.of(&generation).await?;
    Ok(response(encoding.media_type(), chunks, (), app.signals.stop.clone()))
}
