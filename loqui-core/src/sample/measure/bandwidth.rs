//! The bandwidth of the speech.

use realfft::RealFftPlanner;

use super::super::thresholds::BAND_RANGE_DB;
use super::Signal;

/// The number of windows in the average; more do not change it.
const WINDOWS: usize = 200;
/// The width of the smoothing, in Hz. It closes the gaps between harmonics.
const SMOOTHING_HZ: f64 = 300.0;

/// Returns the highest frequency of the long-term spectrum of speech within [`BAND_RANGE_DB`] of the strongest, in Hz.
pub(super) fn measure(signal: &Signal) -> Option<f64> {
    let rate = f64::from(signal.mono.sample_rate());
    // About 40 ms at every rate, so that the resolution stays the same.
    let length = ((rate * 0.04) as usize).next_power_of_two();
    let spectrum = long_term_spectrum(signal, length)?;
    let hz_per_bin = rate / length as f64;
    let half = (SMOOTHING_HZ / hz_per_bin / 2.0).ceil() as usize;
    let smooth: Vec<f64> = (0..spectrum.len())
        .map(|bin| {
            let near = &spectrum[bin.saturating_sub(half)..(bin + half + 1).min(spectrum.len())];
            near.iter().sum::<f64>() / near.len() as f64
        })
        .collect();
    let strongest = smooth.iter().copied().fold(0.0, f64::max);
    let least = strongest * 10_f64.powf(-BAND_RANGE_DB / 10.0);
    let highest = smooth.iter().rposition(|power| *power > least && strongest > 0.0)?;
    Some(highest as f64 * hz_per_bin)
}

/// Returns the mean power spectrum of evenly spaced windows of speech.
fn long_term_spectrum(signal: &Signal, length: usize) -> Option<Vec<f64>> {
    let samples = signal.mono.samples();
    let starts: Vec<usize> = signal
        .speech
        .stretches()
        .into_iter()
        .flat_map(|stretch| signal.envelope.span(stretch).step_by(length))
        .filter(|start| start + length <= samples.len())
        .collect();
    if starts.is_empty() {
        return None;
    }
    let fft = RealFftPlanner::<f32>::new().plan_fft_forward(length);
    let window: Vec<f32> = (0..length)
        .map(|n| (std::f32::consts::PI * (n as f32 + 0.5) / length as f32).sin().powi(2))
        .collect();
    let (mut input, mut output, mut scratch) = (fft.make_input_vec(), fft.make_output_vec(), fft.make_scratch_vec());
    let mut spectrum = vec![0.0; output.len()];
    for start in starts.iter().step_by(starts.len().div_ceil(WINDOWS)) {
        let stretch = &samples[*start..start + length];
        input
            .iter_mut()
            .zip(stretch)
            .zip(&window)
            .for_each(|((input, x), weight)| *input = x * weight);
        fft.process_with_scratch(&mut input, &mut output, &mut scratch)
            .expect("all buffers come from the plan");
        spectrum
            .iter_mut()
            .zip(&output)
            .for_each(|(sum, bin)| *sum += f64::from(bin.norm_sqr()));
    }
    Some(spectrum)
}
