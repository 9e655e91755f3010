use super::*;
use crate::audio::testing::voice;
use crate::audio::{Clip, Level, Limits, decode};
use crate::speech::Provenance;

/// A recording with provenance.
fn recording() -> Bytes {
    let clip = wav::read(&voice("heart.wav")).unwrap();
    let origin = Provenance::new("loqui 0.1.0", "AI-generated speech, engine=offline");
    wav::write(&clip, Some(&origin))
}

fn back(file: &[u8]) -> Clip {
    let decoded = decode(file, &Limits::default()).unwrap();
    assert!(!decoded.truncated);
    audio::resample(decoded.mono(), SPEECH_RATE)
}

/// Returns the correlation of two clips that start at the same moment, -1 to 1.
fn correlation(one: &[f32], other: &[f32]) -> f64 {
    let other = &other[..one.len()];
    let sum = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum::<f64>();
    sum(one, other) / (sum(one, one) * sum(other, other)).sqrt()
}

#[test]
fn all_formats_keep_audio_length_level_and_provenance() {
    let file = recording();
    let original = back(&file);
    for (format, smaller) in [
        (SpeechFormat::Wav, 1.0),
        (SpeechFormat::Flac, 0.7),
        (SpeechFormat::Opus, 0.16),
        (SpeechFormat::Mp3, 0.27),
    ] {
        let encoded = format.encode(file.clone()).unwrap();
        let share = encoded.len() as f64 / file.len() as f64;
        assert!(share <= smaller, "{format}: {share:.3} of the bytes");
        let clip = back(&encoded);
        let off = (clip.seconds() - original.seconds()).abs();
        assert!(
            off < 0.0005,
            "{format}: {} s, not {} s",
            clip.seconds(),
            original.seconds()
        );
        let level = Level::of(&clip).rms_dbfs - Level::of(&original).rms_dbfs;
        assert!(level.abs() < 0.5, "{format}: {level:.2} dB");
        // The audio is not shifted by even a tenth of a millisecond.
        let part = &original.samples()[12_000..60_000];
        let correlation_at = |start: usize| correlation(part, &clip.samples()[start..]);
        assert!(correlation_at(12_000) > 0.95, "{format}: {:.4}", correlation_at(12_000));
        assert!(
            correlation_at(12_000) > correlation_at(11_998) && correlation_at(12_000) > correlation_at(12_002),
            "{format}"
        );
        let comment = b"AI-generated speech, engine=offline";
        assert!(
            encoded.windows(comment.len()).any(|window| window == comment),
            "{format}"
        );
    }
}

#[test]
fn flac_is_lossless() {
    let file = recording();
    let encoded = SpeechFormat::Flac.encode(file.clone()).unwrap();
    let decoded = decode(&encoded, &Limits::default()).unwrap().mono();
    let samples = wav::read(&file).unwrap();
    assert_eq!(wav::pcm16(decoded.samples()), wav::pcm16(samples.samples()));
}

#[test]
fn pieces_of_any_size_give_the_same_audio() {
    let samples = wav::pcm16(wav::read(&recording()).unwrap().samples()).slice(..96_002);
    for format in SpeechFormat::ALL {
        let mut sounds = Vec::new();
        for size in [2, 958, 1_000_000] {
            let mut encoder = Encoder::new(format, None).unwrap();
            let mut file = Vec::new();
            // Pieces of a single sample would take too long with Opus.
            for piece in samples.chunks(size.max(if format == SpeechFormat::Opus { 26 } else { 2 })) {
                file.extend_from_slice(&encoder.push(piece).unwrap());
            }
            file.extend_from_slice(&encoder.finish().unwrap().tail);
            sounds.push(back_of_a_stream(&file));
        }
        assert!(
            sounds.iter().all(|sound| sound.samples() == sounds[0].samples()),
            "{format}"
        );
        assert!(sounds[0].seconds() >= 2.0, "{format}: {}", sounds[0].seconds());
    }
}

/// Decodes a stream without a declared length.
fn back_of_a_stream(file: &[u8]) -> Clip {
    decode(file, &Limits::default()).unwrap().mono()
}

#[test]
fn empty_and_very_short_clips_are_encoded() {
    for format in SpeechFormat::ALL {
        for samples in [0_usize, 1, 479, 480, 481] {
            let file = wav::write(&Clip::new(vec![0.1; samples], SPEECH_RATE), None);
            let encoded = format.encode(file).unwrap();
            if samples > 0 {
                let seconds = back(&encoded).seconds();
                assert!(
                    (seconds - samples as f64 / 24_000.0).abs() < 0.0005,
                    "{format}, {samples}: {seconds}"
                );
            }
        }
    }
}

#[test]
fn the_extension_selects_the_format() {
    for (name, format) in [
        ("a.wav", SpeechFormat::Wav),
        ("a.FLAC", SpeechFormat::Flac),
        ("a.opus", SpeechFormat::Opus),
        ("a.ogg", SpeechFormat::Opus),
        ("a.mp3", SpeechFormat::Mp3),
        ("a.txt", SpeechFormat::Wav),
        ("mp3", SpeechFormat::Wav),
    ] {
        assert_eq!(SpeechFormat::of(name.as_ref()).unwrap(), format, "{name}");
    }
    let error = SpeechFormat::of("a.aac".as_ref()).unwrap_err();
    assert_eq!(error.code(), "output.format");
    assert!(error.hint().unwrap().contains(".opus"));
    assert_eq!("opus".parse::<SpeechFormat>().unwrap(), SpeechFormat::Opus);
    assert!("ogg\r\n".parse::<SpeechFormat>().is_err());
}
