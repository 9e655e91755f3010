//! Carries on whatever is in the store, whoever submitted it.

use std::time::Duration;

use futures::future::{Either, select};
use tokio_util::sync::CancellationToken;

use super::driver::LEASE;
use crate::api::Loqui;
use crate::error::Result;
use crate::store::{Filter, GenerationStoreExt as _};

/// How often a worker looks by itself: stores that others write to tell it sooner.
const LOOK_INTERVAL: Duration = Duration::from_millis(500);
/// So many are claimed at a time: other workers want some, too.
const CLAIMS: u32 = 32;

impl Loqui {
    /// Carries on whatever is in the store until `stop` is cancelled: generations that nobody works on, and those of
    /// workers that have died, at most `concurrency` at a time. Owners take turns. Any number of processes, on any number
    /// of machines, may do this on one store.
    ///
    /// Once it is stopped it takes no more, and returns when those in hand have ended or after `grace`; others go on with
    /// what is left when its lease runs out.
    ///
    /// # Errors
    ///
    /// `store.*` if the store cannot be read at all; trouble that comes later is waited for.
    pub async fn work(&self, concurrency: u32, stop: CancellationToken, grace: Duration) -> Result<()> {
        let inner = &self.inner;
        // Trouble at the start is the caller's; trouble that comes later is waited for.
        inner.store.generations(&Filter::default().with_limit(1)).await?;
        self.live();
        while !stop.is_cancelled() {
            let free = concurrency.saturating_sub(inner.drivers.count());
            let mut claimed = 0;
            if free > 0 {
                let wanted = free.min(CLAIMS);
                let now = inner.clock.now();
                match inner.store.claim_next(inner.drivers.worker(), now, LEASE, wanted).await {
                    Ok(records) => {
                        claimed = records.len();
                        for record in records {
                            self.carry_claimed(record);
                        }
                    }
                    Err(error) => tracing::warn!(code = error.code(), "could not look for work: {error}"),
                }
            }
            if claimed < CLAIMS as usize {
                tokio::select! {
                    () = stop.cancelled() => {}
                    () = inner.store.wait_for_work(), if free > 0 => {}
                    () = inner.drivers.freed(), if free == 0 => {}
                    () = inner.clock.sleep(LOOK_INTERVAL) => {}
                }
            }
        }
        let idle = async {
            while inner.drivers.count() > 0 {
                inner.drivers.freed().await;
            }
        };
        if let Either::Right(_) = select(Box::pin(idle), Box::pin(inner.clock.sleep(grace))).await {
            tracing::info!(
                left = inner.drivers.count(),
                "stopped; others go on when the lease has run out"
            );
        }
        Ok(())
    }
}
