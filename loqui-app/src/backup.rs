//! Backups: one file with all records, and the audio.
//!
//! The file is a tar archive. Its first entry, `loqui-backup.json`, says what it contains; `records/` has the copy of the
//! records and `audio/` the audio by key. The last entry, `sums.json`, has the SHA-256 of each entry: an archive that ends
//! early has none.

mod read;
mod write;

pub(crate) use read::Archive;
pub(crate) use write::{Destination, write};

use loqui_core::store::sql::RecordsCopy;
use loqui_core::{Error, Timestamp};
use serde::{Deserialize, Serialize};

use crate::code;

/// The version of the layout.
const FORMAT: u32 = 1;
const MANIFEST: &str = "loqui-backup.json";
const SUMS: &str = "sums.json";
const RECORDS: &str = "records/";
const AUDIO: &str = "audio/";

/// The first entry.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Manifest {
    format: u32,
    /// The version of the program that wrote it.
    loqui: String,
    records: RecordsCopy,
    /// Whether the audio is part of it.
    audio: bool,
}

impl Manifest {
    /// Returns when the backup was made.
    pub(crate) fn at(&self) -> Timestamp {
        self.records.at
    }
}

/// An entry and its SHA-256, in hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Sum {
    name: String,
    sha256: String,
}

fn damaged(message: impl Into<String>) -> Error {
    Error::new(&code::BACKUP_DAMAGED, message.into())
}
