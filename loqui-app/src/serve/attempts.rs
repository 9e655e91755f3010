//! Limits failed sign-ins by client and by user name, in a sliding window, across all servers on the same records.

use std::net::IpAddr;
use std::time::Duration;

use futures::FutureExt as _;
use jiff::Timestamp;
use loqui_core::store::sql::Query;
use loqui_core::{Error, Retry};
use sha2::{Digest as _, Sha256};

use super::accounts::key_of;
use super::database::Database;
use crate::code;

/// The length of the window.
const WINDOW: Duration = Duration::from_mins(5);
/// The maximum number of failures of one client.
const MAX_BY_CLIENT: i64 = 30;
/// The maximum number of failures for one user name.
const MAX_BY_NAME: i64 = 10;

/// The failed sign-ins of the window.
#[derive(Clone, Debug)]
pub(crate) struct Attempts {
    database: Database,
}

impl Attempts {
    /// Uses this database.
    pub(crate) fn new(database: &Database) -> Self {
        Self {
            database: database.clone(),
        }
    }

    /// Checks whether another attempt is allowed. A registration has no name.
    ///
    /// # Errors
    ///
    /// `user.too_many_attempts` with the time until the next attempt; `store.unavailable`.
    pub(crate) async fn check(&self, client: IpAddr, name: Option<&str>, now: Timestamp) -> Result<(), Error> {
        let by_name = name.map(|name| (name_key(name), MAX_BY_NAME));
        for (key, most) in std::iter::once((client_key(client), MAX_BY_CLIENT)).chain(by_name) {
            let query = "SELECT count(*) AS count, min(at) AS first FROM failed_sign_in WHERE key = $1 AND at > $2";
            let query = Query::new(query).bind(key).bind(before(now));
            let row = self.database.one(query).await?;
            if row.integer("count")? < most {
                continue;
            }
            let first = row.optional_integer("first")?.unwrap_or_default();
            let age = Duration::from_micros(now.as_microsecond().saturating_sub(first).unsigned_abs());
            return Err(
                Error::new(&code::USER_TOO_MANY_ATTEMPTS, "Too many failed attempts to sign in")
                    .with_retry(Retry::After(WINDOW.saturating_sub(age))),
            );
        }
        Ok(())
    }

    /// Records a failure, and deletes those that have left the window.
    ///
    /// # Errors
    ///
    /// `store.unavailable`.
    pub(crate) async fn failed(&self, client: IpAddr, name: Option<&str>, now: Timestamp) -> Result<(), Error> {
        let keys: Vec<String> = std::iter::once(client_key(client)).chain(name.map(name_key)).collect();
        let recording = self.database.write(move |mut transaction| {
            async move {
                let old = Query::new("DELETE FROM failed_sign_in WHERE at <= $1").bind(before(now));
                transaction.execute(old).await?;
                for key in keys {
                    let query = Query::new("INSERT INTO failed_sign_in (key, at) VALUES ($1, $2)");
                    transaction.execute(query.bind(key).bind(now)).await?;
                }
                Ok(())
            }
            .boxed()
        });
        recording.await
    }

    /// Removes the failures of a user name after a successful sign-in.
    ///
    /// # Errors
    ///
    /// `store.unavailable`.
    pub(crate) async fn succeeded(&self, name: &str) -> Result<(), Error> {
        let query = Query::new("SELECT id FROM failed_sign_in WHERE key = $1 LIMIT 1").bind(name_key(name));
        if self.database.optional(query).await?.is_some() {
            let query = Query::new("DELETE FROM failed_sign_in WHERE key = $1").bind(name_key(name));
            self.database.execute(query).await?;
        }
        Ok(())
    }
}

fn before(now: Timestamp) -> i64 {
    now.as_microsecond() - WINDOW.as_micros() as i64
}

fn client_key(client: IpAddr) -> String {
    hash_of(&format!("client {client}"))
}

/// User names are case-insensitive.
fn name_key(name: &str) -> String {
    hash_of(&format!("name {}", key_of(name)))
}

/// A hash, because people type passwords as names.
fn hash_of(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use loqui_core::Loqui;

    use super::*;

    async fn attempts(folder: &std::path::Path) -> Attempts {
        let loqui = Loqui::builder()
            .engine_named("offline")
            .data_dir(folder)
            .build()
            .unwrap();
        Attempts::new(&Database::open(&loqui, folder).await.unwrap())
    }

    #[tokio::test]
    async fn name_is_blocked_after_ten_failures_until_the_window_ends() {
        let folder = tempfile::tempdir().unwrap();
        // Two servers on one database.
        let servers = [attempts(folder.path()).await, attempts(folder.path()).await];
        let now = Timestamp::from_microsecond(Timestamp::now().as_microsecond()).unwrap();
        let client = |last: u8| IpAddr::from([127, 0, 0, last]);
        for number in 0..10 {
            let attempts = &servers[usize::from(number % 2)];
            attempts.check(client(number), Some("Anna"), now).await.unwrap();
            attempts.failed(client(number), Some("Anna"), now).await.unwrap();
        }
        for attempts in &servers {
            let refused = attempts.check(client(99), Some("anna"), now).await.unwrap_err();
            assert_eq!(refused.code(), "user.too_many_attempts");
            assert!(matches!(refused.retry(), Retry::After(wait) if wait == WINDOW));
            attempts.check(client(99), Some("bert"), now).await.unwrap();
            attempts.check(client(99), None, now).await.unwrap();
            let later = now + jiff::SignedDuration::from_mins(5);
            attempts.check(client(99), Some("anna"), later).await.unwrap();
        }
        servers[1].succeeded("ANNA").await.unwrap();
        servers[0].check(client(99), Some("anna"), now).await.unwrap();
    }

    #[tokio::test]
    async fn client_that_tries_many_names_is_blocked() {
        let folder = tempfile::tempdir().unwrap();
        let attempts = attempts(folder.path()).await;
        let now = Timestamp::now();
        let client = IpAddr::from([10, 0, 0, 1]);
        for number in 0..30 {
            attempts.failed(client, Some(&number.to_string()), now).await.unwrap();
        }
        attempts.check(client, Some("anna"), now).await.unwrap_err();
        attempts.succeeded("0").await.unwrap();
        attempts.check(client, None, now).await.unwrap_err();
        attempts.check(IpAddr::from([10, 0, 0, 2]), None, now).await.unwrap();
    }
}
