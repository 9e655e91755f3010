//! Rotary position embedding of adjacent pairs.

/// Cosines and sines of a run of positions.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rotation {
    half: usize,
    turns: Vec<(f32, f32)>,
}

impl Rotation {
    /// Computes the angles of `count` positions from `start` on, for heads of `width` values.
    pub(crate) fn prepare(&mut self, width: usize, max_period: f32, start: usize, count: usize) {
        self.half = width / 2;
        self.turns.clear();
        let step = -max_period.ln() * 2.0 / width as f32;
        for position in start..start + count {
            let angle = |pair: usize| (pair as f32 * step).exp() * position as f32;
            self.turns
                .extend((0..self.half).map(angle).map(|angle| (angle.cos(), angle.sin())));
        }
    }

    /// Rotates all heads of the row at index `row`.
    pub(crate) fn apply(&self, row: usize, heads: &mut [f32]) {
        let turns = &self.turns[row * self.half..][..self.half];
        for head in heads.chunks_exact_mut(2 * self.half) {
            for ([real, imaginary], (cos, sin)) in head.as_chunks_mut::<2>().0.iter_mut().zip(turns) {
                (*real, *imaginary) = (*real * cos - *imaginary * sin, *real * sin + *imaginary * cos);
            }
        }
    }
}
