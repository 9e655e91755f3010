use super::*;
use crate::audio::testing::voice;
use crate::audio::{Clip, Level, Limits, decode};
use crate::script::Cover;
use crate::speech::{ChapterMark, Encoding, Provenance, Tags};

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

/// The formats that can be written to a stream.
fn streams() -> impl Iterator<Item = SpeechFormat> {
    SpeechFormat::ALL
        .into_iter()
        .filter(|format| *format != SpeechFormat::M4b)
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
    for format in streams() {
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
            if samples > 0 && format != SpeechFormat::M4b {
                let seconds = back(&encoded).seconds();
                assert!(
                    (seconds - samples as f64 / 24_000.0).abs() < 0.0005,
                    "{format}, {samples}: {seconds}"
                );
            }
        }
    }
}

/// Tags with two chapters.
fn tags() -> Tags {
    let mut tags = Tags::new(Some("A Book".to_owned()), Some("Ann Author".to_owned()));
    tags.track = Some((2, 9));
    tags.cover = Cover::of(vec![0xFF, 0xD8, 0xFF, 0xE0, 1, 2, 3]);
    tags.chapters = vec![ChapterMark::new("Öne", 0.0, 1.25), ChapterMark::new("", 1.25, 3.0)];
    tags
}

fn tagged(format: SpeechFormat) -> Vec<u8> {
    let samples = wav::pcm16(wav::read(&recording()).unwrap().samples());
    let mut encoder = Encoder::tagged(format, None, &tags()).unwrap().rewindable();
    let mut file = encoder.push(&samples).unwrap().to_vec();
    let end = encoder.finish().unwrap();
    file.extend_from_slice(&end.tail);
    file[..end.head.len()].copy_from_slice(&end.head);
    file
}

fn contains(file: &[u8], part: &[u8]) -> bool {
    file.windows(part.len()).any(|window| window == part)
}

#[test]
fn files_have_titles_chapters_and_a_cover() {
    let opus = tagged(SpeechFormat::Opus);
    for comment in [
        "TITLE=A Book",
        "ARTIST=Ann Author",
        "TRACKNUMBER=2",
        "CHAPTER001=00:00:00.000",
        "CHAPTER001NAME=Öne",
        "CHAPTER002=00:00:01.250",
        "CHAPTER002NAME=2",
        "METADATA_BLOCK_PICTURE=",
    ] {
        assert!(contains(&opus, comment.as_bytes()), "{comment}");
    }
    let flac = tagged(SpeechFormat::Flac);
    assert!(contains(&flac, b"CHAPTER002=00:00:01.250") && contains(&flac, b"image/jpeg"));
    let mp3 = tagged(SpeechFormat::Mp3);
    let tag = id3::Tag::read_from2(std::io::Cursor::new(&mp3)).unwrap();
    let chapters: Vec<_> = tag
        .chapters()
        .map(|chapter| (chapter.start_time, chapter.end_time))
        .collect();
    assert_eq!(chapters, [(0, 1250), (1250, 3000)]);
    assert_eq!(tag.tables_of_contents().next().unwrap().elements, ["ch0", "ch1"]);
    assert!(contains(&mp3, "Öne".as_bytes()) && contains(&mp3, b"APIC"));
    for file in [opus, flac, mp3] {
        assert!((back(&file).seconds() - back(&recording()).seconds()).abs() < 0.001);
    }
    let faster = Encoding::from(SpeechFormat::Flac).with_speed(1.25).unwrap();
    let mut encoder = Encoder::tagged(faster, None, &tags()).unwrap();
    assert!(contains(
        &encoder.push(&vec![0; 20_000]).unwrap(),
        b"CHAPTER002=00:00:01.000"
    ));
}

#[test]
fn audiobooks_have_audio_and_two_kinds_of_chapters() {
    let file = tagged(SpeechFormat::M4b);
    assert_eq!(&file[4..12], b"ftypM4B ");
    let data = 8 + usize::from(file[3]) - 8;
    let size = u64::from_be_bytes(file[data + 8..data + 16].try_into().unwrap()) as usize;
    assert_eq!(
        (&file[data + 4..data + 8], &file[data + size + 4..data + size + 8]),
        (&b"mdat"[..], &b"moov"[..])
    );
    for part in [
        &b"chpl"[..],
        b"chap",
        b"covr",
        b"A Book",
        b"Ann Author",
        "Öne".as_bytes(),
    ] {
        assert!(contains(&file[data + size..], part), "{part:?}");
    }
    let clip = back(&file);
    let original = back(&recording());
    assert!((clip.seconds() - original.seconds()).abs() < 0.2, "{}", clip.seconds());
    // A decoder that does not read the edit list starts with one frame of silence.
    let part = &original.samples()[12_000..60_000];
    let found = [0, 1024].map(|delay| correlation(part, &clip.samples()[12_000 + delay..]));
    assert!(found.iter().any(|found| *found > 0.9), "{found:?}");
    let refused = Encoder::new(SpeechFormat::M4b, None)
        .unwrap()
        .push(&[0; 2])
        .unwrap_err();
    assert_eq!(refused.code(), "output.format");
}

#[test]
fn the_extension_selects_the_format() {
    for (name, format) in [
        ("a.wav", SpeechFormat::Wav),
        ("a.FLAC", SpeechFormat::Flac),
        ("a.opus", SpeechFormat::Opus),
        ("a.ogg", SpeechFormat::Opus),
        ("a.mp3", SpeechFormat::Mp3),
        ("a.m4b", SpeechFormat::M4b),
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
