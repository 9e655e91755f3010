//! Runs the server on a free port, with a client.

use std::path::Path;
use std::process::Stdio;
use std::sync::Once;

use loqui_emulator::Emulator;
use reqwest::multipart::{Form, Part};
use reqwest::{Client, Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use crate::program::shared;

/// The text of the guide's third step (S36).
pub(crate) const TEXT: &str = "Hello! This is a test of AI voice cloning. The weather today is beautiful, and I am excited to demonstrate this technology.";

/// A running server with the demo user. Dropping it ends the process.
pub(crate) struct Server {
    pub(crate) url: String,
    pub(crate) folder: tempfile::TempDir,
    pub(crate) child: Child,
    client: Client,
}

/// The arguments and variables of a server.
pub(crate) struct Start<'a> {
    arguments: Vec<&'a str>,
    environment: Vec<(&'static str, String)>,
}

impl<'a> Start<'a> {
    pub(crate) fn offline() -> Self {
        Self {
            arguments: Vec::new(),
            environment: Vec::new(),
        }
    }

    pub(crate) fn at(emulator: &Emulator) -> Self {
        Self {
            environment: vec![
                ("REPLICATE_API_TOKEN", emulator.token().to_owned()),
                ("REPLICATE_BASE_URL", emulator.base_url().to_owned()),
            ],
            ..Self::offline()
        }
    }

    pub(crate) fn with(mut self, arguments: &[&'a str]) -> Self {
        self.arguments.extend(arguments);
        self
    }

    pub(crate) fn with_env(mut self, name: &'static str, value: &str) -> Self {
        self.environment.retain(|(known, _)| *known != name);
        self.environment.push((name, value.to_owned()));
        self
    }

    pub(crate) async fn start(self) -> Server {
        self.start_in(tempfile::tempdir().unwrap()).await
    }

    /// Starts the server with the data of an earlier one.
    pub(crate) async fn start_in(self, folder: tempfile::TempDir) -> Server {
        let mut child = Command::new(env!("CARGO_BIN_EXE_loqui"))
            .args(["serve", "--addr", "127.0.0.1:0", "--demo-user", "--json"])
            .args(self.arguments)
            .current_dir(folder.path())
            .env_clear()
            .env("LOQUI_DATA_DIR", folder.path().join("data"))
            .envs(self.environment)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let line = lines.next_line().await.unwrap().expect("the server prints its address");
        let said: Value = serde_json::from_str(&line).unwrap();
        Server {
            url: said["url"].as_str().unwrap().to_owned(),
            folder,
            child,
            client: client(),
        }
    }
}

pub(crate) fn client() -> Client {
    static TLS: Once = Once::new();
    TLS.call_once(|| drop(rustls::crypto::ring::default_provider().install_default()));
    Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap()
}

/// A complete response.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) async fn of(request: RequestBuilder) -> Self {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let body = response.bytes().await.unwrap().to_vec();
        Self { status, headers, body }
    }

    /// The body, which must be JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// Checks the status and the shape of an error response.
    #[track_caller]
    pub(crate) fn refused(&self, status: u16) -> Value {
        let body = self.json();
        assert_eq!(self.status.as_u16(), status, "{body}");
        let error = &body["error"];
        assert!(error["code"].is_string() && error["hint"].is_string(), "{body}");
        assert!(!error["message"].as_str().unwrap().is_empty(), "{body}");
        assert!(error["retryable"].is_boolean() && !body["detail"].is_null(), "{body}");
        body
    }

    /// Checks the status, and returns the JSON body.
    #[track_caller]
    pub(crate) fn accepted(&self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{self:?}");
        self.json()
    }
}

impl Server {
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.url))
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        Answer::of(self.request(Method::GET, path)).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        Answer::of(self.request(Method::POST, path).json(body)).await
    }

    /// A request with form fields.
    pub(crate) fn form(&self, path: &str, fields: &[(&str, &str)]) -> RequestBuilder {
        let escaped = |text: &str| {
            let hex = hex::encode(text);
            hex.as_bytes()
                .chunks(2)
                .flat_map(|pair| [b'%', pair[0], pair[1]])
                .map(char::from)
                .collect::<String>()
        };
        let body: Vec<String> = fields
            .iter()
            .map(|(name, value)| format!("{name}={}", escaped(value)))
            .collect();
        self.request(Method::POST, path)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body.join("&"))
    }

    pub(crate) async fn login(&self, username: &str, password: &str) -> Answer {
        let fields = [("username", username), ("password", password)];
        Answer::of(self.form("/api/auth/login", &fields)).await
    }

    /// Signs in the demo user.
    pub(crate) async fn demo(&self) -> User<'_> {
        self.user("testuser", "testpass123").await
    }

    /// Registers and signs in a user.
    pub(crate) async fn other(&self, name: &str) -> User<'_> {
        let new = json!({"username": name, "password": "secret99"});
        self.post("/api/auth/register", &new).await.accepted(201);
        self.user(name, "secret99").await
    }

    pub(crate) async fn user(&self, name: &str, password: &str) -> User<'_> {
        let token = self.login(name, password).await.accepted(200)["access_token"].clone();
        User {
            server: self,
            token: token.as_str().unwrap().to_owned(),
        }
    }

    /// Sends SIGTERM, and waits for the end of the process.
    #[cfg(unix)]
    pub(crate) async fn stop(mut self) -> tempfile::TempDir {
        let id = self.child.id().unwrap().to_string();
        Command::new("kill").args(["-TERM", &id]).status().await.unwrap();
        assert!(self.child.wait().await.unwrap().success());
        self.folder
    }
}

/// A user with a token.
pub(crate) struct User<'a> {
    server: &'a Server,
    pub(crate) token: String,
}

impl User<'_> {
    /// The same user with the same token at another server.
    pub(crate) fn at<'b>(&self, server: &'b Server) -> User<'b> {
        User {
            server,
            token: self.token.clone(),
        }
    }
}

impl User<'_> {
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.server.request(method, path).bearer_auth(&self.token)
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        Answer::of(self.request(Method::GET, path)).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        Answer::of(self.request(Method::POST, path).json(body)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        Answer::of(self.request(Method::DELETE, path)).await
    }

    pub(crate) async fn send(&self, form: Form) -> Answer {
        Answer::of(self.request(Method::POST, "/api/samples/upload").multipart(form)).await
    }

    /// Uploads a file like the guide's command, with the content type of curl (S216).
    pub(crate) async fn upload(&self, name: &str, bytes: Vec<u8>, file_name: &str) -> Answer {
        self.send(form(name, bytes, file_name)).await
    }

    /// Uploads a good recording, and returns its id.
    pub(crate) async fn voice(&self) -> i64 {
        let answer = self.upload("My Voice", heart(), "voice_sample.wav").await.accepted(201);
        answer["sample_id"].as_i64().unwrap()
    }

    pub(crate) async fn create(&self, sample: i64, text: &str) -> Answer {
        let wanted = json!({"sample_id": sample, "model_name": "My Voice Model", "script_text": text});
        self.post("/api/generation/create", &wanted).await
    }

    /// Creates a generation and waits for its end. Returns its id and last status.
    pub(crate) async fn spoken(&self, sample: i64, text: &str) -> (i64, Value) {
        let id = self.create(sample, text).await.accepted(201)["audio_id"]
            .as_i64()
            .unwrap();
        (id, self.ended(id).await)
    }

    /// Waits for the end of a generation, and returns its status.
    pub(crate) async fn ended(&self, id: i64) -> Value {
        loop {
            let path = format!("/api/generation/status/{id}?wait=30");
            let status = self.get(&path).await.accepted(200);
            if matches!(status["status"].as_str(), Some("COMPLETED" | "FAILED")) {
                return status;
            }
        }
    }
}

/// Returns the form of the guide's second step.
pub(crate) fn form(name: &str, bytes: Vec<u8>, file_name: &str) -> Form {
    let file = Part::bytes(bytes)
        .file_name(file_name.to_owned())
        .mime_str("application/octet-stream")
        .unwrap();
    Form::new()
        .text("sample_name", name.to_owned())
        .text("upload_type", "uploaded")
        .part("file", file)
}

/// Returns a good recording.
pub(crate) fn heart() -> Vec<u8> {
    bytes("voices/heart.wav")
}

/// Returns a file below `tests/` of the workspace.
pub(crate) fn bytes(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(&shared(name))).unwrap()
}
