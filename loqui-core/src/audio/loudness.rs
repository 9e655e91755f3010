//! Integrated loudness (ITU-R BS.1770, <https://www.itu.int/rec/R-REC-BS.1770>; EBU R 128,
//! <https://tech.ebu.ch/publications/r128>).
//!
//! Each output of the weighting filter depends on the one before, which limits the throughput of the processor. So four
//! sections of the recording are filtered in parallel lanes, each with a run-up before its start.

use std::f64::consts::PI;

use super::Clip;

/// The sections that are filtered in parallel.
const LANES: usize = 4;
/// Energies are summed over hops of 100 ms. A gating block has four hops, and one starts at each hop.
const HOPS_PER_SECOND: u32 = 10;
const HOPS_IN_BLOCK: usize = 4;
/// The hops before the start of a section. The response of the filter decays by 90 dB in 100 ms.
const RUN_UP_HOPS: usize = 2;
/// The absolute gate, in LUFS: quieter blocks are silence.
const ABSOLUTE_GATE_LUFS: f64 = -70.0;
/// The relative gate, in LU below the mean of the blocks above the absolute gate.
const RELATIVE_GATE_LU: f64 = -10.0;
/// The offset of the standard, with which a tone of 997 Hz reads its level.
const OFFSET_LU: f64 = -0.691;

/// Measures a mono clip, in LUFS. Returns minus infinity if no block is above the gate.
pub(super) fn integrated(clip: &Clip) -> f64 {
    let energies = hop_energies(clip.samples(), clip.sample_rate());
    let blocks: Vec<f64> = energies
        .windows(HOPS_IN_BLOCK)
        .map(|hops| hops.iter().sum::<f64>() / HOPS_IN_BLOCK as f64)
        .collect();
    let audible = mean_from(&blocks, power(ABSOLUTE_GATE_LUFS));
    let spoken = audible.and_then(|mean| mean_from(&blocks, mean * 10_f64.powf(RELATIVE_GATE_LU / 10.0)));
    spoken.map_or(f64::NEG_INFINITY, |mean| OFFSET_LU + 10.0 * mean.log10())
}

fn power(lufs: f64) -> f64 {
    10_f64.powf((lufs - OFFSET_LU) / 10.0)
}

/// Returns the mean of the blocks of at least this power.
fn mean_from(blocks: &[f64], least: f64) -> Option<f64> {
    let strong = blocks.iter().filter(|block| **block >= least);
    let (sum, count) = strong.fold((0.0, 0), |(sum, count), block| (sum + block, count + 1));
    (count > 0).then(|| sum / f64::from(count))
}

/// Returns the mean square of each whole hop of the weighted signal.
fn hop_energies(samples: &[f32], sample_rate: u32) -> Vec<f64> {
    let hop = ((sample_rate + HOPS_PER_SECOND / 2) / HOPS_PER_SECOND) as usize;
    let hops = samples.len() / hop;
    let share = hops.div_ceil(LANES);
    let mut energies = vec![0.0; hops];
    let mut filter = Weighting::new(f64::from(sample_rate));
    // There is silence before the start and after the end.
    let silence = vec![0.0; hop];
    for step in 0..share + RUN_UP_HOPS {
        let position = |lane: usize| (lane * share + step).checked_sub(RUN_UP_HOPS);
        let inputs: [&[f32]; LANES] = std::array::from_fn(|lane| {
            let found = position(lane).and_then(|hops| samples.get(hops * hop..(hops + 1) * hop));
            found.unwrap_or(&silence)
        });
        let sums = filter.energy(inputs);
        if step >= RUN_UP_HOPS {
            for (lane, sum) in sums.into_iter().enumerate() {
                if let Some(energy) = position(lane).and_then(|index| energies.get_mut(index)) {
                    *energy = sum / hop as f64;
                }
            }
        }
    }
    energies
}

type Lanes = [f64; LANES];

/// The two filters of the K weighting: a high shelf for the effect of the head, and a high pass.
struct Weighting {
    shelf: Biquad,
    high_pass: Biquad,
}

impl Weighting {
    /// Designs the filters for a sample rate. The standard gives the coefficients only for 48 kHz.
    fn new(rate: f64) -> Self {
        let tangent = |hz: f64| (PI * hz / rate).tan();
        let shelf = {
            let (k, q) = (tangent(1_681.974_450_955_533), 0.707_175_236_955_419_6);
            let high = 10_f64.powf(3.999_843_853_973_347 / 20.0);
            let band = high.powf(0.499_666_774_154_541_6);
            let norm = 1.0 + k / q + k * k;
            Biquad::new(
                [
                    (high + band * k / q + k * k) / norm,
                    2.0 * (k * k - high) / norm,
                    (high - band * k / q + k * k) / norm,
                ],
                [2.0 * (k * k - 1.0) / norm, (1.0 - k / q + k * k) / norm],
            )
        };
        let high_pass = {
            let (k, q) = (tangent(38.135_470_876_024_44), 0.500_327_037_323_877_3);
            let norm = 1.0 + k / q + k * k;
            Biquad::new(
                [1.0, -2.0, 1.0],
                [2.0 * (k * k - 1.0) / norm, (1.0 - k / q + k * k) / norm],
            )
        };
        Self { shelf, high_pass }
    }

    /// Filters inputs of equal length, one per lane, and returns the sums of the squared outputs.
    fn energy(&mut self, inputs: [&[f32]; LANES]) -> Lanes {
        let mut sums = [0.0; LANES];
        let [one, two, three, four] = inputs;
        for (((a, b), c), d) in one.iter().zip(two).zip(three).zip(four) {
            let input = [f64::from(*a), f64::from(*b), f64::from(*c), f64::from(*d)];
            let output = self.high_pass.step(self.shelf.step(input));
            for (sum, x) in sums.iter_mut().zip(output) {
                *sum += x * x;
            }
        }
        self.shelf.flush_denormals();
        self.high_pass.flush_denormals();
        sums
    }
}

/// A second-order filter in each lane (transposed direct form II).
struct Biquad {
    b: [f64; 3],
    a: [f64; 2],
    state: [Lanes; 2],
}

impl Biquad {
    fn new(b: [f64; 3], a: [f64; 2]) -> Self {
        let state = [[0.0; LANES]; 2];
        Self { b, a, state }
    }

    fn step(&mut self, input: Lanes) -> Lanes {
        let Self {
            b,
            a,
            state: [one, two],
        } = self;
        let mut output = [0.0; LANES];
        for lane in 0..LANES {
            let x = input[lane];
            let y = b[0] * x + one[lane];
            one[lane] = b[1] * x - a[0] * y + two[lane];
            two[lane] = b[2] * x - a[1] * y;
            output[lane] = y;
        }
        output
    }

    /// Sets tiny values to zero. Processors are slow with denormal numbers, which a decay in silence would reach.
    fn flush_denormals(&mut self) {
        let tiny = |x: &&mut f64| x.abs() < 1e-30;
        self.state.iter_mut().flatten().filter(tiny).for_each(|x| *x = 0.0);
    }
}

#[cfg(test)]
mod tests {
    use ebur128::{EbuR128, Mode};

    use super::*;
    use crate::audio::testing::{babble, noise, sine};

    fn reference(clip: &Clip) -> f64 {
        let mut meter = EbuR128::new(1, clip.sample_rate(), Mode::I).unwrap();
        meter.add_frames_f32(clip.samples()).unwrap();
        meter.loudness_global().unwrap()
    }

    #[test]
    fn loudness_matches_the_ebur128_crate_at_all_rates() {
        for rate in [8_000, 11_025, 24_000, 44_100, 48_000, 96_000] {
            let hiss = |seconds: usize, gain: f32| {
                let samples = noise(seconds * rate as usize, 5);
                samples.into_iter().map(move |x| x * gain).collect::<Vec<_>>()
            };
            let clips = [
                babble(7.3, rate).into_samples(),
                [sine(997.0, 0.5, 3.0, rate), vec![0.0; 6 * rate as usize], hiss(4, 0.1)].concat(),
                // Pauses below each of the gates.
                [hiss(3, 0.2), hiss(3, 0.01), hiss(3, 1e-5), hiss(1, 0.3)].concat(),
                hiss(1, 0.2),
            ];
            for samples in clips {
                let clip = Clip::new(samples, rate);
                let (ours, theirs) = (integrated(&clip), reference(&clip));
                assert!((ours - theirs).abs() < 0.01, "{clip:?}: {ours} and {theirs}");
            }
        }
    }

    #[test]
    fn silence_and_clips_shorter_than_a_block_have_no_loudness() {
        for samples in [vec![], vec![0.5; 4_000], vec![0.0; 48_000]] {
            assert!(integrated(&Clip::new(samples, 16_000)) == f64::NEG_INFINITY);
        }
    }
}
