//! What tests and benchmarks compare and speak with, at fixed versions: the official clients of the provider, the server of
//! its containers, and a server of S3's API.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::step::{Failure, Steps, at};
use crate::{node, place, venv};

/// The official Python client, the latest release of its first generation.
const PYTHON: &str = "replicate==1.0.7";
/// The server that is in every container of a model.
const COG: &str = "cog==0.23.1";
/// A server of S3's API, for what is kept in buckets.
const S3_SERVER: &str = "moto[s3,server]==5.2.5";
/// The official JavaScript client.
const NODE: &str = "replicate@1.4.0";

/// Where they were installed.
pub(crate) struct Peers {
    /// The program that can import the Python ones.
    python: PathBuf,
    /// The folder that holds the JavaScript one.
    packages: PathBuf,
}

impl Peers {
    /// Tells a program where they are.
    pub(crate) fn tell(&self, command: &mut Command) {
        command
            .env("LOQUI_PEERS_PYTHON", &self.python)
            .env("LOQUI_PEERS_NODE", &self.packages);
    }
}

/// Installs all of it, unless they are there.
pub(crate) fn install(steps: &mut Steps) -> Result<Peers, Failure> {
    let python = [PYTHON, COG, S3_SERVER].map(str::to_owned);
    venv::install(steps, "peers", &python)?;
    let folder = place::target()?.join("peers");
    let stamp = folder.join("installed.txt");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == NODE) {
        return found(&folder);
    }
    fs::create_dir_all(&folder).map_err(at(&folder))?;
    // Without a manifest of its own npm would look for one above.
    let manifest = folder.join("package.json");
    fs::write(&manifest, "{ \"private\": true }\n").map_err(at(&manifest))?;
    let mut command = node::npm(&folder);
    command.args([
        "install",
        "--no-audit",
        "--no-fund",
        "--no-save",
        "--no-package-lock",
        NODE,
    ]);
    steps.run(&format!("Install for Node: {NODE}"), &mut command)?;
    fs::write(&stamp, NODE).map_err(at(&stamp))?;
    found(&folder)
}

fn found(folder: &std::path::Path) -> Result<Peers, Failure> {
    Ok(Peers {
        python: venv::program("python")?,
        packages: folder.join("node_modules"),
    })
}
