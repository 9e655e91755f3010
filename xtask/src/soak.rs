//! `soak`: long runs against the emulator, with processes that die. The short forms run with the tests.

use crate::cargo::{self, cargo};
use crate::step::{Failure, Steps};

/// How to call it.
const USE: &str =
    "cargo xtask soak jobs [--store sqlite|postgres] [--workers N] [--count N] [--without reconciliation|settling]";

/// Two thousand generations, two workers, SQLite.
pub(crate) fn jobs(steps: &mut Steps) -> Result<(), Failure> {
    jobs_with(steps, &[])
}

/// The same with what was typed after `soak jobs`.
pub(crate) fn jobs_with(steps: &mut Steps, options: &[&str]) -> Result<(), Failure> {
    let mut without = None;
    let mut settings = [
        ("--store", "LOQUI_SOAK_STORE", "sqlite"),
        ("--workers", "LOQUI_SOAK_WORKERS", "2"),
        ("--count", "LOQUI_SOAK_COUNT", "2000"),
    ];
    for pair in options.chunks(2) {
        let [name, value] = pair else {
            return Err(Failure::new(format!("{} needs a value\n{USE}", pair[0])));
        };
        if *name == "--without" {
            without = Some(*value);
            continue;
        }
        let setting = settings.iter_mut().find(|(known, ..)| known == name);
        let setting = setting.ok_or_else(|| Failure::new(format!("there is no option {name}\n{USE}")))?;
        setting.2 = value;
    }
    // `--workspace`, so that the features are those of the other builds. Only a debug build lets a rule be broken; a release
    // build is what users run, and quick enough for workers to get anything done between two deaths.
    let mut command = cargo(["test", "--workspace", "--test", "soak"]);
    command.args(without.is_none().then_some("--release"));
    command.args(["--", "--nocapture", "workers_die"]);
    command.envs(settings.map(|(_, variable, value)| (variable, value)));
    command.envs(without.map(|rule| ("LOQUI_SOAK_WITHOUT", rule)));
    steps.run("Soak: workers die, and nothing is lost or paid twice", &mut command)
}

/// Runs generations while a fifth of everything goes wrong; `words` are the options typed after `soak chaos`.
pub(crate) fn chaos(steps: &mut Steps, words: &[String]) -> Result<(), Failure> {
    let mut command = cargo::example(steps, "chaos", true)?;
    steps.run("Chaos", command.args(words))
}

/// Speaks texts of three lengths, and measures memory; `words` are the options typed after `soak length`.
pub(crate) fn length(steps: &mut Steps, words: &[String]) -> Result<(), Failure> {
    let mut command = cargo::example(steps, "length", true)?;
    steps.run("Length: every word, one file, flat memory", command.args(words))
}
