//! `read_generation`: the state of a generation, and its speech.

use loqui_core::{Error, GenerationId};
use rmcp::RoleServer;
use rmcp::model::{JsonObject, Tool, ToolAnnotations};
use rmcp::service::RequestContext;
use serde::Deserialize;
use serde_json::json;

use super::super::answer::Answer;
use super::super::session::Session;
use super::waiting;

pub(super) const NAME: &str = "read_generation";

#[derive(Debug, Deserialize)]
struct Arguments {
    generation: GenerationId,
    #[serde(default)]
    audio_format: Option<String>,
    #[serde(default)]
    file_name: Option<String>,
    #[serde(default)]
    wait_seconds: Option<f64>,
}

pub(super) fn tool() -> Tool {
    let mut arguments = json!({
        "generation": { "type": "integer", "description": "Number of the generation, from `speak`" },
    });
    waiting::describe(&mut arguments, 0.0);
    super::tool(
        NAME,
        "Read the progress of a generation, and its speech once it is completed. Nothing is paid.",
        arguments,
        &["generation"],
    )
    .with_title("Read a generation")
    .with_annotations(
        ToolAnnotations::new()
            .read_only(false)
            .destructive(false)
            .idempotent(true)
            .open_world(false),
    )
}

pub(super) async fn run(
    session: &Session,
    arguments: &JsonObject,
    context: &RequestContext<RoleServer>,
) -> Result<Answer, Error> {
    let arguments: Arguments = super::read(arguments)?;
    let format = waiting::format(arguments.audio_format.as_deref())?;
    let wait = waiting::duration(arguments.wait_seconds, 0.0)?;
    let generation = session.loqui.generation(arguments.generation).await?;
    waiting::answer(
        session,
        &generation,
        wait,
        format,
        arguments.file_name.as_deref(),
        context,
    )
    .await
}
