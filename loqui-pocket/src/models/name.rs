//! Names of models, which are names of folders.

use super::Error;

/// Longest name, in bytes.
const MAX: usize = 64;

/// Checks that a name is a plain folder name on every platform.
pub(super) fn check(name: &str) -> Result<(), Error> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    let valid = (1..=MAX).contains(&name.len())
        && name.bytes().all(plain)
        && name.as_bytes()[0].is_ascii_alphanumeric()
        && !name.ends_with('.');
    if valid {
        Ok(())
    } else {
        Err(Error::InvalidName { name: name.to_owned() })
    }
}
