//! Waits for a generation, and describes it.

use std::time::Duration;

use futures::StreamExt as _;
use loqui_core::estimate::dollars;
use loqui_core::ledger::{GenerationInfo, Status};
use loqui_core::speech::SpeechFormat;
use loqui_core::{Error, Generation};
use rmcp::RoleServer;
use rmcp::model::ProgressNotificationParam;
use rmcp::service::RequestContext;
use serde_json::{Value, json};

use super::super::answer::Answer;
use super::super::session::Session;
use super::speak::FORMAT;
use crate::{code, copy, summary};

/// How long `speak` waits by default. Common clients give a tool one minute.
pub(super) const DEFAULT_SECONDS: f64 = 45.0;
/// The longest wait, in seconds.
const MOST_SECONDS: f64 = 600.0;

/// Adds the arguments of tools that wait for speech.
pub(super) fn describe(arguments: &mut Value, default_seconds: f64) {
    let Some(properties) = arguments.as_object_mut() else {
        return;
    };
    let mut formats: Vec<Value> = SpeechFormat::ALL.map(|format| format.name().into()).to_vec();
    formats.push(Value::Null);
    let wait = format!("How long to wait for the speech, in seconds, 0 to {MOST_SECONDS}. Default: {default_seconds}.");
    for (name, schema) in [
        (
            "audio_format",
            json!({ "type": ["string", "null"], "enum": formats,
                "description": format!("The format of the speech. Default: {}.", FORMAT.name()) }),
        ),
        (
            "file_name",
            json!({ "type": ["string", "null"],
                "description": "The name of the file, without a folder. An existing file is not replaced." }),
        ),
        (
            "wait_seconds",
            json!({ "type": ["number", "null"], "minimum": 0, "maximum": MOST_SECONDS, "description": wait }),
        ),
    ] {
        properties.insert(name.to_owned(), schema);
    }
}

/// Returns the format of this name, or the default format.
pub(super) fn format(name: Option<&str>) -> Result<SpeechFormat, Error> {
    name.map_or(Ok(FORMAT), str::parse)
}

/// Returns the time to wait.
pub(super) fn duration(seconds: Option<f64>, default_seconds: f64) -> Result<Duration, Error> {
    let seconds = seconds.unwrap_or(default_seconds);
    if !(0.0..=MOST_SECONDS).contains(&seconds) {
        let message = format!("wait_seconds is {seconds}; it must be 0 to {MOST_SECONDS}");
        return Err(Error::new(&code::OPTION_OUT_OF_RANGE, message));
    }
    Ok(Duration::from_secs_f64(seconds))
}

/// Waits for a generation, and returns its speech, or its progress if it has not ended in time.
///
/// # Errors
///
/// The error that it failed with; `output.unwritable`, `store.*`.
pub(super) async fn answer(
    session: &Session,
    generation: &Generation,
    wait: Duration,
    format: SpeechFormat,
    file_name: Option<&str>,
    context: &RequestContext<RoleServer>,
) -> Result<Answer, Error> {
    tokio::select! {
        // Cancelled calls are not answered: the generation continues.
        () = context.ct.cancelled() => {}
        () = tokio::time::sleep(wait) => {}
        followed = follow(generation, context) => followed?,
    }
    let info = generation.info().await?;
    match (&info.error, info.status) {
        (Some(error), Status::Failed) => Err(error.to_error().with_generation(generation.id())),
        (_, Status::Completed) => finished(session, generation, info, format, file_name).await,
        _ => Ok(unfinished(session, &info)),
    }
}

/// Reports progress until the generation ends. Does not run a generation that another process has interrupted.
async fn follow(generation: &Generation, context: &RequestContext<RoleServer>) -> Result<(), Error> {
    let token = context.meta.get_progress_token();
    let mut events = generation.events();
    while let Some(event) = events.next().await {
        let event = event?;
        let Some(token) = &token else { continue };
        let progress = ProgressNotificationParam::new(token.clone(), f64::from(event.progress))
            .with_total(100.0)
            .with_message(copy::of_event(&event));
        // The client may be gone.
        let _ = context.peer.notify_progress(progress).await;
    }
    Ok(())
}

async fn finished(
    session: &Session,
    generation: &Generation,
    info: GenerationInfo,
    format: SpeechFormat,
    file_name: Option<&str>,
) -> Result<Answer, Error> {
    let link = session.files.link(generation, format, file_name).await?;
    let place = link.path.as_deref().unwrap_or(&link.resource.uri);
    let mut text = format!("Generation {}: {place} ({})", info.generation, summary::speech(&info));
    text.push_str(&budget(session));
    for finding in &info.warnings {
        text.push('\n');
        text.push_str(&summary::finding(finding));
    }
    let json = described(session, &info, link.path.as_deref());
    let mut answer = Answer::new(text, json);
    answer.link = Some(link.resource);
    Ok(answer)
}

fn unfinished(session: &Session, info: &GenerationInfo) -> Answer {
    let id = info.generation;
    let text = format!(
        "Generation {id} is {} ({} %). It continues. Call `read_generation` with generation {id} for the speech.{}",
        info.status,
        info.progress,
        budget(session)
    );
    Answer::new(text, described(session, info, None))
}

fn budget(session: &Session) -> String {
    session.budget.remaining_usd().map_or_else(String::new, |usd| {
        format!("\n{} remain of the session's budget", dollars(usd))
    })
}

/// The generation as JSON.
pub(super) fn described(session: &Session, info: &GenerationInfo, path: Option<&str>) -> Value {
    let info = match path {
        Some(path) => info.clone().with_output(path),
        None => info.clone(),
    };
    json!({ "generation": info, "session_budget_remaining_usd": session.budget.remaining_usd() })
}
