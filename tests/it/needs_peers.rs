//! Unmodified official clients against the emulator, the engine `cog` against Cog's server, and the examples inside their
//! frameworks. `cargo xtask test --all` installs them and sets the variables that locate them.

mod cog;
mod frameworks;

use std::path::{Path, PathBuf};

use loqui_emulator::{Emulator, Settings};
use tokio::process::Command;

/// The root of the checkout.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

#[expect(
    clippy::disallowed_methods,
    reason = "the menu says here where it has installed them"
)]
fn told(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set: run cargo xtask test --all"))
}

/// Runs a script with the base URL and the token in its environment, and checks the emulator's ledger.
async fn speaks(program: &str, script: &str) {
    let mut settings = Settings::default();
    settings.run = std::time::Duration::from_millis(1500);
    let emulator = Emulator::builder()
        .settings(settings)
        .start()
        .await
        .expect("a free port");
    let run = Command::new(program)
        .arg(root().join("tests/peers").join(script))
        .env("REPLICATE_API_TOKEN", emulator.token())
        .env("EMULATOR_ORIGIN", emulator.base_url().trim_end_matches("/v1"))
        .env("EMULATOR_WEBHOOK_SECRET", emulator.webhook_secret())
        .env("VOICE", root().join("tests/voices/heart.wav"))
        .output()
        .await
        .expect("the program starts");
    let said = String::from_utf8_lossy(&run.stdout);
    let complained = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "{said}\n{complained}");
    assert_eq!(said.trim(), "run create get list cancel files webhook", "{complained}");
    let ledger = emulator.ledger();
    assert_eq!(ledger.creates.len(), 3, "{:?}", ledger.creates);
    assert_eq!((ledger.uploads, ledger.deletes, ledger.cancels), (2, 1, 1));
    assert!(ledger.downloads.iter().all(|download| download.status == 200));
}

#[tokio::test]
#[ignore = "needs the official Python client"]
async fn official_python_client_works_with_the_emulator() {
    speaks(&told("LOQUI_PEERS_PYTHON"), "official.py").await;
}

#[tokio::test]
#[ignore = "needs the official JavaScript client"]
async fn official_javascript_client_works_with_the_emulator() {
    // Node resolves packages beside the script, so the installed packages are passed by folder.
    let node = told("LOQUI_PEERS_NODE");
    assert!(Path::new(&node).join("replicate").is_dir(), "{node}");
    speaks("node", "official.mjs").await;
}

#[tokio::test]
#[ignore = "needs a validator of Kubernetes manifests"]
async fn kubernetes_manifests_are_valid() {
    let run = Command::new(told("LOQUI_PEERS_PYTHON"))
        .arg(root().join("tests/peers/kubernetes.py"))
        .output()
        .await
        .expect("the program starts");
    let said = String::from_utf8_lossy(&run.stdout);
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    assert_eq!(
        said.trim(),
        "Ingress Deployment Service PodDisruptionBudget ConfigMap Deployment"
    );
}
