//! Classes of similarity.

/// A class of similarity of two voices.
///
/// The bounds come from clean clips of 10 s of four people, 14 each: one speaker scored at least
/// 0.868 in 99 of 100 pairs, two speakers at most 0.757. Other microphones and rooms widen both
/// ranges. Noise lowers the score: a voice with white noise scores 0.84 with its clean version at
/// 20 dB and 0.64 at 10 dB. A class is no proof of identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "the scale has four steps; callers match all of them"
)]
pub enum Likeness {
    /// Below 0.65: another voice.
    Different,
    /// 0.65 to 0.75: a similar voice.
    Resembles,
    /// 0.75 to 0.85: possibly the same speaker in other conditions.
    Close,
    /// 0.85 and above: probably the same speaker.
    Same,
}

impl Likeness {
    /// The minimum similarity of [`Likeness::Same`].
    pub const SAME: f32 = 0.85;
    /// The minimum similarity of [`Likeness::Close`].
    pub const CLOSE: f32 = 0.75;
    /// The minimum similarity of [`Likeness::Resembles`].
    pub const RESEMBLES: f32 = 0.65;

    /// Classifies a similarity of [`Voiceprint::similarity`](crate::Voiceprint::similarity).
    ///
    /// ```
    /// use loqui_analysis::Likeness;
    ///
    /// assert_eq!(Likeness::from_similarity(0.93), Likeness::Same);
    /// assert_eq!(Likeness::from_similarity(0.64), Likeness::Different);
    /// assert!(Likeness::Same > Likeness::Close);
    /// ```
    pub fn from_similarity(similarity: f32) -> Self {
        if similarity >= Self::SAME {
            Self::Same
        } else if similarity >= Self::CLOSE {
            Self::Close
        } else if similarity >= Self::RESEMBLES {
            Self::Resembles
        } else {
            Self::Different
        }
    }
}

impl std::fmt::Display for Likeness {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Different => "different",
            Self::Resembles => "resembles",
            Self::Close => "close",
            Self::Same => "same",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_belong_to_the_higher_class() {
        assert_eq!(Likeness::from_similarity(Likeness::SAME), Likeness::Same);
        assert_eq!(Likeness::from_similarity(Likeness::CLOSE), Likeness::Close);
        assert_eq!(Likeness::from_similarity(Likeness::RESEMBLES), Likeness::Resembles);
        assert_eq!(Likeness::from_similarity(0.0), Likeness::Different);
    }
}
