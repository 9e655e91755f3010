//! Lists the speakers of a recording and writes a preview of each.

use std::path::Path;

use loqui_core::sample::Speaker;
use loqui_core::{Error, speech};
use serde::Serialize;

use crate::code;
use crate::exit::ExitCode;
use crate::failure::Failure;
use crate::recording::{self, PreparationFlags};
use crate::{output, target};

/// The speakers of a file, as JSON.
#[derive(Serialize)]
struct FileSpeakers {
    file: String,
    speakers: Vec<Preview>,
}

#[derive(Serialize)]
struct Preview {
    #[serde(flatten)]
    speaker: Speaker,
    /// The path of the preview.
    preview: String,
}

/// Finds the speakers, and writes their previews.
///
/// # Errors
///
/// Those of `Sample::open` and `Sample::speakers`; `output.unwritable`.
pub(super) async fn run(file: &Path, folder: &Path, json: bool) -> Result<ExitCode, Failure> {
    let sample = recording::prepared(file, &PreparationFlags::default()).await?;
    let finding = tokio::task::spawn_blocking(move || sample.speakers()).await;
    let ended_early = |panic| Error::new(&code::INTERNAL, "the search ended early").with_source(panic);
    let speakers = finding.map_err(ended_early)??;
    let stem = match file.file_stem() {
        Some(stem) if !recording::is_stdin(file) => stem.to_string_lossy().into_owned(),
        _ => "recording".to_owned(),
    };
    let mut previews = Vec::new();
    for speaker in speakers {
        let path = folder.join(format!("{stem}-speaker-{}.wav", speaker.number));
        target::make_folder(&path).await?;
        speech::save(&path, speaker.preview.clone()).await?;
        previews.push(Preview {
            speaker,
            preview: path.display().to_string(),
        });
    }
    let file = file.display().to_string();
    if json {
        output::json(&FileSpeakers {
            file,
            speakers: previews,
        });
    } else {
        output::print(&text(&file, &previews));
    }
    Ok(ExitCode::SUCCESS)
}

fn text(file: &str, previews: &[Preview]) -> String {
    let mut lines = vec![format!("{file}: {}", output::counted(previews.len(), "speaker"))];
    for Preview { speaker, preview } in previews {
        let parts: Vec<String> = speaker
            .parts
            .iter()
            .map(|part| format!("{:.1}-{:.1}", part.start_seconds, part.end_seconds))
            .collect();
        lines.push(format!(
            "  {}  {:>5.1} s  {preview}\n      at {} s",
            speaker.number,
            speaker.seconds,
            parts.join(", ")
        ));
    }
    if previews.len() > 1 {
        lines.push("Choose one with `--speaker N`.".to_owned());
    }
    lines.join("\n")
}
