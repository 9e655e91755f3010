//! `loqui backup`: writes all records and audio into one file.

use std::path::PathBuf;

use super::CommonFlags;
use crate::backup::{self, Destination};
use crate::exit::ExitCode;
use crate::failure::Failure;
use crate::{output, target};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// File to write, a tar archive; `-` writes to stdout
    file: PathBuf,

    /// Leave out the audio, for instance because the bucket has backups of its own
    #[arg(long)]
    records_only: bool,
}

pub(super) async fn run(arguments: Arguments, common: &CommonFlags) -> Result<ExitCode, Failure> {
    let destination = if target::is_stdout(&arguments.file) {
        output::take_stdout();
        Destination::Stdout
    } else {
        target::check(&arguments.file)?;
        Destination::File(arguments.file)
    };
    let settings = common.settings_for_stored_generations()?;
    let data_dir = settings.data_dir().to_owned();
    let loqui = settings.open()?;
    let written = backup::write(&loqui, &data_dir, &destination, !arguments.records_only).await?;
    if common.json {
        output::json(&written);
        return Ok(ExitCode::SUCCESS);
    }
    let name = match &destination {
        Destination::File(path) => path.display().to_string(),
        Destination::Stdout => "stdout".to_owned(),
    };
    let audio = if arguments.records_only {
        "without audio".to_owned()
    } else {
        output::counted(usize::try_from(written.audio_files).unwrap_or(usize::MAX), "audio file")
    };
    output::print(&format!(
        "{name} ({:.1} MiB, {audio}): the records of {}",
        written.bytes as f64 / f64::from(1 << 20),
        written.at
    ));
    Ok(ExitCode::SUCCESS)
}
