//! The windows of a recording that are embedded.

use super::mel::HOP;

/// The frames of 10 ms in a window: 1.6 s, as in the training of the network.
pub(super) const SLICE_FRAMES: usize = 160;

/// The frames from one window to the next: 1.3 windows per second, as in Resemblyzer 0.1.4.
const STEP_FRAMES: usize = 77;

/// Returns the first frame of each window for a recording of `samples` samples.
///
/// There is at least one window. The last one may extend into padding, but is dropped if less than
/// three quarters of it are audio (`compute_partial_slices` in Resemblyzer).
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

/// Keeps at most `most` of the windows, evenly spaced, including the first.
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

    /// The expected values come from Resemblyzer 0.1.4, `compute_partial_slices(samples, 1.3, 0.75)`.
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
    fn pruning_keeps_evenly_spaced_windows() {
        assert_eq!(pruned(vec![0, 1, 2], 5), [0, 1, 2]);
        assert_eq!(pruned((0..10).collect(), 5), [0, 2, 4, 6, 8]);
        assert_eq!(pruned((0..7).collect(), 3), [0, 2, 4]);
        assert_eq!(pruned(vec![3, 4], 0), [3]);
    }
}
