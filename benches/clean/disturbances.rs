//! What real recordings suffer from, in known amounts.

use loqui_core::audio::{Clip, resample};

use crate::sound::{Noise, mixed, overdriven};

/// The signal-to-noise ratio of the noises, in dB.
const SNR_DB: f64 = 10.0;

/// A disturbance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Disturbance {
    White,
    Pink,
    Babble,
    Fan,
    Street,
    Hum,
    Rumble,
    Clipped,
    Clean,
}

impl Disturbance {
    pub(crate) const ALL: [Self; 9] = [
        Self::White,
        Self::Pink,
        Self::Babble,
        Self::Fan,
        Self::Street,
        Self::Hum,
        Self::Rumble,
        Self::Clipped,
        Self::Clean,
    ];
    /// How many of them are noise.
    pub(crate) const NOISES: usize = 5;

    pub(crate) fn is_noise(self) -> bool {
        matches!(self, Self::White | Self::Pink | Self::Babble | Self::Fan | Self::Street)
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::White => "white noise",
            Self::Pink => "pink noise",
            Self::Babble => "babble",
            Self::Fan => "fan",
            Self::Street => "street",
            Self::Hum => "hum of 50 Hz",
            Self::Rumble => "rumble",
            Self::Clipped => "overdriven 2 times",
            Self::Clean => "none",
        }
    }

    pub(crate) fn apply(self, voice: &Clip, others: &[&Clip]) -> Clip {
        let rate = voice.sample_rate() as f32;
        let length = voice.len();
        let noise = |samples: &[f32]| mixed(voice, samples, SNR_DB);
        match self {
            Self::White => noise(&Noise::new(11).white(length)),
            Self::Pink => noise(&Noise::new(12).pink(length)),
            Self::Babble => noise(&babble(voice, others)),
            Self::Fan => noise(&fan(length, rate)),
            Self::Street => noise(&street(length, rate)),
            Self::Hum => mixed(
                voice,
                &tones(length, rate, &[(50.0, 1.0), (100.0, 0.7), (150.0, 0.5), (250.0, 0.3)]),
                15.0,
            ),
            Self::Rumble => mixed(voice, &tones(length, rate, &[(17.0, 1.0), (29.0, 0.6)]), 5.0),
            Self::Clipped => overdriven(voice, 2.0, 0.5),
            Self::Clean => voice.clone(),
        }
    }
}

/// Six voices at once, at random places.
fn babble(voice: &Clip, others: &[&Clip]) -> Vec<f32> {
    let mut sum = vec![0.0; voice.len()];
    for (index, other) in others.iter().cycle().take(6).enumerate() {
        let other = resample((*other).clone(), voice.sample_rate());
        let start = (index + 1) * 31_313 % other.len().max(1);
        let samples = other.samples().iter().cycle().skip(start);
        sum.iter_mut().zip(samples).for_each(|(sum, x)| *sum += x);
    }
    sum
}

/// Pink noise between 100 Hz and 3 kHz that swells, with a tone of the blades.
fn fan(length: usize, rate: f32) -> Vec<f32> {
    let (mut low, mut slow) = (0.0_f32, 0.0_f32);
    let share = |hz: f32| 1.0 - (-std::f32::consts::TAU * hz / rate).exp();
    let (upper, lower) = (share(3_000.0), share(100.0));
    let blades = tones(length, rate, &[(97.0, 0.05), (194.0, 0.03), (291.0, 0.02)]);
    Noise::new(13)
        .pink(length)
        .iter()
        .zip(blades)
        .enumerate()
        .map(|(n, (x, blade))| {
            low += upper * (x - low);
            slow += lower * (low - slow);
            let swell = 1.0 + 0.3 * (std::f32::consts::TAU * 0.7 * n as f32 / rate).sin();
            (low - slow) * swell + blade * 0.3
        })
        .collect()
}

/// Low noise of passing cars over a hiss.
fn street(length: usize, rate: f32) -> Vec<f32> {
    let share = 1.0 - (-std::f32::consts::TAU * 400.0 / rate).exp();
    let mut low = 0.0_f32;
    Noise::new(14)
        .pink(length)
        .iter()
        .enumerate()
        .map(|(n, x)| {
            low += share * (x - low);
            let time = n as f32 / rate;
            let cars =
                0.6 + 0.4 * (std::f32::consts::TAU * 0.13 * time).sin() * (std::f32::consts::TAU * 0.31 * time).cos();
            3.0 * low * cars + 0.3 * x
        })
        .collect()
}

fn tones(length: usize, rate: f32, tones: &[(f32, f32)]) -> Vec<f32> {
    (0..length)
        .map(|n| {
            let turn = std::f32::consts::TAU * n as f32 / rate;
            tones.iter().map(|(hz, gain)| gain * (turn * hz).sin()).sum()
        })
        .collect()
}
