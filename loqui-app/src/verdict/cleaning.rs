//! Formats what was done to clean a recording.

use std::fmt::Write as _;

use loqui_core::sample::{Cleaning, CleaningOutcome, SoundMeasures};

/// Formats what was done to a recording.
pub(super) fn text(cleaning: &Cleaning) -> String {
    let mut text = String::new();
    let changes = changes(&cleaning.before, &cleaning.after);
    if cleaning.changed() && !changes.is_empty() {
        let _ = writeln!(text, "    cleaned: {}", changes.join(" · "));
    }
    if let Some(similarity) = cleaning.similarity.filter(|_| cleaning.changed()) {
        let _ = writeln!(text, "    similarity of the voice before and after: {similarity:.2}");
    }
    for step in &cleaning.steps {
        let (mark, verdict) = match step.outcome {
            CleaningOutcome::Applied => ("✓", ""),
            CleaningOutcome::LeftOut => ("✗", "left out: "),
            _ => ("·", "not needed: "),
        };
        let _ = writeln!(text, "  {mark} {:<8} {verdict}{}", step.step, step.reason);
    }
    text
}

fn changes(before: &SoundMeasures, after: &SoundMeasures) -> Vec<String> {
    let change = |name: &str, unit: &str, before: Option<f64>, after: Option<f64>| {
        let (before, after) = (before?, after?);
        ((before - after).abs() >= 0.05).then(|| format!("{name} {before:.1} → {after:.1} {unit}"))
    };
    [
        change("above the noise", "dB", before.snr_db, after.snr_db),
        change("noise", "dBFS", before.noise_floor_dbfs, after.noise_floor_dbfs),
        change("loudness", "LUFS", before.loudness_lufs, after.loudness_lufs),
        change("peak", "dBTP", before.true_peak_dbtp, after.true_peak_dbtp),
        change("length", "s", before.duration_seconds, after.duration_seconds),
    ]
    .into_iter()
    .flatten()
    .collect()
}
