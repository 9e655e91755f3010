//! `loqui clean`: repairs a recording and reports what changed.

use std::path::{Path, PathBuf};

use loqui_core::sample::Report;
use loqui_core::{Bytes, Error, speech};
use serde::Serialize;

use crate::exit::ExitCode;
use crate::failure::Failure;
use crate::recording::{self, PreparationFlags};
use crate::{code, output, target, verdict};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Recording of a voice; `-` reads it from stdin
    #[arg(value_name = "FILE")]
    file: PathBuf,

    /// Output file: the cleaned recording as WAV; `-` writes it to stdout
    #[arg(short, long, value_name = "OUT.wav")]
    output: PathBuf,

    /// Keep only the speech of this speaker, numbered as by `loqui check --speakers`
    #[arg(long, value_name = "N")]
    speaker: Option<u32>,
}

/// The report on the cleaned recording with the names of both files, as JSON.
#[derive(Serialize)]
struct CleanedFile<'a> {
    file: String,
    output: String,
    #[serde(flatten)]
    report: &'a Report,
}

pub(super) async fn run(arguments: Arguments, json: bool) -> Result<ExitCode, Failure> {
    let Arguments { file, output, speaker } = arguments;
    check_output(&file, &output)?;
    let cleaned = recording::prepared(&file, &PreparationFlags::clean(speaker)).await?;
    let wav = cleaned.to_wav()?;
    let name = write(&output, wav).await?;
    let report = cleaned.report();
    if json {
        output::json(&CleanedFile {
            file: file.display().to_string(),
            output: name,
            report,
        });
    } else {
        output::print(&verdict::text(&name, report));
    }
    Ok(if report.usable {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Refuses outputs that would replace the recording or have a misleading name, before any work is done.
fn check_output(file: &Path, output: &Path) -> Result<(), Failure> {
    let refused =
        |message: String, hint: &str| Failure::wrong_use(Error::new(&code::USAGE, message).with_hint(hint.to_owned()));
    if target::is_stdout(output) {
        if std::io::IsTerminal::is_terminal(&std::io::stdout()) {
            let hint = "Pipe it into a player, or write it to a file with `-o me-clean.wav`.";
            return Err(refused("audio is not written to a terminal".to_owned(), hint));
        }
        output::take_stdout();
        return Ok(());
    }
    let extension = output
        .extension()
        .map(|extension| extension.to_string_lossy().to_lowercase());
    if extension.is_some_and(|extension| extension != "wav" && extension != "wave") {
        let message = format!("{} is not the name of a WAV file", output.display());
        return Err(refused(
            message,
            "A cleaned recording is written as WAV: use the extension .wav.",
        ));
    }
    let same =
        std::fs::canonicalize(file).is_ok_and(|file| std::fs::canonicalize(output).is_ok_and(|output| output == file));
    if same {
        let message = format!("{} would replace the recording", output.display());
        return Err(refused(message, "Choose another name, so that the recording is kept."));
    }
    target::check(output)
}

async fn write(path: &Path, wav: Bytes) -> Result<String, Failure> {
    if target::is_stdout(path) {
        target::write_stdout(&wav).await?;
        return Ok("stdout".to_owned());
    }
    target::make_folder(path).await?;
    speech::save(path, wav).await?;
    Ok(path.display().to_string())
}

/// The command that cleans a recording, for a report whose findings it may repair.
pub(super) fn offer(file: &str, report: &Report) -> Option<String> {
    if !report.may_be_cleaned() || recording::is_stdin(Path::new(file)) {
        return None;
    }
    let path = Path::new(file);
    let stem = path.file_stem()?.to_string_lossy();
    let clean = path.with_file_name(format!("{stem}-clean.wav"));
    Some(format!(
        "  → may be repaired: loqui clean {} -o {}",
        quoted(file),
        quoted(&clean.display().to_string())
    ))
}

/// Quotes a path for a shell if it needs quotes.
fn quoted(path: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "-_./+,:@%".contains(c);
    if !path.is_empty() && path.chars().all(is_plain) {
        return path.to_owned();
    }
    format!("'{}'", path.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_with_spaces_are_quoted_in_the_offer() {
        let mut report = Report::default();
        assert_eq!(offer("me.mp3", &report), None);
        let finding = loqui_core::Finding::new(
            loqui_core::Severity::Warning,
            loqui_core::FindingCode::SampleNoisy,
            "noisy",
            "",
        );
        report.findings.push(finding);
        let line = offer("my voice.mp3", &report).unwrap();
        assert_eq!(
            line,
            "  → may be repaired: loqui clean 'my voice.mp3' -o 'my voice-clean.wav'"
        );
        assert_eq!(offer("-", &report), None);
        assert!(
            offer("a/me.wav", &report)
                .unwrap()
                .ends_with("loqui clean a/me.wav -o a/me-clean.wav")
        );
    }

    #[test]
    fn misleading_names_and_the_recording_itself_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("me.wav");
        std::fs::write(&file, "").unwrap();
        let message = |output: &Path| check_output(&file, output).unwrap_err().error().message().to_owned();
        assert!(message(&folder.path().join("out.mp3")).ends_with("is not the name of a WAV file"));
        assert!(
            message(
                &folder
                    .path()
                    .join("../")
                    .join(folder.path().file_name().unwrap())
                    .join("me.wav")
            )
            .ends_with("would replace the recording")
        );
        check_output(&file, &folder.path().join("out.wav")).unwrap();
    }
}
