//! `loqui estimate`: estimates segments, duration and cost of a text.

use loqui_core::Finding;
use loqui_core::estimate::Estimate;
use serde::Serialize;

use crate::exit::ExitCode;
use crate::failure::Failure;
use crate::output;
use crate::script::ScriptFlags;

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

pub(super) async fn run(arguments: Arguments, json: bool) -> Result<ExitCode, Failure> {
    let (script, model) = arguments.script.read().await?;
    let estimate = Estimate::of(&script, &model);
    if json {
        let warnings = &estimate.warnings;
        output::json(&EstimateReport {
            estimate: &estimate,
            warnings,
        });
    } else {
        estimate.warnings.iter().for_each(output::finding);
        output::print(&summary(&estimate));
    }
    Ok(ExitCode::SUCCESS)
}

/// Describes an estimate in one line.
pub(super) fn summary(estimate: &Estimate) -> String {
    format!(
        "{}, {}, about {:.0} s, ${:.4} ({}{})",
        output::counted(estimate.characters, "character"),
        output::counted(estimate.segments, "segment"),
        estimate.duration_seconds,
        estimate.cost_usd,
        estimate.price_basis,
        estimate
            .prices_as_of
            .as_ref()
            .map(|day| format!(", price of {day}"))
            .unwrap_or_default(),
    )
}
