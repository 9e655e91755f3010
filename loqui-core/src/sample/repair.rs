//! Repairs a recording: clipped peaks, rumble, hum, noise, silence at the ends, level. A step that does not help is left out.

mod declip;
mod denoise;
mod filter;
mod hum;
mod report;
mod voice;

pub use report::{Cleaning, CleaningOutcome, CleaningStep, Repair, SoundMeasures};

use declip::Clipped;
use denoise::Pauses;
use filter::{BUTTERWORTH, Biquad};
pub(super) use voice::Voice;

use super::measure::Signal;
use crate::audio::{Clip, Level, fold, power_dbfs};

/// The number of clipped runs per second above which peaks are restored.
const CLIPPED_PER_SECOND: f64 = 0.2;
/// Frequencies below it are rumble, in Hz. Low voices start at 75 Hz.
const RUMBLE_HZ: f64 = 60.0;
/// Rumble is removed above this level, in dBFS, and above this level below the whole recording, in dB.
const RUMBLE_DBFS: f64 = -65.0;
const RUMBLE_RELATIVE_DB: f64 = -40.0;
/// With more than this signal-to-noise ratio, in dB, or less than this noise floor, in dBFS, noise is not reduced.
const CLEAN_SNR_DB: f64 = 40.0;
const CLEAN_FLOOR_DBFS: f64 = -72.0;
/// The loudness of the result, in LUFS: in the middle of what providers ask for (-23 to -18 dBFS RMS).
const LOUDNESS_LUFS: f64 = -20.0;
/// The highest true peak of the result, in dBTP.
const TRUE_PEAK_DBTP: f64 = -1.5;
/// A smaller change of the level is not made, in dB.
const LEAST_GAIN_DB: f64 = 1.0;
/// The silence that stays before the first and after the last word, and the least that is cut off, in seconds.
const LEAD_IN: f64 = 0.15;
const LEAD_OUT: f64 = 0.3;
const LEAST_TRIM: f64 = 0.25;
/// The minimum similarity of the voice before and after a filter.
const FILTER_SIMILARITY: f64 = 0.90;

/// A repaired recording.
#[derive(Debug)]
pub(super) struct Repaired {
    pub(super) clip: Clip,
    pub(super) steps: Vec<CleaningStep>,
    /// The similarity of the voice before and after.
    pub(super) similarity: Option<f64>,
}

/// Repairs the mono mix of a recording.
pub(super) fn repair(signal: &Signal) -> Repaired {
    let voice = Voice::of(&signal.mono);
    let mut this = Workbench {
        signal,
        clip: signal.mono.clone(),
        voice: voice.clone(),
        steps: Vec::new(),
    };
    this.restore_peaks();
    this.remove_rumble();
    this.remove_hum();
    this.reduce_noise();
    this.trim();
    this.set_level();
    Repaired {
        similarity: voice.similarity(&this.voice),
        clip: this.clip,
        steps: this.steps,
    }
}

/// A recording between two steps.
struct Workbench<'a> {
    signal: &'a Signal,
    clip: Clip,
    voice: Voice,
    steps: Vec<CleaningStep>,
}

impl Workbench<'_> {
    fn restore_peaks(&mut self) {
        let clipped = Clipped::find(&self.clip);
        let per_second = clipped.len() as f64 / self.clip.seconds().max(0.1);
        if per_second < CLIPPED_PER_SECOND {
            return self.not_needed(Repair::Clipping, "no peaks are clipped".to_owned());
        }
        let (restored, count) = declip::restore(&self.clip, &clipped);
        if count == 0 {
            let reason = "the clipped parts are too long to be restored".to_owned();
            return self.left_out(Repair::Clipping, reason);
        }
        let done = format!("{count} of {} clipped peaks are restored", clipped.len());
        self.attempt(Repair::Clipping, restored, FILTER_SIMILARITY, done);
    }

    fn remove_rumble(&mut self) {
        let rate = f64::from(self.clip.sample_rate());
        let filters = BUTTERWORTH.map(|q| Biquad::high_pass(RUMBLE_HZ, q, rate));
        if self.clip.is_empty() {
            return self.not_needed(Repair::Rumble, "there is nothing to hear".to_owned());
        }
        let settle = self.clip.sample_rate() as usize / 5;
        let passed = filter::without_delay(self.clip.samples(), &filters, settle);
        let low: Vec<f32> = self.clip.samples().iter().zip(&passed).map(|(x, y)| x - y).collect();
        let level = |samples: &[f32]| {
            let blocks = samples.chunks(1024).map(|block| f64::from(fold::sum_of_squares(block)));
            power_dbfs(blocks.sum::<f64>() / samples.len() as f64)
        };
        let (rumble, all) = (level(&low), level(self.clip.samples()));
        if rumble < RUMBLE_DBFS || rumble < all + RUMBLE_RELATIVE_DB {
            return self.not_needed(Repair::Rumble, format!("there is no rumble below {RUMBLE_HZ} Hz"));
        }
        let done = format!("rumble of {rumble:.0} dBFS below {RUMBLE_HZ} Hz is removed");
        let clip = Clip::new(passed, self.clip.sample_rate());
        self.attempt(Repair::Rumble, clip, FILTER_SIMILARITY, done);
    }

    fn remove_hum(&mut self) {
        let Some(hum) = hum::find(&self.clip) else {
            return self.not_needed(Repair::Hum, "there is no hum of 50 or 60 Hz".to_owned());
        };
        let count = hum.tones.len();
        let done = format!(
            "hum of the mains ({} Hz, {:.0} dBFS) is removed at {count} frequencies",
            hum.mains_hz, hum.level_dbfs
        );
        let clip = hum::remove(&self.clip, &hum);
        self.attempt(Repair::Hum, clip, FILTER_SIMILARITY, done);
    }

    fn reduce_noise(&mut self) {
        let Some(before) = self.signal.noise_of(&self.clip) else {
            return self.not_needed(Repair::Noise, "no speech was found".to_owned());
        };
        if before.snr_db > CLEAN_SNR_DB || before.floor_dbfs < CLEAN_FLOOR_DBFS {
            let reason = format!("the noise is {:.0} dB below the voice", before.snr_db);
            return self.not_needed(Repair::Noise, reason);
        }
        let (speech, quiet) = self.signal.pauses();
        let reduced = denoise::reduce(&self.clip, &Pauses { speech: &speech, quiet });
        let Some(after) = self.signal.noise_of(&reduced) else {
            return self.left_out(Repair::Noise, "it would remove the voice as well".to_owned());
        };
        let gained = before.floor_dbfs - after.floor_dbfs;
        if gained < 3.0 || after.snr_db < before.snr_db {
            let reason = format!("it would lower the noise between words by only {gained:.0} dB");
            return self.left_out(Repair::Noise, reason);
        }
        let done = format!(
            "the noise between words is {gained:.0} dB quieter; the voice is {:.0} instead of {:.0} dB above it",
            after.snr_db, before.snr_db
        );
        self.attempt(Repair::Noise, reduced, voice::least_similarity(before.snr_db), done);
    }

    fn trim(&mut self) {
        let spans = self.signal.speech.spans();
        let (Some(first), Some(last)) = (spans.first(), spans.last()) else {
            return self.not_needed(Repair::Silence, "no speech was found".to_owned());
        };
        let seconds = self.clip.seconds();
        let (start, end) = ((first.start - LEAD_IN).max(0.0), (last.end + LEAD_OUT).min(seconds));
        let (lead, tail) = (start, (seconds - end).max(0.0));
        let (lead, tail) = (keep(lead), keep(tail));
        if self.signal.seconds > seconds + 1.0 {
            let reason = format!("the best {seconds:.0} s of {:.0} s are kept", self.signal.seconds);
            self.applied(Repair::Silence, reason);
        }
        if lead + tail <= 0.0 {
            return self.not_needed(Repair::Silence, "it starts and ends with speech".to_owned());
        }
        let at = |seconds: f64| ((seconds * f64::from(self.clip.sample_rate())) as usize).min(self.clip.len());
        let part = self.clip.samples()[at(lead)..at(seconds - tail)].to_vec();
        self.clip = Clip::new(part, self.clip.sample_rate());
        let reason = format!("{lead:.1} s at the start and {tail:.1} s at the end are cut off");
        self.applied(Repair::Silence, reason);
    }

    fn set_level(&mut self) {
        let level = Level::of(&self.clip);
        if !level.loudness_lufs.is_finite() || !level.true_peak_dbtp.is_finite() {
            return self.not_needed(Repair::Level, "there is nothing to hear".to_owned());
        }
        let wanted = LOUDNESS_LUFS - level.loudness_lufs;
        let possible = TRUE_PEAK_DBTP - level.true_peak_dbtp;
        let gain_db = wanted.min(possible);
        if gain_db.abs() < LEAST_GAIN_DB {
            let reason = format!("the loudness is {:.1} LUFS", level.loudness_lufs);
            return self.not_needed(Repair::Level, reason);
        }
        let gain = 10_f64.powf(gain_db / 20.0) as f32;
        self.clip.samples_mut().iter_mut().for_each(|x| *x *= gain);
        let limit = if possible < wanted {
            format!(", as far as the peaks allow ({TRUE_PEAK_DBTP} dBTP)")
        } else {
            String::new()
        };
        let loudness = level.loudness_lufs + gain_db;
        let reason = format!("a gain of {gain_db:+.1} dB gives {loudness:.1} LUFS{limit}");
        self.applied(Repair::Level, reason);
    }

    /// Takes over the result of a step, unless it loses speech or changes the voice.
    fn attempt(&mut self, repair: Repair, clip: Clip, least_similarity: f64, done: String) {
        let voice = Voice::of(&clip);
        match self.voice.loss(&voice, least_similarity) {
            Some(loss) => self.left_out(repair, loss),
            None => {
                self.clip = clip;
                self.voice = voice;
                self.applied(repair, done);
            }
        }
    }

    fn applied(&mut self, repair: Repair, reason: String) {
        self.steps
            .push(CleaningStep::new(repair, CleaningOutcome::Applied, reason));
    }

    fn not_needed(&mut self, repair: Repair, reason: String) {
        self.steps
            .push(CleaningStep::new(repair, CleaningOutcome::NotNeeded, reason));
    }

    fn left_out(&mut self, repair: Repair, reason: String) {
        self.steps
            .push(CleaningStep::new(repair, CleaningOutcome::LeftOut, reason));
    }
}

/// The silence that is cut off: none if it is short.
fn keep(seconds: f64) -> f64 {
    if seconds < LEAST_TRIM { 0.0 } else { seconds }
}

#[cfg(test)]
mod tests;
