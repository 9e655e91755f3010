//! The emulator's clock: real time, scaled time, or time that only a test advances.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::Notify;
use tokio::time::Instant;

/// A clock shared by all parts of an emulator.
#[derive(Debug, Clone)]
pub(crate) struct Clock(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    epoch: Timestamp,
    started: Instant,
    scale: f64,
    ahead: Mutex<Duration>,
    advanced: Notify,
}

impl Clock {
    /// Starts a clock at the current time that runs `scale` times as fast as real time. With 0 it does not run.
    pub(crate) fn start(scale: f64) -> Self {
        Self(Arc::new(Inner {
            epoch: Timestamp::now(),
            started: Instant::now(),
            scale,
            ahead: Mutex::new(Duration::ZERO),
            advanced: Notify::new(),
        }))
    }

    pub(crate) fn now(&self) -> Timestamp {
        let ahead = *self.0.ahead.lock().unwrap_or_else(PoisonError::into_inner);
        later(
            self.0.epoch,
            scaled(self.0.started.elapsed(), self.0.scale).saturating_add(ahead),
        )
    }

    /// Returns the Unix time in seconds by the machine's clock.
    ///
    /// Webhooks use it, because their receivers compare timestamps with the machine's clock.
    pub(crate) fn wall_seconds() -> i64 {
        Timestamp::now().as_second()
    }

    pub(crate) fn advance(&self, by: Duration) {
        let mut ahead = self.0.ahead.lock().unwrap_or_else(PoisonError::into_inner);
        *ahead = ahead.saturating_add(by);
        drop(ahead);
        self.0.advanced.notify_waiters();
    }

    pub(crate) async fn sleep(&self, duration: Duration) {
        self.sleep_until(later(self.now(), duration)).await;
    }

    pub(crate) async fn sleep_until(&self, moment: Timestamp) {
        loop {
            // Registered before reading the time, so that no advance in between is missed.
            let advanced = self.0.advanced.notified();
            let left = since(moment, self.now());
            if left.is_zero() {
                return;
            }
            if self.0.scale > 0.0 {
                // Timers have millisecond resolution: sleep at least that long.
                let pause = scaled(left, 1.0 / self.0.scale).max(Duration::from_millis(1));
                tokio::select! { () = tokio::time::sleep(pause) => {}, () = advanced => {} }
            } else {
                advanced.await;
            }
        }
    }
}

/// Returns the time `by` after `from`, saturating.
pub(crate) fn later(from: Timestamp, by: Duration) -> Timestamp {
    from.checked_add(by).unwrap_or(Timestamp::MAX)
}

/// Returns the duration from `earlier` to `moment`, or zero if `moment` is before.
pub(crate) fn since(moment: Timestamp, earlier: Timestamp) -> Duration {
    Duration::try_from(moment.duration_since(earlier)).unwrap_or(Duration::ZERO)
}

fn scaled(duration: Duration, by: f64) -> Duration {
    Duration::try_from_secs_f64(duration.as_secs_f64() * by).unwrap_or(Duration::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn clock_with_scale_zero_moves_only_when_advanced() {
        let clock = Clock::start(0.0);
        let before = clock.now();
        let waiting = tokio::spawn({
            let clock = clock.clone();
            async move { clock.sleep_until(later(before, Duration::from_hours(1))).await }
        });
        tokio::task::yield_now().await;
        clock.advance(Duration::from_secs(3599));
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        clock.advance(Duration::from_secs(1));
        waiting.await.unwrap();
        assert_eq!(since(clock.now(), before), Duration::from_hours(1));
    }

    #[tokio::test(start_paused = true)]
    async fn clock_runs_faster_by_its_scale() {
        let clock = Clock::start(1000.0);
        let before = clock.now();
        tokio::time::advance(Duration::from_millis(500)).await;
        assert_eq!(since(clock.now(), before), Duration::from_secs(500));
    }

    #[test]
    fn time_arithmetic_saturates() {
        assert_eq!(later(Timestamp::UNIX_EPOCH, Duration::MAX), Timestamp::MAX);
        assert_eq!(since(Timestamp::MIN, Timestamp::MAX), Duration::ZERO);
    }
}
