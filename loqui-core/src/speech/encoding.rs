//! How speech is delivered: codec, sample rate, bit rate and tempo.

use super::SpeechFormat;
use crate::audio::SPEECH_RATE;
use crate::error::{Error, Result, code};

/// A codec of speech.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Codec {
    /// A file.
    File(SpeechFormat),
    /// Raw samples: mono, 16 bit, little-endian.
    Pcm16,
    /// Raw mu-law codes of G.711, one byte for each sample.
    MuLaw,
    /// Raw A-law codes of G.711, one byte for each sample.
    ALaw,
}

/// How speech is delivered. A [`SpeechFormat`] converts to the encoding of files that Loqui writes by default.
///
/// # Examples
///
/// ```
/// use loqui_core::speech::{Codec, Encoder, Encoding};
///
/// let telephony = Encoding::new(Codec::MuLaw).with_sample_rate(8_000)?;
/// let mut encoder = Encoder::new(telephony, None)?;
/// let mut bytes = encoder.push(&[0; 48_000])?.to_vec(); // one second of silence at 24 kHz
/// bytes.extend_from_slice(&encoder.finish()?.tail);
/// assert_eq!(bytes.len(), 8_000);
/// # Ok::<(), loqui_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Encoding {
    codec: Codec,
    sample_rate: u32,
    bit_rate: Option<u32>,
    speed: f64,
}

impl Encoding {
    /// The range of [`with_speed`](Self::with_speed).
    pub const SPEEDS: std::ops::RangeInclusive<f64> = 0.25..=4.0;

    /// Uses a codec at [`SPEECH_RATE`] with its default bit rate.
    pub const fn new(codec: Codec) -> Self {
        Self {
            codec,
            sample_rate: SPEECH_RATE,
            bit_rate: None,
            speed: 1.0,
        }
    }

    /// Sets the sample rate in Hz, 8,000 to 48,000. MP3 has six of them; [`Encoder::new`](super::Encoder::new) refuses the
    /// others. Opus, FLAC and M4B ignore it: Opus is decoded at 48 kHz, the others have [`SPEECH_RATE`].
    ///
    /// # Errors
    ///
    /// `output.format` for another sample rate.
    pub fn with_sample_rate(mut self, sample_rate: u32) -> Result<Self> {
        if !(8_000..=48_000).contains(&sample_rate) {
            let message = format!("speech is not written at {sample_rate} Hz");
            return Err(Error::new(&code::OUTPUT_FORMAT, message));
        }
        if !matches!(
            self.codec,
            Codec::File(SpeechFormat::Opus | SpeechFormat::Flac | SpeechFormat::M4b)
        ) {
            self.sample_rate = sample_rate;
        }
        Ok(self)
    }

    /// Sets the bit rate of MP3, Opus or M4B, in bit/s.
    #[must_use]
    pub const fn with_bit_rate(mut self, bit_rate: u32) -> Self {
        self.bit_rate = Some(bit_rate);
        self
    }

    /// Changes the tempo without changing the pitch: 2 halves the duration. Values near 1 sound best.
    ///
    /// # Errors
    ///
    /// `option.out_of_range` outside 0.25 to 4.
    pub fn with_speed(mut self, speed: f64) -> Result<Self> {
        if !Self::SPEEDS.contains(&speed) {
            let message = format!("speed is {speed}; it must be 0.25 to 4");
            return Err(Error::new(&code::OPTION_OUT_OF_RANGE, message));
        }
        self.speed = speed;
        Ok(self)
    }

    /// Returns the codec.
    pub const fn codec(&self) -> Codec {
        self.codec
    }

    /// Returns the sample rate in Hz.
    pub const fn sample_rate(&self) -> u32 {
        self.sample_rate
    }

    /// Returns the bit rate in bit/s; `None` for the default of the codec.
    pub const fn bit_rate(&self) -> Option<u32> {
        self.bit_rate
    }

    /// Returns the tempo; 1 is unchanged.
    pub const fn speed(&self) -> f64 {
        self.speed
    }

    /// Returns the media type, for instance `audio/mpeg`.
    pub const fn media_type(&self) -> &'static str {
        match self.codec {
            Codec::File(format) => format.media_type(),
            Codec::Pcm16 => "audio/pcm",
            Codec::MuLaw => "audio/basic",
            Codec::ALaw => "audio/x-alaw-basic",
        }
    }
}

impl From<SpeechFormat> for Encoding {
    fn from(format: SpeechFormat) -> Self {
        Self::new(Codec::File(format))
    }
}

#[cfg(test)]
#[cfg(feature = "formats")]
mod tests;
