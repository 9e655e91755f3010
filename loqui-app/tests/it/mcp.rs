//! `loqui mcp` with the client of the official SDK, over stdio and over HTTP.

use std::process::Stdio;

use loqui_emulator::Emulator;
use rmcp::model::{CallToolRequestParams, CallToolResult, ReadResourceRequestParams, ResourceContents};
use rmcp::service::RunningService;
use rmcp::transport::streamable_http_client::StreamableHttpClientTransportConfig;
use rmcp::transport::{StreamableHttpClientTransport, TokioChildProcess};
use rmcp::{RoleClient, ServiceExt as _};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Child;

use crate::program::{Program, shared};

type Agent = RunningService<RoleClient, ()>;

async fn agent(program: &Program, arguments: &[&str]) -> Agent {
    let mut command = program.command(&[&["mcp"], arguments].concat());
    command.stdin(Stdio::piped());
    let (process, _) = TokioChildProcess::builder(command)
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    ().serve(process).await.unwrap()
}

async fn call(agent: &Agent, tool: &'static str, arguments: Value) -> CallToolResult {
    let Value::Object(arguments) = arguments else {
        panic!("arguments are an object")
    };
    let request = CallToolRequestParams::new(tool).with_arguments(arguments);
    agent.call_tool(request).await.unwrap()
}

fn text(result: &CallToolResult) -> &str {
    &result.content[0].as_text().unwrap().text
}

fn answer(result: &CallToolResult) -> &Value {
    assert_eq!(result.is_error, Some(false), "{result:?}");
    result.structured_content.as_ref().unwrap()
}

fn error(result: &CallToolResult) -> &Value {
    assert_eq!(result.is_error, Some(true), "{result:?}");
    &result.structured_content.as_ref().unwrap()["error"]
}

#[tokio::test(flavor = "multi_thread")]
async fn agent_lists_checks_estimates_and_speaks() {
    let program = Program::offline();
    let voice = shared("voices/heart.mp3");
    let added = program
        .run(&[
            "samples",
            "add",
            &voice,
            "--name",
            "anna",
            "--consent",
            "I am the speaker",
        ])
        .await;
    assert_eq!(added.code, 0, "{added:?}");
    let agent = agent(&program, &["--engine", "offline"]).await;
    let info = agent.peer_info().unwrap();
    assert!(info.instructions.as_ref().unwrap().contains("list_voices"));
    let tools = agent.list_all_tools().await.unwrap();
    let names: Vec<&str> = tools.iter().map(|tool| tool.name.as_ref()).collect();
    assert_eq!(
        names,
        [
            "list_voices",
            "check_recording",
            "estimate",
            "speak",
            "read_generation",
            "cancel_generation"
        ]
    );
    let speak = tools.iter().find(|tool| tool.name == "speak").unwrap();
    assert!(speak.input_schema["properties"]["temperature"]["description"].is_string());
    assert_eq!(speak.input_schema["required"], json!(["text"]));

    let voices = call(&agent, "list_voices", json!({})).await;
    assert_eq!(answer(&voices)["voices"][0]["name"], "anna");
    assert!(text(&voices).contains("consent recorded"), "{voices:?}");

    let checked = call(&agent, "check_recording", json!({"path": voice})).await;
    assert_eq!(answer(&checked)["report"]["usable"], true);
    let estimate = call(&agent, "estimate", json!({"text": "Hello there."})).await;
    assert_eq!(answer(&estimate)["estimate"]["segments"], 1);

    let spoken = call(
        &agent,
        "speak",
        json!({"text": "Hello there.", "voice": "anna", "audio_format": "mp3", "file_name": "greeting.mp3"}),
    )
    .await;
    let generation = &answer(&spoken)["generation"];
    assert_eq!(generation["status"], "COMPLETED");
    let path = generation["output"].as_str().unwrap();
    assert!(path.ends_with("data/speech/greeting.mp3"), "{path}");
    assert!(std::fs::read(path).unwrap().len() > 2_000);
    let link = spoken.content[1].as_resource_link().unwrap();
    assert!(
        link.uri.starts_with("file:///") && link.uri.ends_with("greeting.mp3"),
        "{link:?}"
    );

    // Reading it again does not write another file.
    let read = call(
        &agent,
        "read_generation",
        json!({"generation": 1, "audio_format": "mp3"}),
    )
    .await;
    assert_eq!(answer(&read)["generation"]["output"], generation["output"]);
    let resources = agent.list_all_resources().await.unwrap();
    assert_eq!(resources[0].uri, "loqui://generations/1/speech.mp3");
    agent.cancel().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_of_tools_have_code_message_and_hint() {
    let program = Program::offline();
    let agent = agent(&program, &["--engine", "offline"]).await;
    let voice = shared("voices/heart.mp3");
    for (tool, arguments, code) in [
        ("speak", json!({"text": "Hello."}), "request.invalid"),
        (
            "speak",
            json!({"text": "Hello.", "voice": "nobody"}),
            "sample.not_found",
        ),
        (
            "speak",
            json!({"text": "Hello.", "sample": "/no/such.wav"}),
            "file.not_found",
        ),
        ("speak", json!({"text": "", "sample": voice}), "script.empty"),
        (
            "speak",
            json!({"text": "Hello.", "sample": voice, "tempo": 2}),
            "request.invalid",
        ),
        (
            "speak",
            json!({"text": "Hello.", "sample": voice, "file_name": "../x"}),
            "usage",
        ),
        (
            "speak",
            json!({"text": "Hello.", "sample": voice, "wait_seconds": -1}),
            "option.out_of_range",
        ),
        ("speak", json!({"text": 5, "sample": voice}), "request.invalid"),
        ("read_generation", json!({"generation": 99}), "generation.not_found"),
        ("estimate", json!({}), "request.invalid"),
    ] {
        let result = call(&agent, tool, arguments.clone()).await;
        let error = error(&result);
        assert_eq!(error["code"], code, "{tool} {arguments}: {result:?}");
        assert!(!error["message"].as_str().unwrap().is_empty());
        assert!(!error["hint"].as_str().unwrap().is_empty(), "{error}");
        assert!(text(&result).contains("hint: "), "{result:?}");
    }
    agent.cancel().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn session_without_a_budget_pays_nothing() {
    let emulator = Emulator::start().await.unwrap();
    let program = Program::at(&emulator);
    let voice = shared("voices/heart.mp3");
    let agent = agent(&program, &[]).await;
    let result = call(&agent, "speak", json!({"text": "Hello there.", "sample": voice})).await;
    assert_eq!(error(&result)["code"], "generation.budget");
    assert!(error(&result)["hint"].as_str().unwrap().contains("--budget"));
    assert_eq!(emulator.ledger().paid_runs(), 0);
    agent.cancel().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn session_stays_within_its_budget() {
    let emulator = Emulator::start().await.unwrap();
    let program = Program::at(&emulator);
    let voice = shared("voices/heart.mp3");
    // One segment of 12 characters costs 0.0003.
    let agent = agent(&program, &["--budget", "0.0008"]).await;
    let mut codes = Vec::new();
    for text in ["Hello there.", "Hello again.", "Hello third."] {
        let result = call(&agent, "speak", json!({"text": text, "sample": voice})).await;
        codes.push(match result.is_error {
            Some(true) => error(&result)["code"].as_str().unwrap().to_owned(),
            _ => answer(&result)["generation"]["status"].as_str().unwrap().to_owned(),
        });
    }
    assert_eq!(codes, ["COMPLETED", "COMPLETED", "generation.budget"]);
    assert_eq!(emulator.ledger().paid_runs(), 2);
    agent.cancel().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn repeated_call_joins_the_running_generation() {
    let emulator = Emulator::start().await.unwrap();
    emulator.faults().next(loqui_emulator::Fault::SlowRun(3_000));
    let program = Program::at(&emulator);
    let agent = agent(&program, &["--budget", "1"]).await;
    let request = json!({"text": "Do not pay twice.", "sample": shared("voices/heart.mp3"), "wait_seconds": 0});
    let first = call(&agent, "speak", request.clone()).await;
    assert_ne!(answer(&first)["generation"]["status"], "COMPLETED");
    assert!(text(&first).contains("read_generation"), "{first:?}");
    let second = call(&agent, "speak", request).await;
    assert_eq!(
        answer(&first)["generation"]["generation"],
        answer(&second)["generation"]["generation"]
    );
    let read = call(&agent, "read_generation", json!({"generation": 1, "wait_seconds": 60})).await;
    assert_eq!(answer(&read)["generation"]["status"], "COMPLETED");
    assert_eq!(emulator.ledger().paid_runs(), 1);
    agent.cancel().await.unwrap();
}

/// Starts the server over HTTP, and returns its address.
pub(crate) async fn over_http(program: &Program, arguments: &[&str], key: Option<&str>) -> (Child, String) {
    let mut command = program.command(&[&["mcp", "--http", "127.0.0.1:0", "--engine", "offline"], arguments].concat());
    if let Some(key) = key {
        command.env("LOQUI_MCP_KEY", key);
    }
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let line = lines.next_line().await.unwrap().unwrap();
    let url = line.strip_prefix("Listening on ").unwrap().to_owned();
    (child, url)
}

async fn http_agent(url: &str, key: Option<&str>) -> Result<Agent, rmcp::service::ClientInitializeError> {
    drop(crate::server::client());
    let mut config = StreamableHttpClientTransportConfig::with_uri(url);
    if let Some(key) = key {
        config = config.auth_header(key);
    }
    ().serve(StreamableHttpClientTransport::from_config(config)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn agent_over_http_reads_speech_as_a_resource() {
    let program = Program::offline();
    let voice = shared("voices/heart.mp3");
    let added = program.run(&["samples", "add", &voice, "--name", "anna"]).await;
    assert_eq!(added.code, 0, "{added:?}");
    let (mut server, url) = over_http(&program, &[], None).await;
    let agent = http_agent(&url, None).await.unwrap();
    // A client on another machine has other files.
    let refused = call(&agent, "check_recording", json!({"path": voice})).await;
    assert_eq!(error(&refused)["code"], "file.unreadable");
    let spoken = call(
        &agent,
        "speak",
        json!({"text": "Hello there.", "voice": "anna", "audio_format": "mp3"}),
    )
    .await;
    let link = spoken.content[1].as_resource_link().unwrap().uri.clone();
    assert_eq!(link, "loqui://generations/1/speech.mp3");
    let read = agent.read_resource(ReadResourceRequestParams::new(link)).await.unwrap();
    match &read.contents[0] {
        ResourceContents::BlobResourceContents { blob, mime_type, .. } => {
            assert!(blob.len() > 2_000);
            assert_eq!(mime_type.as_deref(), Some("audio/mpeg"));
        }
        other => panic!("{other:?}"),
    }
    assert!(!program.path("data/speech").exists());
    agent.cancel().await.unwrap();
    server.kill().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn http_needs_the_key_and_refuses_pages_of_browsers() {
    let program = Program::offline();
    let said = program.run(&["mcp", "--http", "0.0.0.0:0"]).await;
    assert_eq!(said.code, 2, "{said:?}");
    assert!(said.stderr.contains("LOQUI_MCP_KEY"), "{said:?}");

    let (mut server, url) = over_http(&program, &[], Some("secret99")).await;
    http_agent(&url, None).await.unwrap_err();
    http_agent(&url, Some("other")).await.unwrap_err();
    http_agent(&url, Some("secret99"))
        .await
        .unwrap()
        .cancel()
        .await
        .unwrap();
    server.kill().await.unwrap();

    let (mut server, url) = over_http(&program, &[], None).await;
    let initialize = json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {
        "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "page", "version": "1"}}});
    let post = |header: &'static str, value: &'static str| {
        let request = crate::server::client()
            .post(&url)
            .header("accept", "application/json, text/event-stream")
            .header(header, value)
            .json(&initialize);
        async move { request.send().await.unwrap().status().as_u16() }
    };
    assert_eq!(post("origin", "https://evil.example").await, 403);
    assert_eq!(post("host", "evil.example").await, 403);
    assert_eq!(post("x-nothing", "1").await, 200);
    server.kill().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn stdout_carries_only_the_protocol() {
    let program = Program::offline();
    let initialize = json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {
        "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "pipe", "version": "1"}}});
    let input = format!("{initialize}\n");
    let output = program
        .feed(
            &["mcp", "--engine", "offline", "--verbose", "--verbose"],
            input.as_bytes(),
        )
        .await;
    assert!(output.status.success(), "{output:?}");
    let stdout = String::from_utf8(output.stdout).unwrap();
    for line in stdout.lines() {
        let message: Value = serde_json::from_str(line).unwrap();
        assert_eq!(message["jsonrpc"], "2.0");
    }
    assert_eq!(stdout.lines().count(), 1, "{stdout}");
}
