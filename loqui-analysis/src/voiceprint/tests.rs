use super::*;
use crate::reference::{self, largest_difference};
use crate::signals;

fn voiceprint_of_all(samples: &[f32]) -> Voiceprint {
    Voiceprint::of_parts(&SpeechParts::whole(samples), usize::MAX).unwrap()
}

#[test]
fn voiceprint_is_a_unit_vector_without_negative_numbers() {
    let print = voiceprint_of_all(&signals::vowel(4.0, |_| 120.0));
    assert_eq!(print.embedding().len(), 256);
    assert!((print.embedding().iter().map(|x| x * x).sum::<f32>() - 1.0).abs() < 1e-5);
    assert!(print.embedding().iter().all(|&x| x >= 0.0));
    assert!((print.similarity(&print) - 1.0).abs() < 1e-5);
}

#[test]
fn stored_embedding_gives_the_same_similarity() {
    let low = voiceprint_of_all(&signals::vowel(3.0, |_| 100.0));
    let high = voiceprint_of_all(&signals::vowel(3.0, |_| 240.0));
    let restored = Voiceprint::from_embedding(low.embedding().to_vec()).unwrap();
    assert_eq!(restored.similarity(&high).to_bits(), low.similarity(&high).to_bits());
    assert!(restored.windows().is_empty());

    let wrong = |change: &dyn Fn(&mut Vec<f32>)| {
        let mut embedding = low.embedding().to_vec();
        change(&mut embedding);
        Voiceprint::from_embedding(embedding)
    };
    assert_eq!(wrong(&|embedding| _ = embedding.pop()), None);
    assert_eq!(wrong(&|embedding| embedding[0] = f32::NAN), None);
    assert_eq!(wrong(&|embedding| embedding.iter_mut().for_each(|x| *x *= -1.0)), None);
    assert_eq!(wrong(&|embedding| embedding.iter_mut().for_each(|x| *x *= 2.0)), None);
}

#[test]
fn vowels_at_different_pitch_are_different_voices() {
    let low = voiceprint_of_all(&signals::vowel(3.0, |_| 100.0));
    let low_again = voiceprint_of_all(&signals::vowel(4.0, |_| 104.0));
    let high = voiceprint_of_all(&signals::vowel(3.0, |_| 240.0));
    assert!(low.similarity(&low_again) > Likeness::SAME);
    assert!(low.similarity(&high) < low.similarity(&low_again) - 0.1);
}

/// 30 windows are more than one batch.
#[test]
fn batches_do_not_change_the_windows() {
    let samples = signals::vowel(24.0, |t| 100.0 + 4.0 * t);
    let print = voiceprint_of_all(&samples);
    assert_eq!(print.windows().len(), 30);
    let window = &print.windows()[BATCH];
    let start = (window.span().start * 16_000.0).round() as usize;
    let alone = voiceprint_of_all(&samples[start..start + SLICE_FRAMES * mel::HOP]);
    // The frames at the edges of a single window have padding instead of neighbours.
    assert!(alone.windows()[0].similarity(window) > 0.995);
}

#[test]
fn recording_without_speech_is_rejected() {
    let error = Voiceprint::of(&signals::noise(3.0, 0.2, 5)).unwrap_err();
    assert!(matches!(error, Error::TooLittleSpeech { needed, .. } if (needed - 1.2).abs() < 1e-9));
}

#[test]
fn speech_map_of_another_recording_is_rejected() {
    let speech = SpeechDetector::default().detect(&[0.1; 512]).unwrap();
    let error = Voiceprint::of_speech(&[0.1; 600], &speech).unwrap_err();
    assert!(matches!(
        error,
        Error::MapMismatch {
            mapped: 512,
            samples: 600
        }
    ));
}

#[test]
fn invalid_samples_are_rejected() {
    assert!(matches!(Voiceprint::of(&[]), Err(Error::Empty)));
    assert!(matches!(
        Voiceprint::of(&vec![f32::NAN; 64_000]),
        Err(Error::NotFinite { index: 0, .. })
    ));
}

#[test]
fn voiceprint_matches_the_reference() {
    for voice in ["rms", "slt"] {
        let print = voiceprint_of_all(&reference::voice(voice));
        let difference = largest_difference(print.embedding(), &reference::values(voice, "print"));
        assert!(difference < 1e-4, "{voice} differs by {difference}");
    }
}

#[test]
fn halves_of_one_voice_are_the_same_and_two_voices_differ() {
    let [rms, slt] = ["rms", "slt"].map(|voice| {
        let samples = reference::voice(voice);
        let (first, second) = samples.split_at(samples.len() / 2);
        [first, second].map(|half| Voiceprint::of(half).unwrap())
    });
    assert_eq!(Likeness::from_similarity(rms[0].similarity(&rms[1])), Likeness::Same);
    assert_eq!(Likeness::from_similarity(slt[0].similarity(&slt[1])), Likeness::Same);
    assert_eq!(
        Likeness::from_similarity(rms[0].similarity(&slt[0])),
        Likeness::Different
    );
}

#[test]
fn level_does_not_change_the_voiceprint() {
    let samples = reference::voice("slt");
    let quiet: Vec<f32> = samples.iter().map(|x| x * 0.002).collect();
    let similarity = Voiceprint::of(&samples)
        .unwrap()
        .similarity(&Voiceprint::of(&quiet).unwrap());
    assert!(similarity > 0.995, "{similarity}");
}

#[test]
fn long_pause_is_dropped_and_spans_include_it() {
    let voice = reference::voice("slt");
    let mut samples = voice[..80_000].to_vec();
    samples.extend(vec![0.0; 64_000]);
    samples.extend(&voice[80_000..160_000]);
    let with_pause = Voiceprint::of(&samples).unwrap();
    let without = Voiceprint::of(&voice[..160_000]).unwrap();
    assert!(with_pause.windows().len() <= without.windows().len() + 1);
    assert!(with_pause.similarity(&without) > 0.98);
    assert!(with_pause.windows().iter().any(|window| window.span().seconds() > 4.0));
    let last = with_pause.windows().last().unwrap().span();
    assert!(last.end > 12.0 && last.end <= 14.0, "{last:?}");
}
