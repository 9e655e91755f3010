//! The Opus decoder. Browsers and messengers record Opus.
//!
//! Sections refer to RFC 7845 (<https://www.rfc-editor.org/rfc/rfc7845>).

use ropus::{Channels, DecodeMode, Decoder};
use symphonia::core::codecs::audio::AudioCodecParameters;
use symphonia::core::errors::Error as SymphoniaError;
use symphonia::core::packet::Packet;

use super::sink::Format;

/// The output rate of the decoder, in Hz, for any input rate (section 5.1).
const RATE: u32 = 48_000;
/// The default pre-skip without a header: 80 ms (section 4.2).
const DEFAULT_SKIP: usize = 3_840;

pub(super) struct Opus {
    decoder: Decoder,
    channels: usize,
    /// The remaining frames to drop at the start.
    skip: usize,
    /// The output buffer, as long as the longest packet.
    buffer: Vec<f32>,
}

/// The identification header (section 5.1).
struct Head {
    channels: u8,
    skip: usize,
    /// The gain in 1/256 dB.
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
                skip: DEFAULT_SKIP,
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
            .map_err(|_| SymphoniaError::DecodeError("the Opus header has an invalid gain"))?;
        let buffer = vec![0.0; decoder.max_frame_samples_per_channel() * channels.count()];
        Ok(Self {
            decoder,
            channels: channels.count(),
            skip: head.skip,
            buffer,
        })
    }

    pub(super) fn decode(&mut self, packet: &Packet, into: &mut Vec<f32>) -> Result<Format, SymphoniaError> {
        into.clear();
        // An empty packet would start the concealment of lost packets.
        if !packet.data.is_empty() {
            let frames = self
                .decoder
                .decode_float(&packet.data, &mut self.buffer, DecodeMode::Normal)
                .map_err(|_| SymphoniaError::DecodeError("an Opus packet is damaged"))?;
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
            mask: None,
        })
    }
}
