use std::path::{Path, PathBuf};

use serde::{Serialize, Serializer};

use super::attribution::Attribution;
use super::record::{Record, RecordedFile};
use super::{Error, LOCK_FILE, digest};
use crate::{LoadOptions, Model};

/// Files up to this size are hashed each time a model is loaded, in bytes.
const SMALL: u64 = 4 << 20;

/// An installed model.
#[derive(Clone, Debug)]
pub struct Installed {
    pub(super) folder: PathBuf,
    pub(super) record: Record,
}

impl Installed {
    /// Returns the name.
    pub fn name(&self) -> &str {
        &self.record.name
    }

    /// Returns the folder with the files, which [`Model::load`] reads.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Returns the language as an ISO 639-1 code, if it is known.
    pub fn language(&self) -> Option<&str> {
        self.record.language.as_deref()
    }

    /// Reports whether the model can encode new voices.
    pub fn clones_voices(&self) -> bool {
        self.record.clones_voices
    }

    /// Returns the model whose weights were stored with 8 bits. `None` for a model as published.
    pub fn quantized_from(&self) -> Option<&str> {
        self.record.quantized_from.as_deref()
    }

    /// Returns what the licence requires to be named, with the model and with speech that it made. `None` if the model
    /// was added without a licence.
    pub fn attribution(&self) -> Option<&Attribution> {
        self.record.attribution.as_ref()
    }

    /// Returns the files.
    pub fn files(&self) -> &[RecordedFile] {
        &self.record.files
    }

    /// Returns the size of all files, in bytes.
    pub fn bytes(&self) -> u64 {
        self.record.files.iter().map(|file| file.bytes).sum()
    }

    /// Loads the model after a [`check`](Self::check).
    ///
    /// # Errors
    /// [`Error::Damaged`], [`Error::InvalidModel`] and [`Error::Io`].
    pub fn load(&self) -> Result<Model, Error> {
        self.load_with(LoadOptions::default())
    }

    /// Loads the model with options after a [`check`](Self::check).
    ///
    /// # Errors
    /// As [`load`](Self::load).
    pub fn load_with(&self, options: LoadOptions) -> Result<Model, Error> {
        self.check()?;
        Model::load_with(&self.folder, options).map_err(Error::model(self.name()))
    }

    /// Checks the size of each file, and the hash of each file that is small or was written after the installation.
    ///
    /// # Errors
    /// [`Error::Damaged`] and [`Error::Io`].
    pub fn check(&self) -> Result<(), Error> {
        let modified = |path: &Path| std::fs::metadata(path).and_then(|data| data.modified()).ok();
        let installed = modified(&self.folder.join(LOCK_FILE));
        self.each_file(|file, path| file.bytes <= SMALL || installed.is_none() || modified(path) > installed)
    }

    /// Checks the size and hash of each file.
    ///
    /// # Errors
    /// [`Error::Damaged`] and [`Error::Io`].
    pub fn verify(&self) -> Result<(), Error> {
        self.each_file(|_, _| true)
    }

    fn each_file(&self, hash: impl Fn(&RecordedFile, &Path) -> bool) -> Result<(), Error> {
        let damaged = |reason: String| Error::Damaged {
            name: self.name().to_owned(),
            reason,
        };
        for file in &self.record.files {
            let path = self.folder.join(&file.name);
            let bytes = match std::fs::metadata(&path) {
                Ok(data) => data.len(),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                    return Err(damaged(format!("{} is missing", file.name)));
                }
                Err(error) => return Err(Error::io(&path)(error)),
            };
            if bytes != file.bytes {
                return Err(damaged(format!("{} has {bytes} of {} bytes", file.name, file.bytes)));
            }
            if hash(file, &path) {
                let found = digest::sha256(&path)?;
                if found != file.sha256 {
                    return Err(damaged(format!(
                        "{} has the hash {found} instead of {}",
                        file.name, file.sha256
                    )));
                }
            }
        }
        Ok(())
    }
}

impl Serialize for Installed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct View<'a> {
            name: &'a str,
            path: &'a Path,
            language: Option<&'a str>,
            bytes: u64,
            clones_voices: bool,
            quantized_from: Option<&'a str>,
            attribution: Option<&'a Attribution>,
            files: &'a [RecordedFile],
        }
        let view = View {
            name: self.name(),
            path: &self.folder,
            language: self.language(),
            bytes: self.bytes(),
            clones_voices: self.clones_voices(),
            quantized_from: self.quantized_from(),
            attribution: self.attribution(),
            files: self.files(),
        };
        view.serialize(serializer)
    }
}
