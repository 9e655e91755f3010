//! The interface to a database connection, independent of the driver.

use async_trait::async_trait;
use jiff::Timestamp;
use sqlx::{AssertSqlSafe, SqlSafeStr as _, SqlStr};

use super::failure::Failure;
use crate::id::{GenerationId, SampleId};

/// The database at the other end of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Dialect {
    /// A SQLite file.
    Sqlite,
    /// A PostgreSQL server.
    Postgres,
}

/// A statement, or several separated by semicolons, that the two databases write differently.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Statement {
    /// The form for SQLite.
    pub sqlite: &'static str,
    /// The form for PostgreSQL.
    pub postgres: &'static str,
}

impl Statement {
    /// A statement in its forms for SQLite and for PostgreSQL.
    pub const fn new(sqlite: &'static str, postgres: &'static str) -> Self {
        Self { sqlite, postgres }
    }

    /// The form for this database.
    pub fn of(self, dialect: Dialect) -> &'static str {
        match dialect {
            Dialect::Sqlite => self.sqlite,
            Dialect::Postgres => self.postgres,
        }
    }
}

/// A statement with a row lock for Postgres. SQLite has no row locks: its one writer holds the whole file.
macro_rules! locking {
    ($statement:literal, $lock:literal) => {
        $crate::store::sql::connection::locking!($statement, $lock, "")
    };
    ($before:literal, $lock:literal, $after:literal) => {
        $crate::store::sql::connection::Statement {
            sqlite: concat!($before, " ", $after),
            postgres: concat!($before, " ", $lock, " ", $after),
        }
    };
}
pub(super) use locking;

/// A connection that runs one statement at a time.
#[async_trait]
pub(super) trait Connection: Send {
    fn dialect(&self) -> Dialect;

    /// Runs a query and returns its rows.
    async fn rows(&mut self, query: Query) -> Result<Vec<Box<dyn Row>>, Failure>;

    /// Runs a query and returns how many rows it changed.
    async fn execute(&mut self, query: Query) -> Result<u64, Failure>;

    /// Runs several statements without parameters, separated by semicolons.
    async fn script(&mut self, statements: &'static str) -> Result<(), Failure>;
}

/// A row of a result. Columns are read by name.
pub(super) trait Row: Send {
    fn dialect(&self) -> Dialect;
    fn integer(&self, column: &str) -> Result<Option<i64>, sqlx::Error>;
    fn real(&self, column: &str) -> Result<Option<f64>, sqlx::Error>;
    fn text(&self, column: &str) -> Result<Option<&str>, sqlx::Error>;
    fn boolean(&self, column: &str) -> Result<Option<bool>, sqlx::Error>;
    fn bytes(&self, column: &str) -> Result<Option<&[u8]>, sqlx::Error>;
}

/// A parameter of a query.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Value {
    /// A 64 bit integer, or a time in microseconds since 1970 in UTC.
    Integer(Option<i64>),
    /// A 64 bit floating-point number.
    Real(Option<f64>),
    /// A text. Postgres refuses one with a null character.
    Text(Option<String>),
    /// A truth value.
    Boolean(bool),
    /// Bytes.
    Bytes(Option<Vec<u8>>),
    /// An array in Postgres, a JSON array in SQLite.
    Integers(Vec<i64>),
}

/// A statement with its parameters, `$1` first. Both databases accept this form of placeholder.
#[derive(Debug)]
#[must_use = "a query does nothing before it is run"]
pub struct Query {
    pub(super) statement: SqlStr,
    pub(super) values: Vec<Value>,
}

impl Query {
    /// A statement without parameters yet.
    pub fn new(statement: &'static str) -> Self {
        Self {
            statement: statement.into_sql_str(),
            values: Vec::new(),
        }
    }

    /// Adds the value of the next placeholder.
    pub fn bind(mut self, value: impl Into<Value>) -> Self {
        self.values.push(value.into());
        self
    }

    /// Runs it and returns all rows.
    pub(super) async fn all(self, on: &mut dyn Connection) -> Result<Vec<Box<dyn Row>>, Failure> {
        on.rows(self).await
    }

    /// Runs it and returns the first row, if there is one.
    pub(super) async fn optional(self, on: &mut dyn Connection) -> Result<Option<Box<dyn Row>>, Failure> {
        Ok(on.rows(self).await?.into_iter().next())
    }

    /// Runs it and returns the first row.
    pub(super) async fn one(self, on: &mut dyn Connection) -> Result<Box<dyn Row>, Failure> {
        self.optional(on).await?.ok_or_else(|| sqlx::Error::RowNotFound.into())
    }

    /// Runs it and returns how many rows it changed.
    pub(super) async fn execute(self, on: &mut dyn Connection) -> Result<u64, Failure> {
        on.execute(self).await
    }
}

/// A statement whose conditions depend on the call. Text comes from this crate only; values are parameters.
#[derive(Debug)]
pub(super) struct Conditions {
    text: String,
    values: Vec<Value>,
}

impl Conditions {
    pub(super) fn new(statement: &'static str) -> Self {
        Self {
            text: statement.to_owned(),
            values: Vec::new(),
        }
    }

    /// Appends text.
    pub(super) fn push(&mut self, text: &'static str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// Appends the placeholder of a parameter.
    pub(super) fn push_bind(&mut self, value: impl Into<Value>) -> &mut Self {
        self.values.push(value.into());
        self.text.push('$');
        self.text.push_str(&self.values.len().to_string());
        self
    }

    pub(super) fn build(self) -> Query {
        Query {
            statement: AssertSqlSafe(self.text).into_sql_str(),
            values: self.values,
        }
    }
}

/// Implements [`Connection`] and [`Row`] for a driver of sqlx. `$integers` turns a list of integers into what the driver binds.
macro_rules! driver {
    ($dialect:ident, $connection:ty, $row:ty, $integers:expr) => {
        #[async_trait::async_trait]
        impl $crate::store::sql::connection::Connection for $connection {
            fn dialect(&self) -> $crate::store::sql::connection::Dialect {
                $crate::store::sql::connection::Dialect::$dialect
            }

            async fn rows(&mut self, query: Query) -> Result<Vec<Box<dyn Row>>, Failure> {
                let rows = prepared(query).fetch_all(self).await?;
                Ok(rows
                    .into_iter()
                    .map(|row| Box::new(row) as Box<dyn Row>)
                    .collect())
            }

            async fn execute(&mut self, query: Query) -> Result<u64, Failure> {
                Ok(prepared(query).execute(self).await?.rows_affected())
            }

            async fn script(&mut self, statements: &'static str) -> Result<(), Failure> {
                sqlx::raw_sql(statements).execute(self).await?;
                Ok(())
            }
        }

        fn prepared(
            query: Query,
        ) -> sqlx::query::Query<'static, sqlx::$dialect, <sqlx::$dialect as sqlx::Database>::Arguments> {
            let statement = sqlx::query(query.statement);
            query
                .values
                .into_iter()
                .fold(statement, |statement, value| match value {
                    Value::Integer(value) => statement.bind(value),
                    Value::Real(value) => statement.bind(value),
                    Value::Text(value) => statement.bind(value),
                    Value::Boolean(value) => statement.bind(value),
                    Value::Bytes(value) => statement.bind(value),
                    Value::Integers(values) => statement.bind($integers(values)),
                })
        }

        impl $crate::store::sql::connection::Row for $row {
            fn dialect(&self) -> $crate::store::sql::connection::Dialect {
                $crate::store::sql::connection::Dialect::$dialect
            }

            fn integer(&self, column: &str) -> Result<Option<i64>, sqlx::Error> {
                sqlx::Row::try_get(self, column)
            }

            fn real(&self, column: &str) -> Result<Option<f64>, sqlx::Error> {
                sqlx::Row::try_get(self, column)
            }

            fn text(&self, column: &str) -> Result<Option<&str>, sqlx::Error> {
                sqlx::Row::try_get(self, column)
            }

            fn boolean(&self, column: &str) -> Result<Option<bool>, sqlx::Error> {
                sqlx::Row::try_get(self, column)
            }

            fn bytes(&self, column: &str) -> Result<Option<&[u8]>, sqlx::Error> {
                sqlx::Row::try_get(self, column)
            }
        }
    };
}
pub(super) use driver;

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Integer(Some(value))
    }
}

impl From<u32> for Value {
    fn from(value: u32) -> Self {
        Self::Integer(Some(value.into()))
    }
}

impl From<u8> for Value {
    fn from(value: u8) -> Self {
        Self::Integer(Some(value.into()))
    }
}

impl From<Option<i64>> for Value {
    fn from(value: Option<i64>) -> Self {
        Self::Integer(value)
    }
}

/// Times are stored as microseconds since 1970 in UTC.
impl From<Timestamp> for Value {
    fn from(value: Timestamp) -> Self {
        Self::Integer(Some(value.as_microsecond()))
    }
}

impl From<Option<Timestamp>> for Value {
    fn from(value: Option<Timestamp>) -> Self {
        Self::Integer(value.map(Timestamp::as_microsecond))
    }
}

impl From<f64> for Value {
    fn from(value: f64) -> Self {
        Self::Real(Some(value))
    }
}

impl From<Option<f64>> for Value {
    fn from(value: Option<f64>) -> Self {
        Self::Real(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(Some(value.to_owned()))
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::Text(Some(value))
    }
}

impl From<Option<&str>> for Value {
    fn from(value: Option<&str>) -> Self {
        Self::Text(value.map(str::to_owned))
    }
}

impl From<Option<String>> for Value {
    fn from(value: Option<String>) -> Self {
        Self::Text(value)
    }
}

impl From<Option<Vec<u8>>> for Value {
    fn from(value: Option<Vec<u8>>) -> Self {
        Self::Bytes(value)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Boolean(value)
    }
}

impl From<GenerationId> for Value {
    fn from(id: GenerationId) -> Self {
        Self::Integer(Some(id.get()))
    }
}

impl From<SampleId> for Value {
    fn from(id: SampleId) -> Self {
        Self::Integer(Some(id.get()))
    }
}

impl From<Vec<GenerationId>> for Value {
    fn from(ids: Vec<GenerationId>) -> Self {
        Self::Integers(ids.into_iter().map(GenerationId::get).collect())
    }
}
