//! The output of the network before its last layer.

use rten::Value;

/// The number of values per frame.
pub(crate) const WIDTH: usize = 256;

/// A sentence before the last layer, which turns the 256 bytes of a frame into 3,005 values of four bytes. To save memory
/// this form is kept, and the last layer runs for a few frames at a time; see [`crate::rendering`].
#[derive(Debug)]
pub(crate) struct Hidden {
    /// [`WIDTH`] eight-bit values per frame, quantized over the whole sentence. So the last layer can process any group of
    /// frames.
    pub(crate) states: Vec<u8>,
    /// The zero point of the quantization.
    pub(crate) zero: Value,
    /// The scale of the quantization.
    pub(crate) step: Value,
    /// The fundamental frequency of each frame in Hz, low or zero where unvoiced.
    pub(crate) pitch_hz: Vec<f32>,
    /// The silent frames at the start that are dropped from the waveform. They are kept here because the phases of all other
    /// frames depend on them.
    pub(crate) unheard: usize,
    /// The frame with which each id begins, with the silence before the sentence as the first one, and the end of the last.
    pub(crate) starts: Vec<usize>,
    /// The number of phonemes, for error messages.
    pub(crate) phonemes: usize,
}
