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
    /// Processes a webhook about a take. Returns false if it has no new information.
    ///
    /// `take` is the last segment of the URL that was called, and `payload` the body, whose signature the caller has
    /// verified. The engine reads the payload ([`SpeechEngine::deliver`](crate::engine::SpeechEngine::deliver)). The take is
    /// checked at once if this process runs its generation. If the response to its create was lost, the id is stored, and the
    /// process that runs the generation adopts it.
    ///
    /// # Errors
    ///
    /// `generation.not_found` if there is no such take; `webhook.invalid` if the payload is not about this take; `store.*`.
    pub async fn webhook(&self, take: &str, payload: &Value) -> Result<bool> {
        let id: TakeId = take.parse()?;
        let takes = self.inner.store.takes(id.generation).await?;
        let take = takes.into_iter().find(|take| take.id() == id).ok_or_else(|| {
            Error::new(&code::GENERATION_NOT_FOUND, format!("there is no take {id}")).with_generation(id.generation)
        })?;
        let engine = self.engine_named(&self.record(id.generation).await?.engine)?;
        let remote = engine.deliver(&id.to_string(), take.seed, payload)?;
        if let Some(known) = take.prediction_id() {
            let is_current = known == remote;
            if is_current {
                self.inner.drivers.wake(id.generation);
            }
            return Ok(is_current);
        }
        if self.inner.store.holds_remote(&remote).await? {
            return Ok(false);
        }
        if take.kind() == StateKind::NeverCreated {
            return self.late_hit(take, remote).await;
        }
        self.inner.store.record_remote_hint(id, &remote).await?;
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
