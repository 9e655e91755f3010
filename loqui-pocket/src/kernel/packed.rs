//! Weight matrices, packed once at load time in the order in which the matrix product reads them.

/// Columns of a panel: one AVX-512 register, two AVX2 registers or four Neon registers of `f32`.
pub(crate) const LANES: usize = 16;

/// Weights of a quantisation block that share one scale.
pub(crate) const Q8_BLOCK: usize = 32;

/// One row of a panel, in single precision.
pub(crate) type Lane = [f32; LANES];

/// A matrix of `inputs` rows and `outputs` columns, cut into panels of [`LANES`] columns.
///
/// A panel holds its rows one after the other. The last panel is padded with zero columns.
#[derive(Debug)]
pub(crate) struct Matrix {
    inputs: usize,
    outputs: usize,
    panels: Panels,
}

/// The storage formats. All of them are expanded to `f32` in registers.
#[derive(Debug)]
pub(crate) enum Panels {
    F32(Vec<Lane>),
    /// Two rows in one word: the even row in the low half.
    Bf16(Vec<[i32; LANES]>),
    /// Four rows in one word, lowest byte first, with a scale per [`Q8_BLOCK`] rows.
    Q8 {
        words: Vec<[i32; LANES]>,
        scales: Vec<Lane>,
    },
}

impl Matrix {
    /// Packs `weights`, which holds one row of `inputs` values for each output.
    pub(crate) fn from_f32(weights: &[f32], outputs: usize, inputs: usize) -> Self {
        debug_assert_eq!(weights.len(), outputs * inputs);
        let mut lanes = vec![[0.0; LANES]; outputs.div_ceil(LANES) * inputs];
        each_row(outputs, inputs, |output, panel, lane| {
            let row = &weights[output * inputs..][..inputs];
            for (slot, &value) in lanes[panel * inputs..][..inputs].iter_mut().zip(row) {
                slot[lane] = value;
            }
        });
        Self::new(inputs, outputs, Panels::F32(lanes))
    }

    /// Packs bfloat16 bit patterns.
    pub(crate) fn from_bf16(weights: &[u16], outputs: usize, inputs: usize) -> Self {
        debug_assert_eq!(weights.len(), outputs * inputs);
        let rows = inputs.div_ceil(2);
        let mut words = vec![[0; LANES]; outputs.div_ceil(LANES) * rows];
        each_row(outputs, inputs, |output, panel, lane| {
            let row = &weights[output * inputs..][..inputs];
            let (pairs, odd) = row.as_chunks::<2>();
            let slots = &mut words[panel * rows..][..rows];
            for (slot, &[low, high]) in slots.iter_mut().zip(pairs) {
                slot[lane] = (u32::from(low) | (u32::from(high) << 16)).cast_signed();
            }
            if let (Some(slot), Some(&last)) = (slots.get_mut(pairs.len()), odd.first()) {
                slot[lane] = i32::from(last);
            }
        });
        Self::new(inputs, outputs, Panels::Bf16(words))
    }

    /// Packs blocks of signed bytes. `scales` holds `inputs.div_ceil(Q8_BLOCK)` values for each output.
    pub(crate) fn from_q8(weights: &[i8], scales: &[f32], outputs: usize, inputs: usize) -> Self {
        debug_assert_eq!(weights.len(), outputs * inputs);
        let (rows, blocks) = (inputs.div_ceil(4), inputs.div_ceil(Q8_BLOCK));
        debug_assert_eq!(scales.len(), outputs * blocks);
        let panels = outputs.div_ceil(LANES);
        let mut words = vec![[0; LANES]; panels * rows];
        let mut packed_scales = vec![[0.0; LANES]; panels * blocks];
        each_row(outputs, inputs, |output, panel, lane| {
            let row = &weights[output * inputs..][..inputs];
            for (slot, quad) in words[panel * rows..][..rows].iter_mut().zip(row.chunks(4)) {
                let mut bytes = [0; 4];
                for (byte, &value) in bytes.iter_mut().zip(quad) {
                    *byte = value.cast_unsigned();
                }
                slot[lane] = i32::from_le_bytes(bytes);
            }
            let row = &scales[output * blocks..][..blocks];
            for (slot, &scale) in packed_scales[panel * blocks..][..blocks].iter_mut().zip(row) {
                slot[lane] = scale;
            }
        });
        let scales = packed_scales;
        Self::new(inputs, outputs, Panels::Q8 { words, scales })
    }

    fn new(inputs: usize, outputs: usize, panels: Panels) -> Self {
        Self {
            inputs,
            outputs,
            panels,
        }
    }

    pub(crate) fn inputs(&self) -> usize {
        self.inputs
    }

    pub(crate) fn outputs(&self) -> usize {
        self.outputs
    }

    pub(crate) fn panels(&self) -> &Panels {
        &self.panels
    }
}

/// Calls `pack` with each output, its panel and its column in the panel.
fn each_row(outputs: usize, inputs: usize, mut pack: impl FnMut(usize, usize, usize)) {
    if inputs > 0 {
        for output in 0..outputs {
            pack(output, output / LANES, output % LANES);
        }
    }
}
