//! Positions that no segment crosses: where a chapter begins, and where the voice, the language or the settings change.

use std::ops::Range;

use loqui_text::{Mark, Plain};

/// The breaks of a text, in bytes, in order.
#[derive(Clone, Debug, Default)]
pub(super) struct Breaks {
    breaks: Vec<Break>,
}

/// A position that no segment crosses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Break {
    pub(super) at: usize,
    /// Whether a chapter begins here.
    pub(super) chapter: bool,
}

impl Breaks {
    /// Returns the breaks of a text with marks.
    pub(super) fn of(plain: &Plain) -> Self {
        let mut breaks: Vec<Break> = Vec::new();
        for (range, mark) in &plain.marks {
            match mark {
                Mark::Heading { .. } => breaks.push(Break {
                    at: range.start,
                    chapter: true,
                }),
                Mark::Span(attributes) if attributes.needs_own_take() => {
                    breaks.extend([range.start, range.end].map(|at| Break { at, chapter: false }));
                }
                _ => {}
            }
        }
        // Where both are, a chapter begins.
        breaks.sort_by_key(|known| (known.at, !known.chapter));
        breaks.dedup_by_key(|known| known.at);
        Self { breaks }
    }

    /// Divides a part of the text at the breaks inside it. Returns each part with the break at its start.
    pub(super) fn divide(&self, part: Range<usize>) -> Vec<(Range<usize>, Option<Break>)> {
        let first = self.breaks.partition_point(|known| known.at < part.start);
        let inside = self.breaks[first..].iter().take_while(|known| known.at < part.end);
        let mut parts = Vec::new();
        let (mut start, mut begun) = (part.start, None);
        for known in inside {
            if known.at > start {
                parts.push((start..known.at, begun));
            }
            (start, begun) = (known.at, Some(*known));
        }
        parts.push((start..part.end, begun));
        parts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_divided_at_breaks() {
        let breaks = Breaks {
            breaks: [(0, true), (5, false), (9, true)]
                .map(|(at, chapter)| Break { at, chapter })
                .to_vec(),
        };
        let parts: Vec<_> = breaks
            .divide(0..12)
            .into_iter()
            .map(|(part, begun)| (part, begun.is_some_and(|b| b.chapter)))
            .collect();
        assert_eq!(parts, [(0..5, true), (5..9, false), (9..12, true)]);
        assert_eq!(breaks.divide(1..5), [(1..5, None)]);
        assert_eq!(Breaks::default().divide(3..3), [(3..3, None)]);
    }
}
