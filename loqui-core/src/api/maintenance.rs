//! Operations on all generations of a store: work, late predictions, retention.

use std::time::Duration;

use serde_json::Value;
use tokio_util::sync::CancellationToken;

use super::Loqui;
use crate::error::Result;
use crate::id::GenerationId;

impl Loqui {
    /// Claims and runs unfinished generations until `stop` is cancelled, at most `concurrency` at a time. These are the
    /// generations that no live process has claimed. Owners take turns. Any number of processes and machines can work on one
    /// store.
    ///
    /// Once `stop` is cancelled nothing more is claimed. The call returns when the running generations have ended or after
    /// `grace`; other workers claim the rest when the lease expires.
    ///
    /// # Cancellation safety
    ///
    /// Safe: dropping the future stops claiming. Generations that were claimed continue in the background.
    ///
    /// # Errors
    ///
    /// `store.*` if the store cannot be read at the start. Later errors are logged, and the store is read again.
    pub async fn work(&self, concurrency: u32, stop: CancellationToken, grace: Duration) -> Result<()> {
        self.runtime.work(concurrency, stop, grace).await
    }

    /// Processes a webhook about a take. Returns false if it has no new information.
    ///
    /// `take` is the last segment of the URL that was called, and `payload` the body, whose signature the caller has
    /// verified. The engine reads the payload ([`SpeechEngine::deliver`](crate::engine::SpeechEngine::deliver)). The take is
    /// polled at once if this process runs its generation. If the response to its create was lost, the id is stored, and
    /// the process that runs the generation adopts it.
    ///
    /// # Cancellation safety
    ///
    /// Not safe: the content of the webhook may be lost. Call the method again with the same payload.
    ///
    /// # Errors
    ///
    /// `generation.not_found` if there is no such take; `webhook.invalid` if the payload is of another take; `store.*`.
    pub async fn webhook(&self, take: &str, payload: &Value) -> Result<bool> {
        self.runtime.webhook(take, payload).await
    }

    /// Searches again for takes that count as never created, and returns how many the provider started late. Their cost is
    /// recorded and their predictions are cancelled. A process that runs generations does this once a minute.
    ///
    /// # Cancellation safety
    ///
    /// Safe: takes that were not looked up are looked up by the next call.
    ///
    /// # Errors
    ///
    /// `store.*`.
    pub async fn look_late(&self) -> Result<usize> {
        self.runtime.look_late().await
    }

    /// Erases a generation like [`Generation::erase`](super::Generation::erase). For one that was erased before, deletes the
    /// audio that remained because the call was interrupted.
    ///
    /// # Cancellation safety
    ///
    /// If the future is dropped, audio may remain. Repeat it.
    ///
    /// # Errors
    ///
    /// `generation.not_found` if there never was such a generation; `generation.not_finished`; `store.*`: repeat it.
    pub async fn erase_generation(&self, id: impl Into<GenerationId>) -> Result<()> {
        self.runtime.erase(id.into()).await
    }

    /// Erases generations that ended longer ago than
    /// [`keep_generations`](super::LoquiBuilder::keep_generations), and returns their ids.
    ///
    /// # Cancellation safety
    ///
    /// Safe: the next call erases the rest.
    ///
    /// # Errors
    ///
    /// `store.*`.
    pub async fn erase_old(&self) -> Result<Vec<GenerationId>> {
        self.runtime.erase_old().await
    }

    /// Removes the takes' audio and the events of generations that completed longer ago than
    /// [`keep_takes`](super::LoquiBuilder::keep_takes), and returns their ids. Text, speech and spending stay.
    ///
    /// # Cancellation safety
    ///
    /// Safe: the next call prunes the rest.
    ///
    /// # Errors
    ///
    /// `store.*`.
    pub async fn prune_old(&self) -> Result<Vec<GenerationId>> {
        self.runtime.prune_old().await
    }
}
