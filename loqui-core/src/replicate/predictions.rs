//! Predictions: create, look at, wait for, cancel, list.

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
pub(super) use route::parts;
pub use run::{Run, RunOptions};
pub use search::Found;
pub(super) use search::Searches;
pub use status::Status;
pub use wait::WaitOptions;

use super::client::Client;
use super::failure;
use super::http::Answer;
use crate::error::{Error, ErrorKind, Result, code};

/// The longest answer: it repeats the input, which may hold a recording as a data URI.
const CAP: usize = 16 << 20;

impl Client {
    /// Reads a prediction.
    ///
    /// # Errors
    ///
    /// `replicate.not_found`, and those of every call.
    pub async fn prediction(&self, id: &str) -> Result<Prediction> {
        let url = self.origin().join(&["predictions", checked(id)?]);
        let what = "read a prediction";
        let answer = self.call(what, CAP, || self.request(Method::GET, url.clone())).await?;
        read(what, &answer)
    }

    /// Asks to stop a prediction, and reads how it stands afterwards.
    ///
    /// It may be over by then, even with success: that is paid for, so use it. It may also still run for a moment: wait
    /// for its end.
    ///
    /// # Errors
    ///
    /// `replicate.not_found`, and those of every call.
    pub async fn cancel(&self, id: &str) -> Result<Prediction> {
        let url = self.origin().join(&["predictions", checked(id)?, "cancel"]);
        let what = "cancel a prediction";
        match self.call(what, CAP, || self.request(Method::POST, url.clone())).await {
            Ok(answer) => match Prediction::parse(&answer.body) {
                Ok(prediction) if prediction.id == id => Ok(prediction),
                _ => self.prediction(id).await,
            },
            // What cancelling a finished one answers is not documented: believe the prediction itself.
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

fn read(what: &str, answer: &Answer) -> Result<Prediction> {
    Prediction::parse(&answer.body).map_err(|reason| failure::unreadable(what, answer, reason.to_string()))
}

/// An id that may be put into a path.
fn checked(id: &str) -> Result<&str> {
    if is_id(id) {
        return Ok(id);
    }
    let message = "the prediction's id is not 10 to 64 lower-case letters and digits";
    Err(Error::new(&code::REPLICATE_NOT_FOUND, message))
}
