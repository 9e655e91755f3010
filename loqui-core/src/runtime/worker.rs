//! Runs the unfinished generations of the store, including those that other processes submitted.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use futures::future::{Either, select};
use tokio_util::sync::CancellationToken;

use super::context::Runtime;
use super::lease::CLAIM_LIMIT;
use crate::error::Result;
use crate::store::Filter;

/// How often a worker polls the store. Most stores notify it sooner.
const POLL_INTERVAL: Duration = Duration::from_millis(500);

impl Runtime {
    /// See [`Loqui::work`](crate::Loqui::work).
    pub(crate) async fn work(
        self: &Arc<Self>,
        concurrency: u32,
        stop: CancellationToken,
        grace: Duration,
    ) -> Result<()> {
        // A store that cannot be read at the start is an error of the caller; after later errors the worker polls again.
        self.store.generations(&Filter::default().with_limit(1)).await?;
        self.drivers.works.store(true, Ordering::Relaxed);
        self.keep_lease();
        while !stop.is_cancelled() {
            let free = concurrency.saturating_sub(self.drivers.count());
            let mut claimed = 0;
            if free > 0 {
                match self.claim_next(free.min(CLAIM_LIMIT)).await {
                    Ok(records) => {
                        claimed = records.len();
                        for record in records {
                            self.drive_claimed(record);
                        }
                    }
                    Err(error) => tracing::warn!(code = error.code(), "could not claim generations: {error}"),
                }
            }
            if claimed < CLAIM_LIMIT as usize {
                tokio::select! {
                    () = stop.cancelled() => {}
                    () = self.store.wait_for_work(), if free > 0 => {}
                    () = self.drivers.freed(), if free == 0 => {}
                    () = self.clock.sleep(POLL_INTERVAL) => {}
                }
            }
        }
        let idle = async {
            while self.drivers.count() > 0 {
                self.drivers.freed().await;
            }
        };
        if let Either::Right(_) = select(Box::pin(idle), Box::pin(self.clock.sleep(grace))).await {
            tracing::info!(
                left = self.drivers.count(),
                "stopped with generations in progress; other workers claim them when the lease expires"
            );
        }
        Ok(())
    }
}
