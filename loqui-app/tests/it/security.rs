//! Security of the server.

use std::time::Duration;

use loqui_emulator::Emulator;
use reqwest::Method;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::server::{Answer, Server, Start, form, heart};

/// Sends raw bytes, and reads the response.
async fn raw(server: &Server, bytes: &[u8]) -> String {
    let address = server.url.strip_prefix("http://").unwrap();
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    let mut answer = Vec::new();
    // The server may reset the connection after its response.
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn foreign_and_unsigned_tokens_are_refused() {
    let (server, other) = (Start::offline().start().await, Start::offline().start().await);
    let foreign = other.demo().await.token;
    let own = server.demo().await.token;
    let parts: Vec<&str> = own.split('.').collect();
    // {"alg":"none","typ":"JWT"}
    let none = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0";
    for token in [
        foreign,
        format!("{none}.{}.", parts[1]),
        format!("{none}.{}.{}", parts[1], parts[2]),
        format!("{}.{}.{}", parts[0], parts[1], parts[1]),
        format!("{own}x"),
    ] {
        let request = server.request(Method::GET, "/api/auth/me").bearer_auth(token);
        Answer::of(request).await.refused(401);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn expired_tokens_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("loqui.toml");
    std::fs::write(&config, "token_lifetime_seconds = 0\n").unwrap();
    let server = Start::offline()
        .with(&["--config", config.to_str().unwrap()])
        .start()
        .await;
    server.demo().await.get("/api/auth/me").await.refused(401);
}

#[tokio::test(flavor = "multi_thread")]
async fn failed_sign_ins_are_limited() {
    let server = Start::offline().start().await;
    for _ in 0..10 {
        server.login("testuser", "guess").await.refused(401);
    }
    let answer = server.login("TESTUSER", "testpass123").await;
    assert_eq!(answer.refused(429)["error"]["code"], "user.too_many_attempts");
    assert!(answer.headers["retry-after"].to_str().unwrap().parse::<u64>().unwrap() > 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn special_characters_in_names_are_stored_as_text() {
    let server = Start::offline().start().await;
    let user = server.demo().await;
    for name in [
        "../../../etc/passwd",
        "'; DROP TABLE upload; --",
        "\" OR 1=1 --",
        "<script>alert(1)</script>",
        "%00%2e%2e%2f",
        "a\"; filename=\"b.exe",
        "ä ß 日本語 🎤",
    ] {
        let file_name = format!("{name}.wav").replace('"', "'");
        let answer = user.send(form(name, heart(), &file_name)).await.accepted(201);
        assert_eq!(answer["sample_name"], name);
        let path = answer["file_path"].as_str().unwrap();
        assert_eq!(path.len(), "app/storage/samples/".len() + 36 + ".wav".len(), "{path}");
        let id = &answer["sample_id"];
        let sound = user.get(&format!("/api/library/download/sample/{id}")).await;
        let disposition = sound.headers["content-disposition"].to_str().unwrap();
        assert!(disposition.starts_with("attachment; filename=\""), "{disposition}");
        assert_eq!(disposition.matches('"').count(), 2, "{disposition}");
    }
    for field in ["username", "password"] {
        let mut fields = [("username", "testuser"), ("password", "testpass123")];
        let at = usize::from(field == "password");
        fields[at].1 = "' OR '1'='1";
        Answer::of(server.form("/api/auth/login", &fields)).await.refused(401);
    }
    for query in ["?status_filter=' OR 1=1 --", "?skip=1;DROP TABLE job", "?limit=-1"] {
        user.get(&format!("/api/generation/{query}")).await.refused(422);
    }
    assert_eq!(user.get("/api/samples").await.accepted(200)["total"], 7);
}

#[tokio::test(flavor = "multi_thread")]
async fn paths_outside_the_page_are_not_served() {
    let server = Start::offline().start().await;
    for path in [
        "/web/../Cargo.toml",
        "/web/%2e%2e/loqui.db",
        "/web/..%2f..%2fetc/passwd",
        "//etc/passwd",
        "/web/style.css%00",
    ] {
        let answer = raw(
            &server,
            format!("GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").as_bytes(),
        )
        .await;
        assert!(answer.starts_with("HTTP/1.1 404"), "{path}: {answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn unsafe_request_ids_are_replaced() {
    let server = Start::offline().start().await;
    let asked = |id: &'static str| Answer::of(server.request(Method::GET, "/healthz").header("x-request-id", id));
    assert_eq!(asked("trace-7.a_b").await.headers["x-request-id"], "trace-7.a_b");
    let forged = "a\u{20}status=200";
    assert_ne!(asked(forged).await.headers["x-request-id"], forged);
    for name in [
        "x-content-type-options",
        "content-security-policy",
        "referrer-policy",
        "x-frame-options",
    ] {
        assert!(asked("x").await.headers.contains_key(name), "{name}");
    }
    assert!(!asked("x").await.headers.contains_key("access-control-allow-origin"));
    let split = raw(
        &server,
        b"GET /healthz HTTP/1.1\r\nHost: a\r\nX-Request-Id: a\nSet-Cookie: b\r\nConnection: close\r\n\r\n",
    )
    .await;
    assert!(!split.to_lowercase().contains("\nset-cookie"), "{split}");
}

#[tokio::test(flavor = "multi_thread")]
async fn endless_bodies_are_refused() {
    let server = Start::offline().start().await;
    let user = server.demo().await;
    let long = json!({"sample_id": 1, "script_text": "a".repeat(3 << 20)});
    let answer = user.post("/api/generation/create", &long).await.refused(413);
    assert_eq!(answer["error"]["code"], "request.too_large");
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let deep = user
        .request(Method::POST, "/api/generation/create")
        .header("content-type", "application/json")
        .body(deep);
    Answer::of(deep).await.refused(422);
    let head = format!("GET / HTTP/1.1\r\nHost: a\r\nX: {}\r\n\r\n", "a".repeat(1_000_000));
    let answer = raw(&server, head.as_bytes()).await;
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 431"), "{answer}");
    server.get("/healthz").await.accepted(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn webhooks_require_a_valid_signature() {
    let emulator = Emulator::start().await.unwrap();
    let server = Start::at(&emulator).start().await;
    let body = r#"{"id":"x","status":"succeeded"}"#;
    let now = jiff::Timestamp::now().as_second().to_string();
    for (id, time, signature) in [
        (None, None, None),
        (Some("msg_1"), Some(now.as_str()), Some("v1,AAAA")),
        (Some("msg_1"), Some("1"), Some("v1,AAAA")),
    ] {
        let mut request = server.request(Method::POST, "/hooks/replicate/1-0-1").body(body);
        for (name, value) in [
            ("webhook-id", id),
            ("webhook-timestamp", time),
            ("webhook-signature", signature),
        ] {
            if let Some(value) = value {
                request = request.header(name, value);
            }
        }
        let answer = Answer::of(request).await.refused(401);
        assert_eq!(answer["error"]["code"], "webhook.invalid");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn signed_webhook_must_name_an_existing_take() {
    let emulator = Emulator::start().await.unwrap();
    let server = Start::at(&emulator).start().await;
    let user = server.demo().await;
    let sample = user.voice().await;
    let (id, _) = user.spoken(sample, "Hello there.").await;
    let now = jiff::Timestamp::now().as_second().to_string();
    let hook = |take: String, body: &'static str| {
        let request = server
            .request(Method::POST, &format!("/hooks/replicate/{take}"))
            .body(body);
        let signature = sign(&emulator.webhook_secret(), &now, body);
        Answer::of(
            request
                .header("webhook-id", "msg_1")
                .header("webhook-timestamp", &now)
                .header("webhook-signature", format!("v1,{signature}")),
        )
    };
    let told = hook(
        format!("{id}-0-1"),
        r#"{"id":"anotherprediction000000000","status":"succeeded"}"#,
    )
    .await;
    assert_eq!(told.status, 204, "{told:?}");
    for take in [
        format!("{id}-7-1"),
        "999-0-1".to_owned(),
        "x".to_owned(),
        "..%2f1".to_owned(),
    ] {
        hook(take, r#"{"id":"x","status":"succeeded"}"#).await.refused(404);
    }
    hook(format!("{id}-0-1"), "not json").await.refused(401);
}

/// Returns a signature of [Standard Webhooks](https://www.standardwebhooks.com), in base64.
pub(crate) fn sign(secret: &str, time: &str, body: &str) -> String {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use hmac::{Hmac, KeyInit as _, Mac as _};

    let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(&key).unwrap();
    mac.update(format!("msg_1.{time}.{body}").as_bytes());
    STANDARD.encode(mac.finalize().into_bytes())
}

#[tokio::test(flavor = "multi_thread")]
async fn invalid_requests_and_slow_clients_do_not_affect_others() {
    let server = Start::offline().start().await;
    let address = server.url.strip_prefix("http://").unwrap();
    let mut slow = Vec::new();
    for _ in 0..50 {
        let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
        stream
            .write_all(b"POST /api/samples/upload HTTP/1.1\r\nHost: a\r\n")
            .await
            .unwrap();
        slow.push(stream);
    }
    let answered = tokio::time::timeout(Duration::from_secs(20), server.get("/healthz")).await;
    answered.expect("it answers meanwhile").accepted(200);
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn stored_files_are_readable_by_their_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;

    let server = Start::offline().start().await;
    for name in ["loqui.db", "loqui.db-wal", "loqui.db-shm"] {
        let path = server.folder.path().join("data").join(name);
        let mode = std::fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{name}: {mode:o}");
    }
}
