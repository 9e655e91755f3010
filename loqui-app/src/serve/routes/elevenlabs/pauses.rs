//! Finds the pauses in the speech of a segment.

use loqui_core::audio::SPEECH_RATE;

/// The length of a frame, in samples: 10 ms.
const FRAME: usize = SPEECH_RATE as usize / 100;
/// The minimum length of a pause, in frames. Stop consonants are shorter.
const SHORTEST: usize = 10;
/// The power below which a frame is silent, relative to loud speech: 35 dB less.
const SILENCE: f32 = 3.2e-4;

/// A pause: its start and its end, in seconds.
pub(super) type Pause = (f64, f64);

/// Returns the pauses between two parts of speech. Silence at the start and at the end is no pause. The samples start at
/// `since`, in seconds.
pub(super) fn pauses(samples: &[f32], since: f64) -> Vec<Pause> {
    let power: Vec<f32> = samples
        .chunks_exact(FRAME)
        .map(|frame| frame.iter().map(|x| x * x).sum::<f32>() / FRAME as f32)
        .collect();
    let mut sorted = power.clone();
    sorted.sort_by(f32::total_cmp);
    let loud = sorted.get(sorted.len() * 9 / 10).copied().unwrap_or_default();
    let is_silent = |power: &f32| *power < loud * SILENCE;
    let seconds = |frame: usize| since + (frame * FRAME) as f64 / f64::from(SPEECH_RATE);
    let mut found = Vec::new();
    // The first frame of the current silence, after speech.
    let mut silence = None;
    let mut has_spoken = false;
    for (index, power) in power.iter().enumerate() {
        if is_silent(power) {
            if has_spoken {
                silence.get_or_insert(index);
            }
            continue;
        }
        has_spoken = true;
        if let Some(start) = silence.take()
            && index - start >= SHORTEST
        {
            found.push((seconds(start), seconds(index)));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(seconds: f32) -> Vec<f32> {
        (0..(seconds * 24_000.0) as usize)
            .map(|n| 0.3 * (n as f32 * 0.05).sin())
            .collect()
    }

    fn silence(seconds: f32) -> Vec<f32> {
        vec![0.0; (seconds * 24_000.0) as usize]
    }

    #[test]
    fn only_silence_between_speech_is_a_pause() {
        let samples = [
            silence(0.3),
            tone(0.5),
            silence(0.2),
            tone(0.5),
            silence(0.05),
            tone(0.5),
            silence(0.4),
        ]
        .concat();
        let found = pauses(&samples, 1.0);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(
            (found[0].0 - 1.8).abs() < 0.011 && (found[0].1 - 2.0).abs() < 0.011,
            "{found:?}"
        );
        assert!(pauses(&silence(1.0), 0.0).is_empty());
        assert!(pauses(&[], 0.0).is_empty());
    }
}
