//! Lets a client finish what it is sending before it is refused: most read no answer before, and take a connection that
//! is closed meanwhile for a broken one.

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

/// Nobody is listened to for longer than this.
const PATIENCE: Duration = Duration::from_secs(10);
/// Nobody is listened to for more bytes than this.
const MOST: usize = 64 << 20;

/// A body that can be read on once its reader has had enough.
#[derive(Clone, Debug)]
struct Shared(Arc<Mutex<Option<BodyDataStream>>>);

impl Stream for Shared {
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

/// Runs a request; if it is refused, the rest of its body is read and thrown away first.
pub(super) async fn drained(request: Request, next: Next) -> Response {
    if request.body().is_end_stream() {
        return next.run(request).await;
    }
    let (head, body) = request.into_parts();
    let mut body = Shared(Arc::new(Mutex::new(Some(body.into_data_stream()))));
    let response = next
        .run(Request::from_parts(head, Body::from_stream(body.clone())))
        .await;
    if response.status().is_client_error() {
        let rest = async {
            let mut read = 0;
            while let Some(Ok(bytes)) = body.next().await {
                read += bytes.len();
                if read > MOST {
                    break;
                }
            }
        };
        let _ = tokio::time::timeout(PATIENCE, rest).await;
    }
    response
}
