//! Looks at predictions: one by one while few run, in pages of the list while many do, and not at all where a webhook
//! has told already.

mod gathering;

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use gathering::Gathering;
use jiff::Timestamp;
use tokio::sync::{Notify, oneshot};
use tracing::debug;

use super::client::Client;
use super::latency::LatencyEstimator;
use super::predictions::Prediction;
use crate::clock::{Clock, later, since};
use crate::error::Result;

/// From so many predictions on, they are looked at in pages. A page of a hundred costs one request.
const MANY: usize = 16;
/// How long looks are gathered before a page is fetched: a bit for each prediction that is watched, so that pages take no
/// more than forty requests a second, within these bounds.
const GATHER_EACH: Duration = Duration::from_micros(250);
const GATHER_LEAST: Duration = Duration::from_millis(25);
const GATHER_MOST: Duration = Duration::from_millis(250);
/// While more run than a page holds, looks that are not due wait for each other, the longer the more run: each sweep reads the
/// pages of all, however few have asked.
const PATIENT_FROM: u32 = 100;
const PATIENT_EACH: Duration = Duration::from_millis(2);
const PATIENT_MOST: Duration = Duration::from_secs(2);
/// How long pages rest after a heavy one.
const PAGES_REST: Duration = Duration::from_mins(1);
/// A prediction that nobody has looked at for so long is forgotten here.
const FORGOTTEN: Duration = Duration::from_mins(2);
/// How many ends that were told by webhooks are kept until somebody asks.
const MOST_NEWS: usize = 10_000;

/// Those who wait for a look at each prediction.
type Waiting = HashMap<String, Vec<oneshot::Sender<Prediction>>>;

/// Who looks at what. All clients of a token share one.
#[derive(Debug, Default)]
pub(super) struct PredictionPoller {
    state: Mutex<State>,
    /// Somebody looks whose prediction has probably ended.
    due: Notify,
}

#[derive(Debug, Default)]
struct State {
    watched: HashMap<String, Watched>,
    usual: LatencyEstimator,
    swept_at: Option<Timestamp>,
    /// Those who wait for the next pages.
    waiting: Waiting,
    gathering: bool,
    no_pages_before: Option<Timestamp>,
    /// Ends that were told, oldest first, until somebody asks.
    news: HashMap<String, Prediction>,
    news_order: VecDeque<String>,
    /// Those who want to be woken by news.
    sleepers: HashMap<String, Vec<oneshot::Sender<()>>>,
}

#[derive(Debug)]
struct Watched {
    created_at: Option<Timestamp>,
    /// Since when it is watched, by this machine's clock.
    since: Timestamp,
    looked_at: Timestamp,
}

/// How to look.
enum Way {
    Known(Box<Prediction>),
    Alone,
    /// With others; `first` sees to the pages.
    Together {
        answer: oneshot::Receiver<Prediction>,
        first: bool,
    },
}

impl PredictionPoller {
    fn way(&self, id: &str, now: Timestamp) -> Way {
        let mut state = self.lock();
        if let Some(told) = state.news.get(id) {
            return Way::Known(Box::new(told.clone()));
        }
        state.forget_the_abandoned(now);
        let watched = state.watched(id, now);
        watched.looked_at = now;
        let listable = watched.created_at.is_some();
        let age = since(watched.since, now);
        let resting = state.no_pages_before.is_some_and(|until| until > now);
        if !listable || resting || state.watched.len() < MANY {
            return Way::Alone;
        }
        if state.usual.is_over(age) {
            self.due.notify_one();
        }
        let (sender, answer) = oneshot::channel();
        state.waiting.entry(id.to_owned()).or_default().push(sender);
        let first = !std::mem::replace(&mut state.gathering, true);
        Way::Together { answer, first }
    }

    /// Remembers what was seen, so that the next look can go through pages.
    pub(super) fn seen(&self, prediction: &Prediction, now: Timestamp) {
        let mut state = self.lock();
        state.forget_the_abandoned(now);
        if prediction.is_done() {
            state.usual.ended(prediction);
            state.watched.remove(&prediction.id);
            state.sleepers.remove(&prediction.id);
        } else {
            let watched = state.watched(&prediction.id, now);
            watched.created_at = prediction.created_at;
            watched.looked_at = now;
        }
    }

    /// How long until this one has probably ended; nothing if nobody knows.
    fn due(&self, id: &str, now: Timestamp) -> Option<Duration> {
        let mut state = self.lock();
        let since_when = state.watched(id, now).since;
        state.usual.due(since(since_when, now))
    }

    /// Waits until pages are worth while: for long if many run and none of those who look is due.
    async fn gather(&self, clock: &dyn Clock) {
        let watched = u32::try_from(self.lock().watched.len()).unwrap_or(u32::MAX);
        tokio::select! {
            biased;
            () = self.due.notified() => {}
            () = clock.sleep(patience(watched)) => {}
        }
        let gather = GATHER_EACH.saturating_mul(watched);
        clock.sleep(gather.clamp(GATHER_LEAST, GATHER_MOST)).await;
    }

    /// Takes those who wait, and since when their predictions were created. Nothing if nobody waits any more, or if all of
    /// theirs have ended meanwhile: then they look alone, and the next to look together gathers anew.
    fn gathered(&self) -> Option<(Waiting, Timestamp)> {
        let mut state = self.lock();
        let waiting = std::mem::take(&mut state.waiting);
        let oldest = waiting.keys().filter_map(|id| state.watched.get(id)?.created_at).min();
        state.gathering = oldest.is_some();
        oldest.map(|oldest| (waiting, oldest))
    }

    /// Nobody gathers any more, and nobody waits for it.
    fn disperse(&self) {
        let mut state = self.lock();
        state.gathering = false;
        state.waiting.clear();
    }

    fn rest(&self, now: Timestamp) {
        self.lock().no_pages_before = Some(later(now, PAGES_REST));
    }

    /// Keeps an end that was told, and wakes those who sleep until then.
    fn told(&self, prediction: Prediction) {
        let mut state = self.lock();
        for sleeper in state.sleepers.remove(&prediction.id).unwrap_or_default() {
            // Whoever has stopped to sleep needs no waking.
            let _ = sleeper.send(());
        }
        state.watched.remove(&prediction.id);
        let id = prediction.id.clone();
        // The first end that was told stays: nothing follows an end, whatever arrives later.
        if let std::collections::hash_map::Entry::Vacant(place) = state.news.entry(id.clone()) {
            place.insert(prediction);
            state.news_order.push_back(id);
        }
        if state.news_order.len() > MOST_NEWS
            && let Some(oldest) = state.news_order.pop_front()
        {
            state.news.remove(&oldest);
        }
    }

    /// Resolves at once if the end was told already.
    fn sleep(&self, id: &str) -> oneshot::Receiver<()> {
        let (sender, receiver) = oneshot::channel();
        let mut state = self.lock();
        if state.news.contains_key(id) {
            let _ = sender.send(());
            return receiver;
        }
        let sleepers = state.sleepers.entry(id.to_owned()).or_default();
        sleepers.retain(|sleeper| !sleeper.is_closed());
        sleepers.push(sender);
        receiver
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How long looks that are not due wait for others.
fn patience(watched: u32) -> Duration {
    let many = watched.saturating_sub(PATIENT_FROM);
    PATIENT_EACH.saturating_mul(many).min(PATIENT_MOST)
}

impl State {
    fn watched(&mut self, id: &str, now: Timestamp) -> &mut Watched {
        self.watched.entry(id.to_owned()).or_insert(Watched {
            created_at: None,
            since: now,
            looked_at: now,
        })
    }

    fn forget_the_abandoned(&mut self, now: Timestamp) {
        let due = self.swept_at.is_none_or(|at| since(at, now) >= FORGOTTEN / 4);
        if !due {
            return;
        }
        self.swept_at = Some(now);
        self.watched
            .retain(|_, watched| since(watched.looked_at, now) < FORGOTTEN);
        self.sleepers.retain(|_, sleepers| {
            sleepers.retain(|sleeper| !sleeper.is_closed());
            !sleepers.is_empty()
        });
    }
}

impl Client {
    /// Reads how a prediction stands, at the least cost for all who look at predictions of this token.
    ///
    /// One by one while few run. While many do, looks of a moment are answered from pages of the list, a
    /// hundred predictions for one request: thousands in flight stay far below the provider's limit. What was
    /// [delivered](Self::delivered) is answered from memory.
    ///
    /// # Errors
    ///
    /// `replicate.not_found`, and those of every call.
    pub async fn look(&self, id: &str) -> Result<Prediction> {
        match self.poller().way(id, self.clock().now()) {
            Way::Known(prediction) => return Ok(*prediction),
            Way::Alone => {}
            Way::Together { answer, first } => {
                if first {
                    tokio::spawn(Gathering::begin(self.clone()).run());
                }
                // Those the pages did not answer look by themselves.
                if let Ok(prediction) = answer.await {
                    self.poller().seen(&prediction, self.clock().now());
                    return Ok(prediction);
                }
            }
        }
        let prediction = self.prediction(id).await?;
        self.poller().seen(&prediction, self.clock().now());
        Ok(prediction)
    }

    /// Takes in what a webhook said (see [`webhooks::open`](super::webhooks::open)): whoever waits for the end of the
    /// prediction is woken at once. What is not an end, or comes after one, changes nothing.
    pub fn delivered(&self, prediction: &Prediction) {
        if prediction.is_done() {
            debug!(prediction = %prediction.id, status = %prediction.status, "told by a webhook");
            self.poller().told(prediction.clone());
        }
    }

    /// Resolves once the end of a prediction was [delivered](Self::delivered); never without webhooks.
    pub async fn woken(&self, id: &str) {
        if self.poller().sleep(id).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

impl Client {
    /// Resolves when a prediction has probably ended, as others of late took so long; never if nobody knows, or if it is
    /// long overdue.
    pub(crate) async fn due(&self, id: &str) {
        match self.poller().due(id, self.clock().now()) {
            Some(pause) => self.clock().sleep(pause).await,
            None => std::future::pending().await,
        }
    }
}

#[cfg(test)]
mod tests;
