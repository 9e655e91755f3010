//! Where the speech of a session is written to.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use loqui_core::speech::SpeechFormat;
use loqui_core::{Error, ExportOptions, Generation, GenerationId};
use rmcp::model::Resource;
use url::Url;

use super::resources;
use crate::code;
use crate::target::Target;

/// The folder of a session, and the files that were written to it.
#[derive(Debug)]
pub(super) struct SpeechFiles {
    /// Without a folder, clients read speech as resources.
    folder: Option<PathBuf>,
    written: Mutex<BTreeMap<(GenerationId, &'static str), PathBuf>>,
}

/// Finished speech that a client can read.
#[derive(Debug)]
pub(super) struct SpeechLink {
    /// The path of the file, if one was written.
    pub(super) path: Option<String>,
    pub(super) resource: Resource,
}

impl SpeechFiles {
    pub(super) fn new(folder: Option<PathBuf>) -> Self {
        Self {
            folder,
            written: Mutex::default(),
        }
    }

    /// Makes the speech of a completed generation readable: writes a new file, unless that was done before. `name` is the
    /// name of the file, without its extension.
    ///
    /// # Errors
    ///
    /// `output.unwritable`, `usage` for a name with a path; those of the generation.
    pub(super) async fn link(
        &self,
        generation: &Generation,
        format: SpeechFormat,
        name: Option<&str>,
    ) -> Result<SpeechLink, Error> {
        let Some(folder) = &self.folder else {
            let resource = resources::speech(generation.id(), format);
            return Ok(SpeechLink { path: None, resource });
        };
        let path = match self.known(generation.id(), format) {
            Some(path) => path,
            None => self.write(folder, generation, format, name).await?,
        };
        let uri = Url::from_file_path(&path).map_or_else(|()| path.display().to_string(), String::from);
        let file_name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok(SpeechLink {
            resource: Resource::new(uri, file_name).with_mime_type(format.media_type()),
            path: Some(path.display().to_string()),
        })
    }

    fn known(&self, generation: GenerationId, format: SpeechFormat) -> Option<PathBuf> {
        let written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        let path = written.get(&(generation, format.name()))?;
        path.exists().then(|| path.clone())
    }

    async fn write(
        &self,
        folder: &Path,
        generation: &Generation,
        format: SpeechFormat,
        name: Option<&str>,
    ) -> Result<PathBuf, Error> {
        let name = name.map(|name| stem(name, format)).transpose()?;
        let target = Target::Folder(folder.to_owned(), format);
        let written = target.write(generation, name, &ExportOptions::default()).await;
        let path = PathBuf::from(written.map_err(crate::failure::Failure::into_error)?.name);
        let path = std::path::absolute(&path).unwrap_or(path);
        let mut known = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert((generation.id(), format.name()), path.clone());
        Ok(path)
    }
}

/// Returns the name of a file without the extension of its format.
fn stem(name: &str, format: SpeechFormat) -> Result<&str, Error> {
    let stem = name
        .strip_suffix(format.name())
        .and_then(|name| name.strip_suffix('.'))
        .unwrap_or(name);
    let is_plain = !stem.trim().is_empty()
        && stem.len() <= 200
        && !stem.starts_with('.')
        && !stem.contains(['/', '\\', ':', '\0'])
        && !stem.chars().any(char::is_control);
    if is_plain {
        return Ok(stem);
    }
    let message = format!("{name:?} is not a name for a file");
    Err(Error::new(&code::USAGE, message).with_hint("Pass a name without a folder; the user has chosen the folder."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_in_the_folder() {
        assert_eq!(stem("hello.mp3", SpeechFormat::Mp3).unwrap(), "hello");
        assert_eq!(stem("chapter 1", SpeechFormat::Wav).unwrap(), "chapter 1");
        assert_eq!(stem("v1.2", SpeechFormat::Wav).unwrap(), "v1.2");
        for name in ["", ".wav", ".bashrc", "../a", "a/b", "a\\b", "c:a", "a\0", "a\nb"] {
            assert!(stem(name, SpeechFormat::Wav).is_err(), "{name:?}");
        }
    }
}
