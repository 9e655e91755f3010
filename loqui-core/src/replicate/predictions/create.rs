//! Creates predictions. A create is sent once, and its error tells whether it may have been paid.

use std::fmt;
use std::ops::RangeInclusive;
use std::time::Duration;

use jiff::Timestamp;
use reqwest::{Method, StatusCode};
use serde_json::{Map, Value, json};
use tracing::{info, warn};
use url::Url;

use super::prediction::Prediction;
use super::route::Route;
use crate::clock::since;
use crate::error::{Error, Retry, code};
use crate::http::{HttpResponse, TransportError, exchange, retry};
use crate::replicate::client::Client;
use crate::replicate::failure::{self, Problem};

/// Size limit of a response. It repeats the input, which may contain a recording as a data URI.
const CAP: usize = 8 << 20;

/// A prediction to create.
#[derive(Clone)]
#[non_exhaustive]
pub struct NewPrediction {
    /// The model and the endpoint by which it is called.
    pub route: Route,
    /// The model's input. See [`Model::input`](crate::replicate::Model::input).
    pub input: Map<String, Value>,
    /// Time after which Replicate ends the prediction, counted from its creation: 5 s to 24 h. Default: 10 minutes.
    ///
    /// Sent with every create, because it limits the cost of a prediction whose response is lost.
    pub cancel_after: Duration,
    /// URL that Replicate calls when the prediction ends. Must be https.
    pub webhook: Option<Url>,
    /// The create is not sent after this time.
    pub send_by: Option<Timestamp>,
}

impl NewPrediction {
    /// The range of `Cancel-After` (<https://replicate.com/docs/topics/predictions/create-a-prediction>).
    pub const CANCEL_AFTER: RangeInclusive<Duration> = Duration::from_secs(5)..=Duration::from_hours(24);

    /// Returns a prediction of this input by this route.
    pub fn new(route: Route, input: Map<String, Value>) -> Self {
        Self {
            route,
            input,
            cancel_after: Duration::from_mins(10),
            webhook: None,
            send_by: None,
        }
    }

    /// Sets the time after which Replicate ends the prediction.
    #[must_use]
    pub fn with_cancel_after(mut self, cancel_after: Duration) -> Self {
        self.cancel_after = cancel_after;
        self
    }

    /// Sets the URL that Replicate calls when the prediction ends. See [`webhooks`](crate::replicate::webhooks).
    #[must_use]
    pub fn with_webhook(mut self, webhook: Url) -> Self {
        self.webhook = Some(webhook);
        self
    }

    /// Sets the time after which the create is not sent.
    #[must_use]
    pub fn with_send_by(mut self, send_by: Timestamp) -> Self {
        self.send_by = Some(send_by);
        self
    }

    fn body(&self, version: Option<&str>) -> Value {
        let mut body = json!({ "input": self.input });
        if let Some(version) = version {
            body["version"] = version.into();
        }
        if let Some(webhook) = &self.webhook {
            body["webhook"] = webhook.as_str().into();
            body["webhook_events_filter"] = json!(["completed"]);
        }
        body
    }
}

impl fmt::Debug for NewPrediction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewPrediction")
            .field("route", &self.route)
            .field("cancel_after", &self.cancel_after)
            .field("send_by", &self.send_by)
            .finish_non_exhaustive()
    }
}

/// The reason why a create returned no prediction. The variants differ in whether it may have been paid.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CreateError {
    /// Nothing was created. The create may be sent again, after the delay in the error's `retry()`.
    #[error("no prediction was created")]
    NotCreated(#[source] Error),
    /// The prediction may exist and be paid. Search for it with [`Client::find`] before sending the create again.
    #[error("it is not known whether the prediction was created")]
    Unknown(#[source] Error),
    /// Replicate or a check before sending refused the create. Sending it again has the same result.
    #[error("the prediction was refused")]
    Refused(#[source] Error),
}

impl CreateError {
    /// Returns the error without the variant.
    pub fn into_error(self) -> Error {
        match self {
            Self::NotCreated(error) | Self::Unknown(error) | Self::Refused(error) => error,
        }
    }
}

impl From<CreateError> for Error {
    fn from(error: CreateError) -> Self {
        error.into_error()
    }
}

const WHAT: &str = "create a prediction";

impl Client {
    /// Creates a prediction and returns without waiting for its end; see [`wait`](Self::wait). Sent once, never repeated.
    ///
    /// # Errors
    ///
    /// * [`CreateError::NotCreated`]: no connection, or `replicate.rate_limited`.
    /// * [`CreateError::Unknown`]: the response was lost (`replicate.answer_lost`), is a 5xx, or cannot be read.
    /// * [`CreateError::Refused`]: `replicate.unauthorized`, `replicate.insufficient_credit`, `replicate.not_found`,
    ///   `replicate.invalid_input`, `replicate.too_large`; `option.out_of_range` if `cancel_after` is.
    ///
    /// # Cancellation safety
    ///
    /// Not cancellation safe: a dropped future may leave a paid prediction. Run it in a task of its own, or search with
    /// [`find`](Self::find) afterwards.
    #[tracing::instrument(skip_all, fields(route = ?new.route))]
    pub async fn create(&self, new: &NewPrediction) -> Result<Prediction, CreateError> {
        if !NewPrediction::CANCEL_AFTER.contains(&new.cancel_after) {
            let message = format!("cancel_after is {:?}; it must be 5 s to 24 h", new.cancel_after);
            return Err(CreateError::Refused(Error::new(&code::OPTION_OUT_OF_RANGE, message)));
        }
        let (url, version) = new.route.target(self.origin()).map_err(CreateError::Refused)?;
        let left = |now| new.send_by.map_or(Duration::MAX, |send_by| since(now, send_by));
        self.await_create_slot(left(self.clock().now()).min(self.max_queue_wait()))
            .await?;
        if left(self.clock().now()).is_zero() {
            let message = "did not create a prediction: it could not be sent in time";
            let error = Error::new(&code::REPLICATE_UNREACHABLE, message)
                .with_hint("The network is slow or many requests are waiting: try again.");
            return Err(CreateError::NotCreated(error));
        }
        let request = self
            .create_request(Method::POST, url)
            .header("cancel-after", format!("{}s", new.cancel_after.as_secs()))
            .json(&new.body(version));
        let result = match exchange(request, CAP).await {
            Ok(response) => self.classify(&response),
            Err(error @ TransportError::NotSent(_)) => {
                Err(CreateError::NotCreated(failure::from_transport(WHAT, error)))
            }
            Err(error) => Err(CreateError::Unknown(failure::from_transport(WHAT, error))),
        };
        match &result {
            Ok(prediction) => {
                self.claims().claim(&prediction.id);
                // From now on it is polled together with other predictions.
                self.poller().observe(prediction, self.clock().now());
                info!(prediction = %prediction.id, status = %prediction.status, "prediction created");
            }
            Err(error) => warn!(%error, cause = error.source_code(), "prediction not created"),
        }
        result
    }

    /// Waits for the rate limiter. Refuses while the circuit breaker for missing credit is open.
    async fn await_create_slot(&self, max_wait: Duration) -> Result<(), CreateError> {
        if let Some(remaining) = self.breaker().open_for(self.clock().now()) {
            let message = format!(
                "replicate reported missing credit: creates are blocked for another {} s",
                remaining.as_secs().max(1)
            );
            return Err(CreateError::Refused(Error::new(
                &code::REPLICATE_INSUFFICIENT_CREDIT,
                message,
            )));
        }
        self.creates()
            .acquire(self.clock(), max_wait)
            .await
            .map_err(|wait| CreateError::NotCreated(failure::throttled(WHAT, wait)))
    }

    /// Classifies the response to a create by whether it may have been paid.
    fn classify(&self, response: &HttpResponse) -> Result<Prediction, CreateError> {
        let now = self.clock().now();
        let status = response.status;
        if status.is_success() {
            self.observe_limits(self.creates(), response);
            self.breaker().close();
            return Prediction::parse(&response.body).map_err(|reason| {
                let error = Error::new(
                    &code::REPLICATE_ANSWER_LOST,
                    "replicate's response to a create cannot be read",
                );
                CreateError::Unknown(error.with_source(reason))
            });
        }
        let error = failure::from_response(WHAT, response, now);
        match status {
            StatusCode::TOO_MANY_REQUESTS => {
                let wait = retry::hint(response, now).unwrap_or(Duration::from_secs(1));
                let wait = retry::jittered(wait, wait / 4 + Duration::from_millis(250), self.random());
                self.creates()
                    .throttle(now, wait, Problem::read(response).is_low_credit());
                Err(CreateError::NotCreated(error.with_retry(Retry::After(wait))))
            }
            StatusCode::PAYMENT_REQUIRED => {
                self.breaker().open(now);
                Err(CreateError::Refused(error))
            }
            StatusCode::NOT_FOUND => {
                let hint = "Check the model's name. A model that is not official is called by its version.";
                Err(CreateError::Refused(error.with_hint(hint)))
            }
            status if status.is_server_error() || status == StatusCode::REQUEST_TIMEOUT => {
                Err(CreateError::Unknown(error))
            }
            _ => Err(CreateError::Refused(error)),
        }
    }
}

impl CreateError {
    fn source_code(&self) -> &'static str {
        match self {
            Self::NotCreated(error) | Self::Unknown(error) | Self::Refused(error) => error.code(),
        }
    }
}
