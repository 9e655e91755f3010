//! Speech as it is made: answers that sound before the rest is spoken.

#![expect(unused_qualifications, reason = "the macro that describes routes writes them")]

use std::io;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use bytes::Bytes;
use futures::stream::{self, BoxStream, StreamExt as _, TryStreamExt as _};
use loqui_core::error::code;
use loqui_core::ledger::Status;
use loqui_core::speech::SpeechFormat;
use loqui_core::{Error, Generation};
use serde::Deserialize;
use tokio_util::sync::CancellationToken;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::serve::auth::User;
use crate::serve::body::{Id, Queried};
use crate::serve::refusal::{ErrorBody, FieldProblem, Refusal};
use crate::serve::state::App;
use crate::serve::wire::own_generation;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(audio))
}

/// How sound is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sound {
    File(SpeechFormat),
    /// The samples of a WAV without its header: 24 kHz, mono, 16 bit.
    Samples,
}

impl Sound {
    /// The format of that name; `place` says where it was named.
    pub(super) fn by_name(name: &str, place: &[&str]) -> Result<Self, Refusal> {
        if name == "pcm" {
            return Ok(Self::Samples);
        }
        name.parse().map(Self::File).map_err(|_: Error| {
            let short: String = name.chars().take(60).collect();
            let message = format!("there is no {short:?} here; mp3, opus, flac, wav and pcm are");
            Refusal::fields(vec![FieldProblem::at(place, "choice", message)])
        })
    }

    pub(super) const fn media_type(self) -> &'static str {
        match self {
            Self::File(format) => format.media_type(),
            Self::Samples => "audio/pcm",
        }
    }

    /// The bytes as they come.
    pub(super) async fn of(self, generation: &Generation) -> Result<BoxStream<'static, Result<Bytes, Error>>, Error> {
        match self {
            Self::File(format) => generation.audio_as(format).await,
            Self::Samples => Ok(generation.audio().map_ok(|chunk| chunk.pcm16()).boxed()),
        }
    }
}

/// An answer whose body comes piece by piece. It is broken off, so that nobody takes it for whole, if the generation fails
/// or the server stops. `guard` lives as long as somebody listens; whether all was said, it is told.
pub(super) fn response<G: Guard>(
    kind: &'static str,
    pieces: BoxStream<'static, Result<Bytes, Error>>,
    guard: G,
    stop: CancellationToken,
) -> Response {
    let state = Some((pieces, guard, stop));
    let body = stream::unfold(state, |state| async move {
        let (mut pieces, mut guard, stop) = state?;
        let broken = tokio::select! {
            piece = pieces.next() => match piece {
                Some(Ok(bytes)) => return Some((Ok(bytes), Some((pieces, guard, stop)))),
                Some(Err(error)) => error,
                None => {
                    guard.over();
                    return None;
                }
            },
            () = stop.cancelled() => Error::new(&code::REQUEST_BUSY, "the server is stopping"),
        };
        guard.over();
        Some((Err(io::Error::other(broken)), None))
    });
    let mut response = Response::new(Body::from_stream(body));
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}

/// Something that is to happen if a listener goes away before the end.
pub(super) trait Guard: Send + 'static {
    /// The end was reached: nothing is to happen.
    fn over(&mut self);
}

impl Guard for () {
    fn over(&mut self) {}
}

/// In which format.
#[derive(Debug, Deserialize, IntoParams)]
struct Wanted {
    /// `wav` (unless told), `mp3`, `opus`, `flac`, or `pcm`: 24 kHz, mono, 16 bit.
    #[serde(default)]
    format: Option<String>,
}

/// Speech while it is made: each part as soon as all before it are spoken. Finished speech comes at once.
#[utoipa::path(get, path = "/api/generation/{id}/audio", tag = "generation", security(("bearer" = [])),
    params(("id" = i64, Path, description = "The generation's number"), Wanted),
    responses((status = 200, body = Vec<u8>, content_type = "audio/wav"), (status = "4XX", body = ErrorBody)))]
async fn audio(
    State(app): State<App>,
    user: User,
    Id(id): Id,
    Queried(wanted): Queried<Wanted>,
) -> Result<Response, Refusal> {
    let sound = Sound::by_name(wanted.format.as_deref().unwrap_or("wav"), &["query", "format"])?;
    let (_, generation) = own_generation(&app, user.id(), id).await?;
    let record = generation.record().await?;
    if let (Status::Failed, Some(error)) = (record.status, &record.error) {
        return Err(error.to_error().with_generation(id).into());
    }
    let pieces = sound.of(&generation).await?;
    Ok(response(sound.media_type(), pieces, (), app.stop().clone()))
}
