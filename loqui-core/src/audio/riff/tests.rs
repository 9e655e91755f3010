use super::*;
use crate::audio::testing::{WavBuilder, sine};

fn wav() -> WavBuilder {
    WavBuilder::pcm16(&sine(440.0, 0.5, 0.1, 8_000), 1, 8_000)
}

fn data_of(wav: &WavBuilder) -> usize {
    walk(&wav.build()).expect("readable").data.len()
}

#[test]
fn a_valid_header_is_read() {
    let bytes = wav().build();
    let wave = walk(&bytes).expect("readable");
    assert_eq!(
        (wave.encoding, wave.channels, wave.sample_rate, wave.bits),
        (Encoding::Pcm, 1, 8_000, 16)
    );
    assert_eq!(wave.declared, Some(1_600));
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
        let wave = walk(&built).expect("readable");
        assert_eq!((wave.data.len(), wave.declared), (1_600, None), "data size {data_size}");
    }
}

#[test]
fn a_size_beyond_the_end_means_a_truncated_file() {
    let mut bytes = wav().build();
    bytes.truncate(44 + 801);
    let wave = walk(&bytes).expect("readable");
    assert!(wave.is_truncated());
    assert_eq!(wave.data.len(), 801);
    // An incomplete frame is dropped.
    assert_eq!(wave.canonical().len(), 46 + 800);
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
    let error = |wav: WavBuilder| walk(&wav.build()).expect_err("rejected");
    assert_eq!(error(WavBuilder { channels: 0, ..wav() }), RiffError::Channels(0));
    assert_eq!(
        error(WavBuilder {
            channels: 4_000,
            ..wav()
        }),
        RiffError::Channels(4_000)
    );
    assert_eq!(
        error(WavBuilder {
            sample_rate: 0,
            ..wav()
        }),
        RiffError::SampleRate(0)
    );
    assert_eq!(error(WavBuilder { bits: 7, ..wav() }), RiffError::Bits(7));
    assert_eq!(walk(b"RIFF\0\0\0\0WAVE"), Err(RiffError::NoFormat));
    assert_eq!(walk(&wav().build()[..40]), Err(RiffError::NoData));
    assert_eq!(walk(b"RIFF"), Err(RiffError::NoFormat));
}
