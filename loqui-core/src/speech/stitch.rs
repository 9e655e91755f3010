//! Joins takes into one recording: trimmed, matched in level, faded, with the pauses that the script asks for.

use std::time::Duration;

use super::activity::{Activity, centred, samples_in, seconds_to_samples};
use super::leveling::{Loudness, common_level_dbfs};
use crate::audio::{Clip, SPEECH_RATE};
use crate::error::{Error, Result, code};

/// This much of the silence around a take is kept: attacks and the last breath live there.
const MARGIN_SECONDS: f64 = 0.05;
/// Long enough that no edge is heard, short enough to stay inside the margin.
const FADE_SECONDS: f64 = 0.02;

/// Joins takes one by one and gives the samples out as it goes, so that hours need no more memory than one take.
///
/// # Examples
///
/// ```
/// use loqui_core::audio::{Clip, SPEECH_RATE};
/// use loqui_core::script::Boundary;
/// use loqui_core::speech::Stitcher;
///
/// let take = Clip::new((0..24_000).map(|n| (n as f32 * 0.05).sin() * 0.1).collect(), SPEECH_RATE);
/// let mut stitcher = Stitcher::new();
/// let mut speech = stitcher.push(&take, Boundary::Sentence.pause())?;
/// speech.extend(stitcher.push(&take, Boundary::End.pause())?);
/// let times = stitcher.finish();
/// assert_eq!(times, [(0.0, 1.0), (1.2, 2.2)]);
/// assert_eq!(speech.len(), 2 * 24_000 + 4_800);
/// # Ok::<(), loqui_core::Error>(())
/// ```
#[derive(Debug, Default)]
pub struct Stitcher {
    level_dbfs: Option<f64>,
    emitted: usize,
    pause: usize,
    times: Vec<(f64, f64)>,
}

impl Stitcher {
    /// Brings all takes to the level of the first one that sounds.
    pub fn new() -> Self {
        Self::default()
    }

    /// Brings all takes to this level: what [`common_level_dbfs`] says of them.
    #[must_use]
    pub fn with_level(mut self, level_dbfs: f64) -> Self {
        self.level_dbfs = Some(level_dbfs);
        self
    }

    /// Takes the next take and the pause after it; gives the samples that come next, at [`SPEECH_RATE`], beginning with the
    /// pause after the take before.
    ///
    /// # Errors
    ///
    /// `internal` for a take at another rate or with samples that are not numbers: [`verify`](super::verify::verify)
    /// rejects the latter.
    pub fn push(&mut self, take: &Clip, pause: Duration) -> Result<Vec<f32>> {
        check(take)?;
        let (samples, loudness) = prepare(take);
        if self.level_dbfs.is_none() && loudness.level_dbfs.is_finite() {
            self.level_dbfs = common_level_dbfs(&[loudness]);
        }
        let gain_db = self.level_dbfs.map_or(0.0, |level| loudness.gain_db(level));

        let mut out = vec![0.0; self.pause];
        out.extend(samples);
        fade(&mut out[self.pause..], 10_f64.powf(gain_db / 20.0) as f32);

        let seconds = |samples: usize| samples as f64 / f64::from(SPEECH_RATE);
        let start = self.emitted + self.pause;
        self.emitted += out.len();
        self.times.push((seconds(start), seconds(self.emitted)));
        self.pause = samples_in(pause);
        Ok(out)
    }

    /// Ends it: when each take sounds, start and end in seconds, in order. No pause follows the last.
    pub fn finish(self) -> Vec<(f64, f64)> {
        self.times
    }
}

/// How loud a take is, and how long once it is trimmed, in samples: what is known before the first one is joined.
///
/// # Errors
///
/// As [`Stitcher::push`].
pub fn measure(take: &Clip) -> Result<(Loudness, usize)> {
    check(take)?;
    let (samples, loudness) = prepare(take);
    Ok((loudness, samples.len()))
}

fn check(take: &Clip) -> Result<()> {
    if take.sample_rate() != SPEECH_RATE {
        return Err(Unjoinable::Rate(take.sample_rate()).into());
    }
    if take.samples().iter().any(|x| !x.is_finite()) {
        return Err(Unjoinable::NotFinite.into());
    }
    Ok(())
}

/// Takes joined into one recording.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Stitched {
    /// The recording.
    pub clip: Clip,
    /// When each take sounds: start and end in seconds, in order.
    pub times: Vec<(f64, f64)>,
}

/// Joins takes that are all in memory, at the level that suits them best.
///
/// # Errors
///
/// As [`Stitcher::push`].
pub fn stitch(takes: &[(Clip, Duration)]) -> Result<Stitched> {
    let finite = takes
        .iter()
        .filter(|(take, _)| take.samples().iter().all(|x| x.is_finite()));
    let loudness: Vec<_> = finite.map(|(take, _)| Loudness::of(take)).collect();
    let mut stitcher = Stitcher {
        level_dbfs: common_level_dbfs(&loudness),
        ..Stitcher::default()
    };
    let mut samples = Vec::new();
    for (take, pause) in takes {
        samples.extend(stitcher.push(take, *pause)?);
    }
    Ok(Stitched {
        clip: Clip::new(samples, SPEECH_RATE),
        times: stitcher.finish(),
    })
}

/// Takes the offset out and the silence off both ends, and tells how loud it is.
fn prepare(take: &Clip) -> (Vec<f32>, Loudness) {
    let centred = centred(take);
    let activity = Activity::of(&centred);
    let loudness = Loudness::measured(&centred, &activity);
    let mut samples = centred.into_samples();
    if let Some(span) = activity.span() {
        let margin = seconds_to_samples(MARGIN_SECONDS);
        samples.truncate(span.end + margin);
        samples.drain(..span.start.saturating_sub(margin));
    }
    (samples, loudness)
}

/// Applies the gain, and an equal-power fade to both ends.
fn fade(samples: &mut [f32], gain: f32) {
    for x in samples.iter_mut() {
        *x *= gain;
    }
    let length = seconds_to_samples(FADE_SECONDS).min(samples.len() / 2);
    let curve = |n: usize| (std::f32::consts::FRAC_PI_2 * n as f32 / length as f32).sin();
    for (n, x) in samples.iter_mut().take(length).enumerate() {
        *x *= curve(n);
    }
    for (n, x) in samples.iter_mut().rev().take(length).enumerate() {
        *x *= curve(n);
    }
}

/// Why a take cannot be joined: its maker did not check it.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
enum Unjoinable {
    #[error("a take has a rate of {0} Hz; {SPEECH_RATE} Hz is needed")]
    Rate(u32),
    #[error("a take has samples that are not numbers")]
    NotFinite,
}

impl From<Unjoinable> for Error {
    fn from(unjoinable: Unjoinable) -> Self {
        Self::new(&code::INTERNAL, unjoinable.to_string())
    }
}

#[cfg(test)]
mod tests;
