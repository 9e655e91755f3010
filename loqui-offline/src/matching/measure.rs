//! The properties of a recording that the voice is matched to.

use loqui_analysis::{PitchTrack, Voiceprint};
use realfft::num_complex::Complex32;
use rubato::audioadapter_buffers::owned::InterleavedOwned;
use rubato::{Fft, FixedSync, Resampler as _};

use crate::bands::{BANDS, Bands};
use crate::error::Error;
use crate::spectra::{BINS, FRAME, HOP, SAMPLE_RATE};
use crate::synthesis::Transform;

/// The maximum length of a recording, in seconds. The rest is ignored.
const LONGEST_SECONDS: usize = 15;

/// The distance from the loud frames below which a frame is a pause, in dB.
const PAUSE_DB: f32 = 30.0;

/// The minimum chunk size of the resampler, in frames.
const CHUNK: usize = 1_024;

/// The properties of a recording.
pub(crate) struct Target {
    pub(crate) voiceprint: Voiceprint,
    /// Absent for a whisper.
    pub(super) pitch: Option<Pitch>,
    pub(super) levels: Levels,
}

/// The pitch of a voice: its median, and its spread in semitones.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pitch {
    pub(super) middle_hz: f32,
    pub(super) spread_semitones: f32,
}

/// The levels of speech by band, and its syllable rate.
#[derive(Debug, Clone)]
pub(crate) struct Levels {
    /// The mean of each band during speech, in dB.
    pub(super) mean_db: [f32; BANDS],
    /// The standard deviation of each band during speech, in dB.
    pub(super) deviation_db: [f32; BANDS],
    /// The power of all bands during speech, in dB.
    pub(super) loudness_db: f32,
    /// Syllables per second of speech, 0.0 if none is found.
    pub(crate) syllables: f32,
}

impl Target {
    pub(crate) fn of(samples: &[f32], sample_rate: u32) -> Result<Self, Error> {
        if !(8_000..=192_000).contains(&sample_rate) {
            return Err(unusable(format!("its sample rate is {sample_rate} Hz")));
        }
        let samples = &samples[..samples.len().min(LONGEST_SECONDS * sample_rate as usize)];
        if let Some(invalid) = samples
            .iter()
            .find(|sample| sample.is_nan() || sample.abs() > loqui_analysis::MAX_MAGNITUDE)
        {
            return Err(unusable(format!(
                "it contains the value {invalid}; samples are between -1 and 1"
            )));
        }
        let narrow = resampled(samples, sample_rate, loqui_analysis::SAMPLE_RATE)?;
        let voiceprint = Voiceprint::of(&narrow).map_err(unusable)?;
        let wide = resampled(samples, sample_rate, SAMPLE_RATE as u32)?;
        Ok(Self {
            voiceprint,
            pitch: Pitch::of(&narrow)?,
            levels: Levels::of(&wide, &Bands::new()),
        })
    }
}

impl Pitch {
    /// Measures samples at the sample rate of `loqui-analysis`.
    pub(super) fn of(samples: &[f32]) -> Result<Option<Self>, Error> {
        let track = PitchTrack::of(samples).map_err(unusable)?;
        Ok(track
            .median_hz()
            .zip(track.spread_semitones())
            .map(|(middle_hz, spread_semitones)| Self {
                middle_hz,
                spread_semitones,
            }))
    }
}

impl Levels {
    /// Measures samples at the sample rate of the voice.
    pub(crate) fn of(samples: &[f32], bands: &Bands) -> Self {
        let mut transform = Transform::new();
        let mut bins = vec![Complex32::default(); BINS];
        let frames: Vec<[f32; BANDS]> = (0..samples.len().saturating_sub(FRAME) / HOP)
            .map(|index| {
                transform.analyse(samples, index, &mut bins);
                bands.average(bins.iter().map(Complex32::norm_sqr))
            })
            .collect();
        let totals: Vec<f32> = frames.iter().map(|frame| db(frame.iter().sum())).collect();
        let mut sorted = totals.clone();
        sorted.sort_by(f32::total_cmp);
        let loud = sorted.get(sorted.len() * 9 / 10).copied().unwrap_or_default();
        let spoken: Vec<&[f32; BANDS]> = frames
            .iter()
            .zip(&totals)
            .filter(|(_, total)| **total > loud - PAUSE_DB)
            .map(|(frame, _)| frame)
            .collect();
        let count = spoken.len().max(1) as f32;
        let mean = |value: &dyn Fn(&[f32; BANDS]) -> f32| spoken.iter().map(|frame| value(frame)).sum::<f32>() / count;
        let mean_db: [f32; BANDS] = std::array::from_fn(|band| mean(&|frame| db(frame[band])));
        let deviation_db = std::array::from_fn(|band| mean(&|frame| (db(frame[band]) - mean_db[band]).powi(2)).sqrt());
        Self {
            mean_db,
            deviation_db,
            loudness_db: db(mean(&|frame| frame.iter().sum())),
            syllables: syllables(&frames, loud) / (count * HOP as f32 / SAMPLE_RATE as f32),
        }
    }
}

/// Counts the syllables: the maxima of the level between about 300 and 3,000 Hz.
fn syllables(frames: &[[f32; BANDS]], loud: f32) -> f32 {
    /// The minimum dip between two syllables, in dB.
    const DIP_DB: f32 = 2.5;
    let curve: Vec<f32> = frames.iter().map(|frame| db(frame[2..15].iter().sum())).collect();
    let smooth: Vec<f32> = (0..curve.len())
        .map(|index| {
            let around = &curve[index.saturating_sub(2)..(index + 3).min(curve.len())];
            around.iter().sum::<f32>() / around.len() as f32
        })
        .collect();
    let (mut count, mut low, mut high, mut rising) = (0.0, f32::MAX, f32::MIN, true);
    for level in smooth {
        if rising {
            high = high.max(level);
            if level < high - DIP_DB {
                if high > loud - PAUSE_DB / 1.2 {
                    count += 1.0;
                }
                (low, rising) = (level, false);
            }
        } else {
            low = low.min(level);
            if level > low + DIP_DB {
                (high, rising) = (level, true);
            }
        }
    }
    count
}

/// Converts mono samples to another sample rate.
pub(crate) fn resampled(samples: &[f32], from: u32, to: u32) -> Result<Vec<f32>, Error> {
    if from == to || samples.is_empty() {
        return Ok(samples.to_vec());
    }
    let length = samples.len();
    let input = InterleavedOwned::new_from(samples.to_vec(), 1, length).map_err(|error| unusable(error.to_string()))?;
    let chunk = from as usize / greatest_common_divisor(from, to) as usize;
    let chunk = chunk * CHUNK.div_ceil(chunk).next_multiple_of(2);
    let mut resampler = Fft::<f32>::new(from as usize, to as usize, chunk, 1, FixedSync::Both).map_err(unusable)?;
    let mut output = resampler
        .process_all(&input, length, None)
        .map_err(unusable)?
        .take_data();
    output.resize((length as f64 * f64::from(to) / f64::from(from)).round() as usize, 0.0);
    Ok(output)
}

const fn greatest_common_divisor(mut a: u32, mut b: u32) -> u32 {
    while b > 0 {
        (a, b) = (b, a % b);
    }
    a
}

#[expect(clippy::needless_pass_by_value, reason = "it is passed to `map_err`")]
pub(crate) fn unusable(reason: impl ToString) -> Error {
    Error::Recording {
        reason: reason.to_string(),
    }
}

/// Converts a power to dB. Silence is -120 dB.
fn db(power: f32) -> f32 {
    10.0 * (power + 1e-12).log10()
}
