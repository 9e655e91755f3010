//! Decodes a container with Symphonia, packet by packet.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use symphonia::core::errors::Error as SymphoniaError;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader, TrackType};
use symphonia::core::io::{MediaSourceStream, MediaSourceStreamOptions};
use symphonia::core::meta::MetadataOptions;

use super::codec::{self, Codec, Shape};
use super::{DecodeError, Decoded, container, damaged};
use crate::audio::{Content, Limits};

/// The tolerance for a declared length. Encoders and containers disagree about delay and padding.
const TRUNCATION_SECONDS: f64 = 0.25;

/// Decodes a container and turns a panic of the decoder into an error.
pub(super) fn decode_contained(bytes: &[u8], content: Content, limits: &Limits) -> Result<Decoded, DecodeError> {
    catch_unwind(AssertUnwindSafe(|| decode_stream(bytes, content, limits)))
        .unwrap_or_else(|_| Err(damaged(content, &"the decoder failed")))
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
        .map_err(|error| error_of(content, &error))?;
    let content = if content == Content::Unknown {
        container::content_of(reader.format_info().short_name)
    } else {
        content
    };
    let track = reader
        .default_track(TrackType::Audio)
        .ok_or(DecodeError::NoSound(content))?;
    let declared_seconds = container::declared_seconds(track, content, bytes);
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
        error => error_of(content, &error),
    })?;
    let mut audio = Audio::default();
    let end = audio.fill(reader.as_mut(), &mut decoder, id, limits);
    if audio.samples.is_empty() {
        return Err(match end {
            End::Broken(error) => error_of(content, &error),
            _ => DecodeError::NoSound(content),
        });
    }
    let mut decoded = Decoded {
        content,
        sample_rate: audio.rate,
        channels: audio.channels,
        samples: audio.samples,
        truncated: matches!(&end, End::Broken(error) if !(is_unexpected_end(error) && container::is_live(content, bytes))),
        capped: matches!(end, End::Capped),
        declared_seconds,
    };
    if !decoded.capped && declared_seconds.is_some_and(|declared| decoded.seconds() < declared - TRUNCATION_SECONDS) {
        decoded.truncated = true;
    }
    Ok(decoded)
}

/// The reason why decoding ended.
enum End {
    Reached,
    Capped,
    /// An error: the file is damaged.
    Broken(SymphoniaError),
}

/// The decoded samples.
#[derive(Default)]
struct Audio {
    rate: u32,
    channels: u16,
    samples: Vec<f32>,
    packet: Vec<f32>,
}

impl Audio {
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
                        break End::Broken(SymphoniaError::DecodeError("invalid sample rate or number of channels"));
                    }
                    // Concatenated files: the rest would play at the wrong speed.
                    if rate != self.rate {
                        break End::Broken(SymphoniaError::DecodeError("the sample rate changes in the middle"));
                    }
                    self.append(channels);
                    if self.cap(limits) {
                        break End::Capped;
                    }
                }
                // One damaged packet loses a few milliseconds. Skip it.
                Err(error @ (SymphoniaError::DecodeError(_) | SymphoniaError::IoError(_))) => {
                    first_error.get_or_insert(error);
                }
                Err(error) => break End::Broken(error),
            }
        };
        // Without any audio, the error of the first packet is the reason.
        match first_error {
            Some(error) if self.samples.is_empty() => End::Broken(error),
            _ => end,
        }
    }

    /// Appends the packet. A packet with another number of channels is mapped to the channels of the first packet.
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

    /// Truncates the audio at the limits. Returns true if there was more.
    fn cap(&mut self, limits: &Limits) -> bool {
        let channels = usize::from(self.channels);
        let by_time = (limits.seconds * f64::from(self.rate)) as usize;
        let most = by_time.min(limits.samples / channels) * channels;
        let over = self.samples.len() > most;
        self.samples.truncate(most);
        over
    }
}

/// Converts an error of Symphonia.
fn error_of(content: Content, error: &SymphoniaError) -> DecodeError {
    match error {
        _ if content == Content::Unknown => DecodeError::NotAudio(Content::Unknown),
        SymphoniaError::Unsupported(what) => DecodeError::NoCodec {
            content,
            codec: (*what).to_owned(),
        },
        SymphoniaError::IoError(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
            damaged(content, &"it ends before any audio")
        }
        error => damaged(content, error),
    }
}

fn is_unexpected_end(error: &SymphoniaError) -> bool {
    matches!(error, SymphoniaError::IoError(error) if error.kind() == std::io::ErrorKind::UnexpectedEof)
}
