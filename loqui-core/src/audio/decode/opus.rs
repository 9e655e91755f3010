//! The Opus decoder. Browsers and messengers record Opus.
//!
//! Sections refer to RFC 7845 (<https://www.rfc-editor.org/rfc/rfc7845>).

use ropus::{Channels, DecodeMode, Decoder, OpusMSDecoder};
use symphonia::core::codecs::audio::AudioCodecParameters;
use symphonia::core::errors::Error as SymphoniaError;
use symphonia::core::packet::Packet;

use super::sink::Format;

/// The output rate of the decoder, in Hz, for any input rate (section 5.1).
const RATE: u32 = 48_000;
/// The default pre-skip without a header: 80 ms (section 4.2).
const DEFAULT_SKIP: usize = 3_840;

/// The longest packet: 120 ms.
const MOST_FRAMES: usize = RATE as usize * 120 / 1000;

pub(super) struct Opus {
    decoder: Streams,
    channels: usize,
    mask: Option<u32>,
    /// The remaining frames to drop at the start.
    skip: usize,
    /// The output buffer, as long as the longest packet.
    buffer: Vec<f32>,
}

/// The decoder of one stream with up to two channels, or of several streams.
enum Streams {
    One(Box<Decoder>),
    Several {
        decoder: OpusMSDecoder,
        gain: f32,
        buffer: Vec<i16>,
    },
}

/// The positions of channels as a mask of WAV, and the channels of Opus in the order of WAV (section 5.1.1.2).
const LAYOUTS: [(u32, &[usize]); 6] = [
    (0x7, &[0, 2, 1]),
    (0x33, &[0, 1, 2, 3]),
    (0x37, &[0, 2, 1, 3, 4]),
    (0x3f, &[0, 2, 1, 5, 3, 4]),
    (0x70f, &[0, 2, 1, 6, 5, 3, 4]),
    (0x63f, &[0, 2, 1, 7, 5, 6, 3, 4]),
];

/// The identification header (section 5.1).
struct Head {
    channels: u8,
    skip: usize,
    /// The gain in 1/256 dB.
    gain: i16,
    family: u8,
    /// For more than two channels: the number of streams, that of streams with two channels, and the channels of the streams
    /// that become the channels of the file.
    mapping: Vec<u8>,
}

impl Head {
    fn read(bytes: &[u8]) -> Option<Self> {
        let rest = bytes.strip_prefix(b"OpusHead")?;
        let [
            _,
            channels,
            skip_low,
            skip_high,
            _,
            _,
            _,
            _,
            gain_low,
            gain_high,
            family,
            ref mapping @ ..,
        ] = *rest
        else {
            return None;
        };
        Some(Self {
            channels,
            skip: u16::from_le_bytes([skip_low, skip_high]).into(),
            gain: i16::from_le_bytes([gain_low, gain_high]),
            family,
            mapping: mapping.to_vec(),
        })
    }
}

impl Opus {
    pub(super) fn of(params: &AudioCodecParameters) -> Result<Self, SymphoniaError> {
        let head = params
            .extra_data
            .as_deref()
            .and_then(Head::read)
            .unwrap_or_else(|| Head {
                channels: params.channels.as_ref().map_or(1, |channels| channels.count() as u8),
                skip: DEFAULT_SKIP,
                gain: 0,
                family: 0,
                mapping: Vec::new(),
            });
        let channels = match (head.family, head.channels) {
            (0 | 1, 1) => Channels::Mono,
            (0 | 1, 2) => Channels::Stereo,
            (1, 3..=8) => return Self::of_several(&head),
            _ => return Err(SymphoniaError::Unsupported("Opus with unusual channels")),
        };
        let mut decoder =
            Decoder::new(RATE, channels).map_err(|_| SymphoniaError::DecodeError("the Opus decoder did not start"))?;
        decoder
            .set_gain(head.gain.into())
            .map_err(|_| SymphoniaError::DecodeError("the Opus header has an invalid gain"))?;
        let buffer = vec![0.0; decoder.max_frame_samples_per_channel() * channels.count()];
        Ok(Self {
            decoder: Streams::One(Box::new(decoder)),
            channels: channels.count(),
            mask: None,
            skip: head.skip,
            buffer,
        })
    }

    /// Creates the decoder of a file with three to eight channels.
    fn of_several(head: &Head) -> Result<Self, SymphoniaError> {
        const DAMAGED: SymphoniaError = SymphoniaError::DecodeError("the Opus header is damaged");
        let channels = usize::from(head.channels);
        let (mask, order) = LAYOUTS.get(channels - 3).copied().ok_or(DAMAGED)?;
        let [streams, coupled, mapping @ ..] = head.mapping.as_slice() else {
            return Err(DAMAGED);
        };
        let mapping: Option<Vec<u8>> = order.iter().map(|channel| mapping.get(*channel).copied()).collect();
        let decoder = OpusMSDecoder::new(
            RATE.cast_signed(),
            head.channels.into(),
            (*streams).into(),
            (*coupled).into(),
            &mapping.ok_or(DAMAGED)?,
        );
        Ok(Self {
            decoder: Streams::Several {
                decoder: decoder.map_err(|_| DAMAGED)?,
                gain: 10.0_f32.powf(f32::from(head.gain) / 256.0 / 20.0),
                buffer: vec![0; MOST_FRAMES * channels],
            },
            channels,
            mask: Some(mask),
            skip: head.skip,
            buffer: vec![0.0; MOST_FRAMES * channels],
        })
    }

    /// Decodes a packet into the buffer and returns the number of frames.
    fn decode_packet(&mut self, packet: &[u8]) -> Option<usize> {
        match &mut self.decoder {
            Streams::One(decoder) => decoder.decode_float(packet, &mut self.buffer, DecodeMode::Normal).ok(),
            Streams::Several { decoder, gain, buffer } => {
                let length = i32::try_from(packet.len()).ok()?;
                let most = (buffer.len() / self.channels) as i32;
                let frames = decoder.decode(Some(packet), length, buffer, most, false).ok()?;
                let frames = usize::try_from(frames).ok()?;
                for (slot, x) in self.buffer.iter_mut().zip(&buffer[..frames * self.channels]) {
                    *slot = f32::from(*x) / 32_768.0 * *gain;
                }
                Some(frames)
            }
        }
    }

    pub(super) fn decode(&mut self, packet: &Packet, into: &mut Vec<f32>) -> Result<Format, SymphoniaError> {
        into.clear();
        // An empty packet would start the concealment of lost packets.
        if !packet.data.is_empty() {
            let frames = self
                .decode_packet(&packet.data)
                .ok_or(SymphoniaError::DecodeError("an Opus packet is damaged"))?;
            let skipped = self.skip.min(frames);
            self.skip -= skipped;
            // The last packet is padded. The granule position of its page gives the end of the audio (section 4.4).
            let padding = usize::try_from(packet.trim_end.get()).unwrap_or(usize::MAX);
            let end = frames.saturating_sub(padding).max(skipped);
            into.extend_from_slice(&self.buffer[skipped * self.channels..end * self.channels]);
        }
        Ok(Format {
            rate: RATE,
            channels: self.channels as u16,
            mask: self.mask,
        })
    }
}
