//! Reports for every kind of file in `tests/spec/cases/kinds.json`.

use std::path::Path;

use serde::Deserialize;

use super::super::{Report, check};

#[derive(Deserialize)]
struct Kind {
    file: String,
    usable: bool,
    format: String,
    seconds: Option<f64>,
    code: Option<String>,
    message: Option<String>,
    #[cfg_attr(not(feature = "analysis"), expect(dead_code, reason = "some findings need networks"))]
    findings: Vec<String>,
}

fn kinds() -> Vec<Kind> {
    serde_json::from_str(include_str!("../../../../tests/spec/cases/kinds.json")).expect("the table is JSON")
}

fn read(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../tests/spec/samples/kinds")
        .join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn reports_match_the_table_of_file_kinds() {
    let mut wrong = Vec::new();
    for kind in kinds() {
        let report: Report = check(&read(&kind.file));
        let seconds = match (kind.seconds, report.duration_seconds) {
            (Some(expected), Some(seconds)) => (seconds - expected).abs() < 0.15,
            (None, None) => true,
            _ => false,
        };
        let first = report.findings.first();
        let refusal = kind.code.is_none()
            || (first.map(|finding| finding.code.as_str()) == kind.code.as_deref()
                && first.map(|finding| finding.message.as_str()) == kind.message.as_deref());
        #[cfg(feature = "analysis")]
        let findings = report
            .findings
            .iter()
            .map(|finding| finding.code.as_str())
            .eq(kind.findings.iter().map(String::as_str));
        #[cfg(not(feature = "analysis"))]
        let findings = true;
        if report.usable != kind.usable || !findings || report.format != kind.format || !seconds || !refusal {
            wrong.push(format!("{}: {report:#?}", kind.file));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
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
