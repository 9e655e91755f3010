use std::fmt;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::catalogue::{self, Terms};
use super::install::{self, remembered};
use super::installed::Installed;
use super::lock::ModelLock;
use super::record::Record;
use super::{Environment, Error, name, terms};

/// Folder of the names of accepted conditions.
const ACCEPTED: &str = ".accepted";

/// A folder of installed models, and how to reach the hub.
#[derive(Clone)]
pub struct Models {
    folder: PathBuf,
    pub(super) hub: Environment,
}

impl fmt::Debug for Models {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Models")
            .field("folder", &self.folder)
            .finish_non_exhaustive()
    }
}

/// What a folder of models holds.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Listing {
    /// The installed models: those of [`known`](super::known) in its order, then others by name.
    pub installed: Vec<Installed>,
    /// Folders with a lock file that cannot be used, and why.
    pub damaged: Vec<(String, Error)>,
}

impl Models {
    /// Uses a folder of models. It is created when the first model is installed. The environment is not read.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
            hub: Environment::default(),
        }
    }

    /// Sets the token, address and cache of the hub, for instance those of [`Environment::read`].
    #[must_use]
    pub fn environment(mut self, environment: Environment) -> Self {
        self.hub = environment;
        self
    }

    /// Returns the folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Returns all installed models.
    ///
    /// # Errors
    /// [`Error::Io`] if the folder cannot be read. A folder that does not exist holds no models.
    pub fn list(&self) -> Result<Listing, Error> {
        let mut listing = Listing::default();
        let entries = match std::fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(listing),
            Err(error) => return Err(Error::io(&self.folder)(error)),
        };
        for entry in entries {
            let entry = entry.map_err(Error::io(&self.folder))?;
            let Ok(name) = entry.file_name().into_string() else {
                continue;
            };
            if name::check(&name).is_err() {
                continue;
            }
            match self.read(&name) {
                Ok(Some(model)) => listing.installed.push(model),
                Ok(None) => {}
                Err(error) => listing.damaged.push((name, error)),
            }
        }
        listing.installed.sort_by_cached_key(rank);
        listing.damaged.sort_by(|(a, _), (b, _)| a.cmp(b));
        Ok(listing)
    }

    /// Returns an installed model.
    ///
    /// # Errors
    /// [`Error::NotInstalled`] for a published model, [`Error::UnknownModel`] for another name, [`Error::InvalidName`],
    /// [`Error::LockFile`] and [`Error::Io`].
    pub fn get(&self, name: &str) -> Result<Installed, Error> {
        name::check(name)?;
        self.read(name)?.ok_or_else(|| catalogue::missing(name))
    }

    /// Returns the first installed model that clones voices and speaks a language, given as an ISO 639-1 code.
    ///
    /// # Errors
    /// [`Error::Io`] if the folder cannot be read.
    pub fn for_language(&self, language: &str) -> Result<Option<Installed>, Error> {
        let speaks = |model: &Installed| model.clones_voices() && model.language() == Some(language);
        Ok(self.list()?.installed.into_iter().find(speaks))
    }

    /// Returns the folder of an installed model.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub fn path(&self, name: &str) -> Result<PathBuf, Error> {
        Ok(self.get(name)?.folder)
    }

    /// Removes a model and its unfinished downloads. Files in the hub's cache stay. The recorded hashes stay as well, so
    /// that another download is compared with them, unless `forget_hashes` is set.
    ///
    /// Returns the number of bytes that were freed.
    ///
    /// # Errors
    /// As [`get`](Self::get), if there is neither a model nor an unfinished download.
    pub fn remove(&self, name: &str, forget_hashes: bool) -> Result<u64, Error> {
        name::check(name)?;
        if !self.folder.is_dir() {
            return Err(catalogue::missing(name));
        }
        let _lock = ModelLock::exclusive(&self.folder, name)?;
        let freed = install::remove(&self.folder, name)?;
        if forget_hashes {
            remembered::forget(&self.folder, name)?;
        }
        match freed {
            Some(bytes) => Ok(bytes),
            None if forget_hashes => Ok(0),
            None => Err(catalogue::missing(name)),
        }
    }

    /// Reports whether the conditions of the published models were accepted in this folder.
    pub fn terms_accepted(&self) -> bool {
        self.folder.join(ACCEPTED).join(terms().id()).is_file()
    }

    /// Records that the conditions of the published models are accepted. Show [`Terms::lines`] and [`Terms::url`] before.
    ///
    /// # Errors
    /// [`Error::Io`] and [`Error::NoSpace`].
    pub fn accept_terms(&self) -> Result<(), Error> {
        let folder = self.folder.join(ACCEPTED);
        std::fs::create_dir_all(&folder).map_err(Error::io(&folder))?;
        let path = folder.join(terms().id());
        let text: String = terms().lines().flat_map(|line| [line, "\n"]).collect();
        std::fs::write(&path, text).map_err(Error::io(&path))
    }

    /// Checks that the conditions of a published model are accepted, now or before. Other models have none.
    pub(super) fn require_terms(&self, name: &str, accept: bool) -> Result<(), Error> {
        if catalogue::find(name).is_none() || self.terms_accepted() {
            return Ok(());
        }
        if accept {
            return self.accept_terms();
        }
        let terms: &'static Terms = terms();
        Err(Error::TermsNotAccepted {
            name: name.to_owned(),
            terms,
        })
    }

    pub(super) fn read(&self, name: &str) -> Result<Option<Installed>, Error> {
        let folder = self.folder.join(name);
        let Some(record) = Record::read(&folder)? else {
            return Ok(None);
        };
        if record.name != name {
            return Err(Error::LockFile {
                path: folder.join(super::LOCK_FILE),
                reason: format!("it is that of the model {}", record.name),
            });
        }
        Ok(Some(Installed { folder, record }))
    }
}

/// Order of models: as published, 8-bit versions after their source, others last.
fn rank(model: &Installed) -> (usize, String) {
    let original = model.quantized_from().unwrap_or_else(|| model.name());
    let position = catalogue::known().iter().position(|known| known.name() == original);
    (position.unwrap_or(usize::MAX), model.name().to_owned())
}
