//! The labels by which a script names voices.

use std::fmt;

use crate::error::{Error, Result, code};

/// The maximum length, in characters.
const MOST_CHARACTERS: usize = 60;

/// A label of a voice: letters, digits, spaces and `_ - . '`, with at least one letter. Upper and lower case do not differ, and
/// neither do several spaces and one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct VoiceLabel {
    label: String,
    folded: String,
}

impl VoiceLabel {
    /// Reads a label that a user gave.
    ///
    /// # Errors
    ///
    /// `option.out_of_range`.
    pub(crate) fn parse(written: &str) -> Result<Self> {
        let label = Self::lenient(written);
        let fits = label.label.chars().count() <= MOST_CHARACTERS
            && label.label.chars().any(char::is_alphabetic)
            && label
                .label
                .chars()
                .all(|c| c.is_alphanumeric() || matches!(c, ' ' | '_' | '-' | '.' | '\''));
        if fits {
            return Ok(label);
        }
        let message = format!("{written:?} cannot be the label of a voice");
        Err(Error::new(&code::OPTION_OUT_OF_RANGE, message).with_hint(format!(
            "A label has letters, digits, spaces and _ - . ', up to {MOST_CHARACTERS} characters, with at least one letter."
        )))
    }

    /// Reads a label of a script, whatever its characters.
    pub(crate) fn lenient(written: &str) -> Self {
        let label = written.split_whitespace().collect::<Vec<_>>().join(" ");
        let folded = label.to_lowercase();
        Self { label, folded }
    }

    /// True if another spelling means the same voice.
    pub(crate) fn is(&self, other: &str) -> bool {
        self.folded == Self::lenient(other).folded
    }
}

impl fmt::Display for VoiceLabel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.label)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_a_label_are_one_voice() {
        let label = VoiceLabel::parse("  Old   Man ").unwrap();
        assert_eq!(label.to_string(), "Old Man");
        assert!(label.is("old man") && !label.is("oldman"));
        for good in ["anna", "Åsa", "narrator-2", "Dr. O'Neil", "S1", "旁白"] {
            assert!(VoiceLabel::parse(good).is_ok(), "{good}");
        }
        for bad in ["", " ", "12", "a=b", "a]b", "--", &"x".repeat(61)] {
            assert_eq!(
                VoiceLabel::parse(bad).unwrap_err().code(),
                "option.out_of_range",
                "{bad}"
            );
        }
    }
}
