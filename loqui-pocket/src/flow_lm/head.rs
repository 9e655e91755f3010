//! The flow head: turns noise and a condition into a latent.

use crate::Error;
use crate::config::FlowKind;
use crate::kernel::{Finish, Matrix, Norm, silu};
use crate::weights::Loader;

/// Width of the sines and cosines that represent a time.
const TIME_WIDTH: usize = 256;

#[derive(Debug)]
pub(crate) struct FlowHead {
    kind: FlowKind,
    width: usize,
    latent: usize,
    times: Vec<TimeEmbedding>,
    condition: Linear,
    input: Linear,
    blocks: Vec<Block>,
    final_norm: Norm,
    final_modulation: Linear,
    output: Linear,
}

#[derive(Debug)]
struct Linear {
    matrix: Matrix,
    bias: Vec<f32>,
}

#[derive(Debug)]
struct TimeEmbedding {
    frequencies: Vec<f32>,
    first: Linear,
    second: Linear,
    alpha: Vec<f32>,
}

/// A residual layer with adaptive normalisation.
#[derive(Debug)]
struct Block {
    norm: Norm,
    first: Linear,
    second: Linear,
    modulation: Linear,
}

/// Time embeddings of every step of a sampler, computed once for a number of steps.
#[derive(Clone, Debug)]
pub(crate) struct Schedule {
    /// For each step the mean of its time embeddings, or nothing for heads without time inputs.
    steps: Vec<Vec<f32>>,
}

impl Linear {
    fn load(loader: &mut Loader, name: &str, outputs: usize, inputs: usize) -> Result<Self, Error> {
        Ok(Self {
            matrix: loader.matrix(&format!("{name}.weight"), outputs, inputs)?,
            bias: loader.vector(&format!("{name}.bias"), outputs)?,
        })
    }

    fn apply(&self, row: &[f32]) -> Vec<f32> {
        let mut out = vec![0.0; self.matrix.outputs()];
        let finish = Finish {
            bias: Some(&self.bias),
            ..Finish::default()
        };
        self.matrix.map(row, &mut out, finish);
        out
    }
}

/// Returns `norm(row) * (1 + scale) + shift`.
fn modulate(norm: &Norm, row: &[f32], shift: &[f32], scale: &[f32]) -> Vec<f32> {
    let mut out = vec![0.0; row.len()];
    norm.apply(row, &mut out);
    for ((out, shift), scale) in out.iter_mut().zip(shift).zip(scale) {
        *out = *out * (1.0 + scale) + shift;
    }
    out
}

impl TimeEmbedding {
    fn load(loader: &mut Loader, name: &str, width: usize) -> Result<Self, Error> {
        Ok(Self {
            frequencies: loader.vector(&format!("{name}.freqs"), TIME_WIDTH / 2)?,
            first: Linear::load(loader, &format!("{name}.mlp.0"), width, TIME_WIDTH)?,
            second: Linear::load(loader, &format!("{name}.mlp.2"), width, width)?,
            alpha: loader.vector(&format!("{name}.mlp.3.alpha"), width)?,
        })
    }

    fn apply(&self, time: f32) -> Vec<f32> {
        let angles = || self.frequencies.iter().map(|frequency| time * frequency);
        let waves: Vec<f32> = angles().map(f32::cos).chain(angles().map(f32::sin)).collect();
        let mut hidden = self.first.apply(&waves);
        silu(&mut hidden);
        let mut out = self.second.apply(&hidden);
        // The "RMS" norm of the published weights divides by the unbiased standard deviation around the mean,
        // and leaves the mean in place.
        let count = out.len() as f32;
        let mean = out.iter().sum::<f32>() / count;
        let squares: f32 = out.iter().map(|x| (x - mean) * (x - mean)).sum();
        let scale = 1.0 / (squares / (count - 1.0).max(1.0) + 1e-5).sqrt();
        for (x, alpha) in out.iter_mut().zip(&self.alpha) {
            *x *= alpha * scale;
        }
        out
    }
}

impl Block {
    fn load(loader: &mut Loader, name: &str, width: usize) -> Result<Self, Error> {
        Ok(Self {
            norm: loader.norm(&format!("{name}.in_ln"), width, 1e-6)?,
            first: Linear::load(loader, &format!("{name}.mlp.0"), width, width)?,
            second: Linear::load(loader, &format!("{name}.mlp.2"), width, width)?,
            modulation: Linear::load(loader, &format!("{name}.adaLN_modulation.1"), 3 * width, width)?,
        })
    }

    /// Adds the layer to `row`. `condition` has gone through its activation.
    fn apply(&self, row: &mut [f32], condition: &[f32]) {
        let modulation = self.modulation.apply(condition);
        let (shift, rest) = modulation.split_at(row.len());
        let (scale, gate) = rest.split_at(row.len());
        let mut hidden = self.first.apply(&modulate(&self.norm, row, shift, scale));
        silu(&mut hidden);
        let update = self.second.apply(&hidden);
        for ((x, gate), update) in row.iter_mut().zip(gate).zip(&update) {
            *x += gate * update;
        }
    }
}

impl FlowHead {
    pub(super) fn load(
        loader: &mut Loader,
        kind: FlowKind,
        width: usize,
        depth: usize,
        condition: usize,
        latent: usize,
    ) -> Result<Self, Error> {
        let name = "flow_lm.flow_net";
        let times = (0..kind.times())
            .map(|index| TimeEmbedding::load(loader, &format!("{name}.time_embed.{index}"), width))
            .collect::<Result<_, _>>()?;
        let blocks = (0..depth)
            .map(|index| Block::load(loader, &format!("{name}.res_blocks.{index}"), width))
            .collect::<Result<_, _>>()?;
        let last = format!("{name}.final_layer");
        Ok(Self {
            kind,
            width,
            latent,
            times,
            condition: Linear::load(loader, &format!("{name}.cond_embed"), width, condition)?,
            input: Linear::load(loader, &format!("{name}.input_proj"), width, latent)?,
            blocks,
            final_norm: Norm {
                width,
                epsilon: 1e-6,
                affine: None,
            },
            final_modulation: Linear::load(loader, &format!("{last}.adaLN_modulation.1"), 2 * width, width)?,
            output: Linear::load(loader, &format!("{last}.linear"), latent, width)?,
        })
    }

    /// Prepares a sampler of `steps` steps. Heads without a time input always take one step.
    pub(crate) fn schedule(&self, steps: usize) -> Schedule {
        if self.times.is_empty() {
            return Schedule {
                steps: vec![Vec::new()],
            };
        }
        let step = |index: usize| {
            let mut sum = vec![0.0; self.width];
            for (offset, embedding) in self.times.iter().enumerate() {
                let time = (index + offset) as f64 / steps as f64;
                for (sum, x) in sum.iter_mut().zip(embedding.apply(time as f32)) {
                    *sum += x;
                }
            }
            let count = self.times.len() as f32;
            for x in &mut sum {
                *x /= count;
            }
            sum
        };
        Schedule {
            steps: (0..steps).map(step).collect(),
        }
    }

    /// Turns noise into a latent.
    pub(crate) fn sample(&self, condition: &[f32], noise: &[f32], schedule: &Schedule) -> Vec<f32> {
        let condition = self.condition.apply(condition);
        let mut current = noise.to_vec();
        for time in &schedule.steps {
            let mut conditioned = condition.clone();
            for (x, time) in conditioned.iter_mut().zip(time) {
                *x += time;
            }
            silu(&mut conditioned);
            let flow = self.flow(&conditioned, &current);
            if self.kind == FlowKind::Drifting {
                current = flow;
            } else {
                let steps = schedule.steps.len() as f32;
                for (x, flow) in current.iter_mut().zip(flow) {
                    *x += flow / steps;
                }
            }
        }
        current
    }

    fn flow(&self, condition: &[f32], current: &[f32]) -> Vec<f32> {
        debug_assert_eq!(current.len(), self.latent);
        let mut row = self.input.apply(current);
        for block in &self.blocks {
            block.apply(&mut row, condition);
        }
        let modulation = self.final_modulation.apply(condition);
        let (shift, scale) = modulation.split_at(self.width);
        self.output.apply(&modulate(&self.final_norm, &row, shift, scale))
    }
}
