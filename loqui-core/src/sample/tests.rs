//! The tests of the public functions. The tests of the checks and of the reference are in modules of their own.

mod checks;
#[cfg(feature = "formats")]
mod kinds;
mod reference;

use bytes::Bytes;
use proptest::prelude::*;

use super::*;
use crate::audio::testing::{WavBuilder, noise, sine, voice};
use crate::audio::{Clip, resample, wav};
use crate::finding::Severity;

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

/// Speech of any length that starts with a word: the same recording repeated.
fn words(seconds: f32, rate: u32) -> Clip {
    let voice = resample(clean_voice(), rate).into_samples();
    let from = rate as usize * 2 / 5;
    let length = (seconds * rate as f32) as usize;
    Clip::new(voice[from..].iter().copied().cycle().take(length).collect(), rate)
}

#[test]
fn undecodable_files_have_the_same_code_and_text_as_error_and_as_finding() {
    for (bytes, expected) in [
        (&b"not audio"[..], "sample.unreadable"),
        (b"", "sample.unreadable"),
        (b"\x89PNG\r\n\x1a\n", "sample.unreadable"),
        (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "sample.unsupported_format"),
    ] {
        let error = Sample::from_bytes(bytes).expect_err("not a recording");
        assert_eq!(error.code(), expected);
        let report = check(bytes);
        assert!(!report.usable && report.duration_seconds.is_none());
        assert_eq!(report.findings[0].code, expected);
        assert_eq!(report.findings[0].message, error.to_string());
        assert_eq!(Some(report.findings[0].hint.as_str()), error.hint());
    }
}

#[test]
fn junk_before_the_header_is_skipped() {
    let junk: Vec<u8> = noise(5_000, 2).iter().map(|x| (x * 127.0) as u8).collect();
    let report = check(&[&junk[..], &voice("rms.wav")].concat());
    assert_eq!((report.format.as_str(), report.usable), ("wav", true), "{report:?}");
}

#[test]
fn sample_keeps_the_original_file() {
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
async fn open_rejects_missing_oversized_and_non_audio_files() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let code = async |name: &str| Sample::open(path(name)).await.expect_err("rejected").code();

    assert_eq!(code("missing.wav").await, "file.not_found");
    assert_eq!(code("").await, "file.unreadable");

    // A sparse file: large without occupying disk space.
    std::fs::File::create(path("huge.wav"))
        .unwrap()
        .set_len(5_000_000_000)
        .unwrap();
    assert_eq!(code("huge.wav").await, "sample.too_large");

    std::fs::write(path("letter.wav"), "Dear Sir or Madam").unwrap();
    assert_eq!(code("letter.wav").await, "sample.unreadable");

    // The content decides, not the extension.
    std::fs::write(path("voice.wav"), voice("slt.mp3")).unwrap();
    let sample = Sample::open(path("voice.wav")).await.expect("an MP3");
    assert_eq!((sample.report().format.as_str(), sample.name()), ("mp3", "voice.wav"));
    sample.ensure_usable().expect("a good voice");
}

#[test]
fn report_json_has_a_stable_shape() {
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
        "voice_channels",
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
fn sample_is_send_sync_and_clone() {
    const fn shared<T: Send + Sync + Clone>() {}
    const _: () = shared::<Sample>();
}

/// Recordings of any rate, length and level.
fn any_recording() -> impl Strategy<Value = Vec<u8>> {
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
    fn arbitrary_recordings_get_a_finite_report(bytes in any_recording()) {
        let report = check(&bytes);
        prop_assert!(!report.usable, "below the minimum of 3 s");
        // JSON cannot represent infinity and NaN.
        let text = serde_json::to_string(&report).expect("serialises");
        prop_assert_eq!(serde_json::from_str::<Report>(&text).expect("reads back"), report);
        if let Ok(sample) = Sample::from_bytes(bytes) {
            prop_assert!(sample.ensure_usable().is_err());
            prop_assert!(wav::read(sample.reference().wav()).is_some_and(|clip| clip.seconds() <= 15.01));
        }
    }
}
