//! Accuracy of the checks: `cargo run --release -p loqui-benches --example corpus -- [FOLDER OF CLEAN VOICES...]`.
//!
//! Without a folder, it uses the synthetic voices of `tests/voices`. Every voice is checked unmodified and degraded by known
//! amounts. Prints a table of results per check, and every wrong result.

#![forbid(unsafe_code)]
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "prints to the terminal")]

mod cases;
mod recorders;
mod sound;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use cases::{CHECKS, Case, Expected};
use loqui_core::audio::{Clip, Limits, decode};
use loqui_core::sample::{Report, check};
use loqui_core::{Finding, Severity};

fn main() -> ExitCode {
    let mut folders: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    if folders.is_empty() {
        folders.push(Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/voices"));
    }
    let voices = voices(&folders);
    if voices.is_empty() {
        eprintln!("no voice found in {folders:?}");
        return ExitCode::from(2);
    }
    let mut tally = Tally::default();
    for (index, (name, voice)) in voices.iter().enumerate() {
        let others: Vec<Clip> = (1..voices.len())
            .map(|by| voices[(index + by) % voices.len()].1.clone())
            .collect();
        for case in cases::of_voice(name, voice, &others) {
            tally.judge(&case);
        }
        for case in recorders::of_voice(name, voice, &others) {
            tally.judge(&case);
        }
    }
    for case in cases::without_voice() {
        tally.judge(&case);
    }
    tally.print(voices.len());
    if tally.false_errors == 0 && tally.wrong_channels == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Every recording in the folders that decodes and lasts at least 8 s. Prefers WAV over other formats of the same name.
fn voices(folders: &[PathBuf]) -> Vec<(String, Clip)> {
    let mut found = BTreeMap::new();
    for folder in folders {
        let Ok(entries) = std::fs::read_dir(folder) else {
            continue;
        };
        let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        paths.sort_by_key(|path| std::cmp::Reverse(path.extension().is_some_and(|kind| kind == "wav")));
        for path in paths {
            let Some(name) = path.file_stem().map(|name| name.to_string_lossy().into_owned()) else {
                continue;
            };
            let decoded = std::fs::read(&path)
                .ok()
                .and_then(|bytes| decode(&bytes, &Limits::default()).ok());
            if let Some(clip) = decoded
                .map(|decoded| decoded.mono())
                .filter(|clip| clip.seconds() >= 8.0)
            {
                found.entry(name).or_insert(clip);
            }
        }
    }
    found.into_iter().collect()
}

/// Results of one check.
#[derive(Default)]
struct Row {
    found: usize,
    missed: usize,
    false_alarms: usize,
    rightly_quiet: usize,
}

#[derive(Default)]
struct Tally {
    rows: BTreeMap<&'static str, Row>,
    wrong: Vec<String>,
    cases: usize,
    false_errors: usize,
    wrong_channels: usize,
}

impl Tally {
    fn judge(&mut self, case: &Case) {
        let report = check(&recorders::wav(case));
        self.cases += 1;
        for name in CHECKS {
            self.judge_check(case, &report, name);
        }
        if let Some(channels) = case
            .voice_channels
            .filter(|channels| *channels != report.voice_channels)
        {
            self.wrong_channels += 1;
            self.wrong.push(format!(
                "{}, {}: WRONG CHANNELS {:?} instead of {channels:?}",
                case.voice, case.condition, report.voice_channels
            ));
        }
        // Only expected findings may refuse a recording.
        for finding in report
            .findings
            .iter()
            .filter(|finding| finding.severity == Severity::Error)
        {
            let name = finding.code.as_str().trim_start_matches("sample.");
            let expected = case.wrong.iter().any(|(check, _)| *check == name) || case.may.contains(&name);
            if !expected {
                self.false_errors += 1;
                self.wrong.push(format!(
                    "{}, {}: FALSE ERROR {}",
                    case.voice,
                    case.condition,
                    said(finding)
                ));
            }
        }
    }

    fn judge_check(&mut self, case: &Case, report: &Report, name: &'static str) {
        let code = format!("sample.{name}");
        let found = report.findings.iter().find(|finding| finding.code == *code);
        let wrong = case.wrong.iter().find(|(check, _)| *check == name);
        let expected = wrong.map_or(Expected::Nothing, |(_, expected)| *expected);
        let noticed = found.filter(|finding| finding.severity != Severity::Note);
        let row = self.rows.entry(name).or_default();
        match expected {
            Expected::Nothing => match noticed {
                None => row.rightly_quiet += 1,
                Some(_) if case.may.contains(&name) => {}
                Some(finding) => {
                    row.false_alarms += 1;
                    self.wrong
                        .push(format!("{}, {}: false {}", case.voice, case.condition, said(finding)));
                }
            },
            Expected::Found | Expected::Error => {
                let enough =
                    noticed.is_some_and(|finding| expected == Expected::Found || finding.severity == Severity::Error);
                if enough {
                    row.found += 1;
                } else {
                    row.missed += 1;
                    self.wrong.push(format!(
                        "{}, {}: missed {name}, {}",
                        case.voice,
                        case.condition,
                        measured(report)
                    ));
                }
            }
        }
    }

    fn print(&self, voices: usize) {
        println!(
            "{} recordings from {voices} voices; {} good recordings refused; {} with the wrong channels\n",
            self.cases, self.false_errors, self.wrong_channels
        );
        println!("| check | found | missed | false alarms | true negatives |\n|---|---|---|---|---|");
        for name in CHECKS {
            let row = &self.rows[name];
            println!(
                "| {name} | {} | {} | {} | {} |",
                row.found, row.missed, row.false_alarms, row.rightly_quiet
            );
        }
        println!();
        for line in &self.wrong {
            println!("* {line}");
        }
    }
}

fn said(finding: &Finding) -> String {
    format!(
        "{} ({:?} {:?} {})",
        finding.code,
        finding.severity,
        finding.value.unwrap_or_default(),
        finding.unit.as_deref().unwrap_or_default()
    )
}

fn measured(report: &Report) -> String {
    let measures = &report.measures;
    format!(
        "snr {:?}, band {:?}, room {:?}, speakers {:?}, step {:?}, speech {:?}",
        measures.snr_db,
        measures.bandwidth_hz,
        measures.modulation_ratio,
        measures.speaker_similarity,
        measures.pitch_step_semitones,
        measures.speech_seconds
    )
}
