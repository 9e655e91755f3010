//! The audio a prediction gives: a real 24 kHz mono PCM16 WAV whose length follows the text.
//!
//! Unless the offline voice speaks it, it is a tone with the rhythm of speech: words sound, syllables swell,
//! spaces dip and punctuation pauses. It is not speech, but every check of level, length and silence
//! treats it as such.

use std::f32::consts::TAU;
use std::io::Cursor;
use std::time::Duration;

use bytes::Bytes;

/// Samples a second (contract section 1.1).
pub(crate) const SAMPLE_RATE: u32 = 24_000;
/// Where the model stops, whatever the text (contract section 1.1).
const LONGEST_SECONDS: u32 = 40;
const LONGEST: usize = (LONGEST_SECONDS * SAMPLE_RATE) as usize;
/// An ordinary reading speed in English.
const CHARACTERS_PER_SECOND: u32 = 15;
/// -20 dB below full scale.
const LEVEL: f32 = 0.1;

/// What is to be heard: enough to make the same audio again.
#[derive(Debug, Clone)]
pub(crate) struct Recipe {
    pub(crate) text: String,
    pub(crate) seed: u64,
    pub(crate) silent: bool,
    pub(crate) cut_short: bool,
    /// Speak the text, where the voice is built in.
    pub(crate) spoken: bool,
}

impl Recipe {
    /// Makes the audio as the bytes of a WAV file. Takes a while: call it off the runtime.
    pub(crate) fn wav(&self) -> Bytes {
        let mut samples = self.samples();
        samples.truncate(LONGEST);
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
            && let Some(speech) = crate::speech::speak(&self.text, self.seed, LONGEST)
        {
            return speech;
        }
        // Text without anything to say, such as a lone emoji, is heard as a tone as well.
        tone(&self.text, self.seed)
    }
}

/// Estimates how long a text is when spoken, before it is.
pub(crate) fn estimate(text: &str) -> Duration {
    let frames = frames(text.chars().count());
    Duration::from_secs_f64(frames as f64 / f64::from(SAMPLE_RATE))
}

fn frames(characters: usize) -> usize {
    // Even a single letter takes a fifth of a second to say.
    (characters * (SAMPLE_RATE / CHARACTERS_PER_SECOND) as usize).clamp(SAMPLE_RATE as usize / 5, LONGEST)
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
        // About 8 ms to follow the target: no clicks.
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
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: SAMPLE_RATE,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut file = Cursor::new(Vec::with_capacity(44 + samples.len() * 2));
    let mut writer = hound::WavWriter::new(&mut file, spec).expect("writing to memory cannot fail");
    for sample in samples {
        let value = (sample * 32767.0).round().clamp(-32768.0, 32767.0) as i16;
        writer.write_sample(value).expect("writing to memory cannot fail");
    }
    writer.finalize().expect("40 s of audio fit the header's 32 bits");
    file.into_inner().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recipe(text: &str, seed: u64) -> Recipe {
        Recipe {
            text: text.to_owned(),
            seed,
            silent: false,
            cut_short: false,
            spoken: false,
        }
    }

    fn decoded(recipe: &Recipe) -> Vec<i16> {
        let reader = hound::WavReader::new(Cursor::new(recipe.wav())).unwrap();
        assert_eq!((reader.spec().channels, reader.spec().sample_rate), (1, 24_000));
        reader.into_samples().collect::<Result<_, _>>().unwrap()
    }

    #[test]
    fn repeats_for_a_seed_and_changes_with_it() {
        assert_eq!(recipe("Hello there.", 7).wav(), recipe("Hello there.", 7).wav());
        assert_ne!(recipe("Hello there.", 7).wav(), recipe("Hello there.", 8).wav());
    }

    #[test]
    fn stops_after_forty_seconds() {
        assert!(decoded(&recipe(&"Long text. ".repeat(100), 1)).len() <= 40 * 24_000);
        assert_eq!(estimate(&"a".repeat(5000)), Duration::from_secs(40));
    }

    #[test]
    fn is_as_long_and_as_loud_as_speech() {
        let samples = decoded(&recipe("The quick brown fox jumps over the lazy dog.", 3));
        assert_eq!(samples.len(), 44 * 1600);
        let power = samples.iter().map(|&s| (f64::from(s) / 32768.0).powi(2)).sum::<f64>();
        let dbfs = 10.0 * (power / samples.len() as f64).log10();
        assert!((-20.5..-19.5).contains(&dbfs), "{dbfs:.1} dBFS");
        let peak = samples.iter().map(|s| s.unsigned_abs()).max().unwrap();
        assert!(peak < 32_000, "peak {peak} clips");
    }

    #[test]
    fn follows_its_faults() {
        let whole = decoded(&recipe("One two three four.", 1));
        let half = decoded(&Recipe {
            cut_short: true,
            ..recipe("One two three four.", 1)
        });
        assert_eq!(half.len(), whole.len() / 2);
        let silent = decoded(&Recipe {
            silent: true,
            ..recipe("One two.", 1)
        });
        assert!(silent.iter().all(|&sample| sample == 0));
    }
}
