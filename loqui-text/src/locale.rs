//! Language and region of a text.

/// The language of a text, with its region if that changes the reading.
///
/// ```
/// use loqui_text::Locale;
///
/// let locale: Locale = "en-GB".parse()?;
/// assert_eq!(locale.language(), "en");
/// assert!(locale.is_british());
/// # Ok::<(), loqui_text::InvalidLocale>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Locale {
    language: String,
    region: Option<String>,
}

/// The text is not a language tag such as `en` or `en-GB`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidLocale(String);

impl std::fmt::Display for InvalidLocale {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?} is not a language tag such as \"en\" or \"en-GB\"", self.0)
    }
}

impl std::error::Error for InvalidLocale {}

/// English regions where the day precedes the month and "and" follows "hundred".
const BRITISH: [&str; 8] = ["GB", "IE", "AU", "NZ", "ZA", "IN", "SG", "HK"];

impl Locale {
    /// Returns American English.
    pub fn american() -> Self {
        Self {
            language: "en".to_owned(),
            region: Some("US".to_owned()),
        }
    }

    /// Returns the base language, an ISO 639 code in lower case. This is the code that speech providers take.
    pub fn language(&self) -> &str {
        &self.language
    }

    /// Returns the region, an ISO 3166 code in upper case.
    pub fn region(&self) -> Option<&str> {
        self.region.as_deref()
    }

    /// Returns whether the text is English.
    pub fn is_english(&self) -> bool {
        self.language == "en"
    }

    /// Returns whether dates and numbers follow British conventions.
    pub fn is_british(&self) -> bool {
        self.is_english() && self.region().is_some_and(|region| BRITISH.contains(&region))
    }
}

impl std::str::FromStr for Locale {
    type Err = InvalidLocale;

    fn from_str(tag: &str) -> Result<Self, Self::Err> {
        let invalid = || InvalidLocale(tag.chars().take(40).collect());
        let mut parts = tag.split(['-', '_']);
        let language = parts.next().unwrap_or_default();
        if !(2..=3).contains(&language.len()) || !language.bytes().all(|byte| byte.is_ascii_alphabetic()) {
            return Err(invalid());
        }
        let mut region = None;
        for part in parts {
            match part.len() {
                2 if part.bytes().all(|byte| byte.is_ascii_alphabetic()) => region = Some(part.to_ascii_uppercase()),
                1..=8 if part.bytes().all(|byte| byte.is_ascii_alphanumeric()) => {}
                _ => return Err(invalid()),
            }
        }
        Ok(Self {
            language: language.to_ascii_lowercase(),
            region,
        })
    }
}

impl std::fmt::Display for Locale {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.language)?;
        match &self.region {
            Some(region) => write!(f, "-{region}"),
            None => Ok(()),
        }
    }
}
