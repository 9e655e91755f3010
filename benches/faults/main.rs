//! Compares three clients under each fault: this library's and the two unmodified official ones. Writes a table.
//!
//! `cargo xtask bench faults` installs the official clients and runs this program.

#![expect(clippy::print_stdout, reason = "prints to the terminal")]

mod official;
mod ours;
mod receiver;
mod rows;

use std::fmt::Write as _;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use loqui_core::clock::Timestamp;
use loqui_emulator::{Emulator, Ledger, Rule, Settings};
use official::Official;
use receiver::Receiver;
use rows::{Row, Task};

/// Size of the recording in upload rows. It is too large to be sent inline.
pub(crate) const RECORDING: &str = "tests/voices/rms.wav";

/// Outcome of one client.
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

async fn emulator(row: &Row) -> Emulator {
    let mut settings = Settings::default();
    settings.run = match row.task {
        // Long enough to be cancelled while it runs.
        Task::Cancel => Duration::from_secs(3),
        _ => Duration::from_millis(100),
    };
    let emulator = Emulator::builder()
        .settings(settings)
        .start()
        .await
        .expect("a free port");
    if !row.rule.is_empty() {
        let rule: Rule = row.rule.parse().expect("a known fault");
        emulator.faults().add(rule);
    }
    emulator
}

/// The client under test.
#[derive(Clone, Copy)]
enum Who<'a> {
    Ours,
    Official(Official<'a>),
}

/// Runs one client under the fault, waits until abandoned predictions end, and reads the emulator's ledger.
async fn cell(row: &Row, who: Who<'_>) -> Cell {
    let emulator = emulator(row).await;
    let receiver = Receiver::start().await;
    let mut outcome = match who {
        Who::Ours => ours::outcome(&emulator, row.task, &receiver.address).await,
        Who::Official(official) => official.outcome(&emulator, row.task, &receiver.address).await,
    };
    emulator.advance(Duration::from_secs(4)).await;
    if row.task == Task::Webhook {
        let calls = receiver.calls();
        let judged = match who {
            Who::Ours => ours::judge(&emulator, &calls),
            Who::Official(official) => official.judge(&emulator, &calls).await,
        };
        write!(outcome, "; {judged}").expect("writing to a string succeeds");
    }
    let ledger: Ledger = emulator.ledger();
    let mut notes = Vec::new();
    if !row.rule.is_empty() && ledger.faults.is_empty() {
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

#[expect(
    clippy::disallowed_methods,
    reason = "xtask passes the install locations in the environment"
)]
fn told(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set: run cargo xtask bench faults"))
}

/// Text above the table.
fn head() -> String {
    let today = &Timestamp::now().to_string()[..10];
    format!(
        "# Clients under faults\n\n\
         Measured on {today} with `cargo xtask bench faults`: one run of `resemble-ai/chatterbox` for each row and client. Each run has\n\
         its own emulator, which injects the fault once unless the row says otherwise. \"Loqui\" is `loqui_core::replicate::Client`. The\n\
         others are the unmodified official clients, Python `replicate` 1.0.7 and JavaScript `replicate` 1.4.0. Each client calls `run`\n\
         and downloads the output. In the `request_...` rows the official clients poll instead of holding the create open. In the\n\
         `upload_...` rows each client sends a recording of 400 kB. In the `cancel_...` rows it creates a prediction and cancels it. In\n\
         the `webhook_...` rows it verifies the webhooks that it receives.\n\n\
         A *create* is the request that starts a prediction. \"This status\" and similar words refer to the value of the fault: the\n\
         number after the colon, or the default (`loqui emulator --list-faults`).\n\n\
         A cell contains *creates sent / runs paid, outcome*. The counts are from the emulator's ledger. A run is paid if it has started\n\
         and did not fail. *Hangs* means that there was no outcome after 20 s, *token leaked* that a request sent the API token to the\n\
         host of the output. Silent or truncated outputs count as speech here, because the client does not check the audio; a\n\
         generation does.\n\n\
         | fault | what it does | Loqui | Python | JavaScript |\n|---|---|---|---|---|\n"
    )
}

#[tokio::main]
async fn main() -> ExitCode {
    let python = told("LOQUI_PEERS_PYTHON");
    let python = Who::Official(Official {
        program: &python,
        script: "benches/faults/one.py",
    });
    let javascript = Who::Official(Official {
        program: "node",
        script: "benches/faults/one.mjs",
    });
    let only = std::env::args().nth(2);
    let mut page = head();
    let mut too_often = Vec::new();
    for row in rows::rows() {
        if only.as_ref().is_some_and(|only| !row.rule.contains(only.as_str())) {
            continue;
        }
        let ours = cell(&row, Who::Ours).await;
        let python = cell(&row, python).await;
        let javascript = cell(&row, javascript).await;
        if ours.paid > 1 || ours.notes.iter().any(|note| *note != "did not meet it") {
            too_often.push(row.rule.clone());
        }
        let name = if row.rule.is_empty() {
            "-".to_owned()
        } else {
            format!("`{}`", row.rule)
        };
        println!("{name}: {ours} | {python} | {javascript}");
        writeln!(page, "| {name} | {} | {ours} | {python} | {javascript} |", row.about)
            .expect("writing to a string succeeds");
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
