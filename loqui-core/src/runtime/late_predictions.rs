//! Webhooks, and predictions that the provider started long after the request.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use super::context::Runtime;
use super::driver::Interrupts;
use super::steps::Steps;
use super::voice;
use crate::error::{Error, Result, code};
use crate::ledger::plan::results;
use crate::ledger::{StateKind, TakeId, TakeRecord};
use crate::store::GenerationStoreExt as _;

/// The minimum age of the last lookup before a take that counts as never created is looked up again.
const FIRST_LATE_LOOKUP: Duration = Duration::from_mins(5);
/// The maximum age of a take for another lookup. The provider keeps inputs for an hour.
const LAST_LATE_LOOKUP: Duration = Duration::from_mins(50);
/// The most lookups of one run: each costs a request or two.
const LATE_LOOKUPS: usize = 20;
/// The maximum number of takes that are read, from which the takes to look up are selected.
const CANDIDATES: u32 = 500;

impl Runtime {
    /// See [`Loqui::webhook`](crate::Loqui::webhook).
    pub(crate) async fn webhook(&self, take: &str, payload: &Value) -> Result<bool> {
        let id: TakeId = take.parse()?;
        let takes = self.store.takes(id.generation).await?;
        let take = takes.into_iter().find(|take| take.id() == id).ok_or_else(|| {
            Error::new(&code::GENERATION_NOT_FOUND, format!("there is no take {id}")).with_generation(id.generation)
        })?;
        let engine = self.engines.named(&self.record(id.generation).await?.engine)?;
        let remote = engine.deliver(&id.to_string(), take.seed, payload)?;
        if let Some(known) = take.prediction_id() {
            let is_current = known == remote;
            if is_current {
                self.drivers.wake(id.generation);
            }
            return Ok(is_current);
        }
        if self.store.holds_remote(&remote).await? {
            return Ok(false);
        }
        if take.kind() == StateKind::NeverCreated {
            return self.record_late_answer(take, remote).await;
        }
        self.store.record_remote_hint(id, &remote).await?;
        self.drivers.wake(id.generation);
        Ok(true)
    }

    /// See [`Loqui::look_late`](crate::Loqui::look_late).
    pub(crate) async fn look_late(self: &Arc<Self>) -> Result<usize> {
        let now = self.clock.now();
        let ago = |age: Duration| now.saturating_sub(age).unwrap_or(now);
        let (from, to) = (ago(LAST_LATE_LOOKUP), ago(FIRST_LATE_LOOKUP));
        let mut found = 0;
        let candidates = self.store.unreconciled_takes(from, to, CANDIDATES).await?;
        // Older takes are skipped without an update of their last lookup, so they soon leave the candidates.
        // A later prediction of the text of a stand-in is that of a later take.
        let recent = candidates
            .into_iter()
            .filter(|take| take.intended_at >= from && !take.is_stand_in());
        for take in recent.take(LATE_LOOKUPS) {
            let Some(record) = self.store.generation(take.generation).await? else {
                continue;
            };
            let steps = match Steps::prepare(self, record, Interrupts::default()).await {
                Ok(steps) => steps,
                Err(error) => {
                    tracing::debug!(take = %take.id(), code = error.code(), "cannot look up a take again: {error}");
                    continue;
                }
            };
            match steps.look_again(&take).await {
                Ok(Some(remote)) => found += usize::from(self.record_late_answer(take, remote).await?),
                Ok(None) => {
                    self.store
                        .update_unreconciled_take(results::after_late_miss(take, now)?)
                        .await?;
                }
                Err(error) => {
                    tracing::warn!(take = %take.id(), code = error.code(), "could not look up a take again: {error}");
                }
            }
        }
        Ok(found)
    }

    /// Records that a take was created after all, with its cost, and stops it. Another take has replaced it already.
    async fn record_late_answer(&self, take: TakeRecord, remote: String) -> Result<bool> {
        let id = take.id();
        let record = self.record(take.generation).await?;
        let engine = self.engines.named(&record.engine)?;
        let policy = voice::policy_for(&self.settings.policy, engine.as_ref(), &record)?;
        let cost_usd = record
            .segment(take.segment)
            .map_or(0.0, |segment| policy.cost_of(segment));
        let found = results::after_late_answer(take, remote.clone(), cost_usd, self.clock.now())?;
        if !self.store.update_unreconciled_take(found).await? {
            return Ok(false);
        }
        tracing::warn!(take = %id, remote, "a prediction started late; its cost was recorded, and it will be cancelled");
        if let Err(error) = engine.cancel(&remote).await {
            tracing::warn!(take = %id, remote, code = error.code(), "could not cancel a late prediction: {error}");
        }
        Ok(true)
    }

    /// The work that a process does about once a minute beside its generations.
    pub(crate) async fn maintain(self: &Arc<Self>) {
        if let Err(error) = self.look_late().await {
            tracing::warn!(code = error.code(), "could not look up late predictions: {error}");
        }
        if let Err(error) = self.erase_old().await {
            tracing::warn!(code = error.code(), "could not erase old generations: {error}");
        }
        if let Err(error) = self.prune_old().await {
            tracing::warn!(code = error.code(), "could not prune old generations: {error}");
        }
    }
}
