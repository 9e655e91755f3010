//! `loqui estimate`: estimates segments, duration and cost of a text.

use std::path::PathBuf;

use loqui_core::Finding;
use loqui_core::engine::ReplicateEngine;
use loqui_core::estimate::Estimate;
use serde::Serialize;

use crate::exit::ExitCode;
use crate::failure::Failure;
use crate::{output, script};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Text to estimate; `-` reads it from stdin
    text: Option<String>,

    /// File with the text
    #[arg(long, value_name = "FILE", conflicts_with = "text")]
    script: Option<PathBuf>,

    /// Model, for example `chatterbox-turbo`
    #[arg(long)]
    model: Option<String>,
}

/// An estimate with the warnings about the text, as JSON.
#[derive(Serialize)]
struct EstimateReport<'a> {
    #[serde(flatten)]
    estimate: &'a Estimate,
    warnings: &'a [Finding],
}

pub(super) async fn run(arguments: Arguments, json: bool) -> Result<ExitCode, Failure> {
    let text = script::read(arguments.text, arguments.script.as_deref()).await?;
    let model = ReplicateEngine::model_info(arguments.model.as_deref())?;
    let estimate = Estimate::new(&text, &model)?;
    if json {
        let warnings = &estimate.warnings;
        output::json(&EstimateReport {
            estimate: &estimate,
            warnings,
        });
    } else {
        for warning in &estimate.warnings {
            output::finding(warning);
        }
        output::print(&format!(
            "{}, {}, about {:.0} s, ${:.4} ({}{})",
            output::counted(estimate.characters, "character"),
            output::counted(estimate.segments, "segment"),
            estimate.duration_seconds,
            estimate.cost_usd,
            estimate.price_basis,
            estimate
                .prices_as_of
                .map(|day| format!(", price of {day}"))
                .unwrap_or_default(),
        ));
    }
    Ok(ExitCode::SUCCESS)
}
