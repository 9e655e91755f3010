//! Shows how a generation is doing: a bar on a terminal, plain lines elsewhere. On stderr.

use std::io::IsTerminal as _;

use futures::StreamExt as _;
use indicatif::{ProgressBar, ProgressStyle};
use loqui_core::generation::Status;
use loqui_core::{Generation, Result, Speech};

use crate::output;

/// Waits for a generation and shows its progress meanwhile.
pub(crate) async fn wait(generation: &Generation) -> Result<Speech> {
    let showing = show(generation);
    tokio::pin!(showing);
    let waiting = generation.wait();
    tokio::pin!(waiting);
    tokio::select! {
        speech = &mut waiting => speech,
        () = &mut showing => waiting.await,
    }
}

async fn show(generation: &Generation) {
    let bar = std::io::stderr().is_terminal().then(bar);
    let mut events = generation.events();
    let mut told = String::new();
    while let Some(Ok(event)) = events.next().await {
        if event.status == Status::Failed {
            break; // the error itself is printed by whoever waits
        }
        match &bar {
            Some(bar) => {
                bar.set_position(u64::from(event.progress));
                bar.set_message(event.message);
            }
            None if event.message != told => {
                output::note(&format!("{:>3} % {}", event.progress, event.message));
                told = event.message;
            }
            None => {}
        }
    }
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
}

fn bar() -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:30} {pos:>3} % {msg} {elapsed}");
    ProgressBar::new(100).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
