//! `estimate`: segments, duration and cost of a text.

use loqui_core::estimate::{Estimate, dollars};
use loqui_core::options::{check_known, field_names, from_fields};
use loqui_core::{Error, SpeakOptions};
use rmcp::model::{JsonObject, Tool};
use serde::Deserialize;
use serde_json::json;

use super::super::answer::{Answer, invalid};
use super::super::session::Session;
use crate::summary;

pub(super) const NAME: &str = "estimate";

#[derive(Debug, Deserialize)]
struct Arguments {
    text: String,
}

pub(super) fn tool() -> Tool {
    super::tool(
        NAME,
        "Estimate the segments, the duration and the cost of a text before speaking it. Nothing is sent.",
        super::with_speak_options(json!({ "text": { "type": "string", "description": "The text to speak" } })),
        &["text"],
    )
    .with_title("Estimate duration and cost")
    .with_annotations(super::read_only())
}

pub(super) fn run(session: &Session, arguments: &JsonObject) -> Result<Answer, Error> {
    check_known(
        arguments,
        &[SpeakOptions::names().as_slice(), field_names::<Arguments>()].concat(),
    )
    .map_err(invalid)?;
    let Arguments { text } = from_fields(arguments).map_err(invalid)?;
    let options = SpeakOptions::from_fields(arguments).map_err(invalid)?;
    let estimate = of(session, &text, &options)?;
    let remaining = session.budget.remaining_usd();
    let mut text = format!("Engine {}: {}", session.loqui.engine(), summary::estimate(&estimate));
    if estimate.cost_usd > 0.0 {
        let budget = match remaining {
            Some(usd) => format!("{} remain of the session's budget", dollars(usd)),
            None => "The session has no budget, so `speak` would refuse this text".to_owned(),
        };
        text.push('\n');
        text.push_str(&budget);
    }
    for finding in &estimate.warnings {
        text.push('\n');
        text.push_str(&summary::finding(finding));
    }
    Ok(Answer::new(
        text,
        json!({
            "engine": session.loqui.engine(),
            "estimate": estimate,
            "warnings": estimate.warnings,
            "session_budget_remaining_usd": remaining,
        }),
    ))
}

/// Estimates a text as it would be spoken with these options.
pub(super) fn of(session: &Session, text: &str, options: &SpeakOptions) -> Result<Estimate, Error> {
    let script = session.loqui.script(text, options)?;
    let model = session.loqui.model(options.voice.model.as_deref())?;
    Ok(Estimate::of(&script, &model))
}
