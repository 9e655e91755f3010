//! Where speech is written to: a file, a folder, or stdout.

use std::path::{Path, PathBuf};

use clap::builder::{PossibleValuesParser, TypedValueParser as _};
use futures::TryStreamExt as _;
use loqui_core::speech::{self, SpeechFormat};
use loqui_core::{Bytes, Error, ExportOptions, ExportedFile, Generation, GenerationId};
use tokio::io::AsyncWriteExt as _;

use crate::failure::Failure;
use crate::{code, output};

/// The flags of commands that write speech.
#[derive(Debug, clap::Args)]
pub(crate) struct OutputFlags {
    /// Output file: .wav, .mp3, .opus, .flac or .m4b. `-` writes to stdout, `FOLDER/` uses default names in that folder
    /// [default: loqui-ID.wav, or the next free name]
    #[arg(short, long, value_name = "OUT.wav")]
    output: Option<PathBuf>,

    /// Format of audio on stdout [default: wav], and of files whose name has no extension
    #[arg(long, value_name = "FORMAT", value_parser = formats())]
    audio_format: Option<SpeechFormat>,
}

fn formats() -> impl clap::builder::TypedValueParser<Value = SpeechFormat> {
    PossibleValuesParser::new(SpeechFormat::ALL.map(SpeechFormat::name)).try_map(|name| name.parse())
}

impl OutputFlags {
    /// Returns whether the user named an output.
    pub(crate) fn is_given(&self) -> bool {
        self.output.is_some()
    }

    /// Returns the format that the user chose.
    pub(crate) fn audio_format(&self) -> Option<SpeechFormat> {
        self.audio_format
    }

    /// Returns the target. Several speeches need a folder.
    ///
    /// # Errors
    ///
    /// `output.format`, `usage`.
    pub(crate) fn target(&self, speeches: usize) -> Result<Target, Failure> {
        let (path, format) = (self.output.as_deref(), self.audio_format);
        let with_default = format.unwrap_or(SpeechFormat::Wav);
        let target = match path {
            None => Target::Folder(PathBuf::new(), with_default),
            Some(path) if is_stdout(path) => {
                if std::io::IsTerminal::is_terminal(&std::io::stdout()) {
                    return Err(Failure::wrong_use(
                        Error::new(&code::USAGE, "audio is not written to a terminal")
                            .with_hint("Pipe it into a player, or write it to a file with `-o out.wav`."),
                    ));
                }
                if with_default == SpeechFormat::M4b {
                    return Err(Failure::wrong_use(
                        Error::new(&code::OUTPUT_FORMAT, "M4B is not written to stdout").with_hint(
                            "Write it to a file with `-o out.m4b`: its start contains the length of the audio.",
                        ),
                    ));
                }
                Target::Stdout(with_default)
            }
            Some(path) if names_folder(path) => Target::Folder(path.to_owned(), with_default),
            Some(path) => Target::File(path.to_owned(), format_of(path, format)?),
        };
        match &target {
            Target::Folder(..) => Ok(target),
            _ if speeches == 1 => Ok(target),
            _ => {
                let message = format!("{speeches} texts cannot be written to one output");
                Err(Failure::wrong_use(Error::new(&code::USAGE, message).with_hint(
                    "Pass a folder, for example `-o out/`. One text of several words needs quotes.",
                )))
            }
        }
    }
}

/// Returns the format of a file: that of its extension, or the chosen one if the extension is none of an audio format.
fn format_of(path: &Path, chosen: Option<SpeechFormat>) -> Result<SpeechFormat, Failure> {
    let by_name = SpeechFormat::of(path).map_err(Failure::wrong_use)?;
    let Some(chosen) = chosen else { return Ok(by_name) };
    let extension = path
        .extension()
        .and_then(|extension| extension.to_str())
        .unwrap_or_default();
    let says_format = by_name != SpeechFormat::Wav || extension.eq_ignore_ascii_case("wav");
    if says_format && chosen != by_name {
        let message = format!(
            "{} is not the name of a file in the format {}",
            path.display(),
            chosen.name()
        );
        return Err(Failure::wrong_use(
            Error::new(&code::USAGE, message).with_hint("The extension chooses the format: leave out --audio-format."),
        ));
    }
    Ok(chosen)
}

/// Where speech is written to.
#[derive(Debug)]
pub(crate) enum Target {
    Stdout(SpeechFormat),
    /// Overwrites.
    File(PathBuf, SpeechFormat),
    /// Files with default names. None is overwritten.
    Folder(PathBuf, SpeechFormat),
}

impl Target {
    /// Returns whether audio goes to stdout.
    pub(crate) fn is_stdout(&self) -> bool {
        matches!(self, Self::Stdout(_))
    }

    /// Checks that the target can be written, before anything is paid. From then on, results go to stderr if audio goes to
    /// stdout.
    ///
    /// # Errors
    ///
    /// `output.unwritable`.
    pub(crate) fn check(&self) -> Result<(), Failure> {
        match self {
            Self::Stdout(_) => {
                output::take_stdout();
                Ok(())
            }
            Self::File(path, _) => check(path),
            Self::Folder(folder, _) => check(&folder.join("loqui.wav")),
        }
    }

    /// Writes the speech, and returns the name of its file. `name` is the name of a file in a folder, without extension.
    /// `options` are for files.
    ///
    /// # Errors
    ///
    /// `output.unwritable` with the number of the generation, and the errors of the generation.
    pub(crate) async fn write(
        &self,
        generation: &Generation,
        name: Option<&str>,
        options: &ExportOptions,
    ) -> Result<Written, Failure> {
        let written = match self {
            Self::Stdout(format) => to_stdout(generation, *format).await.map(|()| Written {
                name: "stdout".to_owned(),
                file: None,
            }),
            Self::File(path, format) => to_file(generation, path, *format, options).await,
            Self::Folder(folder, format) => {
                let name = name.map_or_else(|| format!("loqui-{}", generation.id()), str::to_owned);
                to_file(generation, &free(folder, &name, *format), *format, options).await
            }
        };
        written.map_err(|failure| failure.map(|error| with_advice(error, generation.id())))
    }
}

/// What was written.
#[derive(Debug)]
pub(crate) struct Written {
    /// The name of the output.
    pub(crate) name: String,
    /// The file, if it is one.
    pub(crate) file: Option<ExportedFile>,
}

async fn to_file(
    generation: &Generation,
    path: &Path,
    format: SpeechFormat,
    options: &ExportOptions,
) -> Result<Written, Failure> {
    make_folder(path).await?;
    let options = options.clone().with_encoding(format);
    let file = generation.export(path, &options).await?;
    Ok(Written {
        name: path.display().to_string(),
        file: Some(file),
    })
}

/// Writes the speech to stdout: the finished file, or its pieces while it is spoken.
async fn to_stdout(generation: &Generation, format: SpeechFormat) -> Result<(), Failure> {
    let mut pieces = generation.audio_as(format).await?;
    while let Some(bytes) = pieces.try_next().await? {
        write_stdout(&bytes).await?;
    }
    Ok(())
}

pub(crate) async fn write_stdout(bytes: &[u8]) -> Result<(), Failure> {
    let mut stdout = tokio::io::stdout();
    let written = async {
        stdout.write_all(bytes).await?;
        stdout.flush().await
    };
    written.await.map_err(|source: std::io::Error| {
        let is_closed = source.kind() == std::io::ErrorKind::BrokenPipe;
        let error = Error::new(&code::OUTPUT_UNWRITABLE, "could not write to stdout").with_source(source);
        if is_closed {
            Failure::closed_pipe(error)
        } else {
            error.into()
        }
    })
}

/// Writes a file that belongs to the speech of a generation; `-` is stdout. An existing file is replaced.
///
/// # Errors
///
/// `output.unwritable` with the number of the generation.
pub(crate) async fn write(path: &Path, bytes: impl Into<Bytes>, generation: GenerationId) -> Result<(), Failure> {
    let written = async {
        if is_stdout(path) {
            return write_stdout(&bytes.into()).await;
        }
        make_folder(path).await?;
        Ok(speech::save(path, bytes).await?)
    };
    let written: Result<(), Failure> = written.await;
    written.map_err(|failure| failure.map(|error| with_advice(error, generation)))
}

/// Adds the number of the generation, which is paid, and how to write it elsewhere.
fn with_advice(error: Error, generation: GenerationId) -> Error {
    if !error.is(&code::OUTPUT_UNWRITABLE) {
        return error;
    }
    error.with_generation(generation).with_hint(format!(
        "The speech is kept as generation {generation}. Write it elsewhere with `loqui generations wait {generation} -o \
         OUT.wav`; that costs nothing."
    ))
}

/// Creates the folder of a file.
pub(crate) async fn make_folder(path: &Path) -> Result<(), Failure> {
    let folder = folder_of(path);
    tokio::fs::create_dir_all(&folder).await.map_err(|source| {
        let message = format!("could not create the folder {}", folder.display());
        Error::new(&code::OUTPUT_UNWRITABLE, message).with_source(source).into()
    })
}

/// Returns whether the path stands for stdout.
pub(crate) fn is_stdout(path: &Path) -> bool {
    path == Path::new("-") || path == Path::new("/dev/stdout")
}

/// Returns whether the path is a folder, or is written as one.
fn names_folder(path: &Path) -> bool {
    path.is_dir() || path.as_os_str().to_string_lossy().ends_with(std::path::is_separator)
}

/// Returns the path of a file that does not exist: `name.wav`, `name-2.wav` and so on.
fn free(folder: &Path, name: &str, format: SpeechFormat) -> PathBuf {
    let extension = format.name();
    let mut path = folder.join(format!("{name}.{extension}"));
    let mut number = 2;
    // A link counts as well, even if its target does not exist.
    while path.symlink_metadata().is_ok() {
        path = folder.join(format!("{name}-{number}.{extension}"));
        number += 1;
    }
    path
}

/// Checks that a file can be written, before anything is paid. Its folder is created when the file is written.
///
/// # Errors
///
/// `output.unwritable`.
pub(crate) fn check(path: &Path) -> Result<(), Failure> {
    let refused = |message: String| Error::new(&code::OUTPUT_UNWRITABLE, message);
    if path.is_dir() {
        return Err(refused(format!("{} is a folder", path.display())).into());
    }
    let wanted = folder_of(path);
    let folder = wanted
        .ancestors()
        .find(|folder| folder.exists())
        .unwrap_or_else(|| Path::new("."));
    let folder = if folder.as_os_str().is_empty() {
        Path::new(".")
    } else {
        folder
    };
    if !folder.is_dir() {
        return Err(refused(format!("{} is not a folder", folder.display())).into());
    }
    // Permissions do not reflect read-only mounts and access lists, so create a file. Dropping it deletes it.
    tempfile::Builder::new()
        .prefix(".loqui-")
        .tempfile_in(folder)
        .map(drop)
        .map_err(|source| {
            refused(format!("cannot write into {}", folder.display()))
                .with_source(source)
                .into()
        })
}

fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        _ => PathBuf::from("."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn default_names_are_free() {
        let folder = tempfile::tempdir().unwrap();
        for expected in ["a.wav", "a-2.wav", "a-3.wav"] {
            let path = free(folder.path(), "a", SpeechFormat::Wav);
            assert_eq!(path, folder.path().join(expected));
            std::fs::write(path, "").unwrap();
        }
    }

    #[test]
    fn missing_folders_are_checked_at_their_nearest_ancestor() {
        let folder = tempfile::tempdir().unwrap();
        check(&folder.path().join("a/b/c.wav")).unwrap();
        assert!(!folder.path().join("a").exists());
        std::fs::write(folder.path().join("a"), "").unwrap();
        let failure = check(&folder.path().join("a/b/c.wav")).unwrap_err();
        assert_eq!(failure.error().code(), "output.unwritable");
        assert!(failure.error().message().ends_with("is not a folder"), "{failure:?}");
    }

    #[test]
    fn extension_and_chosen_format_agree() {
        let of =
            |path: &str, chosen| format_of(path.as_ref(), chosen).map_err(|failure| failure.error().code().to_owned());
        assert_eq!(of("a.mp3", None), Ok(SpeechFormat::Mp3));
        assert_eq!(of("a", Some(SpeechFormat::Opus)), Ok(SpeechFormat::Opus));
        assert_eq!(of("a.ogg", Some(SpeechFormat::Opus)), Ok(SpeechFormat::Opus));
        assert_eq!(of("a.m4b", None), Ok(SpeechFormat::M4b));
        assert_eq!(of("a.wav", Some(SpeechFormat::Mp3)), Err("usage".to_owned()));
        assert_eq!(of("a.aac", None), Err("output.format".to_owned()));
    }
}
