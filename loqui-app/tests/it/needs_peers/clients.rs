//! Unmodified clients of other services against the server, with the offline voice and with the emulator.
//!
//! The scripts are in `tests/peers/clients`. Each prints the client, its version, and the calls that have worked. With
//! `LOQUI_CLIENTS_REPORT`, the output is written into that folder, for the table in `docs/clients.md`.

use std::path::Path;

use loqui_emulator::Emulator;
use reqwest::Method;
use serde_json::json;
use tokio::process::Command;

use crate::mcp::over_http;
use crate::program::{Program, shared};
use crate::server::{Answer, Server, Start};

#[expect(clippy::disallowed_methods, reason = "`cargo xtask` passes the paths in variables")]
fn told(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

fn required(name: &str) -> String {
    told(name).unwrap_or_else(|| panic!("{name} is not set: run cargo xtask test --all"))
}

/// Runs a script against a server with a new user. Returns the number of calls that have worked.
async fn calls(server: &Server, script: &str) -> usize {
    let user = server.demo().await;
    let made = user
        .post("/api/auth/keys", &json!({"name": script}))
        .await
        .accepted(201);
    let key = made["key"].as_str().unwrap().to_owned();
    run(script, &[("LOQUI_URL", server.url.clone()), ("LOQUI_KEY", key)]).await
}

/// Runs a script with these variables. Returns the number of calls that have worked.
async fn run(script: &str, variables: &[(&str, String)]) -> usize {
    let path = shared(&format!("peers/clients/{script}"));
    let is_python = Path::new(script).extension().is_some_and(|extension| extension == "py");
    let program = if is_python {
        required("LOQUI_PEERS_PYTHON")
    } else {
        "node".to_owned()
    };
    let run = Command::new(program)
        .arg(&path)
        .envs(variables.iter().map(|(name, value)| (*name, value)))
        .env("LOQUI_PEERS_NODE", required("LOQUI_PEERS_NODE"))
        .env("VOICE", shared("voices/heart.wav"))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .output()
        .await
        .unwrap();
    let said = String::from_utf8(run.stdout).unwrap();
    assert!(
        run.status.success(),
        "{script}: {said}\n{}",
        String::from_utf8_lossy(&run.stderr)
    );
    if let Some(folder) = told("LOQUI_CLIENTS_REPORT") {
        std::fs::write(Path::new(&folder).join(format!("{script}.txt")), &said).unwrap();
    }
    said.lines().count() - 1
}

/// Runs a script with both engines.
async fn works(script: &str, expected: usize) {
    let emulator = Emulator::start().await.unwrap();
    for start in [Start::at(&emulator), Start::offline()] {
        let server = start.start().await;
        assert_eq!(calls(&server, script).await, expected, "{script}");
        // Nothing has failed inside the server.
        let metrics = Answer::of(server.request(Method::GET, "/metrics")).await;
        let metrics = String::from_utf8(metrics.body).unwrap();
        assert!(!metrics.contains("status=\"500\""), "{metrics}");
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the official Python client of ElevenLabs"]
async fn elevenlabs_python_client_works_unmodified() {
    works("elevenlabs_sync.py", 23).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the official Python client of ElevenLabs"]
async fn elevenlabs_asynchronous_python_client_works_unmodified() {
    works("elevenlabs_async.py", 13).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the official JavaScript client of ElevenLabs"]
async fn elevenlabs_javascript_client_works_unmodified() {
    works("elevenlabs.mjs", 23).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the official Python client of OpenAI"]
async fn openai_python_client_works_unmodified() {
    works("openai_client.py", 9).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the official JavaScript client of OpenAI"]
async fn openai_javascript_client_works_unmodified() {
    works("openai.mjs", 6).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs LiteLLM"]
async fn litellm_works_unmodified() {
    works("litellm_client.py", 3).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the AI SDK"]
async fn ai_sdk_works_unmodified() {
    works("ai_sdk.mjs", 2).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs LiveKit Agents"]
async fn livekit_agents_speak_unmodified() {
    works("livekit_agents.py", 3).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Pipecat"]
async fn pipecat_speaks_unmodified() {
    works("pipecat_services.py", 2).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a validator of OpenAPI documents and a generator of clients"]
async fn openapi_document_is_valid_and_generates_a_client() {
    works("openapi_document.py", 4).await;
}

/// Runs a script of an agent against `loqui mcp`, which it starts itself, and another one over HTTP.
async fn agent_works(script: &str, expected: usize) {
    let program = Program::offline();
    let added = program
        .run(&["samples", "add", &shared("voices/heart.mp3"), "--name", "anna"])
        .await;
    assert_eq!(added.code, 0, "{added:?}");
    let (mut server, url) = over_http(&program, &[], None).await;
    let variables = [
        ("LOQUI_PROGRAM", env!("CARGO_BIN_EXE_loqui").to_owned()),
        ("LOQUI_MCP_URL", url),
        ("LOQUI_DATA_DIR", program.path("data").to_str().unwrap().to_owned()),
    ];
    assert_eq!(run(script, &variables).await, expected, "{script}");
    server.kill().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the official Python client of the Model Context Protocol"]
async fn official_python_client_of_agents_works() {
    agent_works("mcp_client.py", 9).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the official JavaScript client of the Model Context Protocol"]
async fn official_javascript_client_of_agents_works() {
    agent_works("mcp.mjs", 9).await;
}
