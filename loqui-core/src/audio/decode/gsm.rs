//! The full-rate speech codec of GSM (ETSI EN 300 961, GSM 06.10), which telephones and dictation machines record.
//!
//! Comments name the sections of the standard. All arithmetic has 16 bits and saturates, as there.

/// The bytes of a frame of 160 samples.
pub(crate) const FRAME: usize = 33;
/// The bytes of a pair of frames in WAV, where the four bits that mark a frame are left out.
pub(crate) const WAV_BLOCK: usize = 65;
/// The samples of a frame.
const SAMPLES: usize = 160;
/// The first four bits of each frame outside WAV.
const MAGIC: u8 = 0xd;

/// The coefficients of the log area ratios: the step, the offset of the code, and the inverse of the scale (table 4.1).
const RATIOS: [(i16, i16, i16); 8] = [
    (0, -32, 13107),
    (0, -32, 13107),
    (2048, -16, 13107),
    (-2560, -16, 13107),
    (94, -8, 19223),
    (-1792, -8, 17476),
    (-341, -4, 31454),
    (-1144, -4, 29708),
];
/// The bits of the log area ratios.
const RATIO_BITS: [u32; 8] = [6, 6, 5, 5, 4, 4, 3, 3];
/// The gains of the long-term filter (table 4.3b).
const GAINS: [i16; 4] = [3277, 11469, 21299, 32767];
/// The normalized mantissas (table 4.6).
const MANTISSAS: [i16; 8] = [18431, 20479, 22527, 24575, 26623, 28671, 30719, 32767];

/// The parameters of a frame (section 1.7).
#[derive(Clone, Debug, Default)]
struct Parameters {
    ratios: [i16; 8],
    parts: [Part; 4],
}

/// The parameters of a quarter of a frame.
#[derive(Clone, Copy, Debug, Default)]
struct Part {
    lag: i16,
    gain: usize,
    grid: usize,
    maximum: i16,
    pulses: [i16; 13],
}

/// Reads the bits of a frame.
struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
    /// In WAV the least significant bit of a byte comes first.
    low_first: bool,
}

impl Bits<'_> {
    fn take(&mut self, count: u32) -> i16 {
        let mut value = 0;
        for index in 0..count {
            let byte = self.bytes.get(self.at / 8).copied().unwrap_or(0);
            let place = self.at % 8;
            self.at += 1;
            if self.low_first {
                value |= i16::from(byte >> place & 1) << index;
            } else {
                value = value << 1 | i16::from(byte >> (7 - place) & 1);
            }
        }
        value
    }

    fn parameters(&mut self) -> Parameters {
        let mut frame = Parameters::default();
        for (ratio, bits) in frame.ratios.iter_mut().zip(RATIO_BITS) {
            *ratio = self.take(bits);
        }
        for part in &mut frame.parts {
            part.lag = self.take(7);
            part.gain = self.take(2) as usize;
            part.grid = self.take(2) as usize;
            part.maximum = self.take(6);
            for pulse in &mut part.pulses {
                *pulse = self.take(3);
            }
        }
        frame
    }
}

/// Multiplies with rounding.
fn mult_r(a: i16, b: i16) -> i16 {
    let product = (i32::from(a) * i32::from(b) + 16_384) >> 15;
    product.min(i16::MAX.into()) as i16
}

/// Shifts to the right, or to the left by a negative count.
fn shift_right(value: i16, count: i16) -> i16 {
    match count {
        16.. => value >> 15,
        0..16 => value >> count,
        -15..0 => ((i32::from(value)) << -count) as i16,
        _ => 0,
    }
}

/// The decoder.
#[derive(Clone, Debug)]
pub(crate) struct Gsm {
    /// The last 120 samples of the reconstructed residual, and space for the next 40.
    residual: [i16; 160],
    lag: i16,
    /// The log area ratios of the frame before.
    ratios: [i16; 8],
    lattice: [i16; 9],
    emphasis: i16,
}

impl Default for Gsm {
    fn default() -> Self {
        Self {
            residual: [0; 160],
            lag: 40,
            ratios: [0; 8],
            lattice: [0; 9],
            emphasis: 0,
        }
    }
}

impl Gsm {
    /// Decodes a frame of [`FRAME`] bytes and appends 160 samples. A frame without the mark is silence.
    pub(crate) fn frame(&mut self, frame: &[u8], into: &mut Vec<f32>) {
        let mut bits = Bits {
            bytes: frame,
            at: 0,
            low_first: false,
        };
        if bits.take(4) == i16::from(MAGIC) {
            let parameters = bits.parameters();
            self.decode(&parameters, into);
        } else {
            into.extend([0.0; SAMPLES]);
        }
    }

    /// Decodes a block of [`WAV_BLOCK`] bytes and appends 320 samples.
    pub(crate) fn wav_block(&mut self, block: &[u8], into: &mut Vec<f32>) {
        let mut bits = Bits {
            bytes: block,
            at: 0,
            low_first: true,
        };
        for _ in 0..2 {
            let parameters = bits.parameters();
            self.decode(&parameters, into);
        }
    }

    fn decode(&mut self, frame: &Parameters, into: &mut Vec<f32>) {
        let mut residual = [0; SAMPLES];
        for (part, quarter) in frame.parts.iter().zip(residual.chunks_exact_mut(40)) {
            self.long_term(part, quarter);
        }
        let mut speech = [0; SAMPLES];
        self.short_term(&frame.ratios, &residual, &mut speech);
        for sample in speech {
            // Section 5.3.5: de-emphasis, upscaling, truncation to 13 bits.
            self.emphasis = sample.saturating_add(mult_r(self.emphasis, 28_180));
            let output = self.emphasis.saturating_add(self.emphasis) & !7;
            into.push(f32::from(output) / 32_768.0);
        }
    }

    /// Sections 5.3.1 and 5.3.2: the pulses, and the long-term filter.
    fn long_term(&mut self, part: &Part, into: &mut [i16]) {
        let pulses = pulses_of(part);
        if (40..=120).contains(&part.lag) {
            self.lag = part.lag;
        }
        let gain = GAINS[part.gain];
        for (index, slot) in into.iter_mut().enumerate() {
            let past = self.residual[120 + index - self.lag as usize];
            let sample = pulses[index].saturating_add(mult_r(gain, past));
            self.residual[120 + index] = sample;
            *slot = sample;
        }
        self.residual.copy_within(40.., 0);
    }

    /// Sections 5.3.3 and 5.3.4: the short-term filter, whose coefficients change in four steps.
    fn short_term(&mut self, codes: &[i16; 8], residual: &[i16; SAMPLES], into: &mut [i16; SAMPLES]) {
        let mut now = [0; 8];
        for ((ratio, code), (step, offset, inverse)) in now.iter_mut().zip(codes).zip(RATIOS) {
            let value = ((i32::from(*code + offset)) << 10) as i16;
            let value = mult_r(inverse, value.saturating_sub(step << 1));
            *ratio = value.saturating_add(value);
        }
        let before = std::mem::replace(&mut self.ratios, now);
        let mixed =
            |mix: fn(i16, i16) -> i16| -> [i16; 8] { std::array::from_fn(|at| reflection(mix(before[at], now[at]))) };
        let steps = [
            (
                0..13,
                mixed(|a, b| (a >> 2).saturating_add(b >> 2).saturating_add(a >> 1)),
            ),
            (13..27, mixed(|a, b| (a >> 1).saturating_add(b >> 1))),
            (
                27..40,
                mixed(|a, b| (a >> 2).saturating_add(b >> 2).saturating_add(b >> 1)),
            ),
            (40..SAMPLES, mixed(|_, b| b)),
        ];
        for (range, reflections) in steps {
            for at in range {
                into[at] = self.filter(&reflections, residual[at]);
            }
        }
    }

    fn filter(&mut self, reflections: &[i16; 8], input: i16) -> i16 {
        let mut sample = input;
        for at in (0..8).rev() {
            sample = sample.saturating_sub(mult_r(reflections[at], self.lattice[at]));
            self.lattice[at + 1] = self.lattice[at].saturating_add(mult_r(reflections[at], sample));
        }
        self.lattice[0] = sample;
        sample
    }
}

/// Section 5.3.1: the pulses on their grid.
fn pulses_of(part: &Part) -> [i16; 40] {
    let mut exponent = if part.maximum > 15 { (part.maximum >> 3) - 1 } else { 0 };
    let mut mantissa = part.maximum - (exponent << 3);
    if mantissa == 0 {
        (exponent, mantissa) = (-4, 7);
    } else {
        while mantissa <= 7 {
            mantissa = mantissa << 1 | 1;
            exponent -= 1;
        }
        mantissa -= 8;
    }
    let factor = MANTISSAS[(mantissa & 7) as usize];
    let shift = 6 - exponent;
    let half = shift_right(1, 1 - shift);
    let mut pulses = [0; 40];
    for (index, pulse) in part.pulses.iter().enumerate() {
        let scaled = mult_r(factor, (2 * pulse - 7) << 12).saturating_add(half);
        pulses[part.grid + 3 * index] = shift_right(scaled, shift);
    }
    pulses
}

/// Section 5.3.3: a log area ratio as a reflection coefficient.
fn reflection(ratio: i16) -> i16 {
    let size = ratio.checked_abs().unwrap_or(i16::MAX);
    let value = match size {
        ..11_059 => size << 1,
        11_059..20_070 => size + 11_059,
        _ => (size >> 2).saturating_add(26_112),
    };
    if ratio < 0 { -value } else { value }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_has_the_same_samples_in_both_packings() {
        let mut random = fastrand::Rng::with_seed(3);
        let frames: Vec<Vec<u8>> = (0..2)
            .map(|_| {
                let mut frame: Vec<u8> = (0..FRAME).map(|_| random.u8(..)).collect();
                frame[0] = MAGIC << 4 | frame[0] & 0x0f;
                frame
            })
            .collect();
        // Repack the parameters with the least significant bit first.
        let mut block = vec![0_u8; WAV_BLOCK];
        let mut at = 0;
        for frame in &frames {
            let mut bits = Bits {
                bytes: frame,
                at: 4,
                low_first: false,
            };
            let widths = RATIO_BITS
                .into_iter()
                .chain([[7, 2, 2, 6].as_slice(), &[3; 13]].concat().repeat(4));
            for width in widths {
                let value = bits.take(width);
                for bit in 0..width {
                    block[at / 8] |= ((value >> bit & 1) as u8) << (at % 8);
                    at += 1;
                }
            }
        }
        assert_eq!(at, WAV_BLOCK * 8);
        let (mut apart, mut paired) = (Vec::new(), Vec::new());
        let mut decoder = Gsm::default();
        for frame in &frames {
            decoder.frame(frame, &mut apart);
        }
        Gsm::default().wav_block(&block, &mut paired);
        assert_eq!(apart.len(), 320);
        assert_eq!(apart, paired);
    }

    #[test]
    fn arbitrary_and_short_frames_never_panic() {
        let mut random = fastrand::Rng::with_seed(5);
        let mut decoder = Gsm::default();
        let mut samples = Vec::new();
        for length in [0, 1, 32, 33, 65] {
            for _ in 0..200 {
                let bytes: Vec<u8> = (0..length).map(|_| random.u8(..)).collect();
                decoder.wav_block(&bytes, &mut samples);
                decoder.frame(&bytes, &mut samples);
            }
        }
        assert!(samples.iter().all(|x| x.abs() <= 1.0));
    }
}
