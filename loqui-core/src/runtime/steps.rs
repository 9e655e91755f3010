//! Performs the steps of the plan. Nothing is decided or recorded here: the plan decides, and the runner records.

mod records;

use std::sync::Arc;

use bytes::Bytes;
use futures::future::FutureExt as _;
use jiff::Timestamp;
use tracing::Instrument as _;

use super::context::Runtime;
use super::driver::Interrupts;
use super::judge::Case;
use super::steady::SteadyTime;
use super::voice::{Voice, Voices, policy_for};
use crate::clock::{later, since};
use crate::engine::{Order, Remote, SpokenAudio, StartError, Started};
use crate::error::{Error, Result, code};
use crate::ledger::plan::Step;
use crate::ledger::plan::results::{self, CreateAnswer, Next, Report};
use crate::ledger::state::Prediction;
use crate::ledger::transitions::Judgement;
use crate::ledger::{GenerationRecord, Policy, TakeRecord, TakeState};
use crate::script::Segment;
use crate::speech::embed;
use crate::store::GenerationStoreExt as _;

/// The result of a step: the take as it is to be recorded, and how much of it is done where that is known.
pub(crate) struct Outcome {
    pub(crate) take: TakeRecord,
    /// 0 to 1.
    pub(crate) share: Option<f64>,
}

impl From<TakeRecord> for Outcome {
    fn from(take: TakeRecord) -> Self {
        Self { take, share: None }
    }
}

/// The context of the steps of one running generation.
#[derive(Debug)]
pub(crate) struct Steps {
    pub(crate) runtime: Arc<Runtime>,
    pub(crate) generation: GenerationRecord,
    pub(crate) policy: Policy,
    pub(crate) interrupts: Interrupts,
    time: SteadyTime,
    voices: Voices,
}

impl Steps {
    /// Collects the context of the steps of a generation.
    ///
    /// # Errors
    ///
    /// Those of [`Voices::of`].
    pub(crate) async fn prepare(
        runtime: &Arc<Runtime>,
        generation: GenerationRecord,
        interrupts: Interrupts,
    ) -> Result<Self> {
        let time = SteadyTime::start(Arc::clone(&runtime.clock));
        let voices = Voices::of(runtime, &generation).await?;
        Ok(Self {
            runtime: Arc::clone(runtime),
            policy: policy_for(&runtime.settings.policy, voices.engine.as_ref(), &generation)?,
            generation,
            interrupts,
            time,
            voices,
        })
    }

    /// The time of the claim, in which all times of the plan are compared.
    pub(crate) fn now(&self) -> Timestamp {
        self.time.now()
    }

    /// When the generation was claimed.
    pub(crate) fn claimed_at(&self) -> Timestamp {
        self.time.claimed_at()
    }

    /// Performs one step.
    ///
    /// # Errors
    ///
    /// Those of the stores, and a refused token while a take runs. Other errors of an engine are recorded in the
    /// take.
    pub(crate) async fn perform(&self, step: Step) -> Result<Outcome> {
        let (name, segment, number) = step.name();
        let span = tracing::debug_span!("take", step = name, segment, number);
        self.perform_in_span(step).instrument(span).await
    }

    async fn perform_in_span(&self, step: Step) -> Result<Outcome> {
        // Boxed: a step is in memory for as long as its take runs at a provider, and would be as large as the largest
        // future.
        match step {
            Step::Intend { segment, number } => Ok(self.intend(segment, number).into()),
            Step::Resend(take) => {
                self.time.intends(take.segment);
                Ok(results::resend(take, self.generation.epoch, self.now())?.into())
            }
            Step::Create(take) => self.create(take).boxed().await,
            Step::Reconcile(take) => self.reconcile(take).boxed().await,
            Step::Poll(take) => self.poll(take).boxed().await,
            Step::Download(take) => self.download(take).boxed().await,
            Step::Verify(take) => self.verify(take).boxed().await,
            Step::Stop(take) => self.stop(take).boxed().await,
            Step::Abandon(take) => Ok(results::abandon(take)?.into()),
            Step::Accept(take) => Ok(results::accept(take)?.into()),
        }
    }

    fn intend(&self, segment: u32, number: u32) -> TakeRecord {
        self.time.intends(segment);
        let random = self.runtime.random.next();
        results::intend(&self.generation, segment, number, random, &self.policy, self.now())
    }

    async fn create(&self, take: TakeRecord) -> Result<Outcome> {
        let engine = self.voices.engine.as_ref();
        let prepared = match self
            .voice(take.segment)?
            .prepared(engine, &self.runtime.artefacts)
            .await
        {
            Ok(prepared) => prepared,
            Err(error) if error.is_outage() => return Err(error),
            Err(error) => {
                let answer = CreateAnswer::Refused(error);
                return Ok(results::after_create(take, answer, &self.policy, self.now())?.into());
            }
        };
        if self.time.leapt_since_intent(take.segment) {
            return Ok(results::too_late(take, self.now())?.into());
        }
        if let Some(late) = results::too_late_to_send(&take, &self.policy, self.now())? {
            return Ok(late.into());
        }
        let mut order = self.order(&take)?;
        order.voice = prepared;
        self.runtime.shared.tally.sent(take.number);
        let sent = self.now();
        let answer = match engine.start(&order).await {
            Ok(Started::Remote(id)) => CreateAnswer::Created(id),
            Ok(Started::Audio(SpokenAudio {
                wav,
                findings,
                similarity,
                words,
            })) => {
                self.runtime.shared.tally.answered(since(sent, self.now()));
                CreateAnswer::Spoken {
                    audio: self.store_audio(&take, embed(wav, &words)).await?,
                    similarity,
                    findings,
                }
            }
            Err(StartError::NotCreated(error)) => CreateAnswer::NotCreated(error),
            Err(StartError::Unknown(error)) => CreateAnswer::Lost(error),
            Err(StartError::Refused(error)) => CreateAnswer::Refused(error),
        };
        if let CreateAnswer::NotCreated(error) | CreateAnswer::Lost(error) = &answer {
            self.note(error);
        } else {
            self.interrupts.outage.provider_answered();
        }
        let take = results::after_create(take, answer, &self.policy, self.now())?;
        if let TakeState::Unsent(unsent) = take.state()
            && let Some(error) = &unsent.error
        {
            let pause = since(self.now(), unsent.retry_at);
            tracing::warn!(take = %take.id(), code = error.code, "not sent, retrying in {pause:.0?}: {}", error.message);
        }
        Ok(take.into())
    }

    async fn reconcile(&self, take: TakeRecord) -> Result<Outcome> {
        let id = take.id();
        if let Some(remote) = self.persist(|| self.runtime.store.remote_hint(id)).await?
            && !self.persist(|| self.runtime.store.holds_remote(&remote)).await?
        {
            return self.found(take, remote);
        }
        let order = self.order(&take)?;
        match self.voices.engine.find_lost(&order).await {
            Ok(candidates) => {
                self.interrupts.outage.provider_answered();
                match self.unknown_to_ledger(candidates).await? {
                    Some(id) if take.is_stand_in() => {
                        Ok(results::after_unknown_prediction(take, &id, self.now())?.into())
                    }
                    Some(id) => self.found(take, id),
                    None => Ok(results::after_miss(take, &self.policy, self.claimed_at(), self.now())?.into()),
                }
            }
            Err(error) => {
                self.note(&error);
                tracing::warn!(take = %take.id(), code = error.code(), "could not look up a lost prediction: {error}");
                Ok(results::after_failed_lookup(take, &error, &self.policy, self.now())?.into())
            }
        }
    }

    /// Records that a lost prediction was found.
    fn found(&self, take: TakeRecord, remote: String) -> Result<Outcome> {
        tracing::info!(take = %take.id(), remote, "found the prediction of a take whose answer was lost");
        self.runtime.shared.tally.found();
        Ok(results::after_found(take, remote, self.now())?.into())
    }

    /// Returns the first of these predictions that is not assigned to a take of the ledger.
    async fn unknown_to_ledger(&self, candidates: Vec<String>) -> Result<Option<String>> {
        for id in candidates {
            if !self.persist(|| self.runtime.store.holds_remote(&id)).await? {
                return Ok(Some(id));
            }
        }
        Ok(None)
    }

    /// Looks up a take that counts as never created once more.
    ///
    /// # Errors
    ///
    /// Those of the engine and of the store.
    pub(crate) async fn look_again(&self, take: &TakeRecord) -> Result<Option<String>> {
        let candidates = self.voices.engine.find_lost(&self.order(take)?).await?;
        self.unknown_to_ledger(candidates).await
    }

    async fn poll(&self, take: TakeRecord) -> Result<Outcome> {
        let prediction = running(&take)?;
        let age = since(prediction.accepted_at, self.now());
        tokio::select! {
            () = self.runtime.clock.sleep(Policy::poll_interval(age)) => {}
            () = self.interrupts.cancel.cancelled() => {}
            () = self.voices.engine.woken(&prediction.id) => {}
            () = self.interrupts.wake.notified() => {}
        }
        let checked = self.voices.engine.check(&prediction.id).await;
        if checked.is_ok() {
            self.interrupts.outage.provider_answered();
        }
        match checked {
            Ok(Remote::Running(share)) => Ok(Outcome { take, share }),
            Ok(state) => Ok(self.report(take, &state)?.into()),
            Err(error) => {
                self.note(&error);
                tracing::debug!(take = %take.id(), code = error.code(), "a poll failed: {error}");
                Ok(results::after_failed_poll(take, error)?.into())
            }
        }
    }

    /// Records what the engine reported.
    fn report(&self, take: TakeRecord, state: &Remote) -> Result<TakeRecord> {
        let now = self.now();
        let report = match state {
            Remote::Starting | Remote::Running(_) => Report::Pending,
            Remote::Succeeded { output } => {
                self.runtime
                    .shared
                    .tally
                    .answered(since(running(&take)?.accepted_at, now));
                Report::Succeeded(output.clone())
            }
            Remote::Failed(error) => Report::Failed(error),
            Remote::Cancelled => Report::Cancelled,
            Remote::Expired => Report::Expired,
        };
        results::after_report(take, report, &self.policy, now)
    }

    async fn stop(&self, take: TakeRecord) -> Result<Outcome> {
        let remote = running(&take)?.id.clone();
        let next = match self.voices.engine.cancel(&remote).await {
            Ok(Remote::Starting | Remote::Running(_)) => {
                tracing::debug!(take = %take.id(), remote, "asked the provider to stop; the prediction has not ended yet");
                results::after_stop(take, &self.policy)
            }
            Ok(state) => self.report(take, &state)?.into(),
            Err(error) => {
                self.note(&error);
                tracing::warn!(take = %take.id(), code = error.code(), remote, "could not stop a prediction: {error}");
                results::after_failed_stop(take, error, &self.policy)?
            }
        };
        Ok(self.paused(next).await)
    }

    async fn download(&self, take: TakeRecord) -> Result<Outcome> {
        let TakeState::Succeeded(succeeded) = take.state() else {
            return Err(unexpected(&take));
        };
        let permit = self.runtime.shared.limits.download().await;
        match self.voices.engine.fetch(&succeeded.output).await {
            Ok(wav) => {
                self.interrupts.outage.provider_answered();
                let audio = self.store_audio(&take, wav).await?;
                Ok(results::after_download(take, audio)?.into())
            }
            Err(error) => {
                self.note(&error);
                tracing::debug!(take = %take.id(), code = error.code(), "a download failed: {error}");
                let next = results::after_failed_download(take, &error, &self.policy, self.now())?;
                drop(permit);
                Ok(self.paused(next).await)
            }
        }
    }

    /// Remembers what the work waits for, if the error is an outage.
    fn note(&self, error: &Error) {
        if error.is_outage() {
            self.interrupts.outage.begin(error, self.runtime.clock.now());
        }
    }

    /// Waits as long as the plan asks before the next step.
    async fn paused(&self, next: Next) -> Outcome {
        if let Some(pause) = next.pause {
            self.runtime.clock.sleep(pause).await;
        }
        next.take.into()
    }

    /// Puts audio into the audio store and returns its key. The key is made from the take, so a repeated call replaces
    /// the audio.
    async fn store_audio(&self, take: &TakeRecord, wav: Bytes) -> Result<String> {
        let key = format!(
            "generations/{}/take-{}-{}.wav",
            take.generation, take.segment, take.number
        );
        self.persist(|| self.runtime.audio.put(&key, wav.clone())).await?;
        Ok(key)
    }

    async fn verify(&self, take: TakeRecord) -> Result<Outcome> {
        let segment = self.segment(take.segment)?;
        let voice = self.voice(take.segment)?;
        let settings = self.generation.cast().of(segment).settings;
        let key = take.audio().unwrap_or_default().to_owned();
        let _permit = self.runtime.shared.limits.check().await;
        let Some(wav) = self.persist(|| self.runtime.audio.get(&key)).await? else {
            let error = Error::new(&code::STORE_CORRUPT, format!("{key} is missing in the audio store"));
            return Ok(results::after_failed_checks(take, error, &self.policy, self.now())?.into());
        };
        let case = Case {
            wav,
            text: &segment.spoken,
            language: voice.model.language(settings.language.as_deref()),
            max_output_seconds: voice.model.max_output_seconds,
        };
        let take = match voice.judge.judge(case).await {
            Ok(verdict) => {
                let judgement = Judgement {
                    seconds: verdict.seconds,
                    similarity: verdict.similarity,
                    findings: verdict.findings,
                };
                results::after_checks(take, verdict.kept, judgement)?
            }
            Err(error) => results::after_failed_checks(take, error, &self.policy, self.now())?,
        };
        Ok(take.into())
    }

    fn segment(&self, index: u32) -> Result<&Segment> {
        self.generation.segment(index).ok_or_else(|| {
            Error::new(
                &code::STORE_CORRUPT,
                format!("segment {index} is missing in the records"),
            )
        })
    }

    /// The voice of a segment.
    fn voice(&self, segment: u32) -> Result<&Voice> {
        Ok(self.voices.get(self.segment(segment)?.voice.as_deref()))
    }

    fn order(&self, take: &TakeRecord) -> Result<Order> {
        let segment = self.segment(take.segment)?;
        let voice = self.voice(take.segment)?;
        let mut order = Order::new(
            voice.model.name.clone(),
            segment.spoken.clone(),
            take.seed,
            voice.reference.clone(),
            self.generation.cast().of(segment).settings.into_owned(),
            take.intended_at,
            // The engine compares it with the clock of the machine.
            later(
                self.runtime.clock.now(),
                self.policy
                    .reconciliation
                    .send_guard
                    .saturating_sub(since(take.intended_at, self.now())),
            ),
            self.policy.cancel_after,
        );
        order.sample_name = Some(voice.sample_name.clone());
        order.take = Some(take.id().to_string());
        Ok(order)
    }
}

/// The prediction of a take that runs at a provider.
fn running(take: &TakeRecord) -> Result<&Prediction> {
    take.prediction().ok_or_else(|| unexpected(take))
}

/// The error for a step that the state of the take does not allow.
fn unexpected(take: &TakeRecord) -> Error {
    let message = format!("take {} is {} and does not allow this step", take.id(), take.kind());
    Error::new(&code::INTERNAL, message).with_generation(take.generation)
}
