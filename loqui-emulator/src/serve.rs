//! The accept loop: HTTP/1.1, with the ability to close a connection without a response.

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use axum::response::{IntoResponse, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tower::ServiceExt as _;

/// Marks a response that is not sent; the connection is closed instead.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CloseConnection;

/// Closes a connection whose response is marked with [`CloseConnection`].
#[derive(Debug, thiserror::Error)]
#[error("the connection is closed without a response")]
struct HungUp;

/// Returns a response that closes the connection.
pub(crate) fn close_connection() -> Response {
    let mut response = StatusCode::SERVICE_UNAVAILABLE.into_response();
    response.extensions_mut().insert(CloseConnection);
    response
}

/// Serves connections until the future is dropped, which closes them all.
pub(crate) async fn serve(listener: TcpListener, router: Router) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(connection(stream, router.clone()));
                }
                // Usually too many open files. Closing connections frees some.
                Err(error) => {
                    tracing::warn!(error = &error as &dyn std::error::Error, "accept");
                    tokio::task::yield_now().await;
                }
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn connection(stream: TcpStream, router: Router) {
    // Nagle's algorithm can delay small responses by 40 ms.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request: Request<Incoming>| {
        let answer = router.clone().oneshot(request.map(Body::new));
        async move {
            let Ok(response) = answer.await;
            if response.extensions().get::<CloseConnection>().is_some() {
                Err(HungUp)
            } else {
                Ok(response)
            }
        }
    });
    if let Err(error) = http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service)
        .await
    {
        tracing::debug!(error = &error as &dyn std::error::Error, "connection");
    }
}
