//! Cancels a generation when its callers stop waiting.

use std::fmt;

use tokio::runtime::Handle;

use super::Generation;
use crate::runtime::outage::Outage;

type OnDrop = Box<dyn FnOnce(Generation, u64) + Send>;

/// A guard for one caller that waits for the speech of a generation. When the guard of the last caller is dropped, the
/// generation is cancelled after the grace period ([`LoquiBuilder::cancel_grace`](super::LoquiBuilder::cancel_grace)),
/// unless there is a new caller by then. A guard that was [disarmed](Self::disarm) does not count.
///
/// Use it where a future may be dropped at an `.await`, so that speech is not paid for without a listener.
/// [`Request::awaited`](super::Request::awaited) submits with such a guard. An equal request within the grace period
/// then joins the generation.
///
/// ```no_run
/// # async fn speak(generation: loqui_core::Generation) -> loqui_core::Result<()> {
/// use loqui_core::CancelOnDrop;
///
/// let mut guard = CancelOnDrop::new(generation.clone());
/// let speech = generation.wait().await?;
/// guard.disarm();
/// # let _ = speech;
/// # Ok(())
/// # }
/// ```
#[must_use = "dropping it cancels the generation after the grace period"]
pub struct CancelOnDrop {
    generation: Generation,
    armed: Option<OnDrop>,
}

impl CancelOnDrop {
    /// Counts a caller of a generation. The cancellation needs a tokio runtime: the current one of this call, otherwise
    /// that of the drop. Without either the generation continues.
    pub fn new(generation: Generation) -> Self {
        generation.waiters().join(generation.id());
        Self::joined(generation)
    }

    /// Counts a caller of a generation. If its guard is the last one that is dropped, `action` is called at once with
    /// the generation, which is not cancelled.
    pub fn with_action(generation: Generation, action: impl FnOnce(Generation) + Send + 'static) -> Self {
        Self::new(generation).with_drop(|generation, departure| {
            generation.waiters().is_abandoned(generation.id(), departure);
            action(generation);
        })
    }

    /// A caller that is counted already.
    pub(super) fn joined(generation: Generation) -> Self {
        let handle = Handle::try_current().ok();
        let guard = Self {
            generation,
            armed: None,
        };
        guard.with_drop(move |generation, departure| {
            if let Some(handle) = handle.or_else(|| Handle::try_current().ok()) {
                handle.spawn(async move { generation.cancel_abandoned(departure).await });
            }
        })
    }

    fn with_drop(mut self, action: impl FnOnce(Generation, u64) + Send + 'static) -> Self {
        self.armed = Some(Box::new(action));
        self
    }

    /// Returns the generation.
    pub fn generation(&self) -> &Generation {
        &self.generation
    }

    /// Disarms the guard: dropping it does not cancel the generation.
    pub fn disarm(&mut self) {
        if self.armed.take().is_some() {
            self.generation.waiters().finish(self.generation.id());
        }
    }
}

impl Generation {
    /// Cancels the generation after the grace period, unless a caller has come back since this departure.
    async fn cancel_abandoned(&self, departure: u64) {
        let runtime = self.runtime();
        let grace = runtime.settings.cancel_grace;
        if !grace.is_zero() {
            runtime.clock.sleep(grace).await;
        }
        if !self.waiters().is_abandoned(self.id(), departure) {
            return;
        }
        tracing::info!(
            generation = self.id().get(),
            "cancelling a generation that no caller waits for"
        );
        // An outage only delays it.
        let cancelled = runtime.persist(&Outage::default(), || self.cancel()).await;
        if let Err(error) = cancelled {
            tracing::warn!(
                generation = self.id().get(),
                code = error.code(),
                "could not cancel an abandoned generation: {error}"
            );
        }
    }
}

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        if let Some(action) = self.armed.take()
            && let Some(departure) = self.generation.waiters().leave(self.generation.id())
        {
            action(self.generation.clone(), departure);
        }
    }
}

impl fmt::Debug for CancelOnDrop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let generation = self.armed.as_ref().map(|_| self.generation.id());
        f.debug_tuple("CancelOnDrop").field(&generation).finish()
    }
}
