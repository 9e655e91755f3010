//! The definition of clipping, and the limits on it for recordings and takes.
//!
//! The limits come from the recordings that `sample/thresholds.rs` describes.

/// A sample above this share of the peak may be clipped. This finds clipping that was scaled down later.
pub(crate) const SHARE_OF_PEAK: f32 = 0.999;
/// The number of such samples in a row, on one side, that counts as clipping. A round peak has one or two.
pub(crate) const RUN: usize = 3;
/// Clipped runs per second above which clipping is audible. Measured: 0.0 for clean, noisy and reverberant voices.
pub(crate) const AUDIBLE_PER_SECOND: f64 = 1.0;
/// Clipped runs per second above which audio is unusable. Measured: 5 to 75 at an overdrive of 3, 134 to 356 at an
/// overdrive of 8.
pub(crate) const UNUSABLE_PER_SECOND: f64 = 20.0;
