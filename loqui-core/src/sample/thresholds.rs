//! Every limit a recording is held against, and where it comes from. No other file holds one.
//!
//! "Measured" means: on 151 recordings made from seven clean voices (four of people, three synthetic) by adding noise,
//! room, telephone bands, overdrive and offsets in known amounts, beside music and singing. They are a start to be
//! confirmed on more voices, not a law. What one model asks beyond them is in
//! [`ModelInfo::min_reference_seconds`](crate::engine::ModelInfo::min_reference_seconds).

/// Below it nothing clones, in seconds. Three is the least any provider of voice cloning takes.
pub(super) const TOO_SHORT_SECONDS: f64 = 3.0;
/// Below it a clone is poor, in seconds: Chatterbox looks at 6 s, Chatterbox Turbo refuses 5 s.
pub(super) const SHORT_SECONDS: f64 = 5.0;
/// What the makers of Chatterbox ask for, in seconds: its decoder looks at 10 s.
pub(super) const GOOD_SECONDS: f64 = 10.0;
/// More than this changes nothing, in seconds: no model looks at more than 15 s.
pub(super) const LONG_SECONDS: f64 = 30.0;
/// More than this is a mistake, in seconds: the longest any provider takes.
pub(super) const TOO_LONG_SECONDS: f64 = 300.0;

/// Less speech means that something else fills the recording, as a share of its length. Measured: clean voices 0.62 to
/// 0.92, music 0.
pub(super) const LITTLE_SPEECH_SHARE: f64 = 0.5;
/// Less than this of what sounds is speech: it is something else with a few words in it. Measured: music 0.
pub(super) const NOT_SPEECH_SHARE: f64 = 0.25;

/// Notes: the pitch moves less than this in 10 ms, in semitones. Measured: speech 0.099 to 0.183, singing 0.054 to
/// 0.066, instruments up to 0.052, a tone 0.
pub(super) const MUSIC_STEP_SEMITONES: f64 = 0.075;
/// Notes: more than this share of voiced stretches of 200 ms stays within 0.6 semitones. With the limit above it found
/// 12 of 12 pieces of music and singing and took 2 of 56 spoken ones, both in echoing rooms, for music.
pub(super) const MUSIC_PLATEAU_SHARE: f64 = 0.6;
/// With less that has a pitch, there is no melody to judge, in seconds.
pub(super) const MUSIC_LEAST_VOICED_SECONDS: f64 = 1.0;

/// Less alike than this, the two halves are two speakers, as the cosine of their voiceprints. Measured: one speaker
/// 0.86 and more whatever was done to the sound, two speakers 0.64 to 0.74.
pub(super) const SPEAKERS_SIMILARITY: f64 = 0.80;
/// A smaller part than this is an outlier rather than a speaker, as a share of the speech.
pub(super) const SPEAKERS_MINORITY_SHARE: f64 = 0.15;

/// The room is heard, in seconds for 60 dB. Measured: clean 0.13 to 0.33, a true 0.6 s reads 0.45 to 0.61.
pub(super) const REVERBERANT_SECONDS: f64 = 0.45;

/// Quieter than this is silence, in LUFS.
pub(super) const SILENT_LUFS: f64 = -50.0;
/// Quieter than this is quiet, in dBFS RMS; studios deliver -23 to -18.
pub(super) const QUIET_DBFS: f64 = -30.0;
/// Louder than this is loud, in dBFS RMS.
pub(super) const LOUD_DBFS: f64 = -12.0;
/// Higher true peaks may clip in the next conversion, in dBTP. Common in finished recordings, so only a note.
pub(super) const LOUD_DBTP: f64 = -1.0;

/// A sample this near to the file's own peak may be clipped, as a share of it: finds clipping that was scaled down.
pub(super) const CLIPPED_SHARE_OF_PEAK: f32 = 0.999;
/// As many in a row are clipped: a round peak has one or two.
pub(super) const CLIPPED_RUN: usize = 3;
/// Runs at a lower peak are the steps of a coarse quantiser, not clipping; full scale is 1.0.
pub(super) const CLIPPED_LEAST_PEAK: f32 = 0.1;
/// Audible, in runs per second. Measured: 0.0 for clean, noisy and reverberant voices.
pub(super) const CLIPPED_WARNING_PER_SECOND: f64 = 1.0;
/// Spoilt, in runs per second. Measured: 5 to 75 for threefold, 134 to 356 for eightfold overdrive.
pub(super) const CLIPPED_ERROR_PER_SECOND: f64 = 20.0;
/// Spoilt, as a share of all samples.
pub(super) const CLIPPED_ERROR_SHARE: f64 = 0.01;

/// The model learns the noise, in dB of signal to noise. Measured: a true 5 dB reads 2 to 4, 10 dB 7 to 9.
pub(super) const NOISY_ERROR_SNR_DB: f64 = 8.0;
/// The noise is audible in the clone, in dB. Measured: a true 20 dB reads 16 to 21, clean voices 24 and more.
pub(super) const NOISY_WARNING_SNR_DB: f64 = 18.0;
/// The noise is audible by itself, in dBFS. Measured: clean voices -104 to -43; studios deliver below -60.
pub(super) const NOISY_WARNING_FLOOR_DBFS: f64 = -40.0;

/// No consonant survives a lower sample rate, in Hz.
pub(super) const NARROW_ERROR_RATE_HZ: f64 = 8_000.0;
/// Lower sample rates sound dull, in Hz: Chatterbox listens up to 12 kHz.
pub(super) const NARROW_WARNING_RATE_HZ: f64 = 16_000.0;
/// Narrower sound is a telephone or was enlarged from one, in Hz. Measured: telephone 4,066 to 4,570, clean from 6,387.
pub(super) const NARROW_WARNING_BAND_HZ: f64 = 5_000.0;
/// A frequency belongs to the band while it is within so many dB of the strongest.
pub(super) const BAND_RANGE_DB: f64 = 50.0;

/// Noticeable, full scale is 1.0; it is taken out. Measured: clean voices up to 0.006.
pub(super) const DC_WARNING: f64 = 0.01;
/// A broken cable or card, full scale is 1.0.
pub(super) const DC_ERROR: f64 = 0.05;

/// Longer silence before the first word is trimmed, in seconds: models count it as part of the few seconds they hear.
pub(super) const LEADING_SILENCE_SECONDS: f64 = 0.5;
/// Longer pauses are learnt as pauses, in seconds.
pub(super) const LONG_PAUSE_SECONDS: f64 = 1.5;

/// Below it left and right cancel when they are mixed to mono, as a correlation from -1 to 1.
pub(super) const OUT_OF_PHASE_CORRELATION: f64 = -0.5;

/// No sound is this loud, full scale is 1.0: a float file written with the scale of integers, or damage.
pub(super) const LARGEST_AMPLITUDE: f32 = 100.0;

/// What engines hear at most, in seconds: Chatterbox Turbo looks at 15 s, the others at 10 s.
pub(super) const REFERENCE_SECONDS: f64 = 15.0;
/// Trimming never makes it shorter than this if there is more, in seconds: Turbo refuses 5 s.
pub(super) const REFERENCE_LEAST_SECONDS: f64 = 5.5;
