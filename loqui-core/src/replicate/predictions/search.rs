//! Looks for predictions whose create was never answered: one reading of the list for all who look.
//!
//! A process that dies leaves many such takes at once, and whoever goes on with them looks for all of them. Each by itself
//! would read the same pages again, back to the time of its create, and soon nobody would get to an end.

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

/// No reading goes on for longer, in pages of a hundred.
const MOST_PAGES: usize = 500;
/// How long searches are gathered before the list is read.
const GATHER: Duration = Duration::from_millis(50);

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
    /// nobody can say. The list is read after this was called, not before.
    pub(crate) async fn find_where(
        &self,
        since: Timestamp,
        judge: impl Fn(&Prediction) -> Option<bool> + Send + Sync,
    ) -> Result<Found> {
        loop {
            let (mut pages, reader) = self.searches().join(since);
            let reading = async {
                if let Some(reader) = reader {
                    reader.read(self).await;
                }
            };
            let judging = async {
                let mut found = Found::default();
                while let Some(page) = pages.recv().await {
                    let Page { results, last } = match page {
                        Ok(page) => page,
                        Err(error) => return Some(Err(error)),
                    };
                    for prediction in results.iter().filter(|prediction| !is_before(prediction, since)) {
                        match judge(prediction) {
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
            // Whoever read for all was stopped: somebody begins anew.
        }
    }
}

fn is_before(prediction: &Prediction, since: Timestamp) -> bool {
    prediction.created_at.is_some_and(|at| at < since)
}

/// A page for one search.
#[derive(Debug)]
struct Page {
    results: Arc<Vec<Prediction>>,
    /// No later page is worth anything to it.
    last: bool,
}

/// Somebody who looks.
#[derive(Debug)]
struct Search {
    since: Timestamp,
    pages: mpsc::UnboundedSender<Result<Page>>,
}

/// The searches of all clients of a token.
#[derive(Debug, Default)]
pub(in crate::replicate) struct Searches(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    waiting: Vec<Search>,
    /// Somebody reads, or is about to.
    reading: bool,
}

impl Searches {
    /// Waits for the pages of the next reading; whoever gets a [`Reader`] has to do it.
    fn join(&self, since: Timestamp) -> (mpsc::UnboundedReceiver<Result<Page>>, Option<Reader<'_>>) {
        let (sender, pages) = mpsc::unbounded_channel();
        let first = {
            let mut state = self.lock();
            state.waiting.push(Search { since, pages: sender });
            !std::mem::replace(&mut state.reading, true)
        };
        (pages, first.then(|| Reader(self)))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reads the list once, for all who wait. Those who come meanwhile begin anew, as all do if it is stopped before its end.
struct Reader<'a>(&'a Searches);

impl Reader<'_> {
    async fn read(self, client: &Client) {
        client.clock().sleep(GATHER).await;
        let mut searches = std::mem::take(&mut self.0.lock().waiting);
        if let Err(error) = read_for(client, &mut searches).await {
            for search in &searches {
                let _ = search.pages.send(Err(error.again()));
            }
        }
    }
}

impl Drop for Reader<'_> {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.reading = false;
        state.waiting.clear();
    }
}

/// Reads the list once, for as long as anybody of these needs it.
async fn read_for(client: &Client, searches: &mut Vec<Search>) -> Result<()> {
    let Some(oldest) = searches.iter().map(|search| search.since).min() else {
        return Ok(());
    };
    debug!(searches = searches.len(), since = %oldest, "looks for lost predictions");
    let mut page = client
        .list(&PredictionFilter::default().with_created_after(oldest))
        .await?;
    for _ in 0..MOST_PAGES {
        let results = Arc::new(std::mem::take(&mut page.results));
        searches.retain(|search| {
            let last = page.is_last() || results.iter().any(|prediction| is_before(prediction, search.since));
            let results = Arc::clone(&results);
            // Who has stopped to wait needs no page.
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
    // An answer of "not found" would be a guess, and a guess here is paid for twice.
    let message = format!("more than {MOST_PAGES} pages of predictions since {oldest}: gave up looking");
    Err(Error::new(&code::REPLICATE_BAD_ANSWER, message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_comes_first_reads_and_who_is_stopped_leaves_it_to_others() {
        let searches = Searches::default();
        let (mut first, reader) = searches.join(Timestamp::UNIX_EPOCH);
        let (mut second, nobody) = searches.join(Timestamp::UNIX_EPOCH);
        assert!(nobody.is_none(), "one reads for all");
        drop(reader);
        assert!(first.blocking_recv().is_none() && second.blocking_recv().is_none());
        let (_, reader) = searches.join(Timestamp::UNIX_EPOCH);
        assert!(reader.is_some(), "somebody begins anew");
    }
}
