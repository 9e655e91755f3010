//! The progress of a generation on stderr: a bar on a terminal, otherwise lines.

use std::convert::Infallible;
use std::io::IsTerminal as _;
use std::time::Duration;

use futures::StreamExt as _;
use indicatif::{ProgressBar, ProgressStyle};
use loqui_core::ledger::{GenerationInfo, Status};
use loqui_core::{Generation, Result};

use crate::{copy, output};

/// How often an outage is looked for.
const OUTAGE_INTERVAL: Duration = Duration::from_secs(2);

/// Waits for a generation, and shows its progress.
pub(crate) async fn wait(generation: &Generation) -> Result<GenerationInfo> {
    if output::is_quiet() {
        return generation.finish().await;
    }
    tokio::select! {
        // Both, so that the last event is shown as well.
        (info, ()) = async { tokio::join!(generation.finish(), show(generation)) } => info,
        never = show_outages(generation) => match never {},
    }
}

async fn show(generation: &Generation) {
    let bar = std::io::stderr().is_terminal().then(bar);
    let mut events = generation.events();
    let mut last_text = String::new();
    let mut last_tenth = 0;
    while let Some(Ok(event)) = events.next().await {
        if event.status == Status::Failed {
            break; // The caller prints the error.
        }
        let text = copy::of_event(&event);
        match &bar {
            Some(bar) => {
                bar.set_position(u64::from(event.progress));
                bar.set_message(line(generation, &text).await);
            }
            None if text != last_text => {
                output::note(&format!("{:>3} % {text}", event.progress));
                last_text = text;
                last_tenth = event.progress / 10;
            }
            None if event.progress / 10 > last_tenth => {
                let line = line(generation, &text).await;
                output::note(&format!("{:>3} % {line}", event.progress));
                last_tenth = event.progress / 10;
            }
            None => {}
        }
    }
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
}

/// Shows what the generation waits for while the store is away, when no event can say so.
async fn show_outages(generation: &Generation) -> Infallible {
    let mut shown = None;
    loop {
        tokio::time::sleep(OUTAGE_INTERVAL).await;
        let outage = generation
            .waiting_for()
            .filter(|error| error.code.starts_with("store."));
        if outage.is_some() && outage != shown {
            let message = outage.as_ref().map_or("", |error| error.message.as_str());
            output::note(&format!("waiting: {message}"));
        }
        shown = outage;
    }
}

/// Returns the estimate of segments, duration, cost and remaining time; `text` for a generation of one segment.
async fn line(generation: &Generation, text: &str) -> String {
    match generation.progress_estimate().await {
        Ok(estimate) if estimate.segments > 1 => estimate.line(),
        _ => text.to_owned(),
    }
}

fn bar() -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:30} {pos:>3} % {msg} {elapsed}");
    ProgressBar::new(100).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
