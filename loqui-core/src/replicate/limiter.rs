//! A rate limiter shared by all clients of one token. A 429 delays all of them.

use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::Notify;

use crate::clock::{Clock, later, since};
use crate::counts::micros;

/// A request rate and how many requests may be sent at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pace {
    per_minute: u32,
    burst: u32,
}

impl Pace {
    /// Replicate's limit for creates (<https://replicate.com/docs/topics/predictions/rate-limits>). The burst applies
    /// until a response states how many requests remain.
    pub(super) const CREATES: Self = Self::new(600, 20);
    /// Replicate's limit for all other requests.
    pub(super) const OTHERS: Self = Self::new(3000, 100);
    /// The limit for accounts with low credit.
    const LOW_CREDIT: Self = Self::new(6, 1);

    pub(super) const fn new(per_minute: u32, burst: u32) -> Self {
        Self { per_minute, burst }
    }

    fn interval(self) -> Duration {
        Duration::from_mins(1) / self.per_minute.max(1)
    }
}

/// How long the low-credit limit applies after the last 429 that reports it.
const LOW_CREDIT_DURATION: Duration = Duration::from_mins(5);
/// The longest delay beyond the next free slot that a refused caller is given, because other callers may not return.
const MAX_REFUSAL_DELAY: Duration = Duration::from_mins(2);

/// A limiter that follows the generic cell rate algorithm (<https://en.wikipedia.org/wiki/Generic_cell_rate_algorithm>).
#[derive(Debug)]
pub(super) struct Limiter {
    default_pace: Pace,
    state: Mutex<State>,
    /// Notified when the pace increases, so that waiting callers may be served earlier.
    increased: Notify,
    /// Total time that callers have waited, in microseconds.
    waited: AtomicU64,
}

#[derive(Debug, Default)]
struct State {
    /// When the slots reserved so far will have passed at the current pace.
    used_up: Option<Timestamp>,
    /// No request is sent before this time.
    blocked_until: Option<Timestamp>,
    /// The slot that the next refused caller is pointed to.
    next_refusal: Option<Timestamp>,
    /// Until when the low-credit limit applies.
    low_credit_until: Option<Timestamp>,
    /// The highest number of remaining requests that a response has stated: the account's limit per minute.
    allowance: u32,
    /// True if far fewer requests remain than the allowance, because other processes use the same token.
    contended: bool,
}

impl Limiter {
    pub(super) fn new(default_pace: Pace) -> Self {
        Self {
            default_pace,
            state: Mutex::new(State::default()),
            increased: Notify::new(),
            waited: AtomicU64::new(0),
        }
    }

    /// Returns the total time that callers have waited.
    pub(super) fn waited(&self) -> Duration {
        Duration::from_micros(self.waited.load(Relaxed))
    }

    /// Waits until a request may be sent, for at most `max_wait`.
    ///
    /// # Errors
    ///
    /// Returns the delay after which to try again if the wait would be longer than `max_wait`; no slot is used then. Each
    /// refused caller gets a different delay, so that they do not all return for the same slot.
    pub(super) async fn acquire(&self, clock: &dyn Clock, max_wait: Duration) -> Result<(), Duration> {
        let start = clock.now();
        loop {
            // Registered before the reservation, so that no notification in between is missed.
            let mut increased = pin!(self.increased.notified());
            increased.as_mut().enable();
            let now = clock.now();
            let wait = self.reserve(now, max_wait.saturating_sub(since(start, now)))?;
            if wait.is_zero() {
                return Ok(());
            }
            let has_increased = tokio::select! {
                () = clock.sleep(wait) => false,
                () = increased => true,
            };
            self.waited.fetch_add(micros(since(now, clock.now())), Relaxed);
            if has_increased {
                self.release(clock.now());
                continue;
            }
            // After a 429 in the meantime all reserved slots are void.
            if self.lock().blocked_until.is_none_or(|until| until <= clock.now()) {
                return Ok(());
            }
        }
    }

    /// Reserves the next slot if it comes within `max_wait`. Returns how long until then.
    fn reserve(&self, now: Timestamp, max_wait: Duration) -> Result<Duration, Duration> {
        let mut state = self.lock();
        let pace = self.pace(&state, now);
        let used_up = state.used_up.map_or(now, |until| until.max(now));
        let paced = since(now, used_up).saturating_sub(pace.interval() * (pace.burst.max(1) - 1));
        let blocked = state.blocked_until.map_or(Duration::ZERO, |until| since(now, until));
        let wait = paced.max(blocked);
        if wait > max_wait {
            let soonest = later(now, wait);
            let slot = state.next_refusal.map_or(soonest, |next| next.max(soonest));
            let slot = slot.min(later(soonest, MAX_REFUSAL_DELAY));
            state.next_refusal = Some(later(slot, pace.interval()));
            return Err(since(now, slot));
        }
        state.used_up = Some(later(used_up, pace.interval()));
        Ok(wait)
    }

    /// Returns a reserved slot that is not used.
    fn release(&self, now: Timestamp) {
        let mut state = self.lock();
        let interval = self.pace(&state, now).interval();
        state.used_up = state.used_up.and_then(|until| until.checked_sub(interval).ok());
    }

    /// Applies a 429: all callers wait, no burst follows, and the observed allowance is reset.
    pub(super) fn throttle(&self, now: Timestamp, wait: Duration, low_credit: bool) {
        let mut state = self.lock();
        state.allowance = 0;
        state.contended = false;
        if low_credit {
            state.low_credit_until = Some(later(now, LOW_CREDIT_DURATION.max(wait)));
        }
        let pace = self.pace(&state, now);
        let until = later(now, wait);
        state.blocked_until = state.blocked_until.max(Some(until));
        let burst = pace.interval() * (pace.burst.max(1) - 1);
        state.used_up = Some(later(state.blocked_until.unwrap_or(until), burst));
    }

    /// Applies the rate limit headers of a response: how many requests remain, and when the limit resets.
    pub(super) fn observe(&self, now: Timestamp, remaining: u32, reset: Duration) {
        let mut state = self.lock();
        if remaining == 0 {
            state.blocked_until = state.blocked_until.max(Some(later(now, reset)));
            return;
        }
        let before = self.pace(&state, now);
        if remaining > Pace::LOW_CREDIT.per_minute {
            state.low_credit_until = None;
            state.allowance = state.allowance.max(remaining);
            state.contended = remaining < state.allowance / 4;
        }
        let after = self.pace(&state, now);
        if after == before {
            return;
        }
        // Convert the reserved slots to the new pace.
        if let Some(until) = state.used_up {
            let slots = since(now, until).div_duration_f64(before.interval());
            state.used_up = Some(later(now, after.interval().mul_f64(slots)));
        }
        drop(state);
        if after.burst > before.burst || after.per_minute > before.per_minute {
            self.increased.notify_waiters();
        }
    }

    fn pace(&self, state: &State, now: Timestamp) -> Pace {
        if state.low_credit_until.is_some_and(|until| until > now) {
            return Pace::LOW_CREDIT;
        }
        let Pace { per_minute, burst } = self.default_pace;
        Pace {
            per_minute: per_minute.max(state.allowance),
            // Half of the allowance, because another process with the same token does the same.
            burst: if state.contended {
                burst
            } else {
                burst.max(state.allowance / 2)
            },
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::replicate::testing::JumpingClock;

    /// A clock that follows the paused time of the runtime.
    #[derive(Debug)]
    struct RuntimeClock(Timestamp, tokio::time::Instant);

    #[async_trait::async_trait]
    impl Clock for RuntimeClock {
        fn now(&self) -> Timestamp {
            later(self.0, self.1.elapsed())
        }

        async fn sleep(&self, duration: Duration) {
            tokio::time::sleep(duration).await;
        }
    }

    const MINUTE: Duration = Duration::from_mins(1);

    async fn acquire_many(limiter: &Limiter, clock: &JumpingClock, count: usize) -> Duration {
        let start = clock.now();
        for _ in 0..count {
            limiter.acquire(clock, MINUTE * 10).await.unwrap();
        }
        since(start, clock.now())
    }

    /// Returns true if a duration is within one slot of the expected value.
    fn is_about(actual: Duration, seconds: f64) -> bool {
        (actual.as_secs_f64() - seconds).abs() < 0.11
    }

    #[tokio::test]
    async fn burst_is_sent_at_once_and_the_rest_at_the_pace() {
        let clock = JumpingClock::default();
        let limiter = Limiter::new(Pace::new(60, 5));
        assert_eq!(acquire_many(&limiter, &clock, 5).await, Duration::ZERO);
        assert!(is_about(acquire_many(&limiter, &clock, 10).await, 10.0));
    }

    #[tokio::test]
    async fn a_429_delays_all_callers_without_a_burst_afterwards() {
        let clock = JumpingClock::default();
        let limiter = Limiter::new(Pace::CREATES);
        limiter.throttle(clock.now(), Duration::from_secs(30), false);
        let error = limiter.acquire(&clock, Duration::from_secs(29)).await.unwrap_err();
        assert_eq!(error, Duration::from_secs(30));
        assert!(is_about(acquire_many(&limiter, &clock, 1).await, 30.0));
        assert!(
            is_about(acquire_many(&limiter, &clock, 10).await, 1.0),
            "no burst after a refusal"
        );
    }

    #[tokio::test]
    async fn low_credit_allows_one_request_every_ten_seconds() {
        let clock = JumpingClock::default();
        let limiter = Limiter::new(Pace::CREATES);
        limiter.throttle(clock.now(), Duration::from_secs(5), true);
        assert!(is_about(acquire_many(&limiter, &clock, 4).await, 35.0));
        limiter.observe(clock.now(), 5, Duration::from_secs(1));
        assert!(
            acquire_many(&limiter, &clock, 2).await > Duration::from_secs(9),
            "five remaining requests do not end the low-credit limit"
        );
        limiter.observe(clock.now(), 599, Duration::from_secs(1));
        let waited = acquire_many(&limiter, &clock, 5).await;
        assert!(waited < Duration::from_secs(11), "{waited:?}");
    }

    #[tokio::test]
    async fn remaining_requests_of_a_response_set_the_burst() {
        let clock = JumpingClock::default();
        let limiter = Limiter::new(Pace::CREATES);
        assert!(
            is_about(acquire_many(&limiter, &clock, 30).await, 1.0),
            "default burst before the first response"
        );
        limiter.observe(clock.now(), 599, Duration::from_secs(1));
        assert_eq!(acquire_many(&limiter, &clock, 250).await, Duration::ZERO);
        assert!(
            is_about(acquire_many(&limiter, &clock, 149).await, 12.0),
            "half of the remaining requests, then at the pace"
        );
    }

    #[tokio::test]
    async fn burst_shrinks_when_other_processes_use_the_token() {
        let clock = JumpingClock::default();
        let limiter = Limiter::new(Pace::CREATES);
        limiter.observe(clock.now(), 599, Duration::from_secs(1));
        limiter.observe(clock.now(), 120, Duration::from_secs(1));
        assert!(
            is_about(acquire_many(&limiter, &clock, 120).await, 10.0),
            "default burst"
        );
        limiter.observe(clock.now(), 400, Duration::from_secs(1));
        assert_eq!(acquire_many(&limiter, &clock, 200).await, Duration::ZERO);
    }

    #[tokio::test]
    async fn higher_account_limit_applies_until_a_429() {
        let clock = JumpingClock::default();
        let limiter = Limiter::new(Pace::CREATES);
        limiter.observe(clock.now(), 5999, Duration::from_secs(1));
        assert!(
            is_about(acquire_many(&limiter, &clock, 2999 + 600).await, 6.0),
            "6,000 a minute"
        );
        limiter.throttle(clock.now(), Duration::from_secs(1), false);
        assert!(
            is_about(acquire_many(&limiter, &clock, 11).await, 2.0),
            "the default pace without a burst"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn waiting_callers_are_served_when_the_pace_increases() {
        let clock = RuntimeClock(Timestamp::now(), tokio::time::Instant::now());
        let limiter = Limiter::new(Pace::new(60, 1));
        limiter.acquire(&clock, MINUTE).await.unwrap();
        let start = tokio::time::Instant::now();
        let all = async {
            let waiting = (0..40).map(|_| limiter.acquire(&clock, MINUTE));
            futures::future::join_all(waiting).await
        };
        let observing = async {
            tokio::time::sleep(Duration::from_millis(100)).await;
            limiter.observe(clock.now(), 600, Duration::from_secs(1));
        };
        let (acquired, ()) = futures::join!(all, observing);
        assert!(acquired.iter().all(Result::is_ok));
        assert_eq!(start.elapsed(), Duration::from_millis(100));
        assert_eq!(acquired.len(), 40);
    }

    #[tokio::test]
    async fn refused_callers_use_no_slot_and_get_different_delays() {
        let clock = JumpingClock::default();
        let limiter = Limiter::new(Pace::new(6, 1));
        limiter.acquire(&clock, Duration::ZERO).await.unwrap();
        for refused in 1..4 {
            let delay = limiter.acquire(&clock, Duration::ZERO).await.unwrap_err();
            assert_eq!(delay, Duration::from_secs(10 * refused));
        }
        for _ in 0..100 {
            let delay = limiter.acquire(&clock, Duration::ZERO).await.unwrap_err();
            assert!(delay <= Duration::from_secs(10) + MAX_REFUSAL_DELAY);
        }
        assert_eq!(acquire_many(&limiter, &clock, 1).await, Duration::from_secs(10));
    }
}
