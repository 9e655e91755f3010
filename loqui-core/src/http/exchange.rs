//! One request and its response, read into memory up to a size limit.

use std::fmt;

use bytes::{Bytes, BytesMut};
use reqwest::header::HeaderMap;
use reqwest::{RequestBuilder, Response, StatusCode};

/// A response whose body has been read completely.
pub(crate) struct HttpResponse {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl HttpResponse {
    /// Returns a header as text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

impl fmt::Debug for HttpResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HttpResponse({}, {} bytes)", self.status, self.body.len())
    }
}

/// Why a request has no response.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TransportError {
    /// No connection was made: nothing was sent.
    #[error("no connection to the API")]
    NotSent(#[source] reqwest::Error),
    /// The connection broke or the timeout passed after the request may have been sent.
    #[error("the connection broke or timed out before the response arrived")]
    Lost(#[source] reqwest::Error),
    /// The response exceeds the size limit.
    #[error("the response is longer than {cap} bytes")]
    TooLong { cap: usize },
}

impl From<reqwest::Error> for TransportError {
    /// Classifies an error of `reqwest`. The URL is removed because it may carry a signature.
    fn from(error: reqwest::Error) -> Self {
        let error = error.without_url();
        if error.is_connect() || error.is_builder() {
            Self::NotSent(error)
        } else {
            Self::Lost(error)
        }
    }
}

/// Sends a request once and reads the response, up to `cap` bytes.
pub(crate) async fn exchange(request: RequestBuilder, cap: usize) -> Result<HttpResponse, TransportError> {
    let response = request.send().await?;
    let status = response.status();
    let headers = response.headers().clone();
    let body = read(response, cap).await?;
    Ok(HttpResponse { status, headers, body })
}

async fn read(mut response: Response, cap: usize) -> Result<Bytes, TransportError> {
    if response.content_length().is_some_and(|length| length > cap as u64) {
        return Err(TransportError::TooLong { cap });
    }
    let mut body = BytesMut::new();
    // The status line has arrived, so the request was sent: every error from here on is a lost response.
    while let Some(chunk) = response
        .chunk()
        .await
        .map_err(|error| TransportError::Lost(error.without_url()))?
    {
        if body.len() + chunk.len() > cap {
            return Err(TransportError::TooLong { cap });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}
