//! The hub's cache on this machine, which its own tools fill
//! (`models--OWNER--NAME/snapshots/REVISION/PATH`, a link to `blobs/HASH`).

use std::path::{Path, PathBuf};

use super::super::catalogue::KnownFile;
use super::super::digest::{self, is_hash};
use super::super::install::Staging;
use super::super::record::{HashOrigin, RecordedFile};
use super::super::{Error, WEIGHTS};

/// Uses a file of the cache in place, if it is there and has the hash that its name or the data file states.
///
/// A damaged file is ignored: the download replaces it in the folder of models, not in the cache.
pub(super) fn take(cache: &Path, file: &KnownFile, staging: &Staging) -> Result<Option<RecordedFile>, Error> {
    let Some(path) = find(cache, file) else {
        return Ok(None);
    };
    let Some((sha256, hash_origin)) = verified(&path, file)? else {
        return Ok(None);
    };
    let target = staging.path(file.name());
    match std::fs::remove_file(&target) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(Error::io(&target)(error)),
        _ => {}
    }
    let in_place = file.name() == WEIGHTS && link(&path, &target).is_ok();
    if !in_place {
        std::fs::copy(&path, &target).map_err(Error::io(&target))?;
    }
    let bytes = std::fs::metadata(&target).map_err(Error::io(&target))?.len();
    Ok(Some(RecordedFile {
        name: file.name().to_owned(),
        bytes,
        sha256,
        hash_origin,
        from: file.origin(),
        in_place,
    }))
}

/// Returns the path of the content.
fn find(cache: &Path, file: &KnownFile) -> Option<PathBuf> {
    let path = cache
        .join(format!("models--{}", file.repository().replace('/', "--")))
        .join("snapshots")
        .join(file.revision())
        .join(file.path());
    path.canonicalize().ok().filter(|path| path.is_file())
}

/// Returns the SHA-256 and who stated it, if the content agrees.
fn verified(path: &Path, file: &KnownFile) -> Result<Option<(String, HashOrigin)>, Error> {
    let found = digest::sha256(path)?;
    if let Some(known) = file.sha256() {
        return Ok((found == known).then_some((found, HashOrigin::DataFile)));
    }
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
    let agrees = match name.unwrap_or_default().as_str() {
        name if is_hash(name, 64) => name == found,
        name if is_hash(name, 40) => name == digest::git_blob(path)?,
        _ => false,
    };
    Ok(agrees.then_some((found, HashOrigin::HubCache)))
}

#[cfg(unix)]
fn link(path: &Path, target: &Path) -> std::io::Result<()> {
    std::os::unix::fs::symlink(path, target)
}

/// Links need a privilege on Windows.
#[cfg(not(unix))]
fn link(_path: &Path, _target: &Path) -> std::io::Result<()> {
    Err(std::io::ErrorKind::Unsupported.into())
}
