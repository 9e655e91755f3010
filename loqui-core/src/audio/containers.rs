//! Readers of files with audio that is not divided into packets. Each finds the audio in a file whose header may be wrong.

pub(super) mod aiff;
pub(super) mod au;
pub(super) mod avi;
pub(super) mod caf;
pub(crate) mod riff;
pub(super) mod wave64;

/// Damage that cannot be repaired.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum HeaderError {
    #[error("the header has no format")]
    NoFormat,
    #[error("the header is not followed by audio")]
    NoData,
    #[error("the header says {0} channels")]
    Channels(u16),
    #[error("the header says {0} Hz")]
    SampleRate(u32),
    #[error("the header says {0} bits per sample")]
    Bits(u16),
}

/// The largest number of chunks that are read. Valid files have some dozens.
const MOST_CHUNKS: usize = 10_000;

/// Rejects values that would cause a division by zero or an overflow in a decoder.
fn check(channels: u16, sample_rate: u32) -> Result<(), HeaderError> {
    if !(1..=32).contains(&channels) {
        return Err(HeaderError::Channels(channels));
    }
    if !(1_000..=768_000).contains(&sample_rate) {
        return Err(HeaderError::SampleRate(sample_rate));
    }
    Ok(())
}

/// Returns true for a chunk name: printable characters.
fn is_name(id: [u8; 4]) -> bool {
    id.iter().all(|byte| (0x20..0x7f).contains(byte))
}
