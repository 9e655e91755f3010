//! The error type of this crate: a stable code, a message of one line, and a hint.
//!
//! Modules use private error enums with expected and actual values. Public functions convert them into [`Error`].
//! `Display` prints the message only; [`report`] prints the message, its causes and the hint.

mod codes;
mod report;

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

pub use codes::{Code, code};
pub use report::report;

use crate::id::GenerationId;

/// The result of every fallible call of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// The kind of an error. Kinds differ in what a caller can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The recording, the text or a setting is invalid. Change it.
    InvalidInput,
    /// The token is missing, invalid or lacks permission. Use another token.
    Authentication,
    /// The credit or the budget is insufficient. Add credit or raise the budget.
    Payment,
    /// There were too many requests. Wait.
    RateLimited,
    /// The provider is unreachable, or its response was lost. Try again later.
    Network,
    /// The provider failed, or sent an unusable response.
    Provider,
    /// The generation, sample or file does not exist.
    NotFound,
    /// The operation was cancelled.
    Cancelled,
    /// A deadline has passed.
    Deadline,
    /// Records or audio could not be read or written. Check the disk or the database.
    Storage,
    /// There is a bug in this library. Report it.
    Internal,
}

impl ErrorKind {
    /// Returns the name that JSON shows, for instance `invalid_input`.
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

/// Whether retrying the same call can help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Retry {
    /// The same call will fail again.
    Never,
    /// The call may succeed later.
    Later,
    /// The call may succeed after this time.
    After(Duration),
    /// The error is transient, but the library's own retries have failed. A caller should not retry at once.
    Exhausted,
}

/// The error of every fallible function of this crate.
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
    generation_id: Option<GenerationId>,
    request_id: Option<String>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl Error {
    /// Creates an error with this code. `message` is one line that describes what happened, with values and units.
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

    /// Copies the error without its source, for several callers that wait for the same call.
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

    /// Replaces the message, for instance to say which of several inputs is meant.
    #[must_use]
    pub(crate) fn with_message(mut self, message: impl Into<String>) -> Self {
        self.0.message = message.into();
        self
    }

    /// Replaces the code's default hint.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    /// Replaces the code's default [`Retry`].
    #[must_use]
    pub fn with_retry(mut self, retry: Retry) -> Self {
        self.0.retry = retry;
        self
    }

    /// Sets the generation that the error belongs to.
    #[must_use]
    pub fn with_generation(mut self, id: impl Into<GenerationId>) -> Self {
        self.0.generation_id = Some(id.into());
        self
    }

    /// Sets the provider's id of the request or prediction.
    #[must_use]
    pub fn with_request_id(mut self, id: impl Into<String>) -> Self {
        self.0.request_id = Some(id.into());
        self
    }

    /// Sets the error that caused this one.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// Returns the kind, which tells what a caller can do.
    pub fn kind(&self) -> ErrorKind {
        self.0.code.kind()
    }

    /// Returns the stable code, for instance `sample.too_short`. Use [`is`](Self::is) to compare it.
    pub fn code(&self) -> &'static str {
        self.0.code.name()
    }

    /// Returns true if the error has this code.
    ///
    /// # Examples
    ///
    /// ```
    /// use loqui_core::error::code;
    ///
    /// let error = loqui_core::Sample::from_bytes("not audio").unwrap_err();
    /// assert!(error.is(&code::SAMPLE_UNREADABLE));
    /// ```
    pub fn is(&self, code: &Code) -> bool {
        self.0.code == code
    }

    /// Returns the message: one line, without causes and hint.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// Returns what the user can do about the error.
    pub fn hint(&self) -> Option<&str> {
        self.0.hint.as_deref().or_else(|| self.0.code.hint())
    }

    /// Returns whether retrying the same call can help.
    pub fn retry(&self) -> Retry {
        self.0.retry
    }

    /// Returns true if the same call may succeed later.
    pub fn retryable(&self) -> bool {
        matches!(self.0.retry, Retry::Later | Retry::After(_))
    }

    /// True if something that the work needs is away and may come back: the database, the audio store, the network or the
    /// provider. Such an error says nothing about a take or a generation.
    pub(crate) fn is_outage(&self) -> bool {
        match self.kind() {
            ErrorKind::Network | ErrorKind::RateLimited => true,
            ErrorKind::Storage => self.is(&code::STORE_UNAVAILABLE),
            _ => self.is(&code::REPLICATE_UNAVAILABLE) || self.is(&code::COG_UNAVAILABLE),
        }
    }

    /// Returns the generation that the error belongs to, if any.
    pub fn generation_id(&self) -> Option<GenerationId> {
        self.0.generation_id
    }

    /// Returns the provider's id of the request or prediction, if known.
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
    fn display_omits_the_source() {
        let error = Error::new(&code::STORE_UNAVAILABLE, "could not open the records")
            .with_source(std::io::Error::other("disk on fire"));
        assert_eq!(error.to_string(), "could not open the records");
        assert_eq!(error.source().map(ToString::to_string).as_deref(), Some("disk on fire"));
    }

    #[test]
    fn with_hint_replaces_the_default_hint() {
        let default = Error::new(&code::SCRIPT_EMPTY, "empty");
        let custom = Error::new(&code::SCRIPT_EMPTY, "empty").with_hint("write more");
        assert_ne!(default.hint(), custom.hint());
        assert_eq!(custom.hint(), Some("write more"));
    }
}
