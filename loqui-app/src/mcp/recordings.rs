//! Which recordings a client may name.

use std::path::{Path, PathBuf};

use loqui_core::Error;

use crate::code;

/// The recordings that a client may name by their paths.
#[derive(Debug)]
pub(super) enum Recordings {
    /// Every file that this process can read.
    Any,
    /// Those in this folder and in the folders below it. Relative paths begin there.
    Below(PathBuf),
    /// None: only voices that are kept.
    None,
}

impl Recordings {
    /// Returns the path of a recording, if the client may name it.
    ///
    /// # Errors
    ///
    /// `file.not_found`, `file.unreadable`.
    pub(super) async fn find(&self, path: &str) -> Result<PathBuf, Error> {
        let folder = match self {
            Self::Any => return Ok(PathBuf::from(path)),
            Self::None => return Err(refused("this server reads no recordings".to_owned())),
            Self::Below(folder) => folder,
        };
        let (folder, path) = (canonical(folder).await?, canonical(&folder.join(path)).await?);
        if path.starts_with(&folder) {
            Ok(path)
        } else {
            Err(refused(format!(
                "this server reads only recordings in {}",
                folder.display()
            )))
        }
    }

    /// Returns what the description of a path says.
    pub(super) fn description(&self) -> String {
        match self {
            Self::Any => "Path of an audio file on this machine".to_owned(),
            Self::Below(folder) => format!("Path of an audio file in {}", folder.display()),
            Self::None => "Not available on this server: use a kept voice".to_owned(),
        }
    }
}

/// Resolves links, so that none leads out of the folder.
async fn canonical(path: &Path) -> Result<PathBuf, Error> {
    tokio::fs::canonicalize(path).await.map_err(|source| {
        Error::new(&code::FILE_NOT_FOUND, format!("there is no file {}", path.display())).with_source(source)
    })
}

fn refused(message: String) -> Error {
    Error::new(&code::FILE_UNREADABLE, message).with_hint(
        "Use a voice of `list_voices`, or ask the user to keep the recording with `loqui samples add`, or to start \
         `loqui mcp` with `--recordings DIR`.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_folder_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let inside = folder.path().join("voices");
        std::fs::create_dir(&inside).unwrap();
        std::fs::write(inside.join("a.wav"), "").unwrap();
        std::fs::write(folder.path().join("b.wav"), "").unwrap();
        let recordings = Recordings::Below(inside.clone());
        recordings.find("a.wav").await.unwrap();
        recordings.find(inside.join("a.wav").to_str().unwrap()).await.unwrap();
        let outside = folder.path().join("b.wav");
        let mut others = vec!["../b.wav".to_owned(), outside.to_str().unwrap().to_owned()];
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(&outside, inside.join("link.wav")).unwrap();
            others.push("link.wav".to_owned());
        }
        for path in others {
            let error = recordings.find(&path).await.unwrap_err();
            assert!(error.is(&code::FILE_UNREADABLE), "{path}: {error}");
        }
        assert!(recordings.find("c.wav").await.unwrap_err().is(&code::FILE_NOT_FOUND));
        assert!(
            Recordings::None
                .find("a.wav")
                .await
                .unwrap_err()
                .is(&code::FILE_UNREADABLE)
        );
    }
}
