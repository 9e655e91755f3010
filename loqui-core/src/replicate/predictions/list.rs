//! Lists predictions, and looks for one whose create was never answered.

use jiff::Timestamp;
use serde_json::{Map, Value};
use url::Url;

use super::prediction::Prediction;
use crate::error::{Error, Result, code};
use crate::replicate::client::Client;
use crate::replicate::failure;

/// The longest page: a hundred predictions whose inputs may hold a recording each.
const CAP: usize = 64 << 20;
/// No search goes on for longer, in pages of a hundred.
const MOST_PAGES: usize = 100;
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

/// What a search for a prediction without an answer found.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Found {
    /// Those that match, oldest first.
    pub matches: Vec<Prediction>,
    /// How many of that time have no input any more, so that nobody can say whether they match.
    pub undecided: usize,
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

    /// Looks through the predictions created since `since` for those whose `input` has every one of `fields`.
    ///
    /// Plant something unique, such as a random `seed`, and a create whose answer was lost can be found again. Do not
    /// look for addresses of files: they come back rewritten (contract section 5.4).
    ///
    /// # Errors
    ///
    /// As [`list`](Self::list).
    pub async fn find(&self, since: Timestamp, fields: &[(&str, Value)]) -> Result<Found> {
        let matches = |input: &Map<String, Value>| fields.iter().all(|(name, value)| input.get(*name) == Some(value));
        self.find_where(since, |prediction| prediction.input.as_ref().map(matches))
            .await
    }

    /// Looks through the predictions created since `since` for those that `judge` knows; nothing from it means that
    /// nobody can say.
    pub(crate) async fn find_where(
        &self,
        since: Timestamp,
        judge: impl Fn(&Prediction) -> Option<bool> + Send + Sync,
    ) -> Result<Found> {
        let mut found = Found::default();
        let mut page = self
            .list(&PredictionFilter::default().with_created_after(since))
            .await?;
        for _ in 0..MOST_PAGES {
            let too_old = |prediction: &Prediction| prediction.created_at.is_some_and(|at| at < since);
            let end = page.results.iter().any(too_old);
            for prediction in page.results.drain(..).filter(|prediction| !too_old(prediction)) {
                match judge(&prediction) {
                    None => found.undecided += 1,
                    Some(true) => found.matches.push(prediction),
                    Some(false) => {}
                }
            }
            match self.next_page(&page).await? {
                Some(next) if !end => page = next,
                _ => {
                    found.matches.reverse();
                    return Ok(found);
                }
            }
        }
        // An answer of "not found" would be a guess, and a guess here is paid for twice.
        let message = format!("more than {MOST_PAGES} pages of predictions since {since}: gave up looking");
        Err(Error::new(&code::REPLICATE_BAD_ANSWER, message))
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
