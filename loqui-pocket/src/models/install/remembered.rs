//! The hashes of the first download of each model. They outlive the model, so that another download is compared.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::super::Error;
use super::super::record::{Record, RecordedFile};

/// Folder of the recorded hashes.
const FOLDER: &str = ".hashes";

/// Returns the record of a file, if it was downloaded from the same place before.
#[cfg(feature = "download")]
pub(in super::super) fn find(models: &Path, name: &str, file: &str, from: &str) -> Option<RecordedFile> {
    let record = read(models, name)?;
    record.file(file).filter(|file| file.from == from).cloned()
}

/// Records the hashes of a model.
pub(in super::super) fn write(models: &Path, record: &Record) -> Result<(), Error> {
    let is_download = |file: &RecordedFile| file.from != "local";
    if !record.files.iter().any(is_download) {
        return Ok(());
    }
    let path = path(models, &record.name);
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(Error::io(folder))?;
    }
    super::write_synced(&path, &record.to_bytes())
}

/// Deletes the recorded hashes of a model.
pub(in super::super) fn forget(models: &Path, name: &str) -> Result<(), Error> {
    let path = path(models, name);
    match fs::remove_file(&path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(Error::io(path)(error)),
        _ => Ok(()),
    }
}

/// An unreadable record counts as none: the model is downloaded again, and its hash checked against what the server states.
#[cfg(feature = "download")]
fn read(models: &Path, name: &str) -> Option<Record> {
    Record::parse(&fs::read(path(models, name)).ok()?).ok()
}

fn path(models: &Path, name: &str) -> PathBuf {
    models.join(FOLDER).join(format!("{name}.json"))
}
