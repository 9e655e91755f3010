//! Errors of starting an emulator.

use std::net::SocketAddr;

/// Why an emulator could not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// An address cannot be used.
    #[error("cannot listen on {address}")]
    #[non_exhaustive]
    Listen {
        /// The requested address.
        address: SocketAddr,
        /// The error of the operating system.
        source: std::io::Error,
    },
    /// The token is not `r8_` and 37 letters or digits.
    #[error("a token must be \"r8_\" and 37 letters or digits, got {length} characters")]
    #[non_exhaustive]
    Token {
        /// Number of characters of the token.
        length: usize,
    },
    /// A setting is out of range.
    #[error("setting {name} must be {expected}, got {actual}")]
    #[non_exhaustive]
    Setting {
        /// Name of the setting.
        name: &'static str,
        /// The accepted range.
        expected: &'static str,
        /// The actual value.
        actual: String,
    },
    /// The HTTP client for webhooks and references could not be built.
    #[error("cannot build the outgoing http client")]
    #[non_exhaustive]
    Client {
        /// The error of the HTTP library.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}
