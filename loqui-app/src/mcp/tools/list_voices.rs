//! `list_voices`: the voices that are kept.

use loqui_core::Error;
use loqui_core::store::{SampleFilter, SampleRecord};
use rmcp::model::{JsonObject, Tool};
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::answer::Answer;
use super::super::session::Session;

pub(super) const NAME: &str = "list_voices";

#[derive(Debug, Deserialize)]
struct Arguments {}

pub(super) fn tool() -> Tool {
    super::tool(
        NAME,
        "List the voices that are kept on this machine, newest first, with the consent of their speakers and what \
         limits their use.",
        json!({}),
        &[],
    )
    .with_title("List voices")
    .with_annotations(super::read_only())
}

pub(super) async fn run(session: &Session, arguments: &JsonObject) -> Result<Answer, Error> {
    let Arguments {} = super::read(arguments)?;
    let samples = session.loqui.samples(&SampleFilter::default()).await?;
    let text = if samples.is_empty() {
        "No voices are kept. The user keeps one with `loqui samples add FILE --name NAME --consent STATEMENT`."
            .to_owned()
    } else {
        samples.iter().map(line).collect::<Vec<_>>().join("\n")
    };
    let voices: Vec<Value> = samples.iter().map(voice).collect();
    Ok(Answer::new(text, json!({ "voices": voices })))
}

fn line(sample: &SampleRecord) -> String {
    let consent = if sample.consent.is_some() {
        "consent recorded"
    } else {
        "no consent recorded"
    };
    let mut line = format!("{} (id {}): {:.1} s, {consent}", sample.name, sample.id, sample.seconds);
    for finding in sample.report().warnings() {
        line.push_str("; ");
        line.push_str(&finding.message);
    }
    line
}

fn voice(sample: &SampleRecord) -> Value {
    json!({
        "id": sample.id,
        "name": sample.name,
        "duration_seconds": sample.seconds,
        "consent": sample.consent.as_ref().map(|consent| &consent.statement),
        "created_at": sample.created_at,
        "warnings": sample.report().warnings().collect::<Vec<_>>(),
    })
}
