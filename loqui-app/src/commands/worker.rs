//! `loqui worker`: carries on whatever is in the store, whoever submitted it.

#[cfg(debug_assertions)]
mod blind;

use std::path::PathBuf;
use std::time::Duration;

use loqui_core::ledger::Policy;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::arguments::WorkerArguments;
use crate::exit::ExitCode;
use crate::failure::Failure;
use crate::{engine, output};

pub(crate) async fn run(
    arguments: WorkerArguments,
    data_dir: Option<PathBuf>,
    json: bool,
) -> Result<ExitCode, Failure> {
    let mut builder = engine::existing(data_dir)?;
    if let Some(seconds) = arguments.settle {
        builder = builder.policy(settling_after(seconds));
    }
    let loqui = builder.build()?;
    #[cfg(debug_assertions)]
    let loqui = if arguments.blind {
        blind::worker(&loqui, arguments.settle.map(settling_after))?
    } else {
        loqui
    };
    if json {
        // Under this name it holds generations in the records.
        output::json(&json!({ "worker": loqui.worker_name() }));
    }
    let stop = CancellationToken::new();
    let stopped = stop.clone();
    tokio::spawn(async move {
        asked_to_stop().await;
        output::note("Stopping: no more is taken; what is in hand goes on for a while.");
        stopped.cancel();
    });
    output::note(&format!(
        "Working on up to {} generations at a time until you press Ctrl-C.",
        arguments.concurrency
    ));
    let grace = Duration::from_secs(arguments.grace);
    loqui.work(arguments.concurrency, stop, grace).await?;
    Ok(ExitCode::SUCCESS)
}

/// The usual policy with this settle time, and everything that has to fit into it.
fn settling_after(seconds: f64) -> Policy {
    let mut policy = Policy::default();
    policy.reconciliation.settle = Duration::try_from_secs_f64(seconds).unwrap_or(policy.reconciliation.settle);
    policy.reconciliation.look_gap = policy.reconciliation.settle / 4;
    if policy.reconciliation.settle.is_zero() {
        policy.reconciliation.looks = 1;
    } else {
        policy.reconciliation.send_guard = policy.reconciliation.settle / 2;
    }
    policy
}

/// Returns at Ctrl-C, or when a supervisor asks the process to end.
async fn asked_to_stop() {
    #[cfg(unix)]
    if let Ok(mut terminate) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
        return;
    }
    // Without a signal there is nobody who could ask.
    let _ = tokio::signal::ctrl_c().await;
}
