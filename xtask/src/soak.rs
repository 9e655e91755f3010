//! `soak`: long runs against the emulator, with faults and killed processes. Short forms run with the tests.

use crate::cargo::{self, cargo};
use crate::step::{Failure, Steps};

/// The usage of `soak jobs`.
const USE: &str =
    "cargo xtask soak jobs [--store sqlite|postgres] [--workers N] [--count N] [--without reconciliation|settling]";

/// Runs two thousand generations with two workers on SQLite.
pub(crate) fn jobs(steps: &mut Steps) -> Result<(), Failure> {
    jobs_with(steps, &[])
}

/// Runs `soak jobs` with options.
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
        let setting = setting.ok_or_else(|| Failure::new(format!("unknown option {name}\n{USE}")))?;
        setting.2 = value;
    }
    // `--workspace`, so that the features equal those of other builds. Only a debug build can disable a rule. Otherwise a
    // release build is used: it is what users run, and fast enough to make progress between two kills.
    let mut command = cargo(["test", "--workspace", "--test", "soak"]);
    command.args(without.is_none().then_some("--release"));
    command.args(["--", "--nocapture", "workers_die"]);
    command.envs(settings.map(|(_, variable, value)| (variable, value)));
    command.envs(without.map(|rule| ("LOQUI_SOAK_WITHOUT", rule)));
    steps.run("Soak: kill workers", &mut command)
}

/// Runs generations with faults in a fifth of all requests; `words` are the options of `soak chaos`.
pub(crate) fn chaos(steps: &mut Steps, words: &[String]) -> Result<(), Failure> {
    let mut command = cargo::example(steps, "chaos", true)?;
    steps.run("Chaos", command.args(words))
}

/// Runs texts of three lengths and measures memory; `words` are the options of `soak length`.
pub(crate) fn length(steps: &mut Steps, words: &[String]) -> Result<(), Failure> {
    let mut command = cargo::example(steps, "length", true)?;
    steps.run("Soak: long texts", command.args(words))
}
