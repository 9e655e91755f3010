//! The one error of this crate: a stable code, one line for people, and what to do about it.
//!
//! Modules keep private enums with expected and actual values; they are turned into [`Error`] once, at the border.
//! `Display` prints this layer only; [`report`] prints the whole chain and the hint.

mod codes;
mod report;

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

pub use codes::{Code, code};
pub use report::report;

/// The result of every fallible call of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What kind of trouble it is. A kind exists only where a caller would act differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The recording, the text or a setting cannot be used: change it.
    InvalidInput,
    /// The token is missing, wrong or not allowed to do this: set another.
    Authentication,
    /// Credit or budget does not allow it: pay or raise it.
    Payment,
    /// Too many requests: wait.
    RateLimited,
    /// The provider could not be reached, or its answer was lost: try again later.
    Network,
    /// The provider tried and failed, or answered something unusable.
    Provider,
    /// There is no such generation, sample or file.
    NotFound,
    /// Somebody cancelled it.
    Cancelled,
    /// A deadline passed.
    Deadline,
    /// Records or audio could not be read or written: look at the disk or the database.
    Storage,
    /// A defect of this library: report it.
    Internal,
}

impl ErrorKind {
    /// Names the kind as it stands in JSON and in `tests/spec/errors.toml`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::InvalidInput => "invalid_input",
            Self::Authentication => "authentication",
            Self::Payment => "payment",
            Self::RateLimited => "rate_limited",
            Self::Network => "network",
            Self::Provider => "provider",
            Self::NotFound => "not_found",
            Self::Cancelled => "cancelled",
            Self::Deadline => "deadline",
            Self::Storage => "storage",
            Self::Internal => "internal",
        }
    }
}

/// Whether trying the same call again can help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Retry {
    /// The same call fails again.
    Never,
    /// It may work later.
    Later,
    /// It may work after this long.
    After(Duration),
    /// It was transient and has been retried in vain: outer layers need not multiply attempts.
    Exhausted,
}

/// What went wrong.
///
/// # Examples
///
/// ```
/// let error = loqui_core::Sample::from_bytes("not audio").unwrap_err();
/// assert_eq!(error.code(), "sample.unreadable");
/// assert!(!error.retryable());
/// assert!(error.hint().is_some());
/// ```
pub struct Error(Box<Inner>);

struct Inner {
    code: &'static Code,
    message: String,
    hint: Option<String>,
    retry: Retry,
    generation_id: Option<i64>,
    request_id: Option<String>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl Error {
    /// Builds an error of this code; `message` is one line that says what happened, with values and units.
    pub fn new(code: &'static Code, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            code,
            message: message.into(),
            hint: None,
            retry: code.retry(),
            generation_id: None,
            request_id: None,
            source: None,
        }))
    }

    /// The same for another of those who wait for one call; where it came from is not in it.
    pub(crate) fn again(&self) -> Self {
        Self(Box::new(Inner {
            code: self.0.code,
            message: self.0.message.clone(),
            hint: self.0.hint.clone(),
            retry: self.0.retry,
            generation_id: self.0.generation_id,
            request_id: self.0.request_id.clone(),
            source: None,
        }))
    }

    /// Replaces the code's usual hint.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    /// Replaces the code's usual answer to "does trying again help".
    #[must_use]
    pub fn with_retry(mut self, retry: Retry) -> Self {
        self.0.retry = retry;
        self
    }

    /// Names the generation that this happened to.
    #[must_use]
    pub fn with_generation(mut self, id: i64) -> Self {
        self.0.generation_id = Some(id);
        self
    }

    /// Names the provider's own number of the request or prediction.
    #[must_use]
    pub fn with_request_id(mut self, id: impl Into<String>) -> Self {
        self.0.request_id = Some(id.into());
        self
    }

    /// Keeps what caused it.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// The kind: decides what a caller does.
    pub fn kind(&self) -> ErrorKind {
        self.0.code.kind()
    }

    /// The stable code, for instance `sample.too_short`.
    pub fn code(&self) -> &'static str {
        self.0.code.name()
    }

    /// One line for people, without the causes and without the hint.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// What to do about it.
    pub fn hint(&self) -> Option<&str> {
        self.0.hint.as_deref().or_else(|| self.0.code.hint())
    }

    /// Whether trying the same call again can help.
    pub fn retry(&self) -> Retry {
        self.0.retry
    }

    /// True if the same call may work later.
    pub fn retryable(&self) -> bool {
        matches!(self.0.retry, Retry::Later | Retry::After(_))
    }

    /// The generation it happened to, where there is one.
    pub fn generation_id(&self) -> Option<i64> {
        self.0.generation_id
    }

    /// The provider's number of the request or prediction, where there is one.
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("code", &self.code())
            .field("message", &self.0.message)
            .field("retry", &self.0.retry)
            .field("generation_id", &self.0.generation_id)
            .field("request_id", &self.0.request_id)
            .field("source", &self.0.source)
            .finish()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn assert_error<T: StdError + Send + Sync + 'static>() {}
    const _: () = assert_error::<Error>();

    #[test]
    fn display_never_repeats_the_source() {
        let error = Error::new(&code::STORE_UNAVAILABLE, "could not open the records")
            .with_source(std::io::Error::other("disk on fire"));
        assert_eq!(error.to_string(), "could not open the records");
        assert_eq!(error.source().map(ToString::to_string).as_deref(), Some("disk on fire"));
    }

    #[test]
    fn a_hint_given_replaces_the_usual_one() {
        let usual = Error::new(&code::SCRIPT_EMPTY, "empty");
        let own = Error::new(&code::SCRIPT_EMPTY, "empty").with_hint("write more");
        assert_ne!(usual.hint(), own.hint());
        assert_eq!(own.hint(), Some("write more"));
    }
}
