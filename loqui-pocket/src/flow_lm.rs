//! The language model over latents: predicts the condition of the next latent from the text and the past latents.

mod head;

pub(crate) use head::{FlowHead, Schedule};

use crate::Error;
use crate::config::{Fields, FlowLmFields};
use crate::kernel::{Finish, Matrix, Norm};
use crate::nn::{KvCache, Scratch, Transformer, TransformerShape};
use crate::weights::{Loader, Tensor, round};

#[derive(Debug)]
pub(crate) struct FlowLm {
    width: usize,
    latent: usize,
    embedding: Embedding,
    /// The input in place of the latent before the first one.
    bos: Vec<f32>,
    bos_before_voice: Option<Vec<f32>>,
    mean: Vec<f32>,
    deviation: Vec<f32>,
    input: Matrix,
    transformer: Transformer,
    out_norm: Norm,
    z_proj: Option<Matrix>,
    eos: Vec<f32>,
    eos_bias: f32,
    pub(crate) head: FlowHead,
}

#[derive(Debug)]
struct Embedding {
    table: Tensor,
    projection: Option<Matrix>,
}

impl FlowLm {
    pub(crate) fn load(loader: &mut Loader, config: &Fields) -> Result<Self, Error> {
        let fields = &config.flow_lm;
        let transformer = &fields.transformer;
        let (width, latent) = (transformer.d_model, config.mimi.quantizer.dimension);
        let condition = fields.z_dim.unwrap_or(width);
        let shape = TransformerShape {
            width,
            attention: transformer.attention_width(),
            heads: transformer.num_heads,
            key_heads: transformer.key_heads(),
            hidden: transformer.hidden(),
            layers: transformer.num_layers,
            context: None,
            max_period: transformer.max_period as f32,
            layer_scale: false,
        };
        let z_proj = fields
            .z_dim
            .map(|z| loader.matrix("flow_lm.z_proj.weight", z, width))
            .transpose()?;
        let bos_before_voice = fields
            .insert_bos_before_voice
            .then(|| loader.tensor("flow_lm.bos_before_voice", &[1, 1, width]))
            .transpose()?;
        let eos_bias = loader.vector("flow_lm.out_eos.bias", 1)?;
        Ok(Self {
            width,
            latent,
            embedding: Embedding::load(loader, fields)?,
            bos: loader.vector("flow_lm.bos_emb", latent)?,
            bos_before_voice: bos_before_voice.map(Tensor::into_f32),
            mean: loader.vector("flow_lm.emb_mean", latent)?,
            deviation: loader.vector("flow_lm.emb_std", latent)?,
            input: loader.matrix("flow_lm.input_linear.weight", width, latent)?,
            transformer: Transformer::load(loader, "flow_lm.transformer", shape)?,
            out_norm: loader.norm("flow_lm.out_norm", width, 1e-5)?,
            z_proj,
            eos: loader.tensor("flow_lm.out_eos.weight", &[1, condition])?.into_f32(),
            eos_bias: eos_bias[0],
            head: FlowHead::load(
                loader,
                fields.flow.kind,
                fields.flow.dim,
                fields.flow.depth,
                condition,
                latent,
            )?,
        })
    }

    pub(crate) fn caches(&self) -> Vec<KvCache> {
        self.transformer.caches()
    }

    pub(crate) fn latent(&self) -> usize {
        self.latent
    }

    /// Returns values that differ between any two models, as bfloat16. They are the same in every number format of one
    /// model.
    pub(crate) fn fingerprint(&self) -> impl Iterator<Item = u16> {
        let values = self
            .bos
            .iter()
            .chain(&self.mean)
            .chain(&self.deviation)
            .chain(&self.eos);
        values.map(|&value| round(value))
    }

    /// Processes the rows of a voice, which fills the caches.
    pub(crate) fn read_voice(&self, conditioning: &[f32], caches: &mut [KvCache], scratch: &mut Scratch) {
        let mut rows = self.bos_before_voice.clone().unwrap_or_default();
        rows.extend_from_slice(conditioning);
        self.transformer.apply(&mut rows, caches, scratch);
    }

    /// Processes the tokens of a text, which fills the caches.
    pub(crate) fn read_text(&self, tokens: &[u32], caches: &mut [KvCache], scratch: &mut Scratch) {
        let mut rows = self.embedding.rows(tokens, self.width);
        self.transformer.apply(&mut rows, caches, scratch);
    }

    /// Processes a latent, or the start of the latents, and returns the condition of the next one.
    pub(crate) fn step(&self, latent: Option<&[f32]>, caches: &mut [KvCache], scratch: &mut Scratch) -> Vec<f32> {
        let mut row = vec![0.0; self.width];
        self.input.map(latent.unwrap_or(&self.bos), &mut row, Finish::default());
        self.transformer.apply(&mut row, caches, scratch);
        let mut normed = vec![0.0; self.width];
        self.out_norm.apply(&row, &mut normed);
        let Some(z_proj) = &self.z_proj else { return normed };
        let mut condition = vec![0.0; z_proj.outputs()];
        z_proj.map(&normed, &mut condition, Finish::default());
        condition
    }

    /// Returns the logit of the end of speech.
    pub(crate) fn eos_logit(&self, condition: &[f32]) -> f32 {
        condition
            .iter()
            .zip(&self.eos)
            .map(|(x, weight)| x * weight)
            .sum::<f32>()
            + self.eos_bias
    }

    /// Maps a latent of the language model to one of the codec.
    pub(crate) fn denormalize(&self, latent: &[f32]) -> Vec<f32> {
        let scaled = latent.iter().zip(&self.deviation).zip(&self.mean);
        scaled.map(|((x, deviation), mean)| x * deviation + mean).collect()
    }
}

impl Embedding {
    fn load(loader: &mut Loader, fields: &FlowLmFields) -> Result<Self, Error> {
        let table = &fields.lookup_table;
        let width = table.rank.unwrap_or(table.dim);
        let projection = table
            .rank
            .map(|rank| loader.matrix("flow_lm.conditioner.proj.weight", table.dim, rank))
            .transpose()?;
        Ok(Self {
            // The last row is for padding, which only training uses.
            table: loader.tensor("flow_lm.conditioner.embed.weight", &[table.n_bins + 1, width])?,
            projection,
        })
    }

    /// Looks up tokens, all of which must be in the table.
    fn rows(&self, tokens: &[u32], width: usize) -> Vec<f32> {
        let rank = self.table.shape[1];
        let mut rows = vec![0.0; tokens.len() * rank];
        for (row, &token) in rows.chunks_exact_mut(rank).zip(tokens) {
            self.table.data.row(token as usize, rank, row);
        }
        let Some(projection) = &self.projection else {
            return rows;
        };
        let mut out = vec![0.0; tokens.len() * width];
        projection.map(&rows, &mut out, Finish::default());
        out
    }
}
