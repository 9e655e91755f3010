//! MP3, written by `rusty_mp3`: MPEG-1 layer III from 32 kHz on, and MPEG-2 layer III for 16 to 24 kHz.

use bytes::Bytes;
use rusty_mp3::{Mp3Encoder, Mp3EncoderConfig};

use super::{Ending, tags};
use crate::error::{Error, Result, code};
use crate::speech::{Provenance, Tags};

/// The default of the constant bit rate, in bit/s. 64 kbit/s are sufficient for one voice; the rest is margin.
const BIT_RATE: u32 = 96_000;
/// The sample rates of MPEG-1 and MPEG-2, in Hz, with their bit rates in kbit/s (ISO 11172-3 and 13818-3, layer III).
const MPEG1: ([u32; 3], &[u32]) = (
    [32_000, 44_100, 48_000],
    &[32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
);
const MPEG2: ([u32; 3], &[u32]) = (
    [16_000, 22_050, 24_000],
    &[8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
);

pub(super) struct Mp3 {
    encoder: Mp3Encoder,
    /// In Hz.
    sample_rate: u32,
    /// The ID3 tag before the first frame.
    tag: Bytes,
    begun: bool,
    /// Whether the first frame will be replaced at the end by one with the length and the padding. Otherwise it is omitted,
    /// because until then it declares an empty file.
    rewindable: bool,
}

impl Mp3 {
    /// Starts a file with a sample rate in Hz and a bit rate in bit/s.
    pub(super) fn new(
        sample_rate: u32,
        bit_rate: Option<u32>,
        provenance: Option<&Provenance>,
        about: &Tags,
    ) -> Result<Self> {
        let kbps = bit_rate.unwrap_or(BIT_RATE) / 1000;
        let is_possible = [MPEG1, MPEG2]
            .iter()
            .any(|(sample_rates, bit_rates)| sample_rates.contains(&sample_rate) && bit_rates.contains(&kbps));
        if !is_possible {
            let message = format!("MP3 has no {kbps} kbit/s at {sample_rate} Hz");
            return Err(Error::new(&code::OUTPUT_FORMAT, message));
        }
        Ok(Self {
            encoder: Mp3Encoder::new(Mp3EncoderConfig {
                bitrate_kbps: kbps,
                vbr_quality: None,
            }),
            sample_rate,
            tag: tags::id3(provenance, about).into(),
            begun: false,
            rewindable: false,
        })
    }

    pub(super) fn rewind(&mut self) {
        self.rewindable = true;
    }

    pub(super) fn push(&mut self, pcm16: &[u8]) -> Result<Bytes> {
        self.encoder
            .push_pcm_s16le(pcm16, 1, self.sample_rate)
            .map_err(|error| Error::new(&code::INTERNAL, format!("the MP3 encoder failed: {error}")))?;
        Ok(self.ready())
    }

    /// Returns the finished frames.
    fn ready(&mut self) -> Bytes {
        let mut out = Vec::new();
        while let Ok(frame) = self.encoder.next_packet() {
            if !self.begun {
                self.begun = true;
                out.extend_from_slice(&self.tag);
                if !self.rewindable {
                    continue;
                }
            }
            out.extend_from_slice(&frame);
        }
        out.into()
    }

    pub(super) fn finish(mut self) -> Result<Ending> {
        // The encoder needs the format even without any samples.
        self.push(&[])?;
        self.encoder.finish();
        let tail = self.ready();
        let head = match self.encoder.lame_tag_frame() {
            Some(known) if self.rewindable => [&self.tag, known].concat().into(),
            _ => Bytes::new(),
        };
        Ok(Ending { tail, head })
    }
}
