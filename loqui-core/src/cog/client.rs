//! Talks to one container.

use std::time::Duration;

use reqwest::header::CONTENT_TYPE;
use serde_json::{Map, Value, json};

use super::address::Address;
use super::answer::{self, Predicted};
use crate::error::{Error, Result, code};
use crate::replicate::http::{self, TransportError, exchange};

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(5);
/// How long a question may take that the container answers by itself, however busy its model is.
const QUESTION: Duration = Duration::from_secs(10);
/// The longest answer: three minutes of speech at 48 kHz, 32 bit, in base64.
const MAX_ANSWER_BYTES: usize = 48 << 20;

/// Talks to one container. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Client {
    address: Address,
    http: reqwest::Client,
}

impl Client {
    /// Builds a client for the container at this address, for instance `http://gpu-box:5000`. Nothing is sent yet. A
    /// user name and a password in the address are for a proxy in front of the container.
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
        // Whoever ends a connection ends its prediction: none is shared, and none is kept for later.
        let http = http::plain(&["http/1.1"], !address.is_encrypted(), CONNECT)?
            .http1_only()
            .pool_max_idle_per_host(0);
        Ok(Self {
            http: http::build(http)?,
            address,
        })
    }

    /// Returns once the container has said that predictions may be sent; it may be busy.
    ///
    /// # Errors
    ///
    /// `cog.unreachable`, `cog.unavailable` (it is loading its model), `cog.broken` (that failed), `cog.bad_answer`.
    pub async fn ready(&self) -> Result<()> {
        let question = self.http.get(self.address.join(&["health-check"])).timeout(QUESTION);
        let answer = exchange(question, MAX_ANSWER_BYTES)
            .await
            .map_err(|trouble| self.unreachable(trouble))?;
        answer::health(answer.status, &answer.body)
    }

    /// Sends a prediction and waits for the speech, at most for `patience`. Dropping the future stops the prediction.
    ///
    /// `id` names it: repeated while it runs, nothing new is begun, and the answer is [`Predicted::Running`]. Repeated
    /// after it has ended, it is made again. `input` has the field names of the model that the container holds.
    ///
    /// # Errors
    ///
    /// `cog.unreachable`; `cog.unavailable` if the container is busy or starting: nothing was begun; `cog.prediction_failed`
    /// with the model's own words; `cog.bad_answer`.
    pub async fn predict(&self, id: &str, input: &Map<String, Value>, patience: Duration) -> Result<Predicted> {
        let request = self
            .http
            .put(self.address.join(&["predictions", id]))
            .header(CONTENT_TYPE, "application/json")
            .body(json!({ "input": input }).to_string())
            .timeout(patience);
        match exchange(request, MAX_ANSWER_BYTES).await {
            Ok(answer) => answer::predicted(answer.status, &answer.body),
            Err(trouble) => Err(self.unreachable(trouble)),
        }
    }

    /// Stops a prediction. One that is not there, or has ended, needs no stopping.
    ///
    /// # Errors
    ///
    /// `cog.unreachable`, `cog.bad_answer`.
    pub async fn cancel(&self, id: &str) -> Result<()> {
        let request = self
            .http
            .post(self.address.join(&["predictions", id, "cancel"]))
            .timeout(QUESTION);
        let answer = exchange(request, MAX_ANSWER_BYTES)
            .await
            .map_err(|trouble| self.unreachable(trouble))?;
        match answer.status.as_u16() {
            200 | 404 => Ok(()),
            other => Err(answer::odd(&format!("the status {other} to a cancel"))),
        }
    }

    fn unreachable(&self, trouble: TransportError) -> Error {
        if let TransportError::TooLong { cap } = trouble {
            return answer::odd(&format!("more than {cap} bytes"));
        }
        let message = format!("the Cog container at {} cannot be reached", self.address);
        Error::new(&code::COG_UNREACHABLE, message).with_source(trouble)
    }
}
