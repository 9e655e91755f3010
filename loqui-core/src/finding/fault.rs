//! What can be wrong with a take: one name, one code.

/// What the checks find wrong with a take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TakeFault {
    /// Samples are not finite numbers.
    NotFinite,
    /// Nothing is said.
    Silent,
    /// The model cut it off at its ceiling.
    Truncated,
    /// More is said than the text has.
    TooSlow,
    /// Less is said than the text has.
    TooFast,
    /// A sound follows after the end.
    Tail,
    /// It is silent in the middle.
    LongSilence,
    /// Its peaks are cut off.
    Clipped,
    /// It does not sound like the sample.
    Unlike,
    /// Other words are said.
    WrongWords,
}

impl TakeFault {
    const ALL: [Self; 10] = [
        Self::NotFinite,
        Self::Silent,
        Self::Truncated,
        Self::TooSlow,
        Self::TooFast,
        Self::Tail,
        Self::LongSilence,
        Self::Clipped,
        Self::Unlike,
        Self::WrongWords,
    ];

    /// The code of its findings.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotFinite => "take.not_finite",
            Self::Silent => "take.silent",
            Self::Truncated => "take.truncated",
            Self::TooSlow => "take.too_slow",
            Self::TooFast => "take.too_fast",
            Self::Tail => "take.tail",
            Self::LongSilence => "take.long_silence",
            Self::Clipped => "take.clipped",
            Self::Unlike => "take.unlike",
            Self::WrongWords => "take.wrong_words",
        }
    }

    /// The fault with this code; none for findings that are no faults of takes.
    pub fn by_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|fault| fault.code() == code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_is_found_by_its_code() {
        for fault in TakeFault::ALL {
            assert_eq!(TakeFault::by_code(fault.code()), Some(fault));
        }
        assert_eq!(TakeFault::by_code("take.loud"), None);
    }
}
