//! Installation in two steps: files are collected and verified in a folder of their own, which then gets its name.

pub(super) mod remembered;

use std::fs::{self, File};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use super::installed::Installed;
use super::progress::{Progress, Reporter};
use super::record::{HashOrigin, Record, RecordedFile, is_model_file};
use super::{CONFIG, Error, LOCK_FILE, NOTICE, catalogue, digest};
use crate::{Config, Model};

/// Folder of unfinished installations.
const PARTIAL: &str = ".partial";

/// An unfinished installation. The caller holds the lock of the model.
#[derive(Debug)]
pub(super) struct Staging {
    models: PathBuf,
    name: String,
    folder: PathBuf,
}

impl Staging {
    /// Opens the folder, which may hold files of an earlier attempt.
    pub(super) fn open(models: &Path, name: &str) -> Result<Self, Error> {
        let folder = models.join(PARTIAL).join(name);
        fs::create_dir_all(&folder).map_err(Error::io(&folder))?;
        Ok(Self {
            models: models.to_owned(),
            name: name.to_owned(),
            folder,
        })
    }

    /// Opens an empty folder.
    pub(super) fn empty(models: &Path, name: &str) -> Result<Self, Error> {
        delete(&models.join(PARTIAL).join(name))?;
        Self::open(models, name)
    }

    pub(super) fn path(&self, file: &str) -> PathBuf {
        self.folder.join(file)
    }

    /// Deletes everything that was collected.
    pub(super) fn discard(&self) -> Result<(), Error> {
        delete(&self.folder)
    }

    /// Copies a file into the folder and returns its record.
    pub(super) fn copy(&self, source: &Path, file: &str) -> Result<RecordedFile, Error> {
        let target = self.path(file);
        if let Err(error) = fs::copy(source, &target) {
            let path = if error.kind() == ErrorKind::NotFound {
                source
            } else {
                &target
            };
            return Err(Error::io(path)(error));
        }
        self.local(file)
    }

    /// Writes a file into the folder and returns its record.
    pub(super) fn write(&self, file: &str, bytes: &[u8]) -> Result<RecordedFile, Error> {
        let path = self.path(file);
        fs::write(&path, bytes).map_err(Error::io(&path))?;
        self.local(file)
    }

    /// Returns the record of a file that nobody states a hash of.
    pub(super) fn local(&self, file: &str) -> Result<RecordedFile, Error> {
        let path = self.path(file);
        let hasher = digest::read(&path).map_err(Error::io(&path))?;
        Ok(RecordedFile {
            name: file.to_owned(),
            bytes: hasher.bytes(),
            sha256: hasher.finish(),
            hash_origin: HashOrigin::Local,
            from: "local".to_owned(),
            in_place: false,
        })
    }

    /// Loads the model, writes its lock file, and gives the folder its name.
    ///
    /// Files that are not a model are deleted.
    pub(super) fn finish(self, mut record: Record, reporter: &mut Reporter<'_>) -> Result<Installed, Error> {
        reporter.report(&Progress::Verifying)?;
        let config = match Config::of_folder(&self.folder) {
            Ok(config) => config,
            Err(error) => return self.fail(error),
        };
        match Model::load(&self.folder) {
            Ok(model) => record.clones_voices = model.clones_voices(),
            Err(error) => return self.fail(error),
        }
        if record.file(CONFIG).is_none() {
            record.config = Some(config.name().to_owned());
        }
        remembered::write(&self.models, &record)?;
        self.commit(&record)
    }

    fn fail<T>(&self, error: crate::Error) -> Result<T, Error> {
        let error = Error::model(&self.name)(error);
        if matches!(error, Error::InvalidModel { .. }) {
            self.discard()?;
        }
        Err(error)
    }

    fn commit(self, record: &Record) -> Result<Installed, Error> {
        self.clean()?;
        for file in &record.files {
            if !file.in_place {
                sync(&self.path(&file.name))?;
            }
        }
        write_synced(&self.path(NOTICE), notice(record).as_bytes())?;
        // Written last: `Installed::check` compares its time with those of the other files.
        write_synced(&self.path(LOCK_FILE), &record.to_bytes())?;
        sync_folder(&self.folder)?;
        let target = self.models.join(&self.name);
        set_aside(&self.models, &self.name)?;
        fs::rename(&self.folder, &target).map_err(Error::io(&target))?;
        sync_folder(&self.models)?;
        delete(&aside(&self.models, &self.name))?;
        Ok(Installed {
            folder: target,
            record: record.clone(),
        })
    }

    /// Deletes what does not belong to the model, for instance files of an earlier attempt.
    fn clean(&self) -> Result<(), Error> {
        for entry in fs::read_dir(&self.folder).map_err(Error::io(&self.folder))? {
            let entry = entry.map_err(Error::io(&self.folder))?;
            if !entry.file_name().to_str().is_some_and(is_model_file) {
                let path = entry.path();
                fs::remove_file(&path).map_err(Error::io(&path))?;
            }
        }
        Ok(())
    }
}

/// Deletes a model and its unfinished installation. Returns the number of bytes, or `None` if there was neither.
pub(super) fn remove(models: &Path, name: &str) -> Result<Option<u64>, Error> {
    let partial = models.join(PARTIAL).join(name);
    let folders = [models.join(name), partial.clone(), aside(models, name)];
    if !folders.iter().any(|folder| folder.is_dir()) {
        return Ok(None);
    }
    let bytes = folders.iter().map(|folder| size(folder)).sum();
    set_aside(models, name)?;
    delete(&aside(models, name))?;
    delete(&partial)?;
    Ok(Some(bytes))
}

/// Moves an installed model out of the way, so that it disappears at once. A crash leaves only unreachable files, which
/// the next operation deletes.
fn set_aside(models: &Path, name: &str) -> Result<(), Error> {
    let (target, aside) = (models.join(name), aside(models, name));
    delete(&aside)?;
    let partial = models.join(PARTIAL);
    fs::create_dir_all(&partial).map_err(Error::io(&partial))?;
    match fs::rename(&target, &aside) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(Error::io(&target)(error)),
        _ => Ok(()),
    }
}

/// The leading dot keeps the name apart from those of models.
fn aside(models: &Path, name: &str) -> PathBuf {
    models.join(PARTIAL).join(format!(".replaced-{name}"))
}

/// Deletes a folder if it exists. Links in it are deleted, not followed.
fn delete(folder: &Path) -> Result<(), Error> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(Error::io(folder)(error)),
        _ => Ok(()),
    }
}

/// Returns the size of the files in a folder, without those that links refer to.
fn size(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let sizes = entries
        .filter_map(|entry| entry.metadata().ok())
        .filter(fs::Metadata::is_file);
    sizes.map(|data| data.len()).sum()
}

fn write_synced(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let write = || {
        let mut file = File::create(path)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    write().map_err(Error::io(path))
}

fn sync(path: &Path) -> Result<(), Error> {
    // Windows flushes only files that are open for writing.
    let file = fs::OpenOptions::new().read(true).write(cfg!(windows)).open(path);
    file.and_then(|file| file.sync_all()).map_err(Error::io(path))
}

#[cfg(unix)]
fn sync_folder(folder: &Path) -> Result<(), Error> {
    let file = File::open(folder).map_err(Error::io(folder))?;
    file.sync_all().map_err(Error::io(folder))
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "as on Unix")]
fn sync_folder(_folder: &Path) -> Result<(), Error> {
    Ok(())
}

/// Returns the text that travels with the weights.
fn notice(record: &Record) -> String {
    let mut text = match &record.attribution {
        Some(attribution) => format!("{attribution}\n"),
        None => "The licence of this model is not known.\n".to_owned(),
    };
    let published = record.quantized_from.as_deref().unwrap_or(&record.name);
    if catalogue::find(published).is_some() {
        let terms = catalogue::terms();
        text.push_str("\nConditions in short; ");
        text.push_str(terms.url());
        text.push_str(" has the full text:\n");
        for line in terms.lines() {
            text.push_str(line);
            text.push('\n');
        }
    }
    text
}
