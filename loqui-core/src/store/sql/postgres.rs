//! Records in PostgreSQL, for any number of machines that share one store.

mod copy;
mod migrate;
#[cfg(test)]
mod needs_postgres;

use std::fmt;

use futures::future::BoxFuture;
use sqlx::postgres::{PgConnectOptions, PgListener, PgPool, PgPoolOptions, PgRow};
use sqlx::{ConnectOptions as _, Connection as _, PgConnection};
use tokio::sync::{Mutex, OnceCell};

use super::connection::{Query, Row, Statement, Value, driver};
use super::failure::Failure;
use super::store::prelude::*;
use super::store::sql_store;
use crate::error::{Error, code};

/// The size of the pool. A call takes a millisecond or two and holds its connection only while it runs.
const CONNECTIONS: u32 = 8;
/// How long a call waits for a connection.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(30);
/// How long a whole call may take. It is above the statement timeout of the server, so only a lost server or network
/// reaches it.
const CALL_TIMEOUT: Duration = Duration::from_mins(1);
/// Settings of every connection. The last one releases the locks of a process that is frozen or disconnected inside a
/// transaction, among them the lock on spending.
const SERVER_SETTINGS: [(&str, &str); 3] = [
    ("synchronous_commit", "on"),
    ("statement_timeout", "30s"),
    ("idle_in_transaction_session_timeout", "10s"),
];

/// Keeps records in PostgreSQL 13 or later.
///
/// A call that returned `Ok` is on the disk of the server (every connection turns `synchronous_commit` on). A call fails
/// with `store.unavailable` after one minute without an answer.
///
/// The tables are created at the first call, in the first schema of the search path. To use a schema of its own, add
/// `?options=-c%20search_path%3Dloqui` to the address.
///
/// # Cancellation
///
/// A call that is dropped before it returns may still take effect.
pub struct PostgresStore {
    options: PgConnectOptions,
    pool: OnceCell<PgPool>,
    listener: Mutex<Option<PgListener>>,
}

impl PostgresStore {
    /// Connects, and creates the tables if they do not exist.
    ///
    /// # Errors
    ///
    /// `option.out_of_range` for an invalid address; `store.unavailable` if the server does not answer; `store.too_new` if
    /// a later version of this library created the tables.
    pub async fn open(url: &str) -> Result<Self> {
        let store = Self::lazy(url)?;
        store.pool().await?;
        Ok(store)
    }

    /// Names the database, and connects at the first call.
    ///
    /// # Errors
    ///
    /// `option.out_of_range` for an invalid address.
    pub fn lazy(url: &str) -> Result<Self> {
        let options: PgConnectOptions = url.parse().map_err(|source: sqlx::Error| {
            Error::new(
                &code::OPTION_OUT_OF_RANGE,
                "the address of the database is not a Postgres address",
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

    pub(super) fn describe(&self) -> String {
        let options = &self.options;
        let database = options.get_database().unwrap_or_else(|| options.get_username());
        format!("postgres://{}:{}/{database}", options.get_host(), options.get_port())
    }

    async fn pool(&self) -> Result<&PgPool> {
        let connected = self.pool.get_or_try_init(|| async {
            // A single connection first: it fails at once if there is no server, and a pool would keep trying.
            let mut connection = self.options.connect().await?;
            migrate::migrate(&mut connection).await?;
            connection.close().await?;
            Ok(PgPoolOptions::new()
                .max_connections(CONNECTIONS)
                .acquire_timeout(ACQUIRE_TIMEOUT)
                .test_before_acquire(false)
                .connect_lazy_with(self.options.clone()))
        });
        connected.await.map_err(into_error)
    }

    /// Runs `work` on a connection of the pool.
    pub(super) async fn read<T, W>(&self, work: W) -> Result<T>
    where
        W: for<'c> FnOnce(&'c mut PgConnection) -> BoxFuture<'c, Result<T, Failure>> + Send,
    {
        self.on_connection(work).await
    }

    /// Runs `work` in a transaction. The priority is ignored: there is no queue of writes.
    pub(super) async fn change<T, W>(&self, _priority: Priority, work: W) -> Result<T>
    where
        T: Send + 'static,
        W: for<'c> FnOnce(&'c mut PgConnection) -> BoxFuture<'c, Result<T, Failure>> + Send + 'static,
    {
        self.on_connection(|on| in_transaction(on, work).boxed()).await
    }

    /// Runs `work` on a connection of the pool. A connection that times out is closed.
    async fn on_connection<T, W>(&self, work: W) -> Result<T>
    where
        W: for<'c> FnOnce(&'c mut PgConnection) -> BoxFuture<'c, Result<T, Failure>> + Send,
    {
        let pool = self.pool().await?;
        let done = async {
            let mut connection = pool.acquire().await?;
            let Ok(done) = tokio::time::timeout(CALL_TIMEOUT, work(&mut connection)).await else {
                connection.close_on_drop();
                return Err(Failure::Timeout);
            };
            done
        };
        done.await.map_err(into_error)
    }

    /// Runs the migrations of an application that the database lacks.
    pub(super) async fn migrate_application(
        &self,
        application: &'static str,
        migrations: &'static [Statement],
    ) -> Result<()> {
        self.pool().await?;
        let migrated = async {
            let mut connection = self.options.connect().await?;
            migrate::migrate_application(&mut connection, application, migrations).await?;
            connection.close().await?;
            Ok(())
        };
        migrated.await.map_err(into_error)
    }

    /// The time of the server: the clocks of its clients may differ.
    async fn server_time(&self) -> Result<Option<Timestamp>> {
        self.read(|on| {
            async move {
                let query = "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint";
                let microseconds: i64 = sqlx::query_scalar(query).fetch_one(on).await?;
                Ok(Timestamp::from_microsecond(microseconds).ok())
            }
            .boxed()
        })
        .await
    }

    /// Returns at the next notification of submitted work.
    async fn notified(&self) {
        if let Err(failure) = self.next_notification().await {
            // The worker polls until listening works again.
            tracing::debug!("cannot listen for work: {failure}");
            std::future::pending::<()>().await;
        }
    }

    async fn next_notification(&self) -> Result<(), Failure> {
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
        // The listener stays in its slot while it waits, so that a cancelled wait loses no notification.
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
            // Explicitly: a dropped transaction holds its locks until the pool rolls it back.
            transaction.rollback().await?;
            Err(failure)
        }
    }
}

/// The address is not part of the error: it may contain a password.
pub(super) fn into_error(failure: Failure) -> Error {
    let reached = matches!(
        failure,
        Failure::Refused(_) | Failure::Record(_) | Failure::TooNew { .. } | Failure::Encode(_)
    );
    let error = failure.into_error("Postgres");
    if reached {
        return error;
    }
    error.with_hint("Check that Postgres is running, and the value of LOQUI_DATABASE_URL.")
}

impl fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PostgresStore({:?})", self.options.get_host())
    }
}

sql_store!(PostgresStore);
driver!(Postgres, PgConnection, PgRow, |values: Vec<i64>| values);
