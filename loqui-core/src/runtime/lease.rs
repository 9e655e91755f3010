//! The lease of this process, and the recovery of generations that no live process holds.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};
use std::time::Duration;

use jiff::Timestamp;
use tokio::task::JoinHandle;

use super::context::Runtime;
use crate::clock::{later, since};
use crate::error::Result;
use crate::id::GenerationId;
use crate::ledger::GenerationRecord;
use crate::store::{ClaimRequest, ClaimTarget, GenerationStoreExt as _};

/// How long a claim holds after its process last renewed the lease. Requests may take longer than that: the lease is
/// renewed by a task of its own.
pub(crate) const LEASE: Duration = Duration::from_secs(12);

/// The longest pause between two renewals of the lease. Each pause is up to a quarter shorter, at random, so that the
/// processes of a store do not call it together.
const RENEWAL: Duration = Duration::from_secs(4);
/// A larger difference between the clock of the leases and the monotonic clock means that the former was set.
const LARGEST_DRIFT: Duration = Duration::from_secs(3);
/// How many renewals of the lease lie between two maintenance runs: about a minute.
const RENEWALS_PER_MAINTENANCE: u32 = 15;
/// The most generations that a process runs at once of those that it claimed by itself.
const MOST_RECOVERED: u32 = 256;
/// The maximum number of generations per claim.
pub(super) const CLAIM_LIMIT: u32 = 32;

/// Notices when the clock of the leases is set: leases of live processes may look expired until they are renewed.
#[derive(Debug, Default)]
pub(super) struct LeaseClock {
    /// The last time that was read, and when by the monotonic clock.
    last: Option<(Timestamp, Duration)>,
    /// Until when leases are not trusted, by the monotonic clock.
    doubtful_until: Duration,
}

impl LeaseClock {
    fn read(&mut self, time: Timestamp, elapsed: Duration) {
        if let Some((last, then)) = self.last {
            let expected = later(last, elapsed.saturating_sub(then));
            if since(expected, time).max(since(time, expected)) > LARGEST_DRIFT {
                self.doubtful_until = elapsed + LEASE;
            }
        }
        self.last = Some((time, elapsed));
    }

    /// True if the clock was set less than a lease ago.
    fn was_set(&self, elapsed: Duration) -> bool {
        elapsed < self.doubtful_until
    }
}

impl Runtime {
    /// Starts the task that renews the lease of this process, claims what no live process holds, and runs the maintenance,
    /// unless it runs already.
    pub(crate) fn keep_lease(self: &Arc<Self>) {
        self.drivers.lease_task.get_or_init(|| {
            tokio::spawn(renew_lease(Arc::downgrade(self)));
        });
    }

    /// Starts [`keep_lease`](Self::keep_lease) if this process recovers generations and a tokio runtime runs.
    pub(crate) fn begin_recovery(self: &Arc<Self>) {
        if self.recovers() && tokio::runtime::Handle::try_current().is_ok() {
            self.keep_lease();
        }
    }

    fn recovers(&self) -> bool {
        self.settings.recovers && !self.settings.leave_to_workers && self.store.is_durable()
    }

    /// The time in which leases are compared: that of the database where it has a clock, so that the clocks of the machines
    /// may differ; else that of this machine.
    async fn lease_time(&self) -> Timestamp {
        let time = match self.store.time().await {
            Ok(Some(time)) => time,
            // If the store is away, the call that needs the time fails as well.
            Ok(None) | Err(_) => self.clock.now(),
        };
        self.drivers.lease_clock().read(time, self.clock.elapsed());
        time
    }

    async fn claim_request(&self, target: ClaimTarget) -> ClaimRequest {
        let now = self.lease_time().await;
        let mut request = ClaimRequest::new(self.drivers.worker(), target, now, LEASE);
        request.unclaimed_only = self.drivers.lease_clock().was_set(self.clock.elapsed());
        request
    }

    /// Claims one generation, unless a live process holds it.
    pub(super) async fn claim(&self, generation: GenerationId) -> Result<Option<GenerationRecord>> {
        let request = self.claim_request(ClaimTarget::One(generation)).await;
        Ok(self.store.acquire(request).await?.pop())
    }

    /// Claims generations that no live process holds and that this process can run.
    pub(super) async fn claim_next(&self, limit: u32) -> Result<Vec<GenerationRecord>> {
        let mut request = self.claim_request(ClaimTarget::Next(limit)).await;
        request.engines = Some(self.engines.names());
        request.except = self.drivers.deferred(self.clock.elapsed());
        self.store.acquire(request).await
    }

    /// Claims and runs generations that no live process holds, a few at a time.
    async fn recover(self: &Arc<Self>) -> Result<()> {
        loop {
            let limit = MOST_RECOVERED.saturating_sub(self.drivers.recovered()).min(CLAIM_LIMIT);
            if limit == 0 {
                return Ok(());
            }
            let claimed = self.claim_next(limit).await?;
            let is_last = claimed.len() < limit as usize;
            for record in claimed {
                tracing::info!(
                    generation = record.id.get(),
                    "continuing a generation that no live process holds"
                );
                self.drive_claimed(record);
            }
            if is_last {
                return Ok(());
            }
        }
    }

    /// The pause before the next renewal.
    fn renewal_pause(&self) -> Duration {
        RENEWAL.saturating_sub(Duration::from_millis(self.random.next() % 1_000))
    }
}

/// Renews the lease of this process, notices requests to cancel that came from other processes, claims generations that no
/// live process holds, and runs the maintenance. Ends with the runtime.
async fn renew_lease(runtime: Weak<Runtime>) {
    let mut renewals = 0;
    let mut maintenance: Option<JoinHandle<()>> = None;
    let mut recovery: Option<JoinHandle<()>> = None;
    // The first pause is short: after a start there may be interrupted generations.
    let mut pause = None;
    loop {
        let Some((clock, random)) = runtime
            .upgrade()
            .map(|runtime| (Arc::clone(&runtime.clock), runtime.renewal_pause()))
        else {
            return;
        };
        clock.sleep(pause.unwrap_or(random / 4)).await;
        pause = Some(random);
        let Some(runtime) = runtime.upgrade() else { return };
        renewals += 1;
        // Separate tasks, so that slow ones do not delay the renewal of the lease.
        if renewals % RENEWALS_PER_MAINTENANCE == 0 && is_done(maintenance.as_ref()) {
            let runtime = Arc::clone(&runtime);
            maintenance = Some(tokio::spawn(async move { runtime.maintain().await }));
        }
        // A worker claims by itself.
        if runtime.recovers() && !runtime.drivers.works.load(Ordering::Relaxed) && is_done(recovery.as_ref()) {
            let runtime = Arc::clone(&runtime);
            recovery = Some(tokio::spawn(async move {
                if let Err(error) = runtime.recover().await {
                    tracing::warn!(code = error.code(), "could not claim interrupted generations: {error}");
                }
            }));
        }
        if runtime.drivers.count() > 0 {
            let worker = runtime.drivers.worker();
            let now = runtime.lease_time().await;
            if let Err(error) = runtime.store.renew_lease(worker, now, LEASE).await {
                tracing::warn!(code = error.code(), "could not renew the lease: {error}");
            }
            match runtime.store.cancel_requests(worker).await {
                Ok(generations) => generations
                    .into_iter()
                    .for_each(|generation| runtime.drivers.cancel(generation)),
                Err(error) => tracing::warn!(code = error.code(), "could not read requests to cancel: {error}"),
            }
        }
    }
}

fn is_done(task: Option<&JoinHandle<()>>) -> bool {
    task.is_none_or(JoinHandle::is_finished)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leases_are_doubtful_for_the_length_of_a_lease_after_the_clock_was_set() {
        let seconds = Duration::from_secs;
        let at = |second: i64| Timestamp::from_second(1_800_000_000 + second).unwrap();
        let mut clock = LeaseClock::default();
        clock.read(at(0), seconds(100));
        clock.read(at(5), seconds(104));
        assert!(!clock.was_set(seconds(104)), "a drift of a second");
        clock.read(at(7_200), seconds(108));
        assert!(clock.was_set(seconds(119)) && !clock.was_set(seconds(120)));
        clock.read(at(7_212), seconds(120));
        assert!(!clock.was_set(seconds(120)));
        clock.read(at(12), seconds(120));
        assert!(clock.was_set(seconds(121)), "set back");
    }
}
