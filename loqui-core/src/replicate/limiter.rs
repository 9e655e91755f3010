//! One pace for all who share a client: requests are spread, and a refusal holds everybody back.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;

use crate::clock::{Clock, later, since};
use crate::counts::micros;

/// So many requests a minute, of which so many at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pace {
    per_minute: u32,
    burst: u32,
}

impl Pace {
    /// What Replicate allows for creates (contract section 5.2).
    pub(super) const CREATES: Self = Self::new(600, 20);
    /// What Replicate allows for everything else.
    pub(super) const OTHERS: Self = Self::new(3000, 100);
    /// What is left of it with little credit.
    const LOW_CREDIT: Self = Self::new(6, 1);

    pub(super) const fn new(per_minute: u32, burst: u32) -> Self {
        Self { per_minute, burst }
    }

    fn interval(self) -> Duration {
        Duration::from_mins(1) / self.per_minute.max(1)
    }
}

/// How long little credit is believed in without being told again.
const LOW_CREDIT_LASTS: Duration = Duration::from_mins(5);
/// Nobody is told to stay away for longer than this beyond the next turn: others may not come back.
const LONGEST_PROMISE: Duration = Duration::from_mins(2);

/// Hands out turns at a pace (the generic cell rate algorithm: one instant is all it keeps).
#[derive(Debug)]
pub(super) struct Limiter {
    usual: Pace,
    state: Mutex<State>,
    /// How long callers have waited for their turns, in microseconds.
    waited: AtomicU64,
}

#[derive(Debug, Default)]
struct State {
    /// When the turns handed out so far will be used up at the pace.
    used_up: Option<Timestamp>,
    /// Nobody goes before.
    held: Option<Timestamp>,
    /// The turn that the next caller who is turned away is told of.
    promised: Option<Timestamp>,
    /// Until when the pace is that of little credit.
    low_credit: Option<Timestamp>,
}

impl Limiter {
    pub(super) fn new(usual: Pace) -> Self {
        Self {
            usual,
            state: Mutex::new(State::default()),
            waited: AtomicU64::new(0),
        }
    }

    /// How long callers have waited for their turns, together.
    pub(super) fn waited(&self) -> Duration {
        Duration::from_micros(self.waited.load(Relaxed))
    }

    /// Waits for a turn, for `patience` at most.
    ///
    /// # Errors
    ///
    /// How long to stay away, if the turn comes later than `patience`; then none was used. Callers who are turned away
    /// are told times of their own, a turn apart, so that they do not all come back for the same one.
    pub(super) async fn turn(&self, clock: &dyn Clock, patience: Duration) -> Result<(), Duration> {
        let start = clock.now();
        loop {
            let now = clock.now();
            let wait = self.reserve(now, patience.saturating_sub(since(start, now)))?;
            if wait.is_zero() {
                return Ok(());
            }
            clock.sleep(wait).await;
            self.waited.fetch_add(micros(wait), Relaxed);
            // Somebody may have been refused meanwhile: then this turn is void, like everybody's.
            if self.lock().held.is_none_or(|until| until <= clock.now()) {
                return Ok(());
            }
        }
    }

    /// Takes the next turn if it comes within `patience`: how long until then.
    fn reserve(&self, now: Timestamp, patience: Duration) -> Result<Duration, Duration> {
        let mut state = self.lock();
        let pace = self.pace(&state, now);
        let used_up = state.used_up.map_or(now, |until| until.max(now));
        let paced = since(now, used_up).saturating_sub(pace.interval() * (pace.burst.max(1) - 1));
        let held = state.held.map_or(Duration::ZERO, |until| since(now, until));
        let wait = paced.max(held);
        if wait > patience {
            let soonest = later(now, wait);
            let told = state.promised.map_or(soonest, |promised| promised.max(soonest));
            let told = told.min(later(soonest, LONGEST_PROMISE));
            state.promised = Some(later(told, pace.interval()));
            return Err(since(now, told));
        }
        state.used_up = Some(later(used_up, pace.interval()));
        Ok(wait)
    }

    /// Learns from a refusal: everybody waits, and nobody comes back in a bunch.
    pub(super) fn refused(&self, now: Timestamp, wait: Duration, low_credit: bool) {
        let mut state = self.lock();
        if low_credit {
            state.low_credit = Some(later(now, LOW_CREDIT_LASTS.max(wait)));
        }
        let pace = self.pace(&state, now);
        let until = later(now, wait);
        state.held = state.held.max(Some(until));
        let burst = pace.interval() * (pace.burst.max(1) - 1);
        state.used_up = Some(later(state.held.unwrap_or(until), burst));
    }

    /// Learns from the headers of an ordinary answer: how many requests are left, and when there are more.
    pub(super) fn learned(&self, now: Timestamp, remaining: u32, reset: Duration) {
        let mut state = self.lock();
        if remaining == 0 {
            state.held = state.held.max(Some(later(now, reset)));
        } else if remaining > Pace::LOW_CREDIT.per_minute {
            state.low_credit = None;
        }
    }

    fn pace(&self, state: &State, now: Timestamp) -> Pace {
        if state.low_credit.is_some_and(|until| until > now) {
            Pace::LOW_CREDIT
        } else {
            self.usual
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing panics under the lock, and a half-made change would only shift a pause.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::replicate::testing::JumpingClock;

    const MINUTE: Duration = Duration::from_mins(1);

    async fn turns(limiter: &Limiter, clock: &JumpingClock, count: usize) -> Duration {
        let start = clock.now();
        for _ in 0..count {
            limiter.turn(clock, MINUTE * 10).await.unwrap();
        }
        since(start, clock.now())
    }

    /// Within a turn at the usual pace.
    fn is_about(actual: Duration, seconds: f64) -> bool {
        (actual.as_secs_f64() - seconds).abs() < 0.11
    }

    #[tokio::test]
    async fn a_burst_goes_at_once_and_the_rest_at_the_pace() {
        let clock = JumpingClock::default();
        let limiter = Limiter::new(Pace::new(60, 5));
        assert_eq!(turns(&limiter, &clock, 5).await, Duration::ZERO);
        assert!(is_about(turns(&limiter, &clock, 10).await, 10.0));
    }

    #[tokio::test]
    async fn a_refusal_holds_everybody_back_and_voids_turns_already_given() {
        let clock = JumpingClock::default();
        let limiter = Limiter::new(Pace::CREATES);
        limiter.refused(clock.now(), Duration::from_secs(30), false);
        let error = limiter.turn(&clock, Duration::from_secs(29)).await.unwrap_err();
        assert_eq!(error, Duration::from_secs(30));
        assert!(is_about(turns(&limiter, &clock, 1).await, 30.0));
        assert!(
            is_about(turns(&limiter, &clock, 10).await, 1.0),
            "no burst after a refusal"
        );
    }

    #[tokio::test]
    async fn little_credit_means_one_every_ten_seconds_until_told_otherwise() {
        let clock = JumpingClock::default();
        let limiter = Limiter::new(Pace::CREATES);
        limiter.refused(clock.now(), Duration::from_secs(5), true);
        assert!(is_about(turns(&limiter, &clock, 4).await, 35.0));
        limiter.learned(clock.now(), 5, Duration::from_secs(1));
        assert!(
            turns(&limiter, &clock, 2).await > Duration::from_secs(9),
            "five left is what little credit leaves"
        );
        limiter.learned(clock.now(), 599, Duration::from_secs(1));
        let waited = turns(&limiter, &clock, 5).await;
        assert!(waited < Duration::from_secs(11), "{waited:?}");
    }

    #[tokio::test]
    async fn an_impatient_caller_uses_no_turn() {
        let clock = JumpingClock::default();
        let limiter = Limiter::new(Pace::new(6, 1));
        limiter.turn(&clock, Duration::ZERO).await.unwrap();
        for turned_away in 1..4 {
            let told = limiter.turn(&clock, Duration::ZERO).await.unwrap_err();
            assert_eq!(told, Duration::from_secs(10 * turned_away), "a time of its own");
        }
        for _ in 0..100 {
            let told = limiter.turn(&clock, Duration::ZERO).await.unwrap_err();
            assert!(told <= Duration::from_secs(10) + LONGEST_PROMISE);
        }
        assert_eq!(turns(&limiter, &clock, 1).await, Duration::from_secs(10));
    }
}
