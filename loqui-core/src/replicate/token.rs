//! The API token. It is never printed.

use std::fmt;

use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret as _, SecretString};

use crate::error::{Error, Result, code};

/// A Replicate API token (`r8_` followed by 37 characters). `Debug` does not show it.
///
/// ```
/// let token = loqui_core::replicate::Token::from("r8_secret");
/// assert_eq!(format!("{token:?}"), "Token(..)");
/// ```
#[derive(Clone)]
pub struct Token(SecretString);

impl Token {
    /// Returns the `Authorization` header, marked as sensitive so that no HTTP layer prints it.
    pub(super) fn header(&self) -> Result<HeaderValue> {
        let token = self.0.expose_secret().trim();
        if token.is_empty() {
            return Err(Error::new(
                &code::REPLICATE_MISSING_TOKEN,
                "the Replicate token is empty",
            ));
        }
        let mut value = HeaderValue::from_str(&format!("Bearer {token}")).map_err(|_| {
            Error::new(
                &code::REPLICATE_UNAUTHORIZED,
                "the Replicate token contains invalid characters",
            )
        })?;
        value.set_sensitive(true);
        Ok(value)
    }
}

impl From<&str> for Token {
    fn from(token: &str) -> Self {
        Self(token.into())
    }
}

impl From<String> for Token {
    fn from(token: String) -> Self {
        Self(token.into())
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_or_invalid_token_is_refused() {
        assert_eq!(
            Token::from(" \n").header().unwrap_err().code(),
            "replicate.missing_token"
        );
        let error = Token::from("r8_ab\ncd").header().unwrap_err();
        assert_eq!(error.code(), "replicate.unauthorized");
        assert!(!format!("{error:?}").contains("r8_"));
    }

    #[test]
    fn trailing_line_end_is_ignored() {
        let header = Token::from("r8_abc\n").header().unwrap();
        assert_eq!(header.to_str().unwrap(), "Bearer r8_abc");
        assert!(!format!("{header:?}").contains("r8_"));
    }
}
