//! Free space on the disk.

use std::path::Path;

use super::super::Error;

/// Checks that a folder has space for a number of bytes, as far as that can be found out.
pub(super) fn require(folder: &Path, needed: u64) -> Result<(), Error> {
    match available(folder) {
        Some(available) if available < needed => Err(Error::NoSpace {
            path: folder.to_owned(),
            needed: Some(needed),
            available: Some(available),
        }),
        _ => Ok(()),
    }
}

#[cfg(unix)]
fn available(folder: &Path) -> Option<u64> {
    let data = rustix::fs::statvfs(folder).ok()?;
    data.f_bavail.checked_mul(data.f_frsize)
}

#[cfg(not(unix))]
fn available(_folder: &Path) -> Option<u64> {
    None
}
