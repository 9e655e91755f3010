//! Lists predictions.

use jiff::Timestamp;
use serde_json::Value;
use url::Url;

use super::prediction::Prediction;
use crate::error::{Error, Result, code};
use crate::replicate::client::Client;
use crate::replicate::failure;

/// The longest page: a hundred predictions whose inputs may hold a recording each.
const CAP: usize = 64 << 20;
const WHAT: &str = "list predictions";

/// Which predictions to list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct PredictionFilter {
    /// Only those created at this time or later.
    pub created_after: Option<Timestamp>,
    /// Only those created before this time.
    pub created_before: Option<Timestamp>,
}

impl PredictionFilter {
    /// Only those created at this time or later.
    #[must_use]
    pub fn with_created_after(mut self, at: Timestamp) -> Self {
        self.created_after = Some(at);
        self
    }

    /// Only those created before this time.
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
    /// How long the answer was, inputs included.
    pub(in crate::replicate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// True if no page follows.
    pub fn is_last(&self) -> bool {
        self.next.is_none()
    }
}

impl Client {
    /// Lists predictions of the account, newest first.
    ///
    /// # Errors
    ///
    /// Those of every call: `replicate.unauthorized`, `replicate.unreachable`, `replicate.rate_limited`, ...
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

    /// Fetches the page after this one; nothing after the last.
    ///
    /// # Errors
    ///
    /// As [`list`](Self::list), and `replicate.bad_answer` if the next page is said to be at another host: the token
    /// does not go there.
    pub async fn next_page(&self, page: &PredictionPage) -> Result<Option<PredictionPage>> {
        match &page.next {
            Some(next) => self.page(next.clone()).await.map(Some),
            None => Ok(None),
        }
    }

    async fn page(&self, url: Url) -> Result<PredictionPage> {
        let answer = self
            .call(WHAT, CAP, || self.request(reqwest::Method::GET, url.clone()))
            .await?;
        let unreadable = |reason: &str| failure::unreadable(WHAT, &answer, reason);
        let mut body: Value = serde_json::from_slice(&answer.body).map_err(|_| unreadable("is not JSON"))?;
        let Some(Value::Array(results)) = body.get_mut("results").map(Value::take) else {
            return Err(unreadable("has no results"));
        };
        let next = match body.get("next").and_then(Value::as_str) {
            Some(next) => Some(self.follow(next)?),
            None => None,
        };
        // One entry that cannot be read must not hide the others, but it must not count as looked at either.
        let results: Result<Vec<_>, _> = results.into_iter().map(Prediction::from_value).collect();
        let results =
            results.map_err(|reason| unreadable("holds a prediction that cannot be read").with_source(reason))?;
        Ok(PredictionPage {
            results,
            next,
            bytes: answer.body.len(),
        })
    }

    /// The address of a next page, if it is the API's own.
    pub(in crate::replicate) fn follow(&self, next: &str) -> Result<Url> {
        let url = self
            .origin()
            .url()
            .join(next)
            .ok()
            .filter(|url| self.origin().owns(url));
        url.ok_or_else(|| {
            Error::new(
                &code::REPLICATE_BAD_ANSWER,
                "the next page is said to be at another host",
            )
        })
    }
}
