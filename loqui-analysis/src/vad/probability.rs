//! Runs the network Silero v6, window by window.

use rten::Value;
use rten_tensor::{NdTensor, NdTensorView};

use super::spectrum::{BINS, FRAMES, Spectrum};
use crate::network::{self, Network};
use crate::{Error, SAMPLE_RATE};

/// The samples per probability, the only size that the network supports at 16 kHz.
pub(crate) const WINDOW: usize = 512;

/// The samples of the previous window before each window, as in Silero since v5.
const CONTEXT: usize = 64;

/// The node of the magnitudes. [`Spectrum`] replaces the part of the network before it.
const MAGNITUDES: &str = "/model/stft/Sqrt_output_0";

/// The node before the recurrent part. Up to it, windows are independent and run in batches.
const FEATURES: &str = "/model/encoder/3/activation/Relu_output_0";

/// The number of values at this node.
const FEATURE: usize = 128;

/// The number of windows in a batch.
const BATCH: usize = 64;

/// The shape of the recurrent state.
const STATE: [usize; 3] = [2, 1, 128];

/// Returns the probability of speech of each window. The last one is padded with silence.
///
/// Samples are multiplied by `gain` and clamped to full scale, the range of the training data. The
/// memory does not depend on the length of the recording.
pub(crate) fn of_windows(samples: &[f32], gain: f32) -> Result<Vec<f32>, Error> {
    let network = network::speech()?;
    let [features, state, rate] = [network.node(FEATURES)?, network.node("state")?, network.node("sr")?];
    let outputs = [network.node("output")?, network.node("stateN")?];

    let sample_rate = Value::from(NdTensor::<i32, 0>::from(SAMPLE_RATE.cast_signed()));
    let mut recurrent = Value::from(NdTensor::<f32, 3>::zeros(STATE));
    let mut front = Front::new(gain);
    let mut probabilities = Vec::with_capacity(samples.len().div_ceil(WINDOW));
    for windows in samples.chunks(WINDOW * BATCH) {
        for feature in front.features(network, windows)?.chunks_exact(FEATURE) {
            let feature = NdTensorView::from_data([1, FEATURE, 1], feature);
            let inputs = vec![
                (features, feature.into()),
                (state, recurrent.into()),
                (rate, (&sample_rate).into()),
            ];
            let [probability, next] = network.run(inputs, outputs)?;
            probabilities.push(scalar(network, probability)?);
            recurrent = next;
        }
    }
    Ok(probabilities)
}

/// The part of the network before the recurrent part.
struct Front {
    gain: f32,
    /// The window with the end of the previous one before it.
    input: [f32; CONTEXT + WINDOW],
    spectrum: Spectrum,
}

impl Front {
    fn new(gain: f32) -> Self {
        Self {
            gain,
            input: [0.0; CONTEXT + WINDOW],
            spectrum: Spectrum::new(),
        }
    }

    /// Returns [`FEATURE`] values per window, concatenated.
    fn features(&mut self, network: &Network, samples: &[f32]) -> Result<Vec<f32>, Error> {
        let mut magnitudes = vec![0.0; samples.len().div_ceil(WINDOW) * BINS * FRAMES];
        for (window, into) in samples.chunks(WINDOW).zip(magnitudes.chunks_exact_mut(BINS * FRAMES)) {
            self.input.copy_within(WINDOW.., 0);
            let samples = window
                .iter()
                .map(|x| (x * self.gain).clamp(-1.0, 1.0))
                .chain(std::iter::repeat(0.0));
            for (slot, x) in self.input[CONTEXT..].iter_mut().zip(samples) {
                *slot = x;
            }
            self.spectrum.magnitudes(&self.input, into);
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
