//! Reads stdin.

use std::io::IsTerminal as _;

use loqui_core::Error;
use tokio::io::AsyncReadExt as _;

use crate::code;
use crate::failure::Failure;

/// Returns whether a person types at stdin.
pub(crate) fn is_terminal() -> bool {
    std::io::stdin().is_terminal()
}

/// Reads all of stdin, and at most one byte more than `limit`. `what` names the content in the error.
///
/// # Errors
///
/// `file.unreadable`.
pub(crate) async fn read(what: &str, limit: u64) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let mut stdin = tokio::io::stdin().take(limit.saturating_add(1));
    match stdin.read_to_end(&mut bytes).await {
        Ok(_) => Ok(bytes),
        Err(source) => {
            let message = format!("could not read {what} from stdin");
            Err(Error::new(&code::FILE_UNREADABLE, message).with_source(source).into())
        }
    }
}
