//! Reads the rest of the body of a refused request. Most clients read the response only after they have sent the whole
//! body, and report a connection error if the server closes the connection earlier.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, BodyDataStream, HttpBody as _};
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use bytes::Bytes;
use futures::{Stream, StreamExt as _};

/// The maximum time for reading the rest.
const TIMEOUT: Duration = Duration::from_secs(10);
/// The maximum size of the rest, in bytes.
const MAX_BYTES: usize = 64 << 20;

/// A body that can still be read after its first reader was dropped.
#[derive(Clone, Debug)]
struct SharedBody(Arc<Mutex<Option<BodyDataStream>>>);

impl Stream for SharedBody {
    type Item = Result<Bytes, axum::Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut body = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(stream) = body.as_mut() else {
            return Poll::Ready(None);
        };
        let next = stream.poll_next_unpin(context);
        if matches!(next, Poll::Ready(None | Some(Err(_)))) {
            *body = None;
        }
        next
    }
}

/// Handles a request. If it is refused, reads and discards the rest of its body before the response is sent.
pub(super) async fn drained(request: Request, next: Next) -> Response {
    if request.body().is_end_stream() {
        return next.run(request).await;
    }
    let (head, body) = request.into_parts();
    let mut body = SharedBody(Arc::new(Mutex::new(Some(body.into_data_stream()))));
    let response = next
        .run(Request::from_parts(head, Body::from_stream(body.clone())))
        .await;
    if response.status().is_client_error() {
        let rest = async {
            let mut read = 0;
            while let Some(Ok(bytes)) = body.next().await {
                read += bytes.len();
                if read > MAX_BYTES {
                    break;
                }
            }
        };
        let _ = tokio::time::timeout(TIMEOUT, rest).await;
    }
    response
}
