//! The limits that recordings are judged by, with their sources. Those on clipping are in `audio/clipping.rs`, because
//! takes are judged by them as well.
//!
//! "Measured" values come from 151 recordings made from seven clean voices (four human, three synthetic) by adding known
//! amounts of noise, reverberation, band limiting, overdrive and offset, plus music and singing. The corpus and the
//! error rate of each check are in `benches/corpus` and `docs/benchmarks/checks.md`.
//!
//! A model may require more; see [`ReferenceLimits`](super::ReferenceLimits).

pub(super) use crate::audio::clipping::{
    AUDIBLE_PER_SECOND as CLIPPED_WARNING_PER_SECOND, RUN as CLIPPED_RUN, SHARE_OF_PEAK as CLIPPED_SHARE_OF_PEAK,
    UNUSABLE_PER_SECOND as CLIPPED_ERROR_PER_SECOND,
};

/// The limits on the length of a recording, in seconds.
///
/// | length | verdict |
/// |---|---|
/// | below `minimum` | error `sample.too_short` |
/// | below `recommended` | warning `sample.short` |
/// | less than `good` of speech | note `sample.short` |
/// | above `useful` | warning `sample.long` |
/// | above `analyzed` | the best part of that length is checked |
/// | above `maximum` | the rest is ignored |
///
/// Messages and hints about the length are rendered from this table, and a test compares the README with it.
pub(super) struct LengthLimits {
    /// The shortest length that any provider of voice cloning accepts.
    pub(super) minimum: f64,
    /// Chatterbox conditions on 6 s, and Chatterbox Turbo rejects 5 s and less.
    pub(super) recommended: f64,
    /// The decoder of Chatterbox conditions on 10 s
    /// (<https://github.com/resemble-ai/chatterbox>, `DEC_COND_LEN`).
    pub(super) good: f64,
    /// No model uses more than 15 s. Twice that length leaves a choice of excerpts.
    pub(super) useful: f64,
    /// The part of a longer recording that is checked. It bounds time and memory, and is four times what any model uses.
    pub(super) analyzed: f64,
    /// The part of a recording in which the best part is searched for: four hours. It bounds the time that a small file may
    /// take.
    pub(super) maximum: f64,
}

/// The limits on the length of a recording.
pub(super) const LENGTH: LengthLimits = LengthLimits {
    minimum: 3.0,
    recommended: 5.0,
    good: 10.0,
    useful: 30.0,
    analyzed: 60.0,
    maximum: 4.0 * 3600.0,
};

/// The maximum length of the reference, in seconds. Chatterbox Turbo conditions on 15 s, the other models on 10 s.
pub(super) const REFERENCE_SECONDS: f64 = 15.0;
/// The minimum length of a trimmed reference, in seconds. Chatterbox Turbo rejects 5 s and less.
pub(super) const REFERENCE_LEAST_SECONDS: f64 = 5.5;

/// The minimum share of speech in the recording. Measured: clean voices 0.62 to 0.92, music 0.
pub(super) const LITTLE_SPEECH_SHARE: f64 = 0.5;
/// The minimum share of speech in all sound that is louder than the noise. Measured: music 0.
pub(super) const NOT_SPEECH_SHARE: f64 = 0.25;

/// The median pitch step in 10 ms below which the pitch holds notes, in semitones. Measured: speech 0.099 to 0.183,
/// singing 0.054 to 0.066, instruments up to 0.052, a tone 0.
pub(super) const MUSIC_STEP_SEMITONES: f64 = 0.075;
/// The share of voiced stretches of 200 ms within 0.6 semitones above which the pitch holds notes. Together with the
/// limit above it found 12 of 12 pieces of music and singing; 2 of 56 spoken recordings were false alarms, both of them
/// reverberant.
pub(super) const MUSIC_PLATEAU_SHARE: f64 = 0.6;
/// The minimum voiced time for a verdict on music, in seconds.
pub(super) const MUSIC_LEAST_VOICED_SECONDS: f64 = 1.0;

/// The cosine similarity of two voiceprints below which they are two speakers. Measured: one speaker at least 0.86 under
/// every distortion, two speakers 0.64 to 0.74.
pub(super) const SPEAKERS_SIMILARITY: f64 = 0.80;
/// The minimum share of speech of a second speaker. A smaller share is an outlier.
pub(super) const SPEAKERS_MINORITY_SHARE: f64 = 0.15;

/// The ratio of slow to fast modulation below which a room is audible. Measured: 11 clean voices 6.0 to 34, with noise at 18 dB
/// at least 5.5; in simulated rooms with a reverberation time of 0.6 s or more, 1 m or more from the microphone, 1.1 to 4.2 for
/// nine of ten. A room does not matter close to the microphone.
pub(super) const REVERBERANT_RATIO: f64 = 4.2;

/// The loudness below which a recording is silent, in LUFS.
pub(super) const SILENT_LUFS: f64 = -50.0;
/// The RMS level below which a recording is quiet, in dBFS. Audiobooks are delivered at -23 to -18 dBFS
/// (<https://help.acx.com/s/article/what-are-the-acx-audio-submission-requirements>).
pub(super) const QUIET_DBFS: f64 = -30.0;
/// The RMS level above which a recording is loud, in dBFS.
pub(super) const LOUD_DBFS: f64 = -12.0;
/// The true peak above which the next conversion may clip, in dBTP (EBU R 128,
/// <https://tech.ebu.ch/publications/r128>). Finished recordings often exceed it, so it is only a note.
pub(super) const LOUD_DBTP: f64 = -1.0;

/// The minimum peak for clipping, full scale is 1.0. Runs below it are steps of a coarse quantizer.
pub(super) const CLIPPED_LEAST_PEAK: f32 = 0.1;
/// The share of clipped samples above which the recording is unusable.
pub(super) const CLIPPED_ERROR_SHARE: f64 = 0.01;

/// The signal-to-noise ratio below which the model clones the noise as well, in dB. Measured: recordings with 5 dB
/// give 2 to 4, those with 10 dB give 7 to 9.
pub(super) const NOISY_ERROR_SNR_DB: f64 = 8.0;
/// The signal-to-noise ratio below which the noise is audible in the clone, in dB. Measured: recordings with 20 dB
/// give 16 to 21, clean voices at least 24.
pub(super) const NOISY_WARNING_SNR_DB: f64 = 18.0;
/// The noise floor above which the noise is audible by itself, in dBFS. Measured: clean voices -104 to -43. Audiobooks
/// are delivered below -60 dBFS (<https://help.acx.com/s/article/what-are-the-acx-audio-submission-requirements>).
pub(super) const NOISY_WARNING_FLOOR_DBFS: f64 = -40.0;

/// The sample rate below which consonants are lost, in Hz.
pub(super) const NARROW_ERROR_RATE_HZ: f64 = 8_000.0;
/// The sample rate below which a voice sounds dull, in Hz. Chatterbox uses frequencies up to 12 kHz.
pub(super) const NARROW_WARNING_RATE_HZ: f64 = 16_000.0;
/// The bandwidth below which the audio comes from a telephone or was resampled from a low rate, in Hz. Measured:
/// telephone 4,066 to 4,570, clean voices at least 6,387.
pub(super) const NARROW_WARNING_BAND_HZ: f64 = 5_000.0;
/// A frequency belongs to the band while its power is within this range of the strongest, in dB.
pub(super) const BAND_RANGE_DB: f64 = 50.0;

/// The DC offset above which it is reported, full scale is 1.0. Measured: clean voices up to 0.006.
pub(super) const DC_WARNING: f64 = 0.01;
/// The DC offset that indicates broken hardware, full scale is 1.0.
pub(super) const DC_ERROR: f64 = 0.05;

/// The leading silence above which it is reported, in seconds. Models count it as part of the seconds they use.
pub(super) const LEADING_SILENCE_SECONDS: f64 = 0.5;
/// The length above which a pause also appears in the clone, in seconds.
pub(super) const LONG_PAUSE_SECONDS: f64 = 1.5;

/// The largest valid sample, full scale is 1.0. Larger values come from a wrong scale or from damage.
pub(super) const LARGEST_AMPLITUDE: f32 = 100.0;

/// Returns true if two voices of this similarity, with this share of speech of the second one, are two speakers.
pub(super) fn are_two_speakers(similarity: f64, minority_share: f64) -> bool {
    similarity < SPEAKERS_SIMILARITY && minority_share >= SPEAKERS_MINORITY_SHARE
}
