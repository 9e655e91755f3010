//! A WebSocket with the events of all generations of a user.

#![expect(unused_qualifications, reason = "the macro that describes routes writes them")]

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use axum::extract::State;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::http::StatusCode;
use axum::response::Response;
use futures::stream::{SelectAll, StreamExt as _};
use loqui_core::ledger::Event;
use loqui_core::{Events, GenerationId};
use serde::Deserialize;
use tokio::sync::broadcast::error::RecvError;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::events::EventMessage;
use super::generation::message;
use crate::code;
use crate::serve::announcements::Announcement;
use crate::serve::api_error::{ApiError, ErrorBody};
use crate::serve::auth::User;
use crate::serve::body::{Id, Queried};
use crate::serve::state::App;

/// The interval of pings, which detect dead connections.
const PING: Duration = Duration::from_secs(30);
/// The maximum size of a message from the client, in bytes.
const MAX_MESSAGE_BYTES: usize = 4 << 10;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(socket))
}

/// The query of a socket.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct SocketQuery {
    /// A token or an API key. Browsers cannot send headers with a WebSocket.
    token: String,
    /// Also send the events of this generation, even if it has ended.
    #[serde(default)]
    audio_id: Option<i64>,
    /// Only events of `audio_id` with a higher number.
    #[serde(default)]
    after: Option<u64>,
}

/// Open a WebSocket with the events of all my generations, as JSON. It starts with the unfinished generations.
#[utoipa::path(get, path = "/api/ws/{id}", tag = "generation",
    params(("id" = i64, Path, description = "The id of the user"), SocketQuery),
    responses((status = 101, description = "The socket is open"), (status = "4XX", body = ErrorBody)))]
async fn socket(
    State(app): State<App>,
    Id(id): Id,
    Queried(query): Queried<SocketQuery>,
    upgrade: Result<WebSocketUpgrade, axum::extract::ws::rejection::WebSocketUpgradeRejection>,
) -> Result<Response, ApiError> {
    let user = User::by_token(&app, &query.token).await?;
    if user.id() != id {
        return Err(ApiError::new(
            StatusCode::FORBIDDEN,
            &code::USER_UNAUTHORIZED,
            "the token belongs to another user",
        ));
    }
    let upgrade = upgrade
        .map_err(|rejection| ApiError::new(rejection.status(), &code::REQUEST_INVALID, rejection.body_text()))?;
    let mut listener = Listener::new(&app, user.id());
    listener.follow_unfinished().await?;
    if let Some(generation) = query.audio_id {
        listener
            .follow(generation.into(), query.after.unwrap_or_default())
            .await?;
    }
    Ok(upgrade
        .max_message_size(MAX_MESSAGE_BYTES)
        .on_upgrade(move |socket| listener.run(socket)))
}

/// The generations that a socket follows.
struct Listener {
    app: App,
    user: i64,
    news: tokio::sync::broadcast::Receiver<Announcement>,
    followed: HashSet<GenerationId>,
    /// The number of the last event of each generation that was sent.
    heard: HashMap<GenerationId, u64>,
    events: SelectAll<Events>,
}

impl Listener {
    fn new(app: &App, user: i64) -> Self {
        Self {
            news: app.signals.announcements.subscribe(),
            app: app.clone(),
            user,
            followed: HashSet::new(),
            heard: HashMap::new(),
            events: SelectAll::new(),
        }
    }

    async fn follow_unfinished(&mut self) -> Result<(), ApiError> {
        for job in self.app.records.jobs.list(self.user).await? {
            let generation = self.app.library.loqui.generation(job.generation).await?;
            if !generation.status().await?.is_terminal() && self.followed.insert(job.generation) {
                let heard = self.heard.get(&job.generation).copied().unwrap_or_default();
                self.events.push(generation.events_after(heard));
            }
        }
        Ok(())
    }

    /// Follows a generation that was announced, unless all its events were sent already: an announcement may come later
    /// than the generation was found, and even than its end.
    async fn follow_announced(&mut self, id: GenerationId) -> Result<(), ApiError> {
        let heard = self.heard.get(&id).copied().unwrap_or_default();
        let last = self.app.library.loqui.store().last_events(&[id]).await?;
        if last.iter().any(|(_, last)| *last > heard) {
            self.follow(id, heard).await?;
        }
        Ok(())
    }

    async fn follow(&mut self, id: GenerationId, after: u64) -> Result<(), ApiError> {
        if self.app.records.jobs.of(self.user, id).await?.is_some() && self.followed.insert(id) {
            self.events
                .push(self.app.library.loqui.generation(id).await?.events_after(after));
        }
        Ok(())
    }

    async fn run(mut self, mut socket: WebSocket) {
        let stop = self.app.signals.stop.clone();
        let mut pings = tokio::time::interval(PING);
        loop {
            let sent = tokio::select! {
                () = stop.cancelled() => break,
                _ = pings.tick() => socket.send(Message::Ping(bytes::Bytes::new())).await,
                Some(event) = self.events.next() => match event {
                    Ok(event) => socket.send(Message::Text(self.message(&event).await.into())).await,
                    Err(_) => Ok(()),
                },
                news = self.news.recv() => {
                    let followed = match news {
                        Ok((user, generation)) if user == self.user => self.follow_announced(generation).await,
                        Ok(_) => Ok(()),
                        // Some announcements were lost. Their generations are unfinished.
                        Err(RecvError::Lagged(_)) => self.follow_unfinished().await,
                        Err(RecvError::Closed) => break,
                    };
                    if followed.is_err() {
                        break;
                    }
                    Ok(())
                }
                received = socket.recv() => match received {
                    None | Some(Err(_) | Ok(Message::Close(_))) => break,
                    Some(Ok(_)) => Ok(()),
                },
            };
            if sent.is_err() {
                break;
            }
        }
        let _ = socket.send(Message::Close(None)).await;
    }

    async fn message(&mut self, event: &Event) -> String {
        let mut end = None;
        self.heard.insert(event.generation, event.number);
        if event.status.is_terminal() {
            self.followed.remove(&event.generation);
            if let Ok(generation) = self.app.library.loqui.generation(event.generation).await {
                end = generation.record().await.ok().map(|record| message(&record));
            }
        }
        serde_json::to_string(&EventMessage::new(event, end)).unwrap_or_default()
    }
}
