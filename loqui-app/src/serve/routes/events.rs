//! What happens to a generation, as it happens: server-sent events that go on where they stopped.

#![expect(unused_qualifications, reason = "the macro that describes routes writes them")]

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::sse::{Event as Sent, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use futures::{StreamExt as _, stream};
use loqui_core::generation::Event;
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::IntoParams;
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
    responses((status = 200, body = String, content_type = "text/event-stream"), (status = "4XX", body = ErrorBody)))]
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
                let record = match event.status.is_terminal() {
                    true => generation.record().await.ok(),
                    false => None,
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
    Sent::default()
        .id(event.number.to_string())
        .event(name)
        .data(described(event, end).to_string())
}

/// An event as sockets and streams tell it; `end` is what is said of the end.
pub(super) fn described(event: &Event, end: Option<String>) -> Value {
    json!({
        "audio_id": event.generation,
        "event": event.number,
        "status": event.status,
        "stage": event.stage,
        "progress": event.progress,
        "message": end.unwrap_or_else(|| event.message.clone()),
        "at": shown(event.at.as_microsecond()),
    })
}
