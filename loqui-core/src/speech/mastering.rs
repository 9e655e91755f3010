//! Brings finished speech to a loudness: a gain, a limiter for true peaks, and a room tone.

mod limiter;
mod meter;
mod tone;

use limiter::Limiter;
use meter::Meter;
pub use meter::SpeechLevels;
use serde::Serialize;
use tone::RoomTone;

use crate::error::{Error, Result, code};

/// The maximum true peak, in dBTP (EBU R 128, <https://tech.ebu.ch/publications/r128>).
const CEILING_DBTP: f64 = -1.0;
/// The requirements of ACX for audiobooks (<https://www.acx.com/help/acx-audio-submission-requirements/201456300>): the RMS level in
/// dBFS, the peak in dBFS, the noise floor in dBFS.
const ACX_RMS_DBFS: std::ops::RangeInclusive<f64> = -23.0..=-18.0;
const ACX_PEAK_DBFS: f64 = -3.0;
const ACX_NOISE_DBFS: f64 = -60.0;
/// The level to which speech is brought for ACX: within the range, nearer to its quiet end, so that less is limited.
const ACX_TARGET_DBFS: f64 = -20.5;
/// The ceiling for ACX, below its limit: encoders overshoot.
const ACX_CEILING_DBTP: f64 = -3.5;
/// The silence that ACX requires before and after the speech, in seconds.
const ACX_HEAD_SECONDS: f64 = 0.75;
const ACX_TAIL_SECONDS: f64 = 2.0;
/// The range of the loudness, in LUFS.
const LOUDNESS_LUFS: std::ops::RangeInclusive<f64> = -40.0..=-8.0;
/// A result this close to its target is good enough, in dB.
const CLOSE_DB: f64 = 0.1;
/// How often the gain is corrected for what the limiter removes.
const MOST_PASSES: usize = 5;
/// The largest gain, in dB. A larger one would mostly raise noise.
const MOST_GAIN_DB: f64 = 30.0;

/// How the level of finished speech is changed. The default changes nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Mastering {
    /// The integrated loudness, in LUFS, with true peaks of at most -1 dBTP.
    pub loudness_lufs: Option<f64>,
    /// Whether each file meets the requirements of ACX for audiobooks: an RMS level of -23 to -18 dBFS, peaks of at most -3 dBFS, a
    /// noise floor of at most -60 dBFS, and silence before and after the speech.
    pub acx: bool,
    /// Whether pauses have a quiet room tone instead of digital silence.
    pub room_tone: bool,
}

/// What mastering reached.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct MasteringReport {
    /// The levels of the result.
    #[serde(flatten)]
    pub levels: SpeechLevels,
    /// The gain, in dB.
    pub gain_db: f64,
    /// Whether the requirements of ACX are met; absent if they were not asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acx: Option<bool>,
}

/// What brings samples to the level.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct MasterSettings {
    gain_db: f64,
    ceiling_dbtp: Option<f64>,
    room_tone: bool,
    head_seconds: f64,
    tail_seconds: f64,
}

impl Mastering {
    /// Sets the loudness, in LUFS.
    #[must_use]
    pub fn with_loudness(mut self, lufs: f64) -> Self {
        self.loudness_lufs = Some(lufs);
        self
    }

    /// Sets whether the requirements of ACX are met.
    #[must_use]
    pub fn with_acx(mut self, acx: bool) -> Self {
        self.acx = acx;
        self
    }

    /// Sets whether pauses have a room tone.
    #[must_use]
    pub fn with_room_tone(mut self, room_tone: bool) -> Self {
        self.room_tone = room_tone;
        self
    }

    /// Returns true if nothing changes.
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }

    /// Checks the values.
    ///
    /// # Errors
    ///
    /// `option.out_of_range` for a loudness outside -40 to -8 LUFS, or a loudness together with ACX.
    pub fn check(&self) -> Result<()> {
        let refused = |message: String| Err(Error::new(&code::OPTION_OUT_OF_RANGE, message));
        match self.loudness_lufs {
            Some(lufs) if !LOUDNESS_LUFS.contains(&lufs) => {
                refused(format!("the loudness is {lufs} LUFS; it must be -40 to -8 LUFS"))
            }
            Some(_) if self.acx => refused("a loudness and the requirements of ACX exclude each other".to_owned()),
            _ => Ok(()),
        }
    }

    /// Returns the first settings to try.
    pub(crate) fn begin(&self) -> MasterSettings {
        let ceiling = self.loudness_lufs.map(|_| CEILING_DBTP);
        MasterSettings {
            gain_db: 0.0,
            ceiling_dbtp: if self.acx { Some(ACX_CEILING_DBTP) } else { ceiling },
            room_tone: self.room_tone,
            head_seconds: if self.acx { ACX_HEAD_SECONDS } else { 0.0 },
            tail_seconds: if self.acx { ACX_TAIL_SECONDS } else { 0.0 },
        }
    }

    /// Returns better settings after a pass that reached these levels; none if it was good enough. `passes` is the number of passes
    /// so far.
    pub(crate) fn next(
        &self,
        settings: &MasterSettings,
        reached: &SpeechLevels,
        passes: usize,
    ) -> Option<MasterSettings> {
        let (target, level) = match self.loudness_lufs {
            Some(lufs) => (lufs, reached.loudness_lufs),
            None if self.acx => (ACX_TARGET_DBFS, reached.rms_dbfs),
            None => return None,
        };
        let distance = target - level;
        if passes >= MOST_PASSES || !distance.is_finite() || distance.abs() <= CLOSE_DB {
            return None;
        }
        let gain_db = (settings.gain_db + distance).min(MOST_GAIN_DB);
        ((gain_db - settings.gain_db).abs() > f64::EPSILON).then_some(MasterSettings { gain_db, ..*settings })
    }

    /// Describes the result.
    pub(crate) fn report(&self, settings: &MasterSettings, levels: SpeechLevels) -> MasteringReport {
        let acx = ACX_RMS_DBFS.contains(&levels.rms_dbfs)
            && levels.peak_dbfs <= ACX_PEAK_DBFS
            && levels.noise_floor_dbfs <= ACX_NOISE_DBFS;
        MasteringReport {
            levels,
            gain_db: settings.gain_db,
            acx: self.acx.then_some(acx),
        }
    }
}

impl MasterSettings {
    /// The silence before and after the speech, in seconds.
    pub(crate) fn silence_seconds(&self) -> (f64, f64) {
        (self.head_seconds, self.tail_seconds)
    }
}

/// Applies settings to samples as they arrive.
pub(crate) struct Master {
    gain: f32,
    limiter: Option<Limiter>,
    tone: Option<RoomTone>,
    /// Samples of silence that follow at the start.
    head: usize,
    tail: usize,
    meter: Meter,
}

impl Master {
    pub(crate) fn new(settings: &MasterSettings) -> Self {
        let samples = |seconds: f64| super::samples_in(std::time::Duration::from_secs_f64(seconds));
        Self {
            gain: 10_f64.powf(settings.gain_db / 20.0) as f32,
            limiter: settings.ceiling_dbtp.map(Limiter::new),
            tone: settings.room_tone.then(RoomTone::default),
            head: samples(settings.head_seconds),
            tail: samples(settings.tail_seconds),
            meter: Meter::new(),
        }
    }

    /// Processes the next samples (16-bit little-endian), and returns those that are ready.
    pub(crate) fn push(&mut self, pcm16: &[u8]) -> Vec<f32> {
        let silence = std::mem::take(&mut self.head);
        let input = pcm16
            .chunks_exact(2)
            .map(|pair| f32::from(i16::from_le_bytes([pair[0], pair[1]])) / 32_768.0 * self.gain);
        let samples: Vec<f32> = std::iter::repeat_n(0.0, silence).chain(input).collect();
        let limited = match &mut self.limiter {
            Some(limiter) => limiter.push(&samples),
            None => samples,
        };
        self.finished(limited)
    }

    /// Returns the last samples, and the levels of all of them.
    pub(crate) fn finish(mut self) -> (Vec<f32>, SpeechLevels) {
        let mut rest = self.limiter.take().map(Limiter::finish).unwrap_or_default();
        rest.extend(std::iter::repeat_n(0.0, self.tail));
        let rest = self.finished(rest);
        (rest, self.meter.finish())
    }

    fn finished(&mut self, mut samples: Vec<f32>) -> Vec<f32> {
        if let Some(tone) = &mut self.tone {
            tone.add(&mut samples);
        }
        self.meter.push(&samples);
        samples
    }
}

#[cfg(test)]
mod tests;
