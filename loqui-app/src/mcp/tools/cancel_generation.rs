//! `cancel_generation`: stops a generation.

use std::time::Duration;

use futures::StreamExt as _;
use loqui_core::{Error, GenerationId};
use rmcp::model::{JsonObject, Tool, ToolAnnotations};
use serde::Deserialize;
use serde_json::json;

use super::super::answer::Answer;
use super::super::session::Session;
use super::waiting;

pub(super) const NAME: &str = "cancel_generation";

/// How long the end of a generation is waited for.
const WAIT: Duration = Duration::from_secs(20);

#[derive(Debug, Deserialize)]
struct Arguments {
    generation: GenerationId,
}

pub(super) fn tool() -> Tool {
    super::tool(
        NAME,
        "Cancel a generation, here and at the provider. What was spoken is kept for a retry by the user.",
        json!({ "generation": { "type": "integer", "description": "Number of the generation, from `speak`" } }),
        &["generation"],
    )
    .with_title("Cancel a generation")
    .with_annotations(
        ToolAnnotations::new()
            .read_only(false)
            .destructive(true)
            .idempotent(true)
            .open_world(false),
    )
}

pub(super) async fn run(session: &Session, arguments: &JsonObject) -> Result<Answer, Error> {
    let arguments: Arguments = super::read(arguments)?;
    let generation = session.loqui.generation(arguments.generation).await?;
    generation.cancel().await?;
    let mut events = generation.events();
    let ended = async { while let Some(Ok(_)) = events.next().await {} };
    let _ = tokio::time::timeout(WAIT, ended).await;
    let info = generation.info().await?;
    let text = format!("Generation {} is {}", info.generation, info.status);
    Ok(Answer::new(text, waiting::described(session, &info, None)))
}
