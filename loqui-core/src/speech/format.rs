//! The formats of finished speech.

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use bytes::Bytes;

use super::encode::Encoder;
use crate::audio::{self, SPEECH_RATE, wav};
use crate::error::{Error, Result, code};

/// A format of finished speech. All but WAV need the feature `formats`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SpeechFormat {
    /// Mono PCM16 WAV.
    Wav,
    /// FLAC: lossless, about half the size of WAV.
    Flac,
    /// Opus in Ogg at 48 kbit/s, about an eighth of the size of WAV.
    Opus,
    /// MP3 at 96 kbit/s, a quarter of the size of WAV.
    Mp3,
    /// M4B, the format of audiobooks: AAC at 64 kbit/s in MP4, a sixth of the size of WAV. It is written to files only.
    M4b,
}

/// The extensions of audio formats that cannot be written.
const OTHERS: &[&str] = &["m4a", "mp4", "aac", "wma", "aif", "aiff", "webm"];

impl SpeechFormat {
    /// All formats, the default first.
    pub const ALL: [Self; 5] = [Self::Wav, Self::Flac, Self::Opus, Self::Mp3, Self::M4b];

    /// Returns the format of a file extension. Returns WAV for a name without an extension and for an unknown one.
    ///
    /// # Errors
    ///
    /// `output.format` for the extension of an audio format that cannot be written.
    ///
    /// # Examples
    ///
    /// ```
    /// use loqui_core::speech::SpeechFormat;
    ///
    /// # #[cfg(feature = "formats")]
    /// assert_eq!(SpeechFormat::of("hello.opus".as_ref())?, SpeechFormat::Opus);
    /// assert_eq!(SpeechFormat::of("hello".as_ref())?, SpeechFormat::Wav);
    /// assert_eq!(SpeechFormat::of("hello.m4a".as_ref()).unwrap_err().code(), "output.format");
    /// # Ok::<(), loqui_core::Error>(())
    /// ```
    pub fn of(path: &Path) -> Result<Self> {
        let extension = path.extension().and_then(|extension| extension.to_str());
        match extension.map(str::to_ascii_lowercase).as_deref() {
            Some("ogg" | "oga") => Self::Opus.if_built(),
            Some(other) if OTHERS.contains(&other) => Err(unwritten(other)),
            Some(name) => Self::named(name).map_or(Ok(Self::Wav), Self::if_built),
            None => Ok(Self::Wav),
        }
    }

    /// Returns the short name, which is also the file extension: `wav`, `flac`, `opus`, `mp3` or `m4b`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Wav => "wav",
            Self::Flac => "flac",
            Self::Opus => "opus",
            Self::Mp3 => "mp3",
            Self::M4b => "m4b",
        }
    }

    /// Returns the media type, for instance `audio/wav`.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Wav => "audio/wav",
            Self::Flac => "audio/flac",
            Self::Opus => "audio/ogg; codecs=opus",
            Self::Mp3 => "audio/mpeg",
            Self::M4b => "audio/mp4",
        }
    }

    fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }

    fn if_built(self) -> Result<Self> {
        if self == Self::Wav || cfg!(feature = "formats") {
            Ok(self)
        } else {
            Err(unwritten(self.name()))
        }
    }

    /// Encodes a finished WAV file.
    pub(crate) fn encode(self, file: Bytes) -> Result<Bytes> {
        if self == Self::Wav {
            return Ok(file);
        }
        let broken = || Error::new(&code::INTERNAL, "the speech is not a WAV file");
        let clip = wav::read(&file).ok_or_else(broken)?;
        let origin = wav::provenance(&file);
        let clip = audio::resample(clip, SPEECH_RATE);
        let mut encoder = Encoder::new(self, origin.as_ref())?
            .with_samples(clip.len())
            .rewindable();
        let mut whole = encoder.push(&wav::pcm16(clip.samples()))?.to_vec();
        let end = encoder.finish()?;
        whole.extend_from_slice(&end.tail);
        whole[..end.head.len()].copy_from_slice(&end.head);
        Ok(whole.into())
    }
}

fn unwritten(name: &str) -> Error {
    Error::new(&code::OUTPUT_FORMAT, format!("speech is not written as {name}"))
}

impl FromStr for SpeechFormat {
    type Err = Error;

    /// Parses the short name; see [`name`](Self::name).
    fn from_str(name: &str) -> Result<Self> {
        let short: String = name.chars().take(20).collect();
        Self::named(name).ok_or_else(|| unwritten(&short))?.if_built()
    }
}

impl fmt::Display for SpeechFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
#[cfg(feature = "formats")]
mod tests;
