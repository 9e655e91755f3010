//! Walks through the chunks of a WAV file and repairs what recorders and pipes leave behind.
//!
//! Seen in the wild: sizes of zero after a crash, sizes of all ones from a pipe, sizes that reach behind the end of the
//! file, odd chunks with and without their padding byte, block sizes that contradict the sample size. No decoder reads
//! all of them, so a decoder never sees the file's own header: it gets a fresh one, made from the facts found here.

/// No honest size under the cap on files comes near it: pipes write the largest number they can instead of a size.
const PLACEHOLDER: u64 = 0x7ff0_0000;

/// The sound inside a WAV file.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Wave<'a> {
    pub(crate) encoding: Encoding,
    pub(crate) channels: u16,
    pub(crate) sample_rate: u32,
    /// Bits per sample as stored.
    pub(crate) bits: u16,
    pub(crate) data: &'a [u8],
    /// How many bytes of sound the header promises; absent if it does not know.
    pub(crate) declared: Option<u64>,
}

/// How samples are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    Pcm,
    Float,
    ALaw,
    MuLaw,
    Mp3,
    /// Another one, by its registered number.
    Other(u16),
}

/// What is wrong beyond repair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum RiffError {
    #[error("the header has no format chunk")]
    NoFormat,
    #[error("the header is followed by no sound")]
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
    /// Refuses what would divide by zero or overflow in a decoder.
    fn check(&self) -> Result<(), RiffError> {
        if !(1..=32).contains(&self.channels) {
            return Err(RiffError::Channels(self.channels));
        }
        if !(1_000..=768_000).contains(&self.sample_rate) {
            return Err(RiffError::SampleRate(self.sample_rate));
        }
        let bits = self.bits;
        let sound = match self.encoding {
            Encoding::Pcm => matches!(bits, 8 | 16 | 24 | 32 | 64),
            Encoding::Float => matches!(bits, 32 | 64),
            Encoding::ALaw | Encoding::MuLaw => bits == 8,
            Encoding::Mp3 | Encoding::Other(_) => true,
        };
        if sound { Ok(()) } else { Err(RiffError::Bits(bits)) }
    }

    /// How long the header says it is, in seconds; absent where it does not say or the encoding varies.
    pub(crate) fn declared_seconds(&self) -> Option<f64> {
        match self.encoding {
            Encoding::Mp3 | Encoding::Other(_) => None,
            _ => Some(self.declared? as f64 / self.bytes_per_second()),
        }
    }

    /// True if the header promises more than there is.
    pub(crate) fn is_truncated(&self) -> bool {
        self.declared.is_some_and(|declared| declared > self.data.len() as u64)
    }

    /// A WAV file with the same sound and the plainest header that every decoder reads.
    pub(crate) fn canonical(&self) -> Vec<u8> {
        if self.encoding == Encoding::Pcm && self.bits == 64 {
            // No decoder reads 64 bits, and no ear hears what is below the upper 32.
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

/// Finds the sound in a WAV file that may be damaged.
pub(crate) fn walk(bytes: &[u8]) -> Result<Wave<'_>, RiffError> {
    let mut wave = None;
    let mut long_size = None;
    let mut chunks = Chunks::of(bytes);
    while let Some(chunk) = chunks.next() {
        match &chunk.id {
            b"fmt " if wave.is_none() => wave = Some(parse_format(chunk.body).ok_or(RiffError::NoFormat)?),
            // RF64 keeps the true size here, behind the size of the file.
            b"ds64" => {
                let size = chunk.body.get(8..).and_then(|rest| rest.first_chunk());
                long_size = size.copied().map(u64::from_le_bytes);
            }
            b"data" => {
                let mut wave: Wave<'_> = wave.ok_or(RiffError::NoFormat)?;
                wave.check()?;
                (wave.data, wave.declared) = chunks.sound(&chunk, long_size);
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

/// Finds a chunk of a WAV file that is not damaged.
pub(crate) fn find(bytes: &[u8], id: [u8; 4]) -> Option<&[u8]> {
    Chunks::of(bytes).find(|chunk| chunk.id == id).map(|chunk| chunk.body)
}

fn parse_format(body: &[u8]) -> Option<Wave<'static>> {
    let u16_at = |at: usize| body.get(at..)?.first_chunk().copied().map(u16::from_le_bytes);
    let channels = u16_at(2)?;
    let block = u16_at(12)?;
    let mut bits = u16_at(14)?;
    // 20 or 24 bits may be stored in a wider container; what counts is the container.
    if let Some(container) = block.checked_div(channels).and_then(|bytes| bytes.checked_mul(8))
        && matches!(container, 8 | 16 | 24 | 32 | 64)
        && container > bits
    {
        bits = container;
    }
    // The extensible form keeps the real tag at the start of a long identifier.
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
    /// As the file says, right or wrong.
    size: u64,
    /// Where the body starts in the file.
    start: usize,
    /// The body, as far as the file goes.
    body: &'a [u8],
}

struct Chunks<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Chunks<'a> {
    /// The chunks of a WAV file, behind its twelve bytes of header. The size in the header is not believed.
    fn of(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 12 }
    }

    /// The bytes of sound and how many were promised.
    fn sound(&self, data: &Chunk<'a>, long_size: Option<u64>) -> (&'a [u8], Option<u64>) {
        let rest = &self.bytes[data.start..];
        let size = match long_size {
            Some(long) if data.size == u64::from(u32::MAX) => long,
            _ => data.size,
        };
        // A recorder that crashed never came back to fill in the size; an empty recording has only chunks behind it.
        let forgotten = size == 0
            && !Self {
                bytes: self.bytes,
                at: data.start,
            }
            .ends_whole();
        if size >= PLACEHOLDER || forgotten {
            return (rest, None);
        }
        let present = usize::try_from(size).map_or(rest.len(), |size| size.min(rest.len()));
        (&rest[..present], Some(size))
    }

    /// True if nothing but chunks that fit stands here.
    fn ends_whole(mut self) -> bool {
        while self.at < self.bytes.len() {
            match self.next() {
                Some(chunk) if chunk.size == chunk.body.len() as u64 && is_name(chunk.id) => {}
                _ => return false,
            }
        }
        true
    }

    /// Where the chunk after an odd one starts: the padding byte is required, and forgotten by some writers.
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
