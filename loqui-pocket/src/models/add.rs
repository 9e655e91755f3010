use std::ops::ControlFlow;
use std::path::Path;

use super::install::Staging;
use super::installed::Installed;
use super::lock::ModelLock;
use super::progress::{Progress, Reporter};
use super::record::{HashOrigin, Record, RecordedFile};
use super::{CONFIG, Error, Models, TOKENIZERS, WEIGHTS, name};
use crate::Config;

/// How to add a model from a folder.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct AddOptions {
    /// Name of the installed model. `None` takes the name of the folder.
    pub name: Option<String>,
    /// Language as an ISO 639-1 code. `None` takes that of the published model with the same configuration.
    pub language: Option<String>,
    /// Whether the caller accepts the [conditions](super::terms) of a published model.
    pub accept_terms: bool,
    /// Whether to replace an installed model.
    pub replace: bool,
}

impl AddOptions {
    /// Sets the name.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Sets the language.
    #[must_use]
    pub fn language(mut self, language: impl Into<String>) -> Self {
        self.language = Some(language.into());
        self
    }

    /// Accepts the conditions of a published model.
    #[must_use]
    pub fn accept_terms(mut self, accept: bool) -> Self {
        self.accept_terms = accept;
        self
    }

    /// Sets whether to replace an installed model.
    #[must_use]
    pub fn replace(mut self, replace: bool) -> Self {
        self.replace = replace;
        self
    }
}

impl Models {
    /// Copies a model from a folder with `model.safetensors`, `tokenizer.json` or `tokenizer.model`, and `config.json`
    /// unless the name is that of a built-in configuration.
    ///
    /// `progress` is called between the steps and may stop the operation.
    ///
    /// # Errors
    /// [`Error::Exists`], [`Error::InvalidName`], [`Error::TermsNotAccepted`], [`Error::InvalidModel`] for files that
    /// are missing or not a model, [`Error::NoSpace`], [`Error::Io`] and [`Error::Cancelled`]. Nothing is installed
    /// then.
    pub fn add(
        &self,
        source: impl AsRef<Path>,
        options: &AddOptions,
        progress: &mut (dyn FnMut(&Progress) -> ControlFlow<()> + Send),
    ) -> Result<Installed, Error> {
        let source = source.as_ref();
        let name = match &options.name {
            Some(name) => name.clone(),
            None => folder_name(source),
        };
        name::check(&name)?;
        let files = files_of(source, &name)?;
        // Checked before the conditions: a wrong folder needs no consent.
        let lock = Record::read(source)?;
        let builtin = lock
            .as_ref()
            .and_then(|lock| lock.config.clone())
            .unwrap_or_else(|| name.clone());
        let config = if source.join(CONFIG).is_file() {
            Config::of_folder(source)
        } else {
            Config::builtin(&builtin)
        };
        config.map_err(Error::model(&name))?;
        let published = lock.as_ref().map_or(name.as_str(), Record::published_name);
        self.require_terms(published, options.accept_terms)?;
        let mut reporter = Reporter::new(progress);
        let _lock = ModelLock::exclusive(self.folder(), &name)?;
        if !options.replace && self.read(&name)?.is_some() {
            return Err(Error::Exists { name });
        }
        let staging = Staging::empty(self.folder(), &name)?;
        let mut copied = Vec::new();
        for file in files {
            match copy(&staging, source, file, lock.as_ref()) {
                Ok(file) => copied.push(file),
                Err(error) => {
                    staging.discard()?;
                    return Err(error);
                }
            }
        }
        if builtin != name && !source.join(CONFIG).is_file() {
            let text = Config::builtin_json(&builtin).map_err(Error::model(&name))?;
            copied.push(staging.write(CONFIG, text.as_bytes())?);
        }
        let mut record = Record::new(&name, copied);
        record.describe(lock.as_ref(), options.language.as_deref());
        staging.finish(record, &mut reporter)
    }
}

/// Copies a file. If the folder has a lock file, the hash must be the recorded one.
fn copy(staging: &Staging, source: &Path, file: &str, lock: Option<&Record>) -> Result<RecordedFile, Error> {
    let copied = staging.copy(&source.join(file), file)?;
    match lock.and_then(|lock| lock.file(file)) {
        Some(recorded) if recorded.sha256 != copied.sha256 => Err(Error::HashMismatch {
            file: file.to_owned(),
            expected: recorded.sha256.clone(),
            found: copied.sha256,
            origin: HashOrigin::LockFile.describe().to_owned(),
        }),
        Some(recorded) => Ok(RecordedFile {
            in_place: false,
            ..recorded.clone()
        }),
        None => Ok(copied),
    }
}

fn folder_name(folder: &Path) -> String {
    let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    folder
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}

/// Returns the names of the files that make up the model in a folder.
fn files_of(folder: &Path, name: &str) -> Result<Vec<&'static str>, Error> {
    let missing = |file| {
        Err(Error::model(name)(crate::Error::MissingFile {
            file,
            folder: folder.to_owned(),
        }))
    };
    let exists = |file: &&str| folder.join(file).is_file();
    if !exists(&WEIGHTS) {
        return missing(WEIGHTS);
    }
    let Some(tokenizer) = TOKENIZERS.into_iter().find(exists) else {
        return missing("tokenizer.json or tokenizer.model");
    };
    Ok([WEIGHTS, tokenizer, CONFIG].into_iter().filter(exists).collect())
}
