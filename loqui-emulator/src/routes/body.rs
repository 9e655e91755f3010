//! Request bodies with a size limit.

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use futures::StreamExt as _;

/// Why a body cannot be read.
#[derive(Debug, thiserror::Error)]
pub(super) enum BodyError {
    #[error("the body is larger than {limit} bytes")]
    TooLarge { limit: usize },
    #[error("the connection broke")]
    Broken(#[source] axum::Error),
}

/// Reads a body.
///
/// A body that is too large is read to its end, because a client whose connection closes while it sends may not read the
/// response.
pub(super) async fn read(body: Body, limit: usize) -> Result<Bytes, BodyError> {
    let mut chunks = body.into_data_stream();
    let mut content = BytesMut::new();
    let mut fits = true;
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(BodyError::Broken)?;
        fits = fits && content.len() + chunk.len() <= limit;
        if fits {
            content.extend_from_slice(&chunk);
        }
    }
    if fits {
        Ok(content.freeze())
    } else {
        Err(BodyError::TooLarge { limit })
    }
}
