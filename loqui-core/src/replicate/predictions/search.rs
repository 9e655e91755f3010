//! Searches for predictions whose create had no response. Concurrent searches share the pages of the list.
//!
//! A crashed process leaves many such creates at once. Searching for each separately would read the same pages again and
//! exceed the rate limit.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Map, Value};
use tokio::sync::mpsc;
use tracing::debug;

use super::list::PredictionFilter;
use super::prediction::Prediction;
use crate::error::{Error, Result, code};
use crate::replicate::client::Client;

/// Maximum number of pages that are read, of 100 predictions each.
const MAX_PAGES: usize = 500;
/// How long searches are collected before the list is read.
const COLLECT: Duration = Duration::from_millis(50);

/// Assumed maximum difference between this machine's clock and Replicate's.
const CLOCK_SKEW: Duration = Duration::from_mins(1);

/// The result of a search for predictions.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct FoundPredictions {
    /// Matching predictions, oldest first.
    pub matches: Vec<Prediction>,
    /// Number of predictions whose input was deleted, so that it is unknown whether they match.
    pub undecided: usize,
}

impl Client {
    /// Searches the predictions created since `since` for those whose `input` has all of `fields`.
    ///
    /// Give each create a unique value, such as a random `seed`, to find it again when its response is lost. Do not search
    /// for URLs of files, because Replicate replaces them by signed URLs.
    ///
    /// # Errors
    ///
    /// The errors of [`list`](Self::list).
    pub async fn find(&self, since: Timestamp, fields: &[(&str, Value)]) -> Result<FoundPredictions> {
        let has_fields =
            |input: &Map<String, Value>| fields.iter().all(|(name, value)| input.get(*name) == Some(value));
        self.find_where(since, |prediction| prediction.input.as_ref().map(has_fields))
            .await
    }

    /// Searches the predictions created since `since` for those for which `matches` returns true. `None` means that it is
    /// unknown whether a prediction matches. The list is read after this call, not before.
    pub(crate) async fn find_where(
        &self,
        since: Timestamp,
        matches: impl Fn(&Prediction) -> Option<bool> + Send + Sync,
    ) -> Result<FoundPredictions> {
        loop {
            let (mut pages, reader) = self.searches().join(since);
            let reading = async {
                if let Some(reader) = reader {
                    reader.read(self).await;
                }
            };
            let judging = async {
                let mut found = FoundPredictions::default();
                while let Some(page) = pages.recv().await {
                    let Page { results, last } = match page {
                        Ok(page) => page,
                        Err(error) => return Some(Err(error)),
                    };
                    for prediction in results.iter().filter(|prediction| !is_before(prediction, since)) {
                        match matches(prediction) {
                            None => found.undecided += 1,
                            Some(true) => found.matches.push(prediction.clone()),
                            Some(false) => {}
                        }
                    }
                    if last {
                        found.matches.reverse();
                        return Some(Ok(found));
                    }
                }
                None
            };
            if let ((), Some(found)) = tokio::join!(reading, judging) {
                return found;
            }
            // The search that read the pages was dropped: start again.
        }
    }
}

/// Returns the earliest creation time, by the provider's clock, of a prediction whose create was sent at this time.
pub(crate) fn earliest_creation(sent_at: Timestamp) -> Timestamp {
    sent_at.saturating_sub(CLOCK_SKEW).unwrap_or(sent_at)
}

fn is_before(prediction: &Prediction, since: Timestamp) -> bool {
    prediction.created_at.is_some_and(|at| at < since)
}

/// A page of the list, as sent to one search.
#[derive(Debug)]
struct Page {
    results: Arc<Vec<Prediction>>,
    /// True if no later page can have a match.
    last: bool,
}

/// A search that waits for pages.
#[derive(Debug)]
struct Search {
    since: Timestamp,
    pages: mpsc::UnboundedSender<Result<Page>>,
}

/// Searches of all clients of a token.
#[derive(Debug, Default)]
pub(in crate::replicate) struct Searches(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    waiting: Vec<Search>,
    /// True while a search reads pages, or is about to.
    has_reader: bool,
}

impl Searches {
    /// Adds a search. The caller reads the pages for all searches if it gets a [`Reader`].
    fn join(&self, since: Timestamp) -> (mpsc::UnboundedReceiver<Result<Page>>, Option<Reader<'_>>) {
        let (sender, pages) = mpsc::unbounded_channel();
        let first = {
            let mut state = self.lock();
            state.waiting.push(Search { since, pages: sender });
            !std::mem::replace(&mut state.has_reader, true)
        };
        (pages, first.then(|| Reader(self)))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reads the list once for all waiting searches. Searches that are added meanwhile, and all searches if the reader is
/// dropped early, start again.
struct Reader<'a>(&'a Searches);

impl Reader<'_> {
    async fn read(self, client: &Client) {
        client.clock().sleep(COLLECT).await;
        let mut searches = std::mem::take(&mut self.0.lock().waiting);
        if let Err(error) = read_pages(client, &mut searches).await {
            for search in &searches {
                let _ = search.pages.send(Err(error.again()));
            }
        }
    }
}

impl Drop for Reader<'_> {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.has_reader = false;
        state.waiting.clear();
    }
}

/// Reads pages until no search needs another one.
async fn read_pages(client: &Client, searches: &mut Vec<Search>) -> Result<()> {
    let Some(oldest) = searches.iter().map(|search| search.since).min() else {
        return Ok(());
    };
    debug!(searches = searches.len(), since = %oldest, "searching for lost predictions");
    let mut page = client
        .list(&PredictionFilter::default().with_created_after(oldest))
        .await?;
    for _ in 0..MAX_PAGES {
        let results = Arc::new(std::mem::take(&mut page.results));
        searches.retain(|search| {
            let last = page.is_last() || results.iter().any(|prediction| is_before(prediction, search.since));
            let results = Arc::clone(&results);
            // Sending fails if the search was dropped.
            search.pages.send(Ok(Page { results, last })).is_ok() && !last
        });
        if searches.is_empty() {
            return Ok(());
        }
        match client.next_page(&page).await? {
            Some(next) => page = next,
            None => return Ok(()),
        }
    }
    // Returning no match could be wrong, and the prediction would be paid twice.
    let message = format!("more than {MAX_PAGES} pages of predictions since {oldest}: the search was stopped");
    Err(Error::new(&code::REPLICATE_BAD_ANSWER, message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_search_reads_and_a_dropped_reader_is_replaced() {
        let searches = Searches::default();
        let (mut first, reader) = searches.join(Timestamp::UNIX_EPOCH);
        let (mut second, none) = searches.join(Timestamp::UNIX_EPOCH);
        assert!(none.is_none(), "one search reads for all");
        drop(reader);
        assert!(first.blocking_recv().is_none() && second.blocking_recv().is_none());
        let (_, reader) = searches.join(Timestamp::UNIX_EPOCH);
        assert!(reader.is_some(), "the next search reads");
    }
}
