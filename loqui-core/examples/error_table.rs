//! Prints every error code as TOML: the table that the tests of all languages read.
//!
//! `cargo xtask generate` writes what this prints to `tests/spec/errors.toml`.

#![expect(clippy::print_stdout, reason = "a program for the terminal")]

use loqui_core::error::code;
use loqui_core::{ErrorKind, Retry};

fn main() -> Result<(), String> {
    println!("# Every error: its kind, whether trying again helps, what to do, and its class in Python and Node.");
    println!("# Made by `cargo xtask generate` from loqui-core/src/error/codes.rs: do not edit.");
    for code in code::ALL {
        let class = class(code.kind()).ok_or_else(|| format!("{}: this kind has no class yet", code.name()))?;
        let retry = retry(code.retry()).ok_or_else(|| format!("{}: no name for this retry", code.name()))?;
        println!("\n[[error]]");
        println!("code = {}", quoted(code.name()));
        println!("kind = {}", quoted(code.kind().name()));
        println!("retry = {}", quoted(retry));
        if let Some(hint) = code.hint() {
            println!("hint = {}", quoted(hint));
        }
        println!("python = {}", quoted(class));
        println!("node = {}", quoted(class));
    }
    Ok(())
}

/// The class for errors of this kind: the same name in both languages.
fn class(kind: ErrorKind) -> Option<&'static str> {
    Some(match kind {
        ErrorKind::InvalidInput => "InvalidInputError",
        ErrorKind::Authentication => "AuthenticationError",
        ErrorKind::Payment => "PaymentError",
        ErrorKind::RateLimited => "RateLimitError",
        ErrorKind::Network => "NetworkError",
        ErrorKind::Provider => "ProviderError",
        ErrorKind::NotFound => "NotFoundError",
        ErrorKind::Cancelled => "GenerationCancelledError",
        ErrorKind::Deadline => "DeadlineError",
        ErrorKind::Storage => "StorageError",
        ErrorKind::Internal => "InternalError",
        _ => return None,
    })
}

fn retry(retry: Retry) -> Option<&'static str> {
    match retry {
        Retry::Never => Some("never"),
        Retry::Later => Some("later"),
        _ => None,
    }
}

/// A JSON string is a TOML string, too.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
