//! Starts generations, and joins their speech.

use std::time::Duration;

use bytes::Bytes;
use futures::stream::{self, BoxStream, StreamExt as _};
use loqui_core::ledger::GenerationRecord;
use loqui_core::speech::{Codec, Encoder, Encoding, Provenance, encode_stream};
use loqui_core::{CancelOnDrop, Error, FindingCode, Generation, SpeakOptions, Timestamp};
use tokio::sync::Mutex;

use super::models;
use super::voice_settings::VoiceSettings;
use crate::code;
use crate::serve::api_error::{ApiError, FieldProblem};
use crate::serve::auth::User;
use crate::serve::routes::audio::Guard;
use crate::serve::routes::generation;
use crate::serve::state::App;
use crate::serve::uploads::Upload;
use crate::serve::warnings::Warnings;

/// The pause between two parts of a dialogue.
pub(super) const GAP: Duration = Duration::from_millis(300);
/// The sample rate of speech, in samples per second.
const RATE: f64 = loqui_core::audio::SPEECH_RATE as f64;

/// A text in a voice.
pub(super) struct Input {
    pub(super) upload: Upload,
    pub(super) text: String,
}

/// What all inputs of a request have in common.
#[derive(Debug, Default)]
pub(super) struct Common {
    pub(super) model: Option<String>,
    pub(super) language: Option<String>,
    pub(super) seed: Option<u32>,
    pub(super) settings: Option<VoiceSettings>,
}

/// An input whose generation was started.
#[derive(Clone, Debug)]
pub(super) struct Part {
    /// The id of the voice.
    pub(super) voice: String,
    pub(super) text: String,
    pub(super) generation: Generation,
}

/// The parts of a response.
pub(super) struct Parts {
    pub(super) all: Vec<Part>,
    /// The tempo.
    pub(super) speed: f64,
    pub(super) guard: Guards,
}

/// Cancels generations when the client disconnects. The mutex makes it `Sync`, and is never locked.
#[derive(Debug, Default)]
pub(super) struct Guards(Mutex<Vec<CancelOnDrop>>);

impl Guard for Guards {
    fn complete(&mut self) {
        for mut guard in self.0.get_mut().drain(..) {
            guard.disarm();
        }
    }
}

impl Guards {
    /// Also cancels the generations of other guards.
    pub(super) fn extend(&mut self, other: Self) {
        self.0.get_mut().extend(other.0.into_inner());
    }
}

/// Checks a text. `field` is its name in the request.
pub(super) fn check_text(app: &App, field: &str, text: &str) -> Result<(), ApiError> {
    match generation::script_problem(text, app.settings.max_script_characters) {
        Some(problem) => Err(ApiError::fields(vec![FieldProblem::body(
            field,
            &problem.kind,
            problem.msg,
        )])),
        None => Ok(()),
    }
}

/// Starts a generation for each input.
pub(super) async fn start(
    app: &App,
    user: &User,
    inputs: Vec<Input>,
    common: &Common,
    warnings: &mut Warnings,
) -> Result<Parts, ApiError> {
    let model = models::choose(app, common.model.as_deref(), common.language.as_deref())?;
    let mut started = Parts {
        all: Vec::new(),
        speed: 1.0,
        guard: Guards::default(),
    };
    for (index, Input { upload, text }) in inputs.into_iter().enumerate() {
        let settings = stored_settings(&upload).overridden_by(common.settings);
        let mut options = SpeakOptions::default();
        options.voice.model = Some(model.name.clone());
        options.voice.language.clone_from(&common.language);
        // Loqui's seeds start at 1.
        options.voice.seed = common.seed.map(|seed| seed.max(1));
        let mut own = Warnings::default();
        settings.apply(&model.name, &mut options, &mut own);
        if index == 0 {
            warnings.extend(own);
            started.speed = settings.speed.unwrap_or(1.0);
        }
        let guard = generation::submit_awaited(app, user, &upload, text.clone(), options).await?;
        let generation = guard.generation().clone();
        started.guard.0.get_mut().push(guard);
        if index == 0 {
            warnings.of_engine(&generation.record().await?.warnings);
        }
        started.all.push(Part {
            voice: upload.id.to_string(),
            text,
            generation,
        });
    }
    Ok(started)
}

/// Returns the settings that are stored with a voice.
pub(super) fn stored_settings(upload: &Upload) -> VoiceSettings {
    super::voices::Details::of(upload).settings
}

impl Parts {
    /// Waits until all parts are spoken.
    pub(super) async fn finish(&mut self, app: &App) -> Result<Vec<GenerationRecord>, ApiError> {
        let mut records = Vec::new();
        for part in &self.all {
            let ended = tokio::select! {
                ended = part.generation.finish() => ended.map(drop),
                () = app.signals.stop.cancelled() => {
                    // The generation continues at the next start.
                    self.guard.complete();
                    Err(Error::new(&code::REQUEST_BUSY, "the server is stopping"))
                }
            };
            ended?;
            records.push(part.generation.record().await?);
        }
        Ok(records)
    }

    /// Streams the speech of all parts in an encoding. Finished parts have their final level.
    pub(super) async fn encoded(&self, encoding: Encoding) -> Result<BoxStream<'static, Result<Bytes, Error>>, Error> {
        let mut samples = Some(0.0);
        for part in &self.all {
            let speech = part.generation.record().await?.speech;
            samples = samples
                .zip(speech)
                .map(|(sum, speech)| sum + (speech.seconds * RATE).round());
        }
        let gaps = GAP.as_secs_f64() * RATE * self.all.len().saturating_sub(1) as f64;
        let mut encoder = self.encoder(encoding).await?;
        if let Some(samples) = samples {
            encoder = encoder.with_samples((samples + gaps) as usize);
        }
        Ok(encode_stream(self.samples(), encoder))
    }

    /// Returns an encoder for the speech of all parts.
    pub(super) async fn encoder(&self, encoding: Encoding) -> Result<Encoder, Error> {
        let mut origin = None;
        if let Some(part) = self.all.first() {
            let record = part.generation.record().await?;
            let provenance = Provenance::of_speech(&record.engine, &record.model, Timestamp::now());
            let mut warnings = record.warnings.iter();
            origin = Some(
                match warnings.find(|finding| finding.code == FindingCode::ModelAttribution) {
                    Some(attribution) => provenance.with_attribution(&attribution.message),
                    None => provenance,
                },
            );
        }
        Encoder::new(encoding.with_speed(self.speed)?, origin.as_ref())
    }

    /// Streams the samples of all parts with pauses between them.
    fn samples(&self) -> BoxStream<'static, Result<Bytes, Error>> {
        let generations: Vec<Generation> = self.all.iter().map(|part| part.generation.clone()).collect();
        stream::iter(generations.into_iter().enumerate())
            .then(|(index, generation)| async move {
                let samples = match generation.audio_as(Encoding::new(Codec::Pcm16)).await {
                    Ok(samples) => samples,
                    Err(error) => stream::iter([Err(error)]).boxed(),
                };
                if index == 0 {
                    samples
                } else {
                    stream::iter([Ok(silence())]).chain(samples).boxed()
                }
            })
            .flatten()
            .boxed()
    }
}

/// Returns the samples of the pause between two parts.
pub(super) fn silence() -> Bytes {
    vec![0; 2 * (GAP.as_secs_f64() * RATE) as usize].into()
}
