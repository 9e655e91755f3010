//! The key that signs tokens. It is generated once and stored in the data directory, readable by its owner only.

use std::fmt;
use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use loqui_core::Error;

use crate::code;

/// The name of the file.
const FILE: &str = "jwt.secret";
/// The minimum length of a key for HS256 ([RFC 7518, section 3.2]), in bytes.
///
/// [RFC 7518, section 3.2]: https://www.rfc-editor.org/rfc/rfc7518#section-3.2
const MINIMUM_BYTES: usize = 32;

/// The key. `Debug` does not show it.
pub(crate) struct Secret(Vec<u8>);

impl Secret {
    /// Returns the configured key, or the stored one, which is generated if it does not exist.
    ///
    /// # Errors
    ///
    /// `option.out_of_range` for a key of less than 32 bytes; `store.unavailable`.
    pub(crate) fn load(configured: Option<&str>, data_dir: &Path) -> Result<Self, Error> {
        let bytes = match configured {
            Some(text) => text.as_bytes().to_vec(),
            None => stored(&data_dir.join(FILE)).map_err(|source| {
                let message = format!("the key for tokens cannot be stored in {}", data_dir.display());
                Error::new(&code::STORE_UNAVAILABLE, message).with_source(source)
            })?,
        };
        if bytes.len() < MINIMUM_BYTES {
            let message = format!(
                "the key for tokens has {} bytes; the minimum is {MINIMUM_BYTES}",
                bytes.len()
            );
            return Err(Error::new(&code::OPTION_OUT_OF_RANGE, message)
                .with_hint("Set LOQUI_JWT_SECRET to at least 32 random characters, or unset it."));
        }
        Ok(Self(bytes))
    }

    /// Returns the bytes of the key.
    pub(crate) fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(...)")
    }
}

fn stored(path: &Path) -> io::Result<Vec<u8>> {
    match fs::read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => generate(path),
        read => read.map(|text| text.trim_ascii().to_vec()),
    }
}

/// Writes a new key to a temporary file and renames it without replacement, so that two processes that start at the
/// same time use the same key.
fn generate(path: &Path) -> io::Result<Vec<u8>> {
    let mut random = [0_u8; 48];
    getrandom::fill(&mut random).map_err(io::Error::other)?;
    let folder = path.parent().unwrap_or_else(|| Path::new("."));
    // Temporary files are readable by their owner only.
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(hex::encode(random).as_bytes())?;
    file.as_file().sync_all()?;
    match file.persist_noclobber(path) {
        Ok(_) => {}
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(error.error),
    }
    fs::read(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_is_generated_once_and_readable_by_its_owner_only() {
        let folder = tempfile::tempdir().unwrap();
        let first = Secret::load(None, folder.path()).unwrap();
        let again = Secret::load(None, folder.path()).unwrap();
        assert_eq!(first.expose(), again.expose());
        assert!(first.expose().len() >= MINIMUM_BYTES);
        assert_eq!(format!("{first:?}"), "Secret(...)");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = fs::metadata(folder.path().join(FILE)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        assert_eq!(
            Secret::load(Some("secret"), folder.path()).unwrap_err().code(),
            "option.out_of_range"
        );
    }
}
