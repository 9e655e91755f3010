//! Limits on decoding. A small file can declare any amount of audio.

/// Limits on the memory and the time of decoding.
///
/// # Examples
///
/// ```
/// let limits = loqui_core::audio::Limits::default().with_seconds(60.0);
/// assert_eq!(limits.bytes, 4_000_000_000);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Limits {
    /// The maximum size of a file, in bytes. The default is 4 GB. Files on disk are read in pieces, so the memory does not
    /// depend on it. A file in memory may have 256 MiB.
    pub bytes: u64,
    /// The maximum length of the decoded audio, in seconds. Decoding stops there. The default is 600.
    pub seconds: f64,
    /// The maximum number of samples over all channels, with 4 bytes each. Decoding stops there. The default is 32 Mi.
    pub samples: usize,
}

impl Limits {
    /// The maximum size of a file that is in memory as a whole, in bytes: 256 MiB.
    #[doc(hidden)]
    pub const IN_MEMORY: u64 = 256 << 20;

    /// Sets the maximum size of a file, in bytes.
    #[must_use]
    pub fn with_bytes(mut self, bytes: u64) -> Self {
        self.bytes = bytes;
        self
    }

    /// Sets the maximum length of the decoded audio, in seconds.
    #[must_use]
    pub fn with_seconds(mut self, seconds: f64) -> Self {
        self.seconds = seconds;
        self
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes: 4_000_000_000,
            seconds: 600.0,
            samples: 32 << 20,
        }
    }
}
