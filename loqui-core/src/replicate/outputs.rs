//! Outputs: fetched from where they may be fetched, without the token, whole or not at all.

mod address;
mod checks;
mod data_uri;
mod download;

use bytes::Bytes;

use super::client::Client;
use super::redact::Shown;
use crate::error::{Error, Result, code};

/// Why an output was not taken.
#[derive(Debug, thiserror::Error)]
pub(super) enum Refusal {
    #[error("it is not an address")]
    NotAnAddress(#[source] url::ParseError),
    #[error("it is {scheme}, not https")]
    NotEncrypted { scheme: String },
    #[error("its host {host} is not replicate.delivery nor below it")]
    ForeignHost { host: String },
    #[error("it holds a user name, a password or a port of its own")]
    NotPlain,
    #[error("it redirects more than {most} times")]
    TooManyRedirects { most: usize },
    #[error("it redirects to nowhere")]
    NoLocation,
    #[error("it asks for the token, which never goes to an output's host")]
    WantsToken,
}

impl Refusal {
    fn into_error(self, output: &str) -> Error {
        let shown = Shown(output).to_string();
        Error::new(
            &code::REPLICATE_OUTPUT_REFUSED,
            format!("the output {shown} was not downloaded"),
        )
        .with_source(self)
    }
}

/// What is wrong with a download.
#[derive(Debug, thiserror::Error)]
pub(super) enum Broken {
    #[error("got {actual} bytes of {expected}")]
    Length { expected: u64, actual: u64 },
    #[error("its MD5 is {actual}, not {expected}")]
    Checksum { expected: String, actual: String },
    #[error("it is longer than {cap} bytes")]
    TooLong { cap: usize },
    #[error("it is not a WAV file")]
    NotAWav,
    #[error("the data URI cannot be read")]
    DataUri,
    #[error("the part that was asked for did not come")]
    WrongPart,
    #[error("the connection broke")]
    Wire(#[source] reqwest::Error),
}

impl Broken {
    fn into_error(self, output: &str) -> Error {
        let shown = Shown(output).to_string();
        Error::new(
            &code::REPLICATE_OUTPUT_BROKEN,
            format!("the output {shown} did not arrive whole"),
        )
        .with_source(self)
    }
}

impl Client {
    /// Downloads an output: a WAV file. Costs nothing, however often it is done, for about an hour after the end.
    ///
    /// Only addresses of `replicate.delivery` are followed (or of the API's own host, if that is this machine), the token is
    /// never sent, a download that breaks is gone on with where it broke, and length, checksum and header must be right.
    ///
    /// # Errors
    ///
    /// * `replicate.output_refused`: the address is not Replicate's.
    /// * `replicate.output_expired`: it is gone.
    /// * `replicate.output_broken`: it did not arrive whole, or is not a WAV file.
    /// * `replicate.unreachable`, `replicate.unavailable`, `replicate.rate_limited`.
    #[tracing::instrument(skip_all)]
    pub async fn download(&self, output: &str) -> Result<Bytes> {
        if !data_uri::is_one(output) {
            return self.fetch(output).await;
        }
        data_uri::decode(output, self.max_output_bytes())
            .and_then(|wav| checks::wav(&wav).map(|()| wav))
            .map_err(|broken| broken.into_error(output))
    }
}
