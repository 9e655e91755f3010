#[cfg(feature = "formats")]
mod kinds;

use bytes::Bytes;
use proptest::prelude::*;

use super::*;
use crate::audio::testing::{WavBuilder, noise, sine, voice};
use crate::audio::{Clip, resample, wav};
use crate::finding::Severity;

const VOICES: [&str; 6] = ["heart.mp3", "heart.wav", "rms.mp3", "rms.wav", "slt.mp3", "slt.wav"];

fn report_of(samples: &[f32], rate: u32) -> Report {
    check(&WavBuilder::float32(samples, 1, rate).build())
}

fn codes(report: &Report, severity: Severity) -> Vec<&str> {
    report
        .findings
        .iter()
        .filter(|finding| finding.severity == severity)
        .map(|finding| finding.code.as_str())
        .collect()
}

#[track_caller]
fn assert_found(report: &Report, severity: Severity, code: &str) {
    assert!(codes(report, severity).contains(&code), "{code} in {report:#?}");
}

fn clean_voice() -> Clip {
    let clip = wav::read(&voice("heart.wav")).expect("a mono file of 16 bits");
    assert_eq!(clip.sample_rate(), 24_000);
    clip
}

/// Words without a pause at the start, over and over.
fn words(seconds: f32, rate: u32) -> Clip {
    let voice = resample(clean_voice(), rate).into_samples();
    let from = rate as usize * 2 / 5;
    let length = (seconds * rate as f32) as usize;
    Clip::new(voice[from..].iter().copied().cycle().take(length).collect(), rate)
}

fn with_noise(clip: &Clip, snr_db: f64) -> Vec<f32> {
    let power = |samples: &[f32]| samples.iter().map(|x| f64::from(x * x)).sum::<f64>() / samples.len() as f64;
    let noise = noise(clip.len(), 5);
    let gain = (power(clip.samples()) / power(&noise) / 10_f64.powf(snr_db / 10.0)).sqrt() as f32;
    clip.samples().iter().zip(noise).map(|(x, n)| x + gain * n).collect()
}

#[test]
fn good_voices_have_neither_errors_nor_warnings() {
    for name in VOICES {
        let report = check(&voice(name));
        assert!(report.usable, "{name}: {report:#?}");
        assert_eq!(codes(&report, Severity::Warning), [""; 0], "{name}: {report:#?}");
        assert!(
            report
                .duration_seconds
                .is_some_and(|seconds| (12.9..14.1).contains(&seconds)),
            "{name}"
        );
        assert!(
            report
                .measures
                .speech_seconds
                .is_some_and(|seconds| (8.0..13.9).contains(&seconds)),
            "{name}"
        );
    }
}

#[test]
fn an_mp3_and_its_wav_measure_the_same() {
    for name in ["heart", "rms", "slt"] {
        let [mp3, wav] = ["mp3", "wav"].map(|kind| check(&voice(&format!("{name}.{kind}"))).measures);
        let near = |a: Option<f64>, b: Option<f64>, by: f64| (a.unwrap() - b.unwrap()).abs() <= by;
        assert!(
            // The encoder turns the sound down by 5 % to make room for its own overshoots.
            near(mp3.loudness_lufs, wav.loudness_lufs, 0.6),
            "{name}: {mp3:?} {wav:?}"
        );
        assert!(
            near(mp3.speech_seconds, wav.speech_seconds, 0.5),
            "{name}: {mp3:?} {wav:?}"
        );
        assert!(
            near(mp3.true_peak_dbtp, wav.true_peak_dbtp, 1.0),
            "{name}: {mp3:?} {wav:?}"
        );
    }
}

#[test]
fn length_is_judged() {
    let of = |seconds| check(&wav::write(&words(seconds, 16_000), None));
    assert_found(&of(1.0), Severity::Error, "sample.too_short");
    assert_found(&of(4.0), Severity::Warning, "sample.short");
    assert_found(&of(7.0), Severity::Note, "sample.short");
    assert_found(&of(40.0), Severity::Warning, "sample.long");
    let hour = WavBuilder::pcm16(&vec![0.1; 8_000 * 305], 1, 8_000).build();
    assert_found(&check(&hour), Severity::Error, "sample.too_long");
    let finding = of(1.0).findings.remove(0);
    assert_eq!(
        (finding.value, finding.limit, finding.unit.as_deref()),
        (Some(1.0), Some(3.0), Some("s"))
    );
}

#[test]
fn silence_is_one_finding() {
    let report = report_of(&vec![0.0; 16_000 * 6], 16_000);
    assert_eq!(codes(&report, Severity::Error), ["sample.silent"]);
    assert_eq!(report.findings.len(), 1);
    assert!(!report.usable);
    // As quiet as a microphone that is not plugged in.
    let hiss: Vec<f32> = noise(16_000 * 6, 1).iter().map(|x| x * 1e-3).collect();
    assert_found(&report_of(&hiss, 16_000), Severity::Error, "sample.silent");
}

#[test]
fn level_is_judged() {
    let scaled = |gain: f32| clean_voice().samples().iter().map(|x| x * gain).collect::<Vec<_>>();
    assert_found(&report_of(&scaled(0.3), 24_000), Severity::Warning, "sample.quiet");
    let loud: Vec<f32> = scaled(12.0).iter().map(|x| x.tanh()).collect();
    assert_found(&report_of(&loud, 24_000), Severity::Warning, "sample.loud");
}

#[test]
fn clipping_is_found_even_when_scaled_down() {
    for (overdrive, severity) in [(1.5, Severity::Warning), (3.0, Severity::Error), (8.0, Severity::Error)] {
        let voice = clean_voice();
        let peak = voice.samples().iter().fold(0.0_f32, |peak, x| peak.max(x.abs()));
        let clip = |x: &f32| (x * overdrive / peak).clamp(-1.0, 1.0) * 0.5;
        let samples: Vec<f32> = voice.samples().iter().map(clip).collect();
        let report = report_of(&samples, 24_000);
        println!("{overdrive}: {:?}", report.measures.clipped_per_second);
        assert_found(&report, severity, "sample.clipped");
    }
    assert_eq!(
        report_of(clean_voice().samples(), 24_000).measures.clipped_per_second,
        Some(0.0)
    );
}

#[test]
fn noise_is_measured_and_judged() {
    let voice = clean_voice();
    for (true_snr, range) in [
        (30.0, 24.0..34.0),
        (20.0, 15.0..24.0),
        (10.0, 5.0..12.0),
        (5.0, 0.0..8.0),
    ] {
        let measured = report_of(&with_noise(&voice, true_snr), 24_000)
            .measures
            .snr_db
            .unwrap();
        assert!(range.contains(&measured), "{true_snr} dB reads {measured}");
    }
    assert_found(
        &report_of(&with_noise(&voice, 13.0), 24_000),
        Severity::Warning,
        "sample.noisy",
    );
    assert_found(
        &report_of(&with_noise(&voice, 3.0), 24_000),
        Severity::Error,
        "sample.noisy",
    );
    let hiss: Vec<f32> = noise(24_000 * 6, 1).iter().map(|x| x * 0.1).collect();
    let expected = if cfg!(feature = "analysis") {
        "sample.no_speech"
    } else {
        "sample.noisy"
    };
    assert_found(&report_of(&hiss, 24_000), Severity::Error, expected);
}

#[test]
fn a_telephone_is_heard_even_after_resampling() {
    let telephone = resample(resample(clean_voice(), 8_000), 24_000);
    assert_found(
        &report_of(telephone.samples(), 24_000),
        Severity::Warning,
        "sample.narrow_band",
    );
    assert_found(
        &report_of(words(6.0, 11_025).samples(), 11_025),
        Severity::Warning,
        "sample.narrow_band",
    );
    assert_found(
        &report_of(words(6.0, 6_000).samples(), 6_000),
        Severity::Error,
        "sample.narrow_band",
    );
}

#[test]
fn an_offset_is_judged_and_taken_out() {
    let shifted = |by: f32| clean_voice().samples().iter().map(|x| x * 0.5 + by).collect::<Vec<_>>();
    assert_found(&report_of(&shifted(0.1), 24_000), Severity::Error, "sample.dc_offset");
    let file = WavBuilder::float32(&shifted(0.03), 1, 24_000).build();
    let sample = Sample::from_bytes(file).expect("decodes");
    assert_found(sample.report(), Severity::Warning, "sample.dc_offset");
    let reference = wav::read(sample.reference().wav()).expect("our own");
    let mean = reference.samples().iter().sum::<f32>() / reference.len() as f32;
    assert!(mean.abs() < 3e-3, "{mean}");
}

#[test]
fn what_is_not_a_number_is_counted_and_harmless() {
    let mut samples = clean_voice().into_samples();
    samples[1_000] = f32::NAN;
    samples[2_000] = f32::INFINITY;
    samples[3_000] = -1e30;
    let report = report_of(&samples, 24_000);
    assert_found(&report, Severity::Error, "sample.not_finite");
    assert_eq!(report.findings[0].value, Some(3.0));
    assert_eq!(codes(&report, Severity::Error).len(), 1);
    assert_eq!(
        codes(&report_of(&vec![f32::NAN; 24_000 * 6], 24_000), Severity::Error),
        ["sample.not_finite", "sample.silent"]
    );
}

#[test]
fn truncation_is_a_warning() {
    for name in ["heart.mp3", "heart.wav"] {
        let file = voice(name);
        let report = check(&file[..file.len() / 2]);
        assert!(report.usable, "{name}: {report:#?}");
        assert_found(&report, Severity::Warning, "sample.truncated");
    }
}

#[test]
fn silence_around_words_is_found() {
    let voice = words(4.0, 16_000).into_samples();
    let quiet = |seconds: usize| noise(16_000 * seconds, 3).iter().map(|x| x * 3e-4).collect::<Vec<_>>();
    let report = report_of(&[quiet(2), voice.clone(), quiet(3), voice].concat(), 16_000);
    assert_found(&report, Severity::Warning, "sample.leading_silence");
    assert_found(&report, Severity::Warning, "sample.long_pause");
}

#[cfg(feature = "analysis")]
#[test]
fn what_is_not_speech_is_told_from_speech() {
    let tone = sine(440.0, 0.2, 6.0, 16_000);
    assert_found(&report_of(&tone, 16_000), Severity::Error, "sample.no_speech");
    let mostly_tone = [words(4.0, 16_000).into_samples(), tone].concat();
    let report = report_of(&mostly_tone, 16_000);
    assert_found(&report, Severity::Warning, "sample.little_speech");
    assert_eq!(report.measures.speech_by, Some(SpeechBy::Network));
}

#[cfg(feature = "analysis")]
#[test]
fn two_voices_are_told_from_one() {
    let other = resample(wav::read(&voice("rms.wav")).expect("a mono file of 16 bits"), 24_000);
    let both = [&clean_voice().samples()[..168_000], &other.samples()[..168_000]].concat();
    let report = report_of(&both, 24_000);
    assert_found(&report, Severity::Warning, "sample.several_speakers");
    // The model hears one of them: where the other begins there is no pause to cut at.
    let (start, end) = (
        report.measures.reference_start_seconds,
        report.measures.reference_end_seconds,
    );
    let (start, end) = (start.unwrap(), end.unwrap());
    assert!(end - start > 5.0, "{start} to {end}");
    assert!(end < 7.6 || start > 6.4, "{start} to {end}");
}

#[test]
fn the_report_says_which_stretch_is_heard_and_why() {
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
fn a_model_may_refuse_what_others_take() {
    let report = check(&wav::write(&words(4.5, 24_000), None));
    let mut model = ModelInfo::new("demanding");
    model.min_reference_seconds = 5.0;
    assert!(report.usable && report.clone().for_model(&ModelInfo::new("modest")).usable);
    let refused = report.for_model(&model);
    assert_found(&refused, Severity::Error, "sample.too_short");
    assert!(refused.findings[0].message.contains("demanding"), "{refused:?}");
}

#[test]
fn junk_in_front_of_a_header_is_passed_over() {
    let junk: Vec<u8> = noise(5_000, 2).iter().map(|x| (x * 127.0) as u8).collect();
    let report = check(&[&junk[..], &voice("rms.wav")].concat());
    assert_eq!((report.format.as_str(), report.usable), ("wav", true), "{report:?}");
}

#[test]
fn opposite_channels_are_found() {
    let stereo: Vec<f32> = clean_voice().samples().iter().flat_map(|x| [*x, -0.8 * x]).collect();
    let report = check(&WavBuilder::float32(&stereo, 2, 24_000).build());
    assert_found(&report, Severity::Warning, "sample.out_of_phase");
    assert_eq!(
        (report.channels, report.measures.stereo_correlation),
        (Some(2), Some(-1.0))
    );
}

#[test]
fn the_reference_starts_on_a_word_and_is_long_enough() {
    let quiet = |seconds: usize| noise(16_000 * seconds, 3).iter().map(|x| x * 3e-4).collect::<Vec<_>>();
    let reference = |samples: Vec<f32>| {
        let sample = Sample::from_bytes(WavBuilder::pcm16(&samples, 1, 16_000).build()).expect("decodes");
        let clip = wav::read(sample.reference().wav()).expect("our own");
        assert_eq!(clip.sample_rate(), 24_000);
        clip
    };
    let starts_loud = |clip: &Clip| clip.samples()[..4_800].iter().any(|x| x.abs() > 0.1);
    // Of 20 s of words behind 5 s of silence, up to 15 s of words, ending in a pause.
    let clip = reference([quiet(5), words(20.0, 16_000).into_samples()].concat());
    assert!(
        starts_loud(&clip) && (12.5..=15.0).contains(&clip.seconds()),
        "{clip:?}"
    );
    // The dense half wins over the sparse half.
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
    // Trimming stops where some model would refuse the rest.
    let clip = reference([quiet(3), words(3.0, 16_000).into_samples()].concat());
    assert!((5.4..=6.0).contains(&clip.seconds()), "{clip:?}");
    // Nothing is made up.
    let clip = reference(words(2.0, 16_000).into_samples());
    assert!((clip.seconds() - 2.0).abs() < 0.06, "{clip:?}");
}

#[test]
fn the_reference_is_not_clamped() {
    let loud: Vec<f32> = clean_voice().samples().iter().map(|x| x * 20.0).collect();
    let sample = Sample::from_bytes(WavBuilder::float32(&loud, 1, 24_000).build()).expect("decodes");
    let clip = wav::read(sample.reference().wav()).expect("our own");
    assert!(clip.samples().iter().filter(|x| x.abs() > 0.999).count() < 3);
}

#[test]
fn errors_carry_the_code_of_what_is_wrong() {
    for (bytes, expected) in [
        (&b"not audio"[..], "sample.unreadable"),
        (b"", "sample.unreadable"),
        (b"\x89PNG\r\n\x1a\n", "sample.unreadable"),
        (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "sample.unsupported_format"),
    ] {
        let error = Sample::from_bytes(bytes).expect_err("no recording");
        assert_eq!(error.code(), expected);
        let report = check(bytes);
        assert!(!report.usable && report.duration_seconds.is_none());
        assert_eq!(report.findings[0].code, expected);
        assert_eq!(report.findings[0].message, error.to_string());
        assert_eq!(Some(report.findings[0].hint.as_str()), error.hint());
    }
}

#[test]
fn models_may_ask_for_more() {
    let sample = Sample::from_bytes(wav::write(&words(4.5, 24_000), None)).expect("decodes");
    sample.ensure_usable().expect("4.5 s are enough for most");
    let mut model = ModelInfo::new("demanding");
    sample.ensure_usable_for(&model).expect("3 s are asked for");
    model.min_reference_seconds = 5.0;
    let error = sample.ensure_usable_for(&model).expect_err("5 s are asked for");
    assert_eq!(error.code(), "sample.too_short");
    assert!(error.to_string().contains("demanding"), "{error}");
}

#[test]
fn the_original_stays_untouched() {
    let file = Bytes::from(voice("slt.mp3"));
    let sample = Sample::from_bytes(file.clone()).expect("decodes");
    assert_eq!(sample.original(), &file);
    assert_eq!(sample.sha256().len(), 64);
    assert!(sample.sha256().starts_with(sample.name()));
    assert_eq!(sample.clone().with_name("me").name(), "me");
    assert!(
        (sample.duration().as_secs_f64() - 12.96).abs() < 0.2,
        "{:?}",
        sample.duration()
    );
}

#[tokio::test]
async fn files_are_opened_with_care() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let code = async |name: &str| Sample::open(path(name)).await.expect_err("refused").code();

    assert_eq!(code("missing.wav").await, "file.not_found");
    assert_eq!(code("").await, "file.unreadable");

    // As large as a film, without taking the room of one.
    std::fs::File::create(path("huge.wav"))
        .unwrap()
        .set_len(500_000_000)
        .unwrap();
    assert_eq!(code("huge.wav").await, "sample.too_large");

    std::fs::write(path("letter.wav"), "Dear Sir or Madam").unwrap();
    assert_eq!(code("letter.wav").await, "sample.unreadable");

    // The name says one thing, the content another.
    std::fs::write(path("voice.wav"), voice("slt.mp3")).unwrap();
    let sample = Sample::open(path("voice.wav")).await.expect("an MP3");
    assert_eq!((sample.report().format.as_str(), sample.name()), ("mp3", "voice.wav"));
    sample.ensure_usable().expect("a good voice");
}

#[test]
fn the_report_keeps_its_shape() {
    let report = serde_json::to_value(check(&voice("heart.mp3"))).unwrap();
    let keys: Vec<_> = report.as_object().unwrap().keys().map(String::as_str).collect();
    let expected = [
        "channels",
        "duration_seconds",
        "findings",
        "format",
        "measures",
        "sample_rate",
        "usable",
    ];
    let mut sorted = keys.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, expected);
    for measure in [
        "speech_seconds",
        "snr_db",
        "loudness_lufs",
        "true_peak_dbtp",
        "bandwidth_hz",
        "rms_dbfs",
        "dc_offset",
    ] {
        assert!(report["measures"][measure].is_number(), "{measure} in {report:#}");
    }
    assert_eq!(report["format"], "mp3");
    let back: Report = serde_json::from_value(report).unwrap();
    assert_eq!(back, check(&voice("heart.mp3")));
}

#[test]
fn samples_cross_threads() {
    const fn shared<T: Send + Sync + Clone>() {}
    const _: () = shared::<Sample>();
}

/// Recordings of any rate, length and loudness, most of them nonsense.
fn nonsense() -> impl Strategy<Value = Vec<u8>> {
    let samples = prop_oneof![
        proptest::collection::vec(-2.0_f32..2.0, 0..3_000),
        proptest::collection::vec(any::<f32>(), 0..300),
        (0_usize..3_000, -1.0_f32..1.0).prop_map(|(length, value)| vec![value; length]),
        (20.0_f32..4_000.0).prop_map(|hz| sine(hz, 0.9, 0.2, 8_000)),
    ];
    (
        samples,
        1_u16..4,
        prop_oneof![1_000_u32..50_000, Just(44_100), Just(768_000)],
    )
        .prop_map(|(samples, channels, rate)| WavBuilder::float32(&samples, channels, rate).build())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_recording_gets_a_verdict(bytes in nonsense()) {
        let report = check(&bytes);
        prop_assert!(!report.usable, "less than 3 s");
        // Infinity and what is not a number would make it unreadable.
        let text = serde_json::to_string(&report).expect("serialises");
        prop_assert_eq!(serde_json::from_str::<Report>(&text).expect("reads back"), report);
        if let Ok(sample) = Sample::from_bytes(bytes) {
            prop_assert!(sample.ensure_usable().is_err());
            prop_assert!(wav::read(sample.reference().wav()).is_some_and(|clip| clip.seconds() <= 15.01));
        }
    }
}
