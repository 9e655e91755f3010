//! How much of a file is looked at: a small file can declare anything.

/// How much a recording may ask of this machine.
///
/// # Examples
///
/// ```
/// let limits = loqui_core::audio::Limits::default().with_seconds(60.0);
/// assert_eq!(limits.bytes, 25_000_000);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Limits {
    /// The largest file, in bytes. 25 MB unless told: five minutes of 16-bit mono at 40 kHz.
    pub bytes: u64,
    /// Decoding stops after this many seconds. 600 unless told.
    pub seconds: f64,
    /// Decoding stops after this many samples over all channels: 4 bytes of memory each. 32 Mi unless told.
    pub samples: usize,
}

impl Limits {
    /// Replaces the largest size of a file, in bytes.
    #[must_use]
    pub fn with_bytes(mut self, bytes: u64) -> Self {
        self.bytes = bytes;
        self
    }

    /// Replaces the longest time that is decoded, in seconds.
    #[must_use]
    pub fn with_seconds(mut self, seconds: f64) -> Self {
        self.seconds = seconds;
        self
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes: 25_000_000,
            seconds: 600.0,
            samples: 32 << 20,
        }
    }
}
