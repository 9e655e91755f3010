//! What is old goes, where that is asked for.

use std::time::Duration;

use jiff::Timestamp;

use crate::api::{Generation, Loqui};
use crate::error::Result;
use crate::store::GenerationStoreExt as _;

/// So many generations at a time.
const AT_A_TIME: u32 = 100;

impl Loqui {
    /// Erases generations that ended longer ago than they are to be kept; returns their numbers.
    ///
    /// # Errors
    ///
    /// `store.*`.
    pub async fn erase_old(&self) -> Result<Vec<i64>> {
        let Some(before) = self.ago(self.inner.keep) else {
            return Ok(Vec::new());
        };
        let old = self.inner.store.ended_before(before, AT_A_TIME).await?;
        for id in &old {
            Generation::new(self.clone(), *id).erase().await?;
        }
        Ok(old)
    }

    /// Drops the takes and the events of generations that were completed longer ago than those are to be kept; returns their
    /// numbers. Words, speech and books stay.
    ///
    /// # Errors
    ///
    /// `store.*`.
    pub async fn prune_old(&self) -> Result<Vec<i64>> {
        let inner = &self.inner;
        let Some(before) = self.ago(inner.keep_takes) else {
            return Ok(Vec::new());
        };
        let old = inner.store.completed_before(before, AT_A_TIME).await?;
        for id in &old {
            // The audio first: who is stopped in between begins again with this generation.
            for take in inner.store.takes(*id).await? {
                if let Some(audio) = take.audio() {
                    inner.audio.delete(audio).await?;
                }
            }
            inner.store.prune_generation(*id, inner.clock.now()).await?;
        }
        Ok(old)
    }

    /// The moment that is so long ago.
    fn ago(&self, age: Option<Duration>) -> Option<Timestamp> {
        let now = self.inner.clock.now();
        age.map(|age| now.saturating_sub(age).unwrap_or(now))
    }
}
