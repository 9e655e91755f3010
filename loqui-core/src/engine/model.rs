//! Description of a model: limits, capabilities and price.

use crate::error::Result;
use crate::money;
use crate::options::SpeakOptions;
use crate::sample::ReferenceLimits;
use crate::script::{self, ScriptOptions};

/// Limits, capabilities and price of a model.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
#[expect(clippy::struct_excessive_bools, reason = "each is a capability of its own")]
pub struct ModelInfo {
    /// Full name, for instance `resemble-ai/chatterbox`.
    pub name: String,
    /// Recommended length of a segment, in characters.
    pub target_characters: usize,
    /// Maximum length of a segment, in characters.
    pub max_characters: usize,
    /// Languages the model speaks, as ISO 639-1 codes. The first is the default.
    pub languages: Vec<String>,
    /// Price. A model without one is free of charge.
    pub price: Option<Price>,
    /// Minimum length of a reference recording, in seconds.
    pub min_reference_seconds: f64,
    /// Maximum length of the audio, in seconds, if the model cuts longer audio without an error.
    pub max_output_seconds: Option<f64>,
    /// True if the model speaks in the voice of the reference recording. Then takes are compared with that voice.
    pub clones_voice: bool,
    /// True if the model supports unaccented letters only. Then accents are removed from English text.
    pub plain_letters: bool,
    /// True if the model reads numbers, dates and signs better than Loqui does. Then it receives the text as it is
    /// written.
    pub reads_written: bool,
    /// True if the engine speaks pronunciations in the International Phonetic Alphabet, between slashes.
    pub reads_ipa: bool,
    /// Directions that the model understands, such as `laugh` for `[laugh]`. Other directions are left out with a
    /// finding. With `None`, the model receives all directions.
    pub tags: Option<Vec<String>>,
    /// Maximum number of takes of one generation at a time. [`Policy::parallel`](crate::ledger::Policy::parallel) is
    /// another limit; the lower one applies.
    pub parallel: Option<usize>,
    /// True if the engine can look up a take whose response was lost. If it cannot, and the model has a price, such a take is
    /// held.
    pub finds_lost_takes: bool,
    /// True if the licence of the model requires the consent of the speaker. Then a generation needs a sample with a
    /// recorded consent, or a [declaration](crate::LoquiBuilder::consent_declared) of the operator.
    pub needs_consent: bool,
    /// Attribution that the licence of the model requires with its speech, in one line. It is written into every file.
    pub attribution: Option<String>,
}

impl ModelInfo {
    /// Describes a model with the limits that all Chatterbox models share. Change the fields that differ.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            target_characters: 250,
            max_characters: 300,
            languages: vec!["en".to_owned()],
            price: None,
            min_reference_seconds: 3.0,
            max_output_seconds: None,
            clones_voice: true,
            plain_letters: false,
            reads_written: false,
            reads_ipa: false,
            tags: None,
            parallel: None,
            finds_lost_takes: true,
            needs_consent: false,
            attribution: None,
        }
    }

    /// Returns the requirements of the model on a reference.
    pub fn reference_limits(&self) -> ReferenceLimits {
        ReferenceLimits::new(&self.name, self.min_reference_seconds)
    }

    /// Returns the limits of the segments that the model can speak.
    pub fn script_limits(&self) -> script::Limits {
        script::Limits::default()
            .with_segments(self.target_characters, self.max_characters)
            .with_plain_letters(self.plain_letters)
    }

    /// Returns the language of a text: the requested language, or the default language of the model.
    pub fn language<'a>(&'a self, requested: Option<&'a str>) -> Option<&'a str> {
        requested.or_else(|| self.languages.first().map(String::as_str))
    }

    /// Returns how a script is read for this model.
    ///
    /// # Errors
    ///
    /// `option.out_of_range` for an unknown format, `script.pronunciations`.
    ///
    /// # Examples
    ///
    /// ```
    /// use loqui_core::SpeakOptions;
    /// use loqui_core::engine::ModelInfo;
    /// use loqui_core::script::Script;
    ///
    /// let mut options = SpeakOptions::default();
    /// options.text.pronunciations = Some("SQL = sequel".to_owned());
    /// let script = Script::read("Learn SQL in 3 days.", &ModelInfo::new("mine").script_options(&options)?)?;
    /// assert_eq!(script.segments()[0].spoken, "Learn sequel in three days.");
    /// # Ok::<(), loqui_core::Error>(())
    /// ```
    pub fn script_options(&self, options: &SpeakOptions) -> Result<ScriptOptions> {
        let requested = options.voice.language.as_deref();
        let mut script = ScriptOptions::new(self.script_limits(), self.language(requested));
        script.language_given = requested.is_some();
        script.format = options.text.text_format()?;
        script.pronunciations = options.text.dictionary()?;
        script.reads_written = self.reads_written;
        script.reads_ipa = self.reads_ipa;
        script.tags.clone_from(&self.tags);
        script.editable = options.text.editable.unwrap_or_default();
        script.languages.clone_from(&self.languages);
        Ok(script)
    }
}

/// The price of a model.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Price {
    /// US dollars per 1,000 characters of text.
    pub usd_per_1000_characters: f64,
    /// The day of the price, as `YYYY-MM-DD`.
    pub as_of: String,
}

impl Price {
    /// Creates a price in US dollars per 1,000 characters, as of a day (`YYYY-MM-DD`).
    pub fn new(usd_per_1000_characters: f64, as_of: impl Into<String>) -> Self {
        Self {
            usd_per_1000_characters,
            as_of: as_of.into(),
        }
    }

    /// Returns the cost of this many characters in US dollars.
    pub fn of(&self, characters: usize) -> f64 {
        money::exact(characters as f64 * self.usd_per_1000_characters / 1000.0)
    }
}
