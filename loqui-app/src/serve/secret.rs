//! The key that signs tokens. It is generated once and stored in the database, so that all servers have the same key.

use std::fmt;
use std::fs;
use std::io;
use std::path::Path;

use futures::FutureExt as _;
use loqui_core::Error;
use loqui_core::store::sql::Query;

use super::database::Database;
use super::earlier;
use crate::code;

/// The file in which earlier versions kept the key.
const FILE: &str = "jwt.secret";
/// The name of the key in the table.
const NAME: &str = "token_key";
/// The minimum length of a key for HS256 ([RFC 7518, section 3.2]), in bytes.
///
/// [RFC 7518, section 3.2]: https://www.rfc-editor.org/rfc/rfc7518#section-3.2
const MINIMUM_BYTES: usize = 32;

/// The key. `Debug` does not show it.
pub(crate) struct Secret(Vec<u8>);

impl Secret {
    /// Returns the configured key, or the stored one. If there is none, the key that an earlier version kept in the data
    /// directory is stored, or a new one.
    ///
    /// # Errors
    ///
    /// `option.out_of_range` for a key of less than 32 bytes; `store.unavailable`.
    pub(crate) async fn load(configured: Option<&str>, database: &Database, data_dir: &Path) -> Result<Self, Error> {
        let text = match configured {
            Some(text) => text.to_owned(),
            None => stored(database, &data_dir.join(FILE)).await?,
        };
        Self::new(&text)
    }

    fn new(text: &str) -> Result<Self, Error> {
        if text.len() < MINIMUM_BYTES {
            let message = format!(
                "the key for tokens has {} bytes; the minimum is {MINIMUM_BYTES}",
                text.len()
            );
            return Err(Error::new(&code::OPTION_OUT_OF_RANGE, message)
                .with_hint("Set LOQUI_JWT_SECRET to at least 32 random characters, or unset it."));
        }
        Ok(Self(text.as_bytes().to_vec()))
    }

    /// Returns the bytes of the key.
    pub(crate) fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(...)")
    }
}

async fn stored(database: &Database, file: &Path) -> Result<String, Error> {
    let earlier = match fs::read_to_string(file) {
        Ok(text) => Some(text.trim().to_owned()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(source) => {
            let message = format!("the key for tokens cannot be read from {}", file.display());
            return Err(Error::new(&code::STORE_UNAVAILABLE, message).with_source(source));
        }
    };
    let candidate = match &earlier {
        // A key that is too short is reported, not replaced.
        Some(text) => {
            Secret::new(text)?;
            text.clone()
        }
        None => generated()?,
    };
    let storing = database.write(|mut transaction| {
        async move {
            // Of servers that start at the same time, one stores its key.
            let query = "INSERT INTO shared_value (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING";
            transaction
                .execute(Query::new(query).bind(NAME).bind(candidate))
                .await?;
            let query = Query::new("SELECT value FROM shared_value WHERE name = $1").bind(NAME);
            transaction.one(query).await?.text("value")
        }
        .boxed()
    });
    let text = storing.await?;
    if earlier.is_some() {
        earlier::retire(file)?;
    }
    Ok(text)
}

fn generated() -> Result<String, Error> {
    let mut random = [0_u8; 48];
    getrandom::fill(&mut random)
        .map_err(|source| Error::new(&code::INTERNAL, "could not generate the key for tokens").with_source(source))?;
    Ok(hex::encode(random))
}

#[cfg(test)]
impl Secret {
    /// A key for the tests of tokens.
    pub(super) fn fixed() -> Self {
        Self(b"0123456789abcdef0123456789abcdef".to_vec())
    }
}

#[cfg(test)]
mod tests {
    use loqui_core::Loqui;

    use super::*;

    async fn database(folder: &Path) -> Database {
        let loqui = Loqui::builder()
            .engine_named("offline")
            .data_dir(folder)
            .build()
            .unwrap();
        Database::open(&loqui, folder).await.unwrap()
    }

    #[tokio::test]
    async fn key_is_generated_once_for_all_servers() {
        let folder = tempfile::tempdir().unwrap();
        let (here, there) = (database(folder.path()).await, database(folder.path()).await);
        let (first, again) = tokio::join!(
            Secret::load(None, &here, folder.path()),
            Secret::load(None, &there, folder.path())
        );
        let (first, again) = (first.unwrap(), again.unwrap());
        assert_eq!(first.expose(), again.expose());
        assert!(first.expose().len() >= MINIMUM_BYTES);
        assert_eq!(format!("{first:?}"), "Secret(...)");
        let configured = "another key with more than 32 bytes";
        let set = Secret::load(Some(configured), &here, folder.path()).await.unwrap();
        assert_eq!(set.expose(), configured.as_bytes());
        let short = Secret::load(Some("secret"), &here, folder.path()).await.unwrap_err();
        assert_eq!(short.code(), "option.out_of_range");
    }

    #[tokio::test]
    async fn key_of_an_earlier_version_is_taken_over() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(FILE);
        fs::write(&file, "0123456789abcdef0123456789abcdef0123\n").unwrap();
        let database = database(folder.path()).await;
        for _ in 0..2 {
            let key = Secret::load(None, &database, folder.path()).await.unwrap();
            assert_eq!(key.expose(), b"0123456789abcdef0123456789abcdef0123");
            assert!(!file.exists() && folder.path().join("jwt.secret.migrated").exists());
        }
    }
}
