//! Reverberation, from how fast the level of a voice changes.
//!
//! The level of speech rises and falls with syllables, 3 to 18 times per second. Reverberation fills the gaps between them and
//! adds fast, random fluctuations, so the ratio of slow to fast modulation falls. It is a simple form of the
//! speech-to-reverberation modulation energy ratio (Falk, Zheng and Chan, 2010, <https://doi.org/10.1109/TASL.2010.2052247>).

use std::ops::Range;

use realfft::RealFftPlanner;

use super::Signal;
use super::envelope::percentile;

/// The rate at which the level is measured, per second.
const LEVELS_PER_SECOND: usize = 250;
/// The length of the frames in which it is measured, in seconds.
const FRAME: f64 = 0.016;
/// The bands in which it is measured, in Hz.
const BANDS: usize = 12;
const BAND_HZ: Range<f64> = 300.0..4_000.0;
/// The minimum sample rate of the analysis, in Hz. Higher rates are reduced to less than twice this rate.
const LEAST_RATE: u32 = 10_000;
/// The levels of a window, about one second, and the distance of the windows.
const WINDOW: usize = 256;
const STEP: usize = 64;
/// The minimum number of windows with speech: two seconds.
const LEAST_WINDOWS: usize = 6;
/// The mean level of a window with speech, as a share of a usual level of the recording.
const SPEECH_SHARE: f32 = 0.3;
/// The modulation of syllables, and that of reverberation, in Hz.
const SLOW_HZ: Range<f64> = 3.0..18.0;
const FAST_HZ: Range<f64> = 18.0..64.0;

/// Returns the ratio of slow to fast modulation in the excerpt that engines receive. Returns nothing for too little speech, and
/// for sample rates without the bands.
pub(super) fn measure(signal: &Signal) -> Option<f64> {
    let (samples, rate) = reduced(&signal.mono.samples()[signal.excerpt()], signal.mono.sample_rate());
    let levels = levels(&samples, rate)?;
    let sums: Vec<f32> = levels.iter().map(|bands| bands.iter().sum()).collect();
    let usual = percentile(&mut sums.iter().map(|sum| f64::from(*sum)).collect::<Vec<_>>(), 0.6) as f32;
    let starts: Vec<usize> = (0..(levels.len() + 1).saturating_sub(WINDOW))
        .step_by(STEP)
        .filter(|start| sums[*start..start + WINDOW].iter().sum::<f32>() >= SPEECH_SHARE * usual * WINDOW as f32)
        .collect();
    if starts.len() < LEAST_WINDOWS {
        return None;
    }
    let spectrum = modulation(&levels, &starts);
    let energy = |hz: Range<f64>| -> f64 {
        let at = |hz: f64| (hz * WINDOW as f64 / LEVELS_PER_SECOND as f64).ceil() as usize;
        spectrum[at(hz.start)..at(hz.end)].iter().sum()
    };
    let fast = energy(FAST_HZ);
    (fast > 0.0).then(|| energy(SLOW_HZ) / fast)
}

/// Reduces the sample rate by a whole factor. Averages suffice: what is aliased is weak against the voice.
fn reduced(samples: &[f32], rate: u32) -> (Vec<f32>, u32) {
    let factor = (rate / LEAST_RATE).max(1);
    let share = 1.0 / factor as f32;
    let mean = |block: &[f32]| block.iter().sum::<f32>() * share;
    (samples.chunks_exact(factor as usize).map(mean).collect(), rate / factor)
}

/// Returns the amplitude in each band over time.
fn levels(samples: &[f32], rate: u32) -> Option<Vec<[f32; BANDS]>> {
    let rate = f64::from(rate);
    let length = (FRAME * rate) as usize;
    if rate < 2.0 * BAND_HZ.end * 0.95 || samples.len() < length {
        return None;
    }
    let fft = RealFftPlanner::<f32>::new().plan_fft_forward(length);
    let window = hann(length);
    let edge = |band: usize| {
        let hz = BAND_HZ.start * (BAND_HZ.end / BAND_HZ.start).powf(band as f64 / BANDS as f64);
        ((hz * length as f64 / rate).round() as usize).min(length / 2 + 1)
    };
    // Each band has at least one bin.
    let mut edges: Vec<usize> = (0..=BANDS).map(edge).collect();
    for band in 1..=BANDS {
        edges[band] = edges[band].max(edges[band - 1] + 1).min(length / 2 + 1);
    }
    let count = ((samples.len() - length) as f64 * LEVELS_PER_SECOND as f64 / rate) as usize;
    let (mut input, mut output, mut scratch) = (fft.make_input_vec(), fft.make_output_vec(), fft.make_scratch_vec());
    let levels = (0..count).map(|frame| {
        let start = (frame as f64 * rate / LEVELS_PER_SECOND as f64) as usize;
        for ((slot, x), weight) in input.iter_mut().zip(&samples[start..]).zip(&window) {
            *slot = x * weight;
        }
        fft.process_with_scratch(&mut input, &mut output, &mut scratch)
            .expect("all buffers come from the plan");
        std::array::from_fn(|band| {
            let bins = &output[edges[band].min(output.len())..edges[band + 1].min(output.len())];
            bins.iter()
                .map(realfft::num_complex::Complex::norm_sqr)
                .sum::<f32>()
                .sqrt()
        })
    });
    Some(levels.collect())
}

/// Returns the energy of the modulation at each frequency, over all bands and windows.
fn modulation(levels: &[[f32; BANDS]], starts: &[usize]) -> Vec<f64> {
    let fft = RealFftPlanner::<f32>::new().plan_fft_forward(WINDOW);
    let window = hann(WINDOW);
    let (mut input, mut output, mut scratch) = (fft.make_input_vec(), fft.make_output_vec(), fft.make_scratch_vec());
    let mut spectrum = vec![0.0; output.len()];
    for start in starts {
        for band in 0..BANDS {
            for ((slot, bands), weight) in input.iter_mut().zip(&levels[*start..]).zip(&window) {
                *slot = bands[band] * weight;
            }
            fft.process_with_scratch(&mut input, &mut output, &mut scratch)
                .expect("all buffers come from the plan");
            let energies = output.iter().map(|bin| f64::from(bin.norm_sqr()));
            spectrum
                .iter_mut()
                .zip(energies)
                .for_each(|(sum, energy)| *sum += energy);
        }
    }
    spectrum
}

fn hann(length: usize) -> Vec<f32> {
    (0..length)
        .map(|n| (std::f32::consts::PI * (n as f32 + 0.5) / length as f32).sin().powi(2))
        .collect()
}
