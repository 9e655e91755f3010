//! What is to be spoken and how: options are set on it, then it is awaited.

use std::fmt;
use std::future::IntoFuture;
use std::marker::PhantomData;
use std::time::Duration;

use futures::future::BoxFuture;

use super::reuse::{self, Wanted};
use super::{Generation, Loqui};
use crate::engine::{ModelInfo, SpeechEngine};
use crate::error::{Code, Error, Result, code};
use crate::finding::{Finding, Severity};
use crate::generation::NewGeneration;
use crate::options::SpeakOptions;
use crate::sample::Sample;
use crate::script::{Limits, Script};
use crate::speech::Speech;
use crate::store::{NewSample, SampleRecord};

/// What is to be spoken and how. `.await` it.
///
/// `O` is what comes of it: a [`Speech`] from [`Loqui::speak`], a [`Generation`] from [`Loqui::submit`].
#[must_use = "nothing is spoken before it is awaited"]
pub struct Request<O> {
    loqui: Loqui,
    sample: Sample,
    text: String,
    options: SpeakOptions,
    output: PhantomData<fn() -> O>,
}

impl<O> Request<O> {
    pub(super) fn new(loqui: Loqui, sample: Sample, text: String) -> Self {
        Self {
            loqui,
            sample,
            text,
            options: SpeakOptions::default(),
            output: PhantomData,
        }
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
            sample,
            text,
            mut options,
            ..
        } = self;
        let inner = &loqui.inner;
        let engine = loqui.default_engine()?;
        let model = engine.model(options.model.as_deref())?;
        options.budget_usd = options.budget_usd.or(inner.budget_usd);
        check_options(&options)?;
        let mut warnings = engine.check_options(&options)?;
        sample.ensure_usable_for(&model)?;
        warnings.extend(sample.report().warnings().cloned());
        let limits = Limits::of(&model);
        let language = model.language(options.language.as_deref());
        let mut script = Script::parse(&text, &limits, language)?;
        check_script(&script)?;
        warnings.extend(script.findings().iter().cloned());
        let mut reused = 0;
        if options.reuse.unwrap_or(script.segments().len() > 1) {
            let known = keep_sample(&loqui, &sample).await?;
            let wanted = wanted(known.id, engine.name(), &model, &script, &options);
            if let Some(earlier) = reuse::earlier_version(inner.store.as_ref(), &wanted).await? {
                script = Script::parse_edited(&text, &limits, language, &earlier.segments)?;
                let wanted = self::wanted(known.id, engine.name(), &model, &script, &options);
                reused = reused_characters(&loqui, &wanted).await?;
            }
        }
        check_budget(script.spoken_characters() - reused, &model, &options)?;
        let new = new_generation(&loqui, engine.as_ref(), &model, &sample, script, options, warnings).await?;
        let record = inner.store.submit(new).await?;
        loqui.start(record.id);
        Ok(Generation::new(loqui, record.id))
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
            let code = Code::by_name(&finding.code).unwrap_or(&code::SCRIPT_WRONG_LANGUAGE);
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

/// How many characters an earlier version of the script has paid for.
async fn reused_characters(loqui: &Loqui, wanted: &Wanted<'_>) -> Result<usize> {
    let found = reuse::find(loqui.inner.store.as_ref(), wanted).await?;
    let reused = wanted
        .segments
        .iter()
        .filter(|segment| found.contains_key(&segment.index));
    Ok(reused.map(|segment| segment.spoken.chars().count()).sum())
}

/// Puts the sample into the stores; done again, it is the same one.
async fn keep_sample(loqui: &Loqui, sample: &Sample) -> Result<SampleRecord> {
    let inner = &loqui.inner;
    let (original, reference) = (
        format!("samples/{}/original", sample.sha256()),
        format!("samples/{}/reference.wav", sample.reference().sha256()),
    );
    inner.audio.put(&original, sample.original().clone()).await?;
    inner.audio.put(&reference, sample.reference().wav().clone()).await?;
    let report = serde_json::to_value(sample.report())
        .map_err(|source| Error::new(&code::INTERNAL, "a report could not be written as JSON").with_source(source))?;
    let new = NewSample::new(
        sample.name(),
        sample.sha256(),
        original,
        reference,
        sample.duration().as_secs_f64(),
        report,
        inner.clock.now(),
    );
    inner.store.add_sample(new).await
}

async fn new_generation(
    loqui: &Loqui,
    engine: &dyn SpeechEngine,
    model: &ModelInfo,
    sample: &Sample,
    script: Script,
    options: SpeakOptions,
    warnings: Vec<Finding>,
) -> Result<NewGeneration> {
    let record = keep_sample(loqui, sample).await?;
    let now = loqui.inner.clock.now();
    let mut new = NewGeneration::new(record.id, engine.name(), &model.name, script.text(), now);
    new.options = options;
    new.segments = script.segments().to_vec();
    new.warnings = warnings;
    Ok(new)
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
            .field("sample", &self.sample)
            .field("characters", &self.text.chars().count())
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}
