//! Pages of the list, read for all who look at a moment.

use std::time::Duration;

use jiff::Timestamp;
use tracing::debug;

use super::Waiting;
use crate::replicate::client::Client;
use crate::replicate::predictions::PredictionFilter;

/// A page must answer at least so many looks, or single looks are cheaper.
const WORTH_A_PAGE: usize = 4;
/// Pages repeat the inputs. Above this size single looks are kinder, and pages rest for a while.
const HEAVY_PAGE: usize = 4 << 20;

/// The task that answers looks from pages until nobody waits any more.
pub(super) struct Gathering {
    client: Client,
    over: bool,
}

impl Gathering {
    pub(super) fn begin(client: Client) -> Self {
        Self { client, over: false }
    }

    pub(super) async fn run(mut self) {
        loop {
            let poller = self.client.poller();
            poller.gather(self.client.clock()).await;
            let Some((waiting, oldest)) = poller.gathered() else {
                self.over = true;
                return;
            };
            answer(&self.client, waiting, oldest).await;
        }
    }
}

impl Drop for Gathering {
    /// When its runtime ends in the middle: whoever waits looks alone, and the next may gather on another runtime.
    fn drop(&mut self) {
        if !self.over {
            self.client.poller().disperse();
        }
    }
}

/// Fetches pages as long as they are worth it. Those who are not answered are dropped, and look alone.
async fn answer(client: &Client, mut waiting: Waiting, oldest: Timestamp) {
    // Dates may come with fewer digits in one answer than in another.
    let after = oldest.saturating_sub(Duration::from_secs(1)).unwrap_or(oldest);
    let filter = PredictionFilter::default().with_created_after(after);
    let mut page = client.list(&filter).await.map(Some);
    let looks = waiting.len();
    while let Ok(Some(listed)) = &mut page {
        let before = waiting.len();
        for prediction in listed.results.drain(..) {
            // An end without an output may be shown shortened in a list: it is worth a look of its own.
            let is_vague = prediction.is_done() && prediction.output.is_null();
            if let Some(senders) = waiting.remove(&prediction.id)
                && !is_vague
            {
                for sender in senders {
                    let _ = sender.send(prediction.clone());
                }
            }
        }
        if listed.bytes() > HEAVY_PAGE {
            client.poller().rest(client.clock().now());
            break;
        }
        let answered = before - waiting.len();
        if answered < WORTH_A_PAGE || waiting.len() < WORTH_A_PAGE {
            break;
        }
        page = client.next_page(listed).await;
    }
    debug!(looks, unanswered = waiting.len(), "looked through pages");
}
