//! The events of a generation as server-sent events, resumable after a disconnect.

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
use crate::copy;
use crate::serve::api_error::{ApiError, ErrorBody};
use crate::serve::auth::User;
use crate::serve::body::{Id, Queried};
use crate::serve::database::shown;
use crate::serve::state::App;
use crate::serve::wire::own_generation;

/// The interval of keep-alive comments. Proxies close idle connections.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(events))
}

/// Where the stream starts.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct EventsQuery {
    /// Only events with a higher number; the header `Last-Event-ID` has precedence.
    #[serde(default)]
    after: Option<u64>,
}

/// Stream the events of a generation until its end as server-sent events. `id` is the number of the event.
#[utoipa::path(get, path = "/api/generation/{id}/events", tag = "generation", security(("bearer" = [])),
    params(("id" = i64, Path, description = "The id of the generation"), EventsQuery,
        ("Last-Event-ID" = Option<String>, Header, description = "The number of the last received event")),
    responses((status = 200, body = EventMessage, content_type = "text/event-stream"), (status = "4XX", body = ErrorBody)))]
async fn events(
    State(app): State<App>,
    user: User,
    Id(id): Id,
    Queried(query): Queried<EventsQuery>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let (_, generation) = own_generation(&app, user.id(), id).await?;
    let last = headers
        .get("last-event-id")
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.trim().parse().ok());
    let after = last.or(query.after).unwrap_or_default();
    let stop = app.signals.stop.clone();
    let messages = generation
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
    // The first comment tells the client that the connection is open.
    let opened = stream::iter([Ok(Sent::default().comment("connected"))]);
    let mut response = Sse::new(opened.chain(messages))
        .keep_alive(KeepAlive::new().interval(KEEP_ALIVE))
        .into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    Ok(response)
}

fn sent(event: &Event, end: Option<String>) -> Sent {
    let name = if event.status.is_terminal() { "end" } else { "progress" };
    let message = EventMessage::new(event, end);
    Sent::default()
        .id(event.number.to_string())
        .event(name)
        .data(serde_json::to_string(&message).unwrap_or_default())
}

/// An event of a generation, in streams and sockets.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct EventMessage {
    /// The id of the generation.
    audio_id: i64,
    /// The number of the event, from 1 without gaps.
    event: u64,
    /// The status after the event.
    #[schema(value_type = String, example = "PROCESSING")]
    status: Status,
    /// The current stage.
    stage: &'static str,
    /// The progress, 0 to 100; it never decreases.
    progress: u8,
    /// The message, one line.
    message: String,
    /// When the event happened.
    at: String,
}

impl EventMessage {
    /// Creates the message of an event; `end` is the message of the last event.
    pub(super) fn new(event: &Event, end: Option<String>) -> Self {
        Self {
            audio_id: event.generation.get(),
            event: event.number,
            status: event.status,
            stage: event.stage.name(),
            progress: event.progress,
            message: end.unwrap_or_else(|| copy::of_event(event)),
            at: shown(event.at.as_microsecond()),
        }
    }
}
