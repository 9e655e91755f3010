//! The network behind voice activity: Silero v6, window by window.

use rten::Value;
use rten_tensor::NdTensor;
use rten_tensor::prelude::*;

use crate::network::{self, Network};
use crate::{Error, SAMPLE_RATE};

/// Samples per probability; the network knows no other size at 16 kHz.
pub(crate) const WINDOW: usize = 512;

/// Samples of the window before, put in front of each window (since Silero v5).
const CONTEXT: usize = 64;

/// Size of the memory that the network hands from window to window.
const STATE: [usize; 3] = [2, 1, 128];

/// Returns the probability of speech of each window; the last one is padded with silence.
///
/// Samples are multiplied by `gain` and kept within full scale, where the network was trained.
/// The windows depend on each other, so they run one after the other in constant memory.
pub(crate) fn of_windows(samples: &[f32], gain: f32) -> Result<Vec<f32>, Error> {
    let network = network::speech()?;
    let [input, state, rate] = [network.node("input")?, network.node("state")?, network.node("sr")?];
    let outputs = [network.node("output")?, network.node("stateN")?];

    let sample_rate = Value::from(NdTensor::<i32, 0>::from(SAMPLE_RATE.cast_signed()));
    let mut memory = Value::from(NdTensor::<f32, 3>::zeros(STATE));
    let mut heard = NdTensor::<f32, 2>::zeros([1, CONTEXT + WINDOW]);
    let mut probabilities = Vec::with_capacity(samples.len().div_ceil(WINDOW));
    for window in samples.chunks(WINDOW) {
        let buffer = heard.data_mut().expect("a tensor that owns its data is contiguous");
        buffer.copy_within(WINDOW.., 0);
        let fresh = window
            .iter()
            .map(|x| (x * gain).clamp(-1.0, 1.0))
            .chain(std::iter::repeat(0.0));
        for (slot, x) in buffer[CONTEXT..].iter_mut().zip(fresh) {
            *slot = x;
        }
        let inputs = vec![
            (input, heard.view().into()),
            (state, memory.into()),
            (rate, (&sample_rate).into()),
        ];
        let [probability, next] = network.run(inputs, outputs)?;
        probabilities.push(scalar(network, probability)?);
        memory = next;
    }
    Ok(probabilities)
}

fn scalar(network: &Network, value: Value) -> Result<f32, Error> {
    let tensor: NdTensor<f32, 2> = value
        .try_into()
        .map_err(|error: rten::TryFromValueError| network.failure(error))?;
    Ok(tensor[[0, 0]])
}
