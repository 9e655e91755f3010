//! Reports for every kind of file in `tests/spec/cases/kinds.json`.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::super::check_file;
use crate::audio::{Limits, decode, resample};

#[derive(Deserialize)]
struct Kind {
    file: String,
    usable: bool,
    format: String,
    seconds: Option<f64>,
    voice_channels: Option<Vec<u16>>,
    code: Option<String>,
    message: Option<String>,
    #[cfg_attr(not(feature = "analysis"), expect(dead_code, reason = "some findings need networks"))]
    findings: Vec<String>,
}

fn kinds() -> Vec<Kind> {
    serde_json::from_str(include_str!("../../../../tests/spec/cases/kinds.json")).expect("the table is JSON")
}

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../tests/spec/samples/kinds")
        .join(name)
}

fn read(name: &str) -> Vec<u8> {
    std::fs::read(path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

#[tokio::test]
async fn reports_match_the_table_of_file_kinds() {
    let mut wrong = Vec::new();
    for kind in kinds() {
        let report = check_file(path(&kind.file)).await;
        let seconds = match (kind.seconds, report.duration_seconds) {
            (Some(expected), Some(seconds)) => (seconds - expected).abs() < 0.15,
            (None, None) => true,
            _ => false,
        };
        let first = report.findings.first();
        let refusal = kind.code.is_none()
            || (first.map(|finding| finding.code.as_str()) == kind.code.as_deref()
                && first.map(|finding| finding.message.as_str()) == kind.message.as_deref());
        let channels = kind
            .voice_channels
            .as_ref()
            .is_none_or(|expected| *expected == report.voice_channels);
        #[cfg(feature = "analysis")]
        let findings = report
            .findings
            .iter()
            .map(|finding| finding.code.as_str())
            .eq(kind.findings.iter().map(String::as_str));
        #[cfg(not(feature = "analysis"))]
        let findings = true;
        if report.usable != kind.usable
            || !findings
            || !channels
            || report.format != kind.format
            || !seconds
            || !refusal
        {
            wrong.push(format!("{}: {report:#?}", kind.file));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn codecs_of_recorders_keep_the_waveform() {
    let decoded = |name: &str| decode(&read(name), &Limits::default()).expect("decodes").mono();
    let original = resample(decoded("voice.flac"), 8_000);
    let energy = |samples: &[f32]| samples.iter().map(|x| f64::from(x * x)).sum::<f64>();
    // The lowest correlation with the original at any delay of up to 10 ms. That of GSM is what its standard achieves.
    for (name, lowest) in [
        ("adpcm.wav", 0.99),
        ("rf64.wav", 0.99),
        ("ms-adpcm.wav", 0.99),
        ("ima4.caf", 0.99),
        ("ima4.aifc", 0.99),
        ("alaw.w64", 0.99),
        ("mulaw.au", 0.99),
        ("gsm.wav", 0.8),
    ] {
        let clip = decoded(name);
        assert_eq!(clip.sample_rate(), 8_000, "{name}");
        let best = (0..160)
            .map(|shift| {
                let (fixed, moved) = (&original.samples()[80..40_000], &clip.samples()[shift..shift + 39_920]);
                let both: f64 = fixed.iter().zip(moved).map(|(x, y)| f64::from(x * y)).sum();
                both / (energy(fixed) * energy(moved)).sqrt()
            })
            .fold(0.0, f64::max);
        assert!(best > lowest, "{name}: {best}");
    }
}

/// A decoder that distorts the audio would change the voice.
#[cfg(feature = "analysis")]
#[test]
fn voiceprint_is_the_same_for_all_formats() {
    use super::super::{Likeness, Voiceprint};

    let original = Voiceprint::of_bytes(&read("voice.flac")).expect("contains a voice");
    for name in [
        "voice.opus",
        "recorder.webm",
        "fragmented.mp4",
        "lossless.m4a",
        "voice.aac",
        "film.mp4",
        "voice.mp2",
        "two-tracks.mov",
        "centre.opus",
    ] {
        let other = Voiceprint::of_bytes(&read(name)).expect("contains a voice");
        assert_eq!(
            original.likeness(&other),
            Likeness::Same,
            "{name}: {}",
            original.similarity(&other)
        );
    }
}
