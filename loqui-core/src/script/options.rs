//! How a script is read and split.

use loqui_text::{Locale, Pronunciations};

use super::{Limits, TextFormat, primary_language};

/// How a script is read and split.
///
/// `ModelInfo::script_options` returns the options for a model and a request.
#[derive(Clone, Debug, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent facts about the request and the model"
)]
#[non_exhaustive]
pub struct ScriptOptions {
    /// The limits of segments.
    pub limits: Limits,
    /// The language of the text: a tag such as `en` or `en-GB`. Without it numbers stay as they are written.
    pub language: Option<String>,
    /// Whether the user named the language. Then a text that seems to be in another language is a warning, not an error.
    pub language_given: bool,
    /// The format of the text.
    pub format: TextFormat,
    /// The pronunciations that the user set.
    pub pronunciations: Pronunciations,
    /// The name of the voice, which selects pronunciations.
    pub voice: Option<String>,
    /// Whether the model reads numbers, dates and signs itself. Then it gets the text as it is written.
    pub reads_written: bool,
    /// Whether the engine speaks pronunciations in the International Phonetic Alphabet.
    pub reads_ipa: bool,
    /// The directions that the model understands, such as `laugh` for `[laugh]`. Others are left out with a finding. `None`
    /// passes all on.
    pub tags: Option<Vec<String>>,
    /// The languages that the model speaks, for hints. Empty if unknown.
    pub languages: Vec<String>,
    /// Whether each sentence becomes a segment of its own, unless it is too short.
    pub editable: bool,
}

impl ScriptOptions {
    /// Returns options for a plain text in a language.
    pub fn new(limits: Limits, language: Option<&str>) -> Self {
        Self {
            limits,
            language: language.map(str::to_owned),
            ..Self::default()
        }
    }

    /// Restricts the options to what another model of the same script supports as well.
    pub(crate) fn restrict(&mut self, other: &Self) {
        let limits = &mut self.limits;
        limits.target_characters = limits.target_characters.min(other.limits.target_characters);
        limits.max_characters = limits.max_characters.min(other.limits.max_characters);
        limits.plain_letters |= other.limits.plain_letters;
        self.reads_written &= other.reads_written;
        self.reads_ipa &= other.reads_ipa;
        self.tags = match (self.tags.take(), &other.tags) {
            (Some(tags), Some(others)) => Some(tags.into_iter().filter(|tag| others.contains(tag)).collect()),
            (own, others) => own.or_else(|| others.clone()),
        };
        self.languages.retain(|language| other.languages.contains(language));
    }

    /// Returns the locale, if the language is a valid tag.
    pub(super) fn locale(&self) -> Option<Locale> {
        self.language.as_deref()?.parse().ok()
    }

    /// Returns the base language, such as `en` for `en-GB`.
    pub(super) fn primary_language(&self) -> Option<String> {
        self.language.as_deref().map(primary_language)
    }
}
