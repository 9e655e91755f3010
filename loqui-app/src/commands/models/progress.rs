//! The progress of an installation on stderr: a bar on a terminal, otherwise lines.

use std::io::IsTerminal as _;
use std::ops::ControlFlow;

use indicatif::{ProgressBar, ProgressStyle};
use loqui_pocket::models::Progress;

use crate::output;

/// Shows progress until it is dropped.
pub(super) struct Shown {
    bar: Option<ProgressBar>,
    last: Option<(String, u64)>,
    quiet: bool,
}

impl Shown {
    /// With `json`, only a terminal sees progress.
    pub(super) fn new(json: bool) -> Self {
        let terminal = std::io::stderr().is_terminal();
        Self {
            bar: None,
            last: None,
            quiet: output::is_quiet() || (json && !terminal),
        }
    }

    /// Shows progress. Never stops the operation: Ctrl-C ends the process, and the next call continues.
    pub(super) fn show(&mut self, progress: &Progress) -> ControlFlow<()> {
        match progress {
            Progress::Waiting => self.line("waiting for another process that installs the model"),
            Progress::Retrying { file, reason, .. } => self.line(&format!("{file}: {reason}; trying again")),
            Progress::Cached { file, .. } => self.line(&format!("{file}: found in the hub's cache")),
            Progress::Verifying => self.line("verifying"),
            Progress::Receiving { file, bytes, total, .. } => self.receiving(file, *bytes, *total),
            _ => {}
        }
        ControlFlow::Continue(())
    }

    fn receiving(&mut self, file: &str, bytes: u64, total: Option<u64>) {
        if !self.quiet && std::io::stderr().is_terminal() {
            let bar = self.bar.get_or_insert_with(bar);
            bar.set_length(total.unwrap_or(bytes));
            bar.set_position(bytes);
            bar.set_message(file.to_owned());
            return;
        }
        let tenth = total.map_or(0, |total| bytes * 10 / total.max(1));
        let step = (file.to_owned(), tenth);
        if self.last.as_ref() != Some(&step) {
            if tenth > 0 {
                self.line(&format!("{:>3} % {file}", tenth * 10));
            }
            self.last = Some(step);
        }
    }

    fn line(&mut self, text: &str) {
        if let Some(bar) = &self.bar {
            bar.suspend(|| output::note(text));
        } else if !self.quiet && self.last.as_ref().is_none_or(|(last, _)| last != text) {
            output::note(text);
            if text.starts_with("waiting") {
                self.last = Some((text.to_owned(), 0));
            }
        }
    }
}

impl Drop for Shown {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn bar() -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:30} {bytes:>10} / {total_bytes} {msg} {bytes_per_sec} {eta}");
    ProgressBar::new(0).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
