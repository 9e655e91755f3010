//! Bytes to samples and back. No file, no network, no engine.
//!
//! Words: a *frame* is one sample of every channel at one moment; a *clip* is mono.

mod clip;
pub(crate) mod clipping;
mod decode;
pub(crate) mod fold;
mod level;
mod limits;
mod loudness;
mod resample;
mod riff;
mod sniff;
mod speech;
pub mod wav;

#[cfg(test)]
pub(crate) mod testing;

pub use clip::Clip;
pub use decode::{DecodeError, Decoded, decode};
pub use level::Level;
pub(crate) use level::true_peak_dbtp;
pub use limits::Limits;
pub use resample::resample;
pub use sniff::{Content, sniff};
pub use speech::decode_speech;

/// The rate of everything that Loqui writes, in Hz: what Chatterbox makes and takes (contract section 1.1).
pub const SPEECH_RATE: u32 = 24_000;

/// The level of an amplitude or of the root of a mean square, in dB below full scale (1.0).
///
/// Zero is minus infinity.
pub fn dbfs(amplitude: f64) -> f64 {
    20.0 * amplitude.log10()
}

/// The level of a power (a mean square), in dB below full scale (1.0).
///
/// Zero is minus infinity.
pub fn power_dbfs(power: f64) -> f64 {
    10.0 * power.log10()
}
