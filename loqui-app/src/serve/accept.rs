//! Takes connections: as many as are allowed, none that only dawdles, and lets each finish when the server stops.

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
use loqui_core::error::code;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt as _;

use super::clients::Peer;
use super::metrics::Metrics;
use super::settings::ServeSettings;

/// A client has so long for the head of a request, the wait for it included.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);
/// More room than any browser needs for the head of a request.
const HEAD_BYTES: usize = 64 << 10;
/// The pause after a connection could not be taken, for instance for want of file descriptors.
const BREATH: Duration = Duration::from_millis(50);

/// Listens.
///
/// # Errors
///
/// `option.out_of_range` if the address cannot be had.
pub(super) async fn bind(addr: SocketAddr) -> Result<TcpListener, Error> {
    TcpListener::bind(addr).await.map_err(|source| {
        Error::new(&code::OPTION_OUT_OF_RANGE, format!("could not listen on {addr}"))
            .with_hint("Choose another address with --addr, or end what listens there.")
            .with_source(source)
    })
}

/// Answers until told to stop, then waits for what is being answered, but not for ever.
pub(super) async fn serve(
    listener: TcpListener,
    router: Router,
    settings: &ServeSettings,
    metrics: &Metrics,
    stop: CancellationToken,
) {
    let places = Arc::new(Semaphore::new(settings.max_connections));
    let connections = TaskTracker::new();
    loop {
        let place = tokio::select! {
            place = Arc::clone(&places).acquire_owned() => place,
            () = stop.cancelled() => break,
        };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stop.cancelled() => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(target: "loqui", "a connection could not be taken: {error}");
                tokio::time::sleep(BREATH).await;
                continue;
            }
        };
        let connection = connection(stream, peer, router.clone(), stop.clone());
        let connected = metrics.connected();
        connections.spawn(async move {
            connection.await;
            drop((connected, place));
        });
    }
    drop(listener);
    connections.close();
    let _ = tokio::time::timeout(settings.shutdown_grace, connections.wait()).await;
}

/// Answers over one connection until the client has gone, or until it is told to stop and the answer is out.
async fn connection(stream: TcpStream, peer: SocketAddr, router: Router, stop: CancellationToken) {
    // Small answers are not to wait for more of them.
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
        tracing::debug!(target: "loqui", %peer, "a connection broke off: {error}");
    }
}
