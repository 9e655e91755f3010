//! Erases and prunes old generations, where that is configured.

use std::time::Duration;

use jiff::Timestamp;

use super::context::{Runtime, not_found};
use crate::error::Result;
use crate::id::GenerationId;
use crate::store::GenerationStoreExt as _;

/// The most generations of one run.
const BATCH: u32 = 100;

impl Runtime {
    /// Erases a generation: its text, takes and speech.
    pub(crate) async fn erase(&self, id: GenerationId) -> Result<()> {
        if !self.store.erase_generation(id, self.clock.now()).await? {
            return Err(not_found(id));
        }
        self.audio.delete_all(&format!("generations/{id}")).await?;
        tracing::info!(generation = id.get(), "erased a generation: its text, takes and speech");
        Ok(())
    }

    /// See [`Loqui::erase_old`](crate::Loqui::erase_old).
    pub(crate) async fn erase_old(&self) -> Result<Vec<GenerationId>> {
        let Some(before) = self.ago(self.settings.keep) else {
            return Ok(Vec::new());
        };
        let old = self.store.ended_before(before, BATCH).await?;
        for id in &old {
            // The audio goes first: an erasure that an outage interrupts begins with this generation again.
            self.audio.delete_all(&format!("generations/{id}")).await?;
            self.erase(*id).await?;
        }
        Ok(old)
    }

    /// See [`Loqui::prune_old`](crate::Loqui::prune_old).
    pub(crate) async fn prune_old(&self) -> Result<Vec<GenerationId>> {
        let Some(before) = self.ago(self.settings.keep_takes) else {
            return Ok(Vec::new());
        };
        let old = self.store.completed_before(before, BATCH).await?;
        for id in &old {
            // The audio is deleted first, so an interrupted run starts with this generation again.
            for take in self.store.takes(*id).await? {
                if let Some(audio) = take.audio() {
                    self.audio.delete(audio).await?;
                }
            }
            self.store.prune_generation(*id, self.clock.now()).await?;
        }
        Ok(old)
    }

    /// The time that long ago.
    fn ago(&self, age: Option<Duration>) -> Option<Timestamp> {
        let now = self.clock.now();
        age.map(|age| now.saturating_sub(age).unwrap_or(now))
    }
}
