//! The lock file of an installed model.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::attribution::Attribution;
use super::catalogue::{self, KnownModel};
use super::digest::is_hash;
use super::{CONFIG, Error, TOKENIZERS, WEIGHTS, name};

/// Name of the lock file in an installed folder. Served beside the files, it states their hashes to other machines.
pub const LOCK_FILE: &str = "model.lock.json";

/// Version of the format.
const FORMAT: u32 = 1;

/// Longest lock file that is read, in bytes.
pub(super) const MAX_BYTES: u64 = 64 << 10;

/// Longest text in a lock file, in bytes.
const MAX_TEXT: usize = 1_000;

/// Who stated the hash of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum HashOrigin {
    /// The data file of this crate.
    DataFile,
    /// The hub, at the first download.
    Hub,
    /// The name of the file in the hub's cache, which the hub stated when its own tools downloaded the file.
    HubCache,
    /// The lock file at the address that the model was downloaded from.
    LockFile,
    /// Nobody: the hash is that of the content at the first download.
    FirstDownload,
    /// Nobody: the hash is that of a file that was added from a folder or made on this machine.
    Local,
}

impl HashOrigin {
    /// Returns a phrase for messages, for instance `the hub`.
    pub fn describe(self) -> &'static str {
        match self {
            Self::DataFile => "the data file",
            Self::Hub => "the hub",
            Self::HubCache => "the hub's cache",
            Self::LockFile => "the lock file",
            Self::FirstDownload => "the first download",
            Self::Local => "the installation",
        }
    }
}

/// A file of an installed model, as its lock file records it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct RecordedFile {
    /// Name in the folder.
    pub name: String,
    /// Size in bytes.
    pub bytes: u64,
    /// SHA-256 in lower-case hexadecimal.
    pub sha256: String,
    /// Who stated the hash.
    pub hash_origin: HashOrigin,
    /// Where the file came from: `hf://OWNER/REPOSITORY/PATH@REVISION`, an address, or `local`.
    pub from: String,
    /// Whether the file lies in the hub's cache, and the folder only refers to it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub in_place: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde calls")]
fn is_false(value: &bool) -> bool {
    !value
}

/// What a lock file holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Record {
    format: u32,
    pub(super) name: String,
    /// The built-in configuration, or `None` if the folder holds its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) config: Option<String>,
    /// ISO 639-1 code, if known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) language: Option<String>,
    pub(super) clones_voices: bool,
    /// The model whose weights were stored with 8 bits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) quantized_from: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) attribution: Option<Attribution>,
    pub(super) files: Vec<RecordedFile>,
}

impl Record {
    pub(super) fn new(name: &str, files: Vec<RecordedFile>) -> Self {
        Self {
            format: FORMAT,
            name: name.to_owned(),
            config: None,
            language: None,
            clones_voices: false,
            quantized_from: None,
            attribution: None,
            files,
        }
    }

    /// Parses a lock file.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, String> {
        #[derive(Deserialize)]
        struct Version {
            format: u32,
        }
        if bytes.len() as u64 > MAX_BYTES {
            return Err(format!("it has more than {MAX_BYTES} bytes"));
        }
        let Version { format } = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
        if format != FORMAT {
            return Err(format!("it has format {format}; this version reads format {FORMAT}"));
        }
        let record: Self = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
        record.check()?;
        Ok(record)
    }

    /// Reads the lock file of a folder. `Ok(None)` if there is none.
    pub(super) fn read(folder: &Path) -> Result<Option<Self>, Error> {
        let path = folder.join(LOCK_FILE);
        match std::fs::metadata(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Error::io(&path)(error)),
            Ok(data) if data.len() > MAX_BYTES => {
                let reason = format!("it has more than {MAX_BYTES} bytes");
                return Err(Error::LockFile { path, reason });
            }
            Ok(_) => {}
        }
        let bytes = std::fs::read(&path).map_err(Error::io(&path))?;
        match Self::parse(&bytes) {
            Ok(record) => Ok(Some(record)),
            Err(reason) => Err(Error::LockFile { path, reason }),
        }
    }

    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = serde_json::to_vec_pretty(self).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }

    /// Returns the name of the published model that this is, or was made from.
    pub(super) fn published_name(&self) -> &str {
        self.quantized_from.as_deref().unwrap_or(&self.name)
    }

    /// Fills in what is known about the model: from its lock file at another place, or from its name.
    pub(super) fn describe(&mut self, other: Option<&Self>, language: Option<&str>) {
        let known = catalogue::find(&self.name);
        self.quantized_from = other.and_then(|other| other.quantized_from.clone());
        self.attribution = known
            .map(KnownModel::attribution)
            .or_else(|| other.and_then(|other| other.attribution.clone()));
        self.language = language
            .map(str::to_owned)
            .or_else(|| known.map(|known| known.language().to_owned()))
            .or_else(|| other.and_then(|other| other.language.clone()));
    }

    pub(super) fn file(&self, name: &str) -> Option<&RecordedFile> {
        self.files.iter().find(|file| file.name == name)
    }

    /// Texts that may come from another machine and are shown to people.
    fn texts(&self) -> impl Iterator<Item = &str> {
        let attribution = self.attribution.iter().flat_map(|attribution| {
            [
                &attribution.title,
                &attribution.author,
                &attribution.source,
                &attribution.licence,
                &attribution.licence_url,
            ]
            .into_iter()
            .chain(&attribution.changes)
        });
        let files = self.files.iter().map(|file| &file.from);
        let texts = attribution.chain(files).chain(&self.config).chain(&self.language);
        texts.map(String::as_str)
    }

    fn check(&self) -> Result<(), String> {
        name::check(&self.name).map_err(|error| error.to_string())?;
        if let Some(source) = &self.quantized_from {
            name::check(source).map_err(|error| error.to_string())?;
        }
        if !self.texts().all(is_plain) {
            return Err("a text is too long or has control characters".into());
        }
        for (index, file) in self.files.iter().enumerate() {
            let wrong = |reason: &str| Err(format!("file {:?}: {reason}", file.name));
            if !is_model_file(&file.name) {
                return wrong("unknown name");
            }
            if self.files[..index].iter().any(|other| other.name == file.name) {
                return wrong("listed twice");
            }
            if !is_hash(&file.sha256, 64) {
                return wrong("its sha256 is not a hash");
            }
        }
        let tokenizers = self
            .files
            .iter()
            .filter(|file| TOKENIZERS.contains(&file.name.as_str()));
        if self.file(WEIGHTS).is_none() || tokenizers.count() != 1 {
            return Err(format!("it does not list {WEIGHTS} and one tokenizer"));
        }
        if self.config.is_none() && self.file(CONFIG).is_none() {
            return Err("it names no configuration".into());
        }
        Ok(())
    }
}

/// Reports whether a text can be printed to a terminal.
fn is_plain(text: &str) -> bool {
    text.len() <= MAX_TEXT && !text.contains(char::is_control)
}

/// Reports whether a name is that of a file in a model folder. Other names, such as `../x`, are never opened.
pub(super) fn is_model_file(name: &str) -> bool {
    name == WEIGHTS || name == CONFIG || TOKENIZERS.contains(&name)
}
