//! One operation at a time on a model, across threads and processes.

#[cfg(feature = "download")]
use std::fs::TryLockError;
use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};

use super::{Error, name};

/// Folder of the lock files. They are never deleted: a process may hold one that has no name any more.
const FOLDER: &str = ".locks";

/// Holds the lock of a model until it is dropped. The operating system also frees it when the process ends.
#[derive(Debug)]
pub(super) struct ModelLock {
    _file: File,
}

impl ModelLock {
    /// Waits until no other operation changes the model.
    pub(super) fn exclusive(models: &Path, name: &str) -> Result<Self, Error> {
        let (file, path) = open(models, name)?;
        file.lock().map_err(Error::io(path))?;
        Ok(Self { _file: file })
    }

    /// Waits until no other operation changes the model, and lets others read it.
    pub(super) fn shared(models: &Path, name: &str) -> Result<Self, Error> {
        let (file, path) = open(models, name)?;
        file.lock_shared().map_err(Error::io(path))?;
        Ok(Self { _file: file })
    }

    /// Takes the lock if it is free.
    #[cfg(feature = "download")]
    pub(super) fn try_exclusive(models: &Path, name: &str) -> Result<Option<Self>, Error> {
        let (file, path) = open(models, name)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { _file: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(Error::io(path)(error)),
        }
    }
}

fn open(models: &Path, name: &str) -> Result<(File, PathBuf), Error> {
    name::check(name)?;
    let folder = models.join(FOLDER);
    std::fs::create_dir_all(&folder).map_err(Error::io(&folder))?;
    let path = folder.join(name);
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(Error::io(&path))?;
    Ok((file, path))
}
