//! State of the emulator: predictions, files, outputs, rate limits and the ledger.

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

use crate::audio::AudioSpec;
use crate::clock::{Clock, since};
use crate::faults::{Fault, Faults};
use crate::ledger::{Create, Ledger};
use crate::lifecycle::{Course, Phase, Status};
use crate::limiter::Limiter;
use crate::models::Model;
use crate::outgoing::Outgoing;
use crate::settings::Settings;

/// Number of outputs kept in memory. Others are generated again when requested.
const RENDERED: usize = 64;

/// The emulated platform, shared by all routes and tasks.
#[derive(Debug)]
pub(crate) struct Platform {
    pub(crate) settings: Settings,
    pub(crate) clock: Clock,
    pub(crate) faults: Faults,
    /// Base URL of the API, with `/v1` and without a trailing slash.
    pub(crate) base_url: String,
    pub(crate) output_origin: Url,
    pub(crate) token: String,
    /// The webhook secret without its prefix `whsec_`.
    pub(crate) webhook_secret: String,
    pub(crate) files_secret: String,
    pub(crate) outgoing: Outgoing,
    /// Notified when a prediction changes for another reason than time: finished work, cancel, reset.
    pub(crate) changed: Notify,
    seed: u64,
    state: Mutex<State>,
    tasks: Mutex<JoinSet<()>>,
}

/// Configuration of a platform.
#[derive(Debug)]
pub(crate) struct PlatformConfig {
    pub(crate) settings: Settings,
    pub(crate) seed: u64,
    pub(crate) rng: Rng,
    pub(crate) token: String,
    pub(crate) base_url: String,
    pub(crate) output_origin: Url,
    pub(crate) outgoing: Outgoing,
}

/// Mutable state.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) rng: Rng,
    /// In order of creation.
    pub(crate) predictions: Vec<Prediction>,
    pub(crate) files: Vec<StoredFile>,
    pub(crate) limiter: Limiter,
    /// Counters. [`Platform::ledger`] adds what follows from the predictions.
    pub(crate) counts: Ledger,
    /// Models that have run and need no cold boot.
    pub(crate) warm: HashSet<String>,
    by_id: HashMap<String, usize>,
    by_output: HashMap<String, usize>,
    rendered: VecDeque<(String, Bytes)>,
}

/// A prediction.
#[derive(Debug, Clone)]
pub(crate) struct Prediction {
    pub(crate) id: String,
    pub(crate) model: Arc<Model>,
    /// The version id, or `hidden` for official models.
    pub(crate) version: String,
    pub(crate) deployment: Option<String>,
    /// The input as returned, with signed links to files.
    pub(crate) input: Map<String, Value>,
    pub(crate) seed: Option<i64>,
    pub(crate) audio_spec: AudioSpec,
    pub(crate) audio: Duration,
    pub(crate) created: Timestamp,
    pub(crate) course: Course,
    /// Planned running time.
    pub(crate) run: Duration,
    pub(crate) error: Option<String>,
    pub(crate) output_path: String,
    /// The output as a `data:` URI, if a fault requires it.
    pub(crate) output_data: Option<String>,
    pub(crate) form_fault: Option<Fault>,
    pub(crate) output_fault: Option<Fault>,
    pub(crate) webhook: Option<String>,
    pub(crate) webhook_events: Option<Vec<String>>,
}

impl Prediction {
    pub(crate) fn subject(&self) -> String {
        subject(self.seed, &self.audio_spec.text)
    }

    pub(crate) fn phase(&self, now: Timestamp) -> Phase {
        self.course.phase(now)
    }

    /// Returns true if input, output and logs have been removed
    /// (<https://replicate.com/docs/topics/predictions/data-retention>).
    pub(crate) fn is_removed(&self, now: Timestamp, retention: Duration) -> bool {
        let phase = self.phase(now);
        let at_once = self.output_fault == Some(Fault::DataRemoved) && phase.status == Status::Succeeded;
        at_once
            || phase
                .completed
                .is_some_and(|completed| since(now, completed) >= retention)
    }
}

/// Returns the subject of random faults for a create and its prediction. Unlike an id it is the same in each run.
pub(crate) fn subject(seed: Option<i64>, text: &str) -> String {
    format!("{} {text}", seed.unwrap_or_default())
}

/// An uploaded file.
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
    /// True if the file is listed but cannot be fetched.
    pub(crate) lost: bool,
}

impl Platform {
    pub(crate) fn new(foundation: PlatformConfig) -> Self {
        let PlatformConfig {
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

    /// Spawns a task that stops with the platform.
    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let mut tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        while tasks.try_join_next().is_some() {}
        tasks.spawn(task);
    }

    /// Stops all tasks.
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
                text: prediction.audio_spec.text.clone(),
                seed: prediction.seed,
                characters: prediction.audio_spec.text.chars().count() as u64,
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

    /// Removes all data, the ledger and all faults. Token, seed and clock are kept.
    pub(crate) fn reset(&self) {
        self.stop();
        let mut state = self.state();
        let rng = state.rng.fork();
        *state = State::new(rng, &self.settings, self.clock.now());
        drop(state);
        self.faults.reset();
        self.changed.notify_waiters();
    }

    /// Waits until the work of all predictions is finished, so that their state depends on time only.
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

    /// Returns the audio of a prediction. Blocks while it is generated if it is not in memory.
    pub(crate) fn audio(&self, prediction: &Prediction) -> Bytes {
        let kept = self
            .state()
            .rendered
            .iter()
            .find(|(id, _)| *id == prediction.id)
            .map(|(_, bytes)| bytes.clone());
        kept.unwrap_or_else(|| {
            let wav = prediction.audio_spec.wav();
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

    /// Returns the prediction whose output has this path, without a leading slash.
    pub(crate) fn prediction_by_output(&self, path: &str) -> Option<&Prediction> {
        self.by_output.get(path).map(|&index| &self.predictions[index])
    }

    /// Returns a file that has not expired.
    pub(crate) fn file(&self, id: &str, now: Timestamp) -> Option<&StoredFile> {
        self.files.iter().find(|file| file.id == id && file.expires > now)
    }
}
