//! Users and their API keys.

use jiff::Timestamp;
use loqui_core::Error;
use sha2::{Digest as _, Sha256};
use sqlx::FromRow;

use super::database::{Database, now, unavailable};
use super::passwords::Passwords;
use crate::code;

/// The prefix of every API key, so that secret scanners find leaked keys.
const KEY_PREFIX: &str = "lqk_";
/// The number of characters of a key that are stored in clear text, to distinguish keys.
const SHOWN: usize = 10;

/// The user name of the guide's script (S84).
pub(crate) const DEMO_USER: &str = "testuser";
/// The password of the demo user, which is public.
pub(crate) const DEMO_PASSWORD: &str = "testpass123";

/// A user.
#[derive(Clone, Debug, FromRow)]
pub(crate) struct Account {
    pub(crate) id: i64,
    pub(crate) username: String,
    pub(crate) email: Option<String>,
    pub(crate) active: bool,
    pub(crate) created_at: i64,
}

/// A user to add.
#[derive(Debug)]
pub(crate) struct NewAccount {
    pub(crate) username: String,
    pub(crate) email: Option<String>,
    pub(crate) password: String,
}

impl NewAccount {
    /// Validates user name, email address and password.
    ///
    /// # Errors
    ///
    /// All invalid fields with their problems.
    pub(crate) fn checked(
        username: String,
        email: Option<String>,
        password: String,
    ) -> Result<Self, Vec<(&'static str, &'static str)>> {
        let mut problems = Vec::new();
        if !(3..=50).contains(&username.chars().count()) {
            problems.push(("username", "it must have 3 to 50 characters"));
        } else if !username.chars().all(|c| c.is_alphanumeric() || "._-+@".contains(c)) {
            problems.push(("username", "it must consist of letters, digits and . _ - + @"));
        }
        if !(6..=100).contains(&password.chars().count()) {
            problems.push(("password", "it must have 6 to 100 characters"));
        }
        let email = email.filter(|email| !email.is_empty());
        if email.as_deref().is_some_and(|email| !is_address(email)) {
            problems.push(("email", "it is not an email address"));
        }
        if problems.is_empty() {
            Ok(Self {
                username,
                email,
                password,
            })
        } else {
            Err(problems)
        }
    }
}

fn is_address(text: &str) -> bool {
    let mut parts = text.split('@');
    let whole = matches!(
        (parts.next(), parts.next(), parts.next()),
        (Some(name), Some(host), None) if !name.is_empty() && !host.is_empty()
    );
    whole && text.len() <= 254 && !text.chars().any(|c| c.is_whitespace() || c.is_control())
}

/// An API key, without the secret.
#[derive(Clone, Debug, FromRow)]
pub(crate) struct ApiKey {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) start: String,
    pub(crate) created_at: i64,
}

/// The users and API keys in the database of the backend.
#[derive(Clone, Debug)]
pub(crate) struct Accounts {
    database: Database,
    passwords: Passwords,
}

impl Accounts {
    /// Uses this database.
    pub(crate) fn new(database: &Database) -> Self {
        Self {
            database: database.clone(),
            passwords: Passwords::default(),
        }
    }

    /// Adds a user.
    ///
    /// # Errors
    ///
    /// `user.exists`, `store.unavailable`.
    pub(crate) async fn add(&self, new: NewAccount) -> Result<Account, Error> {
        let hash = self.passwords.hash(&new.password).await?;
        let added = sqlx::query_as(
            "INSERT INTO account (username, email, password, active, created_at) VALUES (?, ?, ?, 1, ?)
             RETURNING id, username, email, active, created_at",
        )
        .bind(&new.username)
        .bind(&new.email)
        .bind(hash)
        .bind(now())
        .fetch_one(self.database.writes())
        .await;
        match added {
            Ok(account) => Ok(account),
            Err(error)
                if error
                    .as_database_error()
                    .is_some_and(sqlx::error::DatabaseError::is_unique_violation) =>
            {
                let taken: bool = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM account WHERE username = ?)")
                    .bind(&new.username)
                    .fetch_one(self.database.reads())
                    .await
                    .map_err(unavailable)?;
                // Frontends compare these two messages.
                let message = if taken {
                    "Username already registered"
                } else {
                    "Email already registered"
                };
                Err(Error::new(&code::USER_EXISTS, message))
            }
            Err(error) => Err(unavailable(error)),
        }
    }

    /// Adds the demo user of the guide, unless the name is taken.
    pub(crate) async fn seed_demo(&self) -> Result<(), Error> {
        let demo = NewAccount {
            username: DEMO_USER.to_owned(),
            email: None,
            password: DEMO_PASSWORD.to_owned(),
        };
        match self.add(demo).await {
            Err(error) if error.is(&code::USER_EXISTS) => Ok(()),
            added => added.map(drop),
        }
    }

    /// Returns the user with this name and password.
    ///
    /// # Errors
    ///
    /// `user.wrong_password` whether the name or the password is wrong; `user.inactive`; `store.unavailable`.
    pub(crate) async fn sign_in(&self, username: &str, password: &str) -> Result<Account, Error> {
        let found: Option<(i64, String)> = sqlx::query_as("SELECT id, password FROM account WHERE username = ?")
            .bind(username)
            .fetch_optional(self.database.reads())
            .await
            .map_err(unavailable)?;
        let hash = found.as_ref().map(|(_, hash)| hash.as_str());
        let right = self.passwords.verify(password, hash).await?;
        let Some((id, _)) = found.filter(|_| right) else {
            return Err(Error::new(&code::USER_WRONG_PASSWORD, "Incorrect username or password"));
        };
        self.active(id).await
    }

    /// Returns the user with this id, if it is enabled.
    ///
    /// # Errors
    ///
    /// `user.unauthorized`, `user.inactive`, `store.unavailable`.
    pub(crate) async fn active(&self, id: i64) -> Result<Account, Error> {
        let found: Option<Account> =
            sqlx::query_as("SELECT id, username, email, active, created_at FROM account WHERE id = ?")
                .bind(id)
                .fetch_optional(self.database.reads())
                .await
                .map_err(unavailable)?;
        match found {
            None => Err(unauthorized()),
            Some(account) if !account.active => Err(Error::new(&code::USER_INACTIVE, "Inactive user")),
            Some(account) => Ok(account),
        }
    }

    /// Returns all users, oldest first.
    pub(crate) async fn list(&self) -> Result<Vec<Account>, Error> {
        sqlx::query_as("SELECT id, username, email, active, created_at FROM account ORDER BY id")
            .fetch_all(self.database.reads())
            .await
            .map_err(unavailable)
    }

    /// Enables or disables a user.
    ///
    /// # Errors
    ///
    /// `user.not_found`, `store.unavailable`.
    pub(crate) async fn set_active(&self, username: &str, active: bool) -> Result<Account, Error> {
        sqlx::query_as(
            "UPDATE account SET active = ? WHERE username = ? RETURNING id, username, email, active, created_at",
        )
        .bind(active)
        .bind(username)
        .fetch_optional(self.database.writes())
        .await
        .map_err(unavailable)?
        .ok_or_else(|| Error::new(&code::USER_NOT_FOUND, format!("no user is named {username:?}")))
    }

    /// Adds a key. Its text is returned only here.
    pub(crate) async fn add_key(&self, account: i64, name: &str) -> Result<(ApiKey, String), Error> {
        let mut random = [0_u8; 32];
        getrandom::fill(&mut random)
            .map_err(|source| Error::new(&code::INTERNAL, "could not generate a key").with_source(source))?;
        let text = format!("{KEY_PREFIX}{}", hex::encode(random));
        let key = sqlx::query_as(
            "INSERT INTO api_key (account, name, start, hash, created_at) VALUES (?, ?, ?, ?, ?)
             RETURNING id, name, start, created_at",
        )
        .bind(account)
        .bind(name)
        .bind(&text[..SHOWN])
        .bind(hash_of(&text))
        .bind(now())
        .fetch_one(self.database.writes())
        .await
        .map_err(unavailable)?;
        Ok((key, text))
    }

    /// Returns the keys of a user, oldest first.
    pub(crate) async fn keys(&self, account: i64) -> Result<Vec<ApiKey>, Error> {
        sqlx::query_as("SELECT id, name, start, created_at FROM api_key WHERE account = ? ORDER BY id")
            .bind(account)
            .fetch_all(self.database.reads())
            .await
            .map_err(unavailable)
    }

    /// Removes a key of a user. Returns false if it does not exist.
    pub(crate) async fn remove_key(&self, account: i64, key: i64) -> Result<bool, Error> {
        sqlx::query("DELETE FROM api_key WHERE account = ? AND id = ?")
            .bind(account)
            .bind(key)
            .execute(self.database.writes())
            .await
            .map(|done| done.rows_affected() > 0)
            .map_err(unavailable)
    }

    /// Returns the user of a key; `None` if the text is not an API key.
    pub(crate) async fn by_key(&self, text: &str) -> Result<Option<Account>, Error> {
        if !text.starts_with(KEY_PREFIX) {
            return Ok(None);
        }
        let account: Option<i64> = sqlx::query_scalar("SELECT account FROM api_key WHERE hash = ?")
            .bind(hash_of(text))
            .fetch_optional(self.database.reads())
            .await
            .map_err(unavailable)?;
        match account {
            Some(id) => self.active(id).await.map(Some),
            None => Err(unauthorized()),
        }
    }

    /// Revokes a token before it expires.
    pub(crate) async fn revoke_token(&self, jti: &str, until: Timestamp) -> Result<(), Error> {
        sqlx::query("INSERT INTO ended_token (id, until) VALUES (?, ?) ON CONFLICT DO NOTHING")
            .bind(jti)
            .bind(until.as_microsecond())
            .execute(self.database.writes())
            .await
            .map(drop)
            .map_err(unavailable)
    }

    /// Returns whether a token was revoked.
    pub(crate) async fn is_revoked(&self, jti: &str) -> Result<bool, Error> {
        sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM ended_token WHERE id = ?)")
            .bind(jti)
            .fetch_one(self.database.reads())
            .await
            .map_err(unavailable)
    }
}

/// The error for invalid credentials. Frontends compare this message.
pub(crate) fn unauthorized() -> Error {
    Error::new(&code::USER_UNAUTHORIZED, "Could not validate credentials")
}

fn hash_of(key: &str) -> String {
    hex::encode(Sha256::digest(key.as_bytes()))
}
