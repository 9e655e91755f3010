//! The files of a book, unpacked within limits.

use std::collections::{BTreeMap, HashMap};
use std::io::{Cursor, Read};

use zip::ZipArchive;
use zip::read::read_zipfile_from_stream;

use super::UnreadableBook;

/// The most that one file of a book may unpack to, in bytes.
const LARGEST_FILE: u64 = 32 << 20;
/// The most that all files may unpack to, in bytes.
const LARGEST_BOOK: u64 = 192 << 20;
/// The most files of a book.
const MOST_FILES: usize = 50_000;

/// The files of a book.
pub(super) struct Archive<'a> {
    source: Source<'a>,
    /// Paths by their lower case, for books that confuse them.
    by_lower: HashMap<String, String>,
    /// How much may still be unpacked, in bytes.
    left: u64,
    /// Whether the directory of the archive is missing.
    pub(super) salvaged: bool,
}

enum Source<'a> {
    Zip(Box<ZipArchive<Cursor<&'a [u8]>>>, HashMap<String, usize>),
    /// Files that were found without the directory.
    Salvaged(BTreeMap<String, Vec<u8>>),
}

/// A file of a book.
pub(super) struct Unpacked {
    pub(super) bytes: Vec<u8>,
    /// Whether its end is missing or wrong.
    pub(super) damaged: bool,
}

impl<'a> Archive<'a> {
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, UnreadableBook> {
        let mut left = LARGEST_BOOK;
        let source = match ZipArchive::new(Cursor::new(bytes)) {
            Ok(mut zip) => {
                if zip.len() > MOST_FILES {
                    return Err(UnreadableBook::NotABook);
                }
                let mut names = HashMap::new();
                for index in 0..zip.len() {
                    if let Ok(file) = zip.by_index_raw(index)
                        && let Ok(name) = file.name()
                    {
                        names.insert(name.replace('\\', "/"), index);
                    }
                }
                Source::Zip(Box::new(zip), names)
            }
            Err(_) => Source::Salvaged(salvage(bytes, &mut left)?),
        };
        let names: Vec<&String> = match &source {
            Source::Zip(_, names) => names.keys().collect(),
            Source::Salvaged(files) => files.keys().collect(),
        };
        if names.is_empty() {
            return Err(UnreadableBook::NotABook);
        }
        let by_lower = names
            .into_iter()
            .map(|name| (name.to_lowercase(), name.clone()))
            .collect();
        Ok(Self {
            salvaged: matches!(source, Source::Salvaged(_)),
            source,
            by_lower,
            left,
        })
    }

    /// Returns the paths of all files, sorted.
    pub(super) fn paths(&self) -> Vec<String> {
        let mut paths: Vec<String> = self.by_lower.values().cloned().collect();
        paths.sort();
        paths
    }

    /// Unpacks a file. None if there is none at this path.
    pub(super) fn read(&mut self, path: &str) -> Result<Option<Unpacked>, UnreadableBook> {
        let Some(path) = self.by_lower.get(&path.to_lowercase()).cloned() else {
            return Ok(None);
        };
        let limit = LARGEST_FILE.min(self.left);
        match &mut self.source {
            Source::Salvaged(files) => Ok(files.get(&path).map(|bytes| Unpacked {
                bytes: bytes.clone(),
                damaged: false,
            })),
            Source::Zip(zip, names) => {
                let Some(index) = names.get(&path) else { return Ok(None) };
                let Ok(file) = zip.by_index(*index) else {
                    return Ok(None);
                };
                let unpacked = unpack(file, &path, limit)?;
                self.left -= (unpacked.bytes.len() as u64).min(self.left);
                Ok(Some(unpacked))
            }
        }
    }
}

/// Unpacks a file to its end, or to where it is damaged. The size that the archive states is not trusted.
fn unpack(file: impl Read, path: &str, limit: u64) -> Result<Unpacked, UnreadableBook> {
    let mut bytes = Vec::new();
    let damaged = file.take(limit + 1).read_to_end(&mut bytes).is_err();
    if bytes.len() as u64 > limit {
        return Err(UnreadableBook::TooLarge {
            part: if limit < LARGEST_FILE {
                "the book".to_owned()
            } else {
                path.to_owned()
            },
            limit: if limit < LARGEST_FILE {
                LARGEST_BOOK
            } else {
                LARGEST_FILE
            },
        });
    }
    Ok(Unpacked { bytes, damaged })
}

/// Unpacks the files of an archive whose directory is missing, one after the other.
fn salvage(bytes: &[u8], left: &mut u64) -> Result<BTreeMap<String, Vec<u8>>, UnreadableBook> {
    let mut files = BTreeMap::new();
    let mut rest = Cursor::new(bytes);
    while files.len() < MOST_FILES {
        let Ok(Some(file)) = read_zipfile_from_stream(&mut rest) else {
            break;
        };
        let Ok(name) = file.name().map(|name| name.replace('\\', "/")) else {
            break;
        };
        let Unpacked { bytes, damaged } = unpack(file, &name, LARGEST_FILE.min(*left))?;
        *left -= (bytes.len() as u64).min(*left);
        files.insert(name, bytes);
        if damaged {
            break;
        }
    }
    Ok(files)
}
