//! `loqui serve`: the backend of an app that speaks.

use std::path::PathBuf;

use loqui_core::Error;
use loqui_core::error::code;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::arguments::ServeArguments;
use crate::exit::ExitCode;
use crate::failure::Failure;
use crate::output;
use crate::serve::{self, DEMO_PASSWORD, DEMO_USER, LogFormat, Server};

pub(crate) async fn run(
    arguments: Box<ServeArguments>,
    data_dir: Option<PathBuf>,
    json: bool,
) -> Result<ExitCode, Failure> {
    let settings = serve::load_settings(&arguments, data_dir)?;
    if arguments.demo_user && !settings.addr.ip().is_loopback() {
        let message = format!("--demo-user is for this machine only, and {} is not", settings.addr);
        return Err(Failure::wrong_use(Error::new(&code::USAGE, message).with_hint(
            "Everybody knows that password: make users with `loqui users add`.",
        )));
    }
    let stop = CancellationToken::new();
    let server = Server::bind(settings, stop.clone()).await?;
    let url = format!("http://{}", server.addr());
    if arguments.demo_user {
        server.seed_demo_user().await?;
        output::note(&format!(
            "WARNING: everybody may sign in as {DEMO_USER} with the password {DEMO_PASSWORD} (--demo-user)."
        ));
    }
    if server.engine() == "offline" {
        output::note("No token for Replicate: an English voice of its own speaks, not the voice of the sample.");
    }
    if json {
        output::json(&json!({ "url": url, "engine": server.engine() }));
    } else {
        output::print(&format!("Listening on {url} (engine: {})", server.engine()));
    }
    tokio::spawn(async move {
        told_to_stop().await;
        stop.cancel();
    });
    server.run().await;
    output::note("Stopped. Generations that have not ended go on at the next start.");
    Ok(ExitCode::SUCCESS)
}

/// Returns when somebody presses Ctrl-C or the system says so.
async fn told_to_stop() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminated) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminated.recv() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}

/// A server says what it does unless told otherwise by `RUST_LOG`.
pub(crate) fn log(verbose: u8, arguments: &ServeArguments) {
    let default = if verbose > 0 {
        "loqui_core=debug,loqui=debug,warn"
    } else {
        "loqui_core=info,loqui=info,warn"
    };
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new(default));
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    if serve::log_format(arguments) == LogFormat::Json {
        subscriber.json().flatten_event(true).init();
    } else {
        subscriber.init();
    }
}
