//! `loqui worker`: runs generations from a shared store.

#[cfg(debug_assertions)]
mod blind;

use std::time::Duration;

use loqui_core::ledger::Policy;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::CommonFlags;
use crate::exit::ExitCode;
use crate::failure::Failure;
use crate::output;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Maximum number of concurrent generations
    #[arg(long, default_value_t = 100, value_name = "N")]
    concurrency: u32,

    /// How long running generations may continue after the process was asked to stop, in seconds
    #[arg(long, default_value_t = 30, value_name = "SECONDS")]
    grace: u64,

    /// For tests with the emulator: after this time a create request without a response counts as never received.
    /// With the real provider, values below the default can cause double payments.
    #[arg(long, value_name = "SECONDS", hide = true)]
    settle: Option<f64>,

    /// For the negative control of the soak test: never search for predictions whose create response was lost, so that
    /// they are paid twice. Debug builds only.
    #[cfg(debug_assertions)]
    #[arg(long, hide = true)]
    blind: bool,
}

pub(super) async fn run(arguments: &Arguments, common: &CommonFlags) -> Result<ExitCode, Failure> {
    let mut builder = common.settings_for_stored_generations()?.builder();
    if let Some(seconds) = arguments.settle {
        builder = builder.policy(settling_after(seconds));
    }
    let loqui = builder.build()?;
    #[cfg(debug_assertions)]
    let loqui = if arguments.blind {
        blind::worker(common, &loqui, arguments.settle.map(settling_after))?
    } else {
        loqui
    };
    if common.json {
        // The store records this name in the claims of the worker.
        output::json(&json!({ "worker": loqui.worker_name() }));
    }
    let grace = Duration::from_secs(arguments.grace);
    let stop = CancellationToken::new();
    let stopped = stop.clone();
    tokio::spawn(async move {
        stop_requested().await;
        output::note(&format!(
            "Stopping: no new generations are started; running generations continue for up to {} s.",
            grace.as_secs()
        ));
        stopped.cancel();
    });
    output::note(&format!(
        "Running up to {} generations at a time. Press Ctrl-C to stop.",
        arguments.concurrency
    ));
    loqui.work(arguments.concurrency, stop, grace).await?;
    Ok(ExitCode::SUCCESS)
}

/// Returns the default policy with this settle time, and with the times that must be shorter.
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

/// Waits for Ctrl-C or SIGTERM.
async fn stop_requested() {
    #[cfg(unix)]
    if let Ok(mut terminate) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
        return;
    }
    let _ = tokio::signal::ctrl_c().await;
}
