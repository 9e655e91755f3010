//! Tokens and words of a text.

use crate::spoken::{Collector, Sink, Writer};
use crate::{Finding, Locale, Spoken, Token};
use crate::{english, world};

/// Converts a text to the words that a reader would say.
///
/// ```
/// use loqui_text::{Locale, speak};
///
/// let spoken = speak("Prof. Dr. Weber paid $5-10 on 01/10/2024.", &Locale::american());
/// assert_eq!(
///     spoken.text,
///     "Professor Doctor Weber paid five to ten dollars on January tenth, twenty twenty-four."
/// );
/// let british = speak("on 01/10/2024", &"en-GB".parse()?);
/// assert_eq!(british.text, "on the first of October twenty twenty-four");
/// # Ok::<(), loqui_text::InvalidLocale>(())
/// ```
pub fn speak(text: &str, locale: &Locale) -> Spoken {
    let mut writer = Writer::default();
    read(text, locale, &mut writer);
    let Writer { mut spoken, silent } = writer;
    let mut position = Positions::new(text);
    for (range, what) in silent {
        let shown: String = what.chars().take(8).collect();
        let range = position.at(range.start)..position.at(range.end);
        spoken.findings.push(Finding::new(
            "script.unspeakable",
            format!("{shown} has no reading and is left out"),
            "Write what you mean in words.",
            range,
        ));
    }
    spoken
}

/// Classifies the tokens of a text. Punctuation between tokens is left out.
///
/// ```
/// use loqui_text::{Class, Locale, tokens};
///
/// let tokens = tokens("on Hwy. 9 at 5 pm", &Locale::american());
/// let classes: Vec<_> = tokens.iter().map(|token| token.class).collect();
/// assert_eq!(classes, [Class::Plain, Class::Abbreviation, Class::Cardinal, Class::Plain, Class::Time]);
/// assert!(!tokens[1].may_end_sentence);
/// ```
pub fn tokens(text: &str, locale: &Locale) -> Vec<Token> {
    let mut collector = Collector::default();
    read(text, locale, &mut collector);
    collector.tokens
}

/// Returns whether numbers, dates and the like are written in words for this language.
///
/// ```
/// assert!(loqui_text::is_read(&"pt-BR".parse()?));
/// assert!(!loqui_text::is_read(&"cs".parse()?));
/// # Ok::<(), loqui_text::InvalidLocale>(())
/// ```
pub fn is_read(locale: &Locale) -> bool {
    locale.is_english() || world::is_known(locale.language())
}

/// Languages that are not known are read as they stand.
fn read(text: &str, locale: &Locale, sink: &mut impl Sink) {
    if locale.is_english() {
        english::read(text, locale.is_british(), sink);
    } else if !world::read(text, locale.language(), sink) && !text.is_empty() {
        sink.token(Token::plain(0..text.len()), text, true);
    }
}

/// Counts scalar values for positions that only grow.
struct Positions<'a> {
    text: &'a str,
    byte: usize,
    scalar: usize,
}

impl<'a> Positions<'a> {
    const fn new(text: &'a str) -> Self {
        Self {
            text,
            byte: 0,
            scalar: 0,
        }
    }

    fn at(&mut self, byte: usize) -> usize {
        self.scalar += self.text[self.byte..byte].chars().count();
        self.byte = byte;
        self.scalar
    }
}
