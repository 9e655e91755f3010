//! Decodes recordings. Decoder panics are caught, and limits bound memory and time.

mod codec;
mod container;
#[cfg(feature = "formats")]
mod opus;
mod stream;

use stream::decode_contained;

use super::riff::{self, Encoding, RiffError};
use super::sniff::{Content, Readable, after_id3, after_junk, sniff};
use super::{Clip, Limits};

/// A decoded recording.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Decoded {
    /// The kind of file.
    pub content: Content,
    /// The sample rate, in Hz: 1,000 to 768,000.
    pub sample_rate: u32,
    /// The number of channels, at least 1.
    pub channels: u16,
    /// The samples of all channels, interleaved, full scale is 1.0. They may include NaN and infinity.
    pub samples: Vec<f32>,
    /// Whether the file ends before the audio does.
    pub truncated: bool,
    /// Whether decoding stopped at a limit before the end of the file.
    pub capped: bool,
    /// The length that the file declares, in seconds, if the declaration is reliable.
    pub declared_seconds: Option<f64>,
}

impl Decoded {
    /// Returns the number of frames: one sample of each channel.
    pub fn frames(&self) -> usize {
        self.samples.len() / usize::from(self.channels)
    }

    /// Returns the length in seconds, counted in frames.
    pub fn seconds(&self) -> f64 {
        self.frames() as f64 / f64::from(self.sample_rate)
    }

    /// Returns the mean of all channels and leaves no samples behind. Does not copy mono audio.
    pub(crate) fn take_mono(&mut self) -> Clip {
        let mono = match self.channels {
            1 => Clip::new(std::mem::take(&mut self.samples), self.sample_rate),
            _ => self.mono(),
        };
        self.samples = Vec::new();
        mono
    }

    /// Returns the mean of all channels. Chatterbox mixes its references in the same way
    /// ([`librosa.load`](https://librosa.org/doc/latest/generated/librosa.load.html)).
    pub fn mono(&self) -> Clip {
        let share = 1.0 / f32::from(self.channels);
        let mono = match self.channels {
            1 => self.samples.clone(),
            // Fast path for stereo, several times as fast as the general case.
            2 => {
                let (frames, _) = self.samples.as_chunks::<2>();
                frames.iter().map(|[left, right]| (left + right) * share).collect()
            }
            many => {
                let frames = self.samples.chunks_exact(many.into());
                frames.map(|frame| frame.iter().sum::<f32>() * share).collect()
            }
        };
        Clip::new(mono, self.sample_rate)
    }
}

/// The reason why a file cannot be decoded.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// The file is larger than the limit.
    #[error("the file has {bytes} bytes; the maximum is {limit}")]
    TooLarge {
        /// The size of the file, in bytes.
        bytes: u64,
        /// The limit, in bytes.
        limit: u64,
    },
    /// The file is not a recording.
    #[error("{}", not_audio(*.0))]
    NotAudio(Content),
    /// There is no decoder for the format of the recording.
    #[error("this is {0}, which cannot be decoded here")]
    NoDecoder(Content),
    /// There is no decoder for the codec of the recording.
    #[error("this is {content} with {codec} inside, which cannot be decoded here")]
    NoCodec {
        /// The container.
        content: Content,
        /// The codec.
        codec: String,
    },
    /// The file is too damaged to be decoded.
    #[error("this is {content}, but {reason}")]
    Damaged {
        /// The kind of file.
        content: Content,
        /// The damage.
        reason: String,
    },
    /// The file is valid, but contains no audio.
    #[error("this is {0} without any sound in it")]
    NoSound(Content),
}

fn not_audio(content: Content) -> String {
    match content {
        Content::Empty => "the file is empty".to_owned(),
        other => format!("this is {other}, not a recording"),
    }
}

/// Decodes a recording. The format is detected from the content.
///
/// Damaged files are decoded as far as possible. Panics of decoders are caught and returned as errors, and `limits` bound
/// memory and time.
///
/// # Errors
///
/// [`DecodeError`], which names the kind of file.
///
/// # Examples
///
/// ```
/// use loqui_core::audio::{Limits, decode};
///
/// let error = decode(b"\x89PNG\r\n\x1a\n", &Limits::default()).unwrap_err();
/// assert_eq!(error.to_string(), "this is a PNG picture, not a recording");
/// ```
pub fn decode(bytes: &[u8], limits: &Limits) -> Result<Decoded, DecodeError> {
    let size = bytes.len() as u64;
    if size > limits.bytes {
        return Err(DecodeError::TooLarge {
            bytes: size,
            limit: limits.bytes,
        });
    }
    let (content, bytes) = match sniff(bytes) {
        Content::Unknown => after_junk(bytes).map_or((Content::Unknown, bytes), |rest| (sniff(rest), rest)),
        content => (content, bytes),
    };
    match content.readable() {
        Readable::NotAudio => return Err(DecodeError::NotAudio(content)),
        Readable::NoDecoder => return Err(DecodeError::NoDecoder(content)),
        Readable::Yes | Readable::Perhaps => {}
    }
    let decoded = if content == Content::Wav {
        decode_wav(after_id3(bytes), limits)?
    } else {
        decode_contained(bytes, content, limits)?
    };
    if decoded.samples.is_empty() {
        return Err(DecodeError::NoSound(decoded.content));
    }
    Ok(decoded)
}

/// Decodes a WAV file. The decoder gets a new header, so that damaged headers are handled in one place.
fn decode_wav(bytes: &[u8], limits: &Limits) -> Result<Decoded, DecodeError> {
    let wave = riff::walk(bytes).map_err(|error| match error {
        RiffError::NoData => DecodeError::NoSound(Content::Wav),
        error => damaged(Content::Wav, &error),
    })?;
    if wave.data.is_empty() {
        return Err(DecodeError::NoSound(Content::Wav));
    }
    let mut decoded = match wave.encoding {
        Encoding::Mp3 => decode_contained(wave.data, Content::Wav, limits)?,
        Encoding::Other(tag) => {
            return Err(DecodeError::NoCodec {
                content: Content::Wav,
                codec: codec_name(tag),
            });
        }
        _ => decode_contained(&wave.canonical(), Content::Wav, limits)?,
    };
    decoded.truncated = wave.is_truncated() && !decoded.capped;
    decoded.declared_seconds = wave.declared_seconds();
    Ok(decoded)
}

/// Returns the name of a codec by its registered number (<https://www.rfc-editor.org/rfc/rfc2361>).
fn codec_name(tag: u16) -> String {
    match tag {
        0x02 => "Microsoft ADPCM".to_owned(),
        0x11 => "IMA ADPCM".to_owned(),
        0x31 => "GSM 6.10".to_owned(),
        0x50 => "MPEG layer II".to_owned(),
        0x161 | 0x162 => "Windows Media Audio".to_owned(),
        tag => format!("codec {tag:#06x}"),
    }
}

fn damaged(content: Content, reason: &dyn ToString) -> DecodeError {
    DecodeError::Damaged {
        content,
        reason: reason.to_string(),
    }
}

#[cfg(test)]
mod tests;
