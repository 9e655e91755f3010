//! Which windows of a recording are embedded.

use super::mel::HOP;

/// Frames of 10 ms in one window: 1.6 s, what the network was trained on.
pub(super) const SLICE_FRAMES: usize = 160;

/// Frames from one window to the next: 1.3 windows per second, as Resemblyzer 0.1.4 does.
const STEP_FRAMES: usize = 77;

/// Returns the first frame of each window for a recording of `samples` samples.
///
/// There is always one window. The last one may reach beyond the end, into padding, but is left
/// out if less than three quarters of it are audio (`compute_partial_slices` in Resemblyzer).
pub(super) fn starts(samples: usize) -> Vec<usize> {
    let frames = (samples + 1).div_ceil(HOP);
    let end = (frames + STEP_FRAMES + 1).saturating_sub(SLICE_FRAMES).max(1);
    let mut starts: Vec<usize> = (0..end).step_by(STEP_FRAMES).collect();
    if let [.., _, last] = starts[..] {
        let covered = samples.saturating_sub(last * HOP);
        if 4 * covered < 3 * SLICE_FRAMES * HOP {
            starts.pop();
        }
    }
    starts
}

/// Keeps at most so many of the windows, at even distances, the first among them.
pub(super) fn pruned(starts: Vec<usize>, most: usize) -> Vec<usize> {
    let most = most.max(1);
    if starts.len() <= most {
        return starts;
    }
    (0..most).map(|index| starts[index * starts.len() / most]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Expected values from Resemblyzer 0.1.4, `compute_partial_slices(samples, 1.3, 0.75)`.
    #[test]
    fn starts_match_the_reference() {
        assert_eq!(starts(16_000), [0]);
        assert_eq!(starts(25_600), [0]);
        assert_eq!(starts(48_000), [0, 77, 154]);
        assert_eq!(starts(60_000), [0, 77, 154, 231]);
        assert_eq!(
            starts(160_000),
            [0, 77, 154, 231, 308, 385, 462, 539, 616, 693, 770, 847]
        );
    }

    #[test]
    fn thinning_keeps_even_distances() {
        assert_eq!(pruned(vec![0, 1, 2], 5), [0, 1, 2]);
        assert_eq!(pruned((0..10).collect(), 5), [0, 2, 4, 6, 8]);
        assert_eq!(pruned((0..7).collect(), 3), [0, 2, 4]);
        assert_eq!(pruned(vec![3, 4], 0), [3]);
    }
}
