//! Tokens of users: JSON Web Tokens signed with HS256.

use std::fmt;
use std::time::Duration;

use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use jsonwebtoken::crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::{ErrorKind, new_error};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use loqui_core::Error;
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use signature::{Signer, Verifier};

use super::secret::Secret;
use crate::code;

/// The claims of a token.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Claims {
    /// The name of the user in tokens, which only the database resolves.
    pub(crate) sub: String,
    /// The id of the token, which is stored if the token is revoked.
    pub(crate) jti: String,
    /// When the token was issued, in seconds since 1970.
    pub(crate) iat: i64,
    /// When the token expires, in seconds since 1970.
    pub(crate) exp: i64,
}

/// Issues and verifies tokens.
pub(crate) struct Tokens {
    signing: EncodingKey,
    checking: DecodingKey,
    lifetime: Duration,
}

impl Tokens {
    /// Uses this key, and this lifetime for new tokens.
    pub(crate) fn new(secret: &Secret, lifetime: Duration) -> Self {
        // Fails only if it is already installed, by another server in this process.
        let _ = PROVIDER.install_default();
        Self {
            signing: EncodingKey::from_secret(secret.expose()),
            checking: DecodingKey::from_secret(secret.expose()),
            lifetime,
        }
    }

    /// Returns the lifetime of new tokens, in seconds.
    pub(crate) fn lifetime_seconds(&self) -> u64 {
        self.lifetime.as_secs()
    }

    /// Issues a token for a user.
    pub(crate) fn issue(&self, subject: &str, now: Timestamp) -> Result<String, Error> {
        let iat = now.as_second();
        let claims = Claims {
            sub: subject.to_owned(),
            jti: uuid::Uuid::new_v4().to_string(),
            iat,
            exp: iat.saturating_add_unsigned(self.lifetime.as_secs()),
        };
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &self.signing)
            .map_err(|source| Error::new(&code::INTERNAL, "a token could not be signed").with_source(source))
    }

    /// Returns the claims of a token if its signature is valid and it has not expired.
    pub(crate) fn read(&self, token: &str) -> Option<Claims> {
        let mut validation = Validation::new(Algorithm::HS256);
        validation.leeway = 0;
        // A token is expired at the second of `exp`.
        validation.reject_tokens_expiring_in_less_than = 1;
        validation.set_required_spec_claims(&["exp", "sub"]);
        jsonwebtoken::decode::<Claims>(token, &self.checking, &validation)
            .ok()
            .map(|read| read.claims)
    }
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens")
            .field("lifetime", &self.lifetime)
            .finish_non_exhaustive()
    }
}

/// The cryptography of tokens. It supports HS256 only, so that no other algorithm can be selected.
static PROVIDER: CryptoProvider = CryptoProvider {
    signer_factory: |algorithm, key| {
        let mac = hs256(*algorithm, key.as_bytes())?;
        Ok(Box::new(Hs256(mac)))
    },
    verifier_factory: |algorithm, key| {
        let mac = hs256(*algorithm, key.try_get_as_bytes()?)?;
        Ok(Box::new(Hs256(mac)))
    },
    key_utils: KeyUtils::new_unimplemented(),
};

fn hs256(algorithm: Algorithm, key: &[u8]) -> jsonwebtoken::errors::Result<Hmac<Sha256>> {
    if algorithm != Algorithm::HS256 {
        return Err(new_error(ErrorKind::InvalidAlgorithm));
    }
    Hmac::new_from_slice(key).map_err(|_| new_error(ErrorKind::InvalidKeyFormat))
}

struct Hs256(Hmac<Sha256>);

impl Signer<Vec<u8>> for Hs256 {
    fn try_sign(&self, message: &[u8]) -> Result<Vec<u8>, signature::Error> {
        Ok(self.0.clone().chain_update(message).finalize().into_bytes().to_vec())
    }
}

impl Verifier<Vec<u8>> for Hs256 {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> Result<(), signature::Error> {
        let mac = self.0.clone().chain_update(message);
        mac.verify_slice(signature).map_err(|_| signature::Error::new())
    }
}

impl JwtSigner for Hs256 {
    fn algorithm(&self) -> Algorithm {
        Algorithm::HS256
    }
}

impl JwtVerifier for Hs256 {
    fn algorithm(&self) -> Algorithm {
        Algorithm::HS256
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;

    use super::*;

    fn tokens(lifetime: Duration) -> Tokens {
        Tokens::new(&Secret::fixed(), lifetime)
    }

    #[test]
    fn token_identifies_the_user_until_it_expires() {
        let tokens = tokens(Duration::from_mins(1));
        let now = Timestamp::now();
        let token = tokens.issue("7", now).unwrap();
        assert_eq!(tokens.read(&token).unwrap().sub, "7");
        let old = tokens.issue("7", now - jiff::SignedDuration::from_secs(61)).unwrap();
        assert!(tokens.read(&old).is_none());
    }

    #[test]
    fn forged_tokens_are_refused() {
        let tokens = tokens(Duration::from_mins(1));
        let token = tokens.issue("7", Timestamp::now()).unwrap();
        let parts: Vec<&str> = token.split('.').collect();
        let claims = String::from_utf8(BASE64.decode(parts[1]).unwrap()).unwrap();
        let other = BASE64.encode(claims.replace("\"7\"", "\"1\""));
        let none = BASE64.encode(r#"{"alg":"none","typ":"JWT"}"#);
        let rs256 = BASE64.encode(r#"{"alg":"RS256","typ":"JWT"}"#);
        for forged in [
            format!("{}.{other}.{}", parts[0], parts[2]),
            format!("{none}.{}.", parts[1]),
            format!("{none}.{}.{}", parts[1], parts[2]),
            format!("{rs256}.{}.{}", parts[1], parts[2]),
            format!("{}.{}.", parts[0], parts[1]),
            format!("{}.{}", parts[0], parts[1]),
            token[..token.len() - 2].to_owned(),
            String::new(),
        ] {
            assert!(tokens.read(&forged).is_none(), "{forged}");
        }
    }
}
