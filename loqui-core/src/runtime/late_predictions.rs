//! Answers that come late: webhooks, and predictions that a provider began long after it was asked.

use std::time::Duration;

use serde_json::Value;

use super::driver::Handles;
use crate::api::Loqui;
use crate::error::{Error, Result, code};
use crate::ledger::plan::results;
use crate::ledger::{StateKind, TakeId, TakeRecord};
use crate::store::GenerationStoreExt as _;

/// A take that was given up is looked for again once the last look is this old ...
const FIRST_LATE_LOOK: Duration = Duration::from_mins(5);
/// ... and for as long as the provider still knows what it was asked.
const LAST_LATE_LOOK: Duration = Duration::from_mins(50);
/// So many at a time: each costs a request or two.
const LATE_LOOKS: usize = 20;
/// So many are read to find those.
const CANDIDATES: u32 = 500;

impl Loqui {
    /// Takes what a webhook says of a take: `take` is from the address that it called, `payload` the prediction, and the
    /// caller has verified its signature. An id that was lost is found again by it, and the generation looks at once if it
    /// runs in this process; a process elsewhere finds the id where it would look for it. False if it says nothing new.
    ///
    /// # Errors
    ///
    /// `generation.not_found` if there is no such take; `webhook.invalid` if the payload is not of this take; `store.*`.
    pub async fn webhook(&self, take: &str, payload: &Value) -> Result<bool> {
        let id: TakeId = take.parse()?;
        let takes = self.inner.store.takes(id.generation).await?;
        let take = takes.into_iter().find(|take| take.id() == id).ok_or_else(|| {
            Error::new(&code::GENERATION_NOT_FOUND, format!("there is no take {id}")).with_generation(id.generation)
        })?;
        let remote = payload.get("id").and_then(Value::as_str).unwrap_or_default();
        if remote.is_empty() {
            return Err(Error::new(&code::WEBHOOK_INVALID, "the payload is not a prediction"));
        }
        if let Some(known) = take.prediction_id() {
            if known == remote {
                self.inner.drivers.wake(id.generation);
            }
            return Ok(known == remote);
        }
        let seed = payload
            .get("input")
            .and_then(|input| input.get("seed"))
            .and_then(Value::as_u64);
        if seed.is_some_and(|seed| seed != u64::from(take.seed)) {
            return Err(Error::new(&code::WEBHOOK_INVALID, "the payload is of another take"));
        }
        if self.inner.store.holds_remote(remote).await? {
            return Ok(false);
        }
        if take.kind() == StateKind::NeverCreated {
            return self.late_hit(take, remote.to_owned()).await;
        }
        self.inner.store.record_remote_hint(id, remote).await?;
        self.inner.drivers.wake(id.generation);
        Ok(true)
    }

    /// Looks once more for takes that were given up as never created; returns how many the provider had begun all the
    /// same. Those go into the books and are stopped there. Processes that carry generations on do this by themselves,
    /// once a minute.
    ///
    /// # Errors
    ///
    /// `store.*`.
    pub async fn look_late(&self) -> Result<usize> {
        let inner = &self.inner;
        let now = inner.clock.now();
        let ago = |age: Duration| now.saturating_sub(age).unwrap_or(now);
        let span = (ago(LAST_LATE_LOOK), ago(FIRST_LATE_LOOK));
        let mut hits = 0;
        let candidates = inner.store.unreconciled_takes(span.0, span.1, CANDIDATES).await?;
        // Whatever was asked for too long ago is not written anew, and so is not among them much longer.
        let recent = candidates.into_iter().filter(|take| take.intended_at >= span.0);
        for take in recent.take(LATE_LOOKS) {
            let Some(record) = inner.store.generation(take.generation).await? else {
                continue;
            };
            let steps = match self.steps(record, Handles::default()).await {
                Ok(steps) => steps,
                Err(error) => {
                    tracing::debug!(take = %take.id(), code = error.code(), "cannot look for a take again: {error}");
                    continue;
                }
            };
            match steps.look_again(&take).await {
                Ok(Some(remote)) => hits += usize::from(self.late_hit(take, remote).await?),
                Ok(None) => {
                    inner
                        .store
                        .update_unreconciled_take(results::after_late_miss(take, now)?)
                        .await?;
                }
                Err(error) => {
                    tracing::warn!(take = %take.id(), code = error.code(), "could not look for a take again: {error}");
                }
            }
        }
        Ok(hits)
    }

    /// Writes down that a take was made after all, and stops it. Another take has its place already.
    async fn late_hit(&self, take: TakeRecord, remote: String) -> Result<bool> {
        let inner = &self.inner;
        let id = take.id();
        let record = self.record(take.generation).await?;
        let engine = self.engine_named(&record.engine)?;
        let policy = inner.policy.for_model(&engine.model(Some(&record.model))?);
        let segment = record.segments.iter().find(|segment| segment.index == take.segment);
        let cost_usd = segment.map_or(0.0, |segment| policy.cost(&segment.spoken));
        let found = results::after_late_answer(take, remote.clone(), cost_usd, inner.clock.now())?;
        if !inner.store.update_unreconciled_take(found).await? {
            return Ok(false);
        }
        tracing::warn!(take = %id, remote, "a prediction was begun late: it is in the books, and stopped");
        if let Err(error) = engine.cancel(&remote).await {
            tracing::warn!(take = %id, remote, code = error.code(), "could not stop it: {error}");
        }
        Ok(true)
    }

    /// What a process does now and then beside its generations.
    pub(crate) async fn sweep(&self) {
        if let Err(error) = self.look_late().await {
            tracing::warn!(code = error.code(), "could not look for late answers: {error}");
        }
        if let Err(error) = self.erase_old().await {
            tracing::warn!(code = error.code(), "could not erase what is old: {error}");
        }
        if let Err(error) = self.prune_old().await {
            tracing::warn!(code = error.code(), "could not drop old takes: {error}");
        }
    }
}
