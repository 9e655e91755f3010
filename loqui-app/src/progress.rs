//! Shows how a generation is doing: a bar on a terminal, plain lines elsewhere. On stderr.

use std::io::IsTerminal as _;

use futures::StreamExt as _;
use indicatif::{ProgressBar, ProgressStyle};
use loqui_core::ledger::{GenerationInfo, Status};
use loqui_core::{Generation, Result};

use crate::output;

/// Waits for a generation and shows its progress meanwhile.
pub(crate) async fn wait(generation: &Generation) -> Result<GenerationInfo> {
    let showing = show(generation);
    tokio::pin!(showing);
    let waiting = generation.finish();
    tokio::pin!(waiting);
    tokio::select! {
        info = &mut waiting => info,
        () = &mut showing => waiting.await,
    }
}

async fn show(generation: &Generation) {
    let bar = std::io::stderr().is_terminal().then(bar);
    let mut events = generation.events();
    let mut told = String::new();
    let mut tenth = 0;
    while let Some(Ok(event)) = events.next().await {
        if event.status == Status::Failed {
            break; // the error itself is printed by whoever waits
        }
        match &bar {
            Some(bar) => {
                bar.set_position(u64::from(event.progress));
                bar.set_message(line(generation, &event.message).await);
            }
            None if event.message != told => {
                output::note(&format!("{:>3} % {}", event.progress, event.message));
                told = event.message;
                tenth = event.progress / 10;
            }
            None if event.progress / 10 > tenth => {
                let line = line(generation, &event.message).await;
                output::note(&format!("{:>3} % {line}", event.progress));
                tenth = event.progress / 10;
            }
            None => {}
        }
    }
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
}

/// What is known beside the event: segments, seconds, money, time left. A single segment is not worth a number.
async fn line(generation: &Generation, message: &str) -> String {
    match generation.progress_estimate().await {
        Ok(progress_estimate) if progress_estimate.segments > 1 => progress_estimate.line(),
        _ => message.to_owned(),
    }
}

fn bar() -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:30} {pos:>3} % {msg} {elapsed}");
    ProgressBar::new(100).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
