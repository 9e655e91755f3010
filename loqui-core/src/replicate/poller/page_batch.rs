//! Pages of the prediction list, read once for all polls of a batch.

use std::time::Duration;

use jiff::Timestamp;
use tracing::debug;

use super::WaitingPolls;
use crate::replicate::client::Client;
use crate::replicate::predictions::PredictionFilter;

/// A page that answers fewer polls than this costs more than single requests.
const MIN_ANSWERS_PER_PAGE: usize = 4;
/// Pages repeat the inputs. After a page larger than this, single requests are used for a while.
const MAX_PAGE_BYTES: usize = 4 << 20;

/// The task that answers polls from pages while any poll waits.
pub(super) struct PageBatches {
    client: Client,
    is_finished: bool,
}

impl PageBatches {
    pub(super) fn new(client: Client) -> Self {
        Self {
            client,
            is_finished: false,
        }
    }

    pub(super) async fn run(mut self) {
        loop {
            let poller = self.client.poller();
            poller.await_batch(self.client.clock()).await;
            let Some((waiting, oldest)) = poller.take_batch() else {
                self.is_finished = true;
                return;
            };
            answer_from_pages(&self.client, waiting, oldest).await;
        }
    }
}

impl Drop for PageBatches {
    /// Runs when the runtime of the task ends early: waiting polls are sent on their own, and the next poll starts
    /// another task on its own runtime.
    fn drop(&mut self) {
        if !self.is_finished {
            self.client.poller().abort_batch();
        }
    }
}

/// Reads pages while they answer enough polls. Polls without an answer are dropped, and are sent on their own.
async fn answer_from_pages(client: &Client, mut waiting: WaitingPolls, oldest: Timestamp) {
    // Responses differ in the number of fractional digits of a time.
    let after = oldest.saturating_sub(Duration::from_secs(1)).unwrap_or(oldest);
    let filter = PredictionFilter::default().with_created_after(after);
    let mut page = client.list(&filter).await.map(Some);
    let polls = waiting.len();
    while let Ok(Some(listed)) = &mut page {
        let before = waiting.len();
        for prediction in listed.results.drain(..) {
            // The list may omit the output of an ended prediction: it is read on its own.
            let is_incomplete = prediction.is_done() && prediction.output.is_null();
            if let Some(senders) = waiting.remove(&prediction.id)
                && !is_incomplete
            {
                for sender in senders {
                    let _ = sender.send(prediction.clone());
                }
            }
        }
        if listed.bytes() > MAX_PAGE_BYTES {
            client.poller().pause_pages(client.clock().now());
            break;
        }
        let answered = before - waiting.len();
        if answered < MIN_ANSWERS_PER_PAGE || waiting.len() < MIN_ANSWERS_PER_PAGE {
            break;
        }
        page = client.next_page(listed).await;
    }
    debug!(polls, unanswered = waiting.len(), "polled predictions in pages");
}
