//! Joins takes into one recording: trims them, matches their levels, fades their ends, and inserts the pauses.

use std::time::Duration;

use super::activity::{Activity, centred, samples_in, seconds_to_samples};
use super::leveling::{Loudness, common_level_dbfs};
use crate::audio::{Clip, SPEECH_RATE, Tempo};
use crate::error::{Error, Result, code};
use crate::options::DeliveryOptions;

/// The silence that is kept around a take. It contains soft onsets and the last breath.
const MARGIN_SECONDS: f64 = 0.05;
/// The length of a fade: long enough to prevent clicks, shorter than the margin.
const FADE_SECONDS: f64 = 0.02;

/// Joins takes incrementally, with one take in memory at a time.
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
    delivery: Delivery,
}

/// How takes are delivered: their tempo, and the silence around them.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Delivery {
    /// The tempo, with the pitch unchanged: 2 halves the duration, also of the pauses.
    pub speed: f64,
    /// The silence before the first take.
    pub leading_silence: Duration,
    /// The silence after the last take.
    pub trailing_silence: Duration,
}

impl Default for Delivery {
    /// Returns takes as they are.
    fn default() -> Self {
        Self {
            speed: 1.0,
            leading_silence: Duration::ZERO,
            trailing_silence: Duration::ZERO,
        }
    }
}

impl From<&DeliveryOptions> for Delivery {
    /// Reads the options. A value outside its range, which no request has, changes nothing.
    fn from(options: &DeliveryOptions) -> Self {
        let silence = |seconds: Option<f64>| {
            let seconds = seconds.filter(|seconds| seconds.is_finite()).unwrap_or_default();
            Duration::from_secs_f64(seconds.clamp(0.0, DeliveryOptions::MAX_SILENCE_SECONDS))
        };
        let speed = options.speed.filter(|speed| DeliveryOptions::SPEEDS.contains(speed));
        Self {
            speed: speed.unwrap_or(1.0),
            leading_silence: silence(options.leading_silence),
            trailing_silence: silence(options.trailing_silence),
        }
    }
}

impl Delivery {
    /// Returns the length of a pause at this tempo, in samples.
    pub(crate) fn pause_samples(&self, pause: Duration) -> usize {
        samples_in(pause.div_f64(self.speed))
    }

    /// Returns the length of a take at this tempo, in samples.
    pub(crate) fn take_samples(&self, samples: usize) -> usize {
        if self.changes_tempo() {
            Tempo::new(self.speed).length(samples)
        } else {
            samples
        }
    }

    /// Returns the samples of the silence after the last take.
    pub(crate) fn trailing_samples(&self) -> usize {
        samples_in(self.trailing_silence)
    }

    fn changes_tempo(&self) -> bool {
        (self.speed - 1.0).abs() > 1e-6
    }

    fn at_tempo(&self, samples: Vec<f32>) -> Vec<f32> {
        if !self.changes_tempo() {
            return samples;
        }
        let mut tempo = Tempo::new(self.speed);
        let mut out = tempo.push(&samples);
        out.extend(tempo.finish());
        out
    }
}

impl Stitcher {
    /// Creates a stitcher that matches all takes to the level of the first one that is not silent.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the common level of all takes, in dBFS; see [`common_level_dbfs`].
    #[must_use]
    pub fn with_level(mut self, level_dbfs: f64) -> Self {
        self.level_dbfs = Some(level_dbfs);
        self
    }

    /// Sets the tempo of the takes and the silence before them. Call it before [`push`](Self::push).
    #[must_use]
    pub fn with_delivery(mut self, delivery: Delivery) -> Self {
        self.pause = samples_in(delivery.leading_silence);
        self.delivery = delivery;
        self
    }

    /// Adds a take and the pause after it. Returns the next samples at [`SPEECH_RATE`]: the pause after the previous take,
    /// then this take.
    ///
    /// # Errors
    ///
    /// `internal` for a take at another sample rate or with samples that are not finite.
    /// [`verify`](super::verify::verify) rejects the latter.
    pub fn push(&mut self, take: &Clip, pause: Duration) -> Result<Vec<f32>> {
        check(take)?;
        let (samples, loudness) = prepare(take);
        let samples = self.delivery.at_tempo(samples);
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
        self.pause = self.delivery.pause_samples(pause);
        Ok(out)
    }

    /// Returns the start and end of the latest take, in seconds.
    pub(crate) fn latest(&self) -> Option<(f64, f64)> {
        self.times.last().copied()
    }

    /// Returns the start and end of each take, in seconds, in order. No pause follows the last take.
    pub fn finish(self) -> Vec<(f64, f64)> {
        self.times
    }
}

/// Returns the loudness of a take and its length after trimming, in samples.
///
/// # Errors
///
/// Those of [`Stitcher::push`].
pub fn measure(take: &Clip) -> Result<(Loudness, usize)> {
    check(take)?;
    let (samples, loudness) = prepare(take);
    Ok((loudness, samples.len()))
}

/// Returns where a take begins after trimming, in seconds.
///
/// # Errors
///
/// Those of [`Stitcher::push`].
pub(crate) fn trimmed_start(take: &Clip) -> Result<f64> {
    check(take)?;
    let span = Activity::of(&centred(take)).span();
    let start = span.map_or(0, |span| span.start.saturating_sub(seconds_to_samples(MARGIN_SECONDS)));
    Ok(start as f64 / f64::from(SPEECH_RATE))
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
    /// The start and end of each take, in seconds, in order.
    pub times: Vec<(f64, f64)>,
}

/// Joins takes in memory, each with the pause after it, at their common level.
///
/// # Errors
///
/// Those of [`Stitcher::push`].
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

/// Removes the DC offset and the silence at both ends, and measures the loudness.
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

/// Applies the gain and an equal-power fade at both ends.
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

/// The reason why a take cannot be joined.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
enum Unjoinable {
    #[error("a take has a rate of {0} Hz; {SPEECH_RATE} Hz is needed")]
    Rate(u32),
    #[error("a take has samples that are not finite")]
    NotFinite,
}

impl From<Unjoinable> for Error {
    fn from(unjoinable: Unjoinable) -> Self {
        Self::new(&code::INTERNAL, unjoinable.to_string())
    }
}

#[cfg(test)]
mod tests;
