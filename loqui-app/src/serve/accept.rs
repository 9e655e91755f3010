//! Accepts connections up to a limit, closes slow ones, and lets running requests complete when the server stops.

use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use hyper::body::Incoming;
use hyper_util::rt::{TokioIo, TokioTimer};
use loqui_core::Error;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt as _;

use super::clients::Peer;
use super::metrics::Metrics;
use crate::listen;
use crate::settings::ServerSettings;

/// The maximum time until the head of a request is received, including idle time.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);
/// The maximum size of the head of a request, in bytes; more than browsers send. The read buffer of a connection grows up to
/// this size while it receives a large body, and an idle connection keeps its buffer.
const HEAD_BYTES: usize = 16 << 10;
/// The pause after a connection could not be accepted, for instance because no file descriptor is free.
const ACCEPT_RETRY_DELAY: Duration = Duration::from_millis(50);

/// Listens on an address.
///
/// # Errors
///
/// `option.out_of_range` if the address is not available.
pub(super) async fn bind(addr: SocketAddr) -> Result<TcpListener, Error> {
    TcpListener::bind(addr)
        .await
        .map_err(|source| listen::refused(addr, &source).with_source(source))
}

/// Serves connections until `stop` is cancelled, then waits up to the grace period for running requests.
pub(super) async fn serve(
    listener: TcpListener,
    router: Router,
    settings: &ServerSettings,
    metrics: &Metrics,
    stop: CancellationToken,
) {
    let permits = Arc::new(Semaphore::new(settings.max_connections));
    let connections = TaskTracker::new();
    loop {
        let permit = tokio::select! {
            permit = Arc::clone(&permits).acquire_owned() => permit,
            () = stop.cancelled() => break,
        };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stop.cancelled() => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(target: "loqui", "could not accept a connection: {error}");
                tokio::time::sleep(ACCEPT_RETRY_DELAY).await;
                continue;
            }
        };
        let connection = connection(stream, peer, router.clone(), stop.clone());
        let connected = metrics.connected();
        connections.spawn(async move {
            connection.await;
            drop((connected, permit));
        });
    }
    drop(listener);
    connections.close();
    let _ = tokio::time::timeout(settings.shutdown_grace, connections.wait()).await;
}

/// Serves one connection until the client closes it, or until `stop` is cancelled and the response is sent.
async fn connection(stream: TcpStream, peer: SocketAddr, router: Router, stop: CancellationToken) {
    // Send small responses without delay.
    let _ = stream.set_nodelay(true);
    let service = hyper::service::service_fn(move |request: Request<Incoming>| {
        let router = router.clone();
        async move {
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(Peer(peer));
            router.oneshot(request).await
        }
    });
    let connection = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_buf_size(HEAD_BYTES)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    let mut connection = pin!(connection);
    let mut ended = tokio::select! {
        ended = connection.as_mut() => Some(ended),
        () = stop.cancelled() => None,
    };
    if ended.is_none() {
        connection.as_mut().graceful_shutdown();
        ended = Some(connection.await);
    }
    if let Some(Err(error)) = ended {
        tracing::debug!(target: "loqui", %peer, "connection failed: {error}");
    }
}
