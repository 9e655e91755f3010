//! What is to be spoken and how: options are set on it, then it is awaited.

use std::fmt;
use std::future::IntoFuture;
use std::marker::PhantomData;
use std::time::Duration;

use futures::future::BoxFuture;

use super::Speech;
use super::{Generation, Loqui};
use crate::engine::ModelInfo;
use crate::error::{Code, Error, Result, code};
use crate::finding::Severity;
use crate::ledger::{GenerationRecord, NewGeneration};
use crate::options::SpeakOptions;
use crate::runtime::reuse::{self, Wanted};
use crate::sample::{self, Sample};
use crate::script::Script;

/// What is to be spoken and how. `.await` it.
///
/// `O` is what comes of it: a [`Speech`] from [`Loqui::speak`], a [`Generation`] from [`Loqui::submit`].
#[must_use = "nothing is spoken before it is awaited"]
pub struct Request<O> {
    loqui: Loqui,
    voice: Voice,
    text: String,
    options: SpeakOptions,
    owner: Option<String>,
    consent: Option<String>,
    idempotency_key: Option<String>,
    output: PhantomData<fn() -> O>,
}

/// Where the voice comes from.
#[derive(Debug)]
enum Voice {
    /// A recording at hand: it is stored first.
    Given(Sample),
    /// A sample in the store.
    Stored(i64),
}

impl<O> Request<O> {
    pub(super) fn new(loqui: Loqui, sample: Sample, text: String) -> Self {
        Self::of(loqui, Voice::Given(sample), text)
    }

    pub(super) fn stored(loqui: Loqui, sample: i64, text: String) -> Self {
        Self::of(loqui, Voice::Stored(sample), text)
    }

    fn of(loqui: Loqui, voice: Voice, text: String) -> Self {
        Self {
            loqui,
            voice,
            text,
            options: SpeakOptions::default(),
            owner: None,
            consent: None,
            idempotency_key: None,
            output: PhantomData,
        }
    }

    /// Whose generation it is, where several people share a store; the sample is stored as theirs.
    pub fn owner(mut self, owner: impl Into<String>) -> Self {
        self.owner = Some(owner.into());
        self
    }

    /// That the speaker has agreed, in words, for instance `I am the speaker`; it is written down with the sample.
    pub fn consent(mut self, statement: impl Into<String>) -> Self {
        self.consent = Some(statement.into());
        self
    }

    /// Makes it safe to ask again: the same key of the same owner is the same generation.
    pub fn idempotency_key(mut self, key: impl Into<String>) -> Self {
        self.idempotency_key = Some(key.into());
        self
    }

    /// Takes all options at once.
    pub fn options(mut self, options: SpeakOptions) -> Self {
        self.options = options;
        self
    }

    /// The model, for instance `chatterbox-turbo`.
    pub fn model(mut self, model: impl Into<String>) -> Self {
        self.options.model = Some(model.into());
        self
    }

    /// How expressive, 0.25 to 2 (0.5 is neutral).
    pub fn exaggeration(mut self, exaggeration: f64) -> Self {
        self.options.exaggeration = Some(exaggeration);
        self
    }

    /// How closely the pace follows the sample, 0.2 to 1.
    pub fn cfg_weight(mut self, cfg_weight: f64) -> Self {
        self.options.cfg_weight = Some(cfg_weight);
        self
    }

    /// How varied, 0.05 to 5.
    pub fn temperature(mut self, temperature: f64) -> Self {
        self.options.temperature = Some(temperature);
        self
    }

    /// Makes the result repeatable; 1 or more.
    pub fn seed(mut self, seed: u32) -> Self {
        self.options.seed = Some(seed);
        self
    }

    /// The language of the script, as an ISO 639-1 code.
    pub fn language(mut self, language: impl Into<String>) -> Self {
        self.options.language = Some(language.into());
        self
    }

    /// The most it may cost, in US dollars.
    pub fn budget(mut self, usd: f64) -> Self {
        self.options.budget_usd = Some(usd);
        self
    }

    /// How long it may take from now.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.options.deadline = Some(deadline);
        self
    }

    /// How often a segment may be taken before the generation fails.
    pub fn max_takes(mut self, takes: u32) -> Self {
        self.options.max_takes = Some(takes);
        self
    }

    /// Whether segments that an earlier generation spoke in the same voice and way are taken from it. Unless told, those of
    /// an edited script are, and the very same script is spoken anew.
    pub fn reuse(mut self, reuse: bool) -> Self {
        self.options.reuse = Some(reuse);
        self
    }

    /// Checks everything, writes the generation down and starts it.
    async fn submit(self) -> Result<Generation> {
        let Self {
            loqui,
            voice,
            text,
            mut options,
            owner,
            consent,
            idempotency_key,
            ..
        } = self;
        let inner = &loqui.inner;
        let engine = loqui.default_engine()?;
        let model = engine.model(options.model.as_deref())?;
        options.budget_usd = options.budget_usd.or(inner.budget_usd);
        check_options(&options)?;
        let mut warnings = engine.check_options(&options)?;
        match &voice {
            Voice::Given(sample) => {
                sample.ensure_usable_for(&model.reference_limits())?;
                warnings.extend(sample.report().warnings().cloned());
            }
            Voice::Stored(id) => {
                let sample = loqui.kept(*id, owner.as_deref()).await?;
                if sample.reference_seconds > 0.0 {
                    sample::ensure_long_enough(&model.reference_limits(), sample.reference_seconds)?;
                }
                warnings.extend(sample.report().warnings().cloned());
            }
        }
        let limits = model.script_limits();
        let mut script = Script::parse(&text, &limits, model.language(options.language.as_deref()))?;
        check_script(&script)?;
        warnings.extend(script.findings().iter().cloned());
        // A script of one segment has no part that did not change.
        let reuses = options.reuse.unwrap_or_else(|| script.segments().len() > 1);
        if !reuses {
            check_budget(script.spoken_characters(), &model, &options)?;
        }
        let sample = match voice {
            Voice::Given(sample) => loqui.keep(&sample, owner.clone(), consent).await?.id,
            Voice::Stored(id) => id,
        };
        if reuses {
            let store = inner.store.as_ref();
            let wanted = wanted(sample, engine.name(), &model, &script, &options);
            let mut reused = 0;
            if let Some(earlier) = reuse::earlier_version(store, &wanted).await? {
                let language = model.language(options.language.as_deref());
                script = Script::parse_edited(&text, &limits, language, &earlier.segments)?;
                let wanted = self::wanted(sample, engine.name(), &model, &script, &options);
                reused = reuse::characters(store, &wanted).await?;
            }
            check_budget(script.spoken_characters() - reused, &model, &options)?;
        }
        let mut new = NewGeneration::new(sample, engine.name(), &model.name, script.text(), inner.clock.now());
        new.owner = owner.filter(|owner| !owner.is_empty());
        new.idempotency_key = idempotency_key;
        new.options = options;
        new.segments = script.segments().to_vec();
        new.warnings = warnings;
        let record = inner.store.submit(new.clone()).await?;
        check_same(&new, &record)?;
        loqui.start(record.id);
        Ok(Generation::new(loqui, record.id))
    }
}

/// Refuses a key that stands for another request: its answer would be the speech of another text.
fn check_same(new: &NewGeneration, record: &GenerationRecord) -> Result<()> {
    let same = (new.sample, &new.engine, &new.model, &new.script, &new.options)
        == (
            record.sample,
            &record.engine,
            &record.model,
            &record.script,
            &record.options,
        );
    if same {
        return Ok(());
    }
    let key = new.idempotency_key.as_deref().unwrap_or_default();
    let message = format!(
        "the key {key:?} belongs to generation {}, which is another request",
        record.id
    );
    Err(Error::new(&code::GENERATION_KEY_REUSED, message).with_generation(record.id))
}

/// What takes of earlier generations must have in common with this one.
fn wanted<'a>(
    sample: i64,
    engine: &'a str,
    model: &'a ModelInfo,
    script: &'a Script,
    options: &'a SpeakOptions,
) -> Wanted<'a> {
    Wanted {
        before: None,
        sample,
        engine,
        model: &model.name,
        script: script.text(),
        options,
        segments: script.segments(),
    }
}

/// Refuses a script that the model would only mumble.
fn check_script(script: &Script) -> Result<()> {
    match script
        .findings()
        .iter()
        .find(|finding| finding.severity == Severity::Error)
    {
        Some(finding) => {
            let code = Code::by_name(finding.code.as_str()).unwrap_or(&code::SCRIPT_WRONG_LANGUAGE);
            Err(Error::new(code, finding.message.clone()).with_hint(finding.hint.clone()))
        }
        None => Ok(()),
    }
}

/// The options that mean the same for every engine.
fn check_options(options: &SpeakOptions) -> Result<()> {
    let out_of_range = |message: String| Err(Error::new(&code::OPTION_OUT_OF_RANGE, message));
    match options {
        SpeakOptions { seed: Some(0), .. } => out_of_range("seed is 0; it must be 1 or more".to_owned()),
        SpeakOptions { max_takes: Some(0), .. } => out_of_range("max_takes is 0; it must be 1 or more".to_owned()),
        SpeakOptions {
            budget_usd: Some(budget),
            ..
        } if !budget.is_finite() || *budget < 0.0 => {
            out_of_range(format!("the budget is {budget}; it must be 0 US dollars or more"))
        }
        _ => Ok(()),
    }
}

/// Refuses a script that cannot be finished within the budget before the first part of it is paid.
fn check_budget(characters: usize, model: &ModelInfo, options: &SpeakOptions) -> Result<()> {
    let (Some(price), Some(budget)) = (&model.price, options.budget_usd) else {
        return Ok(());
    };
    let cost = price.of(characters);
    if cost > budget {
        return Err(Error::new(
            &code::GENERATION_BUDGET,
            format!("the script costs ${cost:.4}, more than the budget of ${budget:.4}"),
        ));
    }
    Ok(())
}

impl IntoFuture for Request<Generation> {
    type Output = Result<Generation>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.submit())
    }
}

impl IntoFuture for Request<Speech> {
    type Output = Result<Speech>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let generation = self.submit().await?;
            let mut guard = CancelOnDrop(Some(generation.clone()));
            let speech = generation.wait().await;
            guard.0 = None;
            speech
        })
    }
}

/// Cancels the generation of a caller that has gone away.
struct CancelOnDrop(Option<Generation>);

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        let Some(generation) = self.0.take() else { return };
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                if let Err(error) = generation.cancel().await {
                    tracing::warn!(code = error.code(), "could not cancel an abandoned generation: {error}");
                }
            });
        }
    }
}

impl<O> fmt::Debug for Request<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("voice", &self.voice)
            .field("characters", &self.text.chars().count())
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}
