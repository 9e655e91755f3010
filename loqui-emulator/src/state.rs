//! What the platform holds: predictions, files, outputs, limits and counts, behind one lock.

use std::collections::{HashMap, HashSet, VecDeque};
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use fastrand::Rng;
use jiff::Timestamp;
use serde_json::{Map, Value};
use tokio::sync::Notify;
use tokio::task::JoinSet;
use url::Url;

use crate::audio::Recipe;
use crate::clock::{Clock, since};
use crate::faults::{Fault, Faults};
use crate::ledger::{Create, Ledger};
use crate::lifecycle::{Course, Phase, Status};
use crate::limiter::Limiter;
use crate::models::Model;
use crate::outgoing::Outgoing;
use crate::settings::Settings;

/// Outputs kept in memory; older ones are made again from their recipe when someone asks.
const RENDERED: usize = 64;

/// The one emulated platform that all routes and tasks share.
#[derive(Debug)]
pub(crate) struct Platform {
    pub(crate) settings: Settings,
    pub(crate) clock: Clock,
    pub(crate) faults: Faults,
    /// The API's base, with `/v1` and without a slash at the end.
    pub(crate) base_url: String,
    pub(crate) output_origin: Url,
    pub(crate) token: String,
    /// The part of the webhook secret after `whsec_`.
    pub(crate) webhook_secret: String,
    pub(crate) files_secret: String,
    pub(crate) outgoing: Outgoing,
    /// Rings when a prediction's course changes from outside: work done, cancel, reset.
    pub(crate) changed: Notify,
    seed: u64,
    state: Mutex<State>,
    tasks: Mutex<JoinSet<()>>,
}

/// The parts of a platform that are chosen before it starts.
#[derive(Debug)]
pub(crate) struct Foundation {
    pub(crate) settings: Settings,
    pub(crate) seed: u64,
    pub(crate) rng: Rng,
    pub(crate) token: String,
    pub(crate) base_url: String,
    pub(crate) output_origin: Url,
    pub(crate) outgoing: Outgoing,
}

/// Everything that changes.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) rng: Rng,
    /// In the order of their creation.
    pub(crate) predictions: Vec<Prediction>,
    pub(crate) files: Vec<StoredFile>,
    pub(crate) limiter: Limiter,
    /// Counts only; what can be told from the predictions is filled in by [`Platform::ledger`].
    pub(crate) counts: Ledger,
    /// Models that have run: they need no boot.
    pub(crate) warm: HashSet<String>,
    by_id: HashMap<String, usize>,
    by_output: HashMap<String, usize>,
    rendered: VecDeque<(String, Bytes)>,
}

/// One prediction.
#[derive(Debug, Clone)]
pub(crate) struct Prediction {
    pub(crate) id: String,
    pub(crate) model: Arc<Model>,
    /// `hidden` on the routes of official models, else the id (contract section 2.3).
    pub(crate) version: String,
    pub(crate) deployment: Option<String>,
    /// The input as shown: with links to files rewritten.
    pub(crate) input: Map<String, Value>,
    pub(crate) seed: Option<i64>,
    pub(crate) recipe: Recipe,
    pub(crate) audio: Duration,
    pub(crate) created: Timestamp,
    pub(crate) course: Course,
    /// The planned time in `processing`.
    pub(crate) run: Duration,
    pub(crate) error: Option<String>,
    pub(crate) output_path: String,
    /// The output as a `data:` URI, for the fault that asks for it.
    pub(crate) output_data: Option<String>,
    pub(crate) form_fault: Option<Fault>,
    pub(crate) output_fault: Option<Fault>,
    pub(crate) webhook: Option<String>,
    pub(crate) webhook_events: Option<Vec<String>>,
}

impl Prediction {
    pub(crate) fn subject(&self) -> String {
        subject(self.seed, &self.recipe.text)
    }

    pub(crate) fn phase(&self, now: Timestamp) -> Phase {
        self.course.phase(now)
    }

    /// Says if input, output and logs are gone (contract section 2.3).
    pub(crate) fn is_removed(&self, now: Timestamp, retention: Duration) -> bool {
        let phase = self.phase(now);
        let at_once = self.output_fault == Some(Fault::DataRemoved) && phase.status == Status::Succeeded;
        at_once
            || phase
                .completed
                .is_some_and(|completed| since(now, completed) >= retention)
    }
}

/// What chance knows a create and its prediction by: the same in every run, as ids are not.
pub(crate) fn subject(seed: Option<i64>, text: &str) -> String {
    format!("{} {text}", seed.unwrap_or_default())
}

/// One uploaded file.
#[derive(Debug, Clone)]
pub(crate) struct StoredFile {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) content_type: String,
    pub(crate) metadata: Value,
    pub(crate) content: Bytes,
    pub(crate) md5: String,
    pub(crate) sha256: String,
    pub(crate) created: Timestamp,
    pub(crate) expires: Timestamp,
    /// Accepted, then lost: it is listed but cannot be fetched.
    pub(crate) lost: bool,
}

impl Platform {
    pub(crate) fn new(foundation: Foundation) -> Self {
        let Foundation {
            settings,
            seed,
            mut rng,
            token,
            base_url,
            output_origin,
            outgoing,
        } = foundation;
        let clock = Clock::start(settings.time_scale);
        Self {
            faults: Faults::seeded(rng.u64(..)),
            base_url,
            output_origin,
            token,
            webhook_secret: crate::ids::secret(&mut rng),
            files_secret: crate::ids::secret(&mut rng),
            outgoing,
            changed: Notify::new(),
            seed,
            state: Mutex::new(State::new(rng, &settings, clock.now())),
            tasks: Mutex::new(JoinSet::new()),
            clock,
            settings,
        }
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs a task that ends with the platform.
    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let mut tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        while tasks.try_join_next().is_some() {}
        tasks.spawn(task);
    }

    /// Ends all tasks.
    pub(crate) fn stop(&self) {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner).abort_all();
    }

    pub(crate) fn ledger(&self) -> Ledger {
        let now = self.clock.now();
        let state = self.state();
        let creates = state.predictions.iter().map(|prediction| {
            let status = prediction.phase(now).status;
            Create {
                prediction: prediction.id.clone(),
                model: prediction.model.full_name(),
                text: prediction.recipe.text.clone(),
                seed: prediction.seed,
                characters: prediction.recipe.text.chars().count() as u64,
                status,
                error: prediction.error.clone().filter(|_| status == Status::Failed),
                created_at: format!("{:.3}", prediction.created),
            }
        });
        Ledger {
            seed: self.seed,
            creates: creates.collect(),
            faults: self.faults.fired(),
            ..state.counts.clone()
        }
    }

    /// Forgets everything that happened, and all faults; the token, the seed and the clock stay.
    pub(crate) fn reset(&self) {
        self.stop();
        let mut state = self.state();
        let rng = state.rng.fork();
        *state = State::new(rng, &self.settings, self.clock.now());
        drop(state);
        self.faults.reset();
        self.changed.notify_waiters();
    }

    /// Waits until the work behind every prediction is done, so that only time is missing.
    pub(crate) async fn settle(&self) {
        loop {
            let changed = self.changed.notified();
            let settled = {
                let state = self.state();
                state
                    .predictions
                    .iter()
                    .all(|prediction| prediction.course.work.is_some())
            };
            if settled {
                return;
            }
            changed.await;
        }
    }

    /// Returns the audio of a prediction, made again if it is no longer kept. Takes a while then.
    pub(crate) fn audio(&self, prediction: &Prediction) -> Bytes {
        let kept = self
            .state()
            .rendered
            .iter()
            .find(|(id, _)| *id == prediction.id)
            .map(|(_, bytes)| bytes.clone());
        kept.unwrap_or_else(|| {
            let wav = prediction.recipe.wav();
            let mut state = self.state();
            state.rendered.push_back((prediction.id.clone(), wav.clone()));
            if state.rendered.len() > RENDERED {
                state.rendered.pop_front();
            }
            wav
        })
    }
}

impl State {
    fn new(rng: Rng, settings: &Settings, now: Timestamp) -> Self {
        Self {
            rng,
            predictions: Vec::new(),
            files: Vec::new(),
            limiter: Limiter::new(&settings.limits, now),
            counts: Ledger::default(),
            warm: HashSet::new(),
            by_id: HashMap::new(),
            by_output: HashMap::new(),
            rendered: VecDeque::new(),
        }
    }

    pub(crate) fn add(&mut self, prediction: Prediction) {
        let index = self.predictions.len();
        self.by_id.insert(prediction.id.clone(), index);
        self.by_output.insert(prediction.output_path.clone(), index);
        self.predictions.push(prediction);
    }

    pub(crate) fn prediction(&self, id: &str) -> Option<&Prediction> {
        self.by_id.get(id).map(|&index| &self.predictions[index])
    }

    pub(crate) fn prediction_mut(&mut self, id: &str) -> Option<&mut Prediction> {
        self.by_id.get(id).map(|&index| &mut self.predictions[index])
    }

    /// Finds the prediction whose output has this path (without a leading slash).
    pub(crate) fn prediction_by_output(&self, path: &str) -> Option<&Prediction> {
        self.by_output.get(path).map(|&index| &self.predictions[index])
    }

    /// Finds a file that has not expired.
    pub(crate) fn file(&self, id: &str, now: Timestamp) -> Option<&StoredFile> {
        self.files.iter().find(|file| file.id == id && file.expires > now)
    }
}
