//! The recordings to check: files as given, and the files in folders that have an audio extension.

use std::path::{Path, PathBuf};

use loqui_core::{Error, Result};

use crate::code;

/// File extensions of recordings. They only select files in folders; the format is detected from the content.
const EXTENSIONS: [&str; 22] = [
    "3gp", "aac", "aif", "aifc", "aiff", "alac", "amr", "caf", "flac", "m4a", "mka", "mkv", "mov", "mp2", "mp3", "mp4",
    "oga", "ogg", "opus", "wav", "webm", "wma",
];

/// Replaces each folder by the recordings in it, sorted by name.
pub(super) fn listed(paths: Vec<PathBuf>) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            files.extend(inside(&path)?);
        } else {
            files.push(path);
        }
    }
    Ok(files)
}

fn inside(folder: &Path) -> Result<Vec<PathBuf>> {
    let refused =
        |cause| Error::new(&code::FILE_UNREADABLE, format!("could not read {}", folder.display())).with_source(cause);
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(refused)? {
        let path = entry.map_err(refused)?.path();
        let extension = path
            .extension()
            .map(|extension| extension.to_string_lossy().to_lowercase());
        if extension.is_some_and(|extension| EXTENSIONS.contains(&extension.as_str())) && path.is_file() {
            found.push(path);
        }
    }
    found.sort();
    if found.is_empty() {
        let message = format!("no recording in {}", folder.display());
        return Err(Error::new(&code::FILE_NOT_FOUND, message).with_hint("Pass the files themselves."));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_replaced_by_their_sorted_recordings() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        for name in ["b.MP3", "a.wav", "notes.txt", "cover.png"] {
            std::fs::write(path(name), "").unwrap();
        }
        std::fs::create_dir(path("deep.wav")).unwrap();
        let named = path("notes.txt");
        let listed = listed(vec![folder.path().to_owned(), named.clone()]).unwrap();
        assert_eq!(listed, [path("a.wav"), path("b.MP3"), named]);
    }

    #[test]
    fn folder_without_recordings_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let error = listed(vec![folder.path().to_owned()]).unwrap_err();
        assert_eq!(error.code(), "file.not_found");
    }
}
