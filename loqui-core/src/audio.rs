//! Decodes, measures, resamples and writes audio. Files are read in pieces; nothing accesses the network.
//!
//! Terms: a *frame* has one sample of each channel; a *clip* is mono audio.

pub(crate) mod channels;
mod clip;
pub(crate) mod clipping;
pub(crate) mod companding;
mod containers;
mod decode;
pub(crate) mod fold;
mod input;
mod level;
mod limits;
mod loudness;
mod resample;
mod sniff;
mod speech;
mod survey;
mod tempo;
mod voice;
pub mod wav;

#[cfg(test)]
pub(crate) mod testing;

pub use clip::Clip;
pub(crate) use containers::riff;
pub(crate) use decode::raw::HeaderFault;
pub(crate) use decode::sink::Excerpt;
pub use decode::{DecodeError, Decoded, decode};
pub(crate) use decode::{Remark, run};
pub(crate) use input::Input;
pub use level::Level;
pub(crate) use level::{loudness_lufs, true_peak_dbtp};
pub use limits::Limits;
pub(crate) use resample::StreamResampler;
pub use resample::resample;
pub(crate) use sniff::sniff_input;
pub use sniff::{Content, sniff};
pub use speech::decode_speech;
pub(crate) use survey::{Part, best_part};
pub(crate) use tempo::Tempo;

/// The sample rate of references, takes and speech, in Hz. It is the native rate of Chatterbox
/// (<https://github.com/resemble-ai/chatterbox>, `S3GEN_SR`).
pub const SPEECH_RATE: u32 = 24_000;

/// Removes the rounding errors of a sum of seconds: 1.3900000000000001 becomes 1.39.
pub(crate) fn tidy_seconds(seconds: f64) -> f64 {
    (seconds * 1e6).round() / 1e6
}

/// Converts an amplitude or an RMS value to decibels relative to full scale (1.0). Returns minus infinity for zero.
///
/// # Examples
///
/// ```
/// assert_eq!(loqui_core::audio::dbfs(0.1), -20.0);
/// ```
pub fn dbfs(amplitude: f64) -> f64 {
    20.0 * amplitude.log10()
}

/// Converts a power (a mean square) to decibels relative to full scale (1.0). Returns minus infinity for zero.
///
/// # Examples
///
/// ```
/// assert_eq!(loqui_core::audio::power_dbfs(0.1), -10.0);
/// ```
pub fn power_dbfs(power: f64) -> f64 {
    10.0 * power.log10()
}
