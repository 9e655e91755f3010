use super::*;
use crate::audio::testing::{sine, voice};
use crate::audio::{Level, Limits, decode, wav};
use crate::speech::Encoder;

/// Encodes in parts of half a second.
fn encoded(samples: &[f32], encoding: Encoding, declared: bool) -> Vec<u8> {
    let pcm16 = wav::pcm16(samples);
    let mut encoder = Encoder::new(encoding, None).unwrap();
    if declared {
        encoder = encoder.with_samples(samples.len());
    }
    let mut bytes = Vec::new();
    for part in pcm16.chunks(24_000) {
        bytes.extend_from_slice(&encoder.push(part).unwrap());
    }
    bytes.extend_from_slice(&encoder.finish().unwrap().tail);
    bytes
}

fn file(format: SpeechFormat) -> Encoding {
    format.into()
}

#[test]
fn mp3_has_every_offered_sample_rate_and_bit_rate() {
    let speech = wav::read(&voice("heart.wav")).unwrap();
    let speech_level = Level::of(&speech).rms_dbfs;
    for (sample_rate, bit_rate) in [
        (22_050, 32_000),
        (24_000, 48_000),
        (44_100, 32_000),
        (44_100, 64_000),
        (44_100, 96_000),
        (44_100, 128_000),
        (44_100, 192_000),
    ] {
        let encoding = file(SpeechFormat::Mp3)
            .with_sample_rate(sample_rate)
            .unwrap()
            .with_bit_rate(bit_rate);
        let bytes = encoded(speech.samples(), encoding, false);
        let expected = f64::from(bit_rate) / 8.0 * speech.seconds();
        assert!(
            (bytes.len() as f64 / expected - 1.0).abs() < 0.02,
            "{encoding:?}: {}",
            bytes.len()
        );
        let clip = decode(&bytes, &Limits::default()).unwrap().mono();
        assert_eq!(clip.sample_rate(), sample_rate);
        assert!(
            (clip.seconds() - speech.seconds()).abs() < 0.1,
            "{encoding:?}: {}",
            clip.seconds()
        );
        let level = Level::of(&clip).rms_dbfs - speech_level;
        assert!(level.abs() < 0.6, "{encoding:?}: {level} dB");
    }
    for (sample_rate, bit_rate) in [(24_000, 192_000), (44_100, 33_000), (8_000, 32_000)] {
        let encoding = file(SpeechFormat::Mp3)
            .with_sample_rate(sample_rate)
            .unwrap()
            .with_bit_rate(bit_rate);
        assert_eq!(Encoder::new(encoding, None).unwrap_err().code(), "output.format");
    }
}

#[test]
fn opus_has_every_offered_bit_rate() {
    let speech = wav::read(&voice("heart.wav")).unwrap();
    let mut sizes = Vec::new();
    for bit_rate in [32_000, 64_000, 96_000, 128_000, 192_000] {
        let encoding = file(SpeechFormat::Opus)
            .with_sample_rate(48_000)
            .unwrap()
            .with_bit_rate(bit_rate);
        let bytes = encoded(speech.samples(), encoding, false);
        sizes.push(bytes.len());
        let clip = decode(&bytes, &Limits::default()).unwrap().mono();
        assert!(
            (clip.seconds() - speech.seconds()).abs() < 0.001,
            "{bit_rate}: {}",
            clip.seconds()
        );
    }
    assert!(sizes.is_sorted_by(|a, b| a < b), "{sizes:?}");
}

#[test]
fn raw_samples_and_wav_have_the_exact_length_at_every_sample_rate() {
    let tone = sine(440.0, 0.5, 1.0, SPEECH_RATE);
    for sample_rate in [8_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000] {
        let raw = Encoding::new(Codec::Pcm16).with_sample_rate(sample_rate).unwrap();
        let samples = encoded(&tone, raw, false);
        assert_eq!(samples.len(), 2 * sample_rate as usize);
        for declared in [true, false] {
            let wav = encoded(
                &tone,
                file(SpeechFormat::Wav).with_sample_rate(sample_rate).unwrap(),
                declared,
            );
            let head = wav.len() - samples.len();
            assert_eq!(wav[head..], samples, "{sample_rate} Hz");
            let clip = decode(&wav, &Limits::default()).unwrap().mono();
            assert_eq!((clip.sample_rate(), clip.len()), (sample_rate, sample_rate as usize));
        }
        for codec in [Codec::MuLaw, Codec::ALaw] {
            let codes = encoded(
                &tone,
                Encoding::new(codec).with_sample_rate(sample_rate).unwrap(),
                false,
            );
            assert_eq!(codes.len(), sample_rate as usize);
        }
    }
    assert_eq!(
        Encoding::new(Codec::Pcm16).with_sample_rate(4_000).unwrap_err().code(),
        "output.format"
    );
}

#[test]
fn speed_changes_the_duration_of_every_codec() {
    let tone = sine(200.0, 0.5, 1.0, SPEECH_RATE);
    for (speed, samples) in [(0.5, 48_000), (1.0, 24_000), (1.25, 19_200), (2.0, 12_000)] {
        let raw = Encoding::new(Codec::Pcm16).with_speed(speed).unwrap();
        assert_eq!(encoded(&tone, raw, false).len(), 2 * samples, "{speed}");
        let wav = encoded(&tone, file(SpeechFormat::Wav).with_speed(speed).unwrap(), true);
        assert_eq!(
            decode(&wav, &Limits::default()).unwrap().mono().len(),
            samples,
            "{speed}"
        );
        let both = raw.with_sample_rate(8_000).unwrap();
        assert_eq!(encoded(&tone, both, false).len(), 2 * samples / 3, "{speed}");
    }
    for speed in [0.2, 4.1, f64::NAN] {
        let error = Encoding::new(Codec::Pcm16).with_speed(speed).unwrap_err();
        assert_eq!(error.code(), "option.out_of_range");
    }
}
