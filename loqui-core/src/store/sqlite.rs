//! Records in one SQLite file: what makes a generation survive a crash.

mod failure;
mod migrate;
mod open;
mod reads;
mod rows;
#[cfg(test)]
mod tests;
mod writer;
mod writes;

use std::path::{Path, PathBuf};
use std::time::Duration;

use async_trait::async_trait;
use futures::future::{BoxFuture, FutureExt as _};
use jiff::Timestamp;
use sqlx::SqliteConnection;
use tokio::sync::OnceCell;

use self::failure::Failure;
use self::open::Opened;
use self::writer::Turn;
use super::{Change, Fence, Filter, GenerationStore, NewSample, SampleFilter, SampleRecord, Spending, UsageFilter};
use crate::error::Result;
use crate::ledger::{Event, GenerationRecord, NewGeneration, TakeId, TakeRecord};

/// Keeps records in one SQLite file.
///
/// What a call returned `Ok` for is on the disk (`journal_mode=WAL`, `synchronous=FULL`). Calls that come at the same time
/// share one transaction, so many callers cost little more than one. Several processes may use one file on one machine;
/// a file on a network share is not safe.
///
/// A call that is given up before it answers may still be made.
///
/// # Examples
///
/// ```
/// use loqui_core::store::{GenerationStore as _, SqliteStore};
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
/// # let dir = tempfile::tempdir()?;
/// let store = SqliteStore::open(dir.path().join("records.sqlite")).await?;
/// assert!(store.unfinished().await?.is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct SqliteStore {
    path: PathBuf,
    opened: OnceCell<Opened>,
}

impl SqliteStore {
    /// Opens the file, or makes it; folders that are missing are made, and what is new is for its owner only.
    ///
    /// # Errors
    ///
    /// `store.unavailable` if it cannot be made, read or written; `store.corrupt` if it is not a file of records;
    /// `store.too_new` if a later version of this library wrote it.
    pub async fn open(path: impl Into<PathBuf>) -> Result<Self> {
        let store = Self::lazy(path);
        store.opened().await?;
        Ok(store)
    }

    /// Names the file, and opens it at the first call: every call answers the errors of [`open`](Self::open) until it
    /// can be opened.
    pub fn lazy(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            opened: OnceCell::new(),
        }
    }

    /// Where the file is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    async fn opened(&self) -> Result<&Opened> {
        let opened = self.opened.get_or_try_init(|| open::open(&self.path)).await;
        opened.map_err(|failure| failure.into_error(&self.path))
    }

    async fn change<T, W>(&self, turn: Turn, work: W) -> Result<T>
    where
        T: Send + 'static,
        W: for<'c> FnOnce(&'c mut SqliteConnection) -> BoxFuture<'c, Result<T, Failure>> + Send + 'static,
    {
        let done = self.opened().await?.writer.run(turn, work).await;
        done.map_err(|failure| failure.into_error(&self.path))
    }

    fn read<T>(&self, result: Result<T, Failure>) -> Result<T> {
        result.map_err(|failure| failure.into_error(&self.path))
    }
}

#[async_trait]
impl GenerationStore for SqliteStore {
    fn location(&self) -> String {
        self.path.display().to_string()
    }

    async fn add_sample(&self, sample: NewSample) -> Result<SampleRecord> {
        self.change(Turn::Soon, |to| writes::add_sample(to, sample).boxed())
            .await
    }

    async fn sample(&self, id: i64) -> Result<Option<SampleRecord>> {
        self.read(reads::sample(&self.opened().await?.readers, id).await)
    }

    async fn sample_of(&self, owner: Option<&str>, sha256: &str) -> Result<Option<SampleRecord>> {
        self.read(reads::sample_of(&self.opened().await?.readers, owner.unwrap_or_default(), sha256).await)
    }

    async fn samples(&self, filter: &SampleFilter) -> Result<Vec<SampleRecord>> {
        self.read(reads::samples(&self.opened().await?.readers, filter).await)
    }

    async fn erase_sample(&self, id: i64, now: Timestamp) -> Result<Option<SampleRecord>> {
        self.change(Turn::InOrder, move |to| writes::erase_sample(to, id, now).boxed())
            .await
    }

    async fn submit(&self, new: NewGeneration) -> Result<GenerationRecord> {
        self.change(Turn::Soon, |to| writes::submit(to, new).boxed()).await
    }

    async fn generation(&self, id: i64) -> Result<Option<GenerationRecord>> {
        self.read(reads::generation(&self.opened().await?.readers, id).await)
    }

    async fn generations(&self, filter: &Filter) -> Result<Vec<GenerationRecord>> {
        self.read(reads::generations(&self.opened().await?.readers, filter).await)
    }

    async fn takes(&self, generation: i64) -> Result<Vec<TakeRecord>> {
        self.read(reads::takes(&self.opened().await?.readers, generation).await)
    }

    async fn holds_remote(&self, remote: &str) -> Result<bool> {
        self.read(reads::holds_remote(&self.opened().await?.readers, remote).await)
    }

    async fn events(&self, generation: i64, after: u64) -> Result<Vec<Event>> {
        self.read(reads::events(&self.opened().await?.readers, generation, after).await)
    }

    async fn last_events(&self, generations: &[i64]) -> Result<Vec<(i64, u64)>> {
        self.read(reads::last_events(&self.opened().await?.readers, generations).await)
    }

    async fn claim(
        &self,
        generation: i64,
        worker: &str,
        now: Timestamp,
        lease: Duration,
    ) -> Result<Option<GenerationRecord>> {
        let worker = worker.to_owned();
        self.change(Turn::InOrder, move |to| {
            writes::claim(to, generation, worker, now, lease).boxed()
        })
        .await
    }

    async fn renew_lease(&self, worker: &str, now: Timestamp, lease: Duration) -> Result<()> {
        let worker = worker.to_owned();
        self.change(Turn::Soon, move |to| {
            async move { writes::beat(to, &worker, now, lease).await }.boxed()
        })
        .await
    }

    async fn release(&self, fence: Fence) -> Result<()> {
        self.change(Turn::InOrder, move |to| writes::release(to, fence).boxed())
            .await
    }

    async fn write(&self, fence: Fence, changes: Vec<Change>) -> Result<()> {
        self.change(Turn::InOrder, move |to| writes::write(to, fence, changes).boxed())
            .await
    }

    async fn cancel_requests(&self, worker: &str) -> Result<Vec<i64>> {
        self.read(reads::cancel_requests(&self.opened().await?.readers, worker).await)
    }

    async fn request_cancel(&self, generation: i64) -> Result<bool> {
        self.change(Turn::Soon, move |to| writes::request_cancel(to, generation).boxed())
            .await
    }

    async fn reopen(&self, generation: i64, now: Timestamp) -> Result<bool> {
        self.change(Turn::Soon, move |to| writes::reopen(to, generation, now).boxed())
            .await
    }

    async fn unfinished(&self) -> Result<Vec<i64>> {
        self.read(reads::unfinished(&self.opened().await?.readers).await)
    }

    async fn depth(&self) -> Result<(u64, u64)> {
        self.read(reads::depth(&self.opened().await?.readers).await)
    }

    async fn erase_generation(&self, generation: i64, now: Timestamp) -> Result<bool> {
        self.change(Turn::InOrder, move |to| {
            writes::erase_generation(to, generation, now).boxed()
        })
        .await
    }

    async fn prune_generation(&self, generation: i64, now: Timestamp) -> Result<bool> {
        self.change(Turn::InOrder, move |to| {
            writes::prune_generation(to, generation, now).boxed()
        })
        .await
    }

    async fn claim_next(
        &self,
        worker: &str,
        now: Timestamp,
        lease: Duration,
        limit: u32,
    ) -> Result<Vec<GenerationRecord>> {
        let worker = worker.to_owned();
        self.change(Turn::InOrder, move |to| {
            writes::claim_next(to, worker, now, lease, limit).boxed()
        })
        .await
    }

    async fn wait_for_work(&self) {
        std::future::pending::<()>().await;
    }

    async fn add_hint(&self, take: TakeId, remote: &str) -> Result<()> {
        let remote = remote.to_owned();
        self.change(Turn::InOrder, move |to| writes::add_hint(to, take, remote).boxed())
            .await
    }

    async fn hint(&self, take: TakeId) -> Result<Option<String>> {
        self.read(reads::hint(&self.opened().await?.readers, take).await)
    }

    async fn given_up(&self, from: Timestamp, to: Timestamp, limit: u32) -> Result<Vec<TakeRecord>> {
        self.read(reads::given_up(&self.opened().await?.readers, (from, to), limit).await)
    }

    async fn look_late(&self, take: TakeRecord) -> Result<bool> {
        self.change(Turn::InOrder, move |to| writes::look_late(to, take).boxed())
            .await
    }

    async fn ended_before(&self, at: Timestamp, limit: u32) -> Result<Vec<i64>> {
        self.read(reads::ended_before(&self.opened().await?.readers, at, limit).await)
    }

    async fn completed_before(&self, at: Timestamp, limit: u32) -> Result<Vec<i64>> {
        self.read(reads::completed_before(&self.opened().await?.readers, at, limit).await)
    }

    async fn spending(&self, filter: &UsageFilter) -> Result<Vec<Spending>> {
        self.read(reads::spending(&self.opened().await?.readers, filter).await)
    }
}
