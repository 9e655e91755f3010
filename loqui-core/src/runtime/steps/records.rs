//! Reads and writes the records of a claimed generation, also through an outage of the store.

use std::sync::atomic::{AtomicBool, Ordering};

use super::Steps;
use crate::error::{Error, Result, code};
use crate::ledger::{Change, Fence, Status, TakeRecord};
use crate::store::GenerationStoreExt as _;

impl Steps {
    /// The takes in the store.
    ///
    /// # Errors
    ///
    /// `store.corrupt`, `store.too_new`.
    pub(crate) async fn takes(&self) -> Result<Vec<TakeRecord>> {
        let takes = self.persist(|| self.runtime.store.takes(self.generation.id)).await?;
        Ok(takes.into_iter().map(|take| self.time.adopted(take)).collect())
    }

    /// Repeats a call of a store while the store is away.
    ///
    /// # Errors
    ///
    /// Those of the call, except outages.
    pub(crate) async fn persist<T, F>(&self, call: impl Fn() -> F + Send + Sync) -> Result<T>
    where
        F: Future<Output = Result<T>> + Send,
    {
        self.runtime.persist(&self.interrupts.outage, call).await
    }

    /// Makes changes to the generation, also through an outage of the store.
    ///
    /// # Errors
    ///
    /// `store.conflict` if another process has claimed it; `generation.budget`, `store.corrupt`.
    pub(crate) async fn write(&self, changes: Vec<Change>) -> Result<()> {
        let fence = Fence::of(&self.generation);
        let repeated = AtomicBool::new(false);
        let written = self
            .persist(|| async {
                let written = self.runtime.store.write(fence, changes.clone()).await;
                if written.as_ref().is_err_and(Error::is_outage) {
                    repeated.store(true, Ordering::Relaxed);
                }
                written
            })
            .await;
        match written {
            // The store may have made the changes before the answer was lost.
            Err(error)
                if error.is(&code::STORE_CONFLICT)
                    && repeated.load(Ordering::Relaxed)
                    && self.has_written(&changes).await? =>
            {
                Ok(())
            }
            written => written,
        }
    }

    /// True if this claim has made these changes.
    async fn has_written(&self, changes: &[Change]) -> Result<bool> {
        let id = self.generation.id;
        let Some(record) = self.persist(|| self.runtime.store.generation(id)).await? else {
            return Ok(false);
        };
        let takes = self.persist(|| self.runtime.store.takes(id)).await?;
        let is_made = |change: &Change| match change {
            Change::AddTake(take) | Change::UpdateTake(take) => takes.iter().any(|known| {
                (known.id(), known.seed, known.kind(), known.prediction_id())
                    == (take.id(), take.seed, take.kind(), take.prediction_id())
            }),
            Change::Complete { .. } => record.status == Status::Completed,
            Change::Fail { .. } => record.status == Status::Failed,
            _ => true,
        };
        Ok(record.epoch == self.generation.epoch && changes.iter().all(is_made))
    }
}
