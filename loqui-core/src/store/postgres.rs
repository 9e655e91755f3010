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
use crate::ledger::{Event, GenerationRecord, NewGeneration, TakeId, TakeRecord};

/// A call takes a millisecond or two: a few connections serve thousands of generations, and none is held while one waits.
const CONNECTIONS: u32 = 8;
/// How long a call waits for a connection.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(30);
/// How long a whole call may take; above what the server allows for one statement. Nothing but a server or a network that
/// is gone without a word takes this long.
const ANSWER_TIMEOUT: Duration = Duration::from_mins(1);
/// What the server is asked to keep to for us. The last one is for a process that was frozen, or lost its network, within a
/// transaction: what it holds, the lock on spending for one, goes to the others.
const SERVER_SETTINGS: [(&str, &str); 3] = [
    ("synchronous_commit", "on"),
    ("statement_timeout", "30s"),
    ("idle_in_transaction_session_timeout", "10s"),
];

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
                .options(SERVER_SETTINGS)
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

    /// Does `work` on a connection of the pool. One that falls silent is closed and not used again.
    async fn on_connection<T, W>(&self, work: W) -> Result<T>
    where
        W: for<'c> FnOnce(&'c mut PgConnection) -> BoxFuture<'c, Result<T, Failure>> + Send,
    {
        let pool = self.pool().await?;
        let done = async {
            let mut connection = pool.acquire().await?;
            let Ok(done) = tokio::time::timeout(ANSWER_TIMEOUT, work(&mut connection)).await else {
                connection.close_on_drop();
                return Err(Failure::Silent);
            };
            done
        };
        done.await.map_err(Failure::into_error)
    }

    /// Does `work` in a transaction.
    async fn change<T, W>(&self, work: W) -> Result<T>
    where
        T: Send + 'static,
        W: for<'c> FnOnce(&'c mut PgConnection) -> BoxFuture<'c, Result<T, Failure>> + Send + 'static,
    {
        self.on_connection(|on| in_transaction(on, work).boxed()).await
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

async fn in_transaction<T, W>(on: &mut PgConnection, work: W) -> Result<T, Failure>
where
    W: for<'c> FnOnce(&'c mut PgConnection) -> BoxFuture<'c, Result<T, Failure>>,
{
    let mut transaction = on.begin().await?;
    match work(&mut transaction).await {
        Ok(done) => transaction.commit().await.map(|()| done).map_err(Failure::from),
        Err(failure) => {
            // Here and not when it is dropped: until a task comes to that, it would hold its locks.
            transaction.rollback().await?;
            Err(failure)
        }
    }
}

impl fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PostgresStore({:?})", self.options.get_host())
    }
}

#[async_trait]
impl GenerationStore for PostgresStore {
    fn location(&self) -> String {
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
        self.on_connection(move |from| reads::sample(from, id).boxed()).await
    }

    async fn sample_of(&self, owner: Option<&str>, sha256: &str) -> Result<Option<SampleRecord>> {
        let (owner, sha256) = (owner.unwrap_or_default().to_owned(), sha256.to_owned());
        self.on_connection(|from| reads::sample_of(from, owner, sha256).boxed())
            .await
    }

    async fn samples(&self, filter: &SampleFilter) -> Result<Vec<SampleRecord>> {
        let filter = filter.clone();
        self.on_connection(|from| reads::samples(from, filter).boxed()).await
    }

    async fn erase_sample(&self, id: i64, now: Timestamp) -> Result<Option<SampleRecord>> {
        self.change(move |to| writes::erase_sample(to, id, now).boxed()).await
    }

    async fn submit(&self, new: NewGeneration) -> Result<GenerationRecord> {
        self.change(|to| writes::submit(to, new).boxed()).await
    }

    async fn generation(&self, id: i64) -> Result<Option<GenerationRecord>> {
        self.on_connection(move |from| reads::generation(from, id).boxed())
            .await
    }

    async fn generations(&self, filter: &Filter) -> Result<Vec<GenerationRecord>> {
        let filter = filter.clone();
        self.on_connection(|from| reads::generations(from, filter).boxed())
            .await
    }

    async fn takes(&self, generation: i64) -> Result<Vec<TakeRecord>> {
        self.on_connection(move |from| reads::takes(from, generation).boxed())
            .await
    }

    async fn holds_remote(&self, remote: &str) -> Result<bool> {
        let remote = remote.to_owned();
        self.on_connection(|from| reads::holds_remote(from, remote).boxed())
            .await
    }

    async fn events(&self, generation: i64, after: u64) -> Result<Vec<Event>> {
        self.on_connection(move |from| reads::events(from, generation, after).boxed())
            .await
    }

    async fn last_events(&self, generations: &[i64]) -> Result<Vec<(i64, u64)>> {
        let generations = generations.to_vec();
        self.on_connection(|from| reads::last_events(from, generations).boxed())
            .await
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

    async fn renew_lease(&self, worker: &str, now: Timestamp, lease: Duration) -> Result<()> {
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
        let worker = worker.to_owned();
        self.on_connection(|from| reads::cancel_requests(from, worker).boxed())
            .await
    }

    async fn request_cancel(&self, generation: i64) -> Result<bool> {
        self.change(move |to| writes::request_cancel(to, generation).boxed())
            .await
    }

    async fn reopen(&self, generation: i64, now: Timestamp) -> Result<bool> {
        self.change(move |to| writes::reopen(to, generation, now).boxed()).await
    }

    async fn unfinished(&self) -> Result<Vec<i64>> {
        self.on_connection(move |from| reads::unfinished(from).boxed()).await
    }

    async fn depth(&self) -> Result<(u64, u64)> {
        self.on_connection(move |from| reads::depth(from).boxed()).await
    }

    async fn erase_generation(&self, generation: i64, now: Timestamp) -> Result<bool> {
        self.change(move |to| writes::erase_generation(to, generation, now).boxed())
            .await
    }

    async fn prune_generation(&self, generation: i64, now: Timestamp) -> Result<bool> {
        self.change(move |to| writes::prune_generation(to, generation, now).boxed())
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
        self.on_connection(move |from| reads::hint(from, take).boxed()).await
    }

    async fn given_up(&self, from: Timestamp, to: Timestamp, limit: u32) -> Result<Vec<TakeRecord>> {
        self.on_connection(move |on| reads::given_up(on, (from, to), limit).boxed())
            .await
    }

    async fn look_late(&self, take: TakeRecord) -> Result<bool> {
        self.change(move |to| writes::look_late(to, take).boxed()).await
    }

    async fn ended_before(&self, at: Timestamp, limit: u32) -> Result<Vec<i64>> {
        self.on_connection(move |from| reads::ended_before(from, at, limit).boxed())
            .await
    }

    async fn completed_before(&self, at: Timestamp, limit: u32) -> Result<Vec<i64>> {
        self.on_connection(move |from| reads::completed_before(from, at, limit).boxed())
            .await
    }

    async fn spending(&self, filter: &UsageFilter) -> Result<Vec<Spending>> {
        let filter = filter.clone();
        self.on_connection(|from| reads::spending(from, filter).boxed()).await
    }
}
