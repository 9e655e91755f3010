//! Encodes speech piece by piece, so that a book is never in memory, and can be heard while it is made.

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

/// Encodes speech piece by piece: 16-bit samples at [`SPEECH_RATE`] in, bytes of a file out.
///
/// # Examples
///
/// ```
/// use loqui_core::speech::{Encoder, SpeechFormat};
///
/// let mut encoder = Encoder::new(SpeechFormat::Wav, None)?.rewindable();
/// let mut file = encoder.push(&[0; 48_000])?.to_vec(); // a second of silence
/// let end = encoder.finish()?;
/// file.extend_from_slice(&end.tail);
/// // Who can go back to the beginning makes the length known there.
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

/// What comes last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Ending {
    /// What stands at the end of the file.
    pub tail: Bytes,
    /// What may replace the beginning of the file, byte for byte: with it the length is known from there. Empty where
    /// there is nothing better.
    pub head: Bytes,
}

impl Encoder {
    /// Begins a file that says where it comes from.
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
                let message = format!("this build does not write {other}");
                return Err(Error::new(&code::OUTPUT_FORMAT, message));
            }
        };
        Ok(Self { kind, format })
    }

    /// Tells how many samples will come, so that players know the length before the end. Nothing may have been pushed yet.
    #[must_use]
    pub fn with_samples(mut self, samples: usize) -> Self {
        match &mut self.kind {
            Kind::Wav(wav) => wav.expect(samples),
            #[cfg(feature = "formats")]
            Kind::Flac(flac) => flac.expect(samples),
            // Their files say it at the end, or nowhere.
            #[cfg(feature = "formats")]
            Kind::Opus(_) | Kind::Mp3(_) => {}
        }
        self
    }

    /// Promises that the beginning of the file will be replaced with [`Ending::head`]. Nothing may have been pushed yet.
    #[must_use]
    pub fn rewindable(mut self) -> Self {
        match &mut self.kind {
            #[cfg(feature = "formats")]
            Kind::Mp3(mp3) => mp3.rewind(),
            // Their beginning is right as it is, if not as good.
            _ => {}
        }
        self
    }

    /// Takes the next samples, little-endian, and gives the bytes that are ready.
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

    /// Ends the file.
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

/// WAV, with the word on its provenance before the samples: a listener may go away before their end.
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
