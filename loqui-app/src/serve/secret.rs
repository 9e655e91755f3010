//! The key that tokens are signed with: made once, kept in the data directory for its owner only.

use std::fmt;
use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use loqui_core::Error;
use loqui_core::error::code;

/// The name of its file.
const FILE: &str = "jwt.secret";
/// A shorter key could be guessed (RFC 7518, section 3.2).
const LEAST_BYTES: usize = 32;

/// The key. `Debug` shows nothing of it.
pub(crate) struct Secret(Vec<u8>);

impl Secret {
    /// The key that was given, or the one in the data directory, which is made if there is none.
    ///
    /// # Errors
    ///
    /// `option.out_of_range` for a key of less than 32 bytes; `store.unavailable`.
    pub(crate) fn load(given: Option<&str>, data_dir: &Path) -> Result<Self, Error> {
        let bytes = match given {
            Some(text) => text.as_bytes().to_vec(),
            None => kept(&data_dir.join(FILE)).map_err(|source| {
                let message = format!("the key for tokens cannot be kept in {}", data_dir.display());
                Error::new(&code::STORE_UNAVAILABLE, message).with_source(source)
            })?,
        };
        if bytes.len() < LEAST_BYTES {
            let message = format!(
                "the key for tokens has {} bytes; {LEAST_BYTES} are the least",
                bytes.len()
            );
            return Err(Error::new(&code::OPTION_OUT_OF_RANGE, message)
                .with_hint("Set LOQUI_JWT_SECRET to at least 32 random characters, or leave it out."));
        }
        Ok(Self(bytes))
    }

    /// The bytes, for signing.
    pub(crate) fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(...)")
    }
}

fn kept(path: &Path) -> io::Result<Vec<u8>> {
    match fs::read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => make(path),
        read => read.map(|text| text.trim_ascii().to_vec()),
    }
}

/// Writes a new key beside its place first: of two processes that start at once, both get the one that came first.
fn make(path: &Path) -> io::Result<Vec<u8>> {
    let mut random = [0_u8; 48];
    getrandom::fill(&mut random).map_err(io::Error::other)?;
    let folder = path.parent().unwrap_or_else(|| Path::new("."));
    // Such files are for their owner only.
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
    fn it_is_made_once_and_for_its_owner_only() {
        let folder = tempfile::tempdir().unwrap();
        let first = Secret::load(None, folder.path()).unwrap();
        let again = Secret::load(None, folder.path()).unwrap();
        assert_eq!(first.expose(), again.expose());
        assert!(first.expose().len() >= LEAST_BYTES);
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
