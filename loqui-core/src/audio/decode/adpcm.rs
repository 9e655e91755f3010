//! Adaptive differential codecs with four bits per sample: IMA in the blocks of WAV and of QuickTime, and Microsoft's.
//!
//! IMA: <https://www.cs.columbia.edu/~hgs/audio/dvi/IMA_ADPCM.pdf>. The blocks:
//! <https://wiki.multimedia.cx/index.php/Category:ADPCM_Audio_Codecs>.

/// The changes of the step after each code.
const STEP_CHANGES: [i32; 8] = [-1, -1, -1, -1, 2, 4, 6, 8];

const STEPS: [i32; 89] = [
    7, 8, 9, 10, 11, 12, 13, 14, 16, 17, 19, 21, 23, 25, 28, 31, 34, 37, 41, 45, 50, 55, 60, 66, 73, 80, 88, 97, 107,
    118, 130, 143, 157, 173, 190, 209, 230, 253, 279, 307, 337, 371, 408, 449, 494, 544, 598, 658, 724, 796, 876, 963,
    1060, 1166, 1282, 1411, 1552, 1707, 1878, 2066, 2272, 2499, 2749, 3024, 3327, 3660, 4026, 4428, 4871, 5358, 5894,
    6484, 7132, 7845, 8630, 9493, 10442, 11487, 12635, 13899, 15289, 16818, 18500, 20350, 22385, 24623, 27086, 29794,
    32767,
];

/// The predictors of Microsoft's codec that every file has.
pub(crate) const MS_PREDICTORS: [[i16; 2]; 7] = [
    [256, 0],
    [512, -256],
    [0, 0],
    [192, 64],
    [240, 0],
    [460, -208],
    [392, -232],
];

/// The factors of the step of Microsoft's codec, in 1/256.
const MS_FACTORS: [i32; 16] = [
    230, 230, 230, 230, 307, 409, 512, 614, 768, 614, 512, 409, 307, 230, 230, 230,
];

/// The smallest step of Microsoft's codec.
const MS_LEAST_STEP: i32 = 16;

/// The bytes of a block of one channel in QuickTime.
pub(crate) const QUICKTIME_BLOCK: usize = 34;

/// The state of an IMA decoder.
#[derive(Clone, Copy, Debug, Default)]
struct Ima {
    sample: i32,
    index: i32,
}

impl Ima {
    fn next(&mut self, code: u8) -> i16 {
        let step = STEPS[self.index.clamp(0, 88) as usize];
        let change = ((2 * i32::from(code & 7) + 1) * step) >> 3;
        let sample = if code & 8 == 0 {
            self.sample + change
        } else {
            self.sample - change
        };
        self.sample = sample.clamp(i16::MIN.into(), i16::MAX.into());
        self.index = (self.index + STEP_CHANGES[usize::from(code & 7)]).clamp(0, 88);
        self.sample as i16
    }
}

fn scaled(sample: i16) -> f32 {
    f32::from(sample) / 32_768.0
}

/// Appends the samples of channels of equal length, interleaved.
fn interleave(channels: &[Vec<i16>], into: &mut Vec<f32>) {
    let frames = channels.iter().map(Vec::len).min().unwrap_or(0);
    for frame in 0..frames {
        into.extend(channels.iter().map(|channel| scaled(channel[frame])));
    }
}

/// Decodes a block of IMA ADPCM in WAV and appends its samples, interleaved. A block that the end of the file cuts off gives
/// the samples that are there.
pub(crate) fn ima_block(block: &[u8], channels: usize, into: &mut Vec<f32>) {
    let (heads, _) = block.as_chunks::<4>();
    if heads.len() < channels {
        return;
    }
    let mut states = Vec::with_capacity(channels);
    let mut samples = Vec::with_capacity(channels);
    for [low, high, index, _] in &heads[..channels] {
        let sample = i16::from_le_bytes([*low, *high]);
        states.push(Ima {
            sample: sample.into(),
            index: (*index).min(88).into(),
        });
        samples.push(vec![sample]);
    }
    // Four bytes of one channel, then four of the next.
    for (group, bytes) in heads[channels..].iter().enumerate() {
        let channel = group % channels;
        for byte in bytes {
            for code in [byte & 0x0f, byte >> 4] {
                let sample = states[channel].next(code);
                samples[channel].push(sample);
            }
        }
    }
    interleave(&samples, into);
}

/// Decodes IMA ADPCM in QuickTime, Core Audio and AIFF. Its blocks have the upper nine bits of a sample; the rest comes from
/// the block before.
pub(crate) struct Quicktime {
    states: Vec<Ima>,
}

impl Quicktime {
    pub(crate) fn new(channels: usize) -> Self {
        Self {
            states: vec![Ima::default(); channels],
        }
    }

    /// Decodes one block per channel and appends 64 frames, interleaved.
    pub(crate) fn blocks(&mut self, blocks: &[u8], into: &mut Vec<f32>) {
        let mut samples = Vec::with_capacity(self.states.len());
        for (block, state) in blocks.chunks_exact(QUICKTIME_BLOCK).zip(&mut self.states) {
            let head = i16::from_be_bytes([block[0], block[1]]);
            let (sample, index) = (i32::from(head & !0x7f), i32::from(head & 0x7f).min(88));
            if index != state.index || (sample - state.sample).abs() > 0x7f {
                *state = Ima { sample, index };
            }
            let codes = block[2..].iter().flat_map(|byte| [byte & 0x0f, byte >> 4]);
            samples.push(codes.map(|code| state.next(code)).collect());
        }
        if samples.len() == self.states.len() {
            interleave(&samples, into);
        }
    }
}

/// The state of Microsoft's decoder.
#[derive(Clone, Copy, Debug, Default)]
struct Microsoft {
    predictor: [i32; 2],
    step: i32,
    /// The last sample and the one before.
    past: [i32; 2],
}

impl Microsoft {
    fn next(&mut self, code: u8) -> i16 {
        let signed = if code & 8 == 0 {
            i32::from(code)
        } else {
            i32::from(code) - 16
        };
        let [last, before] = self.past;
        let predicted = (last * self.predictor[0] + before * self.predictor[1]) / 256;
        let sample = predicted
            .saturating_add(signed * self.step)
            .clamp(i16::MIN.into(), i16::MAX.into());
        self.past = [sample, last];
        // Damaged blocks would let the step grow without end.
        self.step = (self.step * MS_FACTORS[usize::from(code)] / 256).clamp(MS_LEAST_STEP, 1 << 20);
        sample as i16
    }
}

/// Decodes a block of Microsoft ADPCM and appends its samples, interleaved. A block that the end of the file cuts off gives
/// the samples that are there.
pub(crate) fn ms_block(block: &[u8], channels: usize, predictors: &[[i16; 2]], into: &mut Vec<f32>) {
    let Some((head, codes)) = block.split_at_checked(7 * channels) else {
        return;
    };
    let word = |at: usize| i32::from(i16::from_le_bytes([head[at], head[at + 1]]));
    let mut states = Vec::with_capacity(channels);
    for (channel, number) in head[..channels].iter().enumerate() {
        let Some(predictor) = predictors.get(usize::from(*number)) else {
            return;
        };
        // The steps of all channels, then the last samples, then those before.
        let at = |field: usize| word(channels + 2 * (field * channels + channel));
        states.push(Microsoft {
            predictor: predictor.map(i32::from),
            step: at(0),
            past: [at(1), at(2)],
        });
    }
    for past in [1, 0] {
        into.extend(states.iter().map(|state| scaled(state.past[past] as i16)));
    }
    let frames = codes.len() * 2 / channels;
    let codes = codes.iter().flat_map(|byte| [byte >> 4, byte & 0x0f]);
    for (index, code) in codes.take(frames * channels).enumerate() {
        into.push(scaled(states[index % channels].next(code)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ima_block_starts_with_its_header_and_follows_the_codes() {
        let mut samples = Vec::new();
        // Sample 1000, index 0, then codes 7 (the step of 7 times 15/8) and 8 (a step down of an eighth).
        ima_block(&[0xe8, 0x03, 0, 0, 0x87, 0, 0, 0], 1, &mut samples);
        assert_eq!(samples.len(), 9);
        let raw: Vec<f32> = samples.iter().take(3).map(|x| x * 32_768.0).collect();
        assert_eq!(raw, [1000.0, 1013.0, 1011.0]);
    }

    #[test]
    fn channels_are_interleaved_and_cut_blocks_give_what_is_there() {
        let head = [1, 0, 0, 0, 2, 0, 0, 0];
        let mut samples = Vec::new();
        ima_block(&[&head[..], &[0; 8]].concat(), 2, &mut samples);
        assert_eq!(samples.len(), 18);
        assert_eq!((samples[0] * 32_768.0, samples[1] * 32_768.0), (1.0, 2.0));
        for length in 0..16 {
            samples.clear();
            ima_block(&[&head[..], &[0; 8]].concat()[..length], 2, &mut samples);
            assert!(samples.len().is_multiple_of(2));
        }
    }

    #[test]
    fn a_microsoft_block_starts_with_the_older_sample() {
        let mut samples = Vec::new();
        // Predictor 0 repeats the last sample; a step of 16; the last sample 100, the one before 90; code 1 adds 16.
        ms_block(&[0, 16, 0, 100, 0, 90, 0, 0x10], 1, &MS_PREDICTORS, &mut samples);
        let raw: Vec<f32> = samples.iter().map(|x| x * 32_768.0).collect();
        assert_eq!(raw, [90.0, 100.0, 116.0, 116.0]);
        samples.clear();
        ms_block(&[7, 16, 0, 100, 0, 90, 0, 0x10], 1, &MS_PREDICTORS, &mut samples);
        assert!(samples.is_empty(), "there are seven predictors");
    }

    #[test]
    fn arbitrary_blocks_never_panic() {
        let mut random = fastrand::Rng::with_seed(1);
        for channels in [1, 2, 6] {
            for length in [0, 3, 7, 14, 34, 100, 1024] {
                let block: Vec<u8> = (0..length).map(|_| random.u8(..)).collect();
                let mut samples = Vec::new();
                ima_block(&block, channels, &mut samples);
                ms_block(&block, channels, &[[i16::MAX, i16::MIN]; 256], &mut samples);
                Quicktime::new(channels).blocks(&block, &mut samples);
                assert!(samples.len().is_multiple_of(channels));
                assert!(samples.iter().all(|x| x.abs() <= 1.0));
            }
        }
    }
}
