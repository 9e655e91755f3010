//! Synthetic signals for the tests of this crate.

use std::f32::consts::TAU;

use crate::SAMPLE_RATE;

fn count(seconds: f32) -> usize {
    (seconds * SAMPLE_RATE as f32) as usize
}

/// Returns a sine wave.
pub(crate) fn tone(seconds: f32, hz: f32, amplitude: f32) -> Vec<f32> {
    let step = f64::from(hz) / f64::from(SAMPLE_RATE);
    (0..count(seconds))
        .map(|n| amplitude * (TAU * (n as f64 * step).fract() as f32).sin())
        .collect()
}

/// Returns uniform white noise up to `amplitude`. The same seed gives the same noise.
pub(crate) fn noise(seconds: f32, amplitude: f32, seed: u32) -> Vec<f32> {
    let mut state = seed.wrapping_mul(2_654_435_761) | 1;
    (0..count(seconds))
        .map(|_| {
            // xorshift32, Marsaglia 2003
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            amplitude * (state as f32 / u32::MAX as f32 * 2.0 - 1.0)
        })
        .collect()
}

/// Returns chords of four notes with decaying overtones, one every half second.
pub(crate) fn chords(seconds: f32) -> Vec<f32> {
    const CHORDS: [[f32; 4]; 4] = [
        [130.8, 261.6, 329.6, 392.0],
        [110.0, 220.0, 261.6, 329.6],
        [174.6, 220.0, 261.6, 349.2],
        [98.0, 246.9, 293.7, 392.0],
    ];
    let step = SAMPLE_RATE as usize / 2;
    (0..count(seconds))
        .map(|n| {
            let time = n as f32 / SAMPLE_RATE as f32;
            let decay = (-3.0 * (n % step) as f32 / SAMPLE_RATE as f32).exp();
            let sum: f32 = CHORDS[(n / step) % 4]
                .iter()
                .flat_map(|hz| (1..=5_u8).map(move |k| (TAU * hz * f32::from(k) * time).sin() / f32::from(k * k)))
                .sum();
            0.08 * decay * sum
        })
        .collect()
}

/// Returns a vowel: pulses with the rate `hz(t)` at time `t`, filtered by three resonances.
pub(crate) fn vowel(seconds: f32, hz: impl Fn(f32) -> f32) -> Vec<f32> {
    let mut phase = 0.0_f32;
    let mut signal: Vec<f32> = (0..count(seconds))
        .map(|n| {
            phase += hz(n as f32 / SAMPLE_RATE as f32) / SAMPLE_RATE as f32;
            let pulse = phase >= 1.0;
            phase = phase.fract();
            if pulse { 1.0 } else { 0.0 }
        })
        .collect();
    for (formant, width) in [(700.0, 90.0), (1_220.0, 110.0), (2_600.0, 160.0)] {
        resonate(&mut signal, formant, width);
    }
    let peak = signal.iter().fold(0.0_f32, |peak, x| peak.max(x.abs()));
    for x in &mut signal {
        *x *= 0.5 / peak;
    }
    signal
}

/// Filters in place with a two-pole resonance at `hz` with a bandwidth of `width` Hz.
fn resonate(signal: &mut [f32], hz: f32, width: f32) {
    let radius = (-std::f32::consts::PI * width / SAMPLE_RATE as f32).exp();
    let (a1, a2) = (2.0 * radius * (TAU * hz / SAMPLE_RATE as f32).cos(), -radius * radius);
    let (mut y1, mut y2) = (0.0, 0.0);
    for x in signal {
        let y = *x + a1 * y1 + a2 * y2;
        (y2, y1) = (y1, y);
        *x = y;
    }
}
