use super::*;
use crate::adaptation::Adaptation;

const TEXT: &str = "The harbour was quiet when the first boats returned, and only a few gulls complained. Nobody else \
                    spoke, except for an old man who counted nineteen baskets.";

/// Returns the distances of the starts from the known ones, in seconds, sorted.
fn errors(found: &[SpokenWord], known: &[SpokenWord]) -> Vec<f64> {
    assert_eq!(
        found.iter().map(|word| &word.text).collect::<Vec<_>>(),
        known.iter().map(|word| &word.text).collect::<Vec<_>>()
    );
    let pairs = found.iter().zip(known);
    let mut errors: Vec<f64> = pairs.map(|(found, known)| (found.start - known.start).abs()).collect();
    errors.sort_by(f64::total_cmp);
    errors
}

#[test]
fn words_of_other_voices_and_paces_are_found() {
    let voice = Voice::shared().unwrap();
    for (pitch, formants, speed) in [(0.55, 0.86, 0.8), (1.2, 1.05, 1.0), (0.8, 0.95, 1.35)] {
        let other = voice.adapted(Adaptation::default().with_pitch(pitch).with_formants(formants));
        let spoken = other.speak(TEXT, &Settings::default().with_speed(speed)).unwrap();
        let found = voice.align(TEXT, &Settings::default(), spoken.samples()).unwrap();
        let errors = errors(&found, spoken.words());
        assert!(errors[errors.len() / 2] <= 0.02, "{pitch}: {errors:?}");
        assert!(errors[errors.len() * 95 / 100] <= 0.08, "{pitch}: {errors:?}");
        assert!(
            found
                .windows(2)
                .all(|pair| pair[0].end <= pair[1].start && pair[0].start <= pair[0].end)
        );
    }
}

#[test]
fn a_pause_of_the_recording_is_between_words() {
    let voice = Voice::shared().unwrap();
    let spoken = voice.speak("Wait here, please.", &Settings::default()).unwrap();
    let words = spoken.words();
    let cut = (f64::midpoint(words[1].end, words[2].start) * SAMPLE_RATE as f64) as usize;
    let mut samples = spoken.samples()[..cut].to_vec();
    samples.extend(vec![0.0; 2 * SAMPLE_RATE]);
    samples.extend_from_slice(&spoken.samples()[cut..]);
    let found = voice
        .align("Wait here, please.", &Settings::default(), &samples)
        .unwrap();
    assert!((found[1].end - words[1].end).abs() < 0.1, "{found:?}");
    assert!((found[2].start - words[2].start - 2.0).abs() < 0.1, "{found:?}");
}

#[test]
fn silence_and_unusable_recordings_have_no_words() {
    let voice = Voice::shared().unwrap();
    let align = |samples: &[f32]| voice.align("Hello there.", &Settings::default(), samples);
    assert_eq!(align(&[]).unwrap(), []);
    assert_eq!(align(&vec![0.0; 48_000]).unwrap(), []);
    assert!(matches!(align(&vec![f32::NAN; 4_800]), Err(Error::Unalignable { .. })));
    assert!(matches!(
        align(&vec![0.0; 121 * SAMPLE_RATE]),
        Err(Error::Unalignable { .. })
    ));
    // A recording of something else still gives all words, in order.
    let tone: Vec<f32> = (0..4_800).map(|n| (n as f32 * 0.1).sin() * 0.3).collect();
    let found = align(&tone).unwrap();
    assert_eq!(found.len(), 2);
    assert!(found[1].end <= 0.21 && found[0].end <= found[1].start);
}
