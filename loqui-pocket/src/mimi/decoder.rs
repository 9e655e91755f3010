//! Latents to audio, one frame at a time.

use super::ProjectedTransformer;
use super::seanet::{Seanet, SeanetState};
use crate::Error;
use crate::config::MimiFields;
use crate::kernel::{Finish, Matrix};
use crate::nn::{KvCache, Scratch};
use crate::weights::Loader;

#[derive(Debug)]
pub(crate) struct MimiDecoder {
    /// The projection out of the latent space.
    projection: Matrix,
    /// Kernel of the depthwise upsampling: `2 * stride` values for each channel.
    upsample: Vec<f32>,
    stride: usize,
    transformer: ProjectedTransformer,
    seanet: Seanet,
}

/// The state of the decoder between frames.
#[derive(Clone, Debug)]
pub(crate) struct MimiDecoderState {
    /// The part of the last upsampled row that overlaps the next one.
    tail: Vec<f32>,
    caches: Vec<KvCache>,
    scratch: Scratch,
    seanet: SeanetState,
}

impl MimiDecoder {
    pub(crate) fn load(loader: &mut Loader, fields: &MimiFields) -> Result<Self, Error> {
        let (outer, stride) = (fields.outer(), fields.resampling());
        let latent = fields.quantizer.dimension;
        let projection = loader
            .tensor("mimi.quantizer.output_proj.weight", &[outer, latent, 1])?
            .into_f32();
        Ok(Self {
            projection: Matrix::from_f32(&projection, outer, latent),
            upsample: loader
                .tensor("mimi.upsample.convtr.convtr.weight", &[outer, 1, 2 * stride])?
                .into_f32(),
            stride,
            transformer: ProjectedTransformer::load(loader, "mimi.decoder_transformer", fields.decoder_transformer())?,
            seanet: Seanet::load_decoder(loader, "mimi.decoder", fields.decoder_seanet())?,
        })
    }

    pub(crate) fn state(&self) -> MimiDecoderState {
        MimiDecoderState {
            tail: vec![0.0; self.stride * self.projection.outputs()],
            caches: self.transformer.caches(),
            scratch: Scratch::default(),
            seanet: self.seanet.state(),
        }
    }

    /// Decodes the next latents to samples.
    pub(crate) fn decode(&self, latents: &[f32], state: &mut MimiDecoderState) -> Vec<f32> {
        let channels = self.projection.outputs();
        let mut projected = vec![0.0; latents.len() / self.projection.inputs() * channels];
        self.projection.map(latents, &mut projected, Finish::default());
        let mut rows = self.upsample(&projected, &mut state.tail);
        self.transformer.apply(&mut rows, &mut state.caches, &mut state.scratch);
        self.seanet.apply(&mut rows, &mut state.seanet);
        rows
    }

    fn upsample(&self, rows: &[f32], tail: &mut [f32]) -> Vec<f32> {
        let channels = self.projection.outputs();
        let mut out = Vec::with_capacity(rows.len() * self.stride);
        for row in rows.chunks_exact(channels) {
            for (step, tail) in tail.chunks_exact_mut(channels).enumerate() {
                for (channel, (x, tail)) in row.iter().zip(tail).enumerate() {
                    let kernel = &self.upsample[channel * 2 * self.stride..];
                    out.push(x * kernel[step] + *tail);
                    *tail = x * kernel[self.stride + step];
                }
            }
        }
        out
    }
}
