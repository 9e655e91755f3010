//! Audio to latents, for voice samples.

use super::ProjectedTransformer;
use super::seanet::Seanet;
use crate::Error;
use crate::config::MimiFields;
use crate::nn::{Conv, ConvShape, ConvState, Scratch};
use crate::weights::Loader;

/// Latents encoded at a time: bounds the memory, and does not change the result because everything is causal.
const BLOCK: usize = 8;

#[derive(Debug)]
pub(crate) struct MimiEncoder {
    frame: usize,
    seanet: Seanet,
    transformer: ProjectedTransformer,
    downsample: Conv,
}

impl MimiEncoder {
    pub(crate) fn load(loader: &mut Loader, fields: &MimiFields) -> Result<Self, Error> {
        let stride = fields.resampling();
        let shape = ConvShape {
            stride,
            ..ConvShape::new(fields.seanet.dimension, fields.inner(), 2 * stride)
        };
        Ok(Self {
            frame: fields.frame(),
            seanet: Seanet::load_encoder(loader, "mimi.encoder", &fields.seanet)?,
            transformer: ProjectedTransformer::load(loader, "mimi.encoder_transformer", &fields.transformer)?,
            downsample: Conv::load_replicating(loader, "mimi.downsample.conv.conv", shape)?,
        })
    }

    /// Prefixes of the tensors that only the encoder uses.
    pub(crate) fn tensors() -> [&'static str; 3] {
        ["mimi.encoder.", "mimi.encoder_transformer.", "mimi.downsample."]
    }

    /// Encodes samples, padded with silence to a whole latent.
    pub(crate) fn encode(&self, samples: &[f32]) -> Vec<f32> {
        let mut latents = Vec::new();
        let mut seanet = self.seanet.state();
        let mut caches = self.transformer.caches();
        let mut scratch = Scratch::default();
        let mut downsample = ConvState::default();
        let mut block_latents = Vec::new();
        for block in samples.chunks(BLOCK * self.frame) {
            let mut rows = block.to_vec();
            rows.resize(block.len().next_multiple_of(self.frame), 0.0);
            self.seanet.apply(&mut rows, &mut seanet);
            self.transformer.apply(&mut rows, &mut caches, &mut scratch);
            self.downsample
                .apply(&rows, &mut downsample, &mut block_latents, |_| {});
            latents.extend_from_slice(&block_latents);
        }
        latents
    }
}
