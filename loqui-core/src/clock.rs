//! Time and randomness, behind traits so that tests and simulations can control them.

use std::fmt;
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use async_trait::async_trait;
pub use jiff::Timestamp;

/// A source of the current time and of timers.
#[async_trait]
pub trait Clock: fmt::Debug + Send + Sync + 'static {
    /// Returns the current time, in UTC. It jumps when the clock of the machine is set.
    fn now(&self) -> Timestamp;

    /// Returns the time since a fixed moment of this process. It never jumps; it may stand still while the machine is
    /// suspended. The default follows [`now`](Self::now), for clocks that are never set.
    fn elapsed(&self) -> Duration {
        since(Timestamp::UNIX_EPOCH, self.now())
    }

    /// Resolves after this duration.
    async fn sleep(&self, duration: Duration);
}

/// Generates random numbers for seeds and ids.
pub trait Random: fmt::Debug + Send + Sync + 'static {
    /// Returns a uniformly distributed random number.
    fn next(&self) -> u64;
}

/// The clock and the random numbers of the operating system.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct System;

#[async_trait]
impl Clock for System {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn elapsed(&self) -> Duration {
        static START: LazyLock<Instant> = LazyLock::new(Instant::now);
        START.elapsed()
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}

impl Random for System {
    fn next(&self) -> u64 {
        // If the generator of the operating system fails, use a generator that is seeded per thread.
        getrandom::u64().unwrap_or_else(|_| fastrand::u64(..))
    }
}

/// A shared clock.
pub type SharedClock = Arc<dyn Clock>;
/// A shared source of random numbers.
pub type SharedRandom = Arc<dyn Random>;

/// Returns `at` plus `duration`, limited to the largest timestamp.
pub(crate) fn later(at: Timestamp, duration: Duration) -> Timestamp {
    at.saturating_add(duration).unwrap_or(Timestamp::MAX)
}

/// Returns the duration from `earlier` to `now`; zero if `earlier` is in the future.
pub(crate) fn since(earlier: Timestamp, now: Timestamp) -> Duration {
    Duration::try_from(now.duration_since(earlier)).unwrap_or(Duration::ZERO)
}
