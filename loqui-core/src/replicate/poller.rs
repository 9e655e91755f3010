//! Polls predictions: with single requests while few run, in pages of the list while many run, and not at all after a
//! webhook has reported the end.

mod page_batch;

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use page_batch::PageBatches;
use tokio::sync::{Notify, oneshot};
use tracing::debug;

use super::client::Client;
use super::latency::LatencyEstimator;
use super::predictions::Prediction;
use crate::clock::{Clock, later, since};
use crate::error::Result;

/// From this number of predictions on, they are polled in pages. A page of 100 predictions costs one request.
const PAGE_THRESHOLD: usize = 16;
/// How long polls are collected before a page is read, per watched prediction, so that pages use at most 40 requests a
/// second.
const COLLECT_PER_PREDICTION: Duration = Duration::from_micros(250);
const MIN_COLLECT: Duration = Duration::from_millis(25);
const MAX_COLLECT: Duration = Duration::from_millis(250);
/// From this number of predictions on, polls that are not due are delayed: each batch reads the pages of all predictions,
/// even if few are polled.
const DELAY_THRESHOLD: u32 = 100;
const DELAY_PER_PREDICTION: Duration = Duration::from_millis(2);
const MAX_DELAY: Duration = Duration::from_secs(2);
/// How long pages are not used after an oversized one.
const PAGES_PAUSE: Duration = Duration::from_mins(1);
/// A prediction that has not been polled for this long is removed.
const WATCH_TIMEOUT: Duration = Duration::from_mins(2);
/// Maximum number of ends reported by webhooks that are kept.
const MAX_DELIVERED: usize = 10_000;

/// Polls that wait for a page, by prediction id.
type WaitingPolls = HashMap<String, Vec<oneshot::Sender<Prediction>>>;

/// Polling state shared by all clients of a token.
#[derive(Debug, Default)]
pub(super) struct PredictionPoller {
    state: Mutex<State>,
    /// Notified by a poll of a prediction that has probably ended.
    due: Notify,
}

#[derive(Debug, Default)]
struct State {
    watched: HashMap<String, Watched>,
    latency: LatencyEstimator,
    pruned_at: Option<Timestamp>,
    /// Polls for the next batch.
    waiting: WaitingPolls,
    has_batch_task: bool,
    no_pages_before: Option<Timestamp>,
    /// Ends reported by webhooks.
    delivered: HashMap<String, Prediction>,
    /// Ids in `delivered`, oldest first.
    delivery_order: VecDeque<String>,
    /// Futures that resolve when a webhook reports the end of a prediction.
    wakers: HashMap<String, Vec<oneshot::Sender<()>>>,
}

#[derive(Debug)]
struct Watched {
    created_at: Option<Timestamp>,
    /// First observation, by this machine's clock.
    since: Timestamp,
    polled_at: Timestamp,
}

/// How a poll is answered.
enum PollRoute {
    /// By a webhook that has arrived.
    Delivered(Box<Prediction>),
    /// By a request of its own.
    Single,
    /// By a page. The caller starts the batch task if `starts_task` is true.
    Batch {
        answer: oneshot::Receiver<Prediction>,
        starts_task: bool,
    },
}

impl PredictionPoller {
    fn route(&self, id: &str, now: Timestamp) -> PollRoute {
        let mut state = self.lock();
        if let Some(ended) = state.delivered.get(id) {
            return PollRoute::Delivered(Box::new(ended.clone()));
        }
        state.prune(now);
        let watched = state.watched(id, now);
        watched.polled_at = now;
        let is_listable = watched.created_at.is_some();
        let age = since(watched.since, now);
        let pages_paused = state.no_pages_before.is_some_and(|until| until > now);
        if !is_listable || pages_paused || state.watched.len() < PAGE_THRESHOLD {
            return PollRoute::Single;
        }
        if state.latency.is_due(age) {
            self.due.notify_one();
        }
        let (sender, answer) = oneshot::channel();
        state.waiting.entry(id.to_owned()).or_default().push(sender);
        let starts_task = !std::mem::replace(&mut state.has_batch_task, true);
        PollRoute::Batch { answer, starts_task }
    }

    /// Records an observed state, so that the next poll can use pages.
    pub(super) fn observe(&self, prediction: &Prediction, now: Timestamp) {
        let mut state = self.lock();
        state.prune(now);
        if prediction.is_done() {
            state.latency.record(prediction);
            state.watched.remove(&prediction.id);
            state.wakers.remove(&prediction.id);
        } else {
            let watched = state.watched(&prediction.id, now);
            watched.created_at = prediction.created_at;
            watched.polled_at = now;
        }
    }

    /// Returns the time until a prediction has probably ended, if it can be estimated.
    fn until_expected_end(&self, id: &str, now: Timestamp) -> Option<Duration> {
        let mut state = self.lock();
        let watched_since = state.watched(id, now).since;
        state.latency.next_poll(since(watched_since, now))
    }

    /// Waits until a batch is read. With many predictions this takes longer, unless one of the polls is due.
    async fn await_batch(&self, clock: &dyn Clock) {
        let watched = u32::try_from(self.lock().watched.len()).unwrap_or(u32::MAX);
        tokio::select! {
            biased;
            () = self.due.notified() => {}
            () = clock.sleep(batch_delay(watched)) => {}
        }
        let collect = COLLECT_PER_PREDICTION.saturating_mul(watched);
        clock.sleep(collect.clamp(MIN_COLLECT, MAX_COLLECT)).await;
    }

    /// Takes the waiting polls and the earliest creation time of their predictions.
    ///
    /// Returns nothing if no poll waits or all predictions have ended meanwhile. Then the polls are sent on their own, and
    /// the next poll starts another batch task.
    fn take_batch(&self) -> Option<(WaitingPolls, Timestamp)> {
        let mut state = self.lock();
        let waiting = std::mem::take(&mut state.waiting);
        let oldest = waiting.keys().filter_map(|id| state.watched.get(id)?.created_at).min();
        state.has_batch_task = oldest.is_some();
        oldest.map(|oldest| (waiting, oldest))
    }

    /// Drops the waiting polls, so that they are sent on their own.
    fn abort_batch(&self) {
        let mut state = self.lock();
        state.has_batch_task = false;
        state.waiting.clear();
    }

    fn pause_pages(&self, now: Timestamp) {
        self.lock().no_pages_before = Some(later(now, PAGES_PAUSE));
    }

    /// Keeps an end that a webhook reported, and wakes its waiters.
    fn deliver(&self, prediction: Prediction) {
        let mut state = self.lock();
        for waker in state.wakers.remove(&prediction.id).unwrap_or_default() {
            // The receiver is gone if its future was dropped.
            let _ = waker.send(());
        }
        state.watched.remove(&prediction.id);
        let id = prediction.id.clone();
        // A terminal state does not change, so the first delivery is kept.
        if let std::collections::hash_map::Entry::Vacant(entry) = state.delivered.entry(id.clone()) {
            entry.insert(prediction);
            state.delivery_order.push_back(id);
        }
        if state.delivery_order.len() > MAX_DELIVERED
            && let Some(oldest) = state.delivery_order.pop_front()
        {
            state.delivered.remove(&oldest);
        }
    }

    /// Returns a receiver that resolves when a webhook reports the end, or at once if one has.
    fn subscribe(&self, id: &str) -> oneshot::Receiver<()> {
        let (sender, receiver) = oneshot::channel();
        let mut state = self.lock();
        if state.delivered.contains_key(id) {
            let _ = sender.send(());
            return receiver;
        }
        let wakers = state.wakers.entry(id.to_owned()).or_default();
        wakers.retain(|waker| !waker.is_closed());
        wakers.push(sender);
        receiver
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns how long polls that are not due are delayed.
fn batch_delay(watched: u32) -> Duration {
    let excess = watched.saturating_sub(DELAY_THRESHOLD);
    DELAY_PER_PREDICTION.saturating_mul(excess).min(MAX_DELAY)
}

impl State {
    fn watched(&mut self, id: &str, now: Timestamp) -> &mut Watched {
        self.watched.entry(id.to_owned()).or_insert(Watched {
            created_at: None,
            since: now,
            polled_at: now,
        })
    }

    /// Removes predictions that are no longer polled.
    fn prune(&mut self, now: Timestamp) {
        let is_due = self.pruned_at.is_none_or(|at| since(at, now) >= WATCH_TIMEOUT / 4);
        if !is_due {
            return;
        }
        self.pruned_at = Some(now);
        self.watched
            .retain(|_, watched| since(watched.polled_at, now) < WATCH_TIMEOUT);
        self.wakers.retain(|_, wakers| {
            wakers.retain(|waker| !waker.is_closed());
            !wakers.is_empty()
        });
    }
}

impl Client {
    /// Returns the state of a prediction with as few requests as possible for all polls of this token.
    ///
    /// While few predictions run, each poll is one request. While many run, concurrent polls are answered from pages of
    /// the list, 100 predictions per request, so that thousands of predictions stay within the rate limit. A prediction
    /// whose end was passed to [`deliver`](Self::deliver) needs no request.
    ///
    /// # Errors
    ///
    /// `replicate.not_found`, and the errors of all API calls.
    ///
    /// # Cancellation safety
    ///
    /// Dropping the future has no effect.
    pub async fn poll(&self, id: &str) -> Result<Prediction> {
        match self.poller().route(id, self.clock().now()) {
            PollRoute::Delivered(prediction) => return Ok(*prediction),
            PollRoute::Single => {}
            PollRoute::Batch { answer, starts_task } => {
                if starts_task {
                    tokio::spawn(PageBatches::new(self.clone()).run());
                }
                // A poll that no page answered is sent on its own.
                if let Ok(prediction) = answer.await {
                    self.poller().observe(&prediction, self.clock().now());
                    return Ok(prediction);
                }
            }
        }
        let prediction = self.prediction(id).await?;
        self.poller().observe(&prediction, self.clock().now());
        Ok(prediction)
    }

    /// Records the end of a prediction that a webhook reported (see [`webhooks::open`](super::webhooks::open)), and wakes
    /// the waiters of that prediction.
    ///
    /// Ignores predictions that have not ended, and deliveries after the first.
    pub fn deliver(&self, prediction: &Prediction) {
        if prediction.is_done() {
            debug!(prediction = %prediction.id, status = %prediction.status, "end reported by a webhook");
            self.poller().deliver(prediction.clone());
        }
    }

    /// Resolves when the end of a prediction has been [delivered](Self::deliver). Never resolves without webhooks.
    ///
    /// # Cancellation safety
    ///
    /// Dropping the future has no effect.
    pub async fn woken(&self, id: &str) {
        if self.poller().subscribe(id).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// Resolves when a prediction has probably ended, judging by recent durations. Never resolves without recent
    /// durations, or if the prediction takes much longer than expected.
    pub(crate) async fn expected_end(&self, id: &str) {
        match self.poller().until_expected_end(id, self.clock().now()) {
            Some(pause) => self.clock().sleep(pause).await,
            None => std::future::pending().await,
        }
    }
}

#[cfg(test)]
mod tests;
