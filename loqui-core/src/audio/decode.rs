//! Bytes to samples, whatever the file: contained, capped, counted.

mod codec;
#[cfg(feature = "formats")]
mod opus;

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use symphonia::core::errors::Error as SymphoniaError;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader, Track, TrackType};
use symphonia::core::io::{MediaSourceStream, MediaSourceStreamOptions};
use symphonia::core::meta::MetadataOptions;

use codec::{Codec, Shape};

use super::riff::{self, Encoding, RiffError};
use super::sniff::{Content, Readable, after_id3, after_junk, sniff};
use super::{Clip, Limits};

/// A promise missed by less is rounding, not damage: encoders and containers disagree about delay and padding.
const TRUNCATION_SECONDS: f64 = 0.25;

/// A recording, decoded.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Decoded {
    /// What kind of file it came from.
    pub content: Content,
    /// The rate, in Hz. From 1 kHz to 768 kHz.
    pub sample_rate: u32,
    /// How many channels; at least one.
    pub channels: u16,
    /// The samples of all channels, interleaved; full scale is 1.0. May hold what is not a number.
    pub samples: Vec<f32>,
    /// True if the file ends before the sound does.
    pub truncated: bool,
    /// True if the limits ended decoding before the file did.
    pub capped: bool,
    /// How long the file says it is, in seconds, where that can be believed.
    pub declared_seconds: Option<f64>,
}

impl Decoded {
    /// How many frames there are.
    pub fn frames(&self) -> usize {
        self.samples.len() / usize::from(self.channels)
    }

    /// How long it sounds, in seconds, counted by frames.
    pub fn seconds(&self) -> f64 {
        self.frames() as f64 / f64::from(self.sample_rate)
    }

    /// The mean of all channels, without a copy where there is only one; no sample is left.
    pub(crate) fn take_mono(&mut self) -> Clip {
        let mono = match self.channels {
            1 => Clip::new(std::mem::take(&mut self.samples), self.sample_rate),
            _ => self.mono(),
        };
        self.samples = Vec::new();
        mono
    }

    /// The mean of all channels: how every Chatterbox hears it (contract section 1.1).
    pub fn mono(&self) -> Clip {
        let share = 1.0 / f32::from(self.channels);
        let mono = match self.channels {
            1 => self.samples.clone(),
            // By far the most frequent: two at a time are added several times as fast.
            2 => {
                let (frames, _) = self.samples.as_chunks::<2>();
                frames.iter().map(|[left, right]| (left + right) * share).collect()
            }
            many => {
                let frames = self.samples.chunks_exact(many.into());
                frames.map(|frame| frame.iter().sum::<f32>() * share).collect()
            }
        };
        Clip::new(mono, self.sample_rate)
    }
}

/// Why there is no sound in a file.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// The file is larger than the limit.
    #[error("the file has {bytes} bytes; at most {limit} are taken")]
    TooLarge {
        /// Its size, in bytes.
        bytes: u64,
        /// The limit, in bytes.
        limit: u64,
    },
    /// The file is not a recording.
    #[error("{}", not_audio(*.0))]
    NotAudio(Content),
    /// The file is a recording in a format that is not decoded here.
    #[error("this is {0}, which cannot be decoded here")]
    NoDecoder(Content),
    /// The file is a recording whose codec is not decoded here.
    #[error("this is {content} with {codec} inside, which cannot be decoded here")]
    NoCodec {
        /// The container.
        content: Content,
        /// The codec.
        codec: String,
    },
    /// The file claims to be a recording, and is damaged beyond repair.
    #[error("this is {content}, but {reason}")]
    Damaged {
        /// What it claims to be.
        content: Content,
        /// What is wrong.
        reason: String,
    },
    /// The file is sound in form, and holds no sound.
    #[error("this is {0} without any sound in it")]
    NoSound(Content),
}

fn not_audio(content: Content) -> String {
    match content {
        Content::Empty => "the file is empty".to_owned(),
        other => format!("this is {other}, not a recording"),
    }
}

/// Decodes a recording, whatever it is called and however it was damaged.
///
/// A decoder that panics is contained; limits bound the memory and the time.
///
/// # Errors
///
/// A [`DecodeError`] that names what the file is.
///
/// # Examples
///
/// ```
/// use loqui_core::audio::{Limits, decode};
///
/// let error = decode(b"\x89PNG\r\n\x1a\n", &Limits::default()).unwrap_err();
/// assert_eq!(error.to_string(), "this is a PNG picture, not a recording");
/// ```
pub fn decode(bytes: &[u8], limits: &Limits) -> Result<Decoded, DecodeError> {
    let size = bytes.len() as u64;
    if size > limits.bytes {
        return Err(DecodeError::TooLarge {
            bytes: size,
            limit: limits.bytes,
        });
    }
    let (content, bytes) = match sniff(bytes) {
        Content::Unknown => after_junk(bytes).map_or((Content::Unknown, bytes), |rest| (sniff(rest), rest)),
        content => (content, bytes),
    };
    match content.readable() {
        Readable::NotAudio => return Err(DecodeError::NotAudio(content)),
        Readable::NoDecoder => return Err(DecodeError::NoDecoder(content)),
        Readable::Yes | Readable::Perhaps => {}
    }
    let decoded = if content == Content::Wav {
        decode_wav(after_id3(bytes), limits)?
    } else {
        decode_contained(bytes, content, limits)?
    };
    if decoded.samples.is_empty() {
        return Err(DecodeError::NoSound(decoded.content));
    }
    Ok(decoded)
}

/// The decoder never sees the file's own header, so everything that is wrong with headers is dealt with in one place.
fn decode_wav(bytes: &[u8], limits: &Limits) -> Result<Decoded, DecodeError> {
    let wave = riff::walk(bytes).map_err(|error| match error {
        RiffError::NoData => DecodeError::NoSound(Content::Wav),
        error => damaged(Content::Wav, &error),
    })?;
    if wave.data.is_empty() {
        return Err(DecodeError::NoSound(Content::Wav));
    }
    let mut decoded = match wave.encoding {
        Encoding::Mp3 => decode_contained(wave.data, Content::Wav, limits)?,
        Encoding::Other(tag) => {
            return Err(DecodeError::NoCodec {
                content: Content::Wav,
                codec: codec_name(tag),
            });
        }
        _ => decode_contained(&wave.canonical(), Content::Wav, limits)?,
    };
    decoded.truncated = wave.is_truncated() && !decoded.capped;
    decoded.declared_seconds = wave.declared_seconds();
    Ok(decoded)
}

/// Registered numbers of what is met inside WAV files.
fn codec_name(tag: u16) -> String {
    match tag {
        0x02 => "Microsoft ADPCM".to_owned(),
        0x11 => "IMA ADPCM".to_owned(),
        0x31 => "GSM 6.10".to_owned(),
        0x50 => "MPEG layer II".to_owned(),
        0x161 | 0x162 => "Windows Media Audio".to_owned(),
        tag => format!("codec {tag:#06x}"),
    }
}

fn damaged(content: Content, reason: &dyn ToString) -> DecodeError {
    DecodeError::Damaged {
        content,
        reason: reason.to_string(),
    }
}

fn decode_contained(bytes: &[u8], content: Content, limits: &Limits) -> Result<Decoded, DecodeError> {
    catch_unwind(AssertUnwindSafe(|| decode_stream(bytes, content, limits)))
        .unwrap_or_else(|_| Err(damaged(content, &"its decoder gave up on it")))
}

fn decode_stream(bytes: &[u8], content: Content, limits: &Limits) -> Result<Decoded, DecodeError> {
    let stream = MediaSourceStream::new(Box::new(Cursor::new(bytes)), MediaSourceStreamOptions::default());
    let mut reader = symphonia::default::get_probe()
        .probe(
            &Hint::new(),
            stream,
            FormatOptions::default(),
            MetadataOptions::default(),
        )
        .map_err(|error| refusal(content, &error))?;
    let content = if content == Content::Unknown {
        named(reader.format_info().short_name)
    } else {
        content
    };
    let track = reader
        .default_track(TrackType::Audio)
        .ok_or(DecodeError::NoSound(content))?;
    let declared_seconds = declared_seconds(track, content, bytes);
    let id = track.id;
    let params = track
        .codec_params
        .as_ref()
        .and_then(|params| params.audio())
        .ok_or(DecodeError::NoSound(content))?;
    let mut decoder = Codec::of(params).map_err(|error| match error {
        SymphoniaError::Unsupported(_) => DecodeError::NoCodec {
            content,
            codec: codec::name(params.codec),
        },
        error => refusal(content, &error),
    })?;
    let mut sound = Sound::default();
    let end = sound.fill(reader.as_mut(), &mut decoder, id, limits);
    if sound.samples.is_empty() {
        return Err(match end {
            End::Broken(error) => refusal(content, &error),
            _ => DecodeError::NoSound(content),
        });
    }
    let mut decoded = Decoded {
        content,
        sample_rate: sound.rate,
        channels: sound.channels,
        samples: sound.samples,
        truncated: matches!(&end, End::Broken(error) if !(is_end(error) && is_live(content, bytes))),
        capped: matches!(end, End::Capped),
        declared_seconds,
    };
    if !decoded.capped && declared_seconds.is_some_and(|declared| decoded.seconds() < declared - TRUNCATION_SECONDS) {
        decoded.truncated = true;
    }
    Ok(decoded)
}

/// How decoding came to its end.
enum End {
    Reached,
    Capped,
    /// With an error: since the reader answers a plain end otherwise, the file is damaged.
    Broken(SymphoniaError),
}

#[derive(Default)]
struct Sound {
    rate: u32,
    channels: u16,
    samples: Vec<f32>,
    packet: Vec<f32>,
}

impl Sound {
    fn fill(&mut self, reader: &mut dyn FormatReader, decoder: &mut Codec, track: u32, limits: &Limits) -> End {
        let mut first_error = None;
        let end = loop {
            let packet = match reader.next_packet() {
                Ok(Some(packet)) if packet.track_id == track => packet,
                Ok(Some(_)) => continue,
                Ok(None) => break End::Reached,
                Err(error) => break End::Broken(error),
            };
            match decoder.decode(&packet, &mut self.packet) {
                Ok(Shape { rate, channels }) => {
                    if self.samples.is_empty() {
                        (self.rate, self.channels) = (rate, channels);
                    }
                    if !(1_000..=768_000).contains(&rate) || channels == 0 {
                        break End::Broken(SymphoniaError::DecodeError("impossible rate or channels"));
                    }
                    // Two files glued together: what follows would play at the wrong speed.
                    if rate != self.rate {
                        break End::Broken(SymphoniaError::DecodeError("the rate changes in the middle"));
                    }
                    self.append(channels);
                    if self.cap(limits) {
                        break End::Capped;
                    }
                }
                // One bad packet costs a few milliseconds, not the recording.
                Err(error @ (SymphoniaError::DecodeError(_) | SymphoniaError::IoError(_))) => {
                    first_error.get_or_insert(error);
                }
                Err(error) => break End::Broken(error),
            }
        };
        // Nothing came out: why is what the first packet says.
        match first_error {
            Some(error) if self.samples.is_empty() => End::Broken(error),
            _ => end,
        }
    }

    /// Takes over the packet; a packet with another number of channels is spread over those of the first.
    fn append(&mut self, channels: u16) {
        if channels == self.channels {
            self.samples.extend_from_slice(&self.packet);
            return;
        }
        for frame in self.packet.chunks_exact(channels.into()) {
            self.samples
                .extend((0..usize::from(self.channels)).map(|channel| frame[channel.min(frame.len() - 1)]));
        }
    }

    fn cap(&mut self, limits: &Limits) -> bool {
        let channels = usize::from(self.channels);
        let by_time = (limits.seconds * f64::from(self.rate)) as usize;
        let most = by_time.min(limits.samples / channels) * channels;
        let over = self.samples.len() > most;
        self.samples.truncate(most);
        over
    }
}

/// How long the file says it is, where that is counted rather than guessed.
/// A browser writes as it records: it cannot know sizes, and the end of its file is the end of the sound.
fn is_live(content: Content, bytes: &[u8]) -> bool {
    const SEGMENT: [u8; 4] = [0x18, 0x53, 0x80, 0x67];
    /// "Unknown", in one byte or in eight.
    const UNKNOWN: [&[u8]; 2] = [&[0xff], &[0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]];
    let head = &bytes[..bytes.len().min(256)];
    let segment = head.windows(SEGMENT.len()).position(|name| name == SEGMENT);
    content == Content::WebM
        && segment.is_some_and(|at| UNKNOWN.iter().any(|size| head[at + SEGMENT.len()..].starts_with(size)))
}

fn is_end(error: &SymphoniaError) -> bool {
    matches!(error, SymphoniaError::IoError(error) if error.kind() == std::io::ErrorKind::UnexpectedEof)
}

fn declared_seconds(track: &Track, content: Content, bytes: &[u8]) -> Option<f64> {
    // Without a table of contents an MP3's length is guessed from its first frames: 52 s for 16 s was seen.
    let counted = match content {
        Content::Mp3 => has_frame_count(bytes),
        // A fragmented MP4 says zero, or the length of its first fragment.
        Content::Flac | Content::M4a | Content::OggVorbis | Content::Aiff | Content::Caf => true,
        _ => false,
    };
    let rate = track.codec_params.as_ref()?.audio()?.sample_rate?;
    let frames = track.num_frames.filter(|frames| counted && *frames > 0)?;
    (rate > 0).then(|| frames as f64 / f64::from(rate))
}

/// The first frame of an MP3 may carry a table of contents under one of three names.
fn has_frame_count(bytes: &[u8]) -> bool {
    let body = after_id3(bytes);
    let head = &body[..body.len().min(256)];
    head.windows(4).any(|name| matches!(name, b"Xing" | b"Info" | b"VBRI"))
}

fn named(short_name: &str) -> Content {
    match short_name {
        "mp3" => Content::Mp3,
        "mp2" | "mp1" => Content::Mp2,
        "wave" => Content::Wav,
        "flac" => Content::Flac,
        "aac" => Content::Aac,
        "isomp4" => Content::M4a,
        "matroska" | "webm" => Content::WebM,
        "aiff" => Content::Aiff,
        "caf" => Content::Caf,
        "ogg" => Content::OggVorbis,
        _ => Content::Unknown,
    }
}

fn refusal(content: Content, error: &SymphoniaError) -> DecodeError {
    match error {
        _ if content == Content::Unknown => DecodeError::NotAudio(Content::Unknown),
        SymphoniaError::Unsupported(what) => DecodeError::NoCodec {
            content,
            codec: (*what).to_owned(),
        },
        SymphoniaError::IoError(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
            damaged(content, &"it ends before any sound")
        }
        error => damaged(content, error),
    }
}

#[cfg(test)]
mod tests;
