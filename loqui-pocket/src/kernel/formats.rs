//! Storage formats of the right side of a product, expanded to single precision in registers.
#![expect(
    clippy::inline_always,
    reason = "code outside of the dispatched function would not use its instructions"
)]

use rten_simd::ops::{BitOps, IntOps, NumOps, ToFloat};
use rten_simd::{Isa, Simd};

use super::packed::{LANES, Lane, Q8_BLOCK};

/// The right side in one of its formats. `GROUP` rows are stored in one word.
pub(super) trait Right: Copy {
    type Panel: Copy;

    /// Returns panel `index` of a matrix with `inputs` rows.
    fn panel(self, index: usize, inputs: usize) -> Self::Panel;

    /// Expands register `part` of row `row` of word `group` to single precision.
    fn expand<I: Isa>(isa: I, panel: Self::Panel, group: usize, row: usize, part: usize) -> I::F32;
}

/// Panels one after the other.
#[derive(Clone, Copy)]
pub(super) struct Dense<'a>(pub(super) &'a [Lane]);

/// Panels with storage of their own.
#[derive(Clone, Copy)]
pub(super) struct Columns<'a>(pub(super) &'a [Vec<Lane>]);

/// Two rows in a word.
#[derive(Clone, Copy)]
pub(super) struct Bf16<'a>(pub(super) &'a [[i32; LANES]]);

/// Four rows in a word, with scales.
#[derive(Clone, Copy)]
pub(super) struct Q8<'a> {
    pub(super) words: &'a [[i32; LANES]],
    pub(super) scales: &'a [Lane],
}

/// Returns the values of register `part` of a row.
#[inline(always)]
fn register<T>(row: &[T; LANES], part: usize, width: usize) -> &[T] {
    &row[part * width..]
}

impl<'a> Right for Dense<'a> {
    type Panel = &'a [Lane];

    #[inline(always)]
    fn panel(self, index: usize, inputs: usize) -> &'a [Lane] {
        &self.0[index * inputs..][..inputs]
    }

    #[inline(always)]
    fn expand<I: Isa>(isa: I, panel: &'a [Lane], group: usize, _: usize, part: usize) -> I::F32 {
        let ops = isa.f32();
        ops.load(register(&panel[group], part, ops.len()))
    }
}

impl<'a> Right for Columns<'a> {
    type Panel = &'a [Lane];

    #[inline(always)]
    fn panel(self, index: usize, inputs: usize) -> &'a [Lane] {
        &self.0[index][..inputs]
    }

    #[inline(always)]
    fn expand<I: Isa>(isa: I, panel: &'a [Lane], group: usize, _: usize, part: usize) -> I::F32 {
        let ops = isa.f32();
        ops.load(register(&panel[group], part, ops.len()))
    }
}

impl<'a> Right for Bf16<'a> {
    type Panel = &'a [[i32; LANES]];

    #[inline(always)]
    fn panel(self, index: usize, inputs: usize) -> Self::Panel {
        let rows = inputs.div_ceil(2);
        &self.0[index * rows..][..rows]
    }

    #[inline(always)]
    fn expand<I: Isa>(isa: I, panel: Self::Panel, group: usize, row: usize, part: usize) -> I::F32 {
        let ops = isa.i32();
        let word = ops.load(register(&panel[group], part, ops.len()));
        let bits = if row == 0 {
            ops.shift_left::<16>(word)
        } else {
            ops.and(word, ops.splat(0xffff_0000_u32.cast_signed()))
        };
        bits.reinterpret_cast()
    }
}

impl<'a> Right for Q8<'a> {
    type Panel = (&'a [[i32; LANES]], &'a [Lane]);

    #[inline(always)]
    fn panel(self, index: usize, inputs: usize) -> Self::Panel {
        let (rows, blocks) = (inputs.div_ceil(4), inputs.div_ceil(Q8_BLOCK));
        (
            &self.words[index * rows..][..rows],
            &self.scales[index * blocks..][..blocks],
        )
    }

    #[inline(always)]
    fn expand<I: Isa>(isa: I, panel: Self::Panel, group: usize, row: usize, part: usize) -> I::F32 {
        let (words, scales) = panel;
        let ops = isa.i32();
        let word = ops.load(register(&words[group], part, ops.len()));
        let top = match row {
            0 => ops.shift_left::<24>(word),
            1 => ops.shift_left::<16>(word),
            2 => ops.shift_left::<8>(word),
            _ => word,
        };
        let ops_f32 = isa.f32();
        let scale = ops_f32.load(register(&scales[group / (Q8_BLOCK / 4)], part, ops_f32.len()));
        ops_f32.mul(ops.to_float(ops.shift_right::<24>(top)), scale)
    }
}
