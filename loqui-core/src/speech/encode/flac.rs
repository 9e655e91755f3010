//! FLAC (RFC 9639, <https://www.rfc-editor.org/rfc/rfc9639>), written by `flacenc`.

use bytes::Bytes;
use flacenc::bitsink::ByteSink;
use flacenc::component::{BitRepr, MetadataBlockData, Stream, StreamInfo};
use flacenc::config;
use flacenc::encode_fixed_size_frame;
use flacenc::error::{Verified, Verify as _};
use flacenc::source::{Context, Fill as _, FrameBuf};

use super::{Ending, tags};
use crate::audio::SPEECH_RATE;
use crate::error::{Error, Result, code};
use crate::speech::{Provenance, Tags};

/// The type of the metadata block with comments.
const VORBIS_COMMENT: u8 = 4;
/// The type of the metadata block with a picture.
const PICTURE: u8 = 6;

pub(super) struct Flac {
    config: Verified<config::Encoder>,
    block: usize,
    info: StreamInfo,
    /// The number and the MD5 digest of the samples.
    sum: Context,
    comment: Vec<u8>,
    /// The picture block, if there is a cover.
    picture: Option<Vec<u8>>,
    /// The samples of the incomplete block.
    rest: Vec<i32>,
    frames: usize,
    begun: bool,
}

fn failed(error: impl std::fmt::Debug) -> Error {
    Error::new(&code::INTERNAL, format!("the FLAC encoder failed: {error:?}"))
}

impl Flac {
    pub(super) fn new(provenance: Option<&Provenance>, about: &Tags) -> Result<Self> {
        let config = config::Encoder::default()
            .into_verified()
            .map_err(|(_, error)| failed(error))?;
        let block = config.block_size;
        let mut info = StreamInfo::new(SPEECH_RATE as usize, 1, 16).map_err(failed)?;
        // The last, shorter block is not counted.
        info.set_block_sizes(block, block).map_err(failed)?;
        let vendor = concat!("loqui ", env!("CARGO_PKG_VERSION"));
        Ok(Self {
            config,
            block,
            info,
            sum: Context::new(16, 1),
            comment: tags::vorbis_comment(vendor, provenance, about, &[]),
            picture: tags::picture(about),
            rest: Vec::new(),
            frames: 0,
            begun: false,
        })
    }

    pub(super) fn expect(&mut self, samples: usize) {
        self.info.set_total_samples(samples);
    }

    pub(super) fn push(&mut self, pcm16: &[u8]) -> Result<Bytes> {
        let samples = pcm16
            .chunks_exact(2)
            .map(|pair| i32::from(i16::from_le_bytes([pair[0], pair[1]])));
        self.rest.extend(samples);
        let mut out = if self.begun { Vec::new() } else { self.head()? };
        self.begun = true;
        let whole = self.rest.len() / self.block * self.block;
        let blocks: Vec<i32> = self.rest.drain(..whole).collect();
        for block in blocks.chunks_exact(self.block) {
            out.extend(self.frame(block)?);
        }
        Ok(out.into())
    }

    fn frame(&mut self, samples: &[i32]) -> Result<Vec<u8>> {
        self.sum.fill_interleaved(samples).map_err(failed)?;
        // The last block is shorter and fills a part of the buffer.
        let mut buffer = FrameBuf::with_size(1, self.block).map_err(failed)?;
        buffer.fill_interleaved(samples).map_err(failed)?;
        let frame = encode_fixed_size_frame(&self.config, &buffer, self.frames, &self.info).map_err(failed)?;
        self.frames += 1;
        written(&frame)
    }

    /// Returns the bytes before the first frame.
    fn head(&self) -> Result<Vec<u8>> {
        let mut stream = Stream::with_stream_info(self.info.clone());
        let comment = MetadataBlockData::new_unknown(VORBIS_COMMENT, &self.comment).map_err(failed)?;
        stream.add_metadata_block(comment);
        if let Some(picture) = &self.picture {
            stream.add_metadata_block(MetadataBlockData::new_unknown(PICTURE, picture).map_err(failed)?);
        }
        written(&stream)
    }

    pub(super) fn finish(mut self) -> Result<Ending> {
        let mut tail = self.push(&[])?.to_vec();
        let last = std::mem::take(&mut self.rest);
        if !last.is_empty() {
            tail.extend(self.frame(&last)?);
        }
        self.info.set_total_samples(self.sum.total_samples());
        self.info.set_md5_digest(&self.sum.md5_digest());
        Ok(Ending {
            tail: tail.into(),
            head: self.head()?.into(),
        })
    }
}

fn written(part: &impl BitRepr) -> Result<Vec<u8>> {
    let mut sink = ByteSink::new();
    part.write(&mut sink).map_err(failed)?;
    Ok(sink.as_slice().to_vec())
}
