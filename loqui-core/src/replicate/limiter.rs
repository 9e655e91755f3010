//! One pace for all who share a client: requests are spread, and a refusal holds everybody back.

use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::Notify;

use crate::clock::{Clock, later, since};
use crate::counts::micros;

/// So many requests a minute, of which so many at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pace {
    per_minute: u32,
    burst: u32,
}

impl Pace {
    /// What Replicate allows for creates (contract section 5.2), and how many of them go before any answer has told how
    /// many are left.
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
    /// Rings when the pace has risen: who waits for a turn may have it earlier.
    risen: Notify,
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
    /// The most requests that an answer has said to be left: what may be sent in a minute, all at once if need be.
    allowance: u32,
    /// Whether others use it up: far fewer are left than that.
    crowded: bool,
}

impl Limiter {
    pub(super) fn new(usual: Pace) -> Self {
        Self {
            usual,
            state: Mutex::new(State::default()),
            risen: Notify::new(),
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
            // Registered before looking, so that no rise in between is missed.
            let mut risen = pin!(self.risen.notified());
            risen.as_mut().enable();
            let now = clock.now();
            let wait = self.reserve(now, patience.saturating_sub(since(start, now)))?;
            if wait.is_zero() {
                return Ok(());
            }
            let has_risen = tokio::select! {
                () = clock.sleep(wait) => false,
                () = risen => true,
            };
            self.waited.fetch_add(micros(since(now, clock.now())), Relaxed);
            if has_risen {
                self.give_back(clock.now());
                continue;
            }
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

    /// Takes a turn back that was reserved and is not used.
    fn give_back(&self, now: Timestamp) {
        let mut state = self.lock();
        let interval = self.pace(&state, now).interval();
        state.used_up = state.used_up.and_then(|until| until.checked_sub(interval).ok());
    }

    /// Learns from a refusal: everybody waits, nobody comes back in a bunch, and what was believed to be left is forgotten.
    pub(super) fn refused(&self, now: Timestamp, wait: Duration, low_credit: bool) {
        let mut state = self.lock();
        state.allowance = 0;
        state.crowded = false;
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
            return;
        }
        let before = self.pace(&state, now);
        if remaining > Pace::LOW_CREDIT.per_minute {
            state.low_credit = None;
            state.allowance = state.allowance.max(remaining);
            state.crowded = remaining < state.allowance / 4;
        }
        let after = self.pace(&state, now);
        if after == before {
            return;
        }
        // What is used up is counted in turns: the same number of them at the new pace.
        if let Some(until) = state.used_up {
            let turns = since(now, until).div_duration_f64(before.interval());
            state.used_up = Some(later(now, after.interval().mul_f64(turns)));
        }
        drop(state);
        if after.burst > before.burst || after.per_minute > before.per_minute {
            self.risen.notify_waiters();
        }
    }

    fn pace(&self, state: &State, now: Timestamp) -> Pace {
        if state.low_credit.is_some_and(|until| until > now) {
            return Pace::LOW_CREDIT;
        }
        let Pace { per_minute, burst } = self.usual;
        Pace {
            per_minute: per_minute.max(state.allowance),
            // Half of it: another process may have the same token, and does the same.
            burst: if state.crowded {
                burst
            } else {
                burst.max(state.allowance / 2)
            },
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

    /// The paused time of the runtime.
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
    async fn an_answer_tells_how_many_may_go_at_once() {
        let clock = JumpingClock::default();
        let limiter = Limiter::new(Pace::CREATES);
        assert!(
            is_about(turns(&limiter, &clock, 30).await, 1.0),
            "careful before any answer"
        );
        limiter.learned(clock.now(), 599, Duration::from_secs(1));
        assert_eq!(turns(&limiter, &clock, 250).await, Duration::ZERO);
        assert!(
            is_about(turns(&limiter, &clock, 149).await, 12.0),
            "half of it, then at the pace"
        );
    }

    #[tokio::test]
    async fn others_on_the_same_token_are_left_room() {
        let clock = JumpingClock::default();
        let limiter = Limiter::new(Pace::CREATES);
        limiter.learned(clock.now(), 599, Duration::from_secs(1));
        limiter.learned(clock.now(), 120, Duration::from_secs(1));
        assert!(
            is_about(turns(&limiter, &clock, 120).await, 10.0),
            "twenty at once again"
        );
        limiter.learned(clock.now(), 400, Duration::from_secs(1));
        assert_eq!(turns(&limiter, &clock, 200).await, Duration::ZERO);
    }

    #[tokio::test]
    async fn an_account_that_may_do_more_does_more_until_it_is_refused() {
        let clock = JumpingClock::default();
        let limiter = Limiter::new(Pace::CREATES);
        limiter.learned(clock.now(), 5999, Duration::from_secs(1));
        assert!(
            is_about(turns(&limiter, &clock, 2999 + 600).await, 6.0),
            "6,000 a minute"
        );
        limiter.refused(clock.now(), Duration::from_secs(1), false);
        assert!(
            is_about(turns(&limiter, &clock, 11).await, 2.0),
            "the usual pace, and no burst"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn who_waits_is_woken_when_the_pace_rises() {
        let clock = RuntimeClock(Timestamp::now(), tokio::time::Instant::now());
        let limiter = Limiter::new(Pace::new(60, 1));
        limiter.turn(&clock, MINUTE).await.unwrap();
        let start = tokio::time::Instant::now();
        let all = async {
            let waiting = (0..40).map(|_| limiter.turn(&clock, MINUTE));
            futures::future::join_all(waiting).await
        };
        let learning = async {
            tokio::time::sleep(Duration::from_millis(100)).await;
            limiter.learned(clock.now(), 600, Duration::from_secs(1));
        };
        let (turns, ()) = futures::join!(all, learning);
        assert!(turns.iter().all(Result::is_ok));
        assert_eq!(start.elapsed(), Duration::from_millis(100));
        assert_eq!(turns.len(), 40);
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
