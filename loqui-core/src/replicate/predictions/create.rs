//! Creates a prediction: sent once, and the answer says what is known about payment.

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
use crate::replicate::client::Client;
use crate::replicate::failure::{self, Problem};
use crate::replicate::http::{Answer, TransportError, exchange};
use crate::replicate::retry;

/// The longest answer: it repeats the input, which may hold a recording as a data URI.
const CAP: usize = 8 << 20;

/// A prediction to be created.
#[derive(Clone)]
#[non_exhaustive]
pub struct NewPrediction {
    /// Which model, and by which way.
    pub route: Route,
    /// The model's input: see [`Model::input`](crate::replicate::Model::input).
    pub input: Map<String, Value>,
    /// When Replicate ends it by itself, counted from its creation: 5 s to 24 h; 10 minutes unless told. Always sent:
    /// it bounds what a lost answer can cost.
    pub cancel_after: Duration,
    /// Where Replicate tells of its end. Must be https.
    pub webhook: Option<Url>,
    /// It is not sent later than this: who waits for it may have given it up by then.
    pub send_by: Option<Timestamp>,
}

impl NewPrediction {
    /// What `Cancel-After` takes (contract section 2.2).
    pub const CANCEL_AFTER: RangeInclusive<Duration> = Duration::from_secs(5)..=Duration::from_hours(24);

    /// A prediction of this input by this route.
    pub fn new(route: Route, input: Map<String, Value>) -> Self {
        Self {
            route,
            input,
            cancel_after: Duration::from_mins(10),
            webhook: None,
            send_by: None,
        }
    }

    /// Replaces when Replicate ends it by itself.
    #[must_use]
    pub fn with_cancel_after(mut self, cancel_after: Duration) -> Self {
        self.cancel_after = cancel_after;
        self
    }

    /// Adds an address that Replicate tells of its end; see [`webhooks`](crate::replicate::webhooks).
    #[must_use]
    pub fn with_webhook(mut self, webhook: Url) -> Self {
        self.webhook = Some(webhook);
        self
    }

    /// Forbids to send it later than this.
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

/// Why there is no prediction; what is known about payment decides what may follow.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CreateError {
    /// Nothing was created: it may be sent again, after the error's `retry()`.
    #[error("no prediction was created")]
    NotCreated(#[source] Error),
    /// It may have been created and paid: look for it with [`Client::find`] before sending it again.
    #[error("it is not known whether the prediction was created")]
    Unknown(#[source] Error),
    /// Replicate, or a check before sending, said no: sending it again is in vain.
    #[error("the prediction was refused")]
    Refused(#[source] Error),
}

impl CreateError {
    /// The error, without what is known about payment.
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
    /// Creates a prediction and answers at once; [`wait`](Self::wait) for its end. Sent once and never repeated.
    ///
    /// # Errors
    ///
    /// * [`CreateError::NotCreated`]: no connection, or `replicate.rate_limited`.
    /// * [`CreateError::Unknown`]: the answer was lost (`replicate.answer_lost`), is a 5xx, or cannot be read.
    /// * [`CreateError::Refused`]: `replicate.unauthorized`, `replicate.insufficient_credit`, `replicate.not_found`,
    ///   `replicate.invalid_input`, `replicate.too_large`; `option.out_of_range` if `cancel_after` is.
    #[tracing::instrument(skip_all, fields(route = ?new.route))]
    pub async fn create(&self, new: &NewPrediction) -> Result<Prediction, CreateError> {
        if !NewPrediction::CANCEL_AFTER.contains(&new.cancel_after) {
            let message = format!("cancel_after is {:?}; it must be 5 s to 24 h", new.cancel_after);
            return Err(CreateError::Refused(Error::new(&code::OPTION_OUT_OF_RANGE, message)));
        }
        let (url, version) = new.route.target(self.origin()).map_err(CreateError::Refused)?;
        let left = |now| new.send_by.map_or(Duration::MAX, |send_by| since(now, send_by));
        self.create_turn(left(self.clock().now()).min(self.patience())).await?;
        if left(self.clock().now()).is_zero() {
            let message = "did not create a prediction: it was not ready to be sent in time";
            let error = Error::new(&code::REPLICATE_UNREACHABLE, message)
                .with_hint("The network is slow or many others wait for their turn: try again.");
            return Err(CreateError::NotCreated(error));
        }
        let request = self
            .create_request(Method::POST, url)
            .header("cancel-after", format!("{}s", new.cancel_after.as_secs()))
            .json(&new.body(version));
        let outcome = exchange(request, CAP).await;
        let result = match outcome {
            Ok(answer) => self.created(&answer),
            Err(trouble @ TransportError::NotSent(_)) => {
                Err(CreateError::NotCreated(failure::from_trouble(WHAT, trouble)))
            }
            Err(trouble) => Err(CreateError::Unknown(failure::from_trouble(WHAT, trouble))),
        };
        match &result {
            Ok(prediction) => {
                self.claims().claim(&prediction.id);
                // Looked at with the others, then, and planned from here.
                self.poller().seen(prediction, self.clock().now());
                info!(prediction = %prediction.id, status = %prediction.status, "prediction created");
            }
            Err(error) => warn!(%error, cause = error.source_code(), "no prediction"),
        }
        result
    }

    /// Waits for a turn to create something; refuses while credit is known to be missing.
    async fn create_turn(&self, patience: Duration) -> Result<(), CreateError> {
        if let Some(rest) = self.breaker().open_for(self.clock().now()) {
            let message = format!(
                "replicate said that credit is missing: nothing is created for another {} s",
                rest.as_secs().max(1)
            );
            return Err(CreateError::Refused(Error::new(
                &code::REPLICATE_INSUFFICIENT_CREDIT,
                message,
            )));
        }
        self.creates()
            .turn(self.clock(), patience)
            .await
            .map_err(|wait| CreateError::NotCreated(failure::throttled(WHAT, wait)))
    }

    /// Sorts the answer to a create by what it says about payment.
    fn created(&self, answer: &Answer) -> Result<Prediction, CreateError> {
        let now = self.clock().now();
        let status = answer.status;
        if status.is_success() {
            self.learn(self.creates(), answer);
            self.breaker().close();
            return Prediction::parse(&answer.body).map_err(|reason| {
                let error = Error::new(
                    &code::REPLICATE_ANSWER_LOST,
                    "replicate's answer to a create cannot be read",
                );
                CreateError::Unknown(error.with_source(reason))
            });
        }
        let error = failure::from_answer(WHAT, answer, now);
        match status {
            StatusCode::TOO_MANY_REQUESTS => {
                let wait = retry::hint(answer, now).unwrap_or(Duration::from_secs(1));
                let wait = retry::jittered(wait, wait / 4 + Duration::from_millis(250), self.random());
                self.creates().refused(now, wait, Problem::read(answer).is_low_credit());
                Err(CreateError::NotCreated(error.with_retry(Retry::After(wait))))
            }
            StatusCode::PAYMENT_REQUIRED => {
                self.breaker().open(now);
                Err(CreateError::Refused(error))
            }
            StatusCode::NOT_FOUND => {
                let hint = "Check the model's name; a model that is not official is called by its version.";
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
