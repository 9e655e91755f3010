use super::*;
use crate::audio::SPEECH_RATE;
use crate::audio::testing::{babble, noise};

fn codes(take: &Clip, expected: &Expectation) -> Vec<String> {
    let verdict = verify(take, expected);
    assert_eq!(
        verdict.kept,
        verdict
            .findings
            .iter()
            .all(|finding| finding.severity != Severity::Error)
    );
    verdict
        .findings
        .iter()
        .map(|finding| finding.code.to_string())
        .collect()
}

/// Speech-like sound of any length: the same two seconds, repeated.
fn voice(seconds: f32) -> Clip {
    let two_seconds = babble(2.0, SPEECH_RATE).into_samples();
    let length = (seconds * SPEECH_RATE as f32) as usize;
    Clip::new(two_seconds.into_iter().cycle().take(length).collect(), SPEECH_RATE)
}

fn joined(parts: &[&[f32]]) -> Clip {
    Clip::new(parts.concat(), SPEECH_RATE)
}

#[test]
fn good_takes_of_any_length_are_kept() {
    for (characters, seconds) in [
        (3, 0.4),
        (3, 1.8),
        (20, 1.2),
        (100, 7.0),
        (250, 17.0),
        (250, 25.0),
        (300, 35.0),
    ] {
        let verdict = verify(&voice(seconds), &Expectation::new(characters, Some(40.0)));
        assert!(
            verdict.kept && verdict.findings.is_empty(),
            "{characters}: {:?}",
            verdict.findings
        );
        assert!((verdict.seconds - f64::from(seconds)).abs() < 0.001);
    }
}

#[test]
fn ordinary_takes_of_any_length_and_level_have_no_findings() {
    let mut random = fastrand::Rng::with_seed(7);
    let voice = voice(20.0);
    for _ in 0..100 {
        let characters = random.usize(2..120);
        let pace = 9.0 + 13.0 * random.f64();
        let length = ((characters as f64 / pace + 0.2) * f64::from(SPEECH_RATE)) as usize;
        let gain = 0.1 + random.f32();
        let start = random.usize(..voice.len() - length);
        let take: Vec<f32> = voice.samples()[start..start + length]
            .iter()
            .map(|x| x * gain)
            .collect();
        let take = joined(&[&noise(4_800, 3).iter().map(|x| x * 1e-4).collect::<Vec<_>>(), &take]);
        assert_eq!(
            codes(&take, &Expectation::new(characters, Some(40.0))),
            [""; 0],
            "{characters} at {pace}"
        );
    }
}

#[test]
fn each_fault_has_its_code() {
    let expected = Expectation::new(60, Some(40.0));
    let spoken = voice(4.0).into_samples();
    let quiet = vec![0.0; 60_000];
    assert_eq!(codes(&joined(&[&quiet]), &expected), ["take.silent"]);
    assert_eq!(codes(&joined(&[]), &expected), ["take.silent"]);
    assert_eq!(codes(&joined(&[&spoken, &[f32::NAN]]), &expected), ["take.not_finite"]);
    assert_eq!(
        codes(&joined(&[&spoken, &quiet, &spoken[..9_600]]), &expected),
        ["take.long_silence"]
    );
    let shouted: Vec<f32> = spoken.iter().map(|x| (x * 8.0).clamp(-0.5, 0.5)).collect();
    assert_eq!(codes(&joined(&[&shouted]), &expected), ["take.clipped"]);
    assert_eq!(
        codes(&voice(40.0), &Expectation::new(300, Some(40.0))),
        ["take.truncated"]
    );
    assert_eq!(codes(&voice(40.0), &Expectation::new(500, None)), [""; 0]);
    assert_eq!(codes(&voice(20.0), &expected), ["take.too_slow"]);
    assert_eq!(codes(&voice(0.8), &expected), ["take.too_fast"]);
    assert_eq!(
        codes(&joined(&[&spoken]), &expected.with_similarity(0.5)),
        ["take.unlike"]
    );
    let tail = joined(&[&spoken, &quiet[..18_000], &spoken[..7_200]]);
    let sentence = Expectation::of("Nobody pauses before the last words of a sentence like this.", None);
    assert_eq!(codes(&tail, &sentence), ["take.tail"]);
    let pause = Expectation::of(
        "Somebody pauses before the last word of a sentence like this: no.",
        None,
    );
    assert_eq!(codes(&tail, &pause), [""; 0]);
}

#[test]
fn the_known_pace_and_similarity_of_a_voice_replace_the_defaults() {
    let expected = Expectation::new(150, None);
    let slow = voice(20.0);
    assert_eq!(codes(&slow, &expected), [""; 0]);
    assert_eq!(codes(&slow, &expected.with_pace(15.0)), ["take.too_slow"]);
    assert_eq!(codes(&voice(10.0), &expected.with_pace(15.0)), [""; 0]);
    assert_eq!(codes(&voice(4.5), &expected.with_pace(15.0)), ["take.too_fast"]);

    let kept = |expected: Expectation| verify(&voice(10.0), &expected).kept;
    assert!(kept(expected.with_similarity(0.72)));
    assert!(!kept(expected.with_similarity(0.72).with_usual_similarity(0.9)));
    let usual = expected.with_usual_similarity(0.66);
    assert!(
        kept(usual.with_similarity(0.62)),
        "a low similarity above the limit is only a warning"
    );
    assert!(!kept(usual.with_similarity(0.55)));
    // The limit for first takes is higher if they are long enough.
    assert!(!kept(expected.with_similarity(0.68)));
    let short = Expectation::new(15, None);
    assert!(verify(&voice(1.2), &short.with_similarity(0.68)).kept);
    assert!(!verify(&voice(1.2), &short.with_similarity(0.55)).kept);
}

#[test]
fn another_voice_gives_the_length_while_the_pace_is_unknown() {
    let expected = Expectation::new(150, None).with_seconds(10.0);
    assert_eq!(codes(&voice(14.0), &expected), [""; 0]);
    assert_eq!(codes(&voice(20.0), &expected), ["take.too_slow"]);
    assert_eq!(
        codes(&voice(20.0), &expected.with_pace(9.0)),
        [""; 0],
        "the pace of the voice is known"
    );
}

#[test]
fn digits_and_ideographs_count_as_several_characters() {
    assert_eq!(Expectation::of("Hi 42!", None).characters, 14);
    assert_eq!(Expectation::of("你好", None).characters, 6);
    let long_number = Expectation::of("1,234,567,890", None);
    assert!(verify(&voice(6.0), &long_number).kept);
}

#[test]
fn only_a_slow_pace_and_low_similarity_may_be_usual() {
    let expected = Expectation::new(150, None);
    let usual = |take: &Clip, expected: Expectation| verify(take, &expected).may_be_usual();
    assert!(usual(&voice(10.0), expected));
    assert!(usual(&voice(20.0), expected.with_seconds(10.0).with_similarity(0.65)));
    assert!(!usual(&voice(1.0), expected), "too fast: something is missing");
    assert!(!usual(&joined(&[&vec![0.0; 48_000]]), expected));
}
