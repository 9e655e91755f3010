//! Keys and values of the past, stored as the right sides of the two products of attention.

use crate::kernel::{LANES, Lane, Rows, Shape, multiply_columns, multiply_panels, softmax};

/// Positions that are kept beyond the window before old ones are dropped.
const SLACK: usize = 8 * LANES;

/// The cache of one attention layer.
#[derive(Clone, Debug)]
pub(crate) struct KvCache {
    width: usize,
    heads: Vec<HeadCache>,
    /// Positions that a query sees, itself included.
    context: Option<usize>,
    /// Position of the first kept key. A multiple of [`LANES`].
    start: usize,
    /// Position after the last key.
    end: usize,
}

#[derive(Clone, Debug, Default)]
struct HeadCache {
    /// Panels of [`LANES`] positions, with a row for every value of a key.
    keys: Vec<Lane>,
    /// Panels of [`LANES`] values, with a row for every position.
    values: Vec<Vec<Lane>>,
}

impl KvCache {
    pub(crate) fn new(heads: usize, width: usize, context: Option<usize>) -> Self {
        let head = HeadCache {
            keys: Vec::new(),
            values: vec![Vec::new(); width.div_ceil(LANES)],
        };
        Self {
            width,
            heads: vec![head; heads],
            context,
            start: 0,
            end: 0,
        }
    }

    /// Position of the next key.
    pub(crate) fn position(&self) -> usize {
        self.end
    }

    pub(crate) fn head_count(&self) -> usize {
        self.heads.len()
    }

    pub(crate) fn head_width(&self) -> usize {
        self.width
    }

    /// Appends a key and a value for every head.
    pub(crate) fn push(&mut self, keys: &[f32], values: &[f32]) {
        let lane = self.end % LANES;
        let pairs = keys.chunks_exact(self.width).zip(values.chunks_exact(self.width));
        for (head, (key, value)) in self.heads.iter_mut().zip(pairs) {
            if lane == 0 {
                head.keys.resize(head.keys.len() + self.width, [0.0; LANES]);
            }
            let first = head.keys.len() - self.width;
            for (row, &key) in head.keys[first..].iter_mut().zip(key) {
                row[lane] = key;
            }
            for (panel, value) in head.values.iter_mut().zip(value.chunks(LANES)) {
                let mut row = [0.0; LANES];
                row[..value.len()].copy_from_slice(value);
                panel.push(row);
            }
        }
        self.end += 1;
    }

    /// Returns the key (0) or value (1) of a position, for serialisation.
    pub(crate) fn get(&self, which: usize, position: usize, head: usize, out: &mut Vec<f32>) {
        let head = &self.heads[head];
        let index = position - self.start;
        if which == 0 {
            let panel = &head.keys[index / LANES * self.width..][..self.width];
            out.extend(panel.iter().map(|row| row[index % LANES]));
        } else {
            out.extend(head.values.iter().flat_map(|panel| panel[index]).take(self.width));
        }
    }

    /// Attends from `count` queries, the last of which belongs to the last key.
    ///
    /// `queries` and `out` hold rows of all query heads. Consecutive query heads share a key head.
    pub(crate) fn attend(&mut self, queries: &mut [f32], count: usize, out: &mut [f32], scores: &mut Vec<f32>) {
        let row = queries.len() / count;
        let group = row / self.width / self.heads.len();
        let scale = 1.0 / (self.width as f32).sqrt();
        for query in queries.iter_mut() {
            *query *= scale;
        }
        let kept = self.end - self.start;
        let span = kept.next_multiple_of(LANES);
        let first = self.end - count;
        // A single query attends with all heads of a group at once, more queries with one head at a time.
        let (rows, times, stride, step) = if count == 1 {
            (group, 1, self.width, group * self.width)
        } else {
            (count, group, row, self.width)
        };
        scores.clear();
        scores.resize(rows * span, 0.0);
        for (head, offset) in (0..self.heads.len() * times).map(|index| (&self.heads[index / times], index * step)) {
            let left = Rows {
                values: &queries[offset..],
                stride,
                count: rows,
            };
            let shape = Shape {
                inputs: self.width,
                outputs: span,
                stride: span,
            };
            multiply_panels(left, &head.keys, shape, scores);
            for (index, row) in scores.chunks_exact_mut(span).enumerate() {
                let position = if count == 1 { first } else { first + index };
                let seen = position + 1 - self.start;
                let hidden = self.context.map_or(0, |context| seen.saturating_sub(context));
                row[..hidden].fill(0.0);
                row[seen..].fill(0.0);
                softmax(&mut row[hidden..seen]);
            }
            let left = Rows {
                values: scores,
                stride: span,
                count: rows,
            };
            let shape = Shape {
                inputs: kept,
                outputs: self.width,
                stride,
            };
            multiply_columns(left, &head.values, shape, &mut out[offset..]);
        }
        self.drop_old();
    }

    /// Drops the positions that no later query can see.
    fn drop_old(&mut self) {
        let Some(context) = self.context else { return };
        let unseen = (self.end - self.start).saturating_sub(context);
        if unseen < SLACK {
            return;
        }
        let panels = unseen / LANES;
        for head in &mut self.heads {
            head.keys.drain(..panels * self.width);
            for panel in &mut head.values {
                panel.drain(..panels * LANES);
            }
        }
        self.start += panels * LANES;
    }
}
