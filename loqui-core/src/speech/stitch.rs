//! Joins takes into one recording: trims them, matches their levels, fades their ends, and inserts the pauses.

use std::time::Duration;

use super::activity::{samples_in, seconds_to_samples};
use super::leveling::{Loudness, common_level_dbfs};
use super::trim::trimmed;
use super::voice_levels::VoiceLevel;
use crate::audio::{Clip, SPEECH_RATE, Tempo};
use crate::error::Result;
use crate::options::DeliveryOptions;

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
        let (samples, loudness) = trimmed(take)?;
        if self.level_dbfs.is_none() && loudness.level_dbfs.is_finite() {
            self.level_dbfs = common_level_dbfs(&[loudness]);
        }
        let gain_db = self.level_dbfs.map_or(0.0, |level| loudness.gain_db(level));
        Ok(self.join(samples, gain_db, pause))
    }

    /// Adds a take of one of several voices like [`push`](Self::push), at the level of that voice. Without a level it has the
    /// level of the other takes.
    ///
    /// # Errors
    ///
    /// Those of [`push`](Self::push).
    pub fn push_at(&mut self, take: &Clip, pause: Duration, voice: VoiceLevel) -> Result<Vec<f32>> {
        let (samples, loudness) = trimmed(take)?;
        let mut voice = voice;
        if voice.level_dbfs.is_none() {
            if self.level_dbfs.is_none() && loudness.level_dbfs.is_finite() {
                self.level_dbfs = common_level_dbfs(&[loudness]);
            }
            voice.level_dbfs = self.level_dbfs;
        }
        Ok(self.join(samples, voice.gain_db(&loudness), pause))
    }

    fn join(&mut self, samples: Vec<f32>, gain_db: f64, pause: Duration) -> Vec<f32> {
        let mut out = vec![0.0; self.pause];
        out.extend(self.delivery.at_tempo(samples));
        fade(&mut out[self.pause..], 10_f64.powf(gain_db / 20.0) as f32);

        let seconds = |samples: usize| samples as f64 / f64::from(SPEECH_RATE);
        let start = self.emitted + self.pause;
        self.emitted += out.len();
        self.times.push((seconds(start), seconds(self.emitted)));
        self.pause = self.delivery.pause_samples(pause);
        out
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
    let (samples, loudness) = trimmed(take)?;
    Ok((loudness, samples.len()))
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

#[cfg(test)]
mod tests;
