use std::io;
use std::path::{Path, PathBuf};

use super::catalogue::Terms;

/// Why a model cannot be listed, installed or used.
///
/// Every error has a stable [`code`](Self::code) and a [`hint`](Self::hint).
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No model of this name is known, and none is installed.
    #[error("unknown model {name:?}; known are {known}")]
    UnknownModel {
        /// The name.
        name: String,
        /// The current known names, separated by commas.
        known: String,
    },

    /// The name cannot be that of a model.
    #[error("invalid model name {name:?}")]
    InvalidName {
        /// The name.
        name: String,
    },

    /// The model is known, but not installed.
    #[error("the model {name} is not installed")]
    NotInstalled {
        /// The model.
        name: String,
    },

    /// A model of this name is installed already.
    #[error("a model {name} is installed already")]
    Exists {
        /// The model.
        name: String,
    },

    /// The conditions of the model have not been accepted yet.
    #[error("the conditions of the model {name} have not been accepted")]
    TermsNotAccepted {
        /// The model.
        name: String,
        /// The conditions.
        terms: &'static Terms,
    },

    /// The server refuses the download: 401 or 403.
    #[error("access to {url} is denied (HTTP {status})")]
    AccessDenied {
        /// What was requested.
        url: String,
        /// The status, 401 or 403.
        status: u16,
        /// Whether a token was sent.
        token_sent: bool,
        /// The page with the access form, for files of the hub.
        form: Option<String>,
    },

    /// The server has no such file.
    #[error("{url} does not exist")]
    NotFound {
        /// What was requested.
        url: String,
    },

    /// An address cannot be used.
    #[error("unusable address {address}: {reason}")]
    Address {
        /// The address.
        address: String,
        /// What is wrong with it.
        reason: &'static str,
    },

    /// The server could not be reached, or broke off too often. What was received is kept, and a second call continues.
    #[error("cannot download {url}: {reason}")]
    Unreachable {
        /// What was requested.
        url: String,
        /// The last failure.
        reason: String,
    },

    /// The server sent something that is not an answer to the request.
    #[error("unexpected answer of {url}: {reason}")]
    UnexpectedAnswer {
        /// What was requested.
        url: String,
        /// What is wrong with it.
        reason: String,
    },

    /// A file has another hash than its server or its lock file states. Nothing was installed.
    #[error("{file} has the hash {found}, but {origin} states {expected}")]
    HashMismatch {
        /// The file.
        file: String,
        /// The stated hash.
        expected: String,
        /// The hash of the content.
        found: String,
        /// Who stated the hash.
        origin: String,
    },

    /// A server states another hash than at the first download of the same revision.
    #[error("{file} had the hash {recorded} at the first download, but the server now states {stated}")]
    HashChanged {
        /// The file.
        file: String,
        /// The recorded hash.
        recorded: String,
        /// What the server states now.
        stated: String,
    },

    /// An installed file was changed or is missing.
    #[error("the installed model {name} is damaged: {reason}")]
    Damaged {
        /// The model.
        name: String,
        /// What is wrong.
        reason: String,
    },

    /// A lock file cannot be used.
    #[error("invalid lock file {}: {reason}", path.display())]
    LockFile {
        /// The lock file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },

    /// The files are not those of one model. Nothing was installed.
    #[error("the files of {name} are not a usable model: {source}")]
    InvalidModel {
        /// The model.
        name: String,
        /// What is wrong with them.
        source: crate::Error,
    },

    /// The model has 8-bit weights already.
    #[error("the model {name} has 8-bit weights already")]
    AlreadyQuantized {
        /// The model.
        name: String,
    },

    /// The disk is full, or has less space than the model needs.
    #[error("no space for {}{}", path.display(), sizes(*needed, *available))]
    NoSpace {
        /// Where the file was to be written.
        path: PathBuf,
        /// Bytes that are still needed, if known.
        needed: Option<u64>,
        /// Bytes that are available, if known.
        available: Option<u64>,
    },

    /// A file could not be read or written.
    #[error("cannot access {}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the operating system reported.
        source: io::Error,
    },

    /// A download is needed, but downloads are switched off.
    #[error("{name} needs a download, but downloads are switched off")]
    Offline {
        /// The model.
        name: String,
    },

    /// The caller cancelled the operation. What was received is kept.
    #[error("the operation was cancelled")]
    Cancelled,
}

fn sizes(needed: Option<u64>, available: Option<u64>) -> String {
    match (needed, available) {
        (Some(needed), Some(available)) => format!(": {needed} bytes are needed, {available} are available"),
        _ => String::new(),
    }
}

impl Error {
    /// Turns an error of the operating system at a path into an error.
    pub(super) fn io(path: impl AsRef<Path>) -> impl FnOnce(io::Error) -> Self {
        move |source| {
            let path = path.as_ref().to_owned();
            match source.kind() {
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::NoSpace {
                    path,
                    needed: None,
                    available: None,
                },
                _ => Self::Io { path, source },
            }
        }
    }

    /// Turns an error of the loader into an error, with full disks told apart.
    pub(super) fn model(name: &str) -> impl FnOnce(crate::Error) -> Self {
        move |error| match error {
            crate::Error::Io { path, source } => Self::io(path)(source),
            source => Self::InvalidModel {
                name: name.to_owned(),
                source,
            },
        }
    }

    /// All codes.
    pub const CODES: [&str; 18] = [
        "pocket.unknown_model",
        "pocket.invalid_name",
        "pocket.not_installed",
        "pocket.exists",
        "pocket.terms_not_accepted",
        "pocket.access_denied",
        "pocket.not_found",
        "pocket.address",
        "pocket.unreachable",
        "pocket.unexpected_answer",
        "pocket.hash_mismatch",
        "pocket.damaged",
        "pocket.invalid_model",
        "pocket.already_quantized",
        "pocket.no_space",
        "pocket.storage",
        "pocket.offline",
        "pocket.cancelled",
    ];

    /// Returns the stable code, one of [`CODES`](Self::CODES), for instance `pocket.access_denied`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownModel { .. } => "pocket.unknown_model",
            Self::InvalidName { .. } => "pocket.invalid_name",
            Self::NotInstalled { .. } => "pocket.not_installed",
            Self::Exists { .. } => "pocket.exists",
            Self::TermsNotAccepted { .. } => "pocket.terms_not_accepted",
            Self::AccessDenied { .. } => "pocket.access_denied",
            Self::NotFound { .. } => "pocket.not_found",
            Self::Address { .. } => "pocket.address",
            Self::Unreachable { .. } => "pocket.unreachable",
            Self::UnexpectedAnswer { .. } => "pocket.unexpected_answer",
            Self::HashMismatch { .. } | Self::HashChanged { .. } => "pocket.hash_mismatch",
            Self::Damaged { .. } | Self::LockFile { .. } => "pocket.damaged",
            Self::InvalidModel { .. } => "pocket.invalid_model",
            Self::AlreadyQuantized { .. } => "pocket.already_quantized",
            Self::NoSpace { .. } => "pocket.no_space",
            Self::Io { .. } => "pocket.storage",
            Self::Offline { .. } => "pocket.offline",
            Self::Cancelled => "pocket.cancelled",
        }
    }

    /// Returns what the user can do about the error.
    pub fn hint(&self) -> String {
        match self {
            Self::UnknownModel { .. } => "Use a known name, or add a folder with the files of the model.".into(),
            Self::InvalidName { .. } => "Use up to 64 letters, digits, dots, hyphens and underscores.".into(),
            Self::NotInstalled { name } => format!("Pull the model {name} first."),
            Self::Exists { .. } => "Remove it first, or choose another name.".into(),
            Self::TermsNotAccepted { terms, .. } => {
                format!("Read {} and accept the conditions.", terms.url())
            }
            Self::AccessDenied {
                form: Some(form),
                token_sent: false,
                ..
            } => format!(
                "Sign in at {form}, accept the access form, create a token that can read gated repositories, and set HF_TOKEN to it."
            ),
            Self::AccessDenied { form: Some(form), .. } => format!(
                "Accept the access form at {form} with the account that HF_TOKEN belongs to, and check that the token can read gated repositories."
            ),
            Self::AccessDenied { .. } => "Use an address that needs no sign-in, or download the files yourself and add their folder.".into(),
            Self::NotFound { .. } => "Check the address; a newer version may have another revision.".into(),
            Self::Address { .. } => {
                "Use an https address without user name and query, or an http address of this machine.".into()
            }
            Self::Unreachable { .. } => "Check the network and pull again; the download continues where it ended.".into(),
            Self::UnexpectedAnswer { .. } => "Check the address. A proxy may have answered instead of the server.".into(),
            Self::HashMismatch { .. } => {
                "Pull again. If it persists, the server does not send the file that it states: do not use it.".into()
            }
            Self::HashChanged { .. } => {
                "The published file was replaced. If you trust the change, remove the model with its recorded hashes and pull again.".into()
            }
            Self::Damaged { name, .. } => format!("Pull or add the model {name} again."),
            Self::LockFile { .. } => "Remove the model and pull or add it again.".into(),
            Self::InvalidModel { .. } => {
                "Check that weights, tokenizer and configuration belong to one model.".into()
            }
            Self::AlreadyQuantized { .. } => "Quantise the model that it was made from, or use it as it is.".into(),
            Self::NoSpace { .. } => "Free space on the disk, or choose another folder for models.".into(),
            Self::Io { .. } => "Check the permissions of the folder of models.".into(),
            Self::Offline { .. } => "Unset HF_HUB_OFFLINE, or add the model from a folder.".into(),
            Self::Cancelled => "Pull again to continue.".into(),
        }
    }

    /// Reports whether the same call can succeed later.
    pub fn retryable(&self) -> bool {
        matches!(self, Self::Unreachable { .. })
    }
}
