//! Polyphase resampling with a Kaiser window, as `scipy.signal.resample_poly` does it.

/// Shape of the Kaiser window.
const BETA: f64 = 5.0;

/// Zero crossings of the filter on each side.
const CROSSINGS: u64 = 10;

/// Converts samples from one rate to another.
pub(crate) fn resample(samples: &[f32], from: u32, to: u32) -> Vec<f32> {
    if from == to || samples.is_empty() {
        return samples.to_vec();
    }
    let divisor = gcd(from, to);
    let (up, down) = (u64::from(to / divisor), u64::from(from / divisor));
    let filter = filter(up, down);
    let half = (filter.len() / 2) as u64;
    let length = (samples.len() as u64 * up).div_ceil(down);
    (0..length)
        .map(|index| {
            // Position of the output on the grid that is `up` times as fine, shifted by the centre of the filter.
            let position = index * down + half;
            let last = (position / up).min(samples.len() as u64 - 1);
            let first = position.saturating_sub(filter.len() as u64 - 1).div_ceil(up);
            let sum: f64 = (first..=last)
                .map(|sample| f64::from(samples[sample as usize]) * filter[(position - sample * up) as usize])
                .sum();
            sum as f32
        })
        .collect()
}

/// A windowed sinc with unit gain at frequency 0, times `up`.
fn filter(up: u64, down: u64) -> Vec<f64> {
    let rate = up.max(down);
    let half = (CROSSINGS * rate).cast_signed();
    let cutoff = 1.0 / rate as f64;
    let mut taps: Vec<f64> = (-half..=half)
        .map(|tap| {
            let ratio = tap as f64 / half as f64;
            let window = bessel((1.0 - ratio * ratio).sqrt() * BETA) / bessel(BETA);
            let angle = std::f64::consts::PI * cutoff * tap as f64;
            let sinc = if tap == 0 { 1.0 } else { angle.sin() / angle };
            cutoff * sinc * window
        })
        .collect();
    let scale = up as f64 / taps.iter().sum::<f64>();
    for tap in &mut taps {
        *tap *= scale;
    }
    taps
}

/// The modified Bessel function of order 0.
fn bessel(x: f64) -> f64 {
    let quarter = x * x / 4.0;
    let mut term = 1.0;
    let mut sum = 1.0;
    for n in 1..50 {
        term *= quarter / f64::from(n * n);
        sum += term;
    }
    sum
}

fn gcd(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { gcd(b, a % b) }
}
