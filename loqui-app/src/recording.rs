//! Opens the recordings of a voice: files, or `-` for stdin.

use std::path::{Path, PathBuf};

use loqui_core::audio::Limits;
use loqui_core::sample::Preparation;
use loqui_core::{Error, Loqui, Sample};

use crate::code;
use crate::failure::Failure;
use crate::stdin;

/// The flags of commands that prepare a recording before it is used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::Args)]
pub(crate) struct PreparationFlags {
    /// Clean the recording first: noise, hum, rumble, clipped peaks, silence, level; see `loqui clean`
    #[arg(long)]
    clean: bool,

    /// Use only the speech of this speaker, numbered as by `loqui check --speakers`
    #[arg(long, value_name = "N")]
    speaker: Option<u32>,
}

impl PreparationFlags {
    /// The flags that clean a recording.
    pub(crate) fn clean(speaker: Option<u32>) -> Self {
        Self { clean: true, speaker }
    }

    /// Returns whether no flag is set.
    pub(crate) fn is_empty(&self) -> bool {
        self.preparation() == Preparation::default()
    }

    /// Returns what is done to the recordings.
    pub(crate) fn preparation(&self) -> Preparation {
        Preparation::default().with_clean(self.clean).with_speaker(self.speaker)
    }
}

/// Returns whether the path stands for stdin.
pub(crate) fn is_stdin(path: &Path) -> bool {
    path == Path::new("-") || path == Path::new("/dev/stdin")
}

/// Opens a recording. One from stdin is named by the first digits of its hash.
pub(crate) async fn open(loqui: &Loqui, path: &Path) -> Result<Sample, Failure> {
    if is_stdin(path) {
        return Ok(loqui.read_sample(read_stdin().await?).await?);
    }
    Ok(loqui.open_sample(path).await?)
}

/// Opens a recording that is not used for speech, without a store.
async fn open_alone(path: &Path) -> Result<Sample, Failure> {
    if !is_stdin(path) {
        return Ok(Sample::open(path).await?);
    }
    let bytes = read_stdin().await?;
    let checking = tokio::task::spawn_blocking(move || Sample::from_bytes(bytes)).await;
    let ended_early = |panic| Error::new(&code::INTERNAL, "the check ended early").with_source(panic);
    Ok(checking.map_err(ended_early)??)
}

/// Opens and prepares one recording, without a store.
///
/// # Errors
///
/// Those of [`Sample::open`] and [`Preparation::prepare`]; `usage` if stdin is a terminal.
pub(crate) async fn prepared(path: &Path, flags: &PreparationFlags) -> Result<Sample, Failure> {
    let sample = open_alone(path).await?;
    Ok(flags.preparation().prepare(vec![sample]).await?)
}

/// Opens the recordings of one voice, and makes one sample from them.
///
/// # Errors
///
/// Those of [`Loqui::open_sample`] and [`Preparation::prepare`]; `usage` if stdin is a terminal, or is given twice.
pub(crate) async fn open_all(loqui: &Loqui, paths: &[PathBuf], flags: &PreparationFlags) -> Result<Sample, Failure> {
    if paths.iter().filter(|path| is_stdin(path)).count() > 1 {
        let error = Error::new(&code::USAGE, "stdin has one recording, and it is given more than once");
        return Err(Failure::wrong_use(error));
    }
    let mut recordings = Vec::with_capacity(paths.len());
    for path in paths {
        recordings.push(open(loqui, path).await?);
    }
    Ok(flags.preparation().prepare(recordings).await?)
}

/// Reads a recording from stdin.
///
/// # Errors
///
/// `file.unreadable`; `usage` if stdin is a terminal.
pub(crate) async fn read_stdin() -> Result<Vec<u8>, Failure> {
    if stdin::is_terminal() {
        return Err(Failure::wrong_use(
            Error::new(&code::USAGE, "no recording arrives on stdin: it is a terminal")
                .with_hint("Pass a file, or pipe a recording into the command."),
        ));
    }
    stdin::read("the recording", Limits::IN_MEMORY).await
}
