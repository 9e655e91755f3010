//! The network: phoneme ids in, spectra out.

use std::ops::Range;
use std::sync::{Arc, Condvar, Mutex, PoisonError};

use rten::{Model, ModelOptions, NodeId, RunOptions, ThreadPool, Value, ValueOrView};
use rten_tensor::prelude::*;
use rten_tensor::{NdTensor, Tensor};

use crate::error::{Cause, Error};
use crate::hidden::{Hidden, WIDTH};
use crate::spectra::{HOP, SAMPLE_RATE};

/// `hibari-tts` 0.2.1, voice "heart", eight-bit weights; origin and licence in `data/NOTICE`.
static WEIGHTS: &[u8] = include_bytes!("../data/hibari.onnx");

/// Most phonemes one run may hold. Time and memory grow with the length, and the voice was trained on sentences, so longer
/// ones are cut before they come here.
pub(crate) const MAX_PHONEMES: usize = 300;

/// Frames of silence kept in front of a sentence (150 ms). The network begins with about twice that, as its training
/// recordings did; the first sound reaches back about 100 ms into it.
const LEAD: usize = 12;

/// Runs the network; one instance serves all threads.
pub(crate) struct Acoustic {
    model: Model,
    ids: NodeId,
    speed: NodeId,
    /// What the last layer reads: eight-bit numbers, which of them means zero, and how much one step means.
    hidden: NodeId,
    hidden_zero: NodeId,
    hidden_step: NodeId,
    /// What it makes of them: all planes of a frame side by side; the graph's declared outputs are transposed copies.
    rows: NodeId,
    pitch: NodeId,
    /// Length of each phoneme in steps of two frames, computed on the way to the spectra.
    durations: NodeId,
    threads: Threads,
}

/// The network on a thread of its own.
pub(crate) struct Session<'a> {
    acoustic: &'a Acoustic,
    thread: &'a Arc<ThreadPool>,
}

/// Each sentence has a thread to itself, from the network to its samples: so as many texts as there are cores are read at
/// full speed. More at once would be no faster, and each would need its memory. And what these few threads have used they
/// use again, where allocators keep the most that each thread of a process ever had.
struct Threads {
    state: Mutex<ThreadsState>,
    freed: Condvar,
}

struct ThreadsState {
    idle: Vec<Arc<ThreadPool>>,
    /// How many more may be started.
    unborn: usize,
}

/// A thread that is lent to one sentence.
struct Lent<'a> {
    threads: &'a Threads,
    thread: Arc<ThreadPool>,
}

impl Threads {
    fn new(most: usize) -> Self {
        let (idle, unborn) = (Vec::new(), most);
        Self {
            state: Mutex::new(ThreadsState { idle, unborn }),
            freed: Condvar::new(),
        }
    }

    /// Waits until a thread is free.
    fn lend(&self) -> Lent<'_> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let mut state = self
            .freed
            .wait_while(state, |state| state.idle.is_empty() && state.unborn == 0)
            .unwrap_or_else(PoisonError::into_inner);
        let thread = state.idle.pop().unwrap_or_else(|| {
            state.unborn -= 1;
            Arc::new(ThreadPool::with_num_threads(1))
        });
        Lent { threads: self, thread }
    }
}

impl Drop for Lent<'_> {
    /// Gives the thread back, whatever became of the run.
    fn drop(&mut self) {
        let mut state = self.threads.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.idle.push(Arc::clone(&self.thread));
        drop(state);
        self.threads.freed.notify_one();
    }
}

impl Acoustic {
    /// Reads the weights inside the binary.
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

    /// The ids between the two silence marks (id 0) that the network was trained with.
    fn inputs(&self, phonemes: &[i32], speed: f32) -> Vec<(NodeId, ValueOrView<'static>)> {
        let mut ids = Vec::with_capacity(phonemes.len() + 2);
        ids.push(0);
        ids.extend_from_slice(phonemes);
        ids.push(0);
        let ids = NdTensor::from_data([1, ids.len()], ids);
        let speed = NdTensor::from_data([1], vec![speed]);
        vec![(self.ids, ids.into()), (self.speed, speed.into())]
    }

    /// Does some work on a thread of its own, waiting until one is free.
    pub(crate) fn alone<T: Send>(&self, work: impl FnOnce(Session<'_>) -> T + Send) -> T {
        let lent = self.threads.lend();
        let thread = &lent.thread;
        let session = Session { acoustic: self, thread };
        thread.run(|| work(session))
    }

    /// Predicts how long one sentence takes, in seconds, by running only the part of the graph
    /// that decides on durations.
    pub(crate) fn seconds(&self, phonemes: &[i32], speed: f32) -> Result<f64, Error> {
        self.alone(|session| session.try_frames(phonemes, speed))
            .map(|frames| (frames * HOP) as f64 / SAMPLE_RATE as f64)
            .map_err(|source| Error::Inference {
                phonemes: phonemes.len(),
                source,
            })
    }
}

impl Session<'_> {
    /// Predicts one sentence, up to the last layer.
    pub(crate) fn hidden(&self, phonemes: &[i32], speed: f32) -> Result<Hidden, Error> {
        self.try_hidden(phonemes, speed).map_err(|source| Error::Inference {
            phonemes: phonemes.len(),
            source,
        })
    }

    /// Predicts the spectra of some frames of a sentence, [`ROW`](crate::spectra::ROW) values for each. It is the last
    /// layer, which looks at each frame by itself.
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
        let unheard = Timing::read(durations)?.unheard();
        if shape != [1, pitch_hz.len(), WIDTH] || unheard > pitch_hz.len() {
            return Err(format!(
                "states of {shape:?} and {} frames do not belong together",
                pitch_hz.len()
            )
            .into());
        }
        Ok(Hidden {
            states: hidden.into_data(),
            zero,
            step,
            pitch_hz,
            unheard,
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
        let timing = Timing::read(durations)?;
        Ok(timing.total - timing.unheard())
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

/// What the network decided about time, in frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Timing {
    /// Length of the silence mark in front.
    lead: usize,
    total: usize,
}

impl Timing {
    fn read(durations: Value) -> Result<Self, Cause> {
        let steps: Tensor<i32> = durations.try_into()?;
        let frames: Vec<usize> = steps
            .iter()
            .map(|&steps| Ok(2 * usize::try_from(steps)?))
            .collect::<Result<_, Cause>>()?;
        Ok(Self {
            lead: frames.first().copied().unwrap_or_default(),
            total: frames.iter().sum(),
        })
    }

    /// Frames at the begin of a long lead that nobody needs to wait for.
    fn unheard(self) -> usize {
        self.lead.saturating_sub(LEAD)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_threads_run_than_are_allowed_and_all_get_their_turn() {
        let (threads, running) = (Threads::new(2), std::sync::atomic::AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..50 {
                        let _lent = threads.lend();
                        let before = running.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                        assert!(before < 2, "{before} were running already");
                        std::thread::yield_now();
                        running.fetch_sub(1, std::sync::atomic::Ordering::SeqCst);
                    }
                });
            }
        });
        let state = threads.state.lock().unwrap();
        assert_eq!(state.idle.len() + state.unborn, 2);
    }

    #[test]
    fn a_long_lead_is_shortened_and_a_short_one_kept() {
        assert_eq!(Timing { lead: 28, total: 200 }.unheard(), 16);
        assert_eq!(Timing { lead: 8, total: 90 }.unheard(), 0);
    }
}
