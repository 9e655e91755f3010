//! What can go wrong when an emulator starts.

use std::net::SocketAddr;

/// Reports why an emulator could not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The address could not be listened on.
    #[error("cannot listen on {address}")]
    #[non_exhaustive]
    Listen {
        /// The address that was asked for.
        address: SocketAddr,
        /// What the system answered.
        source: std::io::Error,
    },
    /// The token does not look like one of Replicate's: `r8_` and 37 letters or digits.
    #[error("a token is \"r8_\" and 37 letters or digits, got {length} characters")]
    #[non_exhaustive]
    Token {
        /// How many characters it has; the token itself is not repeated.
        length: usize,
    },
    /// A setting is out of its range.
    #[error("setting {name} must be {expected}, got {actual}")]
    #[non_exhaustive]
    Setting {
        /// The setting's name.
        name: &'static str,
        /// What it accepts.
        expected: &'static str,
        /// What it was.
        actual: String,
    },
    /// The HTTP client that calls webhooks and fetches references could not be built.
    #[error("cannot build the outgoing http client")]
    #[non_exhaustive]
    Client {
        /// What the HTTP library answered.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}
