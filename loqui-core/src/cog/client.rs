//! The client for one container.

use std::time::Duration;

use reqwest::header::CONTENT_TYPE;
use serde_json::{Map, Value, json};

use super::address::Address;
use super::response::{self, Predicted};
use crate::error::{Error, Result, code};
use crate::http::{self, TransportError, exchange};

/// Connection timeout.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Timeout of requests that the container answers while its model is busy.
const CONTROL_TIMEOUT: Duration = Duration::from_secs(10);
/// Size limit of a response: three minutes of speech at 48 kHz and 32 bit, in base64.
pub(super) const MAX_RESPONSE_BYTES: usize = 48 << 20;

/// A client for one container. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Client {
    address: Address,
    http: reqwest::Client,
}

impl Client {
    /// Creates a client for the container at this URL, for instance `http://gpu-box:5000`. Sends nothing. A user name and
    /// password in the URL are for a proxy in front of the container.
    ///
    /// # Errors
    ///
    /// `cog.url`.
    ///
    /// ```
    /// assert!(loqui_core::cog::Client::new("http://localhost:5000").is_ok());
    /// assert_eq!(loqui_core::cog::Client::new("gpu-box").unwrap_err().code(), "cog.url");
    /// ```
    pub fn new(address: &str) -> Result<Self> {
        let address = Address::parse(address)?;
        // Closing a connection cancels its prediction, so connections are not shared or reused.
        let http = http::client_builder(&["http/1.1"], !address.is_encrypted(), CONNECT_TIMEOUT)?
            .http1_only()
            .pool_max_idle_per_host(0);
        Ok(Self {
            http: http::build(http)?,
            address,
        })
    }

    /// Checks that the container accepts predictions. It may be busy.
    ///
    /// # Errors
    ///
    /// `cog.unreachable`, `cog.unavailable` (it loads its model), `cog.broken` (loading failed), `cog.bad_answer`.
    pub async fn ready(&self) -> Result<()> {
        let request = self
            .http
            .get(self.address.join(&["health-check"]))
            .timeout(CONTROL_TIMEOUT);
        let response = exchange(request, MAX_RESPONSE_BYTES)
            .await
            .map_err(|error| self.unreachable(error))?;
        response::health(response.status, &response.body)
    }

    /// Runs a prediction and waits for its output, for at most `timeout`.
    ///
    /// A call with the `id` of a running prediction returns [`Predicted::Running`]. A call with the `id` of an ended
    /// prediction runs it again. `input` has the field names of the model in the container.
    ///
    /// # Errors
    ///
    /// `cog.unreachable`; `cog.unavailable` if the container is busy or starts, so that nothing ran;
    /// `cog.prediction_failed` with the message of the model; `cog.bad_answer`.
    ///
    /// # Cancellation safety
    ///
    /// Dropping the future closes the connection, which cancels the prediction.
    pub async fn predict(&self, id: &str, input: &Map<String, Value>, timeout: Duration) -> Result<Predicted> {
        let request = self
            .http
            .put(self.address.join(&["predictions", id]))
            .header(CONTENT_TYPE, "application/json")
            .body(json!({ "input": input }).to_string())
            .timeout(timeout);
        match exchange(request, MAX_RESPONSE_BYTES).await {
            Ok(response) => response::predicted(response.status, &response.body),
            Err(error) => Err(self.unreachable(error)),
        }
    }

    /// Cancels a prediction. A prediction that does not exist or has ended is not an error.
    ///
    /// # Errors
    ///
    /// `cog.unreachable`, `cog.bad_answer`.
    pub async fn cancel(&self, id: &str) -> Result<()> {
        let request = self
            .http
            .post(self.address.join(&["predictions", id, "cancel"]))
            .timeout(CONTROL_TIMEOUT);
        let response = exchange(request, MAX_RESPONSE_BYTES)
            .await
            .map_err(|error| self.unreachable(error))?;
        match response.status.as_u16() {
            200 | 404 => Ok(()),
            other => Err(response::unexpected(&format!("the status {other} to a cancel request"))),
        }
    }

    fn unreachable(&self, error: TransportError) -> Error {
        if let TransportError::TooLong { cap } = error {
            return response::unexpected(&format!("more than {cap} bytes"));
        }
        let message = format!("the Cog container at {} cannot be reached", self.address);
        Error::new(&code::COG_UNREACHABLE, message).with_source(error)
    }
}
