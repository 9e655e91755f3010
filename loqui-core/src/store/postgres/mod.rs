//! Records in PostgreSQL: for any number of machines on one store.

mod failure;
mod migrate;
#[cfg(test)]
mod needs_postgres;
mod reads;
mod rows;
mod writes;

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use futures::future::{BoxFuture, FutureExt as _};
use jiff::Timestamp;
use sqlx::postgres::{PgConnectOptions, PgListener, PgPool, PgPoolOptions};
use sqlx::{ConnectOptions as _, Connection as _, PgConnection};
use tokio::sync::{Mutex, OnceCell};

use self::failure::Failure;
use super::{Change, Fence, Filter, GenerationStore, NewSample, SampleFilter, SampleRecord, Spending, UsageFilter};
use crate::error::{Error, Result, code};
use crate::generation::{Event, GenerationRecord, NewGeneration, TakeId, TakeRecord};

/// A call takes a millisecond or two: a few connections serve thousands of generations, and none is held while one waits.
const CONNECTIONS: u32 = 8;
/// How long a call waits for a connection.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(30);

/// Keeps records in PostgreSQL 13 or later. What a call returned `Ok` for is on the disk of the server
/// (`synchronous_commit` is turned on for every connection).
///
/// The tables are made at the first call, in the first schema of the search path; give one of its own with
/// `?options=-c%20search_path%3Dloqui` in the address.
pub struct PostgresStore {
    options: PgConnectOptions,
    pool: OnceCell<PgPool>,
    listener: Mutex<Option<PgListener>>,
}

impl PostgresStore {
    /// Connects, and makes the tables if they are not there.
    ///
    /// # Errors
    ///
    /// `option.out_of_range` for what is not an address; `store.unavailable` if nobody answers there; `store.too_new` if a
    /// later version of this library made the tables.
    pub async fn open(url: &str) -> Result<Self> {
        let store = Self::lazy(url)?;
        store.pool().await?;
        Ok(store)
    }

    /// Names the database, and connects at the first call.
    ///
    /// # Errors
    ///
    /// `option.out_of_range` for what is not an address.
    pub fn lazy(url: &str) -> Result<Self> {
        let options: PgConnectOptions = url.parse().map_err(|source: sqlx::Error| {
            Error::new(
                &code::OPTION_OUT_OF_RANGE,
                "the address of the database is not one of Postgres",
            )
            .with_hint("Write it as postgres://user:password@host:5432/database.")
            .with_source(source)
        })?;
        Ok(Self {
            options: options
                .application_name("loqui")
                .options([("synchronous_commit", "on")])
                .disable_statement_logging(),
            pool: OnceCell::new(),
            listener: Mutex::new(None),
        })
    }

    async fn pool(&self) -> Result<&PgPool> {
        let connected = self.pool.get_or_try_init(|| async {
            // One by itself first: where nobody answers it says so at once, and a pool would go on trying.
            let mut connection = self.options.connect().await?;
            migrate::migrate(&mut connection).await?;
            connection.close().await?;
            Ok(PgPoolOptions::new()
                .max_connections(CONNECTIONS)
                .acquire_timeout(ACQUIRE_TIMEOUT)
                .test_before_acquire(false)
                .connect_lazy_with(self.options.clone()))
        });
        connected.await.map_err(Failure::into_error)
    }

    /// Does `work` in a transaction.
    async fn change<T, W>(&self, work: W) -> Result<T>
    where
        W: for<'c> FnOnce(&'c mut PgConnection) -> BoxFuture<'c, Result<T, Failure>> + Send,
    {
        let pool = self.pool().await?;
        let done = async {
            let mut transaction = pool.begin().await?;
            let done = work(&mut transaction).await?;
            transaction.commit().await?;
            Ok(done)
        };
        done.await.map_err(Failure::into_error)
    }

    /// Waits for the next word that there is something to do.
    async fn notified(&self) -> Result<(), Failure> {
        let Ok(pool) = self.pool().await else {
            return std::future::pending().await;
        };
        let mut slot = self.listener.lock().await;
        if slot.is_none() {
            let schema: String = sqlx::query_scalar("SELECT current_schema()").fetch_one(pool).await?;
            let mut listener = PgListener::connect_with(pool).await?;
            listener.listen(&format!("loqui_work_{schema}")).await?;
            *slot = Some(listener);
        }
        // It stays where it is while it waits: whoever gives up waiting leaves it, and what it has read, to the next.
        let Some(listener) = slot.as_mut() else { return Ok(()) };
        if let Err(error) = listener.recv().await {
            *slot = None;
            return Err(error.into());
        }
        Ok(())
    }
}

impl fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PostgresStore({:?})", self.options.get_host())
    }
}

fn answer<T>(result: Result<T, Failure>) -> Result<T> {
    result.map_err(Failure::into_error)
}

#[async_trait]
impl GenerationStore for PostgresStore {
    fn place(&self) -> String {
        let database = self
            .options
            .get_database()
            .unwrap_or_else(|| self.options.get_username());
        let (host, port) = (self.options.get_host(), self.options.get_port());
        format!("postgres://{host}:{port}/{database}")
    }

    async fn add_sample(&self, sample: NewSample) -> Result<SampleRecord> {
        self.change(|to| writes::add_sample(to, sample).boxed()).await
    }

    async fn sample(&self, id: i64) -> Result<Option<SampleRecord>> {
        answer(reads::sample(self.pool().await?, id).await)
    }

    async fn sample_of(&self, owner: Option<&str>, sha256: &str) -> Result<Option<SampleRecord>> {
        answer(reads::sample_of(self.pool().await?, owner.unwrap_or_default(), sha256).await)
    }

    async fn samples(&self, filter: &SampleFilter) -> Result<Vec<SampleRecord>> {
        answer(reads::samples(self.pool().await?, filter).await)
    }

    async fn erase_sample(&self, id: i64, now: Timestamp) -> Result<Option<SampleRecord>> {
        self.change(move |to| writes::erase_sample(to, id, now).boxed()).await
    }

    async fn submit(&self, new: NewGeneration) -> Result<GenerationRecord> {
        self.change(|to| writes::submit(to, new).boxed()).await
    }

    async fn generation(&self, id: i64) -> Result<Option<GenerationRecord>> {
        answer(reads::generation(self.pool().await?, id).await)
    }

    async fn generations(&self, filter: &Filter) -> Result<Vec<GenerationRecord>> {
        answer(reads::generations(self.pool().await?, filter).await)
    }

    async fn takes(&self, generation: i64) -> Result<Vec<TakeRecord>> {
        answer(reads::takes(self.pool().await?, generation).await)
    }

    async fn holds_remote(&self, remote: &str) -> Result<bool> {
        answer(reads::holds_remote(self.pool().await?, remote).await)
    }

    async fn events(&self, generation: i64, after: u64) -> Result<Vec<Event>> {
        answer(reads::events(self.pool().await?, generation, after).await)
    }

    async fn last_events(&self, generations: &[i64]) -> Result<Vec<(i64, u64)>> {
        answer(reads::last_events(self.pool().await?, generations).await)
    }

    async fn claim(
        &self,
        generation: i64,
        worker: &str,
        now: Timestamp,
        lease: Duration,
    ) -> Result<Option<GenerationRecord>> {
        let worker = worker.to_owned();
        self.change(move |to| async move { writes::claim(to, generation, &worker, now, lease).await }.boxed())
            .await
    }

    async fn beat(&self, worker: &str, now: Timestamp, lease: Duration) -> Result<()> {
        let worker = worker.to_owned();
        self.change(move |to| async move { writes::beat(to, &worker, now, lease).await }.boxed())
            .await
    }

    async fn release(&self, fence: Fence) -> Result<()> {
        self.change(move |to| writes::release(to, fence).boxed()).await
    }

    async fn write(&self, fence: Fence, changes: Vec<Change>) -> Result<()> {
        self.change(move |to| writes::write(to, fence, changes).boxed()).await
    }

    async fn cancel_requests(&self, worker: &str) -> Result<Vec<i64>> {
        answer(reads::cancel_requests(self.pool().await?, worker).await)
    }

    async fn request_cancel(&self, generation: i64) -> Result<bool> {
        self.change(move |to| writes::request_cancel(to, generation).boxed())
            .await
    }

    async fn reopen(&self, generation: i64, now: Timestamp) -> Result<bool> {
        self.change(move |to| writes::reopen(to, generation, now).boxed()).await
    }

    async fn unfinished(&self) -> Result<Vec<i64>> {
        answer(reads::unfinished(self.pool().await?).await)
    }

    async fn depth(&self) -> Result<(u64, u64)> {
        answer(reads::depth(self.pool().await?).await)
    }

    async fn erase_generation(&self, generation: i64, now: Timestamp) -> Result<bool> {
        self.change(move |to| writes::erase_generation(to, generation, now).boxed())
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
        self.change(move |to| async move { writes::claim_next(to, &worker, now, lease, limit).await }.boxed())
            .await
    }

    async fn wait_for_work(&self) {
        if let Err(failure) = self.notified().await {
            // The worker looks by itself until it works again.
            tracing::debug!("cannot listen for work: {failure}");
            std::future::pending::<()>().await;
        }
    }

    async fn add_hint(&self, take: TakeId, remote: &str) -> Result<()> {
        let remote = remote.to_owned();
        self.change(move |to| writes::add_hint(to, take, remote).boxed()).await
    }

    async fn hint(&self, take: TakeId) -> Result<Option<String>> {
        answer(reads::hint(self.pool().await?, take).await)
    }

    async fn given_up(&self, from: Timestamp, to: Timestamp, limit: u32) -> Result<Vec<TakeRecord>> {
        answer(reads::given_up(self.pool().await?, (from, to), limit).await)
    }

    async fn look_late(&self, take: TakeRecord) -> Result<bool> {
        self.change(move |to| writes::look_late(to, take).boxed()).await
    }

    async fn ended_before(&self, at: Timestamp, limit: u32) -> Result<Vec<i64>> {
        answer(reads::ended_before(self.pool().await?, at, limit).await)
    }

    async fn spending(&self, filter: &UsageFilter) -> Result<Vec<Spending>> {
        answer(reads::spending(self.pool().await?, filter).await)
    }
}
