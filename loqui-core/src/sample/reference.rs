//! Cuts out the stretch that engines hear.

use super::signal::Signal;
use crate::audio::{Clip, SPEECH_RATE, fold, resample, wav};
use crate::engine::Reference;

/// Cuts out the chosen stretch: mono, 24 kHz, 16 bit, without offset. Its level is left alone.
pub(super) fn cut(signal: &Signal) -> Reference {
    let samples = &signal.mono.samples()[signal.envelope.span(signal.window.blocks.clone())];
    let mut clip = resample(Clip::new(samples.to_vec(), signal.mono.sample_rate()), SPEECH_RATE);
    // Float files may be louder than full scale, and filters overshoot: scaling keeps what clamping would cut off.
    let peak = fold::peak(clip.samples());
    if peak > 1.0 {
        clip.samples_mut().iter_mut().for_each(|x| *x /= peak);
    }
    Reference::new(wav::write(&clip, None))
}
