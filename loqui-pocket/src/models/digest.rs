//! Hashes of files.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use sha2::{Digest as _, Sha256};

use super::Error;

/// Hashes content with SHA-256, block by block.
#[derive(Clone, Debug, Default)]
pub(super) struct Hasher {
    sha256: Sha256,
    bytes: u64,
}

impl Hasher {
    pub(super) fn update(&mut self, bytes: &[u8]) {
        self.sha256.update(bytes);
        self.bytes += bytes.len() as u64;
    }

    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Returns the SHA-256 in lower-case hexadecimal.
    pub(super) fn finish(self) -> String {
        hex::encode(self.sha256.finalize())
    }
}

/// Returns the hash of a file up to its end, ready for more.
pub(super) fn read(path: &Path) -> io::Result<Hasher> {
    let mut hasher = Hasher::default();
    each_block(path, |block| hasher.update(block))?;
    Ok(hasher)
}

/// Returns the SHA-256 of a file.
pub(super) fn sha256(path: &Path) -> Result<String, Error> {
    Ok(read(path).map_err(Error::io(path))?.finish())
}

/// Returns the id that git gives to the content of a file, which the hub states for small files
/// ([git objects](https://git-scm.com/book/en/v2/Git-Internals-Git-Objects)).
#[cfg(feature = "download")]
pub(super) fn git_blob(path: &Path) -> Result<String, Error> {
    let hash = || {
        let mut sha1 = sha1::Sha1::new();
        sha1.update(format!("blob {}\0", std::fs::metadata(path)?.len()));
        each_block(path, |block| sha1.update(block))?;
        Ok(hex::encode(sha1.finalize()))
    };
    hash().map_err(Error::io(path))
}

/// Reports whether text is a hash of `digits` lower-case hexadecimal digits.
pub(super) fn is_hash(text: &str, digits: usize) -> bool {
    text.len() == digits && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

fn each_block(path: &Path, mut take: impl FnMut(&[u8])) -> io::Result<()> {
    let mut file = File::open(path)?;
    let mut block = vec![0; 1 << 16];
    loop {
        match file.read(&mut block) {
            Ok(0) => return Ok(()),
            Ok(count) => take(&block[..count]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}
