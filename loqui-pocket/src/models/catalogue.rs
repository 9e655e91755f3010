//! The models that are published, from the data file `models.json`.

use std::sync::LazyLock;

use serde::Deserialize;

use super::attribution::Attribution;
use super::digest::is_hash;
use super::{Error, TOKENIZERS, WEIGHTS, name};

/// The data file. It is the only place that names the hub.
const DATA: &str = include_str!("../../models.json");

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::parse(DATA).unwrap_or_default());

#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Catalogue {
    format: u32,
    hub: String,
    publisher: Publisher,
    terms: Terms,
    models: Vec<KnownModel>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Publisher {
    title: String,
    author: String,
    repository: String,
    licence: String,
    licence_url: String,
}

/// The conditions under which the models are published, in short. The page of the model has the full text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    id: String,
    text: Vec<String>,
    #[serde(skip)]
    url: String,
}

impl Terms {
    /// Returns the name of this version of the conditions. Another version has to be accepted again.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns the lines of the summary.
    pub fn lines(&self) -> impl Iterator<Item = &str> {
        self.text.iter().map(String::as_str)
    }

    /// Returns the address of the page with the full text and the access form.
    pub fn url(&self) -> &str {
        &self.url
    }
}

/// A published model.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnownModel {
    name: String,
    language: String,
    parameters: u64,
    #[serde(default)]
    superseded: bool,
    files: Vec<KnownFile>,
}

/// A file of a published model.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnownFile {
    name: String,
    repository: String,
    path: String,
    revision: String,
    #[serde(default)]
    sha256: Option<String>,
}

impl KnownModel {
    /// Returns the name, which is also that of its built-in configuration.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the language as an ISO 639-1 code.
    pub fn language(&self) -> &str {
        &self.language
    }

    /// Returns the number of parameters, voice encoder included. The published file has about two bytes for each.
    pub fn parameters(&self) -> u64 {
        self.parameters
    }

    /// Reports whether a newer model replaces this one.
    pub fn superseded(&self) -> bool {
        self.superseded
    }

    /// Returns the files.
    pub fn files(&self) -> &[KnownFile] {
        &self.files
    }

    /// Reports whether the hashes of all files are known before the first download.
    pub fn hashes_known(&self) -> bool {
        self.files.iter().all(|file| file.sha256.is_some())
    }

    /// Returns what the licence requires to be named.
    pub fn attribution(&self) -> Attribution {
        let publisher = &CATALOGUE.publisher;
        Attribution {
            title: format!("{} ({})", publisher.title, self.name),
            author: publisher.author.clone(),
            source: CATALOGUE.terms.url.clone(),
            licence: publisher.licence.clone(),
            licence_url: publisher.licence_url.clone(),
            changes: None,
        }
    }

    /// Returns the upper limit for one of its files, in bytes: that of single precision, and a margin.
    #[cfg(feature = "download")]
    pub(super) fn max_bytes(&self) -> u64 {
        self.parameters * 5 + (64 << 20)
    }
}

impl KnownFile {
    /// Returns the name in a model folder.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the repository at the hub, as `OWNER/NAME`.
    pub fn repository(&self) -> &str {
        &self.repository
    }

    /// Returns the path in the repository.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Returns the commit of the repository.
    pub fn revision(&self) -> &str {
        &self.revision
    }

    /// Returns the SHA-256, if it is known before the first download.
    pub fn sha256(&self) -> Option<&str> {
        self.sha256.as_deref()
    }

    /// Returns repository, path and revision as one text.
    #[cfg(any(test, feature = "download"))]
    pub(super) fn origin(&self) -> String {
        format!("hf://{}/{}@{}", self.repository, self.path, self.revision)
    }
}

/// Returns the published models, the most useful of each language first.
pub fn known() -> &'static [KnownModel] {
    &CATALOGUE.models
}

/// Returns the conditions of the published models.
pub fn terms() -> &'static Terms {
    &CATALOGUE.terms
}

/// Returns the published model of a name.
pub(super) fn find(name: &str) -> Option<&'static KnownModel> {
    known().iter().find(|model| model.name == name)
}

/// Returns the error for a name that is not installed.
pub(super) fn missing(name: &str) -> Error {
    if find(name).is_some() {
        return Error::NotInstalled { name: name.to_owned() };
    }
    let current = known().iter().filter(|model| !model.superseded).map(KnownModel::name);
    Error::UnknownModel {
        name: name.to_owned(),
        known: current.collect::<Vec<_>>().join(", "),
    }
}

/// Returns the address of the hub.
#[cfg(feature = "download")]
pub(super) fn hub() -> &'static str {
    &CATALOGUE.hub
}

/// Returns the page of a repository, which shows the access form.
#[cfg(feature = "download")]
pub(super) fn page(repository: &str) -> String {
    format!("{}/{repository}", CATALOGUE.hub)
}

impl Catalogue {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut catalogue: Self = serde_json::from_str(text).map_err(|error| error.to_string())?;
        catalogue.check()?;
        catalogue.terms.url = format!("{}/{}", catalogue.hub, catalogue.publisher.repository);
        Ok(catalogue)
    }

    fn check(&self) -> Result<(), String> {
        if self.format != 1 {
            return Err(format!("format {} is not supported", self.format));
        }
        for (index, model) in self.models.iter().enumerate() {
            let wrong = |reason: &str| Err(format!("model {}: {reason}", model.name));
            if name::check(&model.name).is_err() {
                return wrong("invalid name");
            }
            if self.models[..index].iter().any(|other| other.name == model.name) {
                return wrong("listed twice");
            }
            if model.parameters == 0 || model.parameters > 1 << 40 {
                return wrong("unlikely number of parameters");
            }
            match model.files.as_slice() {
                [weights, tokenizer] if weights.name == WEIGHTS && TOKENIZERS.contains(&tokenizer.name.as_str()) => {}
                _ => return wrong("its files are not weights and a tokenizer"),
            }
            for file in &model.files {
                let parts = |text: &str| text.split('/').all(|part| name::check(part).is_ok());
                if file.repository.split('/').count() != 2 || !parts(&file.repository) || !parts(&file.path) {
                    return wrong("invalid path");
                }
                if !is_hash(&file.revision, 40) || file.sha256.as_ref().is_some_and(|hash| !is_hash(hash, 64)) {
                    return wrong("invalid revision or hash");
                }
            }
        }
        Ok(())
    }

    #[cfg(test)]
    pub(super) fn models(&self) -> &[KnownModel] {
        &self.models
    }
}
