//! Cancels a generation when its caller stops waiting.

use std::fmt;

use super::Generation;

type OnDrop = Box<dyn FnOnce(Generation) + Send>;

/// Cancels a generation when it is dropped, unless it was disarmed before.
///
/// Use it where a future may be dropped at an `.await`, so that unused speech is not paid for.
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
#[must_use = "dropping it cancels the generation at once"]
pub struct CancelOnDrop {
    armed: Option<(Generation, OnDrop)>,
}

impl CancelOnDrop {
    /// Cancels in a task of the current tokio runtime; without a runtime the generation continues.
    pub fn new(generation: Generation) -> Self {
        Self::with_action(generation, |generation| {
            let Ok(runtime) = tokio::runtime::Handle::try_current() else {
                return;
            };
            runtime.spawn(async move {
                if let Err(error) = generation.cancel().await {
                    tracing::warn!(
                        generation = generation.id().get(),
                        code = error.code(),
                        "could not cancel an abandoned generation: {error}"
                    );
                }
            });
        })
    }

    /// Calls `action` with the generation instead of cancelling it in a task: for callers with a runtime of their own.
    pub fn with_action(generation: Generation, action: impl FnOnce(Generation) + Send + 'static) -> Self {
        Self {
            armed: Some((generation, Box::new(action))),
        }
    }

    /// Lets the generation continue after the drop.
    pub fn disarm(&mut self) {
        self.armed = None;
    }
}

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        if let Some((generation, action)) = self.armed.take() {
            action(generation);
        }
    }
}

impl fmt::Debug for CancelOnDrop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let generation = self.armed.as_ref().map(|(generation, _)| generation.id());
        f.debug_tuple("CancelOnDrop").field(&generation).finish()
    }
}
