//! How high does the sound reach?

use realfft::RealFftPlanner;

use super::super::report::Measures;
use super::super::signal::Signal;
use super::super::thresholds::{BAND_RANGE_DB, NARROW_ERROR_RATE_HZ, NARROW_WARNING_BAND_HZ, NARROW_WARNING_RATE_HZ};
use crate::error::code;
use crate::finding::Finding;

/// So many stretches are enough for a steady average.
const STRETCHES: usize = 200;
/// The spectrum is smoothed over this many Hz, so that a gap between harmonics is not an end.
const SMOOTHING_HZ: f64 = 300.0;

/// The highest frequency of the long-term spectrum of speech that is within range of its strongest, in Hz.
pub(crate) fn measure(signal: &Signal) -> Option<f64> {
    let rate = f64::from(signal.mono.sample_rate());
    // About 40 ms, so that the resolution does not depend on the rate.
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

/// The mean power spectrum of evenly chosen stretches of speech.
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
    for start in starts.iter().step_by(starts.len().div_ceil(STRETCHES)) {
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

pub(super) fn check(signal: &Signal, measures: &Measures, findings: &mut Vec<Finding>) {
    let rate = f64::from(signal.decoded.sample_rate);
    findings.extend(if rate < NARROW_ERROR_RATE_HZ {
        let message = format!("its sample rate of {rate} Hz leaves no consonants");
        Some(super::error(&code::SAMPLE_NARROW_BAND, message).with_measure(rate, NARROW_ERROR_RATE_HZ, "Hz"))
    } else if rate < NARROW_WARNING_RATE_HZ {
        let message = format!("its sample rate of {rate} Hz makes the voice dull");
        Some(super::warning(&code::SAMPLE_NARROW_BAND, message).with_measure(rate, NARROW_WARNING_RATE_HZ, "Hz"))
    } else {
        measures
            .bandwidth_hz
            .filter(|hz| *hz < NARROW_WARNING_BAND_HZ)
            .map(|hz| {
                let message =
                    format!("it holds nothing above {hz:.0} Hz, like a telephone or a file enlarged from one");
                super::warning(&code::SAMPLE_NARROW_BAND, message).with_measure(hz, NARROW_WARNING_BAND_HZ, "Hz")
            })
    });
}
