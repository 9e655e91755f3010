//! Times for creates whose response was lost, and the pauses between polls.
//!
//! Replicate has no idempotency key (<https://replicate.com/docs/reference/http#predictions.create>). When the response
//! to a create is lost, the client searches the list of predictions before it may create again. These times decide how
//! long it searches. The ledger and the standalone client use the same values.

use std::time::Duration;

/// Times and limits for creates whose response was lost.
///
/// To avoid paying twice, `settle` must be longer than `send_guard`, the timeout of a create and the delay of the
/// provider's list together.
///
/// ```
/// use std::time::Duration;
/// use loqui_core::Reconciliation;
///
/// let reconciliation = Reconciliation::default();
/// assert!(!reconciliation.lookup_counts(Duration::from_secs(60)));
/// assert!(reconciliation.lookup_counts(Duration::from_secs(75)));
/// assert!(reconciliation.is_never_created(2));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Reconciliation {
    /// A create that was planned longer ago than this is not sent. It bounds how late a suspended process can send.
    /// Default: 30 s.
    pub send_guard: Duration,
    /// Minimum age of a create before a failed lookup counts. Default: 75 s.
    pub settle: Duration,
    /// Pause between two lookups. Default: 5 s.
    pub look_gap: Duration,
    /// Failed lookups before a create counts as never created. Default: 2.
    pub looks: u32,
    /// Age after which a create can no longer be decided, because the provider deletes inputs after one hour
    /// (<https://replicate.com/docs/topics/predictions/data-retention>). Default: 50 minutes.
    pub undecidable: Duration,
}

impl Default for Reconciliation {
    fn default() -> Self {
        Self {
            send_guard: Duration::from_secs(30),
            settle: Duration::from_secs(75),
            look_gap: Duration::from_secs(5),
            looks: 2,
            undecidable: Duration::from_mins(50),
        }
    }
}

impl Reconciliation {
    /// Replaces the minimum age of a create before a failed lookup counts.
    #[must_use]
    pub fn with_settle(mut self, settle: Duration) -> Self {
        self.settle = settle;
        self
    }

    /// Replaces the pause between two lookups.
    #[must_use]
    pub fn with_look_gap(mut self, look_gap: Duration) -> Self {
        self.look_gap = look_gap;
        self
    }

    /// Returns true if a lookup that finds nothing counts for a create of this age.
    pub fn lookup_counts(&self, age: Duration) -> bool {
        age >= self.settle
    }

    /// Returns true if a create counts as never created after this many counting lookups.
    pub fn is_never_created(&self, failed_lookups: u32) -> bool {
        failed_lookups >= self.looks
    }

    /// Returns true if a create of this age can no longer be decided.
    pub fn is_undecidable(&self, age: Duration) -> bool {
        age > self.undecidable
    }
}

/// Returns the pause before the next poll of a prediction that was accepted this long ago.
///
/// It grows from 0.5 s to 5 s, so that many waiting predictions stay within the provider's limit of 3,000 requests a
/// minute (<https://replicate.com/docs/topics/predictions/rate-limits>).
pub(crate) fn poll_interval(age: Duration) -> Duration {
    match age.as_secs() {
        0..5 => Duration::from_millis(500),
        5..30 => Duration::from_secs(1),
        30..120 => Duration::from_secs(2),
        _ => Duration::from_secs(5),
    }
}

/// Returns the pause before the next send of a create that certainly did not arrive, after this many sends.
pub(crate) fn resend_interval(sends: u32) -> Duration {
    Duration::from_millis(500 * (1 << sends.min(6)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settle_is_longer_than_send_guard_and_timeout_of_a_create() {
        let create_timeout = Duration::from_secs(30);
        let reconciliation = Reconciliation::default();
        assert!(reconciliation.settle > reconciliation.send_guard + create_timeout);
    }

    #[test]
    fn poll_interval_grows_with_the_age_of_a_prediction() {
        let intervals = [0, 5, 29, 30, 119, 120].map(|age| poll_interval(Duration::from_secs(age)).as_millis());
        assert_eq!(intervals, [500, 1_000, 1_000, 2_000, 2_000, 5_000]);
    }

    #[test]
    fn resend_interval_doubles_up_to_32_seconds() {
        let intervals = [0, 1, 6, 100].map(|sends| resend_interval(sends).as_millis());
        assert_eq!(intervals, [500, 1_000, 32_000, 32_000]);
    }
}
