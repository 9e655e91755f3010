//! Decodes recordings. Decoder panics are caught, and limits bound memory and time.

pub(super) mod adpcm;
mod codec;
mod container;
mod gsm;
#[cfg(feature = "formats")]
mod opus;
pub(super) mod pcm;
pub(super) mod raw;
pub(super) mod sink;
mod stream;
mod tracks;

use raw::{Coding, HeaderFault, Raw};
use sink::{Counted, End, Format, Sink, Whole};

use super::containers::{HeaderError, aiff, au, avi, caf, riff, wave64};
use super::input::Input;
use super::sniff::{Content, Readable, sniff_input};
use super::{Clip, Limits, channels};

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
    /// The positions of the channels as a bit mask of WAV, if the file has them.
    pub(crate) mask: Option<u32>,
    /// What is unusual about the file.
    pub(crate) remarks: Vec<Remark>,
}

/// Something unusual about a file that was decoded.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Remark {
    /// The header contradicts the file.
    Header(HeaderFault),
    /// The file is a film.
    Video,
    /// The file has several audio tracks, and this one was decoded. The first is 1.
    Track { number: usize, of: usize },
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

    /// Returns the voice in mono: the channel or the channels that speak.
    ///
    /// Channels that are silent, that carry only noise, or that would cancel or blur the others are left out. The others are
    /// averaged.
    pub fn mono(&self) -> Clip {
        channels::choose(self).mix(self)
    }

    /// Removes all channels but these, counted from 0 and in order.
    pub(crate) fn keep(&mut self, channels: &[u16]) {
        let count = usize::from(self.channels);
        if channels.len() == count {
            return;
        }
        let frames = self.samples.chunks_exact(count);
        self.samples = frames
            .flat_map(|frame| channels.iter().map(|channel| frame[usize::from(*channel)]))
            .collect();
        self.channels = channels.len() as u16;
    }

    /// Returns the mean of these channels, counted from 0, and leaves no samples behind. Does not copy mono audio.
    pub(crate) fn take_mono(&mut self, channels: &[u16]) -> Clip {
        if self.channels == 1 {
            return Clip::new(std::mem::take(&mut self.samples), self.sample_rate);
        }
        let mono = channels::mean(&self.samples, self.channels, channels);
        self.samples = Vec::new();
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
    let mut whole = Whole::new(*limits);
    let outcome = run(&Input::Memory(bytes), limits, &mut whole)?;
    Ok(outcome.decoded(whole.samples))
}

/// What is known about a file after it was decoded into a sink.
#[derive(Debug)]
pub(crate) struct Outcome {
    content: Content,
    format: Format,
    /// The number of decoded frames.
    pub(crate) frames: u64,
    truncated: bool,
    /// The sink stopped the decoding.
    capped: bool,
    declared_seconds: Option<f64>,
    remarks: Vec<Remark>,
}

impl Outcome {
    /// Puts samples into the frame of a recording.
    pub(crate) fn decoded(self, samples: Vec<f32>) -> Decoded {
        Decoded {
            content: self.content,
            sample_rate: self.format.rate,
            channels: self.format.channels,
            samples,
            truncated: self.truncated,
            capped: self.capped,
            declared_seconds: self.declared_seconds,
            mask: self.format.mask,
            remarks: self.remarks,
        }
    }
}

/// Decodes a file into a sink. At least one frame was decoded if it succeeds.
///
/// # Errors
///
/// [`DecodeError`], which names the kind of file.
pub(crate) fn run(input: &Input<'_>, limits: &Limits, sink: &mut dyn Sink) -> Result<Outcome, DecodeError> {
    let size = input.len();
    let limit = match input {
        Input::Memory(_) => limits.bytes.min(Limits::IN_MEMORY),
        Input::File { .. } => limits.bytes,
    };
    if size > limit {
        return Err(DecodeError::TooLarge { bytes: size, limit });
    }
    let (content, start) = sniff_input(input);
    match content.readable() {
        Readable::NotAudio => return Err(DecodeError::NotAudio(content)),
        Readable::NoDecoder => return Err(DecodeError::NoDecoder(content)),
        Readable::Yes | Readable::Perhaps => {}
    }
    let mut counted = Counted::new(sink);
    let header = |walked: Result<Raw, HeaderError>| {
        walked.map_err(|error| match error {
            HeaderError::NoData => DecodeError::NoSound(content),
            error => damaged(content, &error),
        })
    };
    let raw = match content {
        Content::Wav => Some(header(riff::walk(input, start))?),
        Content::Wave64 => Some(header(wave64::walk(input, start))?),
        Content::Aiff => Some(header(aiff::walk(input, start))?),
        Content::Au => Some(header(au::walk(input, start))?),
        Content::Avi => Some(header(avi::walk(input, start))?),
        // The reader of Symphonia has a second opinion.
        Content::Caf => caf::walk(input, start)
            .ok()
            .filter(|raw| raw.coding != Coding::Contained),
        _ => None,
    };
    let mut outcome = match raw {
        Some(raw) => run_raw(input, content, &raw, &mut counted)?,
        None => stream::decode(input, std::iter::once(start..size).collect(), content, &mut counted)?,
    };
    if content == Content::Avi {
        outcome.remarks.push(Remark::Video);
    }
    if outcome.frames == 0 {
        return Err(DecodeError::NoSound(outcome.content));
    }
    Ok(outcome)
}

/// Decodes audio without packets.
fn run_raw(input: &Input<'_>, content: Content, raw: &Raw, sink: &mut Counted<'_>) -> Result<Outcome, DecodeError> {
    let remarks: Vec<Remark> = raw.faults.iter().copied().map(Remark::Header).collect();
    let end = match &raw.coding {
        Coding::Other(codec) => {
            return Err(DecodeError::NoCodec {
                content,
                codec: codec.clone(),
            });
        }
        Coding::Contained => {
            let mut outcome = stream::decode(input, raw.parts.clone(), content, sink)?;
            outcome.content = content;
            outcome.remarks.extend(remarks);
            return Ok(outcome);
        }
        _ => raw.decode(input, sink).map_err(|error| damaged(content, &error))?,
    };
    let capped = matches!(end, End::Stopped);
    Ok(Outcome {
        content,
        format: sink.format(),
        frames: sink.frames,
        truncated: raw.is_truncated() && !capped,
        capped,
        declared_seconds: raw.declared_seconds(),
        remarks,
    })
}

fn damaged(content: Content, reason: &dyn ToString) -> DecodeError {
    DecodeError::Damaged {
        content,
        reason: reason.to_string(),
    }
}

#[cfg(test)]
mod tests;
