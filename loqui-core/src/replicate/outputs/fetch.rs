//! Downloads with checked redirects, resumption after interruptions and a size limit.

use std::time::Duration;

use bytes::Bytes;
use reqwest::header::LOCATION;
use reqwest::{Response, StatusCode};
use tracing::debug;
use url::Url;

use super::{OutputUrlError, broken, output_url};
use crate::error::{Error, Result, code};
use crate::http::download::{DownloadError, PartialDownload};
use crate::http::redact::RedactedUrl;
use crate::http::{HttpResponse, retry};
use crate::replicate::client::Client;
use crate::replicate::failure;

/// Maximum number of redirects. Each target is checked like the first URL.
const MAX_REDIRECTS: usize = 3;
const WHAT: &str = "download an output";

/// Why an attempt did not complete the download.
enum AttemptError {
    /// Another attempt may succeed, after this delay if the server stated one.
    Retryable(Error, Option<Duration>),
    /// Another attempt has the same result.
    Final(Error),
}

impl AttemptError {
    fn broken(source: DownloadError, output: &str) -> Self {
        Self::Retryable(broken(source, output), None)
    }

    /// A refused URL is not followed, but another attempt may return a different one.
    fn refused(source: OutputUrlError, output: &str) -> Self {
        Self::Retryable(source.into_error(output), None)
    }
}

impl Client {
    /// Downloads from a URL after checking it.
    pub(super) async fn fetch(&self, output: &str) -> Result<Bytes> {
        let url = output_url::parse(output, self.origin()).map_err(|source| source.into_error(output))?;
        let mut partial = PartialDownload::default();
        let mut attempt = 1;
        loop {
            let result = match self.attempt(&url, &mut partial).await {
                Ok(()) => std::mem::take(&mut partial)
                    .into_wav()
                    .map_err(|source| AttemptError::broken(source, output)),
                Err(error) => Err(error),
            };
            let (error, hint) = match result {
                Ok(wav) => return Ok(wav),
                Err(AttemptError::Retryable(error, hint)) => (error, hint),
                Err(AttemptError::Final(error)) => return Err(error),
            };
            let delay = hint.unwrap_or_else(|| retry::backoff(attempt, self.random()));
            if !self.may_repeat(attempt) || delay > retry::MAX_DELAY {
                return Err(error);
            }
            debug!(
                attempt,
                code = error.code(),
                received = partial.len(),
                "retrying a download"
            );
            attempt += 1;
            self.clock().sleep(delay).await;
        }
    }

    /// Requests the missing part and appends it.
    async fn attempt(&self, url: &Url, partial: &mut PartialDownload) -> Result<(), AttemptError> {
        let response = self.follow_redirects(url, partial).await?;
        let status = response.status();
        let output = url.as_str();
        match status {
            // The server does not support ranges or the file has changed: it sends the whole file.
            StatusCode::OK => *partial = PartialDownload::begin(response.headers()),
            StatusCode::PARTIAL_CONTENT if partial.is_continued_by(response.headers()) => {}
            StatusCode::PARTIAL_CONTENT | StatusCode::RANGE_NOT_SATISFIABLE => {
                *partial = PartialDownload::default();
                return Err(AttemptError::broken(DownloadError::WrongRange, output));
            }
            StatusCode::FORBIDDEN | StatusCode::NOT_FOUND | StatusCode::GONE => {
                let message = format!(
                    "the output {} does not exist ({})",
                    RedactedUrl(output),
                    status.as_u16()
                );
                let error = Error::new(&code::REPLICATE_OUTPUT_EXPIRED, message);
                // Storage may not show a new file at once, so only a repeated 403 or 404 is final.
                return Err(if status == StatusCode::GONE {
                    AttemptError::Final(error)
                } else {
                    AttemptError::Retryable(error, None)
                });
            }
            StatusCode::UNAUTHORIZED => return Err(AttemptError::refused(OutputUrlError::TokenRequired, output)),
            _ => {
                let response = HttpResponse {
                    status,
                    headers: response.headers().clone(),
                    body: Bytes::new(),
                };
                let now = self.clock().now();
                let error = failure::from_response(WHAT, &response, now);
                if retry::is_transient(status) {
                    return Err(AttemptError::Retryable(error, retry::hint(&response, now)));
                }
                return Err(AttemptError::Final(error));
            }
        }
        self.append(response, partial)
            .await
            .map_err(|source| AttemptError::broken(source, output))
    }

    async fn append(&self, mut response: Response, partial: &mut PartialDownload) -> Result<(), DownloadError> {
        let cap = self.max_output_bytes();
        partial.check_announced_length(cap)?;
        while let Some(chunk) = response
            .chunk()
            .await
            .map_err(|error| DownloadError::Connection(error.without_url()))?
        {
            partial.append(&chunk, cap)?;
        }
        Ok(())
    }

    /// Sends the request without the token. Follows redirects whose targets are allowed.
    async fn follow_redirects(&self, url: &Url, partial: &PartialDownload) -> Result<Response, AttemptError> {
        let mut url = url.clone();
        for _ in 0..=MAX_REDIRECTS {
            let request = self.http().output.get(url.clone()).headers(partial.range_headers());
            let response = request
                .send()
                .await
                .map_err(|error| AttemptError::Retryable(failure::from_transport(WHAT, error.into()), None))?;
            if !response.status().is_redirection() {
                return Ok(response);
            }
            let refused = |source: OutputUrlError| AttemptError::refused(source, url.as_str());
            let location = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
            let location = location.ok_or_else(|| refused(OutputUrlError::NoLocation))?;
            let next = url
                .join(location)
                .map_err(|error| refused(OutputUrlError::NotAUrl(error)))?;
            output_url::check(&next, self.origin()).map_err(|source| AttemptError::refused(source, next.as_str()))?;
            url = next;
        }
        let source = OutputUrlError::TooManyRedirects { max: MAX_REDIRECTS };
        Err(AttemptError::refused(source, url.as_str()))
    }
}
