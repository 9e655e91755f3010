//! What three clients do about each fault: this library's, and the two official ones, unmodified. Writes a table.
//!
//! `cargo xtask bench faults` installs the official clients, says where they are, and runs this.

#![expect(clippy::print_stdout, reason = "a program for the terminal")]

use std::fmt::Write as _;
use std::path::Path;
use std::process::{ExitCode, Stdio};
use std::time::Duration;

use loqui_core::SpeakOptions;
use loqui_core::clock::Timestamp;
use loqui_core::replicate::{Client, Model, RunOptions, WaitOptions};
use loqui_emulator::{Emulator, Fault, Ledger, Rule, Settings};
use tokio::process::Command;

/// No client gets longer for one run.
const PATIENCE: Duration = Duration::from_secs(20);

/// One row: the fault as it is armed, and what it does.
struct Row {
    rule: String,
    about: String,
}

/// What one client came to.
struct Cell {
    outcome: String,
    sent: u64,
    paid: usize,
    notes: Vec<&'static str>,
}

impl std::fmt::Display for Cell {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} / {}, {}", self.sent, self.paid, self.outcome)?;
        self.notes.iter().try_for_each(|note| write!(f, ", **{note}**"))
    }
}

fn rows() -> Vec<Row> {
    let mut rows = vec![Row {
        rule: String::new(),
        about: "Nothing goes wrong.".to_owned(),
    }];
    for info in Fault::catalogue() {
        // A client alone hears no webhooks, and a run without trouble cancels and uploads nothing.
        if matches!(info.place, "webhook" | "cancel" | "upload") {
            continue;
        }
        let value = match info.name {
            "delay_after_accept" => ":4000",
            "slow_run" => ":1500",
            "download_too_large" => ":2000",
            _ => "",
        };
        rows.push(Row {
            rule: format!("{}{value}", info.name),
            about: info.about.to_owned(),
        });
    }
    for (rule, about) in [
        ("create_throttled:1*3", "Answers three creates in a row with 429."),
        (
            "error_after_accept:502*2",
            "Accepts two creates in a row and answers 502.",
        ),
        ("request_status:503*3", "Answers three requests in a row with 503."),
        ("request_dropped*3", "Closes three connections in a row."),
    ] {
        rows.push(Row {
            rule: rule.to_owned(),
            about: about.to_owned(),
        });
    }
    rows
}

async fn emulator(rule: &str) -> Emulator {
    let mut settings = Settings::default();
    settings.run = Duration::from_millis(100);
    let emulator = Emulator::builder()
        .settings(settings)
        .start()
        .await
        .expect("a free port");
    if !rule.is_empty() {
        let rule: Rule = rule.parse().expect("a row of the catalogue");
        emulator.faults().add(rule);
    }
    emulator
}

/// Judges by the emulator's ledger, once a run that the client has given up has come to its own end.
async fn cell(outcome: String, emulator: &Emulator, rule: &str) -> Cell {
    emulator.advance(Duration::from_secs(3)).await;
    let ledger: Ledger = emulator.ledger();
    let mut notes = Vec::new();
    if !rule.is_empty() && ledger.faults.is_empty() {
        notes.push("did not meet it");
    }
    if !ledger.leaks.is_empty() {
        notes.push("token leaked");
    }
    if ledger.downloads.iter().any(|download| download.strayed) {
        notes.push("followed to another host");
    }
    if ledger.paid_runs() > 1 {
        notes.push("paid twice");
    }
    Cell {
        outcome,
        sent: ledger.creates.len() as u64 + ledger.refused_creates.values().sum::<u64>(),
        paid: ledger.paid_runs(),
        notes,
    }
}

async fn ours(rule: &str) -> Cell {
    let emulator = emulator(rule).await;
    let client = Client::builder(emulator.token())
        .base_url(emulator.base_url())
        .timeout(Duration::from_secs(2))
        .build()
        .expect("valid settings");
    let model = Model::by_name("chatterbox").expect("a known model");
    let input = model.input("Hello there.", None, &SpeakOptions::default(), None);
    let wait = WaitOptions::default()
        .with_start(Duration::from_secs(6))
        .with_run(Duration::from_secs(6));
    let options = RunOptions::default()
        .with_wait(wait)
        .with_settle(Duration::from_secs(4));
    let outcome = match client.run(&model.prediction(input.expect("valid")), &options).await {
        Ok(run) => format!("speech ({} kB)", run.wav.len() / 1000),
        Err(error) => format!("`{}`", error.code()),
    };
    cell(outcome, &emulator, rule).await
}

async fn official(program: &str, script: &str, rule: &str) -> Cell {
    let emulator = emulator(rule).await;
    let mut command = Command::new(program);
    command
        .arg(script)
        .env("REPLICATE_API_TOKEN", emulator.token())
        .env("EMULATOR_ORIGIN", emulator.base_url().trim_end_matches("/v1"))
        // The official clients hold the create until the end unless told to poll: then they make no other request.
        .env("POLL", if rule.starts_with("request_") { "yes" } else { "" })
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true);
    let outcome = match tokio::time::timeout(PATIENCE, command.output()).await {
        Err(_) => format!("hangs ({} s)", PATIENCE.as_secs()),
        Ok(Ok(output)) => {
            let said = String::from_utf8_lossy(&output.stdout).trim().replace('|', "/");
            if said.is_empty() {
                "ends without a word".to_owned()
            } else {
                said
            }
        }
        Ok(Err(error)) => panic!("{program} does not start: {error}"),
    };
    cell(outcome, &emulator, rule).await
}

#[expect(
    clippy::disallowed_methods,
    reason = "the menu says here where it has installed them"
)]
fn told(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set: run cargo xtask bench faults"))
}

#[tokio::main]
async fn main() -> ExitCode {
    let python = told("LOQUI_PEERS_PYTHON");
    let today = &Timestamp::now().to_string()[..10];
    let mut page = format!(
        "# What clients do about faults\n\n\
         Measured on {today} with `cargo xtask bench faults`: one run of `resemble-ai/chatterbox` for each row and client,\n\
         each against an emulator of its own in which the fault of the row happens (once, unless the row says otherwise).\n\
         \"Loqui\" is `loqui_core::replicate::Client::run`; the others are the official clients, unmodified: Python\n\
         `replicate` 1.0.7 and JavaScript `replicate` 1.4.0, each with `run` and a download of what it returns (in the rows\n\
         of `request_...` they are told to poll).\n\n\
         A cell reads *creates sent / runs paid, outcome*, counted by the emulator's ledger. A run is paid once it has\n\
         started and did not fail. Outputs that are silent or cut short are for the generation around the client to judge.\n\n\
         | fault | what it does | Loqui | Python | JavaScript |\n|---|---|---|---|---|\n"
    );
    let mut too_often = Vec::new();
    for row in rows() {
        let cells = [
            ours(&row.rule).await,
            official(&python, "benches/faults/one.py", &row.rule).await,
            official("node", "benches/faults/one.mjs", &row.rule).await,
        ];
        let [ours, python, javascript] = &cells;
        if ours.paid > 1 || ours.notes.iter().any(|note| *note != "did not meet it") {
            too_often.push(row.rule.clone());
        }
        let name = if row.rule.is_empty() {
            "-".to_owned()
        } else {
            format!("`{}`", row.rule)
        };
        println!("{name}: {ours} | {python} | {javascript}");
        writeln!(page, "| {name} | {} | {ours} | {python} | {javascript} |", row.about).expect("a string takes all");
    }
    if let Some(path) = std::env::args().nth(1) {
        let path = Path::new(&path);
        let folder = path.parent().unwrap_or_else(|| Path::new("."));
        if let Err(error) = std::fs::create_dir_all(folder).and_then(|()| std::fs::write(path, &page)) {
            println!("{}: {error}", path.display());
            return ExitCode::FAILURE;
        }
    }
    if too_often.is_empty() {
        return ExitCode::SUCCESS;
    }
    println!("Loqui paid twice or leaked: {too_often:?}");
    ExitCode::FAILURE
}
