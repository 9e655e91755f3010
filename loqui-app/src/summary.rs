//! Results in one line of text.

use loqui_core::estimate::{Estimate, dollars};
use loqui_core::ledger::GenerationInfo;
use loqui_core::{Finding, Severity};

use crate::output::counted;

/// Describes an estimate in one line.
pub(crate) fn estimate(estimate: &Estimate) -> String {
    format!(
        "{}, {}, about {:.0} s, {} ({}{})",
        counted(estimate.characters, "character"),
        counted(estimate.segments, "segment"),
        estimate.duration_seconds,
        dollars(estimate.cost_usd),
        estimate.price_basis,
        estimate
            .prices_as_of
            .as_ref()
            .map(|day| format!(", price of {day}"))
            .unwrap_or_default(),
    )
}

/// Describes the speech of a generation in one line, without the name of its file: length, segments, model and cost.
pub(crate) fn speech(info: &GenerationInfo) -> String {
    let cost = if info.cost_usd > 0.0 {
        format!(", {}", dollars(info.cost_usd))
    } else {
        String::new()
    };
    format!(
        "{:.2} s, {}, {}{cost}",
        info.duration_seconds.unwrap_or_default(),
        counted(info.segments.len(), "segment"),
        if info.engine == "offline" {
            "offline voice"
        } else {
            &info.model
        },
    )
}

/// Describes a finding with its hint in one line.
pub(crate) fn finding(finding: &Finding) -> String {
    let severity = match finding.severity {
        Severity::Note => "note",
        Severity::Error => "error",
        _ => "warning",
    };
    format!("{severity}: {} ({})", finding.message, finding.hint)
}
