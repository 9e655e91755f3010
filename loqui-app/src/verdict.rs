//! Formats a report as text: verdict, measurements, findings and hints.

mod cleaning;

use std::fmt::Write as _;

use loqui_core::Severity;
use loqui_core::sample::{JoinedRecording, Measures, Report, SpeechBy};

/// Formats the report of one file.
pub(crate) fn text(name: &str, report: &Report) -> String {
    let (mark, verdict) = match (report.usable, report.warnings().count()) {
        (true, 0) => ("✓", "good"),
        (true, _) => ("✓", "usable"),
        (false, _) => ("✗", "cannot be used"),
    };
    let mut text = format!("{mark} {name}: {verdict}{}\n", described(report));
    for line in measured(&report.measures) {
        let _ = writeln!(text, "    {line}");
    }
    if let Some(cleaning) = &report.cleaning {
        text.push_str(&cleaning::text(cleaning));
    }
    for recording in &report.recordings {
        let _ = writeln!(text, "    {}", used(recording));
    }
    for finding in &report.findings {
        let mark = match finding.severity {
            Severity::Error => "✗",
            Severity::Warning => "!",
            _ => "·",
        };
        let _ = writeln!(text, "  {mark} {} [{}]", finding.message, finding.code);
        let _ = writeln!(text, "      {}", finding.hint);
    }
    let has_speech = report.measures.speech_seconds.is_some_and(|seconds| seconds > 0.0);
    if report.measures.speech_by == Some(SpeechBy::Energy) && has_speech {
        text.push_str("  · speech was found by its energy alone: music and several speakers are not distinguished\n");
    }
    text
}

/// Describes the file: format, duration, sample rate and channels.
fn described(report: &Report) -> String {
    let Some(seconds) = report.duration_seconds else {
        return String::new();
    };
    let channels = match report.channels {
        Some(1) => "mono".to_owned(),
        Some(2) => "stereo".to_owned(),
        Some(more) => format!("{more} channels"),
        None => String::new(),
    };
    let rate = f64::from(report.sample_rate.unwrap_or_default()) / 1000.0;
    format!(" ({}, {seconds:.1} s, {rate} kHz, {channels})", report.format)
}

fn used(recording: &JoinedRecording) -> String {
    match (recording.start_seconds, recording.end_seconds) {
        (Some(start), Some(end)) => format!("{}: {start:.1} to {end:.1} s is used", recording.name),
        _ => format!("{}: not used", recording.name),
    }
}

fn measured(measures: &Measures) -> Vec<String> {
    let value = |name: &str, value: Option<f64>, decimals: usize, unit: &str| {
        value.map(|value| format!("{name} {value:.decimals$} {unit}"))
    };
    let kilo = |hz: Option<f64>| hz.map(|hz| hz / 1000.0);
    let sound: Vec<String> = [
        value("speech", measures.speech_seconds, 1, "s"),
        value("above the noise", measures.snr_db, 0, "dB"),
        value("loudness", measures.loudness_lufs, 1, "LUFS"),
        value("peak", measures.true_peak_dbtp, 1, "dBTP"),
        value("up to", kilo(measures.bandwidth_hz), 1, "kHz"),
    ]
    .into_iter()
    .flatten()
    .collect();
    let mut lines = Vec::new();
    if !sound.is_empty() {
        lines.push(sound.join(" · "));
    }
    if let (Some(start), Some(end), Some(reason)) = (
        measures.reference_start_seconds,
        measures.reference_end_seconds,
        &measures.reference_reason,
    ) {
        lines.push(format!("the model uses {start:.1} to {end:.1} s: {reason}"));
    }
    lines
}

#[cfg(test)]
mod tests {
    use loqui_core::sample;

    use super::*;

    fn report(name: &str) -> Report {
        sample::check(&std::fs::read(format!("{}/../tests/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap())
    }

    #[test]
    fn good_recording_is_summarized() {
        let text = text("me.mp3", &report("voices/heart.mp3"));
        assert!(
            text.starts_with("✓ me.mp3: good (mp3, 13.9 s, 24 kHz, mono)\n"),
            "{text}"
        );
        assert!(text.contains(" · loudness "), "{text}");
        assert!(text.contains("the model uses "), "{text}");
    }

    #[test]
    fn silence_is_not_called_a_build_without_the_networks() {
        let text = text("a.wav", &report("spec/samples/silence.wav"));
        assert!(text.starts_with("✗ a.wav: cannot be used"), "{text}");
        assert!(!text.contains("energy"), "{text}");
    }

    #[test]
    fn findings_are_listed_with_hints() {
        let text = text("a.wav", &report("spec/samples/text.wav"));
        assert!(text.starts_with("✗ a.wav: cannot be used\n"), "{text}");
        assert!(
            text.contains("✗ this is text, not a recording [sample.unreadable]\n"),
            "{text}"
        );
        assert!(text.contains("\n      Choose a recording of a voice"), "{text}");
    }
}
