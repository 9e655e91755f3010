//! Degradations by known amounts. All signals are mono at the sample rate of the voice.

use loqui_core::audio::{Clip, resample};
use realfft::RealFftPlanner;

/// Reproducible noise.
pub(crate) struct Noise(u32);

impl Noise {
    pub(crate) fn new(seed: u32) -> Self {
        Self(seed.wrapping_mul(2_654_435_761) | 1)
    }

    /// Uniform from -1 to 1 (xorshift32, Marsaglia 2003).
    pub(crate) fn next(&mut self) -> f32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0 as f32 / u32::MAX as f32 * 2.0 - 1.0
    }

    pub(crate) fn white(mut self, length: usize) -> Vec<f32> {
        (0..length).map(|_| self.next()).collect()
    }

    /// Falls by 3 dB an octave (Paul Kellet's filter).
    pub(crate) fn pink(mut self, length: usize) -> Vec<f32> {
        let mut state = [0.0_f32; 3];
        (0..length)
            .map(|_| {
                let white = self.next();
                state[0] = 0.997_65 * state[0] + white * 0.099_046;
                state[1] = 0.963 * state[1] + white * 0.296_516_4;
                state[2] = 0.57 * state[2] + white * 1.052_691_3;
                (state.iter().sum::<f32>() + white * 0.184_8) * 0.2
            })
            .collect()
    }
}

pub(crate) fn power(samples: &[f32]) -> f64 {
    samples.iter().map(|x| f64::from(x * x)).sum::<f64>() / samples.len().max(1) as f64
}

/// The mean power of the louder half of the frames, which approximates speech without pauses.
fn speech_power(samples: &[f32], rate: u32) -> f64 {
    let mut powers: Vec<f64> = samples.chunks(rate as usize / 50).map(power).collect();
    powers.sort_by(f64::total_cmp);
    let loud = &powers[powers.len() * 3 / 10..];
    loud.iter().sum::<f64>() / loud.len() as f64
}

/// Adds `noise` at the given level in dB below the speech. A shorter `noise` is repeated.
pub(crate) fn mixed(voice: &Clip, disturbance: &[f32], snr_db: f64) -> Clip {
    let wanted = speech_power(voice.samples(), voice.sample_rate()) / 10_f64.powf(snr_db / 10.0);
    let gain = (wanted / power(disturbance)).sqrt() as f32;
    let samples = voice.samples().iter().zip(disturbance.iter().cycle());
    Clip::new(samples.map(|(x, n)| x + gain * n).collect(), voice.sample_rate())
}

pub(crate) fn scaled(voice: &Clip, gain: f32) -> Clip {
    Clip::new(voice.samples().iter().map(|x| x * gain).collect(), voice.sample_rate())
}

pub(crate) fn peak(samples: &[f32]) -> f32 {
    samples.iter().fold(1e-9, |peak, x| peak.max(x.abs()))
}

/// Amplifies to the given multiple of full scale, clips, and attenuates again.
pub(crate) fn overdriven(voice: &Clip, times: f32, then: f32) -> Clip {
    let gain = times / peak(voice.samples());
    let cut = voice.samples().iter().map(|x| (x * gain).clamp(-1.0, 1.0) * then);
    Clip::new(cut.collect(), voice.sample_rate())
}

pub(crate) fn shifted(voice: &Clip, by: f32) -> Clip {
    Clip::new(
        voice.samples().iter().map(|x| x * 0.8 + by).collect(),
        voice.sample_rate(),
    )
}

/// Telephone channel: 8 kHz, 300 Hz to 3.4 kHz, mu-law.
pub(crate) fn telephone(voice: &Clip) -> Clip {
    let narrow = resample(voice.clone(), 8_000);
    let mut slow = 0.0;
    let companded: Vec<f32> = narrow
        .samples()
        .iter()
        .map(|x| {
            slow += (x - slow) * 0.2;
            let y = (x - slow).clamp(-1.0, 1.0);
            let code = ((1.0 + 255.0 * y.abs()).ln() / 256.0_f32.ln() * 127.0).round() / 127.0;
            y.signum() * (256.0_f32.powf(code) - 1.0) / 255.0
        })
        .collect();
    resample(Clip::new(companded, 8_000), voice.sample_rate())
}

/// The speed of sound, in metres per second.
const SOUND: f32 = 343.0;

/// Plays a voice in a room with the given T60 in seconds, at a distance from the microphone in metres.
pub(crate) fn in_a_room(voice: &Clip, t60: f32, distance: f32) -> Clip {
    let response = response(t60, distance, voice.sample_rate() as f32);
    let mut wet = convolved(voice.samples(), &response);
    wet.truncate(voice.len());
    let gain = peak(voice.samples()) / peak(&wet);
    Clip::new(wet.iter().map(|x| x * gain).collect(), voice.sample_rate())
}

/// The impulse response of a rectangular room by the image source method (Allen and Berkley, 1979,
/// <https://doi.org/10.1121/1.382599>). The images are moved a little at random, because exact ones add up to a sweeping echo.
fn response(t60: f32, distance: f32, rate: f32) -> Vec<f32> {
    let size = if t60 < 0.7 { [4.7, 3.6, 2.6] } else { [7.1, 5.3, 3.1] };
    let microphone = [0.41 * size[0], 0.46 * size[1], 0.5 * size[2]];
    let source = [
        microphone[0] + 0.8 * distance,
        microphone[1] + 0.58 * distance,
        microphone[2] + 0.15 * distance,
    ];
    let volume: f32 = size.iter().product();
    let surface = 2.0 * (size[0] * size[1] + size[1] * size[2] + size[0] * size[2]);
    // Eyring's formula.
    let reflection = (-0.161 * volume / (surface * t60)).exp().sqrt();
    let length = (t60 * rate) as usize;
    let reach = t60 * SOUND;
    let mut noise = Noise::new(77);
    let mut response = vec![0.0; length];
    let most = size.map(|side| (reach / (2.0 * side)).ceil() as i32);
    let images = |axis: usize| {
        (-most[axis]..=most[axis]).flat_map(move |n| {
            [0, 1].map(|mirror| {
                let place = if mirror == 0 { source[axis] } else { -source[axis] };
                let offset = place + 2.0 * n as f32 * size[axis] - microphone[axis];
                (offset, (n - mirror).abs() + n.abs())
            })
        })
    };
    for (x, along_x) in images(0) {
        for (y, along_y) in images(1).filter(|(y, _)| x * x + y * y < reach * reach) {
            for (z, along_z) in images(2) {
                let reflections = along_x + along_y + along_z;
                let moved = if reflections == 0 { 0.0 } else { 0.08 * noise.next() };
                let way = (x * x + y * y + z * z).sqrt() + moved;
                let at = (way / SOUND * rate) as usize;
                if let Some(sample) = response.get_mut(at) {
                    *sample += reflection.powi(reflections) / way.max(0.1);
                }
            }
        }
    }
    response
}

/// Convolves two signals.
pub(crate) fn convolved(a: &[f32], b: &[f32]) -> Vec<f32> {
    let length = (a.len() + b.len()).next_power_of_two();
    let mut planner = RealFftPlanner::<f32>::new();
    let (forward, inverse) = (planner.plan_fft_forward(length), planner.plan_fft_inverse(length));
    let spectrum = |samples: &[f32]| {
        let mut input = samples.to_vec();
        input.resize(length, 0.0);
        let mut output = forward.make_output_vec();
        forward
            .process(&mut input, &mut output)
            .expect("buffers of the plan's size");
        output
    };
    let mut product: Vec<_> = spectrum(a).iter().zip(spectrum(b)).map(|(x, y)| x * y).collect();
    let mut output = inverse.make_output_vec();
    inverse
        .process(&mut product, &mut output)
        .expect("a spectrum of real samples");
    output.iter().map(|x| x / length as f32).collect()
}

/// Chords with overtones, a new one every half second.
pub(crate) fn chords(seconds: f32, rate: u32) -> Vec<f32> {
    const CHORDS: [[f32; 4]; 4] = [
        [130.8, 261.6, 329.6, 392.0],
        [110.0, 220.0, 261.6, 329.6],
        [174.6, 220.0, 261.6, 349.2],
        [98.0, 246.9, 293.7, 392.0],
    ];
    (0..(seconds * rate as f32) as usize)
        .map(|n| {
            let time = n as f32 / rate as f32;
            let beat = (time * 2.0) as usize;
            let decay = (-3.0 * (time * 2.0).fract() / 2.0).exp();
            let notes = CHORDS[beat % 4].iter();
            let sum: f32 = notes
                .flat_map(|hz| {
                    (1..=5_u8).map(move |k| (std::f32::consts::TAU * hz * f32::from(k) * time).sin() / f32::from(k * k))
                })
                .sum();
            0.08 * decay * sum
        })
        .collect()
}

/// A flute playing a tune: notes of a third of a second with a little vibrato.
pub(crate) fn tune(seconds: f32, rate: u32) -> Vec<f32> {
    const NOTES: [f32; 8] = [261.6, 293.7, 329.6, 349.2, 392.0, 349.2, 329.6, 293.7];
    let mut phase = 0.0_f32;
    (0..(seconds * rate as f32) as usize)
        .map(|n| {
            let time = n as f32 / rate as f32;
            let vibrato = 1.0 + 0.003 * (std::f32::consts::TAU * 5.0 * time).sin();
            let within = (time * 3.0).fract();
            phase = (phase + NOTES[(time * 3.0) as usize % NOTES.len()] * vibrato / rate as f32).fract();
            let turn = std::f32::consts::TAU * phase;
            let loud = (within * 20.0).min(1.0) * ((1.0 - within) * 20.0).min(1.0);
            0.2 * loud * (turn.sin() + 0.3 * (2.0 * turn).sin() + 0.1 * (3.0 * turn).sin())
        })
        .collect()
}

pub(crate) fn tone(seconds: f32, rate: u32) -> Vec<f32> {
    let step = std::f32::consts::TAU * 440.0 / rate as f32;
    (0..(seconds * rate as f32) as usize)
        .map(|n| 0.2 * (step * n as f32).sin())
        .collect()
}

/// The noise of a quiet room.
pub(crate) fn quiet(seconds: f32, rate: u32) -> Vec<f32> {
    let noise = Noise::new(3).white((seconds * rate as f32) as usize);
    noise.iter().map(|x| x * 3e-4).collect()
}

pub(crate) fn joined(parts: &[&[f32]], rate: u32) -> Clip {
    Clip::new(parts.concat(), rate)
}
