//! Operation: start, stop, users, page, metrics.

use std::process::Stdio;

use loqui_emulator::{Emulator, Fault};
use serde_json::json;
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

use crate::program::Program;
use crate::server::{Start, TEXT, form, heart};

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a041_server_stops_on_sigterm_and_continues_generations_at_the_next_start() {
    let emulator = Emulator::start().await.unwrap();
    emulator.faults().next(Fault::SlowRun(4_000));
    let server = Start::at(&emulator).start().await;
    let user = server.demo().await;
    let sample = user.voice().await;
    user.create(sample, "Do not pay twice.").await.accepted(201);
    loop {
        let status = user
            .get("/api/generation/status/1?wait=20&progress=3")
            .await
            .accepted(200);
        if status["progress"].as_u64().unwrap() > 3 {
            break;
        }
    }
    let folder = server.stop().await;
    let server = Start::at(&emulator).start_in(folder).await;
    let user = server.demo().await;
    assert_eq!(user.ended(1).await["status"], "COMPLETED");
    assert_eq!(emulator.ledger().paid_runs(), 1);
    assert_eq!(user.get("/api/library/all").await.accepted(200)["total"], 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a048_demo_user_requires_a_loopback_address() {
    let said = Program::offline()
        .run(&["serve", "--demo-user", "--addr", "0.0.0.0:0"])
        .await;
    assert_eq!(said.code, 2, "{said:?}");
    assert!(said.stderr.contains("--demo-user"), "{said:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn users_are_added_listed_and_disabled_on_the_command_line() {
    let server = Start::offline().with(&["--registration", "closed"]).start().await;
    let new = json!({"username": "anna", "password": "secret99"});
    let closed = server.post("/api/auth/register", &new).await.refused(403);
    assert_eq!(closed["error"]["code"], "user.registration_closed");
    let loqui = |arguments: &[&str], stdin: &'static str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_loqui"));
        command
            .args(arguments)
            .arg("--json")
            .env("LOQUI_DATA_DIR", server.folder.path().join("data"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        async move {
            let mut child = command.spawn().unwrap();
            child.stdin.take().unwrap().write_all(stdin.as_bytes()).await.unwrap();
            let output = child.wait_with_output().await.unwrap();
            serde_json::from_slice::<serde_json::Value>(&output.stdout).unwrap()
        }
    };
    let anna = loqui(&["users", "add", "anna", "--key"], "secret99\n").await;
    assert_eq!(anna["username"], "anna");
    let key = anna["api_key"].as_str().unwrap().to_owned();
    server.login("anna", "secret99").await.accepted(200);
    assert_eq!(loqui(&["users", "list"], "").await[1]["username"], "anna");
    assert_eq!(loqui(&["users", "disable", "anna"], "").await["is_active"], false);
    assert_eq!(
        server.login("anna", "secret99").await.refused(400)["detail"],
        "Inactive user"
    );
    let shut = server.request(reqwest::Method::GET, "/api/auth/me").bearer_auth(key);
    crate::server::Answer::of(shut).await.refused(400);
    assert_eq!(
        loqui(&["users", "add", "anna"], "secret99").await["error"]["code"],
        "user.exists"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn doctor_reports_a_wrong_token_with_a_hint() {
    let emulator = Emulator::start().await.unwrap();
    let program = Program::at(&emulator);
    let said = program.run(&["doctor", "--json"]).await;
    assert_eq!(said.code, 0, "{said:?}");
    assert_eq!(said.json()["ok"], true);
    let wrong = program.with_token("r8_0000000000000000000000000000000000000");
    let said = wrong.run(&["doctor", "--json"]).await;
    assert_eq!(said.code, 1, "{said:?}");
    let checks = said.json()["checks"].clone();
    let token = checks
        .as_array()
        .unwrap()
        .iter()
        .find(|check| check["name"] == "token")
        .unwrap();
    assert_eq!(token["ok"], false);
    assert!(
        token["hint"].as_str().unwrap().contains("REPLICATE_API_TOKEN"),
        "{token}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn page_openapi_document_and_metrics_are_served() {
    let server = Start::offline().start().await;
    let page = server.get("/").await;
    assert_eq!(
        (page.status.as_u16(), &page.headers["content-type"]),
        (200, &"text/html; charset=utf-8".parse().unwrap())
    );
    let text = String::from_utf8(page.body).unwrap();
    // All files that the page uses are embedded.
    let names: Vec<&str> = text.split('"').filter(|part| part.starts_with("web/")).collect();
    assert!(names.len() > 30, "{names:?}");
    for name in names {
        assert_eq!(server.get(&format!("/{name}")).await.status, 200, "{name}");
    }
    assert!(
        !text.contains("http://") && !text.contains("https://"),
        "the page uses no other origin"
    );
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("default-src 'self'"), "{policy}");
    let again = server
        .request(reqwest::Method::GET, "/")
        .header("if-none-match", &page.headers["etag"]);
    assert_eq!(crate::server::Answer::of(again).await.status, 304);

    let document = server.get("/openapi.json").await.accepted(200);
    for path in [
        "/api/auth/login",
        "/api/samples/upload",
        "/api/generation/create",
        "/v1/audio/speech",
    ] {
        assert!(document["paths"].get(path).is_some(), "{path}");
    }
    // Readers of the document do not know the checklist of the guide, and query parameters are no path parameters.
    assert!(!document.to_string().contains("(S"), "{document}");
    for (path, routes) in document["paths"].as_object().unwrap() {
        for parameter in routes["get"]["parameters"].as_array().into_iter().flatten() {
            let name = parameter["name"].as_str().unwrap();
            assert_eq!(
                parameter["in"] == "path",
                path.contains(&format!("{{{name}}}")),
                "{path}: {parameter}"
            );
        }
    }
    assert_eq!(server.get("/docs").await.status, 200);
    server.login("testuser", "wrong").await.refused(401);
    let metrics = String::from_utf8(server.get("/metrics").await.body).unwrap();
    assert!(
        metrics.contains("loqui_sign_ins_total{outcome=\"user.wrong_password\"} 1"),
        "{metrics}"
    );
    assert!(
        metrics.contains("route=\"/api/auth/login\",status=\"401\""),
        "{metrics}"
    );
    assert!(metrics.ends_with("# EOF\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_cover_queue_takes_provider_and_spending() {
    let emulator = Emulator::start().await.unwrap();
    emulator.faults().next(Fault::RequestStatus(503));
    let server = Start::at(&emulator).start().await;
    let user = server.demo().await;
    let sample = user.voice().await;
    user.spoken(sample, TEXT).await;
    let metrics = String::from_utf8(server.get("/metrics").await.body).unwrap();
    let number = |name: &str| -> f64 {
        let line = metrics.lines().find_map(|line| line.strip_prefix(name));
        line.unwrap_or_else(|| panic!("{name}: {metrics}"))
            .trim()
            .parse()
            .unwrap()
    };
    assert!(number("loqui_takes_sent_total ") >= 1.0);
    assert!(number("loqui_takes_answered_total ") >= 1.0);
    assert!(number("loqui_takes_answer_time_seconds_total ") > 0.0);
    assert!(number("loqui_spent_usd{model=\"resemble-ai/chatterbox\"} ") > 0.0);
    for none in [
        "loqui_queue_depth ",
        "loqui_generations_processing ",
        "loqui_takes_repeated_total ",
    ] {
        assert!(number(none) <= 0.0, "{none}");
    }
    number("loqui_provider_requests_repeated_total ");
    number("loqui_limiter_wait_seconds_total ");
    number("loqui_reserved_usd{model=\"resemble-ai/chatterbox\"} ");
}

#[tokio::test(flavor = "multi_thread")]
async fn required_consent_is_named_as_the_missing_field() {
    let server = Start::offline().with_env("LOQUI_REQUIRE_CONSENT", "1").start().await;
    let user = server.demo().await;
    let refused = user.upload("My Voice", heart(), "a.wav").await.refused(422);
    assert_eq!(refused["error"]["code"], "sample.no_consent");
    assert!(
        refused["error"]["message"].as_str().unwrap().starts_with("consent:"),
        "{refused}"
    );
    let blank = form("My Voice", heart(), "a.wav").text("consent", " ");
    user.send(blank).await.refused(422);
    let agreed = form("My Voice", heart(), "a.wav").text("consent", "I am the speaker");
    let sample = user.send(agreed).await.accepted(201)["sample_id"].as_i64().unwrap();
    assert_eq!(user.spoken(sample, TEXT).await.1["status"], "COMPLETED");
}

#[tokio::test(flavor = "multi_thread")]
async fn openapi_document_lists_the_fields_of_responses() {
    let server = Start::offline().start().await;
    let user = server.demo().await;
    let document = server.get("/openapi.json").await.accepted(200);
    let sample = user.voice().await;
    user.spoken(sample, TEXT).await;
    for (path, pattern) in [
        ("/api/auth/me", "/api/auth/me"),
        ("/api/samples/1", "/api/samples/{id}"),
        ("/api/generation/1", "/api/generation/{id}"),
        ("/api/generation/status/1", "/api/generation/status/{id}"),
        ("/api/monitoring/ai-service", "/api/monitoring/ai-service"),
        ("/api/monitoring/stats", "/api/monitoring/stats"),
        ("/v1/models", "/v1/models"),
        ("/healthz", "/healthz"),
    ] {
        let answer = user.get(path).await.accepted(200);
        let schema = &document["paths"][pattern]["get"]["responses"]["200"]["content"]["application/json"]["schema"];
        let name = schema["$ref"].as_str().unwrap().rsplit('/').next().unwrap();
        let described = document["components"]["schemas"][name]["properties"]
            .as_object()
            .unwrap();
        let described: Vec<&String> = described.keys().collect();
        let mut given: Vec<&String> = answer.as_object().unwrap().keys().collect();
        given.sort();
        let mut sorted = described.clone();
        sorted.sort();
        assert_eq!(given, sorted, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn generation_erased_on_the_command_line_leaves_the_lists_of_its_user() {
    let server = Start::offline().start().await;
    let user = server.demo().await;
    let sample = user.voice().await;
    for text in ["Hello there.", "Hello again."] {
        user.spoken(sample, text).await;
    }
    let erased = Command::new(env!("CARGO_BIN_EXE_loqui"))
        .args(["generations", "erase", "1"])
        .env("LOQUI_DATA_DIR", server.folder.path().join("data"))
        .output();
    assert!(erased.await.unwrap().status.success());
    for path in ["/api/generation/", "/api/library/generated"] {
        assert_eq!(user.get(path).await.accepted(200)["total"], 1, "{path}");
    }
    let stats = user.get("/api/monitoring/stats").await.accepted(200);
    assert_eq!(
        (&stats["total_generations"], &stats["completed_generations"]),
        (&1.into(), &1.into())
    );
    user.get("/api/generation/1").await.refused(404);
    assert_eq!(user.delete(&format!("/api/samples/{sample}")).await.status, 204);
}

/// A proxy and the server may read different Host headers.
#[tokio::test(flavor = "multi_thread")]
async fn request_with_two_hosts_is_refused() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    let server = Start::offline().start().await;
    let address = server.url.trim_start_matches("http://");
    for (hosts, status) in [("Host: a\r\nHost: b\r\n", "400"), ("Host: a\r\n", "200")] {
        let mut connection = tokio::net::TcpStream::connect(address).await.unwrap();
        let request = format!("GET /healthz HTTP/1.1\r\n{hosts}Connection: close\r\n\r\n");
        connection.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        connection.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_are_not_served_if_they_are_closed() {
    let server = Start::offline().with(&["--metrics", "closed"]).start().await;
    server.get("/metrics").await.refused(404);
    server.get("/healthz").await.accepted(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn blank_names_are_refused() {
    let server = Start::offline().start().await;
    let user = server.demo().await;
    user.upload("   ", heart(), "voice.wav").await.refused(422);
    let voice = user.voice().await;
    let blank = json!({"sample_id": voice, "model_name": "  ", "script_text": "Hello."});
    user.post("/api/generation/create", &blank).await.refused(422);
}

/// Connections that have sent a large request and are idle then keep little memory.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn idle_connections_keep_little_memory() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    const CONNECTIONS: u64 = 200;
    let server = Start::offline().start().await;
    let memory = || {
        let status = std::fs::read_to_string(format!("/proc/{}/status", server.child.id().unwrap())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap()
    };
    let body = format!("{{\"username\":\"{}\"}}", "a".repeat(300_000));
    let head = format!(
        "POST /api/auth/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    let before = memory();
    let mut idle = Vec::new();
    for _ in 0..CONNECTIONS {
        let address = server.url.trim_start_matches("http://");
        let mut connection = tokio::net::TcpStream::connect(address).await.unwrap();
        connection.write_all(head.as_bytes()).await.unwrap();
        connection.write_all(body.as_bytes()).await.unwrap();
        connection.read_u8().await.unwrap();
        idle.push(connection);
    }
    let each = memory().saturating_sub(before) / CONNECTIONS;
    // 2,000 connections take at most 60 MiB.
    assert!(each <= 30, "{each} KiB for each connection");
}
