//! `loqui serve`: runs the HTTP backend.

use loqui_core::Error;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::CommonFlags;
use crate::exit::ExitCode;
use crate::failure::Failure;
use crate::serve::{DEMO_PASSWORD, DEMO_USER, Server};
use crate::settings::{EngineFlags, LibrarySettings, ServerFlags, ServerSettings};
use crate::{code, logging, output};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Create the user testuser with the password testpass123, and declare consent; on loopback addresses only
    #[arg(long)]
    demo_user: bool,

    // The library reads the environment variable.
    #[arg(
        long,
        help = "Declare that the speakers of all recordings have consented, which models of the engine pocket require [env: LOQUI_CONSENT_DECLARED]"
    )]
    consent_declared: bool,

    #[command(flatten)]
    engine: EngineFlags,

    #[command(flatten)]
    server: ServerFlags,
}

pub(super) async fn run(arguments: &Arguments, common: &CommonFlags) -> Result<ExitCode, Failure> {
    let file = common.file()?;
    let settings = ServerSettings::load(&arguments.server, &file)?;
    logging::for_server(common.verbose, settings.log_format);
    if arguments.demo_user && !settings.addr.ip().is_loopback() {
        let message = format!("--demo-user requires a loopback address, not {}", settings.addr);
        return Err(Failure::wrong_use(Error::new(&code::USAGE, message).with_hint(
            "The password of the demo user is public. Create users with `loqui users add`.",
        )));
    }
    let mut library =
        LibrarySettings::load(&common.library, &arguments.engine, &file)?.for_server(settings.leave_to_workers);
    if arguments.demo_user || arguments.consent_declared {
        library = library.with_consent_declared();
    }
    let notice = library.notice();
    let stop = CancellationToken::new();
    let server = Server::bind(library, settings, stop.clone()).await?;
    let url = format!("http://{}", server.addr());
    if arguments.demo_user {
        server.seed_demo_user().await?;
        output::note(&format!(
            "WARNING: everyone can sign in as {DEMO_USER} with the password {DEMO_PASSWORD} (--demo-user)."
        ));
    }
    if let Some(notice) = notice {
        output::note(&notice);
    }
    if common.json {
        output::json(&json!({ "url": url, "engine": server.engine() }));
    } else {
        output::print(&format!("Listening on {url} (engine: {})", server.engine()));
    }
    tokio::spawn(async move {
        stop_requested().await;
        stop.cancel();
    });
    server.run().await;
    output::note("Stopped. Unfinished generations continue at the next start.");
    Ok(ExitCode::SUCCESS)
}

/// Waits for Ctrl-C or SIGTERM.
pub(super) async fn stop_requested() {
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
