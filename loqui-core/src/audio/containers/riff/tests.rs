use super::*;
use crate::audio::testing::{WavBuilder, noise, sine};

fn walked(bytes: &[u8]) -> Result<Raw, HeaderError> {
    walk(&Input::Memory(bytes), 0)
}

fn wav() -> WavBuilder {
    WavBuilder::pcm16(&sine(440.0, 0.5, 0.1, 8_000), 1, 8_000)
}

fn data_of(wav: &WavBuilder) -> u64 {
    walked(&wav.build()).expect("readable").bytes()
}

#[test]
fn a_valid_header_is_read() {
    let bytes = wav().build();
    let wave = walked(&bytes).expect("readable");
    assert_eq!(
        (&wave.coding, wave.channels, wave.sample_rate),
        (&Coding::Pcm(Pcm::little(2)), 1, 8_000)
    );
    assert_eq!((wave.declared, wave.faults.as_slice()), (Some(1_600), &[][..]));
    assert!(!wave.is_truncated());
    assert_eq!(wave.declared_seconds(), Some(0.1));
}

#[test]
fn wrong_sizes_do_not_lose_audio() {
    for riff_size in [0, 1, 100, u32::MAX] {
        assert_eq!(
            data_of(&WavBuilder {
                riff_size: Some(riff_size),
                ..wav()
            }),
            1_600,
            "RIFF size {riff_size}"
        );
    }
    for data_size in [0, 0x7fff_ffff, 0x8000_0000, u32::MAX - 36, u32::MAX] {
        let built = WavBuilder {
            riff_size: Some(data_size),
            data_size: Some(data_size),
            ..wav()
        }
        .build();
        let wave = walked(&built).expect("readable");
        assert_eq!((wave.bytes(), wave.declared), (1_600, None), "data size {data_size}");
        assert_eq!(wave.faults, [HeaderFault::NoSize]);
    }
}

#[test]
fn a_size_beyond_the_end_means_a_truncated_file() {
    let mut bytes = wav().build();
    bytes.truncate(44 + 801);
    let wave = walked(&bytes).expect("readable");
    assert!(wave.is_truncated());
    assert_eq!(wave.bytes(), 801);
}

#[test]
fn chunks_after_an_empty_recording_are_not_audio() {
    let empty = WavBuilder {
        data: Vec::new(),
        after: b"LIST\x04\0\0\0INFO".to_vec(),
        ..wav()
    };
    assert_eq!(data_of(&empty), 0);
}

#[test]
fn odd_chunks_are_skipped_with_and_without_padding() {
    for before in [&b"note\x03\0\0\0abc\0"[..], b"note\x03\0\0\0abc"] {
        assert_eq!(
            data_of(&WavBuilder {
                before: before.to_vec(),
                ..wav()
            }),
            1_600
        );
    }
}

#[test]
fn rf64_files_have_their_size_in_the_ds64_chunk() {
    let mut ds64 = b"ds64\x1c\0\0\0".to_vec();
    ds64.extend_from_slice(&[0; 8]);
    ds64.extend_from_slice(&1_600_u64.to_le_bytes());
    ds64.extend_from_slice(&[0; 12]);
    let built = WavBuilder {
        before: ds64,
        after: b"LIST\x04\0\0\0INFO".to_vec(),
        data_size: Some(u32::MAX),
        ..wav()
    };
    assert_eq!(data_of(&built), 1_600);
}

#[test]
fn invalid_headers_are_rejected_with_the_value() {
    let error = |wav: WavBuilder| walked(&wav.build()).expect_err("rejected");
    assert_eq!(error(WavBuilder { channels: 0, ..wav() }), HeaderError::Channels(0));
    assert_eq!(
        error(WavBuilder {
            channels: 4_000,
            ..wav()
        }),
        HeaderError::Channels(4_000)
    );
    assert_eq!(
        error(WavBuilder {
            sample_rate: 0,
            ..wav()
        }),
        HeaderError::SampleRate(0)
    );
    assert_eq!(error(WavBuilder { bits: 50, ..wav() }), HeaderError::Bits(50));
    assert_eq!(walked(b"RIFF\0\0\0\0WAVE"), Err(HeaderError::NoFormat));
    assert_eq!(walked(&wav().build()[..40]), Err(HeaderError::NoData));
    assert_eq!(walked(b"RIFF"), Err(HeaderError::NoFormat));
}

#[test]
fn a_size_that_was_never_updated_does_not_lose_audio() {
    let second = WavBuilder::pcm16(&sine(440.0, 0.5, 1.0, 8_000), 1, 8_000);
    let stale = WavBuilder {
        riff_size: Some(36 + 800),
        data_size: Some(800),
        ..second.clone()
    };
    let wave = walked(&stale.build()).expect("readable");
    assert_eq!((wave.bytes(), wave.declared), (16_000, None));
    assert_eq!(wave.faults, [HeaderFault::Stale { seconds: 0.05 }]);
    // Behind the audio there may be other data, with and without a header.
    let junk: Vec<u8> = noise(9_000, 5).iter().map(|x| (x * 127.0) as i8 as u8).collect();
    for after in [junk.clone(), [&b"ID3\x03\0\0\0\0"[..], &junk].concat(), vec![0; 9_000]] {
        let whole = WavBuilder {
            after,
            ..second.clone()
        };
        assert_eq!(data_of(&whole), 16_000);
    }
}

#[test]
fn audio_in_several_chunks_is_joined() {
    let mut after = b"LIST\x04\0\0\0INFOdata\x20\x03\0\0".to_vec();
    after.extend_from_slice(&[1; 800]);
    let wave = walked(&WavBuilder { after, ..wav() }.build()).expect("readable");
    assert_eq!((wave.parts.len(), wave.bytes(), wave.declared), (2, 2_400, Some(2_400)));
    assert_eq!(wave.faults, [HeaderFault::Pieces(2)]);
}

#[test]
fn missing_fields_follow_from_the_others() {
    let changed = |at: usize, value: &[u8]| {
        let mut bytes = wav().build();
        bytes[at..at + value.len()].copy_from_slice(value);
        walked(&bytes).expect("readable")
    };
    let plain = walked(&wav().build()).expect("readable");
    // Channels, sample rate and bits per sample.
    for at in [22, 24, 34] {
        let wave = changed(at, &[0, 0]);
        assert_eq!(
            (wave.channels, wave.sample_rate, &wave.coding),
            (1, 8_000, &plain.coding),
            "{at}"
        );
    }
    assert_eq!(changed(28, &[1, 2, 0, 0]).faults, [HeaderFault::ByteRate(513)]);
    assert_eq!(changed(32, &[1, 0]).faults, [HeaderFault::BlockSize(1)]);
}
