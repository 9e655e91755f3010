//! The examples for Python and Node inside their frameworks. `cargo xtask test --all` builds the native modules first.

use loqui_emulator::Emulator;
use tokio::process::Command;

use super::{root, told};

/// Runs a script with the token and base URL in its environment. Returns its output and the number of paid runs.
async fn runs(program: &str, script: &str) -> (String, usize) {
    let emulator = Emulator::start().await.expect("a free port");
    let run = Command::new(program)
        .arg(root().join("tests/peers").join(script))
        .env("REPLICATE_API_TOKEN", emulator.token())
        .env("REPLICATE_BASE_URL", emulator.base_url())
        .env("VOICE", root().join("tests/voices/heart.wav"))
        .env_remove("LOQUI_DATA_DIR")
        .output()
        .await
        .expect("the program starts");
    let said = String::from_utf8_lossy(&run.stdout).trim().to_owned();
    let complained = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "{said}\n{complained}");
    (said, emulator.ledger().paid_runs())
}

#[tokio::test]
#[ignore = "needs FastAPI and Celery"]
async fn python_examples_speak_in_their_frameworks() {
    let (said, paid) = runs(&told("LOQUI_PEERS_PYTHON"), "frameworks.py").await;
    assert_eq!((said.as_str(), paid), ("fastapi celery", 2));
}

#[tokio::test]
#[ignore = "needs Express, Fastify and the AI SDK"]
async fn node_examples_speak_in_their_frameworks() {
    let _ = told("LOQUI_PEERS_NODE");
    let (said, paid) = runs("node", "frameworks.mjs").await;
    assert_eq!((said.as_str(), paid), ("express fastify ai-sdk.mjs ai ai6", 5));
}
