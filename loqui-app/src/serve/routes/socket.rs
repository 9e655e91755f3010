//! A WebSocket with the news of all of a user's generations.

#![expect(unused_qualifications, reason = "the macro that describes routes writes them")]

use std::collections::HashSet;
use std::time::Duration;

use axum::extract::State;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::http::StatusCode;
use axum::response::Response;
use futures::stream::{SelectAll, StreamExt as _};
use loqui_core::Events;
use loqui_core::error::code;
use loqui_core::ledger::Event;
use serde::Deserialize;
use tokio::sync::broadcast::error::RecvError;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::events::Told;
use super::generation::message;
use crate::serve::auth::User;
use crate::serve::body::{Id, Queried};
use crate::serve::refusal::{ErrorBody, Refusal};
use crate::serve::state::App;

/// How often the other end is asked whether it is there.
const PING: Duration = Duration::from_secs(30);
/// Nobody has anything longer to say to us, in bytes.
const LONGEST: usize = 4 << 10;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(socket))
}

/// Who listens, and since when.
#[derive(Deserialize, IntoParams)]
struct Listen {
    /// A token or an API key: browsers cannot send headers here.
    token: String,
    /// With `after`: tell what happened to this generation even if it has ended.
    #[serde(default)]
    audio_id: Option<i64>,
    /// Only its events with a higher number than this.
    #[serde(default)]
    after: Option<u64>,
}

/// The news of all my generations, as JSON in a WebSocket. Begins with what is unfinished.
#[utoipa::path(get, path = "/api/ws/{id}", tag = "generation",
    params(("id" = i64, Path, description = "The user's number"), Listen),
    responses((status = 101, description = "The socket is open"), (status = "4XX", body = ErrorBody)))]
async fn socket(
    State(app): State<App>,
    Id(id): Id,
    Queried(listen): Queried<Listen>,
    upgrade: Result<WebSocketUpgrade, axum::extract::ws::rejection::WebSocketUpgradeRejection>,
) -> Result<Response, Refusal> {
    let user = User::by_token(&app, &listen.token).await?;
    if user.id() != id {
        return Err(Refusal::new(
            StatusCode::FORBIDDEN,
            &code::USER_UNAUTHORIZED,
            "the token is of another user",
        ));
    }
    let upgrade =
        upgrade.map_err(|rejection| Refusal::new(rejection.status(), &code::REQUEST_INVALID, rejection.body_text()))?;
    let mut listener = Listener::new(&app, user.id());
    listener.follow_unfinished().await?;
    if let Some(generation) = listen.audio_id {
        listener.follow(generation, listen.after.unwrap_or_default()).await?;
    }
    Ok(upgrade
        .max_message_size(LONGEST)
        .on_upgrade(move |socket| listener.run(socket)))
}

/// What a socket follows.
struct Listener {
    app: App,
    user: i64,
    news: tokio::sync::broadcast::Receiver<(i64, i64)>,
    followed: HashSet<i64>,
    events: SelectAll<Events>,
}

impl Listener {
    fn new(app: &App, user: i64) -> Self {
        Self {
            news: app.news().subscribe(),
            app: app.clone(),
            user,
            followed: HashSet::new(),
            events: SelectAll::new(),
        }
    }

    async fn follow_unfinished(&mut self) -> Result<(), Refusal> {
        for job in self.app.jobs().list(self.user).await? {
            let generation = self.app.loqui().generation(job.generation).await?;
            if !generation.status().await?.is_terminal() && self.followed.insert(job.generation) {
                self.events.push(generation.events());
            }
        }
        Ok(())
    }

    async fn follow(&mut self, id: i64, after: u64) -> Result<(), Refusal> {
        if self.app.jobs().of(self.user, id).await?.is_some() && self.followed.insert(id) {
            self.events
                .push(self.app.loqui().generation(id).await?.events_after(after));
        }
        Ok(())
    }

    async fn run(mut self, mut socket: WebSocket) {
        let stop = self.app.stop().clone();
        let mut pings = tokio::time::interval(PING);
        loop {
            let sent = tokio::select! {
                () = stop.cancelled() => break,
                _ = pings.tick() => socket.send(Message::Ping(bytes::Bytes::new())).await,
                Some(event) = self.events.next() => match event {
                    Ok(event) => socket.send(Message::Text(self.told(&event).await.into())).await,
                    Err(_) => Ok(()),
                },
                news = self.news.recv() => {
                    let followed = match news {
                        Ok((user, generation)) if user == self.user => {
                            self.followed.remove(&generation);
                            self.follow(generation, 0).await
                        }
                        Ok(_) => Ok(()),
                        // Too much at once: whatever was missed is among the unfinished.
                        Err(RecvError::Lagged(_)) => self.follow_unfinished().await,
                        Err(RecvError::Closed) => break,
                    };
                    if followed.is_err() {
                        break;
                    }
                    Ok(())
                }
                heard = socket.recv() => match heard {
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

    async fn told(&mut self, event: &Event) -> String {
        let mut end = None;
        if event.status.is_terminal() {
            self.followed.remove(&event.generation);
            if let Ok(generation) = self.app.loqui().generation(event.generation).await {
                end = generation.record().await.ok().map(|record| message(&record));
            }
        }
        serde_json::to_string(&Told::new(event, end)).unwrap_or_default()
    }
}
