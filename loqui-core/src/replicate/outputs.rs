//! Outputs of predictions: downloaded from allowed hosts only, without the token, with integrity checks.

mod fetch;
mod output_url;

use bytes::Bytes;

use super::client::Client;
use crate::error::{Error, Result, code};
use crate::http::data_uri;
use crate::http::download::{DownloadError, check_wav};
use crate::http::redact::RedactedUrl;

/// Why the URL of an output is not followed.
#[derive(Debug, thiserror::Error)]
enum OutputUrlError {
    #[error("the output is not a URL")]
    NotAUrl(#[source] url::ParseError),
    #[error("the scheme of the URL is {scheme}, not https")]
    NotEncrypted { scheme: String },
    #[error("the host {host} is neither replicate.delivery nor a subdomain of it")]
    ForeignHost { host: String },
    #[error("the URL has a user name, a password or a port")]
    NotPlain,
    #[error("the URL redirects more than {max} times")]
    TooManyRedirects { max: usize },
    #[error("the URL redirects without a location")]
    NoLocation,
    #[error("the host requires the token, which is never sent to output hosts")]
    TokenRequired,
}

impl OutputUrlError {
    fn into_error(self, output: &str) -> Error {
        let message = format!("the output {} was not downloaded", RedactedUrl(output));
        Error::new(&code::REPLICATE_OUTPUT_REFUSED, message).with_source(self)
    }
}

/// Returns the error for a download that is not usable.
fn broken(source: DownloadError, output: &str) -> Error {
    let message = format!("the output {} was not downloaded completely", RedactedUrl(output));
    Error::new(&code::REPLICATE_OUTPUT_BROKEN, message).with_source(source)
}

impl Client {
    /// Downloads an output, which is a WAV file.
    ///
    /// Downloads are free of charge. Replicate keeps outputs for one hour
    /// (<https://replicate.com/docs/topics/predictions/data-retention>).
    ///
    /// Only URLs of `replicate.delivery` are followed, and those of the API's host if that is this machine. The token is
    /// not sent. An interrupted download is resumed. Length, checksum and WAV header are checked.
    ///
    /// # Errors
    ///
    /// * `replicate.output_refused`: the URL is not allowed.
    /// * `replicate.output_expired`: Replicate has deleted the output.
    /// * `replicate.output_broken`: the download is incomplete, damaged or not a WAV file.
    /// * `replicate.unreachable`, `replicate.unavailable`, `replicate.rate_limited`.
    ///
    /// # Cancellation safety
    ///
    /// Dropping the future has no effect.
    #[tracing::instrument(skip_all)]
    pub async fn download(&self, output: &str) -> Result<Bytes> {
        if !data_uri::is_data_uri(output) {
            return self.fetch(output).await;
        }
        data_uri::decode(output, self.max_output_bytes())
            .map_err(DownloadError::from)
            .and_then(|wav| check_wav(&wav).map(|()| wav))
            .map_err(|source| broken(source, output))
    }
}
