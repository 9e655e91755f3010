//! Parses WAV files with damaged headers.
//!
//! Known damage is a size of zero after a crash of the recorder, a size of all ones from a pipe, and a size beyond the
//! end of the file. Odd chunks may lack their padding byte, and the block size may contradict the sample size. No
//! decoder accepts all of them, so decoders get a new header with the values found here.
//!
//! The format: <https://www.mmsp.ece.mcgill.ca/Documents/AudioFormats/WAVE/WAVE.html>.

/// Sizes from here on are placeholders: a pipe writes the largest number instead of the size. Valid sizes are far below,
/// because the size of files is limited.
const PLACEHOLDER: u64 = 0x7ff0_0000;

/// The audio in a WAV file.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Wave<'a> {
    pub(crate) encoding: Encoding,
    pub(crate) channels: u16,
    pub(crate) sample_rate: u32,
    /// Bits per sample as stored.
    pub(crate) bits: u16,
    pub(crate) data: &'a [u8],
    /// The number of bytes of audio that the header declares, if it does.
    pub(crate) declared: Option<u64>,
}

/// The encoding of the samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    Pcm,
    Float,
    ALaw,
    MuLaw,
    Mp3,
    /// Another encoding, by its registered number.
    Other(u16),
}

/// Damage that cannot be repaired.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum RiffError {
    #[error("the header has no format chunk")]
    NoFormat,
    #[error("the header is not followed by audio")]
    NoData,
    #[error("the header says {0} channels")]
    Channels(u16),
    #[error("the header says {0} Hz")]
    SampleRate(u32),
    #[error("the header says {0} bits per sample")]
    Bits(u16),
}

impl Encoding {
    const fn from_tag(tag: u16) -> Self {
        match tag {
            1 => Self::Pcm,
            3 => Self::Float,
            6 => Self::ALaw,
            7 => Self::MuLaw,
            0x55 => Self::Mp3,
            other => Self::Other(other),
        }
    }

    const fn tag(self) -> u16 {
        match self {
            Self::Pcm => 1,
            Self::Float => 3,
            Self::ALaw => 6,
            Self::MuLaw => 7,
            Self::Mp3 => 0x55,
            Self::Other(tag) => tag,
        }
    }
}

impl Wave<'_> {
    /// Rejects values that would cause a division by zero or an overflow in a decoder.
    fn check(&self) -> Result<(), RiffError> {
        if !(1..=32).contains(&self.channels) {
            return Err(RiffError::Channels(self.channels));
        }
        if !(1_000..=768_000).contains(&self.sample_rate) {
            return Err(RiffError::SampleRate(self.sample_rate));
        }
        let bits = self.bits;
        let valid = match self.encoding {
            Encoding::Pcm => matches!(bits, 8 | 16 | 24 | 32 | 64),
            Encoding::Float => matches!(bits, 32 | 64),
            Encoding::ALaw | Encoding::MuLaw => bits == 8,
            Encoding::Mp3 | Encoding::Other(_) => true,
        };
        if valid { Ok(()) } else { Err(RiffError::Bits(bits)) }
    }

    /// Returns the declared length in seconds. Returns nothing without a declaration or for a variable bit rate.
    pub(crate) fn declared_seconds(&self) -> Option<f64> {
        match self.encoding {
            Encoding::Mp3 | Encoding::Other(_) => None,
            _ => Some(self.declared? as f64 / self.bytes_per_second()),
        }
    }

    /// Returns true if the header declares more audio than there is.
    pub(crate) fn is_truncated(&self) -> bool {
        self.declared.is_some_and(|declared| declared > self.data.len() as u64)
    }

    /// Returns a WAV file with the same audio and a plain header that every decoder accepts.
    pub(crate) fn canonical(&self) -> Vec<u8> {
        if self.encoding == Encoding::Pcm && self.bits == 64 {
            // No decoder supports 64 bits. The upper 32 bits are sufficient.
            let (frames, _) = self.data.as_chunks::<8>();
            let upper: Vec<u8> = frames.iter().flat_map(|[_, _, _, _, upper @ ..]| *upper).collect();
            let halved = Wave {
                bits: 32,
                data: &upper,
                ..*self
            };
            return halved.canonical();
        }
        let block = usize::from(self.channels) * usize::from(self.bits / 8);
        let whole = self.data.len() - self.data.len() % block;
        let mut file = Vec::with_capacity(46 + whole);
        file.extend_from_slice(b"RIFF");
        file.extend_from_slice(&(38 + whole as u32).to_le_bytes());
        file.extend_from_slice(b"WAVEfmt ");
        file.extend_from_slice(&18_u32.to_le_bytes());
        file.extend_from_slice(&self.encoding.tag().to_le_bytes());
        file.extend_from_slice(&self.channels.to_le_bytes());
        file.extend_from_slice(&self.sample_rate.to_le_bytes());
        file.extend_from_slice(&(self.bytes_per_second() as u32).to_le_bytes());
        file.extend_from_slice(&(block as u16).to_le_bytes());
        file.extend_from_slice(&self.bits.to_le_bytes());
        file.extend_from_slice(&0_u16.to_le_bytes());
        file.extend_from_slice(b"data");
        file.extend_from_slice(&(whole as u32).to_le_bytes());
        file.extend_from_slice(&self.data[..whole]);
        file
    }

    fn bytes_per_second(&self) -> f64 {
        f64::from(self.sample_rate) * f64::from(self.channels) * f64::from(self.bits / 8)
    }
}

/// Finds the audio in a WAV file that may be damaged.
pub(crate) fn walk(bytes: &[u8]) -> Result<Wave<'_>, RiffError> {
    let mut wave = None;
    let mut long_size = None;
    let mut chunks = Chunks::of(bytes);
    while let Some(chunk) = chunks.next() {
        match &chunk.id {
            b"fmt " if wave.is_none() => wave = Some(parse_format(chunk.body).ok_or(RiffError::NoFormat)?),
            // RF64 has the size of the data here, after the size of the file.
            b"ds64" => {
                let size = chunk.body.get(8..).and_then(|rest| rest.first_chunk());
                long_size = size.copied().map(u64::from_le_bytes);
            }
            b"data" => {
                let mut wave: Wave<'_> = wave.ok_or(RiffError::NoFormat)?;
                wave.check()?;
                (wave.data, wave.declared) = chunks.audio(&chunk, long_size);
                return Ok(wave);
            }
            _ => {}
        }
    }
    Err(if wave.is_some() {
        RiffError::NoData
    } else {
        RiffError::NoFormat
    })
}

/// Finds a chunk in an undamaged WAV file.
pub(crate) fn find(bytes: &[u8], id: [u8; 4]) -> Option<&[u8]> {
    Chunks::of(bytes).find(|chunk| chunk.id == id).map(|chunk| chunk.body)
}

fn parse_format(body: &[u8]) -> Option<Wave<'static>> {
    let u16_at = |at: usize| body.get(at..)?.first_chunk().copied().map(u16::from_le_bytes);
    let channels = u16_at(2)?;
    let block = u16_at(12)?;
    let mut bits = u16_at(14)?;
    // Samples of 20 or 24 bits may be stored in a wider container, whose width counts.
    if let Some(container) = block.checked_div(channels).and_then(|bytes| bytes.checked_mul(8))
        && matches!(container, 8 | 16 | 24 | 32 | 64)
        && container > bits
    {
        bits = container;
    }
    // The extensible format has the tag at the start of its GUID.
    let tag = match u16_at(0)? {
        0xfffe => u16_at(24)?,
        tag => tag,
    };
    Some(Wave {
        encoding: Encoding::from_tag(tag),
        channels,
        sample_rate: body.get(4..)?.first_chunk().copied().map(u32::from_le_bytes)?,
        bits,
        data: &[],
        declared: None,
    })
}

struct Chunk<'a> {
    id: [u8; 4],
    /// The size that the file declares.
    size: u64,
    /// The offset of the body in the file.
    start: usize,
    /// The body, up to the end of the file.
    body: &'a [u8],
}

struct Chunks<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Chunks<'a> {
    /// Iterates over the chunks after the header of twelve bytes. Ignores the size in the header.
    fn of(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 12 }
    }

    /// Returns the audio and the declared number of bytes.
    fn audio(&self, data: &Chunk<'a>, long_size: Option<u64>) -> (&'a [u8], Option<u64>) {
        let rest = &self.bytes[data.start..];
        let size = match long_size {
            Some(long) if data.size == u64::from(u32::MAX) => long,
            _ => data.size,
        };
        // After a crash of the recorder the size is zero, and audio follows. In an empty recording only chunks follow.
        let missing = size == 0
            && !Self {
                bytes: self.bytes,
                at: data.start,
            }
            .only_chunks_follow();
        if size >= PLACEHOLDER || missing {
            return (rest, None);
        }
        let present = usize::try_from(size).map_or(rest.len(), |size| size.min(rest.len()));
        (&rest[..present], Some(size))
    }

    /// Returns true if only valid chunks follow.
    fn only_chunks_follow(mut self) -> bool {
        while self.at < self.bytes.len() {
            match self.next() {
                Some(chunk) if chunk.size == chunk.body.len() as u64 && is_name(chunk.id) => {}
                _ => return false,
            }
        }
        true
    }

    /// Returns the start of the chunk after one that ends at `end`. The format requires a padding byte after an odd chunk, but
    /// some writers omit it.
    fn after(&self, end: usize) -> usize {
        if end.is_multiple_of(2) {
            return end;
        }
        let known = |at: usize| {
            self.bytes
                .get(at..)
                .and_then(|rest| rest.first_chunk())
                .copied()
                .is_some_and(is_known)
        };
        if known(end) && !known(end + 1) { end } else { end + 1 }
    }
}

impl<'a> Iterator for Chunks<'a> {
    type Item = Chunk<'a>;

    fn next(&mut self) -> Option<Chunk<'a>> {
        let header: &[u8; 8] = self.bytes.get(self.at..)?.first_chunk()?;
        let [a, b, c, d, size @ ..] = *header;
        let start = self.at + 8;
        let size = u32::from_le_bytes(size);
        let end = start.saturating_add(size as usize).min(self.bytes.len());
        self.at = self.after(end);
        Some(Chunk {
            id: [a, b, c, d],
            size: size.into(),
            start,
            body: &self.bytes[start..end],
        })
    }
}

fn is_name(id: [u8; 4]) -> bool {
    id.iter().all(|byte| (0x20..0x7f).contains(byte))
}

fn is_known(id: [u8; 4]) -> bool {
    matches!(
        &id,
        b"fmt " | b"data" | b"LIST" | b"fact" | b"bext" | b"JUNK" | b"PAD " | b"cue " | b"smpl" | b"id3 " | b"ID3 "
    )
}

#[cfg(test)]
mod tests;
