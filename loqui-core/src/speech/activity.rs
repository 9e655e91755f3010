//! The sounding and silent parts of a take.

use std::ops::Range;
use std::time::Duration;

use crate::audio::{Clip, SPEECH_RATE, power_dbfs};

/// The gate: quieter frames are silence.
const GATE_DBFS: f64 = -45.0;
/// The distance of the gate from the loudest frame in a quiet take.
const GATE_BELOW_LOUDEST_DB: f64 = 30.0;
/// A take whose loudest frame is below this level is silent.
pub(super) const SILENT_DBFS: f64 = -50.0;
/// The maximum gap that counts as speech: stop consonants, breaths, commas.
const SPEECH_GAP_SECONDS: f64 = 0.3;
const FRAMES_PER_SECOND: usize = 100;

/// The sound after the last long gap, in seconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Tail {
    /// The length of the gap.
    pub(super) gap: f64,
    /// The length of the sound after it.
    pub(super) sound: f64,
}

/// The frames of 10 ms that sound.
#[derive(Debug)]
pub(super) struct Activity {
    samples: usize,
    frame: usize,
    rate: f64,
    /// The runs of frames above the gate.
    sounding: Vec<Range<usize>>,
    /// The mean power of these frames.
    power: f64,
}

impl Activity {
    /// Measures a take of finite samples without DC offset; see [`centred`].
    pub(super) fn of(take: &Clip) -> Self {
        let samples = take.samples();
        let frame = (take.sample_rate() as usize / FRAMES_PER_SECOND).max(1);
        let powers: Vec<f64> = samples.chunks(frame).map(power).collect();
        let loudest = power_dbfs(powers.iter().copied().fold(0.0, f64::max));
        let gate = if loudest < SILENT_DBFS {
            f64::INFINITY
        } else {
            GATE_DBFS.min(loudest - GATE_BELOW_LOUDEST_DB)
        };
        let mut sounding: Vec<Range<usize>> = Vec::new();
        let (mut sum, mut count) = (0.0, 0.0);
        for (index, power) in powers
            .iter()
            .enumerate()
            .filter(|(_, power)| power_dbfs(**power) > gate)
        {
            sum += power;
            count += 1.0;
            match sounding.last_mut() {
                Some(run) if run.end == index => run.end += 1,
                _ => sounding.push(index..index + 1),
            }
        }
        Self {
            samples: samples.len(),
            frame,
            rate: f64::from(take.sample_rate()),
            sounding,
            power: if count > 0.0 { sum / count } else { 0.0 },
        }
    }

    /// Returns the samples from the first to the last sound. Returns nothing for a silent take.
    pub(super) fn span(&self) -> Option<Range<usize>> {
        let (first, last) = (self.sounding.first()?, self.sounding.last()?);
        Some(first.start * self.frame..(last.end * self.frame).min(self.samples))
    }

    /// Returns the level of the sounding frames, in dBFS. Returns minus infinity for a silent take.
    pub(super) fn level_dbfs(&self) -> f64 {
        power_dbfs(self.power)
    }

    /// Returns the time of speech, in seconds, without the silence at both ends and without pauses.
    pub(super) fn speech_seconds(&self) -> f64 {
        let span = self.span().map_or(0.0, |span| span.len() as f64 / self.rate);
        let pauses: f64 = self.gaps().filter(|gap| *gap > SPEECH_GAP_SECONDS).sum();
        span - pauses
    }

    /// Returns the longest gap between two sounds, in seconds.
    pub(super) fn longest_gap_seconds(&self) -> f64 {
        self.gaps().fold(0.0, f64::max)
    }

    /// Returns the sound after the last gap that is too long for speech.
    pub(super) fn tail(&self) -> Option<Tail> {
        let seconds = |frames: usize| (frames * self.frame) as f64 / self.rate;
        let end = self.sounding.last()?.end;
        self.sounding
            .windows(2)
            .rev()
            .map(|pair| Tail {
                gap: seconds(pair[1].start - pair[0].end),
                sound: seconds(end - pair[1].start),
            })
            .find(|tail| tail.gap > SPEECH_GAP_SECONDS)
    }

    fn gaps(&self) -> impl Iterator<Item = f64> {
        self.sounding
            .windows(2)
            .map(|pair| ((pair[1].start - pair[0].end) * self.frame) as f64 / self.rate)
    }
}

/// Returns the take without its DC offset, which the gate would count as sound.
pub(super) fn centred(take: &Clip) -> Clip {
    let samples = take.samples();
    let mean = samples.iter().map(|x| f64::from(*x)).sum::<f64>() / samples.len().max(1) as f64;
    Clip::new(samples.iter().map(|x| x - mean as f32).collect(), take.sample_rate())
}

/// Returns the mean square.
fn power(samples: &[f32]) -> f64 {
    let sum: f64 = samples.iter().map(|x| f64::from(*x) * f64::from(*x)).sum();
    sum / samples.len().max(1) as f64
}

/// Converts seconds to samples of finished speech.
pub(super) fn seconds_to_samples(seconds: f64) -> usize {
    (seconds * f64::from(SPEECH_RATE)).round() as usize
}

/// Returns the length of a pause in samples of finished speech.
pub(crate) fn samples_in(pause: Duration) -> usize {
    seconds_to_samples(pause.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::testing::sine;

    #[test]
    fn span_gaps_and_level_are_measured() {
        let tone = |seconds| sine(200.0, 0.1, seconds, SPEECH_RATE);
        let quiet = |seconds| vec![0.0; seconds_to_samples(seconds)];
        let take = [
            quiet(0.5),
            tone(1.0),
            quiet(0.2),
            tone(0.5),
            quiet(0.7),
            tone(0.3),
            quiet(1.0),
        ]
        .concat();
        let activity = Activity::of(&Clip::new(take, SPEECH_RATE));
        assert_eq!(activity.span(), Some(seconds_to_samples(0.5)..seconds_to_samples(3.2)));
        assert!((activity.longest_gap_seconds() - 0.7).abs() < 0.011);
        assert!((activity.speech_seconds() - 2.0).abs() < 0.021);
        assert!((activity.level_dbfs() + 23.0).abs() < 0.1, "{}", activity.level_dbfs());
    }

    #[test]
    fn the_gate_follows_quiet_takes_but_not_silent_ones() {
        let tone = |amplitude| Clip::new(sine(200.0, amplitude, 1.0, SPEECH_RATE), SPEECH_RATE);
        let quiet = Activity::of(&tone(0.01));
        assert!(quiet.span().is_some());
        let silent = Activity::of(&tone(0.001));
        assert_eq!(silent.span(), None);
        assert_eq!(Activity::of(&Clip::new(Vec::new(), SPEECH_RATE)).span(), None);
    }
}
