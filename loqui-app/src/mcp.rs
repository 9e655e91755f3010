//! The server of the Model Context Protocol: tools with which an agent lists voices, checks recordings and speaks.
//!
//! A *session* is one run of the program. Its budget limits what all its clients spend together.

mod answer;
mod budget;
mod http;
mod recordings;
mod resources;
mod server;
mod session;
mod speech_files;
mod tools;

use std::net::SocketAddr;
use std::path::PathBuf;

use loqui_core::{Error, Loqui};
use rmcp::ServiceExt as _;

use self::budget::SessionBudget;
use self::recordings::Recordings;
use self::server::Server;
use self::session::Session;
use self::speech_files::SpeechFiles;
use crate::code;
use crate::failure::Failure;

/// How a session is set up.
#[derive(Debug)]
pub(crate) struct Options {
    /// The most that the session may spend, in US dollars. Without one, models with a price are refused.
    pub(crate) budget_usd: Option<f64>,
    /// The most that one generation may cost by default, in US dollars.
    pub(crate) generation_budget_usd: Option<f64>,
    /// The folder of recordings. Clients may name no other ones.
    pub(crate) recordings: Option<PathBuf>,
    /// The folder that speech is written to.
    pub(crate) output: Option<PathBuf>,
}

/// Serves one client on stdin and stdout, until it closes stdin.
///
/// # Errors
///
/// `usage` if the client does not speak the protocol.
pub(crate) async fn serve_stdio(loqui: Loqui, options: Options) -> Result<(), Failure> {
    // The client runs on this machine as the same user, so it could read every file itself.
    let recordings = options.recordings.map_or(Recordings::Any, Recordings::Below);
    let budget = SessionBudget::new(options.budget_usd, options.generation_budget_usd);
    let session = Session::new(loqui, budget, recordings, SpeechFiles::new(options.output));
    let running = Server::new(session).serve(rmcp::transport::stdio_pipes()).await;
    let running = running.map_err(|source| {
        let error = Error::new(
            &code::USAGE,
            "the client did not start a session of the Model Context Protocol",
        );
        Failure::wrong_use(
            error
                .with_hint("An agent starts this command: see docs/mcp.md. `--http 127.0.0.1:8808` serves over HTTP.")
                .with_source(source),
        )
    })?;
    let ended = running.waiting().await;
    ended.map_err(|source| Error::new(&code::INTERNAL, "the session ended early").with_source(source))?;
    Ok(())
}

/// A server that is listening.
#[derive(Debug)]
pub(crate) struct HttpServer(http::Listening);

impl HttpServer {
    /// Listens. With a key, clients send it as `Authorization: Bearer KEY`.
    ///
    /// # Errors
    ///
    /// `option.out_of_range` if the address cannot be listened on; `usage` for an address that other machines reach,
    /// without a key.
    pub(crate) async fn bind(
        addr: SocketAddr,
        key: Option<String>,
        loqui: Loqui,
        options: Options,
    ) -> Result<Self, Failure> {
        // The client may run on another machine, where paths of this one mean nothing.
        let recordings = options.recordings.map_or(Recordings::None, Recordings::Below);
        let budget = SessionBudget::new(options.budget_usd, options.generation_budget_usd);
        let session = Session::new(loqui, budget, recordings, SpeechFiles::new(options.output));
        http::Listening::bind(addr, key, session).await.map(Self)
    }

    /// Returns the address of the protocol.
    pub(crate) fn url(&self) -> String {
        self.0.url()
    }

    /// Serves clients until `stopped` resolves.
    ///
    /// # Errors
    ///
    /// `internal` if the listener fails.
    pub(crate) async fn run(self, stopped: impl Future<Output = ()> + Send + 'static) -> Result<(), Failure> {
        self.0.run(stopped).await
    }
}
