//! Time and randomness, behind small traits so that tests and simulations own them.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
pub use jiff::Timestamp;

/// Tells the time and waits.
#[async_trait]
pub trait Clock: fmt::Debug + Send + Sync + 'static {
    /// Now, in UTC.
    fn now(&self) -> Timestamp;

    /// Returns after this long.
    async fn sleep(&self, duration: Duration);
}

/// Gives random numbers: seeds of takes and ids.
pub trait Random: fmt::Debug + Send + Sync + 'static {
    /// A uniformly random number.
    fn next(&self) -> u64;
}

/// The machine's own clock and randomness.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct System;

#[async_trait]
impl Clock for System {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}

impl Random for System {
    fn next(&self) -> u64 {
        // The operating system's generator fails only where no process could start; the other source is seeded per thread.
        getrandom::u64().unwrap_or_else(|_| fastrand::u64(..))
    }
}

/// A clock that others share.
pub type SharedClock = Arc<dyn Clock>;
/// Randomness that others share.
pub type SharedRandom = Arc<dyn Random>;

/// `at` plus `duration`, at the end of time at the latest.
pub(crate) fn later(at: Timestamp, duration: Duration) -> Timestamp {
    at.saturating_add(duration).unwrap_or(Timestamp::MAX)
}

/// How long from `earlier` to `now`; nothing if it lies in the future.
pub(crate) fn since(earlier: Timestamp, now: Timestamp) -> Duration {
    Duration::try_from(now.duration_since(earlier)).unwrap_or(Duration::ZERO)
}
