//! The protocol over streamable HTTP.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use loqui_core::Error;
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use sha2::{Digest as _, Sha256};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::server::Server;
use super::session::Session;
use crate::code;
use crate::failure::Failure;
use crate::listen;

/// The path of the protocol.
const PATH: &str = "/mcp";

/// A listener with the session that it serves.
pub(super) struct Listening {
    listener: TcpListener,
    addr: SocketAddr,
    key: Option<Key>,
    session: Session,
}

/// The digest of the key, so that comparing takes the same time for every wrong key.
#[derive(Clone)]
struct Key(Arc<[u8]>);

impl Listening {
    pub(super) async fn bind(addr: SocketAddr, key: Option<String>, session: Session) -> Result<Self, Failure> {
        if key.is_none() && !addr.ip().is_loopback() {
            let message = format!("{addr} is reachable from other machines, and no key is set");
            return Err(Failure::wrong_use(Error::new(&code::USAGE, message).with_hint(
                "Set LOQUI_MCP_KEY, which clients send as `Authorization: Bearer KEY`, or use 127.0.0.1.",
            )));
        }
        let bound = TcpListener::bind(addr).await;
        let listener = bound.map_err(|reason| listen::refused(addr, &reason))?;
        let addr = listener.local_addr().unwrap_or(addr);
        Ok(Self {
            listener,
            addr,
            key: key.map(|key| Key::of(&key)),
            session,
        })
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}{PATH}", self.addr)
    }

    pub(super) async fn run(self, stopped: impl Future<Output = ()> + Send + 'static) -> Result<(), Failure> {
        let stop = CancellationToken::new();
        let config = StreamableHttpServerConfig::default().with_cancellation_token(stop.clone());
        // Without a key, a page in a browser must not reach the server, not even under a name that leads to this machine.
        let config = if self.key.is_some() {
            config.disable_allowed_hosts()
        } else {
            config.enforce_origin_validation()
        };
        let session = self.session;
        let service = StreamableHttpService::new(
            move || Ok(Server::new(session.clone())),
            Arc::new(LocalSessionManager::default()),
            config,
        );
        let router = Router::new()
            .nest_service(PATH, service)
            .layer(middleware::from_fn_with_state(self.key, authorize));
        let ended = axum::serve(self.listener, router).with_graceful_shutdown(async move {
            stopped.await;
            stop.cancel();
        });
        ended.await.map_err(|source| {
            Error::new(&code::INTERNAL, "the server ended early")
                .with_source(source)
                .into()
        })
    }
}

impl Key {
    fn of(key: &str) -> Self {
        Self(Sha256::digest(key).as_slice().into())
    }
}

async fn authorize(State(key): State<Option<Key>>, request: Request, next: Next) -> Response {
    let Some(key) = key else {
        return next.run(request).await;
    };
    let sent = request
        .headers()
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    if sent.is_some_and(|(_, sent)| Key::of(sent.trim()).0 == key.0) {
        return next.run(request).await;
    }
    let message = "send the key of the server as `Authorization: Bearer KEY`";
    (
        StatusCode::UNAUTHORIZED,
        [(header::WWW_AUTHENTICATE, "Bearer")],
        message,
    )
        .into_response()
}

impl fmt::Debug for Listening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listening")
            .field("addr", &self.addr)
            .finish_non_exhaustive()
    }
}
