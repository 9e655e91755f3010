//! Operations on all generations of a store: work, late predictions, retention.

use std::time::Duration;

use serde_json::Value;
use tokio_util::sync::CancellationToken;

use super::Loqui;
use crate::error::Result;
use crate::id::GenerationId;

impl Loqui {
    /// Claims and runs unfinished generations that no live process holds, at most `concurrency` at a time, until `stop`
    /// is cancelled. Owners take turns. Any number of processes and machines can work on one store.
    ///
    /// After `stop` is cancelled, no more generations are claimed. The call returns when the running generations have
    /// ended, or after `grace`. Generations that still run then continue until the process ends, and other workers
    /// claim them when its lease expires.
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

    /// Processes a webhook about a take. Returns true if the webhook is about the prediction of this take, and false if
    /// the take has another prediction or another take has this one.
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

    /// Searches again for up to 20 takes that count as never created. Returns the number of those that the provider has
    /// started after all: their cost is recorded and their predictions are cancelled. A process that runs generations
    /// does this once a minute.
    ///
    /// # Cancellation safety
    ///
    /// Safe: the next call searches for the remaining takes.
    ///
    /// # Errors
    ///
    /// `store.*`.
    pub async fn look_late(&self) -> Result<usize> {
        self.runtime.look_late().await
    }

    /// Erases a generation like [`Generation::erase`](super::Generation::erase). If the generation was erased before,
    /// deletes audio that remained because that call was interrupted.
    ///
    /// # Cancellation safety
    ///
    /// If the future is dropped, audio may remain. Repeat it.
    ///
    /// # Errors
    ///
    /// `generation.not_found` if there never was such a generation; `generation.not_finished`. After `store.*`, repeat
    /// the call.
    pub async fn erase_generation(&self, id: impl Into<GenerationId>) -> Result<()> {
        self.runtime.erase(id.into()).await
    }

    /// Erases up to 100 generations that ended longer ago than
    /// [`keep_generations`](super::LoquiBuilder::keep_generations), and returns their ids. Does nothing without this
    /// setting.
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

    /// Prunes up to 100 generations that completed longer ago than [`keep_takes`](super::LoquiBuilder::keep_takes), and
    /// returns their ids: deletes the audio of their takes, and all events but the last. Text, speech and spending
    /// stay. Does nothing without this setting.
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
