//! Opus: what browsers and messengers record.

use ropus::{Channels, DecodeMode, Decoder};
use symphonia::core::codecs::audio::AudioCodecParameters;
use symphonia::core::errors::Error as SymphoniaError;
use symphonia::core::packet::Packet;

use super::codec::Shape;

/// Opus is always decoded at this rate, in Hz, whatever was recorded (RFC 7845, section 5.1).
const RATE: u32 = 48_000;
/// The start of an encoder's output that is not sound where a header does not say: 80 ms (RFC 7845, section 4.2).
const USUAL_SKIP: usize = 3_840;

pub(super) struct Opus {
    decoder: Decoder,
    channels: usize,
    /// Frames at the start that are still to be dropped.
    skip: usize,
    /// Room for the longest packet.
    room: Vec<f32>,
}

/// What the identification header says (RFC 7845, section 5.1).
struct Head {
    channels: u8,
    skip: usize,
    /// In 1/256 dB.
    gain: i16,
    family: u8,
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
            ..,
        ] = *rest
        else {
            return None;
        };
        Some(Self {
            channels,
            skip: u16::from_le_bytes([skip_low, skip_high]).into(),
            gain: i16::from_le_bytes([gain_low, gain_high]),
            family,
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
                skip: USUAL_SKIP,
                gain: 0,
                family: 0,
            });
        let channels = match (head.family, head.channels) {
            (0 | 1, 1) => Channels::Mono,
            (0 | 1, 2) => Channels::Stereo,
            _ => return Err(SymphoniaError::Unsupported("Opus with more than two channels")),
        };
        let mut decoder =
            Decoder::new(RATE, channels).map_err(|_| SymphoniaError::DecodeError("the Opus decoder did not start"))?;
        decoder
            .set_gain(head.gain.into())
            .map_err(|_| SymphoniaError::DecodeError("the Opus header has an impossible gain"))?;
        let room = vec![0.0; decoder.max_frame_samples_per_channel() * channels.count()];
        Ok(Self {
            decoder,
            channels: channels.count(),
            skip: head.skip,
            room,
        })
    }

    pub(super) fn decode(&mut self, packet: &Packet, into: &mut Vec<f32>) -> Result<Shape, SymphoniaError> {
        into.clear();
        // An empty packet would ask the decoder to invent what was lost.
        if !packet.data.is_empty() {
            let frames = self
                .decoder
                .decode_float(&packet.data, &mut self.room, DecodeMode::Normal)
                .map_err(|_| SymphoniaError::DecodeError("an Opus packet is damaged"))?;
            let skipped = self.skip.min(frames);
            self.skip -= skipped;
            // The last packet is filled up; the time of its page says from where on (RFC 7845, section 4.4).
            let padding = usize::try_from(packet.trim_end.get()).unwrap_or(usize::MAX);
            let end = frames.saturating_sub(padding).max(skipped);
            into.extend_from_slice(&self.room[skipped * self.channels..end * self.channels]);
        }
        Ok(Shape {
            rate: RATE,
            channels: self.channels as u16,
        })
    }
}
