//! The matrix product, which takes almost all of the computation time.
//!
//! One kernel serves linear layers, convolutions and attention. The left side is a slice whose rows may overlap,
//! so a convolution over rows of channels needs no copy. Every output value is accumulated in the order of the
//! inputs by a single chain of fused multiply-adds: the result does not depend on how many rows are computed at once.

#![expect(
    clippy::inline_always,
    clippy::needless_range_loop,
    reason = "code outside of the dispatched function would not use its instructions; plain loops over fixed counts unroll"
)]

use rten_simd::ops::{BitOps, NumOps};
use rten_simd::{Isa, SimdOp};

use super::formats::{Bf16, Columns, Dense, Q8, Right};
use super::packed::{LANES, Lane, Matrix, Panels};

/// The left side: `count` rows, each `stride` values after the one before.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rows<'a> {
    pub(crate) values: &'a [f32],
    pub(crate) stride: usize,
    pub(crate) count: usize,
}

impl<'a> Rows<'a> {
    /// Returns rows that follow each other without a gap.
    pub(crate) fn dense(values: &'a [f32], width: usize) -> Self {
        Self {
            values,
            stride: width,
            count: values.len() / width,
        }
    }
}

/// The operation on a product before it is stored: `(product + bias) * scale`, then stored or added.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Finish<'a> {
    pub(crate) bias: Option<&'a [f32]>,
    pub(crate) scale: Option<&'a [f32]>,
    pub(crate) add: bool,
}

impl Matrix {
    /// Multiplies `left` by the matrix. Rows of `out` are `self.outputs()` wide.
    pub(crate) fn apply(&self, left: Rows<'_>, out: &mut [f32], finish: Finish<'_>) {
        let shape = Shape {
            inputs: self.inputs(),
            outputs: self.outputs(),
            stride: self.outputs(),
        };
        match self.panels() {
            Panels::F32(lanes) => multiply::<1, _>(left, Dense(lanes), shape, out, finish),
            Panels::Bf16(words) => multiply::<2, _>(left, Bf16(words), shape, out, finish),
            Panels::Q8 { words, scales } => multiply::<4, _>(left, Q8 { words, scales }, shape, out, finish),
        }
    }

    /// Multiplies rows of `self.inputs()` values and stores the result.
    pub(crate) fn map(&self, values: &[f32], out: &mut [f32], finish: Finish<'_>) {
        self.apply(Rows::dense(values, self.inputs()), out, finish);
    }
}

/// Multiplies `left` by panels of `inputs` rows that lie one after the other. Rows of `out` are `stride` wide.
pub(crate) fn multiply_panels(left: Rows<'_>, panels: &[Lane], shape: Shape, out: &mut [f32]) {
    multiply::<1, _>(left, Dense(panels), shape, out, Finish::default());
}

/// Multiplies `left` by panels with storage of their own, of at least `inputs` rows each.
pub(crate) fn multiply_columns(left: Rows<'_>, panels: &[Vec<Lane>], shape: Shape, out: &mut [f32]) {
    multiply::<1, _>(left, Columns(panels), shape, out, Finish::default());
}

/// Sizes of a product.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    pub(crate) inputs: usize,
    pub(crate) outputs: usize,
    /// Distance between two rows of the result.
    pub(crate) stride: usize,
}

/// Multiplies with a given instruction set.
#[cfg(test)]
pub(super) fn apply_with<I: Isa>(isa: I, matrix: &Matrix, left: Rows<'_>, out: &mut [f32]) {
    let shape = Shape {
        inputs: matrix.inputs(),
        outputs: matrix.outputs(),
        stride: matrix.outputs(),
    };
    let finish = Finish::default();
    match matrix.panels() {
        Panels::F32(lanes) => {
            let right = Dense(lanes);
            Product::<1, _> {
                left,
                right,
                shape,
                out,
                finish,
            }
            .eval(isa);
        }
        Panels::Bf16(words) => {
            let right = Bf16(words);
            Product::<2, _> {
                left,
                right,
                shape,
                out,
                finish,
            }
            .eval(isa);
        }
        Panels::Q8 { words, scales } => {
            let right = Q8 { words, scales };
            Product::<4, _> {
                left,
                right,
                shape,
                out,
                finish,
            }
            .eval(isa);
        }
    }
}

struct Product<'a, 'o, const GROUP: usize, R> {
    left: Rows<'a>,
    right: R,
    shape: Shape,
    out: &'o mut [f32],
    finish: Finish<'a>,
}

fn multiply<const GROUP: usize, R: Right>(left: Rows<'_>, right: R, shape: Shape, out: &mut [f32], finish: Finish<'_>) {
    Product::<GROUP, R> {
        left,
        right,
        shape,
        out,
        finish,
    }
    .dispatch();
}

impl<const GROUP: usize, R: Right> SimdOp for Product<'_, '_, GROUP, R> {
    type Output = ();

    #[inline(always)]
    fn eval<I: Isa>(mut self, isa: I) {
        match isa.f32().len() {
            16 => self.wide(isa),
            8 => self.narrow::<I, 2>(isa),
            _ => self.narrow::<I, 4>(isa),
        }
    }
}

impl<const GROUP: usize, R: Right> Product<'_, '_, GROUP, R> {
    /// One register per panel.
    #[inline(always)]
    fn wide<I: Isa>(&mut self, isa: I) {
        let panels = self.shape.outputs.div_ceil(LANES);
        let mut panel = 0;
        if self.left.count == 1 {
            // Several panels at once hide the latency of the additions.
            while panel + 8 <= panels {
                self.tile::<I, 1, 8, 1>(isa, 0, panel);
                panel += 8;
            }
            while panel + 4 <= panels {
                self.tile::<I, 1, 4, 1>(isa, 0, panel);
                panel += 4;
            }
        }
        while panel + 2 <= panels {
            self.column::<I, 8, 2, 1>(isa, panel);
            panel += 2;
        }
        if panel < panels {
            self.column::<I, 8, 1, 1>(isa, panel);
        }
    }

    /// `V` registers per panel.
    #[inline(always)]
    fn narrow<I: Isa, const V: usize>(&mut self, isa: I) {
        let panels = self.shape.outputs.div_ceil(LANES);
        let mut panel = 0;
        if self.left.count == 1 {
            while panel + 4 <= panels {
                self.tile::<I, 1, 4, V>(isa, 0, panel);
                panel += 4;
            }
        }
        while panel < panels {
            self.column::<I, 4, 1, V>(isa, panel);
            panel += 1;
        }
    }

    /// Computes all rows of `P` panels, `M` rows at a time.
    #[inline(always)]
    fn column<I: Isa, const M: usize, const P: usize, const V: usize>(&mut self, isa: I, panel: usize) {
        let rows = self.left.count;
        let mut row = 0;
        while row + M <= rows {
            self.tile::<I, M, P, V>(isa, row, panel);
            row += M;
        }
        while row + 4 <= rows {
            self.tile::<I, 4, P, V>(isa, row, panel);
            row += 4;
        }
        while row < rows {
            self.tile::<I, 1, P, V>(isa, row, panel);
            row += 1;
        }
    }

    /// Computes `M` rows of `P` panels of `V` registers.
    #[inline(always)]
    fn tile<I: Isa, const M: usize, const P: usize, const V: usize>(&mut self, isa: I, row: usize, panel: usize) {
        let ops = isa.f32();
        let inputs = self.shape.inputs;
        let rows: [&[f32]; M] = std::array::from_fn(|r| &self.left.values[(row + r) * self.left.stride..][..inputs]);
        let groups = inputs / GROUP;
        let chunks: [&[[f32; GROUP]]; M] = rows.map(|row| &row.as_chunks::<GROUP>().0[..groups]);
        let panels: [R::Panel; P] = std::array::from_fn(|p| self.right.panel(panel + p, inputs));
        let mut sums = [[[ops.zero(); V]; P]; M];
        for group in 0..groups {
            for part in 0..GROUP {
                let mut weights = [[ops.zero(); V]; P];
                for p in 0..P {
                    for v in 0..V {
                        weights[p][v] = R::expand(isa, panels[p], group, part, v);
                    }
                }
                for m in 0..M {
                    let value = ops.splat(chunks[m][group][part]);
                    for p in 0..P {
                        for v in 0..V {
                            sums[m][p][v] = ops.mul_add(value, weights[p][v], sums[m][p][v]);
                        }
                    }
                }
            }
        }
        for part in 0..inputs - groups * GROUP {
            for m in 0..M {
                let value = ops.splat(rows[m][groups * GROUP + part]);
                for p in 0..P {
                    for v in 0..V {
                        let weights = R::expand(isa, panels[p], groups, part, v);
                        sums[m][p][v] = ops.mul_add(value, weights, sums[m][p][v]);
                    }
                }
            }
        }
        for m in 0..M {
            for p in 0..P {
                let mut lane = [0.0; LANES];
                for v in 0..V {
                    ops.store(sums[m][p][v], &mut lane[v * (LANES / V)..]);
                }
                let column = (panel + p) * LANES;
                let width = LANES.min(self.shape.outputs - column);
                let out = &mut self.out[(row + m) * self.shape.stride + column..][..width];
                store(&lane, out, column, self.finish);
            }
        }
    }
}

#[inline(always)]
fn store(lane: &Lane, out: &mut [f32], column: usize, finish: Finish<'_>) {
    let mut lane = *lane;
    let width = out.len();
    if let Some(bias) = finish.bias {
        for (value, bias) in lane.iter_mut().zip(&bias[column..][..width]) {
            *value += bias;
        }
    }
    if let Some(scale) = finish.scale {
        for (value, scale) in lane.iter_mut().zip(&scale[column..][..width]) {
            *value *= scale;
        }
    }
    if finish.add {
        for (value, out) in lane.iter_mut().zip(&*out) {
            *value += out;
        }
    }
    out.copy_from_slice(&lane[..width]);
}
