//! The accuracy of word times: aligns recordings whose words are known, and compares.
//!
//! `corpus.py` makes the recordings. The result is the table of docs/benchmarks/words.md.

#![expect(clippy::print_stdout, reason = "the tables are the result")]

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::Path;
use std::time::Instant;

use loqui_core::audio::{Clip, SPEECH_RATE, resample};
use loqui_offline::{Settings, Voice};
use serde::Deserialize;

/// A recording with the words that its engine reported.
#[derive(Deserialize)]
struct Case {
    voice: String,
    text: String,
    words: Vec<Known>,
}

#[derive(Deserialize)]
struct Known {
    text: String,
    start: f64,
    end: Option<f64>,
}

/// The errors of one voice, in seconds.
#[derive(Default)]
struct Errors {
    starts: Vec<f64>,
    ends: Vec<f64>,
    audio_seconds: f64,
    work_seconds: f64,
}

impl Errors {
    fn row(&self, voice: &str) -> String {
        let of = |errors: &[f64], share: f64| {
            let mut sorted: Vec<f64> = errors.iter().map(|error| error.abs() * 1_000.0).collect();
            sorted.sort_by(f64::total_cmp);
            let index = (sorted.len() as f64 * share) as usize;
            sorted
                .get(index.min(sorted.len().saturating_sub(1)))
                .copied()
                .unwrap_or_default()
        };
        format!(
            "| {voice} | {} | {:.0} | {:.0} | {:.0} | {:.0} | {:.1} |",
            self.starts.len(),
            of(&self.starts, 0.5),
            of(&self.starts, 0.95),
            of(&self.ends, 0.5),
            of(&self.ends, 0.95),
            self.work_seconds * 1_000.0 / self.audio_seconds.max(f64::MIN_POSITIVE),
        )
    }

    fn add(&mut self, other: &Self) {
        self.starts.extend(&other.starts);
        self.ends.extend(&other.ends);
        self.audio_seconds += other.audio_seconds;
        self.work_seconds += other.work_seconds;
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).ok_or("give the folder that corpus.py wrote")?;
    let mut files: Vec<_> = fs::read_dir(&folder)?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    files.sort();
    let voice = Voice::shared()?;
    voice.speak("Load everything.", &Settings::default())?;
    let mut voices: BTreeMap<String, Errors> = BTreeMap::new();
    for path in files {
        let case: Case = serde_json::from_slice(&fs::read(&path)?)?;
        let errors = errors(&voice, &case, &path.with_extension("wav"))?;
        voices.entry(case.voice).or_default().add(&errors);
    }
    println!("| voice | words | start, median (ms) | start, 95 % | end, median | end, 95 % | CPU ms per second |");
    println!("|---|---|---|---|---|---|---|");
    let mut all = Errors::default();
    for (name, errors) in &voices {
        println!("{}", errors.row(name));
        all.add(errors);
    }
    println!("{}", all.row("**all**"));
    Ok(())
}

fn errors(voice: &Voice, case: &Case, path: &Path) -> Result<Errors, Box<dyn Error>> {
    let mut wav = hound::WavReader::open(path)?;
    let rate = wav.spec().sample_rate;
    let samples: Result<Vec<f32>, _> = wav
        .samples::<i16>()
        .map(|x| x.map(|x| f32::from(x) / 32_768.0))
        .collect();
    let clip = resample(Clip::new(samples?, rate), SPEECH_RATE);
    let begin = Instant::now();
    let found = voice.align(
        &case.text,
        &Settings::default().with_text_in_words(true),
        clip.samples(),
    )?;
    let mut errors = Errors {
        audio_seconds: clip.seconds(),
        work_seconds: begin.elapsed().as_secs_f64(),
        ..Errors::default()
    };
    let mut next = 0;
    for (index, known) in case.words.iter().enumerate() {
        // Engines join some words, and report others more than once.
        let ahead = found.iter().enumerate().skip(next).take(3);
        let Some((at, word)) = ahead
            .into_iter()
            .find(|(_, word)| bare(&word.text) == bare(&known.text))
        else {
            continue;
        };
        next = at + 1;
        errors.starts.push(word.start - known.start);
        // The end is that of this word only if the next word is reported as well.
        let follows = case.words.get(index + 1).zip(found.get(at + 1));
        let is_own_end = follows.is_none_or(|(known, found)| bare(&known.text) == bare(&found.text));
        if let Some(end) = known.end.filter(|_| is_own_end) {
            errors.ends.push(word.end - end);
        }
    }
    Ok(errors)
}

fn bare(word: &str) -> String {
    word.chars()
        .filter(|c| c.is_alphanumeric())
        .collect::<String>()
        .to_lowercase()
}
