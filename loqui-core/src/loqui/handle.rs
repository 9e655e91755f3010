//! One generation, as users hold it.

use std::fmt;

use futures::stream::StreamExt as _;

use super::Loqui;
use super::events::{self, Events};
use crate::error::{Error, Result, code};
use crate::generation::{ErrorRecord, GenerationInfo, GenerationRecord, Status};
use crate::speech::Speech;

/// A generation in the store. Cheap to clone; dropping it does not stop anything.
#[derive(Clone)]
pub struct Generation {
    loqui: Loqui,
    id: i64,
}

impl Generation {
    pub(super) fn new(loqui: Loqui, id: i64) -> Self {
        Self { loqui, id }
    }

    /// Its number in the store: give it to [`Loqui::generation`] to come back to it.
    pub fn id(&self) -> i64 {
        self.id
    }

    /// Where it stands.
    ///
    /// # Errors
    ///
    /// `store.*`.
    pub async fn status(&self) -> Result<Status> {
        Ok(self.record().await?.status)
    }

    /// Everything that is known of it, as JSON shows it.
    ///
    /// # Errors
    ///
    /// `store.*`.
    pub async fn info(&self) -> Result<GenerationInfo> {
        let record = self.record().await?;
        let takes = self.loqui.inner.store.takes(self.id).await?;
        Ok(GenerationInfo::new(&record, &takes))
    }

    /// Its events from the first on; ends after the last.
    pub fn events(&self) -> Events {
        self.events_after(0)
    }

    /// Its events after the one of that number: how a listener goes on where it stopped.
    pub fn events_after(&self, number: u64) -> Events {
        events::events(self.loqui.clone(), self.id, number)
    }

    /// Waits for its end, and carries it on if nobody else does.
    ///
    /// Dropping the future stops the waiting only.
    ///
    /// # Errors
    ///
    /// The error it failed with; `store.*`; `replicate.missing_token` if its engine cannot be used here.
    pub async fn wait(&self) -> Result<Speech> {
        loop {
            let record = self.record().await?;
            match record.status {
                Status::Completed => return self.load(&record).await,
                Status::Failed => {
                    let error = record.error.as_ref().map_or_else(
                        || {
                            Error::new(
                                &code::STORE_CORRUPT,
                                format!("generation {} failed without an error", self.id),
                            )
                        },
                        ErrorRecord::to_error,
                    );
                    return Err(error.with_generation(self.id));
                }
                Status::Pending | Status::Processing if self.loqui.inner.leave_to_workers => {
                    let mut events = self.events();
                    while let Some(event) = events.next().await {
                        event?;
                    }
                }
                Status::Pending | Status::Processing => {
                    self.loqui
                        .drive(self.id)
                        .await
                        .map_err(|error| shared(&error, self.id))?;
                }
            }
        }
    }

    /// The finished speech.
    ///
    /// # Errors
    ///
    /// `generation.not_finished`, `store.*`.
    pub async fn speech(&self) -> Result<Speech> {
        let record = self.record().await?;
        if record.status == Status::Completed {
            return self.load(&record).await;
        }
        let message = format!("generation {} is {}", self.id, record.status);
        Err(Error::new(&code::GENERATION_NOT_FINISHED, message).with_generation(self.id))
    }

    /// Asks to stop it, here and at the provider; what is paid for already is kept for a retry. Returns at once:
    /// [`wait`](Self::wait) tells when it has ended, with `generation.cancelled` unless it was done before.
    ///
    /// # Errors
    ///
    /// `store.*`.
    pub async fn cancel(&self) -> Result<()> {
        if self.loqui.inner.store.request_cancel(self.id).await? {
            self.loqui.inner.drivers.cancel(self.id);
            self.loqui.start(self.id);
        }
        Ok(())
    }

    /// Starts it anew after it has failed; segments that were good are kept and not paid again.
    ///
    /// # Errors
    ///
    /// `generation.not_failed`; `sample.not_found` if its sample was erased; `store.*`.
    pub async fn retry(&self) -> Result<()> {
        let inner = &self.loqui.inner;
        // Without its voice it would only fail again.
        self.loqui.sample(self.record().await?.sample).await?;
        if !inner.store.reopen(self.id, inner.clock.now()).await? {
            let status = self.status().await?;
            let message = format!("generation {} is {status}", self.id);
            return Err(Error::new(&code::GENERATION_NOT_FAILED, message).with_generation(self.id));
        }
        self.loqui.start(self.id);
        Ok(())
    }

    /// Erases its words, takes and speech; what was spent on it stays in the books.
    ///
    /// # Errors
    ///
    /// `generation.not_finished`: cancel it first; `store.*`: erase it again then.
    pub async fn erase(&self) -> Result<()> {
        let inner = &self.loqui.inner;
        if !inner.store.erase_generation(self.id, inner.clock.now()).await? {
            let message = format!("there is no generation {}", self.id);
            return Err(Error::new(&code::GENERATION_NOT_FOUND, message).with_generation(self.id));
        }
        inner.audio.delete_all(&format!("generations/{}", self.id)).await?;
        tracing::info!(generation = self.id, "erased a generation: its words, takes and speech");
        Ok(())
    }

    /// Everything that is written down of it but its takes: whose it is, its script and options.
    ///
    /// # Errors
    ///
    /// `generation.not_found` once it was erased; `store.*`.
    pub async fn record(&self) -> Result<GenerationRecord> {
        self.loqui.record(self.id).await
    }

    async fn load(&self, record: &GenerationRecord) -> Result<Speech> {
        let takes = self.loqui.inner.store.takes(self.id).await?;
        let key = record
            .speech
            .as_ref()
            .map(|speech| speech.audio.as_str())
            .unwrap_or_default();
        let wav = self.loqui.inner.audio.get(key).await?.ok_or_else(|| {
            Error::new(
                &code::STORE_CORRUPT,
                format!("the speech of generation {} is missing", self.id),
            )
            .with_generation(self.id)
        })?;
        Speech::new(wav, GenerationInfo::new(record, &takes))
    }
}

/// An error that several wait for, as each of them gets it.
fn shared(error: &Error, generation: i64) -> Error {
    let code = code::ALL
        .iter()
        .copied()
        .find(|code| code.name() == error.code())
        .unwrap_or(&code::INTERNAL);
    Error::new(code, error.message())
        .with_hint(error.hint().unwrap_or_default())
        .with_generation(generation)
}

impl fmt::Debug for Generation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Generation({})", self.id)
    }
}
