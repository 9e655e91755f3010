//! Users and their API keys.

use futures::FutureExt as _;
use jiff::Timestamp;
use loqui_core::Error;
use loqui_core::store::sql::{Query, Row};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::database::{Database, is_storable, now};
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
#[derive(Clone, Debug)]
pub(crate) struct Account {
    pub(crate) id: i64,
    /// The owner that stands for the user in the library: random, and never part of a response.
    pub(crate) owner: String,
    /// The name of the user in tokens.
    pub(crate) subject: String,
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
#[derive(Clone, Debug)]
pub(crate) struct ApiKey {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) start: String,
    pub(crate) created_at: i64,
}

/// The users and API keys.
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
        let password = self.passwords.hash(&new.password).await?;
        let adding = self.database.write(|mut transaction| {
            async move {
                let query = "INSERT INTO account (owner, subject, username, username_key, email, email_key, password,
                                 active, created_at)
                             VALUES ($1, $2, $3, $4, $5, $6, $7, TRUE, $8) ON CONFLICT DO NOTHING RETURNING *";
                let query = Query::new(query)
                    .bind(Uuid::new_v4().to_string())
                    .bind(Uuid::new_v4().to_string())
                    .bind(new.username.as_str())
                    .bind(key_of(&new.username))
                    .bind(new.email.as_deref())
                    .bind(new.email.as_deref().map(key_of))
                    .bind(password)
                    .bind(now());
                if let Some(row) = transaction.optional(query).await? {
                    return account(&row);
                }
                let query = Query::new("SELECT id FROM account WHERE username_key = $1").bind(key_of(&new.username));
                // Frontends compare these two messages.
                let message = match transaction.optional(query).await? {
                    Some(_) => "Username already registered",
                    None => "Email already registered",
                };
                Err(Error::new(&code::USER_EXISTS, message))
            }
            .boxed()
        });
        adding.await
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
        let found = if is_storable(username, self.database.dialect()) {
            let query = Query::new("SELECT * FROM account WHERE username_key = $1").bind(key_of(username));
            self.database.optional(query).await?
        } else {
            None
        };
        let found = found.map(|row| Ok::<_, Error>((row.text("password")?, account(&row)?)));
        let found = found.transpose()?;
        let hash = found.as_ref().map(|(hash, _)| hash.as_str());
        let right = self.passwords.verify(password, hash).await?;
        let Some((_, account)) = found.filter(|_| right) else {
            return Err(Error::new(&code::USER_WRONG_PASSWORD, "Incorrect username or password"));
        };
        active(account)
    }

    /// Returns the user that a token names, if the user is enabled.
    ///
    /// # Errors
    ///
    /// `user.unauthorized`, `user.inactive`, `store.unavailable`.
    pub(crate) async fn by_subject(&self, subject: &str) -> Result<Account, Error> {
        let query = Query::new("SELECT * FROM account WHERE subject = $1").bind(subject);
        let row = self.database.optional(query).await?.ok_or_else(unauthorized)?;
        active(account(&row)?)
    }

    /// Returns all users, oldest first.
    pub(crate) async fn list(&self) -> Result<Vec<Account>, Error> {
        let rows = self
            .database
            .all(Query::new("SELECT * FROM account ORDER BY id"))
            .await?;
        rows.iter().map(account).collect()
    }

    /// Enables or disables a user.
    ///
    /// # Errors
    ///
    /// `user.not_found`, `store.unavailable`.
    pub(crate) async fn set_active(&self, username: &str, active: bool) -> Result<Account, Error> {
        let missing = || Error::new(&code::USER_NOT_FOUND, format!("no user is named {username:?}"));
        if !is_storable(username, self.database.dialect()) {
            return Err(missing());
        }
        let query = Query::new("UPDATE account SET active = $1 WHERE username_key = $2 RETURNING *");
        let query = query.bind(active).bind(key_of(username));
        let changing = self
            .database
            .write(|mut transaction| async move { transaction.optional(query).await }.boxed());
        account(&changing.await?.ok_or_else(missing)?)
    }

    /// Adds a key. Its text is returned only here.
    pub(crate) async fn add_key(&self, account: i64, name: &str) -> Result<(ApiKey, String), Error> {
        let mut random = [0_u8; 32];
        getrandom::fill(&mut random)
            .map_err(|source| Error::new(&code::INTERNAL, "could not generate a key").with_source(source))?;
        let text = format!("{KEY_PREFIX}{}", hex::encode(random));
        let query = Query::new(
            "INSERT INTO api_key (account, name, start, hash, created_at) VALUES ($1, $2, $3, $4, $5) RETURNING *",
        )
        .bind(account)
        .bind(name)
        .bind(&text[..SHOWN])
        .bind(hash_of(&text))
        .bind(now());
        let adding = self
            .database
            .write(|mut transaction| async move { transaction.one(query).await }.boxed());
        Ok((api_key(&adding.await?)?, text))
    }

    /// Returns the keys of a user, oldest first.
    pub(crate) async fn keys(&self, account: i64) -> Result<Vec<ApiKey>, Error> {
        let query = Query::new("SELECT * FROM api_key WHERE account = $1 ORDER BY id").bind(account);
        self.database.all(query).await?.iter().map(api_key).collect()
    }

    /// Removes a key of a user. Returns false if it does not exist.
    pub(crate) async fn remove_key(&self, account: i64, key: i64) -> Result<bool, Error> {
        let query = Query::new("DELETE FROM api_key WHERE account = $1 AND id = $2")
            .bind(account)
            .bind(key);
        Ok(self.database.execute(query).await? > 0)
    }

    /// Returns the user of a key; `None` if the text is not an API key.
    pub(crate) async fn by_key(&self, text: &str) -> Result<Option<Account>, Error> {
        if !text.starts_with(KEY_PREFIX) {
            return Ok(None);
        }
        let query = "SELECT account.* FROM api_key JOIN account ON account.id = api_key.account WHERE hash = $1";
        let row = self.database.optional(Query::new(query).bind(hash_of(text))).await?;
        let row = row.ok_or_else(unauthorized)?;
        active(account(&row)?).map(Some)
    }

    /// Revokes a token before it expires.
    pub(crate) async fn revoke_token(&self, jti: &str, until: Timestamp) -> Result<(), Error> {
        let query = Query::new("INSERT INTO ended_token (id, expires) VALUES ($1, $2) ON CONFLICT DO NOTHING");
        self.database.execute(query.bind(jti).bind(until)).await.map(drop)
    }

    /// Returns whether a token was revoked, on any server.
    pub(crate) async fn is_revoked(&self, jti: &str) -> Result<bool, Error> {
        let query = Query::new("SELECT id FROM ended_token WHERE id = $1").bind(jti);
        Ok(self.database.optional(query).await?.is_some())
    }
}

fn account(row: &Row) -> Result<Account, Error> {
    Ok(Account {
        id: row.integer("id")?,
        owner: row.text("owner")?,
        subject: row.text("subject")?,
        username: row.text("username")?,
        email: row.optional_text("email")?,
        active: row.boolean("active")?,
        created_at: row.integer("created_at")?,
    })
}

fn api_key(row: &Row) -> Result<ApiKey, Error> {
    Ok(ApiKey {
        id: row.integer("id")?,
        name: row.text("name")?,
        start: row.text("start")?,
        created_at: row.integer("created_at")?,
    })
}

fn active(account: Account) -> Result<Account, Error> {
    if account.active {
        Ok(account)
    } else {
        Err(Error::new(&code::USER_INACTIVE, "Inactive user"))
    }
}

/// The form in which names and addresses are unique: letters of either case are the same, as far as they are ASCII.
pub(super) fn key_of(name: &str) -> String {
    name.to_ascii_lowercase()
}

/// The error for invalid credentials. Frontends compare this message.
pub(crate) fn unauthorized() -> Error {
    Error::new(&code::USER_UNAUTHORIZED, "Could not validate credentials")
}

fn hash_of(key: &str) -> String {
    hex::encode(Sha256::digest(key.as_bytes()))
}
