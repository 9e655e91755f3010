//! The provenance of finished speech.

pub use crate::audio::wav::Provenance;
use crate::clock::Timestamp;

impl Provenance {
    /// Marks speech as synthetic, with its engine, its model and the time of creation.
    ///
    /// # Examples
    ///
    /// ```
    /// use loqui_core::clock::Timestamp;
    /// use loqui_core::speech::Provenance;
    ///
    /// let origin = Provenance::of_speech("replicate", "resemble-ai/chatterbox", Timestamp::UNIX_EPOCH);
    /// assert!(origin.software.starts_with("loqui "));
    /// assert_eq!(
    ///     origin.comment,
    ///     "AI-generated speech, engine=replicate, model=resemble-ai/chatterbox, created=1970-01-01T00:00:00Z"
    /// );
    /// ```
    pub fn of_speech(engine: &str, model: &str, created: Timestamp) -> Self {
        let software = concat!("loqui ", env!("CARGO_PKG_VERSION"));
        Self::new(
            software,
            format!("AI-generated speech, engine={engine}, model={model}, created={created}"),
        )
    }
}
