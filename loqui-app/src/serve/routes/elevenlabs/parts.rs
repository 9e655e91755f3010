//! Starts generations of texts in voices.

use std::ops::Range;

use bytes::Bytes;
use futures::stream::BoxStream;
use loqui_core::ledger::GenerationRecord;
use loqui_core::options::VoiceOptions;
use loqui_core::speech::{Codec, Encoder, Encoding, Provenance, encode_stream};
use loqui_core::{CancelOnDrop, Error, FindingCode, Generation, SpeakOptions, Timestamp, Voice};
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
use crate::serve::voices::VoicedScript;
use crate::serve::warnings::Warnings;

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

/// An input whose generation was started. The inputs of a dialogue have one generation.
#[derive(Clone, Debug)]
pub(super) struct Part {
    /// The id of the voice.
    pub(super) voice: String,
    pub(super) text: String,
    /// The position of the text in the script of the generation, in bytes.
    pub(super) place: Range<usize>,
    pub(super) generation: Generation,
}

/// The parts of a response, at least one.
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

/// Starts a generation of a text, or of the turns of a dialogue.
pub(super) async fn start(
    app: &App,
    user: &User,
    inputs: Vec<Input>,
    common: &Common,
    warnings: &mut Warnings,
) -> Result<Parts, ApiError> {
    let model = models::choose(app, common.model.as_deref(), common.language.as_deref())?;
    let mut options = SpeakOptions::default();
    options.voice.model = Some(model.name.clone());
    options.voice.language.clone_from(&common.language);
    // Loqui's seeds start at 1.
    options.voice.seed = common.seed.map(|seed| seed.max(1));
    let mut speed = None;
    let mut turns = Turns::default();
    for Input { upload, text } in inputs {
        let settings = stored_settings(&upload).overridden_by(common.settings);
        let mut own = options.clone();
        let mut ignored = Warnings::default();
        settings.apply(&model.name, &mut own, &mut ignored);
        if speed.is_none() {
            warnings.extend(ignored);
            speed = Some(settings.speed.unwrap_or(1.0));
        }
        turns.add(upload, text, own);
    }
    let guard = if let Some((upload, text, own)) = turns.single() {
        generation::submit_awaited(app, user, &upload, text, own).await?
    } else {
        let (first, script) = turns.script(options)?;
        generation::submit_script_awaited(app, user, &first, script).await?
    };
    let generation = guard.generation().clone();
    warnings.of_engine(&generation.record().await?.warnings);
    let part = |(voice, text, place)| Part {
        voice,
        text,
        place,
        generation: generation.clone(),
    };
    Ok(Parts {
        all: turns.places().map(part).collect(),
        speed: speed.unwrap_or(1.0),
        guard: Guards(Mutex::new(vec![guard])),
    })
}

/// The turns of a dialogue: each a recording, a text and the options of its voice.
#[derive(Default)]
struct Turns(Vec<(Upload, String, SpeakOptions)>);

impl Turns {
    fn add(&mut self, upload: Upload, text: String, options: SpeakOptions) {
        self.0.push((upload, text, options));
    }

    /// The only turn, if there is one.
    fn single(&self) -> Option<(Upload, String, SpeakOptions)> {
        match self.0.as_slice() {
            [one] => Some(one.clone()),
            _ => None,
        }
    }

    /// The label of a turn in the script.
    fn label(upload: &Upload) -> String {
        format!("voice {}", upload.id)
    }

    /// What stands before the text of a turn, if there are several.
    fn head(&self, upload: &Upload) -> String {
        if self.0.len() > 1 {
            format!("[{}]: ", Self::label(upload))
        } else {
            String::new()
        }
    }

    /// The voice, the text and the position in the script of each turn.
    fn places(&self) -> impl Iterator<Item = (String, String, Range<usize>)> {
        let mut at = 0;
        self.0.iter().map(move |(upload, text, _)| {
            let start = at + self.head(upload).len();
            let place = start..start + text.len();
            at = place.end + 1;
            (upload.id.to_string(), text.clone(), place)
        })
    }

    /// The script with a line for each turn, and the recording of the first.
    fn script(&self, options: SpeakOptions) -> Result<(Upload, VoicedScript), ApiError> {
        let (first, _, _) = self.0.first().ok_or_else(no_input)?;
        let mut voices: Vec<(String, Voice)> = Vec::new();
        let mut lines = Vec::new();
        for (upload, text, own) in &self.0 {
            let label = Self::label(upload);
            // A turn is one line. The characters keep their positions.
            lines.push(format!("{}{}", self.head(upload), text.replace(['\n', '\r'], " ")));
            if voices.iter().all(|(known, _)| *known != label) {
                let mut settings = VoiceOptions::default();
                settings.settings = own.voice.clone();
                voices.push((label, Voice::stored(upload.sample).options(settings)));
            }
        }
        let script = VoicedScript {
            upload: None,
            voices,
            text: lines.join("\n"),
            options,
            key: None,
        };
        Ok((first.clone(), script))
    }
}

fn no_input() -> ApiError {
    ApiError::fields(vec![FieldProblem::body("inputs", "length", "it must not be empty")])
}

/// Returns the settings that are stored with a voice.
pub(super) fn stored_settings(upload: &Upload) -> VoiceSettings {
    super::voices::Details::of(upload).settings
}

impl Parts {
    /// The generation.
    fn generation(&self) -> Result<&Generation, Error> {
        let missing = || Error::new(&code::INTERNAL, "the response has no generation");
        self.all.first().map(|part| &part.generation).ok_or_else(missing)
    }

    /// Waits until all parts are spoken.
    pub(super) async fn finish(&mut self, app: &App) -> Result<GenerationRecord, ApiError> {
        let generation = self.generation()?.clone();
        let ended = tokio::select! {
            ended = generation.finish() => ended.map(drop),
            () = app.signals.stop.cancelled() => {
                // The generation continues at the next start.
                self.guard.complete();
                Err(Error::new(&code::REQUEST_BUSY, "the server is stopping"))
            }
        };
        ended?;
        Ok(generation.record().await?)
    }

    /// Streams the speech in an encoding. Finished speech has its final level.
    pub(super) async fn encoded(&self, encoding: Encoding) -> Result<BoxStream<'static, Result<Bytes, Error>>, Error> {
        let generation = self.generation()?;
        let mut encoder = self.encoder(encoding).await?;
        if let Some(speech) = generation.record().await?.speech {
            encoder = encoder.with_samples((speech.seconds * RATE).round() as usize);
        }
        let samples = generation.audio_as(Encoding::new(Codec::Pcm16)).await?;
        Ok(encode_stream(samples, encoder))
    }

    /// Returns an encoder for the speech.
    pub(super) async fn encoder(&self, encoding: Encoding) -> Result<Encoder, Error> {
        let record = self.generation()?.record().await?;
        let provenance = Provenance::of_speech(&record.engine, &record.model, Timestamp::now());
        let mut warnings = record.warnings.iter();
        let origin = match warnings.find(|finding| finding.code == FindingCode::ModelAttribution) {
            Some(attribution) => provenance.with_attribution(&attribution.message),
            None => provenance,
        };
        Encoder::new(encoding.with_speed(self.speed)?, Some(&origin))
    }
}
