//! The path of dynamic time warping: which frame of the voice each frame of the recording corresponds to.

use super::features::Features;

/// The cost of a step by 0, 1, 2 or 3 frames of the voice for each frame of the recording, in dB.
const STEP_COST: [f32; 4] = [15.0, 0.0, 4.0, 15.0];
/// The cost of a step by other than 1 frame in silence. Pauses may have any length.
const PAUSE_COST: f32 = 1.0;
/// The share of the length of the voice in which the path is searched, on each side of a constant pace.
const BAND_SHARE: f64 = 0.2;
/// The limits of that band, in frames: 2 s and 10 s.
const BAND_FRAMES: (usize, usize) = (160, 800);

/// For each frame of the recording, the frame of the voice.
pub(super) struct Path<'a> {
    recording: &'a Features,
    voice: &'a Features,
    frames: Vec<usize>,
}

impl<'a> Path<'a> {
    /// Finds the cheapest path. Both have at least one frame. Memory and time are proportional to the length of the recording
    /// times the width of the band.
    pub(super) fn between(recording: &'a Features, voice: &'a Features) -> Self {
        let (rows, columns) = (recording.frames(), voice.frames());
        let reach = ((columns as f64 * BAND_SHARE) as usize).clamp(BAND_FRAMES.0, BAND_FRAMES.1);
        let width = (2 * reach + 1).min(columns);
        let first = |row: usize| {
            let centre = row * columns / rows;
            centre.saturating_sub(reach).min(columns - width)
        };
        let mut steps = vec![0_u8; rows * width];
        let mut costs = vec![f32::INFINITY; width];
        let mut next = vec![f32::INFINITY; width];
        costs[0] = recording.distance(0, voice, 0);
        for row in 1..rows {
            let (shift, start) = (first(row) - first(row - 1), first(row));
            let pauses = recording.is_silent(row);
            for column in 0..width {
                let at = start + column;
                let mut best = (f32::INFINITY, 0);
                for (step, cost) in STEP_COST.into_iter().enumerate() {
                    let Some(from) = (column + shift).checked_sub(step).filter(|from| *from < width) else {
                        continue;
                    };
                    let free = match step {
                        0 => pauses,
                        1 => false,
                        _ => voice.is_silent(at - step),
                    };
                    let cost = costs[from] + if free { PAUSE_COST } else { cost };
                    if cost < best.0 {
                        best = (cost, step);
                    }
                }
                next[column] = if best.0.is_finite() {
                    best.0 + recording.distance(row, voice, at)
                } else {
                    f32::INFINITY
                };
                steps[row * width + column] = best.1 as u8;
            }
            std::mem::swap(&mut costs, &mut next);
        }
        // The last frame that can be reached, if the recording is much shorter than the voice.
        let last = (0..width)
            .rev()
            .find(|column| costs[*column].is_finite())
            .unwrap_or_default();
        let mut frames = vec![0; rows];
        let mut at = first(rows - 1) + last;
        for row in (0..rows).rev() {
            frames[row] = at;
            let step = usize::from(steps[row * width + at.saturating_sub(first(row)).min(width - 1)]);
            at = at.saturating_sub(step);
        }
        Self {
            recording,
            voice,
            frames,
        }
    }

    /// Moves a time of the voice to the recording, in seconds.
    pub(super) fn seconds(&self, voice_seconds: f64) -> f64 {
        let position = self.voice.position(voice_seconds);
        let reached = self.frames.partition_point(|frame| (*frame as f64) < position);
        let passed = self.frames.partition_point(|frame| *frame as f64 <= position);
        // Frames that stay at the position share it.
        f64::midpoint(self.recording.time(reached), self.recording.time(passed))
    }
}
