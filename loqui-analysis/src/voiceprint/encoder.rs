//! Runs the GE2E speaker encoder on batches of windows.

use rten_tensor::NdTensor;
use rten_tensor::prelude::*;

use super::mel::BANDS;
use super::slices::SLICE_FRAMES;
use crate::{Error, network};

/// The number of values of an embedding.
pub(super) const EMBEDDING: usize = 256;

/// Embeds the windows that start at the given frames. The results are unit vectors.
///
/// If the last layer of the network is zero, the result is NaN (0 / 0).
pub(super) fn embed(frames: &[[f32; BANDS]], starts: &[usize]) -> Result<Vec<Vec<f32>>, Error> {
    let network = network::speaker()?;
    let (mels, emb) = (network.node("mels")?, network.node("emb")?);
    let input = NdTensor::<f32, 3>::from_fn([SLICE_FRAMES, starts.len(), BANDS], |[frame, window, band]| {
        frames[starts[window] + frame][band]
    });
    let [output] = network.run(vec![(mels, input.into())], [emb])?;
    let output: NdTensor<f32, 2> = output
        .try_into()
        .map_err(|error: rten::TryFromValueError| network.failure(error))?;
    Ok((0..starts.len()).map(|window| output.slice(window).to_vec()).collect())
}
