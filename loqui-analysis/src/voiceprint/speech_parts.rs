//! A view of a recording without its long silences.

use std::ops::Range;

use crate::vad::{Segment, SpeechMap, WINDOW};

/// The number of windows in the smoothing of the flags.
const SMOOTHING: usize = 8;

/// The number of windows that are kept on each side of speech.
const MARGIN: usize = 3;

/// The parts of a recording with speech, concatenated.
///
/// The rule is `trim_long_silences` of Resemblyzer 0.1.4, with Silero instead of the detector of
/// WebRTC: flags per window, smoothed over 8 windows, extended by 3 on each side.
pub(super) struct SpeechParts<'a> {
    samples: &'a [f32],
    gain: f32,
    /// The ranges of `samples`, in order, without overlap.
    parts: Vec<Range<usize>>,
    /// The start of each part in the concatenated audio.
    offsets: Vec<usize>,
    len: usize,
}

impl<'a> SpeechParts<'a> {
    pub(super) fn new(samples: &'a [f32], speech: &SpeechMap) -> Self {
        let flags: Vec<bool> = (0..speech.windows().len())
            .map(|window| speech.is_speech(window))
            .collect();
        Self::from_parts(samples, stretches(&widen(&smooth(&flags)), samples.len()))
    }

    fn from_parts(samples: &'a [f32], parts: Vec<Range<usize>>) -> Self {
        let mut len = 0;
        let offsets = parts
            .iter()
            .map(|part| {
                let offset = len;
                len += part.len();
                offset
            })
            .collect();
        Self {
            samples,
            gain: 1.0,
            parts,
            offsets,
            len,
        }
    }

    /// Returns a view of the whole recording.
    #[cfg(test)]
    pub(super) fn whole(samples: &'a [f32]) -> Self {
        Self::from_parts(samples, std::iter::once(0..samples.len()).collect())
    }

    /// Sets the gain of [`SpeechParts::copy`].
    pub(super) fn amplified(self, gain: f32) -> Self {
        Self { gain, ..self }
    }

    /// Returns the parts, without the gain.
    pub(super) fn parts(&self) -> impl Iterator<Item = &'a [f32]> {
        self.parts.iter().map(|part| &self.samples[part.clone()])
    }

    /// Returns the number of samples of all parts.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Copies the concatenated audio from index `from` on. There is silence before and after it.
    pub(super) fn copy(&self, from: isize, into: &mut [f32]) {
        into.fill(0.0);
        let wanted = from..from + into.len().cast_signed();
        for (part, &offset) in self.parts.iter().zip(&self.offsets) {
            let offset = offset.cast_signed();
            let start = wanted.start.max(offset);
            let end = wanted.end.min(offset + part.len().cast_signed());
            if start < end {
                let source = part.start + (start - offset).cast_unsigned();
                let target = (start - from).cast_unsigned();
                let count = (end - start).cast_unsigned();
                for (slot, x) in into[target..target + count]
                    .iter_mut()
                    .zip(&self.samples[source..source + count])
                {
                    *slot = x * self.gain;
                }
            }
        }
    }

    /// Returns the position in the recording of the concatenated audio from `start` to `end`.
    pub(super) fn span(&self, start: usize, end: usize) -> Segment {
        let last = end.min(self.len).saturating_sub(1);
        Segment::between(self.original(start.min(last)), self.original(last) + 1)
    }

    fn original(&self, index: usize) -> usize {
        let part = self
            .offsets
            .partition_point(|&offset| offset <= index)
            .saturating_sub(1);
        self.parts
            .get(part)
            .map_or(0, |range| range.start + index - self.offsets[part])
    }
}

/// Sets a flag if more than half of the eight around it (three before, four after) are set.
fn smooth(flags: &[bool]) -> Vec<bool> {
    let before = (SMOOTHING - 1) / 2;
    (0..flags.len())
        .map(|index| {
            let around = &flags[index.saturating_sub(before)..(index + SMOOTHING - before).min(flags.len())];
            2 * around.iter().filter(|&&flag| flag).count() > SMOOTHING
        })
        .collect()
}

/// Sets a flag if one within the margin is set.
fn widen(flags: &[bool]) -> Vec<bool> {
    (0..flags.len())
        .map(|index| flags[index.saturating_sub(MARGIN)..(index + MARGIN + 1).min(flags.len())].contains(&true))
        .collect()
}

fn stretches(flags: &[bool], samples: usize) -> Vec<Range<usize>> {
    flags
        .chunk_by(|a, b| a == b)
        .scan(0, |window, run| {
            let start = *window * WINDOW;
            *window += run.len();
            Some((run[0], start..(*window * WINDOW).min(samples)))
        })
        .filter_map(|(keep, range)| keep.then_some(range))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flags(pattern: &str) -> Vec<bool> {
        pattern.chars().map(|c| c == '#').collect()
    }

    fn pattern(flags: &[bool]) -> String {
        flags.iter().map(|&flag| if flag { '#' } else { '.' }).collect()
    }

    /// The expected values come from `trim_long_silences`, run with numpy.
    #[test]
    fn smoothing_and_widening_match_the_reference() {
        let smoothed = smooth(&flags("....##########......#..........####.####"));
        assert_eq!(pattern(&smoothed), "....#########...................######..");
        assert_eq!(pattern(&widen(&smoothed)), ".###############.............###########");
    }

    #[test]
    fn stretches_end_with_the_recording() {
        assert_eq!(
            stretches(&flags("##..#"), 5 * WINDOW - 100),
            [0..2 * WINDOW, 4 * WINDOW..5 * WINDOW - 100]
        );
    }

    #[test]
    fn parts_are_concatenated_with_silence_around() {
        let samples: Vec<f32> = (0..10).map(|n| n as f32).collect();
        let kept = SpeechParts::from_parts(&samples, vec![1..3, 6..9]).amplified(2.0);
        let mut read = [9.0; 9];
        kept.copy(-2, &mut read);
        assert_eq!(read.map(|x| x as i32), [0, 0, 2, 4, 12, 14, 16, 0, 0]);
        let mut inside = [0.0; 2];
        kept.copy(1, &mut inside);
        assert_eq!(inside.map(|x| x as i32), [4, 12]);
    }

    #[test]
    fn span_is_a_position_in_the_recording() {
        let samples = vec![0.0; 10];
        let kept = SpeechParts::from_parts(&samples, vec![1..3, 6..9]);
        assert_eq!(kept.span(1, 3), Segment::between(2, 7));
        assert_eq!(kept.span(2, 99), Segment::between(6, 9));
    }
}
