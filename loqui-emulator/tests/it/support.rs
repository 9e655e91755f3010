//! A plain HTTP client.

use std::sync::OnceLock;
use std::time::Duration;

use loqui_emulator::{Emulator, Settings};
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};

pub(crate) const OFFICIAL: &str = "/models/resemble-ai/chatterbox/predictions";
pub(crate) const VERSION: &str = "1b8422bc49635c20d0a84e387ed20879c0dd09254ecdb4e75dc4bec10ff94e97";

/// An emulator and a client.
pub(crate) struct Bench {
    pub(crate) emulator: Emulator,
    pub(crate) client: Client,
}

/// Settings with a clock that only the test advances, 1 s of queue and 2 s of run.
pub(crate) fn frozen() -> Settings {
    let mut settings = Settings::default();
    settings.time_scale = 0.0;
    settings.queue = Duration::from_secs(1);
    settings.run = Duration::from_secs(2);
    settings
}

impl Bench {
    pub(crate) async fn start() -> Self {
        Self::with(frozen()).await
    }

    pub(crate) async fn with(settings: Settings) -> Self {
        static PROVIDER: OnceLock<()> = OnceLock::new();
        PROVIDER.get_or_init(|| {
            rustls::crypto::ring::default_provider().install_default().unwrap();
        });
        let emulator = Emulator::builder().settings(settings).seed(1).start().await.unwrap();
        let client = Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        Self { emulator, client }
    }

    pub(crate) fn call(&self, method: Method, path: &str) -> RequestBuilder {
        self.client
            .request(method, format!("{}{path}", self.emulator.base_url()))
            .bearer_auth(self.emulator.token())
    }

    pub(crate) fn control(&self, method: Method, path: &str) -> RequestBuilder {
        let origin = self.emulator.base_url().trim_end_matches("/v1");
        self.client.request(method, format!("{origin}/emulator/{path}"))
    }

    pub(crate) fn create(&self, input: &Value) -> RequestBuilder {
        self.call(Method::POST, OFFICIAL).json(&json!({"input": input}))
    }

    /// Creates a prediction and returns its object.
    pub(crate) async fn created(&self, input: &Value) -> Value {
        let (status, body) = answer(self.create(input)).await;
        assert_eq!(status, StatusCode::CREATED, "{body}");
        body
    }

    pub(crate) async fn read(&self, id: &Value) -> Value {
        let (status, body) = answer(self.call(Method::GET, &prediction(id))).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        body
    }

    /// Runs a prediction to its end and returns its object.
    pub(crate) async fn finished(&self, input: &Value) -> Value {
        let created = self.created(input).await;
        self.seconds(3).await;
        self.read(&created["id"]).await
    }

    pub(crate) async fn seconds(&self, seconds: u64) {
        self.emulator.advance(Duration::from_secs(seconds)).await;
    }

    pub(crate) async fn upload(&self, name: &str, content: Vec<u8>) -> (StatusCode, Value) {
        let part = reqwest::multipart::Part::bytes(content).file_name(name.to_owned());
        let form = reqwest::multipart::Form::new().part("content", part);
        answer(self.call(Method::POST, "/files").multipart(form)).await
    }
}

pub(crate) fn prediction(id: &Value) -> String {
    format!("/predictions/{}", id.as_str().unwrap())
}

pub(crate) async fn send(request: RequestBuilder) -> Response {
    request.send().await.unwrap()
}

/// Sends a request and reads the response as JSON.
pub(crate) async fn answer(request: RequestBuilder) -> (StatusCode, Value) {
    let response = send(request).await;
    let status = response.status();
    let text = response.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
}

/// Returns a WAV file of this length with a quiet tone.
pub(crate) fn wav(seconds: u32) -> Vec<u8> {
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: 16_000,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut file = std::io::Cursor::new(Vec::new());
    let mut writer = hound::WavWriter::new(&mut file, spec).unwrap();
    for frame in 0..seconds * 16_000 {
        writer.write_sample(((frame % 160) as i16 - 80) * 20).unwrap();
    }
    writer.finalize().unwrap();
    file.into_inner()
}
