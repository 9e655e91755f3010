//! MP3, written by `rusty_mp3`, as MPEG-2 layer III, which supports 24 kHz.

use bytes::Bytes;
use rusty_mp3::{Mp3Encoder, Mp3EncoderConfig};

use super::{Ending, tags};
use crate::audio::SPEECH_RATE;
use crate::error::{Error, Result, code};
use crate::speech::Provenance;

/// The constant bit rate, in kbit/s. 64 kbit/s are sufficient for one voice; the rest is margin.
const BIT_RATE: u32 = 96;

pub(super) struct Mp3 {
    encoder: Mp3Encoder,
    /// The ID3 tag before the first frame.
    tag: Bytes,
    begun: bool,
    /// Whether the first frame will be replaced at the end by one with the length and the padding. Otherwise it is omitted,
    /// because until then it declares an empty file.
    rewindable: bool,
}

impl Mp3 {
    pub(super) fn new(provenance: Option<&Provenance>) -> Self {
        Self {
            encoder: Mp3Encoder::new(Mp3EncoderConfig {
                bitrate_kbps: BIT_RATE,
                vbr_quality: None,
            }),
            tag: tags::id3(provenance).into(),
            begun: false,
            rewindable: false,
        }
    }

    pub(super) fn rewind(&mut self) {
        self.rewindable = true;
    }

    pub(super) fn push(&mut self, pcm16: &[u8]) -> Result<Bytes> {
        self.encoder
            .push_pcm_s16le(pcm16, 1, SPEECH_RATE)
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
