//! The SQL stores: SQLite and PostgreSQL run the same statements. An application can keep tables of its own beside those of
//! the library, in one transaction with them: see [`Database`].
//
// `reads`, `writes`, `claims`, `entries` and `artefacts` hold all statements. They are independent of the driver and use a `Connection`.
// Where the two databases differ, a `Statement` holds both forms side by side. What remains in `sqlite` and `postgres` is
// how each opens and migrates its database, shares its connections and reports failures.

mod application;
mod artefacts;
mod claims;
mod connection;
mod copy;
mod entries;
mod failure;
mod owners;
#[cfg(feature = "postgres")]
pub(super) mod postgres;
mod reads;
mod rows;
#[cfg(feature = "sqlite")]
pub(super) mod sqlite;
mod stand_ins;
mod store;
mod writes;

pub use application::{Database, Row, Submitted, Transaction};
pub use connection::{Dialect, Query, Statement, Value};
pub use copy::{Application, RecordsCopy, TableCopy};

/// The order in which waiting writes run, where a database has one writer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Priority {
    /// A caller waits for the result, or a lease depends on it.
    Interactive,
    /// Background progress.
    Background,
}
