//! Outages: the database, the audio store, the network or the provider is away. The work waits and goes on afterwards.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;

use super::context::Runtime;
use crate::clock::{later, since};
use crate::error::{Error, ErrorKind, Result, code};
use crate::ledger::{ErrorRecord, GenerationRecord};

/// The first pause after a failed call. It doubles with each further one.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(15);
/// An outage that is shorter than this is not shown.
const SHORT: Duration = Duration::from_secs(5);
/// How long after the deadline a caller waits for a generation that cannot end because of an outage.
const OVERTIME: Duration = Duration::from_secs(5);

/// The pauses between the attempts of a call: they double, up to a limit, and are spread at random.
#[derive(Debug, Default)]
pub(crate) struct Backoff {
    attempts: u32,
}

impl Backoff {
    /// The next pause; `random` spreads it over its upper half, so that many callers do not come back together.
    pub(crate) fn next(&mut self, random: u64) -> Duration {
        let pause = FIRST_PAUSE.saturating_mul(1 << self.attempts.min(8)).min(LONGEST_PAUSE);
        self.attempts = self.attempts.saturating_add(1);
        let spread = f64::from(u32::try_from(random >> 32).unwrap_or(u32::MAX)) / f64::from(u32::MAX);
        pause.mul_f64(0.5 + 0.5 * spread)
    }
}

/// What a running generation waits for, and until when its callers wait. Cheap to clone; clones share everything.
#[derive(Clone, Debug, Default)]
pub(crate) struct Outage(Arc<Mutex<Known>>);

#[derive(Debug, Default)]
struct Known {
    /// Since when a store is away, and why.
    store: Option<(Timestamp, ErrorRecord)>,
    /// Since when the provider is away, and why.
    provider: Option<(Timestamp, ErrorRecord)>,
    deadline: Option<Timestamp>,
}

impl Known {
    fn current(&self) -> impl Iterator<Item = &(Timestamp, ErrorRecord)> {
        self.store.iter().chain(&self.provider)
    }
}

impl Outage {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Records the deadline of the generation.
    pub(crate) fn expect_end(&self, record: &GenerationRecord) {
        self.known().deadline = record.deadline();
    }

    /// The deadline of the generation, once it is known and if it has one.
    pub(crate) fn deadline(&self) -> Option<Timestamp> {
        self.known().deadline
    }

    /// Records that a call failed.
    pub(crate) fn begin(&self, error: &Error, now: Timestamp) {
        let mut known = self.known();
        let place = if error.kind() == ErrorKind::Storage {
            &mut known.store
        } else {
            &mut known.provider
        };
        let began = place.take().map_or(now, |(began, _)| began);
        *place = Some((began, error.into()));
    }

    /// Records that a call of a store succeeded after it had failed.
    pub(crate) fn store_is_back(&self) {
        self.known().store = None;
    }

    /// Records that the provider answered.
    pub(crate) fn provider_answered(&self) {
        self.known().provider = None;
    }

    /// The outage, if it lasts.
    pub(crate) fn lasting(&self, now: Timestamp) -> Option<ErrorRecord> {
        let known = self.known();
        let mut lasting = known.current().filter(|(began, _)| since(*began, now) >= SHORT);
        lasting.next().map(|(_, error)| error.clone())
    }

    /// The error for a caller that waits for the end of a generation, if its deadline has passed in an outage.
    pub(crate) fn overdue(&self, now: Timestamp) -> Option<Error> {
        let known = self.known();
        let deadline = known.deadline?;
        let (_, error) = known.current().next()?;
        (later(deadline, OVERTIME) <= now).then(|| {
            let message = format!(
                "the deadline of the generation has passed while it waited: {}",
                error.message
            );
            Error::new(&code::GENERATION_DEADLINE, message).with_hint(error.hint.clone())
        })
    }
}

impl Runtime {
    /// Pauses after a failed call.
    pub(crate) async fn back_off(&self, backoff: &mut Backoff) {
        self.clock.sleep(backoff.next(self.random.next())).await;
    }

    /// Repeats a call until it succeeds, or fails with an error that is not an outage. The call must be safe to repeat.
    ///
    /// # Errors
    ///
    /// Those of the call, except outages.
    pub(crate) async fn persist<T, F>(&self, outage: &Outage, call: impl Fn() -> F + Send + Sync) -> Result<T>
    where
        F: Future<Output = Result<T>> + Send,
    {
        let mut backoff = Backoff::default();
        loop {
            match call().await {
                Err(error) if error.is_outage() => {
                    if backoff.attempts == 0 {
                        tracing::warn!(code = error.code(), "waiting until it works again: {error}");
                    }
                    outage.begin(&error, self.clock.now());
                    self.back_off(&mut backoff).await;
                }
                result => {
                    if backoff.attempts > 0 {
                        outage.store_is_back();
                    }
                    return result;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_a_limit_and_are_spread() {
        let pauses = |random| {
            let mut backoff = Backoff::default();
            (0..9).map(|_| backoff.next(random).as_millis()).collect::<Vec<_>>()
        };
        assert_eq!(
            pauses(u64::MAX),
            [250, 500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000]
        );
        assert_eq!(pauses(0)[..3], [125, 250, 500]);
        let mut endless = Backoff { attempts: u32::MAX - 1 };
        assert_eq!(endless.next(u64::MAX), LONGEST_PAUSE);
    }
}
