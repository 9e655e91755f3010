//! Tables of an application in the database of a store, and transactions that change them together with the records.

#[cfg(test)]
pub(super) mod testing;

use std::fmt;
use std::sync::Arc;

use futures::future::{BoxFuture, FutureExt as _};
use jiff::Timestamp;

use super::connection::{self, Connection, Dialect, Query, Statement};
use super::failure::Failure;
#[cfg(feature = "postgres")]
use super::postgres::{self, PostgresStore};
#[cfg(feature = "sqlite")]
use super::sqlite::SqliteStore;
use super::{Priority, owners, reads, rows, writes};
use crate::error::{Error, Result};
use crate::id::{GenerationId, SampleId};
use crate::ledger::{GenerationRecord, NewGeneration};
use crate::store::{Filter, NewSample, SampleFilter, SampleRecord, Update};

/// The database of a store, for the tables of an application. Cheap to clone.
///
/// Both databases accept the placeholders `$1`, `$2` and so on. A table must not have the name of a table of the
/// library (`sample`, `sample_artefact`, `generation`, `take`, `hint`, `event`, `worker`, `spending`, `loqui_version`,
/// `application_version`). Foreign keys may refer to `sample.id` and `generation.id`, whose rows stay when they are
/// erased, and to no other column of these tables. Queries may read the columns `id`, `owner` and `erased_at` of
/// `sample` and `generation`, and `status` of `generation`.
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
///
/// use futures::FutureExt as _;
/// use loqui_core::ledger::NewGeneration;
/// use loqui_core::store::sql::{Query, Statement};
/// use loqui_core::store::{GenerationStore as _, SqliteStore};
///
/// const TITLES: &[Statement] = &[Statement::new(
///     "CREATE TABLE title (generation INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT",
///     "CREATE TABLE title (generation BIGINT PRIMARY KEY, text TEXT NOT NULL)",
/// )];
///
/// # async fn submit(new: NewGeneration) -> loqui_core::Result<()> {
/// let store = Arc::new(SqliteStore::lazy("records.sqlite"));
/// let database = Arc::clone(&store).database().expect("SQLite has one");
/// database.migrate("titles", TITLES).await?;
/// // The generation and its title, or neither.
/// let submitted = database.write(|mut transaction| {
///     async move {
///         let submitted = transaction.submit(new).await?;
///         let title = Query::new("INSERT INTO title (generation, text) VALUES ($1, $2)");
///         transaction.execute(title.bind(submitted.generation.id).bind("Chapter 1")).await?;
///         Ok(submitted)
///     }
///     .boxed()
/// });
/// println!("{}", submitted.await?.generation.id);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// Every call may return `store.unavailable`, `store.corrupt` and `store.too_new`.
#[derive(Clone)]
pub struct Database(pub(super) Store);

#[derive(Clone)]
pub(super) enum Store {
    #[cfg(feature = "sqlite")]
    Sqlite(Arc<SqliteStore>),
    #[cfg(feature = "postgres")]
    Postgres(Arc<PostgresStore>),
}

impl Database {
    /// Which database it is.
    pub fn dialect(&self) -> Dialect {
        match &self.0 {
            #[cfg(feature = "sqlite")]
            Store::Sqlite(_) => Dialect::Sqlite,
            #[cfg(feature = "postgres")]
            Store::Postgres(_) => Dialect::Postgres,
        }
    }

    /// Runs the migrations of an application that the database lacks: all or none, and once if several processes call it at
    /// the same time. The database counts the migrations that ran under the name of the application, so a released
    /// migration never changes, and new ones are added at the end.
    ///
    /// # Errors
    ///
    /// `store.too_new` if more migrations have run than are given: a later version of the application wrote the database.
    pub async fn migrate(&self, application: &'static str, migrations: &'static [Statement]) -> Result<()> {
        match &self.0 {
            #[cfg(feature = "sqlite")]
            Store::Sqlite(store) => {
                store
                    .change(Priority::Interactive, move |on| {
                        async move { migrate(on, application, migrations).await }.boxed()
                    })
                    .await
            }
            #[cfg(feature = "postgres")]
            Store::Postgres(store) => store.migrate_application(application, migrations).await,
        }
    }

    /// Runs a query that reads, and returns all rows.
    ///
    /// # Errors
    ///
    /// `store.*`.
    pub async fn all(&self, query: Query) -> Result<Vec<Row>> {
        let rows = match &self.0 {
            #[cfg(feature = "sqlite")]
            Store::Sqlite(store) => store.read(|on| async move { query.all(on).await }.boxed()).await,
            #[cfg(feature = "postgres")]
            Store::Postgres(store) => store.read(|on| async move { query.all(on).await }.boxed()).await,
        };
        Ok(rows?.into_iter().map(Row).collect())
    }

    /// Runs a query that reads, and returns the first row, if there is one.
    ///
    /// # Errors
    ///
    /// `store.*`.
    pub async fn optional(&self, query: Query) -> Result<Option<Row>> {
        Ok(self.all(query).await?.into_iter().next())
    }

    /// Runs a query that reads, and returns the first row.
    ///
    /// # Errors
    ///
    /// `store.unavailable` if there is no row.
    pub async fn one(&self, query: Query) -> Result<Row> {
        let row = self.optional(query).await?;
        row.ok_or_else(|| self.error(sqlx::Error::RowNotFound.into()))
    }

    /// Runs a statement in a transaction of its own, and returns how many rows it changed.
    ///
    /// # Errors
    ///
    /// `store.*`.
    pub async fn execute(&self, query: Query) -> Result<u64> {
        self.write(|mut transaction| async move { transaction.execute(query).await }.boxed())
            .await
    }

    /// Runs `work` in a transaction. If it returns an error, nothing has changed.
    ///
    /// The work must wait for nothing but its queries: with SQLite, all other writes wait for it.
    ///
    /// # Cancellation safety
    ///
    /// The transaction takes effect as a whole or not at all. If the future is dropped, it is unknown which.
    ///
    /// # Errors
    ///
    /// Those of `work`, without their sources where calls share a transaction.
    pub async fn write<T, W>(&self, work: W) -> Result<T>
    where
        T: Send + 'static,
        W: for<'t> FnOnce(Transaction<'t>) -> BoxFuture<'t, Result<T>> + Send + 'static,
    {
        match &self.0 {
            #[cfg(feature = "sqlite")]
            Store::Sqlite(store) => {
                let location = store.describe();
                store
                    .change(Priority::Interactive, move |on| run(on, location, work))
                    .await
            }
            #[cfg(feature = "postgres")]
            Store::Postgres(store) => {
                let location = store.describe();
                store
                    .change(Priority::Interactive, move |on| run(on, location, work))
                    .await
            }
        }
    }

    fn location(&self) -> String {
        match &self.0 {
            #[cfg(feature = "sqlite")]
            Store::Sqlite(store) => store.describe(),
            #[cfg(feature = "postgres")]
            Store::Postgres(store) => store.describe(),
        }
    }

    fn error(&self, failure: Failure) -> Error {
        error(failure, self.dialect(), &self.location())
    }
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Database({})", self.location())
    }
}

#[cfg(feature = "sqlite")]
impl From<Arc<SqliteStore>> for Database {
    fn from(store: Arc<SqliteStore>) -> Self {
        Self(Store::Sqlite(store))
    }
}

#[cfg(feature = "postgres")]
impl From<Arc<PostgresStore>> for Database {
    fn from(store: Arc<PostgresStore>) -> Self {
        Self(Store::Postgres(store))
    }
}

fn run<'t, T, W>(on: &'t mut (dyn Connection + 'static), location: String, work: W) -> BoxFuture<'t, Result<T, Failure>>
where
    T: Send + 'static,
    W: FnOnce(Transaction<'t>) -> BoxFuture<'t, Result<T>> + Send + 'static,
{
    async move { Ok(work(Transaction { on, location }).await?) }.boxed()
}

fn error(failure: Failure, dialect: Dialect, location: &str) -> Error {
    match dialect {
        #[cfg(feature = "postgres")]
        Dialect::Postgres => postgres::into_error(failure),
        _ => failure.into_error(location),
    }
}

/// A running transaction: queries of the application, and changes of the records.
///
/// After an error of the database, return it: Postgres refuses further statements of the transaction.
pub struct Transaction<'t> {
    on: &'t mut (dyn Connection + 'static),
    location: String,
}

impl Transaction<'_> {
    /// Which database it is.
    pub fn dialect(&self) -> Dialect {
        self.on.dialect()
    }

    /// Runs a query and returns all rows.
    ///
    /// # Errors
    ///
    /// `store.*`.
    pub async fn all(&mut self, query: Query) -> Result<Vec<Row>> {
        let rows = query.all(self.on).await;
        Ok(self.checked(rows)?.into_iter().map(Row).collect())
    }

    /// Runs a query and returns the first row, if there is one.
    ///
    /// # Errors
    ///
    /// `store.*`.
    pub async fn optional(&mut self, query: Query) -> Result<Option<Row>> {
        Ok(self.all(query).await?.into_iter().next())
    }

    /// Runs a query and returns the first row.
    ///
    /// # Errors
    ///
    /// `store.*`; `store.unavailable` if there is no row.
    pub async fn one(&mut self, query: Query) -> Result<Row> {
        let row = query.one(self.on).await;
        self.checked(row).map(Row)
    }

    /// Runs a statement and returns how many rows it changed.
    ///
    /// # Errors
    ///
    /// `store.*`.
    pub async fn execute(&mut self, query: Query) -> Result<u64> {
        let changed = query.execute(self.on).await;
        self.checked(changed)
    }

    /// Does what [`GenerationStore::submit`](crate::store::GenerationStore::submit) does.
    ///
    /// # Errors
    ///
    /// `sample.not_found`, `store.*`.
    pub async fn submit(&mut self, new: NewGeneration) -> Result<Submitted> {
        let submitted = writes::submit(self.on, new).await;
        self.checked(submitted)
    }

    /// Does what [`GenerationStore::add_sample`](crate::store::GenerationStore::add_sample) does.
    ///
    /// # Errors
    ///
    /// `store.*`.
    pub async fn add_sample(&mut self, new: NewSample) -> Result<SampleRecord> {
        let record = writes::add_sample(self.on, new).await;
        self.checked(record)
    }

    /// Does what [`GenerationStore::erase_sample`](crate::store::GenerationStore::erase_sample) does.
    ///
    /// # Errors
    ///
    /// `sample.in_use`, `store.*`.
    pub async fn erase_sample(&mut self, id: SampleId, now: Timestamp) -> Result<Option<SampleRecord>> {
        let record = writes::erase_sample(self.on, id, now).await;
        self.checked(record)
    }

    /// Does what [`GenerationStore::update`](crate::store::GenerationStore::update) does.
    ///
    /// # Errors
    ///
    /// `generation.not_finished`, `store.*`.
    pub async fn update(&mut self, update: Update) -> Result<bool> {
        let changed = writes::update(self.on, update).await;
        self.checked(changed)
    }

    /// Lists samples.
    ///
    /// # Errors
    ///
    /// `store.*`.
    pub async fn samples(&mut self, filter: &SampleFilter) -> Result<Vec<SampleRecord>> {
        let records = reads::samples(self.on, filter.clone()).await;
        self.checked(records)
    }

    /// Lists generations.
    ///
    /// # Errors
    ///
    /// `store.*`.
    pub async fn generations(&mut self, filter: &Filter) -> Result<Vec<GenerationRecord>> {
        let records = reads::generations(self.on, filter.clone()).await;
        self.checked(records)
    }

    /// Counts generations.
    ///
    /// # Errors
    ///
    /// `store.*`.
    pub async fn count_generations(&mut self, filter: &Filter) -> Result<u64> {
        let count = reads::count_generations(self.on, filter.clone()).await;
        self.checked(count)
    }

    /// Gives all samples, generations and spending of an owner to another owner, who must have none: for a migration that
    /// changes how an application names its owners.
    ///
    /// # Errors
    ///
    /// `store.*`.
    pub async fn rename_owner(&mut self, from: &str, to: &str) -> Result<()> {
        let renamed = owners::rename(self.on, from, to).await;
        self.checked(renamed)
    }

    /// Gives one sample to an owner, who must not have the same recording.
    ///
    /// # Errors
    ///
    /// `store.*`.
    pub async fn give_sample(&mut self, sample: SampleId, owner: &str) -> Result<()> {
        let given = owners::give_sample(self.on, sample, owner).await;
        self.checked(given)
    }

    /// Gives one generation to the owner of a sample of the same recording.
    ///
    /// # Errors
    ///
    /// `store.*`.
    pub async fn give_generation(&mut self, generation: GenerationId, sample: SampleId, owner: &str) -> Result<()> {
        let given = owners::give_generation(self.on, generation, sample, owner).await;
        self.checked(given)
    }

    /// Gives the spending of an owner to another owner, who must have none.
    ///
    /// # Errors
    ///
    /// `store.*`.
    pub async fn give_spending(&mut self, from: &str, to: &str) -> Result<()> {
        let given = owners::give_spending(self.on, from, to).await;
        self.checked(given)
    }

    fn checked<T>(&self, result: Result<T, Failure>) -> Result<T> {
        result.map_err(|failure| error(failure, self.on.dialect(), &self.location))
    }
}

impl fmt::Debug for Transaction<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Transaction({})", self.location)
    }
}

/// The result of a submission.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Submitted {
    /// The generation.
    pub generation: GenerationRecord,
    /// False if its owner had submitted it before under the same idempotency key.
    pub is_new: bool,
}

/// A row of a result. Columns are read by name.
///
/// # Errors
///
/// Each method returns `store.corrupt` if the column does not exist or has another type, and those without `optional_` also
/// if it is null.
pub struct Row(Box<dyn connection::Row>);

impl Row {
    /// An integer, or a time in microseconds since 1970 in UTC.
    ///
    /// # Errors
    ///
    /// See [`Row`].
    pub fn integer(&self, column: &'static str) -> Result<i64> {
        rows::integer(self.0.as_ref(), column).map_err(unreadable)
    }

    /// An integer that may be null.
    ///
    /// # Errors
    ///
    /// See [`Row`].
    pub fn optional_integer(&self, column: &'static str) -> Result<Option<i64>> {
        self.0.integer(column).map_err(|error| unreadable(error.into()))
    }

    /// A floating-point number.
    ///
    /// # Errors
    ///
    /// See [`Row`].
    pub fn real(&self, column: &'static str) -> Result<f64> {
        rows::real(self.0.as_ref(), column).map_err(unreadable)
    }

    /// A text.
    ///
    /// # Errors
    ///
    /// See [`Row`].
    pub fn text(&self, column: &'static str) -> Result<String> {
        rows::text(self.0.as_ref(), column).map_err(unreadable)
    }

    /// A text that may be null.
    ///
    /// # Errors
    ///
    /// See [`Row`].
    pub fn optional_text(&self, column: &'static str) -> Result<Option<String>> {
        rows::optional_text(self.0.as_ref(), column).map_err(unreadable)
    }

    /// A truth value: a `BOOLEAN` of Postgres, an `INTEGER` of SQLite.
    ///
    /// # Errors
    ///
    /// See [`Row`].
    pub fn boolean(&self, column: &'static str) -> Result<bool> {
        rows::boolean(self.0.as_ref(), column).map_err(unreadable)
    }
}

impl fmt::Debug for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Row(..)")
    }
}

fn unreadable(failure: Failure) -> Error {
    failure.into_error("the database")
}

/// The number of migrations that each application has run.
const VERSIONS: Statement = Statement {
    sqlite: "CREATE TABLE IF NOT EXISTS application_version (application TEXT PRIMARY KEY, version INTEGER NOT NULL) STRICT",
    postgres: "CREATE TABLE IF NOT EXISTS application_version (application TEXT PRIMARY KEY, version BIGINT NOT NULL)",
};

/// Runs the migrations that the database lacks, in a transaction that no other process migrates beside.
pub(super) async fn migrate(
    on: &mut dyn Connection,
    application: &'static str,
    migrations: &'static [Statement],
) -> Result<(), Failure> {
    let dialect = on.dialect();
    on.script(VERSIONS.of(dialect)).await?;
    let query = Query::new("SELECT version FROM application_version WHERE application = $1").bind(application);
    let done: usize = match query.optional(on).await? {
        Some(row) => rows::integer(row.as_ref(), "version")?,
        None => 0,
    };
    let latest = migrations.len();
    let Some(missing) = migrations.get(done..) else {
        return Err(Failure::TooNew {
            found: done.cast_signed() as i64,
            known: latest.cast_signed() as i64,
        });
    };
    for migration in missing {
        on.script(migration.of(dialect)).await?;
    }
    if !missing.is_empty() {
        let query = "INSERT INTO application_version (application, version) VALUES ($1, $2)
                     ON CONFLICT (application) DO UPDATE SET version = excluded.version";
        let query = Query::new(query).bind(application).bind(latest.cast_signed() as i64);
        query.execute(on).await?;
    }
    Ok(())
}
