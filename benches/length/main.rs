//! `cargo xtask soak length [--sizes 5000,50000,200000] [--engines replicate,offline]` speaks texts of three lengths in
//! separate processes. Checks that no word is missing, that durations add up, that nothing is requested twice, and that a
//! long text needs no more memory than a short one.

#![expect(clippy::print_stdout, reason = "prints to the terminal")]

mod checks;
mod speaker;
mod text;

use std::path::{Path, PathBuf};
use std::process::{ExitCode, Stdio};
use std::time::Duration;

use loqui_core::ledger::{GenerationRecord, TakeRecord};
use loqui_core::store::{GenerationStoreExt as _, SqliteStore};
use loqui_core::{GenerationId, Sample};
use loqui_emulator::{Emulator, Rule, Settings};
use loqui_offline::Voice;
use speaker::{RECORDS, SPEECH, Told};
use tokio::process::Command;

pub(crate) const VOICE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/voices/heart.wav");

/// Percentage of silent takes at the provider, so that some takes are repeated.
const SILENT_TAKES: &str = "output_silent*always%2";
/// Permitted memory growth from the shortest to the longest text, in KiB. A thousand segments with their takes have records of
/// about 2 KB each, of which a few copies exist at a time.
const MORE_KIB: u64 = 24 * 1024;

type AnyError = Box<dyn std::error::Error>;

#[tokio::main]
async fn main() -> Result<ExitCode, AnyError> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if let [command, engine, characters, folder] = words.as_slice()
        && command == "speak"
    {
        println!(
            "{}",
            speaker::speak(engine, characters.parse()?, folder.as_ref()).await?
        );
        return Ok(ExitCode::SUCCESS);
    }
    let listed = |name: &str, usual: &str| -> Vec<String> {
        let place = words.iter().position(|word| word == name);
        let list = place
            .and_then(|place| words.get(place + 1))
            .map_or(usual, String::as_str);
        list.split(',').map(str::to_owned).collect()
    };
    let mut sizes = Vec::new();
    for size in listed("--sizes", "5000,50000,200000") {
        sizes.push(size.parse::<usize>()?);
    }
    println!("| engine | characters | segments | repeated takes | speech | wall time | peak memory |");
    println!("|---|---|---|---|---|---|---|");
    let mut wrong = Vec::new();
    for engine in listed("--engines", "replicate,offline") {
        let mut peaks = Vec::new();
        for characters in &sizes {
            let folder =
                std::env::temp_dir().join(format!("loqui-length-{}-{engine}-{characters}", std::process::id()));
            let run = run(&engine, *characters, &folder).await?;
            std::fs::remove_dir_all(&folder)?;
            println!("{}", run.row(&engine));
            wrong.extend(
                run.wrong
                    .iter()
                    .take(10)
                    .map(|what| format!("{engine}, {characters}: {what}")),
            );
            peaks.push(run.told.peak_kib);
        }
        if let (Some(first), Some(last)) = (peaks.first(), peaks.last())
            && *last > first + MORE_KIB
        {
            wrong.push(format!("{engine}: memory grows from {first} to {last} KiB"));
        }
    }
    for what in &wrong {
        println!("WRONG {what}");
    }
    Ok(if wrong.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Speaks one text and checks the result.
struct Run {
    characters: usize,
    segments: usize,
    retakes: usize,
    speech_seconds: f64,
    told: Told,
    wrong: checks::Wrong,
}

impl Run {
    fn row(&self, engine: &str) -> String {
        format!(
            "| {engine} | {} | {} | {} | {:.1} min | {:.0} s | {:.1} MiB |",
            self.characters,
            self.segments,
            self.retakes,
            self.speech_seconds / 60.0,
            self.told.seconds,
            self.told.peak_kib as f64 / 1024.0
        )
    }
}

async fn run(engine: &str, characters: usize, folder: &Path) -> Result<Run, AnyError> {
    let mut settings = Settings::default();
    settings.limits.creates_per_minute = 1_000_000;
    settings.limits.others_per_minute = 10_000_000;
    settings.run = Duration::from_millis(20);
    // The emulator runs in this process, so its memory is not counted.
    let emulator = Emulator::builder().settings(settings).start().await?;
    emulator.faults().add(SILENT_TAKES.parse::<Rule>()?);
    let told = told(engine, characters, folder, &emulator).await?;
    let (record, takes) = read(&speaker::path(folder, RECORDS), told.generation).await?;
    let ledger = emulator.ledger();

    let mut wrong = checks::text(&record);
    wrong.extend(checks::takes(&record, &takes, (engine != "offline").then_some(&ledger)));
    wrong.extend(checks::recording(&record, &speaker::path(folder, SPEECH)));
    wrong.extend(match engine {
        "offline" => checks::words(&record, &takes, &matched().await?),
        _ => checks::characters(&record, &takes),
    });
    if record.script != text::book(characters) {
        wrong.push("the recorded script differs from the text".to_owned());
    }
    Ok(Run {
        characters: record.script.chars().count(),
        segments: record.segments.len(),
        retakes: checks::retakes(&record, &takes),
        speech_seconds: record.speech.as_ref().map_or(0.0, |speech| speech.seconds),
        told,
        wrong,
    })
}

/// Speaks the text in another process of this program.
async fn told(engine: &str, characters: usize, folder: &Path, emulator: &Emulator) -> Result<Told, AnyError> {
    let output = Command::new(std::env::current_exe()?)
        .args(["speak", engine, &characters.to_string()])
        .arg(folder)
        .env("REPLICATE_API_TOKEN", emulator.token())
        .env("REPLICATE_BASE_URL", emulator.base_url())
        .stderr(Stdio::inherit())
        .output()
        .await?;
    let line = String::from_utf8(output.stdout)?;
    Told::read(&line).ok_or_else(|| format!("{engine}, {characters}: {}", output.status).into())
}

async fn read(records: &PathBuf, generation: GenerationId) -> Result<(GenerationRecord, Vec<TakeRecord>), AnyError> {
    let store = SqliteStore::open(records).await?;
    let record = store
        .generation(generation)
        .await?
        .ok_or("the generation has no record")?;
    Ok((record, store.takes(generation).await?))
}

/// The offline voice matched to the sample, as the engine does it.
async fn matched() -> Result<Voice, AnyError> {
    let sample = Sample::open(VOICE).await?;
    let clip = loqui_core::audio::decode_speech(sample.reference().wav())?;
    Ok(Voice::shared()?.matched_to(clip.samples(), clip.sample_rate())?.voice)
}
