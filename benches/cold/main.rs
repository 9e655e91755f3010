//! Cold start of the program: `cargo xtask bench cold`.
//!
//! Runs each command several times and prints the median, minimum and maximum wall time until it ends. Programs that are not
//! installed are skipped.

#![forbid(unsafe_code)]
#![expect(clippy::print_stdout, reason = "prints to the terminal")]

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const RUNS: usize = 21;
const SENTENCE: &str = "On Tuesday the postman brought a parcel for the lady upstairs.";

/// A name and a function that builds the command.
type Make<'a> = (&'a str, Box<dyn Fn() -> Command + 'a>);

fn main() -> Result<(), Box<dyn Error>> {
    let loqui: PathBuf = std::env::args_os().nth(1).ok_or("name the program `loqui`")?.into();
    let folder = tempfile::tempdir()?;
    let voice = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/voices/heart.mp3");
    let (wav, data) = (folder.path().join("speech.wav"), folder.path().join("data"));
    let speak = |fresh: bool| {
        let mut command = Command::new(&loqui);
        command
            .args(["speak", SENTENCE, "--engine", "offline", "--sample"])
            .arg(&voice);
        command.arg("--output").arg(&wav).arg("--data-dir").arg(&data);
        if fresh {
            let _ = std::fs::remove_dir_all(&data);
        }
        command
    };
    let espeak = || {
        let mut command = Command::new("espeak-ng");
        command.arg("-w").arg(folder.path().join("espeak.wav")).arg(SENTENCE);
        command
    };
    let version = || {
        let mut command = Command::new(&loqui);
        command.arg("--version");
        command
    };
    let python = || {
        let mut command = Command::new("python3");
        command.args(["-c", "pass"]);
        command
    };
    println!("| {RUNS} runs, wall time | median | min | max |");
    println!("|---|---|---|---|");
    let commands: [Make<'_>; 5] = [
        ("`loqui --version`", Box::new(version)),
        ("`python3 -c pass`", Box::new(python)),
        (
            "`loqui speak`, offline, a sentence, a new voice",
            Box::new(|| speak(true)),
        ),
        ("the same voice again", Box::new(|| speak(false))),
        ("`espeak-ng`, the same sentence", Box::new(espeak)),
    ];
    for (name, make) in &commands {
        let mut times = Vec::with_capacity(RUNS);
        for _ in 0..=RUNS {
            match timed(make()) {
                Ok(time) => times.push(time),
                Err(_) if !name.contains("loqui") => break,
                Err(error) => return Err(format!("{name}: {error}").into()),
            }
        }
        // The first run had a cold file cache.
        let mut times = times.split_off(times.len().min(1));
        times.sort_unstable();
        if let (Some(least), Some(most)) = (times.first(), times.last()) {
            let middle = times[times.len() / 2];
            println!("| {name} | {} | {} | {} |", ms(middle), ms(*least), ms(*most));
        }
    }
    Ok(())
}

fn timed(mut command: Command) -> Result<Duration, Box<dyn Error>> {
    command.stdin(Stdio::null()).stdout(Stdio::null());
    let started = Instant::now();
    let output = command.output()?;
    let took = started.elapsed();
    if output.status.success() {
        Ok(took)
    } else {
        Err(String::from_utf8_lossy(&output.stderr).into_owned().into())
    }
}

fn ms(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1e3)
}
