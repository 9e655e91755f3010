//! Runs programs as steps, with a heading and the elapsed time.

use std::fmt;
use std::io;
use std::process::Command;
use std::time::{Duration, Instant};

/// The reason why a command failed.
#[derive(Debug)]
pub(crate) struct Failure(String);

impl Failure {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The steps of one run and their durations.
#[derive(Debug)]
pub(crate) struct Steps {
    started: Instant,
    done: Vec<(String, Duration)>,
}

impl Steps {
    pub(crate) fn new() -> Self {
        Self {
            started: Instant::now(),
            done: Vec::new(),
        }
    }

    /// Runs a program under a heading. Its output goes to the terminal.
    pub(crate) fn run(&mut self, heading: &str, command: &mut Command) -> Result<(), Failure> {
        println!("\n==> {heading}");
        let started = Instant::now();
        let status = command.status().map_err(|error| cannot_start(command, &error))?;
        let took = started.elapsed();
        if !status.success() {
            return Err(Failure::new(format!(
                "{heading}: {status} after {}\nto repeat it: {}",
                seconds(took),
                line(command)
            )));
        }
        println!("<== {heading}: {}", seconds(took));
        self.done.push((heading.to_owned(), took));
        Ok(())
    }

    /// Prints why something was skipped.
    #[expect(clippy::unused_self, reason = "skipping is part of a run of steps")]
    pub(crate) fn skip(&self, what: &str, why: &str) {
        println!("\n--- {what} skipped: {why}");
    }

    /// Prints every step with its duration.
    pub(crate) fn summary(&self) {
        println!();
        for (heading, took) in &self.done {
            println!("{:>9}  {heading}", seconds(*took));
        }
        println!("{:>9}  total", seconds(self.started.elapsed()));
    }
}

/// Runs a program and returns its standard output.
pub(crate) fn output(command: &mut Command) -> Result<String, Failure> {
    let output = command.output().map_err(|error| cannot_start(command, &error))?;
    if !output.status.success() {
        return Err(Failure::new(format!(
            "{}: {}\n{}",
            line(command),
            output.status,
            String::from_utf8_lossy(&output.stderr).trim_end()
        )));
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim_end().to_owned())
}

/// Converts a file system error to a failure that names the path.
pub(crate) fn at(path: &std::path::Path) -> impl FnOnce(io::Error) -> Failure + '_ {
    move |error| Failure::new(format!("{}: {error}", path.display()))
}

fn cannot_start(command: &Command, error: &io::Error) -> Failure {
    Failure::new(format!(
        "cannot start {}: {error}; is it installed?",
        command.get_program().display()
    ))
}

/// Returns the command line in shell syntax.
fn line(command: &Command) -> String {
    let mut words = Vec::new();
    if let Some(folder) = command.get_current_dir() {
        words.push(format!("cd {} &&", quoted(&folder.to_string_lossy())));
    }
    for (name, value) in command.get_envs() {
        if let Some(value) = value {
            words.push(format!("{}={}", name.display(), quoted(&value.to_string_lossy())));
        }
    }
    words.push(quoted(&command.get_program().to_string_lossy()));
    words.extend(command.get_args().map(|word| quoted(&word.to_string_lossy())));
    words.join(" ")
}

fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,@+\\".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_line_is_quoted_for_the_shell() {
        let mut command = Command::new("cargo");
        command.args(["doc", "it's"]).env("RUSTDOCFLAGS", "-D warnings");
        assert_eq!(line(&command), r"RUSTDOCFLAGS='-D warnings' cargo doc 'it'\''s'");
    }

    #[test]
    fn an_error_names_the_missing_program() {
        let failure = output(&mut Command::new("loqui-no-such-program")).unwrap_err();
        assert!(failure.to_string().contains("loqui-no-such-program"));
    }

    #[test]
    fn a_failing_step_is_not_counted_as_done() {
        let mut steps = Steps::new();
        let failed = steps.run(
            "fails",
            Command::new("cargo")
                .arg("no-such-command")
                .stderr(std::process::Stdio::null()),
        );
        assert!(failed.unwrap_err().to_string().contains("cargo no-such-command"));
        assert!(steps.done.is_empty());
    }
}
