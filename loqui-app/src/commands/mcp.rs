//! `loqui mcp`: serves agents over the Model Context Protocol.

use std::net::SocketAddr;
use std::path::PathBuf;

use loqui_core::Error;

use super::{CommonFlags, serve};
use crate::exit::ExitCode;
use crate::failure::Failure;
use crate::mcp::{HttpServer, Options, serve_stdio};
use crate::settings::EngineFlags;
use crate::{code, output};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Serve over streamable HTTP at this address, for example 127.0.0.1:8808, instead of stdin and stdout
    #[arg(long, value_name = "ADDR")]
    http: Option<SocketAddr>,

    /// Maximum cost of all speech until the program ends, in US dollars. Without it, models with a price are refused
    #[arg(long, value_name = "USD", env = "LOQUI_MCP_BUDGET_USD")]
    budget: Option<f64>,

    /// Folder that speech is written to [default: `speech` in the folder of records; over HTTP clients read speech as
    /// resources]
    #[arg(short, long, value_name = "DIR", env = "LOQUI_MCP_OUTPUT")]
    output: Option<PathBuf>,

    /// Folder of the recordings that clients may name [default: every file of this machine; over HTTP none]
    #[arg(long, value_name = "DIR", env = "LOQUI_MCP_RECORDINGS")]
    recordings: Option<PathBuf>,

    // Hidden, because other users of the machine can read command lines.
    #[arg(long, hide = true, env = "LOQUI_MCP_KEY", hide_env_values = true)]
    key: Option<String>,

    // The library reads the environment variable.
    #[arg(
        long,
        help = "Declare that the speakers of all recordings have consented, which models of the engine pocket require [env: LOQUI_CONSENT_DECLARED]"
    )]
    consent_declared: bool,

    #[command(flatten)]
    engine: EngineFlags,
}

pub(super) async fn run(arguments: Arguments, common: &CommonFlags) -> Result<ExitCode, Failure> {
    if arguments.budget.is_some_and(|usd| !usd.is_finite() || usd < 0.0) {
        let message = "the budget must be 0 US dollars or more";
        return Err(Failure::wrong_use(Error::new(&code::USAGE, message)));
    }
    if arguments.http.is_none() {
        // The protocol owns stdout.
        output::take_stdout();
    }
    let mut settings = common.settings(&arguments.engine)?;
    if arguments.consent_declared {
        settings = settings.with_consent_declared();
    }
    if let Some(notice) = settings.notice() {
        output::note(&notice);
    }
    let beside_records = || settings.data_dir().join("speech");
    let options = Options {
        budget_usd: arguments.budget,
        generation_budget_usd: settings.budget_usd(),
        recordings: arguments.recordings,
        output: match arguments.http {
            Some(_) => arguments.output,
            None => Some(arguments.output.unwrap_or_else(beside_records)),
        },
    };
    let loqui = settings.open()?;
    match arguments.http {
        Some(addr) => {
            let key = arguments.key.filter(|key| !key.trim().is_empty());
            let server = HttpServer::bind(addr, key, loqui, options).await?;
            output::print(&format!("Listening on {}", server.url()));
            server.run(serve::stop_requested()).await?;
        }
        None => {
            tokio::select! {
                served = serve_stdio(loqui, options) => served?,
                () = serve::stop_requested() => {}
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}
