//! Encodes speech incrementally: memory does not grow with the length, and a listener can start before the end.

#[cfg(feature = "formats")]
mod flac;
#[cfg(feature = "formats")]
mod m4b;
#[cfg(feature = "formats")]
mod mp3;
#[cfg(feature = "formats")]
mod opus;
mod pieces;
mod stages;
mod tags;

use std::fmt;

use bytes::Bytes;
pub use pieces::encode_stream;
pub(crate) use pieces::{Piece, encoded, samples_of};

use stages::Stages;

use super::encoding::Codec;
use super::{Encoding, Provenance, SpeechFormat, Tags};
use crate::audio::{companding, wav};
use crate::error::Result;
#[cfg(not(feature = "formats"))]
use crate::error::{Error, code};

/// Encodes speech incrementally: 16-bit samples at [`SPEECH_RATE`](crate::audio::SPEECH_RATE) in, bytes of a file out.
///
/// # Examples
///
/// ```
/// use loqui_core::speech::{Encoder, SpeechFormat};
///
/// let mut encoder = Encoder::new(SpeechFormat::Wav, None)?.rewindable();
/// let mut file = encoder.push(&[0; 48_000])?.to_vec(); // one second of silence
/// let end = encoder.finish()?;
/// file.extend_from_slice(&end.tail);
/// // In a seekable file, replace the start with the one that has the length.
/// file[..end.head.len()].copy_from_slice(&end.head);
/// assert_eq!(file.len(), 44 + 48_000);
/// # Ok::<(), loqui_core::Error>(())
/// ```
pub struct Encoder {
    kind: Kind,
    stages: Stages,
    encoding: Encoding,
}

enum Kind {
    Wav(Wav),
    Pcm16,
    /// An 8-bit code of each sample.
    Companded(fn(i16) -> u8),
    #[cfg(feature = "formats")]
    Flac(Box<flac::Flac>),
    #[cfg(feature = "formats")]
    Opus(Box<opus::Opus>),
    #[cfg(feature = "formats")]
    Mp3(Box<mp3::Mp3>),
    #[cfg(feature = "formats")]
    M4b(Box<m4b::M4b>),
}

/// The end of an encoded file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Ending {
    /// The last bytes of the file.
    pub tail: Bytes,
    /// The final first bytes of the file, with the length. They may replace the bytes at the start. Empty if the start needs
    /// no update.
    pub head: Bytes,
}

impl Encoder {
    /// Starts a file with this provenance in its metadata. Raw samples have no metadata.
    ///
    /// # Errors
    ///
    /// `output.format` if this build does not write that format, or the format does not have that sample rate and bit rate.
    pub fn new(encoding: impl Into<Encoding>, provenance: Option<&Provenance>) -> Result<Self> {
        Self::tagged(encoding, provenance, &Tags::default())
    }

    /// Starts a file as [`new`](Self::new) does, with titles, a cover and chapters. WAV and raw samples have none.
    ///
    /// # Errors
    ///
    /// Those of [`new`](Self::new).
    pub fn tagged(encoding: impl Into<Encoding>, provenance: Option<&Provenance>, tags: &Tags) -> Result<Self> {
        let encoding = encoding.into();
        #[cfg(feature = "formats")]
        let tags = &tags.at_speed(encoding.speed());
        #[cfg(not(feature = "formats"))]
        let _ = tags;
        let rate = encoding.sample_rate();
        let kind = match encoding.codec() {
            Codec::File(SpeechFormat::Wav) => Kind::Wav(Wav::new(rate, provenance)),
            Codec::Pcm16 => Kind::Pcm16,
            Codec::MuLaw => Kind::Companded(companding::mu_law),
            Codec::ALaw => Kind::Companded(companding::a_law),
            #[cfg(feature = "formats")]
            Codec::File(SpeechFormat::Flac) => Kind::Flac(Box::new(flac::Flac::new(provenance, tags)?)),
            #[cfg(feature = "formats")]
            Codec::File(SpeechFormat::Opus) => {
                Kind::Opus(Box::new(opus::Opus::new(encoding.bit_rate(), provenance, tags)?))
            }
            #[cfg(feature = "formats")]
            Codec::File(SpeechFormat::Mp3) => {
                Kind::Mp3(Box::new(mp3::Mp3::new(rate, encoding.bit_rate(), provenance, tags)?))
            }
            #[cfg(feature = "formats")]
            Codec::File(SpeechFormat::M4b) => {
                Kind::M4b(Box::new(m4b::M4b::new(encoding.bit_rate(), provenance, tags)?))
            }
            #[cfg(not(feature = "formats"))]
            Codec::File(other) => {
                let message = format!("this build cannot write {other}");
                return Err(Error::new(&code::OUTPUT_FORMAT, message));
            }
        };
        Ok(Self {
            kind,
            stages: Stages::new(&encoding),
            encoding,
        })
    }

    /// Declares the number of samples, so that players know the length from the start. Call it before [`push`](Self::push).
    #[must_use]
    pub fn with_samples(mut self, samples: usize) -> Self {
        let samples = self.stages.length(samples);
        match &mut self.kind {
            Kind::Wav(wav) => wav.expect(samples),
            #[cfg(feature = "formats")]
            Kind::Flac(flac) => flac.expect(samples),
            Kind::Pcm16 | Kind::Companded(_) => {}
            // Opus and M4B have the length at the end, MP3 only in its first frame.
            #[cfg(feature = "formats")]
            Kind::Opus(_) | Kind::Mp3(_) | Kind::M4b(_) => {}
        }
        self
    }

    /// Declares that the start of the file will be replaced with [`Ending::head`]. Call it before [`push`](Self::push).
    #[must_use]
    pub fn rewindable(mut self) -> Self {
        match &mut self.kind {
            #[cfg(feature = "formats")]
            Kind::Mp3(mp3) => mp3.rewind(),
            #[cfg(feature = "formats")]
            Kind::M4b(m4b) => m4b.rewind(),
            // The others start with a valid header in any case.
            _ => {}
        }
        self
    }

    /// Encodes the next samples, 16-bit little-endian at [`SPEECH_RATE`](crate::audio::SPEECH_RATE), and returns the bytes
    /// that are ready.
    ///
    /// # Errors
    ///
    /// `internal` if the encoder fails.
    pub fn push(&mut self, pcm16: &[u8]) -> Result<Bytes> {
        match self.stages.push(pcm16) {
            Some(converted) => self.kind.push(&converted),
            None => self.kind.push(pcm16),
        }
    }

    /// Finishes the file.
    ///
    /// # Errors
    ///
    /// `internal` if the encoder fails.
    pub fn finish(mut self) -> Result<Ending> {
        let rest = self.stages.finish();
        let last = if rest.is_empty() {
            Bytes::new()
        } else {
            self.kind.push(&rest)?
        };
        let mut end = self.kind.finish()?;
        if !last.is_empty() {
            end.tail = [last, end.tail].concat().into();
        }
        Ok(end)
    }
}

impl Kind {
    #[cfg_attr(
        not(feature = "formats"),
        expect(clippy::unnecessary_wraps, reason = "only the other formats fail")
    )]
    fn push(&mut self, pcm16: &[u8]) -> Result<Bytes> {
        match self {
            Self::Wav(wav) => Ok(wav.push(pcm16)),
            Self::Pcm16 => Ok(Bytes::copy_from_slice(pcm16)),
            Self::Companded(code) => {
                let samples = pcm16.chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]]));
                Ok(samples.map(code).collect::<Vec<u8>>().into())
            }
            #[cfg(feature = "formats")]
            Self::Flac(flac) => flac.push(pcm16),
            #[cfg(feature = "formats")]
            Self::Opus(opus) => opus.push(pcm16),
            #[cfg(feature = "formats")]
            Self::Mp3(mp3) => mp3.push(pcm16),
            #[cfg(feature = "formats")]
            Self::M4b(m4b) => m4b.push(pcm16),
        }
    }

    #[cfg_attr(
        not(feature = "formats"),
        expect(clippy::unnecessary_wraps, reason = "only the other formats fail")
    )]
    fn finish(self) -> Result<Ending> {
        match self {
            Self::Wav(wav) => Ok(wav.finish()),
            Self::Pcm16 | Self::Companded(_) => Ok(Ending::default()),
            #[cfg(feature = "formats")]
            Self::Flac(flac) => flac.finish(),
            #[cfg(feature = "formats")]
            Self::Opus(opus) => opus.finish(),
            #[cfg(feature = "formats")]
            Self::Mp3(mp3) => mp3.finish(),
            #[cfg(feature = "formats")]
            Self::M4b(m4b) => m4b.finish(),
        }
    }
}

impl fmt::Debug for Encoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Encoder({:?})", self.encoding)
    }
}

/// WAV with the provenance before the samples, because a listener may stop before their end.
struct Wav {
    sample_rate: u32,
    provenance: Option<Provenance>,
    head: Option<Bytes>,
    bytes: usize,
    /// Whether the number of samples was known at the start.
    is_expected: bool,
}

impl Wav {
    fn new(sample_rate: u32, provenance: Option<&Provenance>) -> Self {
        Self {
            head: Some(wav::head(None, sample_rate, provenance)),
            sample_rate,
            provenance: provenance.cloned(),
            bytes: 0,
            is_expected: false,
        }
    }

    fn expect(&mut self, samples: usize) {
        self.is_expected = true;
        self.head = Some(wav::head(Some(samples), self.sample_rate, self.provenance.as_ref()));
    }

    fn push(&mut self, pcm16: &[u8]) -> Bytes {
        self.bytes += pcm16.len();
        match self.head.take() {
            Some(head) => [&head, pcm16].concat().into(),
            None => Bytes::copy_from_slice(pcm16),
        }
    }

    fn finish(self) -> Ending {
        // A header with large sizes is longer than the one at the start, unless the length was known.
        let samples = Some(self.bytes / 2).filter(|samples| self.is_expected || !wav::is_large(*samples));
        let head = wav::head(samples, self.sample_rate, self.provenance.as_ref());
        Ending {
            tail: self.head.unwrap_or_default(),
            head,
        }
    }
}
