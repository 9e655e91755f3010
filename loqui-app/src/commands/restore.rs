//! `loqui restore`: replaces records and audio by those of a backup.

use std::path::PathBuf;

use super::CommonFlags;
use crate::backup::Archive;
use crate::exit::ExitCode;
use crate::failure::Failure;
use crate::output;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Backup to read
    file: PathBuf,

    /// Replace the records and the audio that exist
    #[arg(long)]
    force: bool,
}

pub(super) async fn run(arguments: Arguments, common: &CommonFlags) -> Result<ExitCode, Failure> {
    let settings = common.settings_for_stored_generations()?;
    let archive = Archive::open(&arguments.file).await?;
    let restored = archive.restore(&settings.open()?, arguments.force).await?;
    if common.json {
        output::json(&restored);
        return Ok(ExitCode::SUCCESS);
    }
    let audio = if restored.audio {
        output::counted(
            usize::try_from(restored.audio_files).unwrap_or(usize::MAX),
            "audio file",
        )
    } else {
        "no audio".to_owned()
    };
    output::print(&format!("The records of {} and {audio} are restored", restored.at));
    output::note(
        "Unfinished generations look at the list of the provider before they pay for anything. What the list does not \
         decide is held: see `loqui generations list --status failed`.",
    );
    Ok(ExitCode::SUCCESS)
}
