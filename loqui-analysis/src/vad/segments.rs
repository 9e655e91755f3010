//! Converts probabilities to segments of speech.

use std::time::Duration;

use super::{SpeechDetector, WINDOW};
use crate::SAMPLE_RATE;
use crate::recording;

/// A part of a recording.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Segment {
    /// The start, in seconds.
    pub start: f64,
    /// The end, in seconds.
    pub end: f64,
}

impl Segment {
    /// Returns the length in seconds.
    pub fn seconds(&self) -> f64 {
        self.end - self.start
    }

    /// Creates a segment from two sample indices.
    pub(crate) fn between(start: usize, end: usize) -> Self {
        Self {
            start: recording::seconds(start),
            end: recording::seconds(end),
        }
    }
}

/// Joins windows to segments by the rules of `get_speech_timestamps` of Silero (version 6.2.3).
///
/// A segment starts at the first window at or above the threshold. It ends where the probability
/// first fell below the release level, if no window above the threshold follows within the minimum
/// silence. Segments up to the minimum length are dropped. The others are padded on both sides, and
/// share a gap that is too small for both paddings.
pub(super) fn find(rules: &SpeechDetector, windows: &[f32], samples: usize) -> Vec<Segment> {
    let min_speech = count(rules.min_speech);
    let min_silence = count(rules.min_silence);

    let mut found: Vec<(usize, usize)> = Vec::new();
    let mut keep = |start: usize, end: usize| {
        if end - start > min_speech {
            found.push((start, end));
        }
    };
    let mut open: Option<usize> = None;
    let mut fallen: Option<usize> = None;
    for (index, &probability) in windows.iter().enumerate() {
        let here = index * WINDOW;
        if probability >= rules.threshold {
            fallen = None;
            open.get_or_insert(here);
        } else if let Some(start) = open
            && probability < rules.release
        {
            let end = *fallen.get_or_insert(here);
            if here - end >= min_silence {
                keep(start, end);
                (open, fallen) = (None, None);
            }
        }
    }
    if let Some(start) = open {
        keep(start, samples);
    }
    pad(&mut found, count(rules.padding), samples);
    found
        .into_iter()
        .map(|(start, end)| Segment::between(start, end))
        .collect()
}

fn pad(found: &mut [(usize, usize)], padding: usize, samples: usize) {
    if let Some(first) = found.first_mut() {
        first.0 = first.0.saturating_sub(padding);
    }
    for next in 1..found.len() {
        let gap = found[next].0 - found[next - 1].1;
        let reach = padding.min(gap / 2);
        found[next - 1].1 += reach;
        found[next].0 -= reach;
    }
    if let Some(last) = found.last_mut() {
        last.1 = (last.1 + padding).min(samples);
    }
}

fn count(duration: Duration) -> usize {
    (duration.as_secs_f64() * f64::from(SAMPLE_RATE)) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: usize = 31; // windows in 0.992 s

    fn probabilities(parts: &[(f32, usize)]) -> Vec<f32> {
        parts.iter().flat_map(|&(p, n)| std::iter::repeat_n(p, n)).collect()
    }

    fn segments(parts: &[(f32, usize)]) -> Vec<(f64, f64)> {
        let windows = probabilities(parts);
        find(&SpeechDetector::default(), &windows, windows.len() * WINDOW)
            .into_iter()
            .map(|s| (s.start, s.end))
            .collect()
    }

    #[test]
    fn silence_has_no_segment() {
        assert_eq!(segments(&[(0.1, SECOND)]), []);
    }

    #[test]
    fn speech_between_silences_is_one_padded_segment() {
        assert_eq!(
            segments(&[(0.0, SECOND), (0.9, SECOND), (0.0, SECOND)]),
            [(0.992 - 0.03, 1.984 + 0.03)]
        );
    }

    #[test]
    fn speech_up_to_the_end_stays_within_the_recording() {
        assert_eq!(segments(&[(0.9, SECOND)]), [(0.0, 0.992)]);
    }

    #[test]
    fn only_a_long_pause_separates_segments() {
        assert_eq!(segments(&[(0.9, SECOND), (0.0, 3), (0.9, SECOND)]).len(), 1);
        assert_eq!(segments(&[(0.9, SECOND), (0.0, 5), (0.9, SECOND)]).len(), 2);
    }

    #[test]
    fn probability_above_the_release_level_does_not_end_a_segment() {
        assert_eq!(segments(&[(0.9, SECOND), (0.4, SECOND), (0.9, SECOND)]).len(), 1);
    }

    #[test]
    fn segment_of_one_window_is_dropped() {
        assert_eq!(segments(&[(0.0, SECOND), (0.9, 1), (0.0, SECOND)]), []);
    }

    #[test]
    fn segments_share_a_gap_that_is_too_small_for_the_padding() {
        let windows = probabilities(&[(0.9, SECOND), (0.0, 8), (0.9, SECOND)]);
        let rules = SpeechDetector::default().with_padding(Duration::from_secs(1));
        let found = find(&rules, &windows, windows.len() * WINDOW);
        assert_eq!(found.len(), 2);
        assert!((found[0].end - found[1].start).abs() < 1e-9);
    }
}
