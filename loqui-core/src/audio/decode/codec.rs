//! Audio decoders: those of Symphonia, and one for Opus, which Symphonia lacks.

use symphonia::core::audio::Channels;
use symphonia::core::codecs::audio::well_known as codec;
use symphonia::core::codecs::audio::{AudioCodecId, AudioCodecParameters, AudioDecoder, AudioDecoderOptions};
use symphonia::core::errors::Error as SymphoniaError;
use symphonia::core::packet::Packet;

#[cfg(feature = "formats")]
use super::opus::Opus;
use super::sink::Format;

pub(super) enum Codec {
    Symphonia(Box<dyn AudioDecoder>),
    #[cfg(feature = "formats")]
    Opus(Box<Opus>),
}

impl Codec {
    /// Creates the decoder for a track.
    pub(super) fn of(params: &AudioCodecParameters) -> Result<Self, SymphoniaError> {
        #[cfg(feature = "formats")]
        if params.codec == codec::CODEC_ID_OPUS {
            return Opus::of(params).map(|opus| Self::Opus(Box::new(opus)));
        }
        symphonia::default::get_codecs()
            .make_audio_decoder(params, &AudioDecoderOptions::default())
            .map(Self::Symphonia)
    }

    /// Decodes one packet and replaces the content of `into` with its interleaved samples.
    pub(super) fn decode(&mut self, packet: &Packet, into: &mut Vec<f32>) -> Result<Format, SymphoniaError> {
        match self {
            Self::Symphonia(decoder) => {
                let buffer = decoder.decode(packet)?;
                let (rate, layout) = (buffer.spec().rate(), buffer.spec().channels());
                let mask = match layout {
                    // The bits are those of WAV.
                    Channels::Positioned(positions) => Some(positions.bits() as u32),
                    _ => None,
                };
                let channels = layout.count() as u16;
                buffer.copy_to_vec_interleaved(into);
                Ok(Format { rate, channels, mask })
            }
            #[cfg(feature = "formats")]
            Self::Opus(opus) => opus.decode(packet, into),
        }
    }
}

/// Returns the common name of a codec, for messages.
pub(super) fn name(id: AudioCodecId) -> String {
    match id {
        codec::CODEC_ID_OPUS => "Opus",
        codec::CODEC_ID_VORBIS => "Vorbis",
        codec::CODEC_ID_SPEEX => "Speex",
        codec::CODEC_ID_AAC => "AAC of a rare kind",
        codec::CODEC_ID_ALAC => "Apple Lossless",
        codec::CODEC_ID_FLAC => "FLAC",
        codec::CODEC_ID_MP1 | codec::CODEC_ID_MP2 => "MPEG layer I or II",
        codec::CODEC_ID_MP3 => "MP3",
        codec::CODEC_ID_AC3 | codec::CODEC_ID_EAC3 | codec::CODEC_ID_AC4 => "Dolby Digital",
        codec::CODEC_ID_DCA => "DTS",
        codec::CODEC_ID_TRUEHD => "Dolby TrueHD",
        codec::CODEC_ID_WMA => "Windows Media Audio",
        codec::CODEC_ID_WAVPACK => "WavPack",
        codec::CODEC_ID_MONKEYS_AUDIO => "Monkey's Audio",
        codec::CODEC_ID_ADPCM_MS | codec::CODEC_ID_ADPCM_IMA_WAV | codec::CODEC_ID_ADPCM_IMA_QT => "ADPCM",
        other => return format!("codec {other}"),
    }
    .to_owned()
}
