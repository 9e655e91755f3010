//! `loqui check`: can these recordings be used?

use std::process::ExitCode;

use loqui_core::Severity;
use loqui_core::sample::{self, Report};
use serde::Serialize;

use crate::arguments::CheckArguments;
use crate::failure::Failure;
use crate::output;

/// A report with the name of its file, as JSON shows it.
#[derive(Serialize)]
struct FileReport<'a> {
    file: String,
    #[serde(flatten)]
    report: &'a Report,
}

pub(crate) async fn run(arguments: CheckArguments, json: bool) -> Result<ExitCode, Failure> {
    let mut all_usable = true;
    for file in arguments.files {
        let report = sample::check_file(&file).await;
        all_usable &= report.usable;
        let name = file.display().to_string();
        if json {
            output::json(&FileReport {
                file: name,
                report: &report,
            });
        } else {
            output::print(&verdict(&name, &report));
        }
    }
    Ok(if all_usable {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// The verdict on a recording, and every finding.
pub(super) fn verdict(name: &str, report: &Report) -> String {
    let mark = if report.usable { "✓" } else { "✗" };
    let mut lines = vec![match report.duration_seconds {
        Some(seconds) => format!("{mark} {name}: {}, {seconds:.1} s", report.format),
        None => format!("{mark} {name}"),
    }];
    for finding in &report.findings {
        let severity = match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            _ => "note",
        };
        lines.push(format!("    {severity}: {} [{}]", finding.message, finding.code));
        lines.push(format!("      hint: {}", finding.hint));
    }
    lines.join("\n")
}
