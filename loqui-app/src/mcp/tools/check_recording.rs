//! `check_recording`: whether a recording can be used as a voice.

use loqui_core::{Error, sample};
use rmcp::model::{JsonObject, Tool};
use serde::Deserialize;
use serde_json::json;

use super::super::answer::Answer;
use super::super::session::Session;
use crate::verdict;

pub(super) const NAME: &str = "check_recording";

#[derive(Debug, Deserialize)]
struct Arguments {
    path: String,
    #[serde(default)]
    model: Option<String>,
}

pub(super) fn tool(session: &Session) -> Tool {
    super::tool(
        NAME,
        "Check whether a recording can be used as a voice, and what to do about its problems. Nothing is stored or sent.",
        json!({
            "path": { "type": "string", "description": session.recordings.description() },
            "model": { "type": ["string", "null"], "description": "Model whose requirements are checked. Default: the engine's own." },
        }),
        &["path"],
    )
    .with_title("Check a recording")
    .with_annotations(super::read_only())
}

pub(super) async fn run(session: &Session, arguments: &JsonObject) -> Result<Answer, Error> {
    let arguments: Arguments = super::read(arguments)?;
    let path = session.recordings.find(&arguments.path).await?;
    let model = session.loqui.model(arguments.model.as_deref())?;
    let report = sample::analyze_file(&path)
        .await
        .report
        .for_model(&model.reference_limits());
    let text = verdict::text(&arguments.path, &report);
    Ok(Answer::new(
        text.trim_end(),
        json!({ "path": arguments.path, "report": report }),
    ))
}
