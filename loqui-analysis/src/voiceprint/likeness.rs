//! Similarity in words.

/// How alike two voices are, in words.
///
/// The bounds come from clean 10 s clips of four people, 14 each: one speaker scored 0.868 or more
/// in 99 of 100 pairs, two speakers 0.757 or less. Other microphones and rooms widen both, and noise
/// lowers the score: white noise 20 dB below a voice takes it to 0.84 against its clean self, 10 dB
/// below to 0.64. Read the words as a hint, not as proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "the scale has four steps; callers match all of them"
)]
pub enum Likeness {
    /// Less than 0.65: another voice.
    Different,
    /// 0.65 to 0.75: another voice of the same kind.
    Resembles,
    /// 0.75 to 0.85: may be the same speaker in other conditions.
    Close,
    /// 0.85 and more: the same speaker, as far as the network can tell.
    Same,
}

impl Likeness {
    /// Lowest similarity that is called [`Likeness::Same`].
    pub const SAME: f32 = 0.85;
    /// Lowest similarity that is called [`Likeness::Close`].
    pub const CLOSE: f32 = 0.75;
    /// Lowest similarity that is called [`Likeness::Resembles`].
    pub const RESEMBLES: f32 = 0.65;

    /// Names a similarity of [`Voiceprint::similarity`](crate::Voiceprint::similarity).
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
    fn bounds_belong_to_the_better_word() {
        assert_eq!(Likeness::from_similarity(Likeness::SAME), Likeness::Same);
        assert_eq!(Likeness::from_similarity(Likeness::CLOSE), Likeness::Close);
        assert_eq!(Likeness::from_similarity(Likeness::RESEMBLES), Likeness::Resembles);
        assert_eq!(Likeness::from_similarity(0.0), Likeness::Different);
    }
}
