//! Uncompressed samples: integers, floating-point numbers, and the 8-bit codes of telephony.

use crate::audio::companding::{from_a_law, from_mu_law};

/// How uncompressed samples are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pcm {
    pub(crate) kind: PcmKind,
    /// The bytes of a sample. The least significant bits of a wider container may be unused.
    pub(crate) bytes: usize,
    /// The most significant byte comes first.
    pub(crate) big: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PcmKind {
    Signed,
    Unsigned,
    Float,
    ALaw,
    MuLaw,
}

impl Pcm {
    /// Integers of `bytes` bytes, the least significant first. Those of one byte have an offset instead of a sign, as in WAV.
    pub(crate) const fn little(bytes: usize) -> Self {
        let kind = if bytes == 1 { PcmKind::Unsigned } else { PcmKind::Signed };
        Self {
            kind,
            bytes,
            big: false,
        }
    }

    /// Signed integers of `bytes` bytes, the most significant first.
    pub(crate) const fn big(bytes: usize) -> Self {
        Self {
            kind: PcmKind::Signed,
            bytes,
            big: true,
        }
    }

    pub(crate) const fn float(bytes: usize, big: bool) -> Self {
        Self {
            kind: PcmKind::Float,
            bytes,
            big,
        }
    }

    pub(crate) const A_LAW: Self = Self {
        kind: PcmKind::ALaw,
        bytes: 1,
        big: false,
    };

    pub(crate) const MU_LAW: Self = Self {
        kind: PcmKind::MuLaw,
        bytes: 1,
        big: false,
    };

    /// Returns true if [`decode`](Self::decode) knows samples of this width.
    pub(crate) const fn is_valid(self) -> bool {
        match self.kind {
            PcmKind::Signed | PcmKind::Unsigned => matches!(self.bytes, 1..=4 | 8),
            PcmKind::Float => matches!(self.bytes, 4 | 8),
            PcmKind::ALaw | PcmKind::MuLaw => self.bytes == 1,
        }
    }

    /// Appends the samples in `data`, full scale is 1.0. Ignores an incomplete sample at the end.
    pub(crate) fn decode(self, data: &[u8], into: &mut Vec<f32>) {
        match (self.kind, self.bytes) {
            (PcmKind::ALaw, _) => into.extend(data.iter().map(|code| scale16(from_a_law(*code)))),
            (PcmKind::MuLaw, _) => into.extend(data.iter().map(|code| scale16(from_mu_law(*code)))),
            (PcmKind::Signed, 1) => into.extend(data.iter().map(|x| f32::from(x.cast_signed()) / 128.0)),
            (PcmKind::Unsigned, 1) => into.extend(data.iter().map(|x| (f32::from(*x) - 128.0) / 128.0)),
            (PcmKind::Signed, 2) => self.each::<2>(data, into, |x| f32::from(i16::from_le_bytes(x)) / 32_768.0),
            (PcmKind::Unsigned, 2) => {
                self.each::<2>(data, into, |x| (f32::from(u16::from_le_bytes(x)) - 32_768.0) / 32_768.0)
            }
            // Shifted to the upper bytes of 32 bits, integers of all widths have the same scale.
            (PcmKind::Signed, 3) => self.each::<3>(data, into, |[a, b, c]| scale32(i32::from_le_bytes([0, a, b, c]))),
            (PcmKind::Unsigned, 3) => {
                self.each::<3>(data, into, |[a, b, c]| scale32(i32::from_le_bytes([0, a, b, c ^ 0x80])))
            }
            (PcmKind::Signed, 4) => self.each::<4>(data, into, |x| scale32(i32::from_le_bytes(x))),
            (PcmKind::Unsigned, 4) => self.each::<4>(data, into, |[a, b, c, d]| {
                scale32(i32::from_le_bytes([a, b, c, d ^ 0x80]))
            }),
            (PcmKind::Signed, _) => self.each::<8>(data, into, |x| scale32((i64::from_le_bytes(x) >> 32) as i32)),
            (PcmKind::Unsigned, _) => {
                self.each::<8>(data, into, |x| {
                    scale32(((i64::from_le_bytes(x) ^ i64::MIN) >> 32) as i32)
                });
            }
            (PcmKind::Float, 4) => self.each::<4>(data, into, f32::from_le_bytes),
            (PcmKind::Float, _) => self.each::<8>(data, into, |x| f64::from_le_bytes(x) as f32),
        }
    }

    fn each<const N: usize>(self, data: &[u8], into: &mut Vec<f32>, read: impl Fn([u8; N]) -> f32) {
        let (samples, _) = data.as_chunks::<N>();
        if self.big {
            into.extend(samples.iter().map(|bytes| {
                let mut bytes = *bytes;
                bytes.reverse();
                read(bytes)
            }));
        } else {
            into.extend(samples.iter().map(|bytes| read(*bytes)));
        }
    }
}

fn scale16(sample: i32) -> f32 {
    sample as f32 / 32_768.0
}

fn scale32(sample: i32) -> f32 {
    sample as f32 / 2_147_483_648.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(pcm: Pcm, data: &[u8]) -> Vec<f32> {
        let mut samples = Vec::new();
        pcm.decode(data, &mut samples);
        samples
    }

    #[test]
    fn half_scale_reads_the_same_in_every_width_and_order() {
        let half = |pcm, data: &[u8]| assert_eq!(decoded(pcm, data), [0.5, -0.5], "{pcm:?}");
        half(Pcm::little(1), &[192, 64]);
        half(Pcm::big(1), &[64, 192]);
        half(Pcm::little(2), &[0, 0x40, 0, 0xc0]);
        half(Pcm::big(2), &[0x40, 0, 0xc0, 0]);
        half(Pcm::little(3), &[0, 0, 0x40, 0, 0, 0xc0]);
        half(Pcm::big(3), &[0x40, 0, 0, 0xc0, 0, 0]);
        half(Pcm::little(4), &[0, 0, 0, 0x40, 0, 0, 0, 0xc0]);
        half(Pcm::little(8), &[[0; 7].as_slice(), &[0x40], &[0; 7], &[0xc0]].concat());
        half(
            Pcm::float(4, true),
            &[0.5_f32.to_be_bytes(), (-0.5_f32).to_be_bytes()].concat(),
        );
        half(
            Pcm::float(8, false),
            &[0.5_f64.to_le_bytes(), (-0.5_f64).to_le_bytes()].concat(),
        );
        for bytes in [2, 3, 4, 8] {
            let unsigned = Pcm {
                kind: PcmKind::Unsigned,
                bytes,
                big: true,
            };
            let zeros = vec![0; bytes - 1];
            half(unsigned, &[&[0xc0], &zeros[..], &[0x40], &zeros].concat());
        }
    }

    #[test]
    fn an_incomplete_sample_at_the_end_is_ignored() {
        assert_eq!(decoded(Pcm::little(2), &[0, 0x40, 0]), [0.5]);
        assert!(decoded(Pcm::little(3), &[0]).is_empty());
    }
}
