use proptest::prelude::*;

use super::*;
use crate::audio::testing::{WavBuilder, noise, sine, voice};

fn tone() -> Vec<f32> {
    sine(440.0, 0.5, 1.0, 16_000)
}

fn wav() -> WavBuilder {
    WavBuilder::pcm16(&tone(), 1, 16_000)
}

fn decoded(bytes: &[u8]) -> Decoded {
    decode(bytes, &Limits::default()).expect("decodes")
}

fn refused(bytes: &[u8]) -> DecodeError {
    decode(bytes, &Limits::default()).expect_err("is rejected")
}

#[track_caller]
fn assert_tone(decoded: &Decoded, tolerance: f32) {
    assert_eq!(
        (decoded.sample_rate, decoded.channels, decoded.frames()),
        (16_000, 1, 16_000)
    );
    let worst = decoded
        .samples
        .iter()
        .zip(tone())
        .map(|(a, b)| (a - b).abs())
        .fold(0.0, f32::max);
    assert!(worst <= tolerance, "{worst}");
}

#[test]
fn all_sample_widths_are_decoded() {
    let store = |bits: i32| move |x: &f32| ((f64::from(*x) * 2_f64.powi(bits - 1)) as i32).to_le_bytes();
    let eight = tone().iter().map(|x| (x * 128.0 + 128.0) as u8).collect();
    assert_tone(&decoded(&WavBuilder::raw(1, 1, 16_000, 8, eight).build()), 1.0 / 64.0);
    assert_tone(&decoded(&wav().build()), 1.0 / 32768.0);
    let three = tone().iter().flat_map(|x| store(24)(x)[..3].to_vec()).collect();
    assert_tone(&decoded(&WavBuilder::raw(1, 1, 16_000, 24, three).build()), 1e-6);
    let four = tone().iter().flat_map(store(32)).collect();
    assert_tone(&decoded(&WavBuilder::raw(1, 1, 16_000, 32, four).build()), 1e-6);
    assert_tone(&decoded(&WavBuilder::float32(&tone(), 1, 16_000).build()), 0.0);
    let eight = tone().iter().flat_map(|x| f64::from(*x).to_le_bytes()).collect();
    assert_tone(&decoded(&WavBuilder::raw(3, 1, 16_000, 64, eight).build()), 0.0);
    let eight = tone()
        .iter()
        .flat_map(|x| ((f64::from(*x) * 2_f64.powi(63)) as i64).to_le_bytes())
        .collect();
    assert_tone(&decoded(&WavBuilder::raw(1, 1, 16_000, 64, eight).build()), 1e-6);
}

#[test]
fn telephone_codecs_are_decoded() {
    for tag in [6, 7] {
        let decoded = decoded(&WavBuilder::raw(tag, 1, 8_000, 8, vec![0x55; 8_000]).build());
        assert_eq!((decoded.frames(), decoded.sample_rate), (8_000, 8_000));
    }
}

#[test]
fn wider_containers_and_extensible_headers_are_decoded() {
    // Samples of 20 bits in containers of 24 bits, six channels, with the format in an extensible header.
    let mut bytes = WavBuilder::raw(0xfffe, 6, 16_000, 24, vec![0; 18 * 16_000]).build();
    bytes.splice(
        36..36,
        [
            22, 0, 20, 0, 0x3f, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71,
        ],
    );
    bytes[16] = 40;
    let decoded = decoded(&bytes);
    assert_eq!((decoded.channels, decoded.frames()), (6, 16_000));
}

#[test]
fn damaged_headers_do_not_lose_audio() {
    for data_size in [0, 0x7fff_ffff, u32::MAX] {
        for riff_size in [0, 36, u32::MAX] {
            let wav = WavBuilder {
                data_size: Some(data_size),
                riff_size: Some(riff_size),
                ..wav()
            };
            let decoded = decoded(&wav.build());
            assert_tone(&decoded, 1.0 / 32768.0);
            assert!(!decoded.truncated, "{data_size} {riff_size}");
            assert_eq!(decoded.declared_seconds, None);
        }
    }
    for before in [&b"note\x03\0\0\0abc\0"[..], b"note\x03\0\0\0abc"] {
        let wav = WavBuilder {
            before: before.to_vec(),
            after: noise(100, 1).iter().map(|x| (x * 128.0) as u8).collect(),
            ..wav()
        };
        assert_tone(&decoded(&wav.build()), 1.0 / 32768.0);
    }
}

#[test]
fn a_truncated_wav_is_decoded_up_to_its_end() {
    let mut bytes = wav().build();
    bytes.truncate(44 + 16_001);
    let decoded = decoded(&bytes);
    assert_eq!(decoded.frames(), 8_000);
    assert!(decoded.truncated);
    assert_eq!(decoded.declared_seconds, Some(1.0));
}

#[test]
fn invalid_headers_are_rejected_with_a_message() {
    let words = |wav: WavBuilder| refused(&wav.build()).to_string();
    assert_eq!(
        words(WavBuilder {
            sample_rate: 0,
            ..wav()
        }),
        "this is a WAV file, but the header says 0 Hz"
    );
    assert_eq!(
        words(WavBuilder { channels: 0, ..wav() }),
        "this is a WAV file, but the header says 0 channels"
    );
    assert_eq!(
        words(WavBuilder { tag: 0x161, ..wav() }),
        "this is a WAV file with Windows Media Audio inside, which cannot be decoded here"
    );
    assert_eq!(
        words(WavBuilder {
            data: Vec::new(),
            ..wav()
        }),
        "this is a WAV file without any sound in it"
    );
}

#[test]
fn other_files_are_rejected_with_their_kind() {
    assert_eq!(refused(b""), DecodeError::NotAudio(Content::Empty));
    assert_eq!(refused(b"To whom it may concern"), DecodeError::NotAudio(Content::Text));
    assert_eq!(
        refused(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
        DecodeError::NotAudio(Content::Png)
    );
    assert_eq!(
        refused(b"\x30\x26\xb2\x75\x8e\x66\xcf\x11"),
        DecodeError::NoDecoder(Content::Wma)
    );
    let junk: Vec<u8> = noise(50_000, 9).iter().map(|x| (x * 127.0) as u8).collect();
    assert_eq!(refused(&junk), DecodeError::NotAudio(Content::Unknown));
}

#[test]
fn mono_mix_is_the_mean_of_the_channels() {
    let mono = decoded(&WavBuilder::float32(&[0.5, 0.25, -0.5, -0.25], 2, 16_000).build()).mono();
    assert_eq!(mono.samples(), [0.375, -0.375]);
}

#[test]
fn limits_on_bytes_seconds_and_samples_apply() {
    let bytes = wav().build();
    let size = bytes.len() as u64;
    assert_eq!(
        decode(&bytes, &Limits::default().with_bytes(100)),
        Err(DecodeError::TooLarge {
            bytes: size,
            limit: 100
        })
    );
    let short = decode(&bytes, &Limits::default().with_seconds(0.5)).expect("decodes");
    assert_eq!((short.frames(), short.capped, short.truncated), (8_000, true, false));
    let few = Limits {
        samples: 100,
        ..Limits::default()
    };
    assert_eq!(decode(&bytes, &few).expect("decodes").frames(), 100);
}

#[test]
fn a_file_on_disk_is_decoded_as_one_in_memory() {
    for name in ["heart.mp3", "heart.wav"] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, voice(name)).unwrap();
        let input = Input::of_file(std::fs::File::open(path).unwrap()).unwrap();
        let mut whole = Whole::new(Limits::default());
        let outcome = run(&input, &Limits::default(), &mut whole).expect("decodes");
        assert_eq!(outcome.decoded(whole.samples), decoded(&voice(name)));
    }
}

#[test]
fn an_excerpt_has_the_frames_of_its_range() {
    let whole = decoded(&voice("slt.mp3"));
    for range in [0..1_000, 5_000..70_001, 150_000..10_000_000] {
        let mut excerpt = sink::Excerpt::new(range.clone());
        run(&Input::Memory(&voice("slt.mp3")), &Limits::default(), &mut excerpt).expect("decodes");
        let end = (range.end as usize).min(whole.samples.len());
        assert_eq!(excerpt.samples, whole.samples[range.start as usize..end]);
    }
}

#[test]
fn an_mp3_is_decoded_to_its_last_frame() {
    let decoded = decoded(&voice("heart.mp3"));
    assert_eq!(
        (decoded.content, decoded.sample_rate, decoded.channels),
        (Content::Mp3, 24_000, 1)
    );
    assert!((decoded.seconds() - 13.92).abs() < 0.05, "{}", decoded.seconds());
    assert!(!decoded.truncated);
}

#[test]
fn tags_and_junk_around_an_mp3_are_skipped() {
    let mp3 = voice("rms.mp3");
    let seconds = decoded(&mp3).seconds();
    // A tag with a picture of 300 KB. Its size has seven bits per byte.
    let art = [&b"ID3\x03\0\0\0\x12\x27\x60"[..], &vec![0; 300_000]].concat();
    let zeros = vec![0; 20_000];
    let tag = [&b"TAG"[..], &[b' '; 125]].concat();
    for (before, after) in [(&art[..], &b""[..]), (&zeros, b""), (b"", &tag)] {
        let decoded = decoded(&[before, &mp3, after].concat());
        assert_eq!(decoded.content, Content::Mp3);
        assert!(
            (decoded.seconds() - seconds).abs() < 0.1,
            "{} and {seconds}",
            decoded.seconds()
        );
        assert!(!decoded.truncated);
    }
    let middle = mp3.len() / 2;
    let junk: Vec<u8> = noise(3_000, 4).iter().map(|x| (x * 127.0) as u8).collect();
    let torn = decoded(&[&mp3[..middle], &junk, &mp3[middle..]].concat());
    assert!(
        (torn.seconds() - seconds).abs() < 0.2,
        "{} and {seconds}",
        torn.seconds()
    );
}

#[test]
fn half_of_an_mp3_is_truncated() {
    let mp3 = voice("heart.mp3");
    let decoded = decoded(&mp3[..mp3.len() / 2]);
    assert!(decoded.truncated);
    assert!((decoded.seconds() - 6.9).abs() < 0.3, "{}", decoded.seconds());
    assert!(
        decoded
            .declared_seconds
            .is_some_and(|declared| (declared - 13.92).abs() < 0.1)
    );
}

#[test]
fn an_mp3_inside_a_wav_is_decoded() {
    let mp3 = voice("slt.mp3");
    let wrapped = WavBuilder::raw(0x55, 1, 16_000, 0, mp3.clone()).build();
    assert_eq!(decoded(&wrapped).samples, decoded(&mp3).samples);
}

/// Files with changed bytes and truncated files.
fn mutated(original: Vec<u8>) -> impl Strategy<Value = Vec<u8>> {
    let length = original.len();
    (0..=length, proptest::collection::vec((0..length, any::<u8>()), 0..40)).prop_map(move |(keep, changes)| {
        let mut bytes = original.clone();
        for (at, value) in changes {
            // Damage near the start has more effect.
            bytes[at % 200.min(length)] = value;
            bytes[at] = value;
        }
        bytes.truncate(keep);
        bytes
    })
}

fn tight() -> Limits {
    Limits::default().with_seconds(5.0)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_mutated_wav_never_panics(bytes in mutated(WavBuilder::pcm16(&sine(440.0, 0.5, 0.05, 16_000), 2, 16_000).build())) {
        check_bounds(&bytes)?;
    }

    #[test]
    fn a_mutated_mp3_never_panics(bytes in mutated(voice("rms.mp3")[..20_000].to_vec())) {
        check_bounds(&bytes)?;
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..2_000)) {
        check_bounds(&bytes)?;
    }
}

fn check_bounds(bytes: &[u8]) -> Result<(), TestCaseError> {
    if let Ok(decoded) = decode(bytes, &tight()) {
        prop_assert!(!decoded.samples.is_empty() && decoded.channels > 0);
        prop_assert!((1_000..=768_000).contains(&decoded.sample_rate));
        prop_assert!(decoded.seconds() <= 5.0 && decoded.samples.len() <= tight().samples);
    }
    Ok(())
}
