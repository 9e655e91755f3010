//! Writes and reads mono PCM16 WAV files with provenance.

use std::io::Cursor;

use bytes::Bytes;
use hound::{SampleFormat, WavReader, WavSpec, WavWriter};

use super::Clip;
use super::containers::riff;

/// The origin of a file, written into its metadata. It marks synthetic speech as such.
///
/// # Examples
///
/// ```
/// use loqui_core::audio::{Clip, wav};
///
/// let origin = wav::Provenance::new("loqui 0.1.0", "AI-generated speech");
/// let file = wav::write(&Clip::new(vec![0.0; 240], 24_000), Some(&origin));
/// assert_eq!(wav::provenance(&file), Some(origin));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Provenance {
    /// The program that made the file, with its version (`ISFT`).
    pub software: String,
    /// The description of the file (`ICMT`).
    pub comment: String,
}

impl Provenance {
    /// Creates a provenance from the program and a description.
    pub fn new(software: impl Into<String>, comment: impl Into<String>) -> Self {
        Self {
            software: software.into(),
            comment: comment.into(),
        }
    }

    fn list_chunk(&self) -> Vec<u8> {
        let mut list = b"LIST\0\0\0\0INFO".to_vec();
        for (id, text) in [(b"ISFT", &self.software), (b"ICMT", &self.comment)] {
            // The size includes the closing zero, but not the padding byte.
            list.extend_from_slice(id);
            list.extend_from_slice(&(text.len() as u32 + 1).to_le_bytes());
            list.extend_from_slice(text.as_bytes());
            list.push(0);
            if list.len() % 2 == 1 {
                list.push(0);
            }
        }
        let size = list.len() as u32 - 8;
        list[4..8].copy_from_slice(&size.to_le_bytes());
        list
    }
}

/// Writes a clip as a mono PCM16 WAV file. Samples above full scale are clamped.
///
/// # Panics
///
/// If the clip has more than 2 GiB of samples, more than 12 hours at 24 kHz.
pub fn write(clip: &Clip, provenance: Option<&Provenance>) -> Bytes {
    let spec = WavSpec {
        channels: 1,
        sample_rate: clip.sample_rate(),
        bits_per_sample: 16,
        sample_format: SampleFormat::Int,
    };
    assert!(clip.len() < (1 << 30), "a WAV file holds at most 2 GiB");
    let mut file = Cursor::new(Vec::with_capacity(2 * clip.len() + 512));
    let mut writer = WavWriter::new(&mut file, spec).expect("writing to memory does not fail");
    let mut samples = writer.get_i16_writer(clip.len() as u32);
    for sample in clip.samples() {
        samples.write_sample(to_pcm16(*sample));
    }
    samples.flush().expect("writing to memory does not fail");
    writer.finalize().expect("writing to memory does not fail");
    let mut file = file.into_inner();
    if let Some(provenance) = provenance {
        file.extend_from_slice(&provenance.list_chunk());
        let size = file.len() as u32 - 8;
        file[4..8].copy_from_slice(&size.to_le_bytes());
    }
    file.into()
}

/// Samples beyond this many bytes need the 64-bit sizes of RF64 (EBU Tech 3306, <https://tech.ebu.ch/publications/tech3306>): more
/// than 24 hours at 24 kHz. The margin is for the other chunks.
const LARGEST_RIFF: u64 = u32::MAX as u64 - (1 << 20);

/// Returns the bytes before and after the samples of a file of [`write()`], for samples that are not in memory. A file of more
/// than 4 GiB is in the format RF64.
pub fn frame(samples: usize, sample_rate: u32, provenance: Option<&Provenance>) -> (Bytes, Bytes) {
    let tail = provenance.map(Provenance::list_chunk).unwrap_or_default();
    (header(samples, sample_rate, &[], tail.len()), tail.into())
}

/// Returns the length of the header of a file without provenance in it, in bytes.
pub(crate) fn head_length(samples: usize) -> usize {
    if is_large(samples) { 80 } else { 44 }
}

/// Returns true if a file with this many samples has 64-bit sizes.
pub(crate) fn is_large(samples: usize) -> bool {
    2 * samples as u64 > LARGEST_RIFF
}

/// Returns the header of a file for streaming, with the provenance before the samples. A file of more than 4 GiB is in the format
/// RF64.
///
/// Without a number of samples both sizes are the largest possible ones, and players read the file to its end.
pub fn head(samples: Option<usize>, sample_rate: u32, provenance: Option<&Provenance>) -> Bytes {
    let list = provenance.map(Provenance::list_chunk).unwrap_or_default();
    let Some(samples) = samples else {
        let mut head = header(0, sample_rate, &list, 0).to_vec();
        let data = head.len() - 4;
        head[4..8].fill(0xFF);
        head[data..].fill(0xFF);
        return head.into();
    };
    header(samples, sample_rate, &list, 0)
}

/// Returns the bytes before the samples: `before` stands in front of them, `behind` bytes follow them.
fn header(samples: usize, sample_rate: u32, before: &[u8], behind: usize) -> Bytes {
    let data = 2 * samples as u64;
    let is_large = is_large(samples);
    // The sizes count everything after themselves.
    let riff = 4 + 24 + before.len() as u64 + 8 + data + behind as u64 + if is_large { 36 } else { 0 };
    let short = |size: u64| if is_large { u32::MAX } else { size as u32 };
    let mut head = if is_large { b"RF64" } else { b"RIFF" }.to_vec();
    head.extend_from_slice(&short(riff).to_le_bytes());
    head.extend_from_slice(b"WAVE");
    if is_large {
        head.extend_from_slice(b"ds64");
        head.extend_from_slice(&28_u32.to_le_bytes());
        for size in [riff, data, samples as u64] {
            head.extend_from_slice(&size.to_le_bytes());
        }
        head.extend_from_slice(&0_u32.to_le_bytes());
    }
    head.extend_from_slice(b"fmt ");
    head.extend_from_slice(&16_u32.to_le_bytes());
    // PCM, one channel.
    head.extend_from_slice(&1_u16.to_le_bytes());
    head.extend_from_slice(&1_u16.to_le_bytes());
    head.extend_from_slice(&sample_rate.to_le_bytes());
    head.extend_from_slice(&(2 * sample_rate).to_le_bytes());
    head.extend_from_slice(&2_u16.to_le_bytes());
    head.extend_from_slice(&16_u16.to_le_bytes());
    head.extend_from_slice(before);
    head.extend_from_slice(b"data");
    head.extend_from_slice(&short(data).to_le_bytes());
    head.into()
}

/// Returns the length of the header of a stored file and the number of bytes of its samples, from its first 80 bytes.
pub(crate) fn data_of(head: &[u8]) -> Option<(usize, u64)> {
    let is_large = head.starts_with(b"RF64");
    let length = if is_large { 80 } else { 44 };
    let chunk = head.get(length - 8..length)?.strip_prefix(b"data")?;
    if is_large {
        return Some((length, u64::from_le_bytes(head.get(28..36)?.try_into().ok()?)));
    }
    Some((length, u64::from(u32::from_le_bytes(chunk.try_into().ok()?))))
}

/// Converts samples to 16-bit little-endian PCM. Samples above full scale are clamped.
pub fn pcm16(samples: &[f32]) -> Bytes {
    let bytes: Vec<u8> = samples.iter().flat_map(|x| to_pcm16(*x).to_le_bytes()).collect();
    bytes.into()
}

/// Converts one sample. It is the inverse of [`read`], so reading and writing a file does not change it.
fn to_pcm16(sample: f32) -> i16 {
    // `as` clamps, and converts NaN to 0.
    (sample * 32768.0).round() as i16
}

/// The header of a mono 16-bit PCM WAV file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    /// In Hz; never zero.
    pub(crate) sample_rate: u32,
    pub(crate) samples: u32,
}

/// The reason why a file is not a whole mono 16-bit PCM WAV file.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HeaderError {
    #[error("it is not a WAV file")]
    NotWav(#[source] hound::Error),
    #[error("it has {channels} channels of {bits} bits at {rate} Hz; 1 channel of 16 bits is expected")]
    Layout { channels: u16, bits: u16, rate: u32 },
    #[error("it ends after {actual} bytes; {expected} are expected")]
    Truncated { actual: usize, expected: u64 },
}

/// Reads the header of a mono 16-bit PCM WAV file, and checks that all samples are there.
pub(crate) fn read_header(file: &[u8]) -> Result<Header, HeaderError> {
    let reader = WavReader::new(Cursor::new(file)).map_err(HeaderError::NotWav)?;
    let (spec, samples) = (reader.spec(), reader.duration());
    let layout = (spec.channels, spec.bits_per_sample, spec.sample_format);
    if layout != (1, 16, SampleFormat::Int) || spec.sample_rate == 0 {
        return Err(HeaderError::Layout {
            channels: spec.channels,
            bits: spec.bits_per_sample,
            rate: spec.sample_rate,
        });
    }
    // The reader is at the first sample.
    let expected = reader.into_inner().position() + 2 * u64::from(samples);
    if expected > file.len() as u64 {
        return Err(HeaderError::Truncated {
            actual: file.len(),
            expected,
        });
    }
    Ok(Header {
        sample_rate: spec.sample_rate,
        samples,
    })
}

/// Returns the length of a WAV file in seconds, from its header.
pub(crate) fn seconds(file: &[u8]) -> Option<f64> {
    let reader = WavReader::new(Cursor::new(file)).ok()?;
    let rate = reader.spec().sample_rate;
    (rate > 0).then(|| f64::from(reader.duration()) / f64::from(rate))
}

/// Reads a mono PCM16 WAV file, such as [`write()`] makes. Returns `None` for any other file.
///
/// Use [`decode`](super::decode) for files from other sources.
pub fn read(file: &[u8]) -> Option<Clip> {
    let mut reader = WavReader::new(Cursor::new(file)).ok()?;
    let spec = reader.spec();
    if (spec.channels, spec.bits_per_sample, spec.sample_format) != (1, 16, SampleFormat::Int) || spec.sample_rate == 0
    {
        return None;
    }
    let samples: Result<_, _> = reader
        .samples::<i16>()
        .map(|x| x.map(|x| f32::from(x) / 32768.0))
        .collect();
    Some(Clip::new(samples.ok()?, spec.sample_rate))
}

/// Reads the provenance of a WAV file. Returns `None` without one.
pub fn provenance(file: &[u8]) -> Option<Provenance> {
    let list = riff::find(file, *b"LIST").filter(|list| list.starts_with(b"INFO"))?;
    let text = |id: [u8; 4]| {
        // A list has the layout of a file: a header of twelve bytes, then chunks. Eight of the twelve are not in its body.
        let padded = [&[0; 8], list].concat();
        let body = riff::find(&padded, id)?;
        Some(String::from_utf8_lossy(body).trim_end_matches('\0').to_owned())
    };
    Some(Provenance::new(text(*b"ISFT")?, text(*b"ICMT")?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::testing::sine;
    use crate::audio::{Limits, decode};

    fn tone() -> Clip {
        Clip::new(sine(440.0, 0.5, 0.1, 24_000), 24_000)
    }

    #[test]
    fn written_files_are_read_without_changes() {
        let file = write(&tone(), None);
        let clip = read(&file).expect("written by this crate");
        assert_eq!(write(&clip, None), file);
        assert_eq!(seconds(&file), Some(clip.seconds()));
        assert_eq!(seconds(b"RIFF"), None);
        let worst = clip
            .samples()
            .iter()
            .zip(tone().samples())
            .map(|(a, b)| (a - b).abs())
            .fold(0.0, f32::max);
        assert!(worst <= 0.5 / 32768.0, "{worst}");
    }

    #[test]
    fn headers_equal_those_of_the_library() {
        let (head, tail) = frame(tone().len(), 24_000, None);
        assert_eq!(head, write(&tone(), None)[..44]);
        assert!(tail.is_empty());
        assert_eq!(data_of(&head), Some((44, 2 * tone().len() as u64)));
    }

    #[test]
    fn files_of_more_than_four_gigabytes_have_large_sizes() {
        let samples = 25 * 3600 * 24_000;
        let (head, tail) = frame(samples, 24_000, Some(&Provenance::new("loqui", "long")));
        assert_eq!(
            (&head[..4], &head[12..16], head.len()),
            (&b"RF64"[..], &b"ds64"[..], head_length(samples))
        );
        assert_eq!(data_of(&head), Some((80, 2 * samples as u64)));
        let riff = u64::from_le_bytes(head[20..28].try_into().unwrap());
        assert_eq!(riff, (head.len() + 2 * samples + tail.len()) as u64 - 8);
        assert_eq!(head_length(24 * 3600 * 24_000), 44);
    }

    #[test]
    fn samples_above_full_scale_are_clamped_and_nan_becomes_zero() {
        let clip = Clip::new(vec![2.0, -2.0, f32::NAN, f32::INFINITY], 24_000);
        let read = read(&write(&clip, None)).expect("written by this crate");
        assert_eq!(read.samples(), [32767.0 / 32768.0, -1.0, 0.0, 32767.0 / 32768.0]);
    }

    #[test]
    fn provenance_is_read_back_and_does_not_change_the_audio() {
        for comment in ["AI-generated speech", "made by a machine"] {
            let origin = Provenance::new("loqui 0.1.0", comment);
            let file = write(&tone(), Some(&origin));
            assert_eq!(provenance(&file).as_ref(), Some(&origin));
            assert_eq!(read(&file), read(&write(&tone(), None)));
            let size = u32::from_le_bytes(file[4..8].try_into().unwrap());
            assert_eq!(size as usize, file.len() - 8);
            let decoded = decode(&file, &Limits::default()).expect("a valid file");
            assert_eq!((decoded.frames(), decoded.truncated), (2_400, false));
        }
        assert_eq!(provenance(&write(&tone(), None)), None);
    }

    #[test]
    fn header_samples_and_trailer_make_the_same_file() {
        let clip = tone();
        let origin = Provenance::new("loqui", "odd");
        for origin in [Some(&origin), None] {
            let (head, tail) = frame(clip.len(), clip.sample_rate(), origin);
            let pieces = [head, pcm16(clip.samples()), tail].concat();
            assert_eq!(pieces, write(&clip, origin));
        }
    }

    #[test]
    fn streaming_files_are_readable_with_and_without_a_length() {
        let clip = tone();
        let origin = Provenance::new("loqui", "odd");
        for samples in [Some(clip.len()), None] {
            for origin in [Some(&origin), None] {
                let head = head(samples, clip.sample_rate(), origin);
                let file = [head, pcm16(clip.samples())].concat();
                let decoded = decode(&file, &Limits::default()).expect("a valid file");
                assert_eq!((decoded.frames(), decoded.truncated), (clip.len(), false));
                assert_eq!(provenance(&file).as_ref(), origin);
                if samples.is_some() {
                    let size = u32::from_le_bytes(file[4..8].try_into().unwrap());
                    assert_eq!(size as usize, file.len() - 8);
                }
            }
        }
    }

    #[test]
    fn other_files_have_no_clip_and_no_provenance() {
        assert_eq!(read(b"RIFF"), None);
        assert_eq!(provenance(b""), None);
    }
}
