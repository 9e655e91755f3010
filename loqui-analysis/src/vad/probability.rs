//! The network behind voice activity: Silero v6, window by window.

use rten::Value;
use rten_tensor::{NdTensor, NdTensorView};

use super::spectrum::{BINS, FRAMES, Spectrum};
use crate::network::{self, Network};
use crate::{Error, SAMPLE_RATE};

/// Samples per probability; the network knows no other size at 16 kHz.
pub(crate) const WINDOW: usize = 512;

/// Samples of the window before, put in front of each window (since Silero v5).
const CONTEXT: usize = 64;

/// Where the magnitudes of windows go into the network; what it has in front of them is [`Spectrum`].
const MAGNITUDES: &str = "/model/stft/Sqrt_output_0";

/// What the network makes of a window before it remembers the windows before: so far, many go through at once.
const FEATURES: &str = "/model/encoder/3/activation/Relu_output_0";

/// Numbers in it.
const FEATURE: usize = 128;

/// Windows that go through together.
const BATCH: usize = 64;

/// Size of the memory that the network hands from window to window.
const STATE: [usize; 3] = [2, 1, 128];

/// Returns the probability of speech of each window; the last one is padded with silence.
///
/// Samples are multiplied by `gain` and kept within full scale, where the network was trained.
/// It takes constant memory, however long the recording is.
pub(crate) fn of_windows(samples: &[f32], gain: f32) -> Result<Vec<f32>, Error> {
    let network = network::speech()?;
    let [features, state, rate] = [network.node(FEATURES)?, network.node("state")?, network.node("sr")?];
    let outputs = [network.node("output")?, network.node("stateN")?];

    let sample_rate = Value::from(NdTensor::<i32, 0>::from(SAMPLE_RATE.cast_signed()));
    let mut memory = Value::from(NdTensor::<f32, 3>::zeros(STATE));
    let mut ear = Ear::new(gain);
    let mut probabilities = Vec::with_capacity(samples.len().div_ceil(WINDOW));
    for windows in samples.chunks(WINDOW * BATCH) {
        for feature in ear.features(network, windows)?.chunks_exact(FEATURE) {
            let feature = NdTensorView::from_data([1, FEATURE, 1], feature);
            let inputs = vec![
                (features, feature.into()),
                (state, memory.into()),
                (rate, (&sample_rate).into()),
            ];
            let [probability, next] = network.run(inputs, outputs)?;
            probabilities.push(scalar(network, probability)?);
            memory = next;
        }
    }
    Ok(probabilities)
}

/// What is heard before anything is remembered.
struct Ear {
    gain: f32,
    /// The window, and in front of it the end of the one before.
    heard: [f32; CONTEXT + WINDOW],
    spectrum: Spectrum,
}

impl Ear {
    fn new(gain: f32) -> Self {
        Self {
            gain,
            heard: [0.0; CONTEXT + WINDOW],
            spectrum: Spectrum::new(),
        }
    }

    /// Returns [`FEATURE`] numbers for each window, one behind the other.
    fn features(&mut self, network: &Network, samples: &[f32]) -> Result<Vec<f32>, Error> {
        let mut magnitudes = vec![0.0; samples.len().div_ceil(WINDOW) * BINS * FRAMES];
        for (window, into) in samples.chunks(WINDOW).zip(magnitudes.chunks_exact_mut(BINS * FRAMES)) {
            self.heard.copy_within(WINDOW.., 0);
            let fresh = window
                .iter()
                .map(|x| (x * self.gain).clamp(-1.0, 1.0))
                .chain(std::iter::repeat(0.0));
            for (slot, x) in self.heard[CONTEXT..].iter_mut().zip(fresh) {
                *slot = x;
            }
            self.spectrum.magnitudes(&self.heard, into);
        }
        let windows = magnitudes.len() / (BINS * FRAMES);
        let magnitudes = NdTensor::from_data([windows, BINS, FRAMES], magnitudes);
        let inputs = vec![(network.node(MAGNITUDES)?, magnitudes.into())];
        let [features] = network.run(inputs, [network.node(FEATURES)?])?;
        let features: NdTensor<f32, 3> = features
            .try_into()
            .map_err(|error: rten::TryFromValueError| network.failure(error))?;
        Ok(features.into_data())
    }
}

fn scalar(network: &Network, value: Value) -> Result<f32, Error> {
    let tensor: NdTensor<f32, 2> = value
        .try_into()
        .map_err(|error: rten::TryFromValueError| network.failure(error))?;
    Ok(tensor[[0, 0]])
}
