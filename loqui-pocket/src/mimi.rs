//! The codec: 24 kHz audio to 12.5 latents a second, and back.

mod decoder;
mod encoder;
mod seanet;

pub(crate) use decoder::{MimiDecoder, MimiDecoderState};
pub(crate) use encoder::MimiEncoder;

use crate::Error;
use crate::config::MimiTransformerFields;
use crate::kernel::{Finish, Matrix};
use crate::nn::{KvCache, Scratch, Transformer, TransformerShape};
use crate::weights::Loader;

/// A transformer between two projections, which are missing where the widths agree.
#[derive(Debug)]
struct ProjectedTransformer {
    channels: usize,
    width: usize,
    input: Option<Matrix>,
    transformer: Transformer,
    output: Option<Matrix>,
}

impl ProjectedTransformer {
    fn load(loader: &mut Loader, name: &str, fields: &MimiTransformerFields) -> Result<Self, Error> {
        let (channels, width) = (fields.input_dimension, fields.d_model);
        let shape = TransformerShape {
            width,
            attention: width,
            heads: fields.num_heads,
            key_heads: fields.num_heads,
            hidden: fields.dim_feedforward,
            layers: fields.num_layers,
            context: Some(fields.context),
            max_period: fields.max_period,
            layer_scale: true,
        };
        let mut projection = |part: &str, outputs, inputs| {
            (channels != width)
                .then(|| loader.wide_matrix(&format!("{name}.{part}.weight"), outputs, inputs))
                .transpose()
        };
        Ok(Self {
            channels,
            width,
            input: projection("input_proj", width, channels)?,
            output: projection("output_projs.0", channels, width)?,
            transformer: Transformer::load(loader, &format!("{name}.transformer"), shape)?,
        })
    }

    fn caches(&self) -> Vec<KvCache> {
        self.transformer.caches()
    }

    fn apply(&self, rows: &mut Vec<f32>, caches: &mut [KvCache], scratch: &mut Scratch) {
        project(self.input.as_ref(), rows, self.width);
        self.transformer.apply(rows, caches, scratch);
        project(self.output.as_ref(), rows, self.channels);
    }
}

fn project(matrix: Option<&Matrix>, rows: &mut Vec<f32>, width: usize) {
    if let Some(matrix) = matrix {
        let mut out = vec![0.0; rows.len() / matrix.inputs() * width];
        matrix.map(rows, &mut out, Finish::default());
        *rows = out;
    }
}
