//! Predictions: create, read, wait, cancel, list.

mod claims;
mod create;
mod list;
mod prediction;
mod route;
mod run;
mod search;
mod status;
mod wait;

pub(super) use claims::Claims;
pub use create::{CreateError, NewPrediction};
pub use list::{PredictionFilter, PredictionPage};
pub use prediction::Prediction;
pub(super) use prediction::{NotAPrediction, is_id};
use reqwest::Method;
pub use route::Route;
pub(super) use route::split_name;
pub use run::{Run, RunOptions};
pub use search::FoundPredictions;
pub(super) use search::Searches;
pub(crate) use search::earliest_creation;
pub use status::Status;
pub use wait::WaitOptions;

use super::client::Client;
use super::failure;
use crate::error::{Error, ErrorKind, Result, code};
use crate::http::HttpResponse;

/// Size limit of a response. It repeats the input, which may contain a recording as a data URI.
const CAP: usize = 16 << 20;

impl Client {
    /// Reads a prediction.
    ///
    /// # Errors
    ///
    /// `replicate.not_found`, and the errors of all API calls.
    pub async fn prediction(&self, id: &str) -> Result<Prediction> {
        let url = self.origin().join(&["predictions", checked(id)?]);
        let what = "read a prediction";
        let response = self.call(what, CAP, || self.request(Method::GET, url.clone())).await?;
        read(what, &response)
    }

    /// Requests the cancellation of a prediction and returns its state afterwards.
    ///
    /// The prediction may have ended already, also successfully; then it is paid for. It may also run for another moment.
    ///
    /// # Errors
    ///
    /// `replicate.not_found`, and the errors of all API calls.
    pub async fn cancel(&self, id: &str) -> Result<Prediction> {
        let url = self.origin().join(&["predictions", checked(id)?, "cancel"]);
        let what = "cancel a prediction";
        match self.call(what, CAP, || self.request(Method::POST, url.clone())).await {
            Ok(response) => match Prediction::parse(&response.body) {
                Ok(prediction) if prediction.id == id => Ok(prediction),
                _ => self.prediction(id).await,
            },
            // The response to the cancellation of an ended prediction is not documented: read the prediction instead.
            Err(error)
                if matches!(
                    error.kind(),
                    ErrorKind::NotFound | ErrorKind::InvalidInput | ErrorKind::Provider
                ) =>
            {
                self.prediction(id).await
            }
            Err(error) => Err(error),
        }
    }
}

fn read(what: &str, response: &HttpResponse) -> Result<Prediction> {
    Prediction::parse(&response.body).map_err(|reason| failure::unreadable(what, response, reason.to_string()))
}

/// Returns the id if it can be part of a URL path.
fn checked(id: &str) -> Result<&str> {
    if is_id(id) {
        return Ok(id);
    }
    let message = "the prediction id must be 10 to 64 lower-case letters and digits";
    Err(Error::new(&code::REPLICATE_NOT_FOUND, message))
}
