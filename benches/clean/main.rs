//! What cleaning does to recordings: `cargo run --release -p loqui-benches --example clean -- [--write FOLDER] [FOLDER OF CLEAN
//! VOICES...]`.
//!
//! Every voice is disturbed by noise at 10 dB, hum, rumble or clipping, and cleaned. Prints the mean over all voices, and every
//! recording that misses a bar. With `--write`, the recordings are kept for `independent.py`, which measures them with another
//! speaker embedding and a speech recognizer.

#![forbid(unsafe_code)]
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "prints to the terminal")]

mod disturbances;
mod measures;
#[path = "../corpus/sound.rs"]
#[expect(dead_code, reason = "the corpus uses the rest")]
mod sound;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use disturbances::Disturbance;
use loqui_core::Sample;
use loqui_core::audio::{Clip, Limits, decode, wav};
use loqui_core::sample::{CleaningOutcome, Voiceprint};
use measures::Scores;

fn main() -> ExitCode {
    let mut folders = Vec::new();
    let mut write = None;
    let mut arguments = std::env::args_os().skip(1);
    while let Some(argument) = arguments.next() {
        if argument == "--write" {
            write = arguments.next().map(PathBuf::from);
        } else {
            folders.push(PathBuf::from(argument));
        }
    }
    if folders.is_empty() {
        folders.push(Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/voices"));
    }
    let voices = voices(&folders);
    if voices.is_empty() {
        eprintln!("no voice found in {folders:?}");
        return ExitCode::from(2);
    }
    let mut rows: BTreeMap<&str, Vec<Scores>> = BTreeMap::new();
    let mut missed = Vec::new();
    for (index, (name, voice)) in voices.iter().enumerate() {
        let others: Vec<&Clip> = voices
            .iter()
            .cycle()
            .skip(index + 1)
            .take(voices.len() - 1)
            .map(|(_, clip)| clip)
            .collect();
        for disturbance in Disturbance::ALL {
            let dirty = disturbance.apply(voice, &others);
            let scores = judge(voice, &dirty, disturbance, name, write.as_deref());
            if disturbance.is_noise() && !scores.meets_the_bars() {
                missed.push(format!("{name}, {}: {scores:?}", disturbance.name()));
            }
            rows.entry(disturbance.name()).or_default().push(scores);
        }
    }
    println!("{} voices\n", voices.len());
    println!(
        "| disturbance | SI-SDR before | after | gain | lowest gain | pauses quieter by | similarity to the original before | after | lowest change | time per s |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|");
    for (name, scores) in &rows {
        println!("| {name} | {}", Scores::row(scores));
    }
    println!(
        "\n{} of {} recordings with noise miss a bar",
        missed.len(),
        voices.len() * Disturbance::NOISES
    );
    for line in missed {
        println!("* {line}");
    }
    ExitCode::SUCCESS
}

fn judge(voice: &Clip, dirty: &Clip, disturbance: Disturbance, name: &str, write: Option<&Path>) -> Scores {
    let file = wav::write(dirty, None);
    let sample = Sample::from_bytes(file.clone()).expect("a WAV file is decoded");
    let started = std::time::Instant::now();
    let cleaned = sample.clean().expect("a decoded recording is cleaned");
    let seconds = started.elapsed().as_secs_f64();
    let wav_file = cleaned.to_wav().expect("a decoded recording is written");
    if let Some(folder) = write {
        let save = |kind: &str, bytes: &[u8]| {
            let path = folder.join(format!("{name}-{}-{kind}.wav", disturbance.name().replace(' ', "_")));
            if let Err(error) = std::fs::create_dir_all(folder).and_then(|()| std::fs::write(&path, bytes)) {
                eprintln!("{}: {error}", path.display());
            }
        };
        save("original", &wav::write(voice, None));
        save("dirty", &file);
        save("clean", &wav_file);
    }
    let print = |clip: &Clip| Voiceprint::of_clip(clip).ok();
    let clean = wav::read(&wav_file).expect("a written WAV file is read");
    let cleaning = cleaned.report().cleaning.as_ref();
    let left_out = cleaning.into_iter().flat_map(|cleaning| &cleaning.steps);
    Scores::of(
        voice,
        dirty,
        &clean,
        |clip| print(clip).zip(print(voice)).map(|(a, b)| a.similarity(&b)),
        seconds / dirty.seconds(),
        left_out
            .filter(|step| step.outcome == CleaningOutcome::LeftOut)
            .map(|step| format!("{}: {}", step.step, step.reason))
            .collect(),
    )
}

/// Every recording in the folders that decodes and lasts at least 8 s. Prefers WAV over other formats of the same name.
fn voices(folders: &[PathBuf]) -> Vec<(String, Clip)> {
    let mut found = BTreeMap::new();
    for path in folders
        .iter()
        .filter_map(|folder| std::fs::read_dir(folder).ok())
        .flatten()
        .flatten()
    {
        let path = path.path();
        let Some(name) = path.file_stem().map(|name| name.to_string_lossy().into_owned()) else {
            continue;
        };
        let decoded = std::fs::read(&path)
            .ok()
            .and_then(|bytes| decode(&bytes, &Limits::default()).ok());
        let clip = decoded
            .map(|decoded| decoded.mono())
            .filter(|clip| clip.seconds() >= 8.0);
        if let Some(clip) = clip {
            let is_wav = path.extension().is_some_and(|kind| kind == "wav");
            if is_wav || !found.contains_key(&name) {
                let gain = 0.5 / sound::peak(clip.samples());
                found.insert(name, sound::scaled(&clip, gain));
            }
        }
    }
    found.into_iter().collect()
}
