//! `loqui script`: shows what is written and what will be spoken.

use loqui_core::estimate::Estimate;
use loqui_core::script::{ScriptReport, TokenReading};
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
    for segment in &report.segments {
        output::print(&format!("{}. {}", segment.index + 1, one_line(&segment.text)));
        output::print(&format!("   spoken: {}", segment.spoken));
        for reading in &segment.readings {
            output::print(&format!("     {}", described(reading)));
        }
    }
    output::print(&summary::estimate(&estimate));
    Ok(ExitCode::SUCCESS)
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
