//! The audio of a prediction: a 24 kHz mono PCM16 WAV file whose length follows the text.
//!
//! Without the offline voice it is a tone with the rhythm of speech: syllables, words and pauses change its level. Checks of
//! level, length and silence accept it as speech.

use std::f32::consts::TAU;
use std::io::Cursor;
use std::time::Duration;

use bytes::Bytes;

/// Sample rate of Chatterbox, in Hz.
pub(crate) const SAMPLE_RATE: u32 = 24_000;
/// Maximum length of Chatterbox audio: 1,000 speech tokens at 25 per second.
const MAX_SECONDS: u32 = 40;
const MAX_SAMPLES: usize = (MAX_SECONDS * SAMPLE_RATE) as usize;
/// Typical reading speed in English.
const CHARACTERS_PER_SECOND: u32 = 15;
/// RMS level: -20 dBFS.
const LEVEL: f32 = 0.1;

/// Everything that determines the audio of a prediction.
#[derive(Debug, Clone)]
pub(crate) struct AudioSpec {
    pub(crate) text: String,
    pub(crate) seed: u64,
    pub(crate) silent: bool,
    pub(crate) cut_short: bool,
    /// Speak the text if the build has the voice.
    pub(crate) spoken: bool,
}

impl AudioSpec {
    /// Returns the audio as a WAV file. Blocking: call it outside the async runtime.
    pub(crate) fn wav(&self) -> Bytes {
        let mut samples = self.samples();
        samples.truncate(MAX_SAMPLES);
        if self.cut_short {
            samples.truncate(samples.len() / 2);
        }
        if self.silent {
            samples.fill(0.0);
        }
        encode(&samples)
    }

    fn samples(&self) -> Vec<f32> {
        if self.spoken
            && let Some(speech) = crate::speech::speak(&self.text, self.seed, MAX_SAMPLES)
        {
            return speech;
        }
        // Text that cannot be spoken, such as an emoji, becomes a tone.
        tone(&self.text, self.seed)
    }
}

/// Estimates the duration of a spoken text.
pub(crate) fn estimate(text: &str) -> Duration {
    let frames = frames(text.chars().count());
    Duration::from_secs_f64(frames as f64 / f64::from(SAMPLE_RATE))
}

fn frames(characters: usize) -> usize {
    // At least a fifth of a second.
    (characters * (SAMPLE_RATE / CHARACTERS_PER_SECOND) as usize).clamp(SAMPLE_RATE as usize / 5, MAX_SAMPLES)
}

fn tone(text: &str, seed: u64) -> Vec<f32> {
    const HARMONICS: u16 = 12;
    let cycle: Vec<f32> = (0..1024_u16)
        .map(|step| {
            let phase = TAU * f32::from(step) / 1024.0;
            (1..=HARMONICS)
                .map(|k| (phase * f32::from(k)).sin() / f32::from(k))
                .sum()
        })
        .collect();
    let characters: Vec<char> = text.chars().collect();
    let total = frames(characters.len());
    let per_character = (SAMPLE_RATE / CHARACTERS_PER_SECOND) as usize;
    let mut rng = fastrand::Rng::with_seed(seed);
    let base_hertz = 95.0 + 120.0 * rng.f32();
    let mut phase = rng.f32();
    let mut gain = 0.0_f32;
    let mut samples = Vec::with_capacity(total);
    for frame in 0..total {
        let character = characters.get(frame / per_character).copied().unwrap_or('a');
        let target = match character {
            ' ' => 0.35,
            c if c.is_ascii_punctuation() || c.is_whitespace() => 0.02,
            _ => 1.0,
        };
        // Reaches the target in about 8 ms, to avoid clicks.
        gain += (target - gain) * 0.005;
        let seconds = frame as f32 / SAMPLE_RATE as f32;
        let syllable = 0.65 - 0.35 * (TAU * 4.5 * seconds).cos();
        let hertz = base_hertz * (1.0 + 0.12 * (TAU * 0.4 * seconds).sin());
        phase = (phase + hertz / SAMPLE_RATE as f32).fract();
        let hiss = rng.f32() - 0.5;
        samples.push(gain * syllable * (cycle[(phase * 1024.0) as usize & 1023] + 0.05 * hiss));
    }
    let power: f32 = samples.iter().map(|sample| sample * sample).sum();
    let rms = (power / samples.len() as f32).sqrt().max(f32::MIN_POSITIVE);
    for sample in &mut samples {
        *sample *= LEVEL / rms;
    }
    samples
}

pub(crate) fn encode(samples: &[f32]) -> Bytes {
    let format = hound::WavSpec {
        channels: 1,
        sample_rate: SAMPLE_RATE,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut file = Cursor::new(Vec::with_capacity(44 + samples.len() * 2));
    let mut writer = hound::WavWriter::new(&mut file, format).expect("writing to memory cannot fail");
    for sample in samples {
        let value = (sample * 32767.0).round().clamp(-32768.0, 32767.0) as i16;
        writer.write_sample(value).expect("writing to memory cannot fail");
    }
    writer.finalize().expect("the WAV header fits 40 s of audio");
    file.into_inner().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec(text: &str, seed: u64) -> AudioSpec {
        AudioSpec {
            text: text.to_owned(),
            seed,
            silent: false,
            cut_short: false,
            spoken: false,
        }
    }

    fn decoded(spec: &AudioSpec) -> Vec<i16> {
        let reader = hound::WavReader::new(Cursor::new(spec.wav())).unwrap();
        assert_eq!((reader.spec().channels, reader.spec().sample_rate), (1, 24_000));
        reader.into_samples().collect::<Result<_, _>>().unwrap()
    }

    #[test]
    fn audio_depends_on_the_seed_only() {
        assert_eq!(spec("Hello there.", 7).wav(), spec("Hello there.", 7).wav());
        assert_ne!(spec("Hello there.", 7).wav(), spec("Hello there.", 8).wav());
    }

    #[test]
    fn audio_ends_after_forty_seconds() {
        assert!(decoded(&spec(&"Long text. ".repeat(100), 1)).len() <= 40 * 24_000);
        assert_eq!(estimate(&"a".repeat(5000)), Duration::from_secs(40));
    }

    #[test]
    fn tone_has_the_length_and_level_of_speech() {
        let samples = decoded(&spec("The quick brown fox jumps over the lazy dog.", 3));
        assert_eq!(samples.len(), 44 * 1600);
        let power = samples.iter().map(|&s| (f64::from(s) / 32768.0).powi(2)).sum::<f64>();
        let dbfs = 10.0 * (power / samples.len() as f64).log10();
        assert!((-20.5..-19.5).contains(&dbfs), "{dbfs:.1} dBFS");
        let peak = samples.iter().map(|s| s.unsigned_abs()).max().unwrap();
        assert!(peak < 32_000, "peak {peak} clips");
    }

    #[test]
    fn audio_follows_its_faults() {
        let whole = decoded(&spec("One two three four.", 1));
        let half = decoded(&AudioSpec {
            cut_short: true,
            ..spec("One two three four.", 1)
        });
        assert_eq!(half.len(), whole.len() / 2);
        let silent = decoded(&AudioSpec {
            silent: true,
            ..spec("One two.", 1)
        });
        assert!(silent.iter().all(|&sample| sample == 0));
    }
}
