//! The language of a text.

use whatlang::{Detector, Lang, Script};

/// The minimum number of letters for a certain result.
const CERTAIN_LETTERS: usize = 40;
/// The same for scripts of few languages.
const CERTAIN_LETTERS_OF_SCRIPT: usize = 8;
/// The length of the start of a text that is analyzed, in bytes.
const PROBE: usize = 20_000;

/// The likely language of a text.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct DetectedLanguage {
    /// Its ISO 639-1 code.
    pub language: &'static str,
    /// From 0, a guess, to 1.
    pub confidence: f64,
    /// Whether the text is long enough and the language is unambiguous.
    pub certain: bool,
    script: Script,
    letters: usize,
}

/// Groups of languages that are hard to distinguish.
const ALIKE: &[&[&str]] = &[
    &["da", "no", "nn", "sv"],
    &["id", "ms"],
    &["pt", "gl", "es"],
    &["ru", "uk", "bg", "be", "mk", "sr"],
    &["hr", "sr", "sl", "bs"],
    &["cs", "sk"],
    &["hi", "mr", "ne"],
    &["nl", "af"],
    &["tr", "az"],
];

impl DetectedLanguage {
    /// Returns whether the text is certainly not in `language`, an ISO 639-1 code.
    pub fn contradicts(&self, language: &str) -> bool {
        if self.letters >= CERTAIN_LETTERS_OF_SCRIPT
            && scripts(language).is_some_and(|scripts| !scripts.contains(&self.script))
        {
            return true;
        }
        let alike = ALIKE
            .iter()
            .any(|group| group.contains(&language) && group.contains(&self.language));
        self.certain && self.language != language && !alike
    }
}

/// Detects the language of a text from its letters. Returns nothing if it has none.
///
/// ```
/// use loqui_text::detect_language;
///
/// let found = detect_language("Der schnelle braune Fuchs springt über den faulen Hund und läuft in den Wald.").unwrap();
/// assert_eq!(found.language, "de");
/// assert!(found.contradicts("en"));
/// assert!(!detect_language("Ja.").is_some_and(|found| found.certain));
/// ```
pub fn detect_language(text: &str) -> Option<DetectedLanguage> {
    let mut end = text.len().min(PROBE);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let text = &text[..end];
    let info = Detector::with_allowlist(
        Lang::all()
            .iter()
            .copied()
            .filter(|lang| code(*lang).is_some())
            .collect(),
    )
    .detect(text)?;
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let language = code(info.lang())?;
    let own_script = !matches!(
        info.script(),
        Script::Latin | Script::Cyrillic | Script::Arabic | Script::Devanagari
    );
    let enough = letters
        >= if own_script {
            CERTAIN_LETTERS_OF_SCRIPT
        } else {
            CERTAIN_LETTERS
        };
    let familiar = familiar_words(text);
    Some(DetectedLanguage {
        language: if familiar == Some("en") && info.script() == Script::Latin {
            "en"
        } else {
            language
        },
        confidence: info.confidence(),
        script: info.script(),
        letters,
        certain: enough && info.is_reliable() && (familiar.is_none() || familiar == Some(language)),
    })
}

/// The scripts that a language is written in, for the languages of the models.
fn scripts(language: &str) -> Option<&'static [Script]> {
    Some(match language {
        "en" | "da" | "de" | "es" | "fi" | "fr" | "it" | "ms" | "nl" | "no" | "pl" | "pt" | "sv" | "sw" | "tr" => {
            &[Script::Latin]
        }
        "ar" => &[Script::Arabic],
        "el" => &[Script::Greek],
        "he" => &[Script::Hebrew],
        "hi" => &[Script::Devanagari],
        "ja" => &[Script::Hiragana, Script::Katakana, Script::Mandarin],
        "ko" => &[Script::Hangul],
        "ru" => &[Script::Cyrillic],
        "zh" => &[Script::Mandarin],
        _ => return None,
    })
}

/// Returns true for English text: its function words are at least a sixth of all words. The letters of names and
/// quotations would be misleading.
fn familiar_words(text: &str) -> Option<&'static str> {
    const SMALL: &[&str] = &[
        "the", "and", "of", "to", "is", "that", "it", "was", "for", "with", "you", "this", "have", "are", "be", "not",
        "from", "by", "they", "his", "her", "what", "there", "which", "we", "my",
    ];
    let (mut words, mut small) = (0_usize, 0_usize);
    for word in text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()) {
        words += 1;
        small += usize::from(SMALL.iter().any(|known| known.eq_ignore_ascii_case(word)));
    }
    (small * 6 >= words && small > 0).then_some("en")
}

/// ISO 639-1 codes.
fn code(language: Lang) -> Option<&'static str> {
    Some(match language.code() {
        "eng" => "en",
        "rus" => "ru",
        "cmn" => "zh",
        "spa" => "es",
        "por" => "pt",
        "ita" => "it",
        "fra" => "fr",
        "deu" => "de",
        "ukr" => "uk",
        "ara" => "ar",
        "hin" => "hi",
        "jpn" => "ja",
        "heb" => "he",
        "pol" => "pl",
        "tur" => "tr",
        "nld" => "nl",
        "dan" => "da",
        "swe" => "sv",
        "nob" => "no",
        "fin" => "fi",
        "ell" => "el",
        "kor" => "ko",
        "ind" => "id",
        "ces" => "cs",
        "hun" => "hu",
        "ron" => "ro",
        "bul" => "bg",
        "bel" => "be",
        "hrv" => "hr",
        "srp" => "sr",
        "mkd" => "mk",
        "lit" => "lt",
        "lav" => "lv",
        "est" => "et",
        "slk" => "sk",
        "slv" => "sl",
        "cat" => "ca",
        "vie" => "vi",
        "tha" => "th",
        "ben" => "bn",
        "guj" => "gu",
        "pan" => "pa",
        "tel" => "te",
        "tam" => "ta",
        "kan" => "kn",
        "mal" => "ml",
        "mar" => "mr",
        "nep" => "ne",
        "urd" => "ur",
        "pes" => "fa",
        "kat" => "ka",
        "hye" => "hy",
        "aze" => "az",
        "uzb" => "uz",
        "khm" => "km",
        "mya" => "my",
        "sin" => "si",
        "amh" => "am",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_detected() {
        let cases = [
            (
                "en",
                "The committee met on Tuesday and decided to postpone the vote until the end of the month.",
            ),
            (
                "de",
                "Die Sitzung wurde am Dienstag auf das Ende des Monats verschoben, weil der Vorsitzende krank war.",
            ),
            (
                "fr",
                "La réunion a été reportée à la fin du mois parce que le président était malade depuis mardi.",
            ),
            (
                "es",
                "La reunión se aplazó hasta finales de mes porque el presidente estaba enfermo desde el martes.",
            ),
            (
                "ru",
                "Заседание перенесли на конец месяца, потому что председатель заболел ещё во вторник.",
            ),
            ("ja", "会議は火曜日に月末まで延期されました。議長が病気だったからです。"),
            ("zh", "由于主席生病，会议推迟到月底举行。大家都同意了这个决定。"),
            ("ko", "회의는 의장이 아파서 월말로 연기되었습니다. 모두가 동의했습니다."),
            (
                "el",
                "Η συνεδρίαση αναβλήθηκε για το τέλος του μήνα επειδή ο πρόεδρος ήταν άρρωστος.",
            ),
            (
                "pl",
                "Posiedzenie przełożono na koniec miesiąca, ponieważ przewodniczący zachorował we wtorek.",
            ),
            (
                "tr",
                "Toplantı, başkan salı günü hastalandığı için ayın sonuna ertelendi ve herkes bunu kabul etti.",
            ),
            (
                "nl",
                "De vergadering werd uitgesteld tot het einde van de maand omdat de voorzitter ziek was geworden.",
            ),
        ];
        for (language, text) in cases {
            let found = detect_language(text).unwrap();
            assert_eq!(found.language, language, "{text}");
            assert!(!found.contradicts(language), "{text}");
            let other = if language == "en" { "de" } else { "en" };
            assert!(found.contradicts(other), "{found:?} {text}");
        }
    }

    #[test]
    fn english_with_foreign_names_stays_english() {
        for text in [
            "Señor Núñez and Frau Müller-Lüdenscheidt met the Crème de la Crème of Łódź in the Café Größenwahn.",
            "Bon appétit!",
            "Ja, ja.",
            "OK",
            "Lorem ipsum",
            "Guten Tag",
        ] {
            assert!(
                !detect_language(text).is_some_and(|found| found.contradicts("en")),
                "{text}"
            );
        }
        assert_eq!(detect_language("123 !"), None);
    }
}
