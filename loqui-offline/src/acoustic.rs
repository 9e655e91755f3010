//! The acoustic network, from phoneme ids to spectra.

use std::ops::Range;
use std::sync::{Arc, Condvar, Mutex, PoisonError};

use rten::{Model, ModelOptions, NodeId, RunOptions, ThreadPool, Value, ValueOrView};
use rten_tensor::prelude::*;
use rten_tensor::{NdTensor, Tensor};

use crate::error::{Cause, Error};
use crate::hidden::{Hidden, WIDTH};
use crate::spectra::{HOP, SAMPLE_RATE};

/// `hibari-tts` 0.2.1, voice "heart", eight-bit weights. See `data/NOTICE` for the origin and the licence.
static WEIGHTS: &[u8] = include_bytes!("../data/hibari.onnx");

/// The maximum number of phonemes of one run. Time and memory grow with the length, and the network was trained on single
/// sentences, so callers split longer ones.
pub(crate) const MAX_PHONEMES: usize = 300;

/// The frames of silence kept before a sentence (150 ms). The network starts with about 300 ms, as its training recordings
/// did, and the first sound extends about 100 ms into it.
const LEAD: usize = 12;

/// The network. All threads share one instance.
pub(crate) struct Acoustic {
    model: Model,
    ids: NodeId,
    speed: NodeId,
    /// The inputs of the last layer: eight-bit values, their zero point and their scale.
    hidden: NodeId,
    hidden_zero: NodeId,
    hidden_step: NodeId,
    /// The output of the last layer: all planes of a frame in a row. The declared outputs of the graph are transposed copies.
    rows: NodeId,
    pitch: NodeId,
    /// The length of each phoneme in steps of two frames, an intermediate result.
    durations: NodeId,
    threads: Threads,
}

/// The network with a thread for its computation.
pub(crate) struct Session<'a> {
    acoustic: &'a Acoustic,
    thread: &'a Arc<ThreadPool>,
}

/// A pool with one thread per core. One sentence uses one thread, from the network to its samples. More sentences at once
/// would not be faster but need more memory. A few long-lived threads also reuse the memory that allocators keep per
/// thread.
struct Threads {
    state: Mutex<ThreadsState>,
    freed: Condvar,
}

struct ThreadsState {
    idle: Vec<Arc<ThreadPool>>,
    /// The number of threads that may still be started.
    startable: usize,
}

/// A thread that one sentence uses.
struct ThreadGuard<'a> {
    threads: &'a Threads,
    thread: Arc<ThreadPool>,
}

impl Threads {
    fn new(most: usize) -> Self {
        let (idle, startable) = (Vec::new(), most);
        Self {
            state: Mutex::new(ThreadsState { idle, startable }),
            freed: Condvar::new(),
        }
    }

    /// Waits until a thread is free.
    fn acquire(&self) -> ThreadGuard<'_> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let mut state = self
            .freed
            .wait_while(state, |state| state.idle.is_empty() && state.startable == 0)
            .unwrap_or_else(PoisonError::into_inner);
        let thread = state.idle.pop().unwrap_or_else(|| {
            state.startable -= 1;
            Arc::new(ThreadPool::with_num_threads(1))
        });
        ThreadGuard { threads: self, thread }
    }
}

impl Drop for ThreadGuard<'_> {
    /// Returns the thread to the pool, even after a panic.
    fn drop(&mut self) {
        let mut state = self.threads.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.idle.push(Arc::clone(&self.thread));
        drop(state);
        self.threads.freed.notify_one();
    }
}

impl Acoustic {
    /// Loads the network from the binary.
    pub(crate) fn load() -> Result<Self, Error> {
        let model = ModelOptions::with_all_ops()
            .load_static_slice(WEIGHTS)
            .map_err(|source| Error::Network(source.into()))?;
        let node = |name: &str| model.node_id(name).map_err(|source| Error::Network(source.into()));
        Ok(Self {
            ids: node("ids")?,
            speed: node("speed")?,
            hidden: node("/dec_norm/LayerNormalization_output_0_quantized")?,
            hidden_zero: node("/dec_norm/LayerNormalization_output_0_zero_point")?,
            hidden_step: node("/dec_norm/LayerNormalization_output_0_scale")?,
            rows: node("/head/Add_output_0")?,
            pitch: node("f0")?,
            durations: node("/Cast_32_output_0")?,
            model,
            threads: Threads::new(std::thread::available_parallelism().map_or(1, usize::from)),
        })
    }

    /// Returns the inputs, with the phonemes between two silence marks (id 0) as in the training data.
    fn inputs(&self, phonemes: &[i32], speed: f32) -> Vec<(NodeId, ValueOrView<'static>)> {
        let mut ids = Vec::with_capacity(phonemes.len() + 2);
        ids.push(0);
        ids.extend_from_slice(phonemes);
        ids.push(0);
        let ids = NdTensor::from_data([1, ids.len()], ids);
        let speed = NdTensor::from_data([1], vec![speed]);
        vec![(self.ids, ids.into()), (self.speed, speed.into())]
    }

    /// Runs `work` on a thread of the pool. Waits until one is free.
    pub(crate) fn on_thread<T: Send>(&self, work: impl FnOnce(Session<'_>) -> T + Send) -> T {
        let guard = self.threads.acquire();
        let thread = &guard.thread;
        let session = Session { acoustic: self, thread };
        thread.run(|| work(session))
    }

    /// Predicts the length of one sentence in seconds. Runs only the part of the graph that predicts durations.
    pub(crate) fn seconds(&self, phonemes: &[i32], speed: f32) -> Result<f64, Error> {
        self.on_thread(|session| session.try_frames(phonemes, speed))
            .map(|frames| (frames * HOP) as f64 / SAMPLE_RATE as f64)
            .map_err(|source| Error::Inference {
                phonemes: phonemes.len(),
                source,
            })
    }
}

impl Session<'_> {
    /// Runs the network on one sentence, without the last layer.
    pub(crate) fn hidden(&self, phonemes: &[i32], speed: f32) -> Result<Hidden, Error> {
        self.try_hidden(phonemes, speed).map_err(|source| Error::Inference {
            phonemes: phonemes.len(),
            source,
        })
    }

    /// Runs the last layer on some frames of a sentence. Returns [`ROW`](crate::spectra::ROW) values per frame. The layer
    /// processes each frame independently.
    pub(crate) fn rows(&self, hidden: &Hidden, frames: Range<usize>) -> Result<Vec<f32>, Error> {
        self.try_rows(hidden, frames).map_err(|source| Error::Inference {
            phonemes: hidden.phonemes,
            source,
        })
    }

    fn try_hidden(&self, phonemes: &[i32], speed: f32) -> Result<Hidden, Cause> {
        let net = self.acoustic;
        let [hidden, zero, step, pitch, durations] = self.run(
            net.inputs(phonemes, speed),
            [net.hidden, net.hidden_zero, net.hidden_step, net.pitch, net.durations],
        )?;
        let hidden: NdTensor<u8, 3> = hidden.try_into()?;
        let pitch: NdTensor<f32, 2> = pitch.try_into()?;
        let (shape, pitch_hz) = (hidden.shape(), pitch.into_data());
        let frames = frames(durations)?;
        let leading = Timing::of(&frames).excess_lead();
        if shape != [1, pitch_hz.len(), WIDTH] || leading > pitch_hz.len() {
            return Err(format!("the states have the shape {shape:?} for {} frames", pitch_hz.len()).into());
        }
        Ok(Hidden {
            states: hidden.into_data(),
            zero,
            step,
            pitch_hz,
            unheard: leading,
            starts: starts(&frames),
            phonemes: phonemes.len(),
        })
    }

    fn try_rows(&self, hidden: &Hidden, frames: Range<usize>) -> Result<Vec<f32>, Cause> {
        let states = &hidden.states[frames.start * WIDTH..frames.end * WIDTH];
        let states = NdTensor::from_data([1, frames.len(), WIDTH], states.to_vec());
        let net = self.acoustic;
        let inputs = vec![
            (net.hidden, states.into()),
            (net.hidden_zero, hidden.zero.as_view().into()),
            (net.hidden_step, hidden.step.as_view().into()),
        ];
        let [rows] = self.run(inputs, [net.rows])?;
        let rows: NdTensor<f32, 3> = rows.try_into()?;
        Ok(rows.into_data())
    }

    fn try_frames(&self, phonemes: &[i32], speed: f32) -> Result<usize, Cause> {
        let net = self.acoustic;
        let [durations] = self.run(net.inputs(phonemes, speed), [net.durations])?;
        let timing = Timing::of(&frames(durations)?);
        Ok(timing.total - timing.excess_lead())
    }

    fn run<const N: usize>(
        &self,
        inputs: Vec<(NodeId, ValueOrView<'_>)>,
        outputs: [NodeId; N],
    ) -> Result<[Value; N], Cause> {
        let options = RunOptions::default().with_thread_pool(Some(Arc::clone(self.thread)));
        Ok(self.acoustic.model.run_n(inputs, outputs, Some(options))?)
    }
}

/// The durations that the network predicted, in frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Timing {
    /// The length of the silence before the sentence.
    lead: usize,
    total: usize,
}

/// Returns the length of each id, in frames.
fn frames(durations: Value) -> Result<Vec<usize>, Cause> {
    let steps: Tensor<i32> = durations.try_into()?;
    steps.iter().map(|&steps| Ok(2 * usize::try_from(steps)?)).collect()
}

/// Returns the frame with which each id begins, and the end of the last.
fn starts(frames: &[usize]) -> Vec<usize> {
    let mut end = 0;
    let ends = frames.iter().map(|length| {
        end += length;
        end
    });
    std::iter::once(0).chain(ends).collect()
}

impl Timing {
    fn of(frames: &[usize]) -> Self {
        Self {
            lead: frames.first().copied().unwrap_or_default(),
            total: frames.iter().sum(),
        }
    }

    /// Returns the frames to drop at the start.
    fn excess_lead(self) -> usize {
        self.lead.saturating_sub(LEAD)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pool_bounds_the_number_of_threads_and_serves_all_callers() {
        let (threads, running) = (Threads::new(2), std::sync::atomic::AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..50 {
                        let _guard = threads.acquire();
                        let before = running.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                        assert!(before < 2, "{before} threads were running");
                        std::thread::yield_now();
                        running.fetch_sub(1, std::sync::atomic::Ordering::SeqCst);
                    }
                });
            }
        });
        let state = threads.state.lock().unwrap();
        assert_eq!(state.idle.len() + state.startable, 2);
    }

    #[test]
    fn only_a_long_lead_is_shortened() {
        assert_eq!(Timing { lead: 28, total: 200 }.excess_lead(), 16);
        assert_eq!(Timing { lead: 8, total: 90 }.excess_lead(), 0);
    }
}
