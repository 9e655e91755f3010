//! The excerpt that engines receive, and the limits of models on it.

use super::*;

#[cfg(feature = "analysis")]
#[test]
fn two_speakers_are_reported_and_the_reference_contains_one() {
    let other = resample(wav::read(&voice("rms.wav")).expect("a mono file of 16 bits"), 24_000);
    let both = [&clean_voice().samples()[..168_000], &other.samples()[..168_000]].concat();
    let report = report_of(&both, 24_000);
    assert_found(&report, Severity::Warning, "sample.several_speakers");
    // There is no pause between the speakers, so the reference ends or starts near the change.
    let (start, end) = (
        report.measures.reference_start_seconds,
        report.measures.reference_end_seconds,
    );
    let (start, end) = (start.unwrap(), end.unwrap());
    assert!(end - start > 5.0, "{start} to {end}");
    assert!(end < 7.6 || start > 6.4, "{start} to {end}");
}

#[test]
fn report_contains_the_reference_range_and_the_reason() {
    let measures = check(&voice("slt.mp3")).measures;
    let length = measures.reference_end_seconds.unwrap() - measures.reference_start_seconds.unwrap();
    assert!((10.0..=15.0).contains(&length), "{measures:?}");
    assert!(
        measures
            .reference_reason
            .is_some_and(|reason| reason.contains("s of speech in"))
    );
}

#[test]
fn report_for_a_model_rejects_a_reference_below_its_minimum() {
    let report = check(&wav::write(&words(4.5, 24_000), None));
    let modest = ReferenceLimits::new("modest", 3.0);
    assert!(report.usable && report.clone().for_model(&modest).usable);
    let rejected = report.for_model(&ReferenceLimits::new("demanding", 5.0));
    assert_found(&rejected, Severity::Error, "sample.too_short");
    assert!(rejected.findings[0].message.contains("demanding"), "{rejected:?}");
}

#[test]
fn reference_starts_with_a_word_and_has_the_minimum_length() {
    let quiet = |seconds: usize| noise(16_000 * seconds, 3).iter().map(|x| x * 3e-4).collect::<Vec<_>>();
    let reference = |samples: Vec<f32>| {
        let sample = Sample::from_bytes(WavBuilder::pcm16(&samples, 1, 16_000).build()).expect("decodes");
        let clip = wav::read(sample.reference().wav()).expect("written by this crate");
        assert_eq!(clip.sample_rate(), 24_000);
        clip
    };
    let starts_loud = |clip: &Clip| clip.samples()[..4_800].iter().any(|x| x.abs() > 0.1);
    // 5 s of silence and 20 s of words give up to 15 s of words that end in a pause.
    let clip = reference([quiet(5), words(20.0, 16_000).into_samples()].concat());
    assert!(
        starts_loud(&clip) && (12.5..=15.0).contains(&clip.seconds()),
        "{clip:?}"
    );
    // The half with more speech wins.
    let sparse = [words(1.0, 16_000).into_samples(), quiet(4)].concat().repeat(3);
    let clip = reference([sparse, words(15.0, 16_000).into_samples()].concat());
    let loud = clip
        .samples()
        .chunks(2_400)
        .filter(|block| block.iter().any(|x| x.abs() > 0.1))
        .count();
    assert!(
        starts_loud(&clip) && loud * 10 > clip.len() / 2_400 * 6,
        "{clip:?}: {loud}"
    );
    // Trimming stops at the minimum length.
    let clip = reference([quiet(3), words(3.0, 16_000).into_samples()].concat());
    assert!((5.4..=6.0).contains(&clip.seconds()), "{clip:?}");
    // A short recording is not extended.
    let clip = reference(words(2.0, 16_000).into_samples());
    assert!((clip.seconds() - 2.0).abs() < 0.06, "{clip:?}");
}

#[test]
fn audio_above_full_scale_is_scaled_instead_of_clamped() {
    let loud: Vec<f32> = clean_voice().samples().iter().map(|x| x * 20.0).collect();
    let sample = Sample::from_bytes(WavBuilder::float32(&loud, 1, 24_000).build()).expect("decodes");
    let clip = wav::read(sample.reference().wav()).expect("written by this crate");
    assert!(clip.samples().iter().filter(|x| x.abs() > 0.999).count() < 3);
}

#[test]
fn sample_is_rejected_for_a_model_with_a_longer_minimum() {
    let sample = Sample::from_bytes(wav::write(&words(4.5, 24_000), None)).expect("decodes");
    sample.ensure_usable().expect("4.5 s are enough for most models");
    let modest = ReferenceLimits::new("modest", 3.0);
    sample.ensure_usable_for(&modest).expect("the minimum is 3 s");
    let demanding = ReferenceLimits::new("demanding", 5.0);
    let error = sample.ensure_usable_for(&demanding).expect_err("the minimum is 5 s");
    assert_eq!(error.code(), "sample.too_short");
    assert!(error.to_string().contains("demanding"), "{error}");
}
