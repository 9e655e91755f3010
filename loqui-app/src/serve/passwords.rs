//! Password hashing with argon2id.

use std::sync::{Arc, OnceLock};

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use loqui_core::Error;
use tokio::sync::Semaphore;

use crate::code;

/// The number of concurrent hashes. Each needs 19 MiB, so a limit protects the memory.
const CONCURRENCY: usize = 2;

/// Hashes and verifies passwords.
#[derive(Clone, Debug)]
pub(crate) struct Passwords {
    permits: Arc<Semaphore>,
}

impl Default for Passwords {
    fn default() -> Self {
        Self {
            permits: Arc::new(Semaphore::new(CONCURRENCY)),
        }
    }
}

impl Passwords {
    /// Returns the hash of a password, with its salt and parameters.
    pub(crate) async fn hash(&self, password: &str) -> Result<String, Error> {
        let password = password.to_owned();
        self.work(move || hash(&password)).await?
    }

    /// Returns whether the password matches. Without a hash the result is false after the same time, so that the time
    /// does not reveal whether the user exists.
    pub(crate) async fn verify(&self, password: &str, hash: Option<&str>) -> Result<bool, Error> {
        let (password, hash) = (password.to_owned(), hash.map(str::to_owned));
        self.work(move || {
            static DUMMY: OnceLock<String> = OnceLock::new();
            let dummy = || DUMMY.get_or_init(|| self::hash("dummy password").unwrap_or_default());
            let known = hash.is_some();
            let hash = hash.unwrap_or_else(|| dummy().clone());
            let right =
                PasswordHash::new(&hash).is_ok_and(|hash| argon2().verify_password(password.as_bytes(), &hash).is_ok());
            right && known
        })
        .await
    }

    async fn work<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
        let _permit = self.permits.acquire().await;
        tokio::task::spawn_blocking(work)
            .await
            .map_err(|source| Error::new(&code::INTERNAL, "hashing a password was interrupted").with_source(source))
    }
}

/// The parameters that [OWASP recommends], written out so that an update of the crate does not change them.
///
/// [OWASP recommends]: https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html
fn argon2() -> Argon2<'static> {
    let params = Params::new(19 * 1024, 2, 1, None).unwrap_or_default();
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

fn hash(password: &str) -> Result<String, Error> {
    argon2()
        .hash_password(password.as_bytes())
        .map(|hash| hash.to_string())
        .map_err(|source| Error::new(&code::INTERNAL, "a password could not be hashed").with_source(source))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn password_is_hashed_with_argon2id_and_its_own_salt() {
        let passwords = Passwords::default();
        let (one, other) = (
            passwords.hash("testpass123").await.unwrap(),
            passwords.hash("testpass123").await.unwrap(),
        );
        assert!(one.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{one}");
        assert_ne!(one, other);
        assert!(passwords.verify("testpass123", Some(&one)).await.unwrap());
        assert!(!passwords.verify("testpass124", Some(&one)).await.unwrap());
        assert!(!passwords.verify("dummy password", None).await.unwrap());
    }
}
