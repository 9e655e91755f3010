//! Runs the network Silero v6, window by window.

use rten::Value;
use rten_tensor::prelude::*;
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

/// The size of the recurrent state of a lane.
const STATE: usize = 128;

/// The parts of a long recording that run through the recurrent part at the same time. A step of several lanes takes hardly
/// longer than a step of one.
const LANES: usize = 8;

/// The windows before the start of a lane that bring its state to where a run from the start would have it: two seconds.
const RUN_UP: usize = 64;

/// A shorter recording runs in one lane: the run-up would take longer than it saves.
const LEAST_WINDOWS: usize = 2 * LANES * RUN_UP / 4;

/// Returns the probability of speech of each window. The last one is padded with silence.
///
/// Samples are multiplied by `gain` and clamped to full scale, the range of the training data.
pub(crate) fn of_windows(samples: &[f32], gain: f32) -> Result<Vec<f32>, Error> {
    let network = network::speech()?;
    let [features, state, rate] = [network.node(FEATURES)?, network.node("state")?, network.node("sr")?];
    let outputs = [network.node("output")?, network.node("stateN")?];

    let sample_rate = Value::from(NdTensor::<i32, 0>::from(SAMPLE_RATE.cast_signed()));
    let count = samples.len().div_ceil(WINDOW);
    let mut front = Front::new(gain);
    let mut all = Vec::with_capacity(count * FEATURE);
    for windows in samples.chunks(WINDOW * BATCH) {
        all.extend(front.features(network, windows)?);
    }
    let lanes = Lanes::of(count);
    let mut recurrent = NdTensor::<f32, 3>::zeros([2, lanes.count, STATE]);
    let mut probabilities = vec![0.0; count];
    let mut input = vec![0.0; lanes.count * FEATURE];
    for step in 0..lanes.run_up + lanes.length {
        for (lane, slot) in input.chunks_exact_mut(FEATURE).enumerate() {
            let window = lanes.window(lane, step).filter(|window| *window < count);
            match window.and_then(|window| all.get(window * FEATURE..(window + 1) * FEATURE)) {
                Some(feature) => slot.copy_from_slice(feature),
                None => slot.fill(0.0),
            }
        }
        if step == lanes.run_up {
            // The recording starts with the first lane.
            recurrent.slice_mut((.., 0, ..)).fill(0.0);
        }
        let inputs = vec![
            (
                features,
                NdTensorView::from_data([lanes.count, FEATURE, 1], &input[..]).into(),
            ),
            (state, recurrent.into()),
            (rate, (&sample_rate).into()),
        ];
        let [output, next] = network.run(inputs, outputs)?;
        recurrent = tensor(network, next)?;
        if step >= lanes.run_up {
            let output: NdTensor<f32, 2> = tensor(network, output)?;
            for (lane, probability) in output.iter().enumerate() {
                if let Some(slot) = lanes
                    .window(lane, step)
                    .and_then(|window| probabilities.get_mut(window))
                {
                    *slot = *probability;
                }
            }
        }
    }
    Ok(probabilities)
}

/// The division of a recording into lanes.
#[derive(Clone, Copy, Debug)]
struct Lanes {
    count: usize,
    /// The windows of a lane.
    length: usize,
    run_up: usize,
}

impl Lanes {
    fn of(windows: usize) -> Self {
        if windows < LEAST_WINDOWS {
            return Self {
                count: 1,
                length: windows,
                run_up: 0,
            };
        }
        Self {
            count: LANES,
            length: windows.div_ceil(LANES),
            run_up: RUN_UP,
        }
    }

    /// Returns the window that a lane has at a step. The last lane may end earlier.
    fn window(self, lane: usize, step: usize) -> Option<usize> {
        (lane * self.length + step).checked_sub(self.run_up)
    }
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

fn tensor<const N: usize>(network: &Network, value: Value) -> Result<NdTensor<f32, N>, Error> {
    value
        .try_into()
        .map_err(|error: rten::TryFromValueError| network.failure(error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lanes_cover_each_window_once_after_their_run_up() {
        for windows in [0, 1, LEAST_WINDOWS - 1, LEAST_WINDOWS, 937, 10_000] {
            let lanes = Lanes::of(windows);
            let mut seen = vec![0; windows];
            for step in lanes.run_up..lanes.run_up + lanes.length {
                for lane in 0..lanes.count {
                    if let Some(slot) = lanes.window(lane, step).and_then(|window| seen.get_mut(window)) {
                        *slot += 1;
                    }
                }
            }
            assert!(seen.iter().all(|count| *count == 1), "{windows}");
        }
    }
}
