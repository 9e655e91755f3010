//! `loqui estimate`: estimates segments, duration and cost of a text.

use loqui_core::estimate::Estimate;
use loqui_core::{Finding, Severity};
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

/// An estimate with the warnings about the text, as JSON.
#[derive(Serialize)]
struct EstimateReport<'a> {
    #[serde(flatten)]
    estimate: &'a Estimate,
    warnings: &'a [Finding],
}

pub(super) async fn run(arguments: Arguments, common: &CommonFlags) -> Result<ExitCode, Failure> {
    let (script, model) = common.read(arguments.script).await?;
    let estimate = Estimate::of(&script, &model);
    if common.json {
        let warnings = &estimate.warnings;
        output::json(&EstimateReport {
            estimate: &estimate,
            warnings,
        });
    } else {
        estimate.warnings.iter().for_each(output::finding);
        output::print(&summary::estimate(&estimate));
    }
    // `speak` would refuse this text.
    let is_refused = estimate
        .warnings
        .iter()
        .any(|finding| finding.severity == Severity::Error);
    Ok(if is_refused {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}
