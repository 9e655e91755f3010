//! The provenance of finished speech.

pub use crate::audio::wav::Provenance;
use crate::clock::Timestamp;

/// What precedes the attribution in the comment.
const ATTRIBUTION: &str = ", attribution=";

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

    /// Adds what the licence of the model requires to be named with its speech.
    ///
    /// # Examples
    ///
    /// ```
    /// use loqui_core::clock::Timestamp;
    /// use loqui_core::speech::Provenance;
    ///
    /// let origin = Provenance::of_speech("pocket", "english", Timestamp::UNIX_EPOCH).with_attribution("a model by its author");
    /// assert_eq!(origin.attribution(), Some("a model by its author"));
    /// assert!(origin.comment.ends_with(", attribution=a model by its author"));
    /// ```
    #[must_use]
    pub fn with_attribution(mut self, attribution: &str) -> Self {
        self.comment = format!("{}{ATTRIBUTION}{attribution}", self.comment);
        self
    }

    /// Returns what the licence of the model requires to be named with its speech, if the comment contains it.
    pub fn attribution(&self) -> Option<&str> {
        Some(self.comment.split_once(ATTRIBUTION)?.1)
    }
}
