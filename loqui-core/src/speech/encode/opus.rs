//! Opus in Ogg (RFC 7845, <https://www.rfc-editor.org/rfc/rfc7845>), written by `ropus` and `ogg`.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use bytes::Bytes;
use ogg::writing::{PacketWriteEndInfo, PacketWriter};
use ropus::{Application, Bitrate, Channels, Encoder, Signal};

use super::{Ending, tags};
use crate::audio::SPEECH_RATE;
use crate::error::{Error, Result, code};
use crate::speech::{Provenance, Tags};

/// The default of the average bit rate, in bit/s.
const BIT_RATE: u32 = 48_000;
/// The samples in a packet: 20 ms.
const FRAME: usize = SPEECH_RATE as usize / 50;
/// The granule positions of Opus count at 48 kHz for any sample rate.
const TICKS: u64 = 48_000 / SPEECH_RATE as u64;
/// The maximum length of a packet, in bytes (RFC 6716, section 3.2.1,
/// <https://www.rfc-editor.org/rfc/rfc6716#section-3.2.1>).
const LONGEST_PACKET: usize = 1_275;
/// The serial number of the only stream in the file.
const SERIAL: u32 = u32::from_be_bytes(*b"loqu");

pub(super) struct Opus {
    encoder: Encoder,
    pages: PacketWriter<'static, Vec<u8>>,
    /// The samples of the incomplete packet.
    rest: Vec<i16>,
    /// The latest packet. It is written once it is known whether it is the last one.
    held: Option<Vec<u8>>,
    /// The pre-skip: what a decoder drops at the start, in ticks of 48 kHz.
    skip: u64,
    /// The number of pushed samples, and the number of samples in packets.
    samples: u64,
    encoded: u64,
}

fn failed(message: impl std::fmt::Display) -> Error {
    Error::new(&code::INTERNAL, format!("the Opus encoder failed: {message}"))
}

impl Opus {
    /// Starts a file with a bit rate in bit/s. Opus is decoded at 48 kHz for any sample rate of the input.
    pub(super) fn new(bit_rate: Option<u32>, provenance: Option<&Provenance>, about: &Tags) -> Result<Self> {
        let bit_rate = bit_rate.unwrap_or(BIT_RATE);
        let encoder = Encoder::builder(SPEECH_RATE, Channels::Mono, Application::Audio)
            .bitrate(Bitrate::Bits(bit_rate))
            .signal(Signal::Voice)
            .vbr(true)
            .build()
            .map_err(failed)?;
        // The lookahead is in samples of the input.
        let skip = u64::from(encoder.lookahead()) * TICKS;
        let mut opus = Self {
            encoder,
            pages: PacketWriter::new(Vec::new()),
            rest: Vec::new(),
            held: None,
            skip,
            samples: 0,
            encoded: 0,
        };
        let mut head = b"OpusHead\x01\x01".to_vec();
        head.extend_from_slice(&(skip as u16).to_le_bytes());
        head.extend_from_slice(&SPEECH_RATE.to_le_bytes());
        // No gain, and channel mapping family 0 for one channel.
        head.extend_from_slice(&[0, 0, 0]);
        opus.write(head, PacketWriteEndInfo::EndPage, 0)?;
        let vendor = concat!("loqui ", env!("CARGO_PKG_VERSION"));
        let picture =
            tags::picture(about).map(|block| format!("METADATA_BLOCK_PICTURE={}", BASE64_STANDARD.encode(block)));
        let picture: Vec<String> = picture.into_iter().collect();
        let comment = [
            b"OpusTags",
            &tags::vorbis_comment(vendor, provenance, about, &picture)[..],
        ]
        .concat();
        opus.write(comment, PacketWriteEndInfo::EndPage, 0)?;
        Ok(opus)
    }

    pub(super) fn push(&mut self, pcm16: &[u8]) -> Result<Bytes> {
        let samples = pcm16.chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]]));
        self.rest.extend(samples);
        self.samples += pcm16.len() as u64 / 2;
        let whole = self.rest.len() / FRAME * FRAME;
        let frames: Vec<i16> = self.rest.drain(..whole).collect();
        let count = whole / FRAME;
        for (index, frame) in frames.chunks_exact(FRAME).enumerate() {
            // End the page with the pushed samples, so that a listener receives all of them.
            self.encode(frame, index + 1 == count)?;
        }
        Ok(self.ready())
    }

    /// Encodes a packet and writes the one before it.
    fn encode(&mut self, frame: &[i16], ends_piece: bool) -> Result<()> {
        let mut packet = vec![0; LONGEST_PACKET];
        let length = self.encoder.encode(frame, &mut packet).map_err(failed)?;
        packet.truncate(length);
        let end = if ends_piece {
            PacketWriteEndInfo::EndPage
        } else {
            PacketWriteEndInfo::NormalPacket
        };
        if let Some(held) = self.held.replace(packet) {
            self.write(held, end, self.encoded * TICKS)?;
        }
        self.encoded += FRAME as u64;
        Ok(())
    }

    fn write(&mut self, packet: Vec<u8>, end: PacketWriteEndInfo, ticks: u64) -> Result<()> {
        self.pages.write_packet(packet, SERIAL, end, ticks).map_err(failed)
    }

    fn ready(&mut self) -> Bytes {
        std::mem::take(self.pages.inner_mut()).into()
    }

    pub(super) fn finish(mut self) -> Result<Ending> {
        // Flush the samples that the encoder delays with silence.
        let needed = self.samples + self.skip / TICKS;
        let padding = (needed - self.encoded).next_multiple_of(FRAME as u64) as usize;
        let mut last = std::mem::take(&mut self.rest);
        last.resize(padding.max(FRAME), 0);
        for frame in last.chunks_exact(FRAME) {
            self.encode(frame, false)?;
        }
        let held = self.held.take().unwrap_or_default();
        // The granule position of the last page removes the silence.
        let ticks = self.skip + self.samples * TICKS;
        self.write(held, PacketWriteEndInfo::EndStream, ticks)?;
        Ok(Ending {
            tail: self.ready(),
            head: Bytes::new(),
        })
    }
}
