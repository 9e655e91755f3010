//! What happens to a generation, as it happens: server-sent events that go on where they stopped.

#![expect(unused_qualifications, reason = "the macro that describes routes writes them")]

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::sse::{Event as Sent, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use futures::{StreamExt as _, stream};
use loqui_core::ledger::{Event, Status};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::generation::message;
use crate::serve::auth::User;
use crate::serve::body::{Id, Queried};
use crate::serve::database::shown;
use crate::serve::refusal::{ErrorBody, Refusal};
use crate::serve::state::App;
use crate::serve::wire::own_generation;

/// Proxies take a connection without news for a dead one.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(events))
}

/// Where to go on.
#[derive(Debug, Deserialize, IntoParams)]
struct From {
    /// Only events with a higher number than this; the header `Last-Event-ID` says the same.
    #[serde(default)]
    after: Option<u64>,
}

/// Everything that happens to a generation, to its end, as server-sent events. `id` is the event's number.
#[utoipa::path(get, path = "/api/generation/{id}/events", tag = "generation", security(("bearer" = [])),
    params(("id" = i64, Path, description = "The generation's number"), From,
        ("Last-Event-ID" = Option<String>, Header, description = "The number of the last event that was seen")),
    responses((status = 200, body = Told, content_type = "text/event-stream"), (status = "4XX", body = ErrorBody)))]
async fn events(
    State(app): State<App>,
    user: User,
    Id(id): Id,
    Queried(from): Queried<From>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let (_, generation) = own_generation(&app, user.id(), id).await?;
    let last = headers
        .get("last-event-id")
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.trim().parse().ok());
    let after = last.or(from.after).unwrap_or_default();
    let stop = app.stop().clone();
    let told = generation
        .events_after(after)
        .take_until(stop.cancelled_owned())
        .filter_map(|event| async move { event.ok() })
        .then(move |event| {
            let generation = generation.clone();
            async move {
                let record = if event.status.is_terminal() {
                    generation.record().await.ok()
                } else {
                    None
                };
                Ok::<_, Infallible>(sent(&event, record.as_ref().map(message)))
            }
        });
    // A comment first, so that the client knows at once that it is connected.
    let opened = stream::iter([Ok(Sent::default().comment("connected"))]);
    let mut response = Sse::new(opened.chain(told))
        .keep_alive(KeepAlive::new().interval(KEEP_ALIVE))
        .into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    Ok(response)
}

fn sent(event: &Event, end: Option<String>) -> Sent {
    let name = if event.status.is_terminal() { "end" } else { "progress" };
    let told = Told::new(event, end);
    Sent::default()
        .id(event.number.to_string())
        .event(name)
        .data(serde_json::to_string(&told).unwrap_or_default())
}

/// What happened to a generation, as sockets and streams tell it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Told {
    /// The generation's number.
    audio_id: i64,
    /// The event's number, from 1 without gaps.
    event: u64,
    /// The status after it.
    #[schema(value_type = String, example = "PROCESSING")]
    status: Status,
    /// What is being done.
    stage: &'static str,
    /// How much is done, 0 to 100; never falls.
    progress: u8,
    /// One line for people.
    message: String,
    /// When it happened.
    at: String,
}

impl Told {
    /// Tells an event; `end` is what is said of the end.
    pub(super) fn new(event: &Event, end: Option<String>) -> Self {
        Self {
            audio_id: event.generation,
            event: event.number,
            status: event.status,
            stage: event.stage.name(),
            progress: event.progress,
            message: end.unwrap_or_else(|| event.message.clone()),
            at: shown(event.at.as_microsecond()),
        }
    }
}
