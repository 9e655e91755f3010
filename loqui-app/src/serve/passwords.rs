//! Passwords: argon2id, a few at a time.

use std::sync::{Arc, OnceLock};

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use loqui_core::Error;
use loqui_core::error::code;
use tokio::sync::Semaphore;

/// Each takes 19 MiB: more at a time would be a way to fill the memory.
const AT_A_TIME: usize = 2;

/// Hashes and checks passwords.
#[derive(Clone, Debug)]
pub(crate) struct Passwords {
    turns: Arc<Semaphore>,
}

impl Default for Passwords {
    fn default() -> Self {
        Self {
            turns: Arc::new(Semaphore::new(AT_A_TIME)),
        }
    }
}

impl Passwords {
    /// The hash to keep, with its salt and parameters in it.
    pub(crate) async fn hash(&self, password: &str) -> Result<String, Error> {
        let password = password.to_owned();
        self.work(move || hash(&password)).await?
    }

    /// Whether this is the password; without a hash it takes as long, and is false.
    pub(crate) async fn verify(&self, password: &str, hash: Option<&str>) -> Result<bool, Error> {
        let (password, hash) = (password.to_owned(), hash.map(str::to_owned));
        self.work(move || {
            static NOBODY: OnceLock<String> = OnceLock::new();
            let nobody = || NOBODY.get_or_init(|| self::hash("nobody has this password").unwrap_or_default());
            let known = hash.is_some();
            let hash = hash.unwrap_or_else(|| nobody().clone());
            let right =
                PasswordHash::new(&hash).is_ok_and(|hash| argon2().verify_password(password.as_bytes(), &hash).is_ok());
            right && known
        })
        .await
    }

    async fn work<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
        let _turn = self.turns.acquire().await;
        tokio::task::spawn_blocking(work)
            .await
            .map_err(|source| Error::new(&code::INTERNAL, "checking a password broke off").with_source(source))
    }
}

/// OWASP's parameters, which are also the library's defaults; named, so that an update does not change them unnoticed.
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
    async fn a_password_is_kept_as_argon2id_with_a_salt_of_its_own() {
        let passwords = Passwords::default();
        let (one, other) = (
            passwords.hash("testpass123").await.unwrap(),
            passwords.hash("testpass123").await.unwrap(),
        );
        assert!(one.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{one}");
        assert_ne!(one, other);
        assert!(passwords.verify("testpass123", Some(&one)).await.unwrap());
        assert!(!passwords.verify("testpass124", Some(&one)).await.unwrap());
        assert!(!passwords.verify("nobody has this password", None).await.unwrap());
    }
}
