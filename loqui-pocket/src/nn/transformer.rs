//! Pre-norm transformer with causal attention, rotary positions and an optional layer scale.

use crate::Error;
use crate::kernel::{Finish, Matrix, Norm, gelu};
use crate::nn::KvCache;
use crate::nn::rope::Rotation;
use crate::weights::Loader;

/// Rows that run through the layers together. Longer inputs are cut, which bounds the memory of the scores.
const BLOCK: usize = 64;

const NORM_EPSILON: f32 = 1e-5;

/// Sizes of a transformer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TransformerShape {
    pub(crate) width: usize,
    /// Width of all queries of a row.
    pub(crate) attention: usize,
    pub(crate) heads: usize,
    pub(crate) key_heads: usize,
    pub(crate) hidden: usize,
    pub(crate) layers: usize,
    pub(crate) context: Option<usize>,
    pub(crate) max_period: f32,
    /// Whether the layers scale their output before it is added. Such transformers belong to the codec, run over many
    /// rows at a time and are kept in single precision.
    pub(crate) layer_scale: bool,
}

#[derive(Debug)]
pub(crate) struct Transformer {
    shape: TransformerShape,
    layers: Vec<Layer>,
}

#[derive(Debug)]
struct Layer {
    norm1: Norm,
    in_proj: Matrix,
    out_proj: Matrix,
    scale1: Option<Vec<f32>>,
    norm2: Norm,
    linear1: Matrix,
    linear2: Matrix,
    scale2: Option<Vec<f32>>,
}

/// Buffers that are reused from call to call.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scratch {
    rotation: Rotation,
    normed: Vec<f32>,
    projected: Vec<f32>,
    queries: Vec<f32>,
    attended: Vec<f32>,
    scores: Vec<f32>,
    hidden: Vec<f32>,
}

impl TransformerShape {
    fn head_width(&self) -> usize {
        self.attention / self.heads
    }
}

impl Transformer {
    pub(crate) fn load(loader: &mut Loader, name: &str, shape: TransformerShape) -> Result<Self, Error> {
        let layers = (0..shape.layers)
            .map(|index| Layer::load(loader, &format!("{name}.layers.{index}"), &shape))
            .collect::<Result<_, _>>()?;
        Ok(Self { shape, layers })
    }

    /// Returns an empty cache for each layer.
    pub(crate) fn caches(&self) -> Vec<KvCache> {
        let cache = KvCache::new(self.shape.key_heads, self.shape.head_width(), self.shape.context);
        vec![cache; self.layers.len()]
    }

    /// Runs the next rows through all layers, in place.
    pub(crate) fn apply(&self, rows: &mut [f32], caches: &mut [KvCache], scratch: &mut Scratch) {
        for block in rows.chunks_mut(BLOCK * self.shape.width) {
            let count = block.len() / self.shape.width;
            let position = caches.first().map_or(0, KvCache::position);
            let width = self.shape.head_width();
            scratch.rotation.prepare(width, self.shape.max_period, position, count);
            for (layer, cache) in self.layers.iter().zip(&mut *caches) {
                layer.apply(&self.shape, block, cache, scratch);
            }
        }
    }
}

/// Sets the length without clearing: every value is written before it is read.
fn resize(buffer: &mut Vec<f32>, length: usize) -> &mut [f32] {
    buffer.resize(length, 0.0);
    &mut buffer[..]
}

impl Layer {
    fn load(loader: &mut Loader, name: &str, shape: &TransformerShape) -> Result<Self, Error> {
        let TransformerShape { width, hidden, .. } = *shape;
        let projected = shape.attention + 2 * shape.key_heads * shape.head_width();
        let mut matrix = |part: &str, outputs, inputs| {
            let name = format!("{name}.{part}.weight");
            if shape.layer_scale {
                loader.wide_matrix(&name, outputs, inputs)
            } else {
                loader.matrix(&name, outputs, inputs)
            }
        };
        let in_proj = matrix("self_attn.in_proj", projected, width)?;
        let out_proj = matrix("self_attn.out_proj", width, shape.attention)?;
        let linear1 = matrix("linear1", hidden, width)?;
        let linear2 = matrix("linear2", width, hidden)?;
        let mut scale = |index| {
            let name = format!("{name}.layer_scale_{index}.scale");
            shape.layer_scale.then(|| loader.vector(&name, width)).transpose()
        };
        Ok(Self {
            scale1: scale(1)?,
            scale2: scale(2)?,
            norm1: loader.norm(&format!("{name}.norm1"), width, NORM_EPSILON)?,
            norm2: loader.norm(&format!("{name}.norm2"), width, NORM_EPSILON)?,
            in_proj,
            out_proj,
            linear1,
            linear2,
        })
    }

    fn apply(&self, shape: &TransformerShape, rows: &mut [f32], cache: &mut KvCache, scratch: &mut Scratch) {
        let count = rows.len() / shape.width;
        let Scratch {
            rotation,
            normed,
            projected,
            queries,
            attended,
            scores,
            hidden,
        } = scratch;
        self.norm1.apply(rows, resize(normed, rows.len()));
        let width = self.in_proj.outputs();
        self.in_proj
            .map(normed, resize(projected, count * width), Finish::default());
        queries.clear();
        let keys = (width - shape.attention) / 2;
        for (index, row) in projected.chunks_exact_mut(width).enumerate() {
            let (query, rest) = row.split_at_mut(shape.attention);
            let (key, value) = rest.split_at_mut(keys);
            rotation.apply(index, query);
            rotation.apply(index, key);
            queries.extend_from_slice(query);
            cache.push(key, value);
        }
        cache.attend(queries, count, resize(attended, count * shape.attention), scores);
        self.out_proj.map(attended, rows, residual(self.scale1.as_deref()));

        self.norm2.apply(rows, resize(normed, rows.len()));
        self.linear1
            .map(normed, resize(hidden, count * shape.hidden), Finish::default());
        gelu(hidden);
        self.linear2.map(hidden, rows, residual(self.scale2.as_deref()));
    }
}

fn residual(scale: Option<&[f32]>) -> Finish<'_> {
    Finish {
        bias: None,
        scale,
        add: true,
    }
}
