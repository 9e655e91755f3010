//! What the network makes of a sentence before its last layer.

use rten::Value;

/// Numbers for each frame.
pub(crate) const WIDTH: usize = 256;

/// A sentence in front of the last layer, which makes 3,005 values of four bytes from the 256 bytes of a frame. So this is
/// what is kept of a sentence, and the last layer runs for a few frames at a time ([`crate::rendering`]).
#[derive(Debug)]
pub(crate) struct Hidden {
    /// [`WIDTH`] eight-bit numbers for each frame. They were quantized over the whole sentence, so it makes no difference
    /// to them which frames are taken together later.
    pub(crate) states: Vec<u8>,
    /// Which number means zero.
    pub(crate) zero: Value,
    /// How much one step means.
    pub(crate) step: Value,
    /// Fundamental frequency of each frame in Hz; low or zero where unvoiced.
    pub(crate) pitch_hz: Vec<f32>,
    /// Silent frames in front that are left out of the waveform. They are here because the phases of all others count
    /// from the first.
    pub(crate) unheard: usize,
    /// What it was made from, for error messages.
    pub(crate) phonemes: usize,
}
