//! `cargo xtask`: the development commands of this workspace. Developers and CI run the same ones.

#![forbid(unsafe_code)]
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program for the terminal")]

mod bench;
mod cargo;
mod ci;
mod clients;
mod deny;
mod docs;
mod features;
mod generate;
mod lint;
mod menu;
mod node;
mod package;
mod parity;
mod peers;
mod place;
mod put;
mod python;
mod soak;
mod step;
mod test;
mod venv;
mod version;
mod web;

use std::process::ExitCode;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words = words.join(" ");
    if matches!(words.as_str(), "" | "help" | "--help" | "-h") {
        print!("{}", menu::text());
        return ExitCode::SUCCESS;
    }
    let mut steps = step::Steps::new();
    match menu::choose(&words, &mut steps) {
        Some(Ok(())) => {
            steps.summary();
            ExitCode::SUCCESS
        }
        Some(Err(failure)) => {
            steps.summary();
            eprintln!("\nFAILED {failure}");
            ExitCode::FAILURE
        }
        None => {
            eprintln!("unknown command `{words}`\n\n{}", menu::text());
            ExitCode::from(2)
        }
    }
}
