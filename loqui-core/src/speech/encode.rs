//! Encodes speech incrementally: memory does not grow with the length, and a listener can start before the end.

#[cfg(feature = "formats")]
mod flac;
#[cfg(feature = "formats")]
mod mp3;
#[cfg(feature = "formats")]
mod opus;
mod pieces;
mod tags;

use std::fmt;

use bytes::Bytes;
pub(crate) use pieces::{Piece, encoded, samples_of};

use super::{Provenance, SpeechFormat};
use crate::audio::{SPEECH_RATE, wav};
use crate::error::Result;
#[cfg(not(feature = "formats"))]
use crate::error::{Error, code};

/// Encodes speech incrementally: 16-bit samples at [`SPEECH_RATE`] in, bytes of a file out.
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
    format: SpeechFormat,
}

enum Kind {
    Wav(Wav),
    #[cfg(feature = "formats")]
    Flac(Box<flac::Flac>),
    #[cfg(feature = "formats")]
    Opus(Box<opus::Opus>),
    #[cfg(feature = "formats")]
    Mp3(Box<mp3::Mp3>),
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
    /// Starts a file with this provenance in its metadata.
    ///
    /// # Errors
    ///
    /// `output.format` if this build does not write that format.
    pub fn new(format: SpeechFormat, provenance: Option<&Provenance>) -> Result<Self> {
        let kind = match format {
            SpeechFormat::Wav => Kind::Wav(Wav::new(provenance)),
            #[cfg(feature = "formats")]
            SpeechFormat::Flac => Kind::Flac(Box::new(flac::Flac::new(provenance)?)),
            #[cfg(feature = "formats")]
            SpeechFormat::Opus => Kind::Opus(Box::new(opus::Opus::new(provenance)?)),
            #[cfg(feature = "formats")]
            SpeechFormat::Mp3 => Kind::Mp3(Box::new(mp3::Mp3::new(provenance))),
            #[cfg(not(feature = "formats"))]
            other => {
                let message = format!("this build cannot write {other}");
                return Err(Error::new(&code::OUTPUT_FORMAT, message));
            }
        };
        Ok(Self { kind, format })
    }

    /// Declares the number of samples, so that players know the length from the start. Call it before [`push`](Self::push).
    #[must_use]
    pub fn with_samples(mut self, samples: usize) -> Self {
        match &mut self.kind {
            Kind::Wav(wav) => wav.expect(samples),
            #[cfg(feature = "formats")]
            Kind::Flac(flac) => flac.expect(samples),
            // Opus has the length at the end, MP3 only in its first frame.
            #[cfg(feature = "formats")]
            Kind::Opus(_) | Kind::Mp3(_) => {}
        }
        self
    }

    /// Declares that the start of the file will be replaced with [`Ending::head`]. Call it before [`push`](Self::push).
    #[must_use]
    pub fn rewindable(mut self) -> Self {
        match &mut self.kind {
            #[cfg(feature = "formats")]
            Kind::Mp3(mp3) => mp3.rewind(),
            // The others start with a valid header in any case.
            _ => {}
        }
        self
    }

    /// Encodes the next samples, 16-bit little-endian, and returns the bytes that are ready.
    ///
    /// # Errors
    ///
    /// `internal` if the encoder fails.
    pub fn push(&mut self, pcm16: &[u8]) -> Result<Bytes> {
        match &mut self.kind {
            Kind::Wav(wav) => Ok(wav.push(pcm16)),
            #[cfg(feature = "formats")]
            Kind::Flac(flac) => flac.push(pcm16),
            #[cfg(feature = "formats")]
            Kind::Opus(opus) => opus.push(pcm16),
            #[cfg(feature = "formats")]
            Kind::Mp3(mp3) => mp3.push(pcm16),
        }
    }

    /// Finishes the file.
    ///
    /// # Errors
    ///
    /// `internal` if the encoder fails.
    pub fn finish(self) -> Result<Ending> {
        match self.kind {
            Kind::Wav(wav) => Ok(wav.finish()),
            #[cfg(feature = "formats")]
            Kind::Flac(flac) => flac.finish(),
            #[cfg(feature = "formats")]
            Kind::Opus(opus) => opus.finish(),
            #[cfg(feature = "formats")]
            Kind::Mp3(mp3) => mp3.finish(),
        }
    }
}

impl fmt::Debug for Encoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Encoder({})", self.format)
    }
}

/// WAV with the provenance before the samples, because a listener may stop before their end.
struct Wav {
    provenance: Option<Provenance>,
    head: Option<Bytes>,
    bytes: usize,
}

impl Wav {
    fn new(provenance: Option<&Provenance>) -> Self {
        Self {
            head: Some(wav::head(None, SPEECH_RATE, provenance)),
            provenance: provenance.cloned(),
            bytes: 0,
        }
    }

    fn expect(&mut self, samples: usize) {
        self.head = Some(wav::head(Some(samples), SPEECH_RATE, self.provenance.as_ref()));
    }

    fn push(&mut self, pcm16: &[u8]) -> Bytes {
        self.bytes += pcm16.len();
        match self.head.take() {
            Some(head) => [&head, pcm16].concat().into(),
            None => Bytes::copy_from_slice(pcm16),
        }
    }

    fn finish(self) -> Ending {
        let head = wav::head(Some(self.bytes / 2), SPEECH_RATE, self.provenance.as_ref());
        Ending {
            tail: self.head.unwrap_or_default(),
            head,
        }
    }
}
