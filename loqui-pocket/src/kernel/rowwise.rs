//! Activations and normalisation.
#![expect(
    clippy::inline_always,
    reason = "code outside of the dispatched function would not use its instructions"
)]

use rten_simd::{Isa, SimdOp, SimdUnaryOp};
use rten_vecmath::{ApproxGelu, Elu, Silu, Softmax};

/// Applies the exponential linear unit in place.
pub(crate) fn elu(values: &mut [f32]) {
    Elu { alpha: 1.0 }.map_mut(values);
}

/// Applies the tanh approximation of the Gaussian error linear unit in place.
pub(crate) fn gelu(values: &mut [f32]) {
    ApproxGelu {}.map_mut(values);
}

/// Applies `x * sigmoid(x)` in place.
pub(crate) fn silu(values: &mut [f32]) {
    Silu {}.map_mut(values);
}

/// Applies the softmax in place.
pub(crate) fn softmax(values: &mut [f32]) {
    Softmax::new_mut(values).dispatch();
}

/// Layer normalisation of rows: `(x - mean) / sqrt(variance + epsilon) * weight + bias`.
#[derive(Debug)]
pub(crate) struct Norm {
    pub(crate) width: usize,
    pub(crate) epsilon: f32,
    /// Weight and bias, if the layer has them.
    pub(crate) affine: Option<(Vec<f32>, Vec<f32>)>,
}

impl Norm {
    /// Normalises the rows of `values` into `out`.
    pub(crate) fn apply(&self, values: &[f32], out: &mut [f32]) {
        Normalise {
            norm: self,
            values,
            out,
        }
        .dispatch();
    }
}

struct Normalise<'a> {
    norm: &'a Norm,
    values: &'a [f32],
    out: &'a mut [f32],
}

impl SimdOp for Normalise<'_> {
    type Output = ();

    #[inline(always)]
    fn eval<I: Isa>(self, _: I) {
        let width = self.norm.width;
        for (row, out) in self.values.chunks_exact(width).zip(self.out.chunks_exact_mut(width)) {
            let mean = sum(row, |x| x) / width as f32;
            let variance = sum(row, |x| (x - mean) * (x - mean)) / width as f32;
            let scale = 1.0 / (variance + self.norm.epsilon).sqrt();
            match &self.norm.affine {
                Some((weight, bias)) => {
                    for (((out, x), weight), bias) in out.iter_mut().zip(row).zip(weight).zip(bias) {
                        *out = (x - mean) * scale * weight + bias;
                    }
                }
                None => {
                    for (out, x) in out.iter_mut().zip(row) {
                        *out = (x - mean) * scale;
                    }
                }
            }
        }
    }
}

/// Adds up `term` of every value in sixteen partial sums, which the compiler keeps in registers.
#[inline(always)]
fn sum(values: &[f32], term: impl Fn(f32) -> f32) -> f32 {
    let (chunks, rest) = values.as_chunks::<16>();
    let mut partial = [0.0; 16];
    for chunk in chunks {
        for (partial, &x) in partial.iter_mut().zip(chunk) {
            *partial += term(x);
        }
    }
    partial.iter().sum::<f32>() + rest.iter().map(|&x| term(x)).sum::<f32>()
}
