//! `loqui script`: shows what is written and what will be spoken.

use loqui_core::estimate::Estimate;
use loqui_core::script::{ChapterReport, ScriptReport, TokenReading};
use serde::Serialize;

use super::CommonFlags;
use crate::exit::ExitCode;
use crate::failure::Failure;
use crate::script::ScriptFlags;
use crate::{output, summary};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    script: ScriptFlags,
}

/// What is written and what is spoken, with the estimate, as JSON.
#[derive(Serialize)]
struct FullReport<'a> {
    #[serde(flatten)]
    script: ScriptReport,
    estimate: &'a Estimate,
}

pub(super) async fn run(arguments: Arguments, common: &CommonFlags) -> Result<ExitCode, Failure> {
    let (script, model) = common.read(arguments.script).await?;
    let estimate = Estimate::of(&script, &model);
    let report = script.report();
    if common.json {
        output::json(&FullReport {
            script: report,
            estimate: &estimate,
        });
        return Ok(ExitCode::SUCCESS);
    }
    report.findings.iter().for_each(output::finding);
    let mut chapters = report.chapters.iter().peekable();
    for segment in &report.segments {
        if let Some(chapter) = chapters.next_if(|chapter| chapter.segments.0 == segment.index) {
            output::print(&heading(chapter));
        }
        let voice = segment
            .voice
            .as_ref()
            .map(|voice| format!("[{voice}] "))
            .unwrap_or_default();
        output::print(&format!("{}. {voice}{}", segment.index + 1, one_line(&segment.text)));
        output::print(&format!("   spoken: {}", segment.spoken));
        for reading in &segment.readings {
            output::print(&format!("     {}", described(reading)));
        }
    }
    if !report.chapters.is_empty() {
        output::print(&output::counted(report.chapters.len(), "chapter"));
        report
            .chapters
            .iter()
            .for_each(|chapter| output::print(&listed(chapter)));
    }
    output::print(&summary::estimate(&estimate));
    Ok(ExitCode::SUCCESS)
}

/// The line before the first segment of a chapter.
fn heading(chapter: &ChapterReport) -> String {
    let marks = "#".repeat(usize::from(chapter.level));
    format!("{marks} {}", one_line(&chapter.title)).trim_end().to_owned()
}

/// A chapter in the list of chapters: its length, its number of segments, and its title.
fn listed(chapter: &ChapterReport) -> String {
    let seconds = chapter.duration_seconds.round() as u64;
    let indent = "  ".repeat(usize::from(chapter.level));
    let segments = (chapter.segments.1 - chapter.segments.0) as usize;
    format!(
        "{:>4}:{:02}{indent}{} ({})",
        seconds / 60,
        seconds % 60,
        one_line(&chapter.title),
        output::counted(segments, "segment"),
    )
}

/// Describes how a token is read: `$5 -> five dollars (money)`.
fn described(reading: &TokenReading) -> String {
    let spoken = if reading.spoken.is_empty() {
        "left out"
    } else {
        &reading.spoken
    };
    let reason = reading.reason.map(|reason| format!(": {reason}")).unwrap_or_default();
    format!("{} -> {spoken} ({}{reason})", one_line(&reading.written), reading.class)
}

/// Joins the lines of a text.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
