//! Values of a tensor, in the format in which they stay in memory.

use crate::kernel::{Matrix, Q8_BLOCK};

/// A tensor, row-major.
#[derive(Debug)]
pub(crate) struct Tensor {
    pub(crate) shape: Vec<usize>,
    pub(crate) data: Data,
}

#[derive(Debug)]
pub(crate) enum Data {
    F32(Vec<f32>),
    /// Bit patterns of bfloat16.
    Bf16(Vec<u16>),
    /// Signed bytes of a matrix. `scales` holds one value for every [`Q8_BLOCK`] bytes of a row.
    Q8 {
        bytes: Vec<i8>,
        scales: Vec<f32>,
    },
}

/// Widens bfloat16.
pub(crate) fn widen(bits: u16) -> f32 {
    f32::from_bits(u32::from(bits) << 16)
}

/// Rounds to the nearest bfloat16, ties to even. Not for NaN.
pub(crate) fn round(value: f32) -> u16 {
    let bits = value.to_bits();
    (bits.wrapping_add(0x7fff + ((bits >> 16) & 1)) >> 16) as u16
}

/// Widens IEEE half precision.
pub(crate) fn widen_half(bits: u16) -> f32 {
    let sign = u32::from(bits & 0x8000) << 16;
    let magnitude = u32::from(bits & 0x7fff);
    if magnitude >= 0x7c00 {
        return f32::from_bits(sign | 0x7f80_0000 | (magnitude << 13));
    }
    // The exponent bias differs by 112; the multiplication also normalises subnormal values.
    let scaled = f32::from_bits(magnitude << 13) * f32::from_bits((127 + 112) << 23);
    f32::from_bits(sign | scaled.to_bits())
}

impl Data {
    /// Whether all values are finite.
    pub(crate) fn is_finite(&self) -> bool {
        match self {
            // Without an early end the loops use wide registers.
            Self::F32(values) => {
                let largest = values
                    .iter()
                    .fold(0, |largest, value| largest.max(value.to_bits() & 0x7fff_ffff));
                largest < 0x7f80_0000
            }
            Self::Bf16(bits) => bits.iter().fold(0, |largest, bits| largest.max(bits & 0x7fff)) < 0x7f80,
            Self::Q8 { scales, .. } => scales.iter().all(|scale| scale.is_finite()),
        }
    }

    /// Whether all values are zero.
    pub(crate) fn is_zero(&self) -> bool {
        match self {
            Self::F32(values) => values.iter().all(|&value| value == 0.0),
            Self::Bf16(bits) => bits.iter().all(|&bits| bits == 0 || bits == 0x8000),
            Self::Q8 { bytes, .. } => bytes.iter().all(|&byte| byte == 0),
        }
    }

    /// Returns the values of row `row` of a matrix of `width` columns.
    pub(crate) fn row(&self, row: usize, width: usize, out: &mut [f32]) {
        match self {
            Self::F32(values) => out.copy_from_slice(&values[row * width..][..width]),
            Self::Bf16(bits) => {
                for (out, &bits) in out.iter_mut().zip(&bits[row * width..][..width]) {
                    *out = widen(bits);
                }
            }
            Self::Q8 { bytes, scales } => {
                let blocks = width.div_ceil(Q8_BLOCK);
                let scales = &scales[row * blocks..][..blocks];
                let bytes = bytes[row * width..][..width].chunks(Q8_BLOCK);
                for ((out, bytes), scale) in out.chunks_mut(Q8_BLOCK).zip(bytes).zip(scales) {
                    for (out, &byte) in out.iter_mut().zip(bytes) {
                        *out = f32::from(byte) * scale;
                    }
                }
            }
        }
    }
}

impl Tensor {
    /// Returns all values in single precision.
    pub(crate) fn into_f32(self) -> Vec<f32> {
        match self.data {
            Data::F32(values) => values,
            Data::Bf16(bits) => bits.into_iter().map(widen).collect(),
            data @ Data::Q8 { .. } => {
                let width = self.shape.last().copied().unwrap_or(1).max(1);
                let mut out = vec![0.0; self.shape.iter().product()];
                for (row, out) in out.chunks_mut(width).enumerate() {
                    data.row(row, width, out);
                }
                out
            }
        }
    }

    /// Packs a matrix of shape `[outputs, inputs]` in its own format.
    pub(crate) fn into_matrix(self) -> Matrix {
        let (outputs, inputs) = (self.shape[0], self.shape[1]);
        match self.data {
            Data::F32(values) => Matrix::from_f32(&values, outputs, inputs),
            Data::Bf16(bits) => Matrix::from_bf16(&bits, outputs, inputs),
            Data::Q8 { bytes, scales } => Matrix::from_q8(&bytes, &scales, outputs, inputs),
        }
    }
}
