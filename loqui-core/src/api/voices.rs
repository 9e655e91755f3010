//! The voices of a request: where each comes from, and what is checked before anything is paid.

use super::Loqui;
use crate::engine::{ModelInfo, SpeechEngine};
use crate::error::{Error, Result, code};
use crate::finding::{Finding, FindingCode, Severity};
use crate::id::SampleId;
use crate::ledger::VoiceRecord;
use crate::options::{SpeakOptions, VoiceOptions, VoiceSettings};
use crate::sample::{self, Sample};
use crate::script::{Script, ScriptOptions, Segment, VoiceLabel};
use crate::store::GenerationStoreExt as _;

/// The range of the gain of a voice, in dB.
const GAINS_DB: std::ops::RangeInclusive<f64> = -40.0..=20.0;

/// A voice of a script with several: a sample, and what differs from the settings of the request.
///
/// ```
/// # #[cfg(feature = "offline")]
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> loqui_core::Result<()> {
/// use loqui_core::{Loqui, Sample, Voice};
///
/// let loqui = Loqui::builder().engine_named("offline").build()?;
/// # let voices = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/voices");
/// let anna = Sample::open(format!("{voices}/heart.mp3")).await?;
/// let bob = Sample::open(format!("{voices}/slt.mp3")).await?;
/// let speech = loqui
///     .speak_script("[anna]: Good morning, Bob.\n[bob]: Good morning to you.")
///     .voice("anna", &anna)
///     .voice("bob", Voice::new(&bob).gain_db(-2.0))
///     .await?;
/// assert_eq!(speech.segments()[1].voice.as_deref(), Some("bob"));
/// # Ok(())
/// # }
/// # #[cfg(not(feature = "offline"))]
/// # fn main() {}
/// ```
#[derive(Clone, Debug)]
pub struct Voice {
    pub(super) source: VoiceSource,
    settings: VoiceSettings,
    gain_db: f64,
    consent: Option<String>,
}

/// The recording of a voice.
#[derive(Clone, Debug)]
pub(super) enum VoiceSource {
    /// A recording, which is added to the store first.
    Given(Sample),
    /// A sample in the store.
    Stored(SampleId),
}

impl Voice {
    /// The voice of a recording.
    pub fn new(sample: &Sample) -> Self {
        Self::of(VoiceSource::Given(sample.clone()))
    }

    /// The voice of a sample that is in the store.
    pub fn stored(sample: impl Into<SampleId>) -> Self {
        Self::of(VoiceSource::Stored(sample.into()))
    }

    fn of(source: VoiceSource) -> Self {
        Self {
            source,
            settings: VoiceSettings::default(),
            gain_db: 0.0,
            consent: None,
        }
    }

    /// Sets what differs from the settings of the request, for instance the exaggeration or the model.
    #[must_use]
    pub fn settings(mut self, settings: VoiceSettings) -> Self {
        self.settings = settings;
        self
    }

    /// Makes the voice louder or quieter than the others, which are equally loud, in dB: -40 to 20. It does not change the
    /// takes, so another gain costs nothing.
    #[must_use]
    pub fn gain_db(mut self, gain_db: f64) -> Self {
        self.gain_db = gain_db;
        self
    }

    /// Sets settings and gain at once.
    #[must_use]
    pub fn options(mut self, options: VoiceOptions) -> Self {
        (self.settings, self.gain_db) = (options.settings, options.gain_db);
        self
    }

    /// Records the consent of this speaker in words. Default: that of the request.
    #[must_use]
    pub fn consent(mut self, statement: impl Into<String>) -> Self {
        self.consent = Some(statement.into());
        self
    }
}

impl From<&Sample> for Voice {
    fn from(sample: &Sample) -> Self {
        Self::new(sample)
    }
}

impl From<Sample> for Voice {
    fn from(sample: Sample) -> Self {
        Self::of(VoiceSource::Given(sample))
    }
}

impl From<SampleId> for Voice {
    fn from(sample: SampleId) -> Self {
        Self::stored(sample)
    }
}

/// The voices of a request after their checks.
pub(super) struct CheckedVoices {
    /// The default model. It reads the script of a request without any voice, so that the error names all missing ones.
    fallback: ModelInfo,
    /// The voice of text without a label.
    default: Option<CheckedVoice>,
    named: Vec<(String, CheckedVoice)>,
    pub(super) warnings: Vec<Finding>,
}

/// A voice after its checks.
struct CheckedVoice {
    source: VoiceSource,
    /// The name of the sample, which selects pronunciations.
    name: String,
    model: ModelInfo,
    settings: VoiceSettings,
    gain_db: f64,
    consent: Option<String>,
}

/// The voices of a request, with their samples in the store.
pub(super) struct StoredVoices {
    /// The sample of text without a label, or else of the first voice.
    pub(super) sample: SampleId,
    pub(super) voices: Vec<VoiceRecord>,
}

impl CheckedVoices {
    /// Checks the voices of a request: settings, models, recordings and consents.
    pub(super) async fn check(
        loqui: &Loqui,
        engine: &dyn SpeechEngine,
        default: Option<VoiceSource>,
        named: Vec<(String, Voice)>,
        options: &SpeakOptions,
        owner: Option<&str>,
    ) -> Result<Self> {
        let fallback = engine.model_for(&options.voice)?;
        let mut warnings = Vec::new();
        let default = match default {
            Some(source) => {
                let voice = Voice::of(source);
                Some(CheckedVoice::check(loqui, engine, voice, options, owner, &mut warnings).await?)
            }
            None => None,
        };
        let mut checked: Vec<(String, CheckedVoice)> = Vec::new();
        for (label, voice) in named {
            let label = VoiceLabel::parse(&label)?;
            let voice = CheckedVoice::check(loqui, engine, voice, options, owner, &mut warnings)
                .await
                .map_err(|error| {
                    let hint = error.hint().map(str::to_owned).unwrap_or_default();
                    let message = format!("the voice {label}: {}", error.message());
                    error.with_message(message).with_hint(hint)
                })?;
            match checked.iter_mut().find(|(known, _)| label.is(known)) {
                Some((_, known)) => *known = voice,
                None => checked.push((label.to_string(), voice)),
            }
        }
        Ok(Self {
            fallback,
            default,
            named: checked,
            warnings,
        })
    }

    fn all(&self) -> impl Iterator<Item = &CheckedVoice> {
        self.default.iter().chain(self.named.iter().map(|(_, voice)| voice))
    }

    /// The model of text without a label, or else of the first voice.
    pub(super) fn model(&self) -> &ModelInfo {
        self.all().next().map_or(&self.fallback, |voice| &voice.model)
    }

    /// Returns how the script is read: within the limits of all models.
    pub(super) fn script_options(&self, options: &SpeakOptions) -> Result<ScriptOptions> {
        let mut reading = self.model().script_options(options)?;
        for voice in self.all().skip(1) {
            reading.restrict(&voice.model.script_options(options)?);
        }
        reading.voice = self.default.as_ref().map(|voice| voice.name.clone());
        Ok(reading)
    }

    /// Names the voice of each segment as the request does.
    ///
    /// # Errors
    ///
    /// `script.voice_missing`, once for all labels without a voice.
    pub(super) fn assign(&mut self, script: &mut Script) -> Result<()> {
        let mut missing: Vec<String> = Vec::new();
        let mut unlabelled: Option<String> = None;
        let mut used = vec![false; self.named.len()];
        for segment in script.segments_mut() {
            let Some(written) = segment.voice.clone() else {
                if self.default.is_none() {
                    unlabelled.get_or_insert_with(|| beginning(&segment.text));
                }
                continue;
            };
            let label = VoiceLabel::lenient(&written);
            match self.named.iter().position(|(known, _)| label.is(known)) {
                Some(place) => {
                    used[place] = true;
                    segment.voice = Some(self.named[place].0.clone());
                }
                None if !missing.iter().any(|known| label.is(known)) => missing.push(label.to_string()),
                None => {}
            }
        }
        if !missing.is_empty() || unlabelled.is_some() {
            return Err(voices_missing(&missing, unlabelled.as_deref()));
        }
        for ((label, _), used) in self.named.iter().zip(used) {
            if !used {
                self.warnings.push(Finding::new(
                    Severity::Warning,
                    FindingCode::ScriptVoiceUnused,
                    format!("no line of the script has the voice {label}"),
                    "Check the spelling of the label in the script, or leave the voice out.",
                ));
            }
        }
        Ok(())
    }

    /// The cost of speaking segments once, in US dollars.
    pub(super) fn cost<'s>(&self, segments: impl IntoIterator<Item = &'s Segment>) -> f64 {
        let price_of = |segment: &Segment| {
            let label = segment.voice.as_ref();
            let named = label.and_then(|label| self.named.iter().find(|(known, _)| known == label));
            let voice = named.map(|(_, voice)| voice).or(self.default.as_ref());
            let price = voice.and_then(|voice| voice.model.price.as_ref());
            price.map_or(0.0, |price| price.of(segment.spoken.chars().count()))
        };
        segments.into_iter().map(price_of).sum()
    }

    /// Stores the recordings.
    pub(super) async fn store(
        &self,
        loqui: &Loqui,
        owner: Option<&str>,
        consent: Option<&str>,
    ) -> Result<StoredVoices> {
        let mut first = None;
        if let Some(voice) = &self.default {
            first = Some(voice.store(loqui, owner, consent).await?);
        }
        let mut voices = Vec::new();
        for (label, voice) in &self.named {
            let sample = voice.store(loqui, owner, consent).await?;
            first = first.or(Some(sample));
            let mut record = VoiceRecord::new(label, sample, &voice.model.name, voice.settings.clone());
            record.gain_db = voice.gain_db;
            voices.push(record);
        }
        let sample = first.ok_or_else(no_voice)?;
        Ok(StoredVoices { sample, voices })
    }
}

impl CheckedVoice {
    async fn check(
        loqui: &Loqui,
        engine: &dyn SpeechEngine,
        voice: Voice,
        options: &SpeakOptions,
        owner: Option<&str>,
        warnings: &mut Vec<Finding>,
    ) -> Result<Self> {
        let Voice {
            source,
            settings,
            gain_db,
            consent,
        } = voice;
        if !GAINS_DB.contains(&gain_db) {
            let (least, most) = (GAINS_DB.start(), GAINS_DB.end());
            let message = format!("the gain is {gain_db} dB; it must be {least} to {most} dB");
            return Err(Error::new(&code::OPTION_OUT_OF_RANGE, message));
        }
        let settings = options.voice.overridden_by(&settings);
        if settings.seed == Some(0) {
            return Err(Error::new(
                &code::OPTION_OUT_OF_RANGE,
                "seed is 0; it must be 1 or more",
            ));
        }
        let model = engine.model_for(&settings)?;
        let mut found = engine.check_settings(&settings)?;
        found.extend(model.attribution.as_deref().map(attribution));
        let name = match &source {
            VoiceSource::Given(sample) => {
                sample.ensure_usable_for(&model.reference_limits())?;
                found.extend(sample.report().warnings().cloned());
                sample.name().to_owned()
            }
            VoiceSource::Stored(id) => {
                let sample = loqui.kept(*id, owner).await?;
                loqui.ensure_consent(&model, Some(&sample))?;
                if sample.reference_seconds > 0.0 {
                    sample::ensure_long_enough(&model.reference_limits(), sample.reference_seconds)?;
                }
                found.extend(sample.report().warnings().cloned());
                sample.name
            }
        };
        for finding in found {
            if !warnings.contains(&finding) {
                warnings.push(finding);
            }
        }
        Ok(Self {
            source,
            name,
            model,
            settings,
            gain_db,
            consent,
        })
    }

    /// Refuses a recording without a consent if the model requires one. `consent` is that of the request.
    async fn ensure_consent(&self, loqui: &Loqui, owner: Option<&str>, consent: Option<&str>) -> Result<()> {
        if let VoiceSource::Given(sample) = &self.source
            && self.model.needs_consent
            && self.consent.as_deref().or(consent).is_none()
        {
            let owner = owner.filter(|owner| !owner.is_empty());
            let known = loqui.runtime.store.sample_of(owner, sample.sha256()).await?;
            loqui.ensure_consent(&self.model, known.as_ref())?;
        }
        Ok(())
    }

    async fn store(&self, loqui: &Loqui, owner: Option<&str>, consent: Option<&str>) -> Result<SampleId> {
        match &self.source {
            VoiceSource::Given(sample) => {
                let consent = self.consent.as_deref().or(consent).map(str::to_owned);
                let owner = owner.map(str::to_owned);
                Ok(loqui.keep(sample, owner, consent, false, None).await?.id)
            }
            VoiceSource::Stored(id) => Ok(*id),
        }
    }
}

impl CheckedVoices {
    /// Refuses a recording without a consent if its model requires one. `consent` is that of the request.
    pub(super) async fn ensure_consents(
        &self,
        loqui: &Loqui,
        owner: Option<&str>,
        consent: Option<&str>,
    ) -> Result<()> {
        for voice in self.all() {
            voice.ensure_consent(loqui, owner, consent).await?;
        }
        Ok(())
    }
}

/// Names what the licence of the model requires to be named with its speech.
pub(super) fn attribution(line: &str) -> Finding {
    Finding::new(
        Severity::Note,
        FindingCode::ModelAttribution,
        line,
        "Name this wherever you publish the speech.",
    )
}

fn no_voice() -> Error {
    voices_missing(&[], Some("the script"))
}

/// One error for all voices that a script needs and a request does not have.
pub(super) fn voices_missing(labels: &[String], unlabelled: Option<&str>) -> Error {
    let mut names: Vec<String> = labels.iter().map(|label| format!("\"{label}\"")).collect();
    names.extend(unlabelled.map(|text| format!("text without a label ({text})")));
    let mut flags: Vec<String> = labels.iter().map(|label| flag(label)).collect();
    if unlabelled.is_some() {
        flags.push("`--sample FILE` or `--voice NAME` for text without a label".to_owned());
    }
    let message = format!("no voice is given for {}", listed(&names));
    Error::new(&code::SCRIPT_VOICE_MISSING, message).with_hint(format!(
        "Give each a recording or a kept sample. The flags of the program: {}.",
        listed(&flags)
    ))
}

/// The flag of the program that gives a label its voice.
fn flag(label: &str) -> String {
    if label.contains(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | '-' | '.')) {
        format!("`--voice \"{label}=FILE\"`")
    } else {
        format!("`--voice {label}=FILE`")
    }
}

fn listed(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [start @ .., last] => format!("{} and {last}", start.join(", ")),
    }
}

/// The beginning of a text on one line.
fn beginning(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let line = words.join(" ");
    match line.char_indices().nth(30) {
        Some((end, _)) => format!("\"{}...\"", &line[..end]),
        None => format!("\"{line}\""),
    }
}
