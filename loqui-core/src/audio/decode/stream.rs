//! Decodes a container with Symphonia, packet by packet.

use std::ops::{ControlFlow, Range};
use std::panic::{AssertUnwindSafe, catch_unwind};

use symphonia::core::codecs::CodecParameters;
use symphonia::core::errors::Error as SymphoniaError;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader, TrackType};
use symphonia::core::io::{MediaSourceStream, MediaSourceStreamOptions};
use symphonia::core::meta::MetadataOptions;

use super::codec::{self, Codec};
use super::sink::{Counted, End, Format, Sink};
use super::{DecodeError, Outcome, Remark, container, damaged, tracks};
use crate::audio::Content;
use crate::audio::input::Input;

/// The tolerance for a declared length. Encoders and containers disagree about delay and padding.
const TRUNCATION_SECONDS: f64 = 0.25;

/// The bytes at the start of a container that [`container`] looks at.
const HEAD: usize = 1 << 16;

/// A container in parts of a file.
pub(super) struct Container<'a> {
    pub(super) input: &'a Input<'a>,
    pub(super) parts: Vec<Range<u64>>,
    pub(super) content: Content,
}

impl<'a> Container<'a> {
    /// Opens the container at its start.
    pub(super) fn open(&self) -> Result<Box<dyn FormatReader + 'a>, DecodeError> {
        let view = self.input.view(self.parts.clone());
        let stream = MediaSourceStream::new(Box::new(view), MediaSourceStreamOptions::default());
        symphonia::default::get_probe()
            .probe(
                &Hint::new(),
                stream,
                FormatOptions::default(),
                MetadataOptions::default(),
            )
            .map_err(|error| error_of(self.content, &error))
    }
}

/// Decodes a container into a sink. A panic of the decoder ends the audio, as other damage does.
pub(super) fn decode(
    input: &Input<'_>,
    parts: Vec<Range<u64>>,
    content: Content,
    sink: &mut Counted<'_>,
) -> Result<Outcome, DecodeError> {
    let mut container = Container { input, parts, content };
    let decoded = catch_unwind(AssertUnwindSafe(|| decode_container(&mut container, sink)));
    match decoded {
        Ok(decoded) => decoded,
        Err(_) if sink.frames > 0 => Ok(Outcome {
            content: container.content,
            format: sink.format(),
            frames: sink.frames,
            truncated: true,
            capped: false,
            declared_seconds: None,
            remarks: Vec::new(),
        }),
        Err(_) => Err(damaged(content, &"the decoder failed")),
    }
}

fn decode_container(container: &mut Container<'_>, sink: &mut Counted<'_>) -> Result<Outcome, DecodeError> {
    let mut reader = container.open()?;
    if container.content == Content::Unknown {
        container.content = container::content_of(reader.format_info().short_name);
    }
    let content = container.content;
    let start = container.parts.first().map_or(0, |part| part.start);
    let head = container.input.bytes(start, HEAD);
    let mut remarks = Vec::new();
    let is_video = |params: &CodecParameters| matches!(params, CodecParameters::Video(_));
    if reader
        .tracks()
        .iter()
        .any(|track| track.codec_params.as_ref().is_some_and(is_video))
    {
        remarks.push(Remark::Video);
    }
    let found = tracks::audio(reader.as_ref());
    let id = match found.as_slice() {
        [] => return Err(no_track(reader.as_ref(), content)),
        [id] => *id,
        several => {
            let (index, id) = tracks::with_speech(container, reader.as_ref(), several)?;
            remarks.push(Remark::Track {
                number: index + 1,
                of: several.len(),
            });
            id
        }
    };
    let track = reader
        .tracks()
        .iter()
        .find(|track| track.id == id)
        .ok_or(DecodeError::NoSound(content))?;
    let declared_seconds = container::declared_seconds(track, content, &head);
    let params = track
        .codec_params
        .as_ref()
        .and_then(|params| params.audio())
        .ok_or(DecodeError::NoSound(content))?;
    let mut decoder = Codec::of(params).map_err(|error| error_of(content, &error))?;
    let end = fill(reader.as_mut(), &mut decoder, id, sink);
    if let End::Broken(error) = &end
        && sink.frames == 0
    {
        return Err(error_of(content, error));
    }
    let format = sink.format();
    let capped = matches!(end, End::Stopped);
    let seconds = sink.frames as f64 / f64::from(format.rate);
    let broken =
        matches!(&end, End::Broken(error) if !(is_unexpected_end(error) && container::is_live(content, &head)));
    let short = declared_seconds.is_some_and(|declared| seconds < declared - TRUNCATION_SECONDS);
    Ok(Outcome {
        content,
        format,
        frames: sink.frames,
        truncated: broken || (short && !capped),
        capped,
        declared_seconds,
        remarks,
    })
}

/// The error for a container without a track that can be decoded.
fn no_track(reader: &dyn FormatReader, content: Content) -> DecodeError {
    let params = reader
        .default_track(TrackType::Audio)
        .and_then(|track| track.codec_params.as_ref())
        .and_then(|params| params.audio());
    match params.map(|params| (params, Codec::of(params))) {
        Some((params, Err(SymphoniaError::Unsupported(_)))) => DecodeError::NoCodec {
            content,
            codec: codec::name(params.codec),
        },
        Some((_, Err(error))) => error_of(content, &error),
        _ => DecodeError::NoSound(content),
    }
}

/// Decodes a track into a sink.
fn fill(reader: &mut dyn FormatReader, decoder: &mut Codec, track: u32, sink: &mut dyn Sink) -> End {
    let mut first_error = None;
    let mut output = Output::default();
    let end = loop {
        let packet = match reader.next_packet() {
            Ok(Some(packet)) if packet.track_id == track => packet,
            Ok(Some(_)) => continue,
            Ok(None) => break End::Reached,
            Err(error) => break End::Broken(error),
        };
        match output.decode(decoder, &packet, sink) {
            Ok(ControlFlow::Continue(())) => {}
            Ok(ControlFlow::Break(end)) => break end,
            // One damaged packet loses a few milliseconds. Skip it.
            Err(error @ (SymphoniaError::DecodeError(_) | SymphoniaError::IoError(_))) => {
                first_error.get_or_insert(error);
            }
            Err(error) => break End::Broken(error),
        }
    };
    // Without any audio, the error of the first packet is the reason.
    match first_error {
        Some(error) if output.format.is_none() => End::Broken(error),
        _ => end,
    }
}

/// The decoded packets of a track, which all get the format of the first.
#[derive(Default)]
pub(super) struct Output {
    format: Option<Format>,
    packet: Vec<f32>,
    mapped: Vec<f32>,
}

impl Output {
    /// Decodes a packet into a sink.
    pub(super) fn decode(
        &mut self,
        decoder: &mut Codec,
        packet: &symphonia::core::packet::Packet,
        sink: &mut dyn Sink,
    ) -> Result<ControlFlow<End>, SymphoniaError> {
        let format = decoder.decode(packet, &mut self.packet)?;
        if self.packet.is_empty() {
            return Ok(ControlFlow::Continue(()));
        }
        if !(1_000..=768_000).contains(&format.rate) || format.channels == 0 {
            let error = SymphoniaError::DecodeError("invalid sample rate or number of channels");
            return Ok(ControlFlow::Break(End::Broken(error)));
        }
        let first = *self.format.get_or_insert(format);
        // Concatenated files: the rest would play at the wrong speed.
        if format.rate != first.rate {
            let error = SymphoniaError::DecodeError("the sample rate changes in the middle");
            return Ok(ControlFlow::Break(End::Broken(error)));
        }
        let samples = if format.channels == first.channels {
            &self.packet
        } else {
            // A packet with another number of channels is mapped to the channels of the first packet.
            self.mapped.clear();
            for frame in self.packet.chunks_exact(format.channels.into()) {
                self.mapped
                    .extend((0..usize::from(first.channels)).map(|channel| frame[channel.min(frame.len() - 1)]));
            }
            &self.mapped
        };
        Ok(match sink.push(samples, first) {
            ControlFlow::Continue(()) => ControlFlow::Continue(()),
            ControlFlow::Break(()) => ControlFlow::Break(End::Stopped),
        })
    }
}

/// Converts an error of Symphonia.
pub(super) fn error_of(content: Content, error: &SymphoniaError) -> DecodeError {
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
