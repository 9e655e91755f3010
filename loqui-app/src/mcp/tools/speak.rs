//! `speak`: speaks a text in a voice.

use loqui_core::options::{check_known, field_names, from_fields};
use loqui_core::speech::SpeechFormat;
use loqui_core::{Error, Generation, SpeakOptions};
use rmcp::RoleServer;
use rmcp::model::{JsonObject, Tool, ToolAnnotations};
use rmcp::service::RequestContext;
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::answer::{Answer, invalid};
use super::super::budget::Reservation;
use super::super::session::Session;
use super::{estimate, waiting};
use crate::{code, voices};

pub(super) const NAME: &str = "speak";

#[derive(Debug, Deserialize)]
struct Arguments {
    text: String,
    #[serde(default)]
    voice: Option<Value>,
    #[serde(default)]
    sample: Option<String>,
    #[serde(default)]
    audio_format: Option<String>,
    #[serde(default)]
    file_name: Option<String>,
    #[serde(default)]
    wait_seconds: Option<f64>,
}

pub(super) fn tool(session: &Session) -> Tool {
    let mut arguments = super::with_speak_options(json!({
        "text": { "type": "string", "description": "The text to speak" },
        "voice": { "type": ["string", "integer", "null"], "description": "Name or id of a kept voice, from `list_voices`" },
        "sample": {
            "type": ["string", "null"],
            "description": format!("Instead of `voice`: a recording, which becomes a kept voice. {}", session.recordings.description()),
        },
    }));
    waiting::describe(&mut arguments, waiting::DEFAULT_SECONDS);
    super::tool(
        NAME,
        "Speak a text in the voice of a recording. Returns a file or a link, or the number of the generation if it is \
         not finished in time: then call `read_generation`, not `speak` again. A model with a price needs a session \
         with a budget. Only speak in a voice whose speaker has agreed.",
        arguments,
        &["text"],
    )
    .with_title("Speak")
    .with_annotations(
        ToolAnnotations::new()
            .read_only(false)
            .destructive(false)
            .idempotent(false)
            .open_world(true),
    )
}

pub(super) async fn run(
    session: &Session,
    mut fields: JsonObject,
    context: &RequestContext<RoleServer>,
) -> Result<Answer, Error> {
    check_known(
        &fields,
        &[SpeakOptions::names().as_slice(), field_names::<Arguments>()].concat(),
    )
    .map_err(invalid)?;
    let arguments: Arguments = from_fields(&fields).map_err(invalid)?;
    let options = SpeakOptions::from_fields(&fields).map_err(invalid)?;
    let format = waiting::format(arguments.audio_format.as_deref())?;
    let wait = waiting::duration(arguments.wait_seconds, waiting::DEFAULT_SECONDS)?;
    // What the client does with the speech does not make another request of it.
    for field in ["wait_seconds", "audio_format", "file_name"] {
        fields.remove(field);
    }
    let request = Value::Object(fields).to_string();
    let submission = submit(session, &arguments, options);
    let generation = session.join_or_submit(request, submission).await?;
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

async fn submit(
    session: &Session,
    arguments: &Arguments,
    mut options: SpeakOptions,
) -> Result<(Generation, Option<Reservation>), Error> {
    let loqui = &session.loqui;
    let request = match (&arguments.voice, &arguments.sample) {
        (Some(voice), None) => {
            let name = voice.as_str().map_or_else(|| voice.to_string(), str::to_owned);
            let voice = voices::find(loqui, &name).await;
            let voice = voice.map_err(crate::failure::Failure::into_error)?;
            loqui.submit_with(voice.id, &arguments.text)
        }
        (None, Some(path)) => {
            let sample = loqui.open_sample(session.recordings.find(path).await?).await?;
            loqui.submit(&sample, &arguments.text)
        }
        (voice, _) => {
            let message = if voice.is_some() {
                "both voice and sample are given"
            } else {
                "no voice is given"
            };
            return Err(Error::new(&code::REQUEST_INVALID, message)
                .with_hint("Pass one of them; `list_voices` lists the voices."));
        }
    };
    let estimate = estimate::of(session, &arguments.text, &options)?;
    let mut reservation = None;
    if estimate.cost_usd > 0.0 {
        let limits = &mut options.limits;
        let reserved = session
            .budget
            .reserve(estimate.cost_usd, limits.budget_usd, limits.max_takes)?;
        limits.budget_usd = Some(reserved.usd());
        reservation = Some(reserved);
    }
    match request.options(options).await {
        Ok(generation) => Ok((generation, reservation)),
        Err(error) => {
            // Nothing was submitted.
            if let Some(reservation) = reservation {
                reservation.settle(0.0);
            }
            Err(error)
        }
    }
}

/// The default format of speech.
pub(super) const FORMAT: SpeechFormat = SpeechFormat::Wav;
