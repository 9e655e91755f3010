//! Lists predictions.

use jiff::Timestamp;
use serde_json::Value;
use url::Url;

use super::prediction::Prediction;
use crate::error::{Error, Result, code};
use crate::replicate::client::Client;
use crate::replicate::failure;

/// Size limit of a page: 100 predictions whose inputs may each contain a recording.
const CAP: usize = 64 << 20;
const WHAT: &str = "list predictions";

/// Selects the predictions of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct PredictionFilter {
    /// Includes only predictions created at this time or later.
    pub created_after: Option<Timestamp>,
    /// Includes only predictions created before this time.
    pub created_before: Option<Timestamp>,
}

impl PredictionFilter {
    /// Sets the earliest creation time.
    #[must_use]
    pub fn with_created_after(mut self, at: Timestamp) -> Self {
        self.created_after = Some(at);
        self
    }

    /// Sets the time before which predictions were created.
    #[must_use]
    pub fn with_created_before(mut self, at: Timestamp) -> Self {
        self.created_before = Some(at);
        self
    }
}

/// One page of a list, newest first.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct PredictionPage {
    /// The predictions.
    pub results: Vec<Prediction>,
    next: Option<Url>,
    bytes: usize,
}

impl PredictionPage {
    /// Returns the size of the response in bytes.
    pub(in crate::replicate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Returns true if no page follows.
    pub fn is_last(&self) -> bool {
        self.next.is_none()
    }
}

impl Client {
    /// Lists predictions of the account, newest first.
    ///
    /// # Errors
    ///
    /// The errors of all API calls: `replicate.unauthorized`, `replicate.unreachable`, `replicate.rate_limited`, and others.
    pub async fn list(&self, filter: &PredictionFilter) -> Result<PredictionPage> {
        let mut url = self.origin().join(&["predictions"]);
        for (name, at) in [
            ("created_after", filter.created_after),
            ("created_before", filter.created_before),
        ] {
            if let Some(at) = at {
                url.query_pairs_mut().append_pair(name, &at.to_string());
            }
        }
        self.page(url).await
    }

    /// Returns the page after this one, or nothing after the last.
    ///
    /// # Errors
    ///
    /// The errors of [`list`](Self::list), and `replicate.bad_answer` if the next page is on another host, where the token
    /// must not be sent.
    pub async fn next_page(&self, page: &PredictionPage) -> Result<Option<PredictionPage>> {
        match &page.next {
            Some(next) => self.page(next.clone()).await.map(Some),
            None => Ok(None),
        }
    }

    async fn page(&self, url: Url) -> Result<PredictionPage> {
        let response = self
            .call(WHAT, CAP, || self.request(reqwest::Method::GET, url.clone()))
            .await?;
        let unreadable = |reason: &str| failure::unreadable(WHAT, &response, reason);
        let mut body: Value = serde_json::from_slice(&response.body).map_err(|_| unreadable("is not JSON"))?;
        let Some(Value::Array(results)) = body.get_mut("results").map(Value::take) else {
            return Err(unreadable("has no results"));
        };
        let next = match body.get("next").and_then(Value::as_str) {
            Some(next) => Some(self.next_url(next)?),
            None => None,
        };
        // A prediction that cannot be read may be the one a search looks for, so it fails the whole page.
        let results: Result<Vec<_>, _> = results.into_iter().map(Prediction::from_value).collect();
        let results =
            results.map_err(|reason| unreadable("has a prediction that cannot be read").with_source(reason))?;
        Ok(PredictionPage {
            results,
            next,
            bytes: response.body.len(),
        })
    }

    /// Returns the URL of the next page if it is on the API's origin.
    pub(in crate::replicate) fn next_url(&self, next: &str) -> Result<Url> {
        let url = self
            .origin()
            .url()
            .join(next)
            .ok()
            .filter(|url| self.origin().owns(url));
        url.ok_or_else(|| Error::new(&code::REPLICATE_BAD_ANSWER, "the next page is on another host"))
    }
}
