//! Trims the silence at both ends of a take.

use super::activity::{Activity, centred, seconds_to_samples};
use super::leveling::Loudness;
use crate::audio::{Clip, SPEECH_RATE};
use crate::error::{Error, Result, code};

/// The silence that is kept around a take. It contains soft onsets and the last breath.
const MARGIN_SECONDS: f64 = 0.05;

/// Returns a take without the silence at both ends, and its loudness.
pub(super) fn trimmed(take: &Clip) -> Result<(Vec<f32>, Loudness)> {
    check(take)?;
    Ok(prepare(take))
}

/// Returns where a take begins after trimming, in seconds.
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
