//! Installs fixed versions of the software that tests and benchmarks run against: the official clients, Cog's server, an S3
//! server, and the frameworks of the examples.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::step::{Failure, Steps, at};
use crate::{node, place, venv};

/// The official Python client, the latest release of version 1.
const PYTHON: &str = "replicate==1.0.7";
/// The server of model containers.
const COG: &str = "cog==0.23.1";
/// An S3 server.
const S3_SERVER: &str = "moto[s3,server]==5.2.5";
/// The official clients of the services whose API the server has, a proxy that calls them, and what TLS for a client needs.
const CLIENTS: [&str; 4] = [
    "elevenlabs==2.78.0",
    "openai==3.57.0",
    "litellm==1.110.2",
    "trustme==1.2.1",
];
/// Frameworks for agents, with their plugins for these services.
const AGENTS: [&str; 4] = [
    "livekit-agents==1.8.9",
    "livekit-plugins-openai==1.8.9",
    "livekit-plugins-elevenlabs==1.8.9",
    "pipecat-ai[openai,elevenlabs]==1.14.0",
];
/// The official client of the Model Context Protocol.
const MCP: &str = "mcp==2.3.0";
/// A validator of OpenAPI documents, and a generator of clients.
const OPENAPI: [&str; 2] = ["openapi-spec-validator==0.9.0", "openapi-python-client==0.29.1"];
/// A validator of Kubernetes manifests, with the schemas.
const KUBERNETES: &str = "kubernetes-validate==1.37.0";
/// The frameworks of the examples, and the HTTP library of a test client.
const FRAMEWORKS: [&str; 3] = ["fastapi==0.165.0", "httpx==0.28.1", "celery==5.7.0"];
/// The official JavaScript client, the frameworks of the examples, two releases of the AI SDK, which call a model in
/// different ways, the official clients of the services whose API the server has, and that of the Model Context Protocol.
const NODE: [&str; 10] = [
    "replicate@1.4.0",
    "ai@7.0.173",
    "ai6@npm:ai@6.0.326",
    "express@5.3.0",
    "fastify@5.12.8",
    "@ai-sdk/openai@4.0.118",
    "@ai-sdk/elevenlabs@3.0.46",
    "@elevenlabs/elevenlabs-js@2.73.0",
    "openai@6.49.0",
    "@modelcontextprotocol/sdk@1.32.2",
];

/// The paths of the installed software.
pub(crate) struct Peers {
    /// A Python that can import the Python packages.
    python: PathBuf,
    /// The folder with the JavaScript packages.
    packages: PathBuf,
}

impl Peers {
    /// Passes the paths to a program, through its environment.
    pub(crate) fn tell(&self, command: &mut Command) {
        command
            .env("LOQUI_PEERS_PYTHON", &self.python)
            .env("LOQUI_PEERS_NODE", &self.packages);
    }
}

/// Installs everything that is not installed.
pub(crate) fn install(steps: &mut Steps) -> Result<Peers, Failure> {
    let python: Vec<String> = [PYTHON, COG, S3_SERVER, MCP, KUBERNETES]
        .into_iter()
        .chain(FRAMEWORKS)
        .chain(CLIENTS)
        .chain(AGENTS)
        .chain(OPENAPI)
        .map(str::to_owned)
        .collect();
    venv::install(steps, "peers", &python)?;
    let folder = place::target()?.join("peers");
    let stamp = folder.join("installed.txt");
    let wanted = NODE.join("\n");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return found(&folder);
    }
    fs::create_dir_all(&folder).map_err(at(&folder))?;
    // Without a manifest here, npm uses one of a parent folder.
    let manifest = folder.join("package.json");
    fs::write(&manifest, "{ \"private\": true }\n").map_err(at(&manifest))?;
    let mut command = node::npm(&folder);
    command.args(["install", "--no-audit", "--no-fund", "--no-save", "--no-package-lock"]);
    command.args(NODE);
    steps.run(&format!("Install for Node: {}", NODE.join(" ")), &mut command)?;
    fs::write(&stamp, wanted).map_err(at(&stamp))?;
    found(&folder)
}

fn found(folder: &std::path::Path) -> Result<Peers, Failure> {
    Ok(Peers {
        python: venv::program("python")?,
        packages: folder.join("node_modules"),
    })
}
