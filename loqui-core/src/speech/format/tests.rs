use super::*;
use crate::audio::testing::voice;
use crate::audio::{Clip, Level, Limits, decode};
use crate::speech::Provenance;

/// A recording with a word on its provenance.
fn spoken() -> Bytes {
    let clip = wav::read(&voice("heart.wav")).unwrap();
    let origin = Provenance::new("loqui 0.1.0", "AI-generated speech, engine=offline");
    wav::write(&clip, Some(&origin))
}

fn back(file: &[u8]) -> Clip {
    let decoded = decode(file, &Limits::default()).unwrap();
    assert!(!decoded.truncated);
    audio::resample(decoded.mono(), SPEECH_RATE)
}

/// How alike two clips are that begin at the same moment, -1 to 1.
fn likeness(one: &[f32], other: &[f32]) -> f64 {
    let other = &other[..one.len()];
    let sum = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum::<f64>();
    sum(one, other) / (sum(one, one) * sum(other, other)).sqrt()
}

#[test]
fn every_format_sounds_the_same_and_says_where_it_comes_from() {
    let file = spoken();
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
        // Nothing is moved, not by a tenth of a millisecond.
        let part = &original.samples()[12_000..60_000];
        let like = |start: usize| likeness(part, &clip.samples()[start..]);
        assert!(like(12_000) > 0.95, "{format}: {:.4}", like(12_000));
        assert!(like(12_000) > like(11_998) && like(12_000) > like(12_002), "{format}");
        let word = b"AI-generated speech, engine=offline";
        assert!(encoded.windows(word.len()).any(|window| window == word), "{format}");
    }
}

#[test]
fn flac_loses_nothing() {
    let file = spoken();
    let encoded = SpeechFormat::Flac.encode(file.clone()).unwrap();
    let decoded = decode(&encoded, &Limits::default()).unwrap().mono();
    let samples = wav::read(&file).unwrap();
    assert_eq!(wav::pcm16(decoded.samples()), wav::pcm16(samples.samples()));
}

#[test]
fn pieces_of_any_size_give_the_same_sound() {
    let samples = wav::pcm16(wav::read(&spoken()).unwrap().samples()).slice(..96_002);
    for format in SpeechFormat::ALL {
        let mut sounds = Vec::new();
        for size in [2, 958, 1_000_000] {
            let mut encoder = Encoder::new(format, None).unwrap();
            let mut file = Vec::new();
            // Every single sample is a piece only where that does not take all day.
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

/// Whoever reads a stream does not know its length.
fn back_of_a_stream(file: &[u8]) -> Clip {
    decode(file, &Limits::default()).unwrap().mono()
}

#[test]
fn nothing_and_hardly_anything_are_files_as_well() {
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
fn names_ask_for_formats() {
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
