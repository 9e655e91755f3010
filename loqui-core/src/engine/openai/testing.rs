//! A server of each kind for tests: it keeps recordings, answers as the sources of the projects say, and records requests.

use std::collections::{BTreeSet, VecDeque};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufStream};
use tokio::net::{TcpListener, TcpStream};

use super::OpenAiServer;

/// An answer to a call that speaks, instead of speech.
#[derive(Clone, Debug)]
pub(super) enum Reply {
    Answer(u16, &'static str),
    /// The connection closes without a response.
    HangUp,
}

#[derive(Debug, Default)]
struct State {
    replies: VecDeque<Reply>,
    recordings: BTreeSet<String>,
    spoken: Vec<(String, Value)>,
    uploads: usize,
    keys: BTreeSet<String>,
}

/// A server on this machine.
#[derive(Debug)]
pub(super) struct Server {
    pub(super) address: String,
    state: Arc<Mutex<State>>,
}

impl Server {
    pub(super) async fn start(kind: OpenAiServer, replies: impl IntoIterator<Item = Reply>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::new(Mutex::new(State {
            replies: replies.into_iter().collect(),
            ..State::default()
        }));
        let shared = Arc::clone(&state);
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                let state = Arc::clone(&shared);
                tokio::spawn(async move { serve(connection, kind, &state).await });
            }
        });
        Self { address, state }
    }

    /// The routes and bodies of the calls that speak.
    pub(super) fn spoken(&self) -> Vec<(String, Value)> {
        self.state.lock().unwrap().spoken.clone()
    }

    pub(super) fn uploads(&self) -> usize {
        self.state.lock().unwrap().uploads
    }

    pub(super) fn recordings(&self) -> Vec<String> {
        self.state.lock().unwrap().recordings.iter().cloned().collect()
    }

    /// Forgets all recordings, as a container does that is replaced.
    pub(super) fn lose_recordings(&self) {
        self.state.lock().unwrap().recordings.clear();
    }

    pub(super) fn keys(&self) -> Vec<String> {
        self.state.lock().unwrap().keys.iter().cloned().collect()
    }
}

async fn serve(connection: TcpStream, kind: OpenAiServer, state: &Mutex<State>) -> Option<()> {
    let mut stream = BufStream::new(connection);
    let (mut head, mut line) = (String::new(), String::new());
    while stream.read_line(&mut line).await.ok()? > 2 {
        head.push_str(&line);
        line.clear();
    }
    let what = head.split_whitespace().take(2).collect::<Vec<_>>().join(" ");
    let field = |name: &str| {
        head.lines()
            .find_map(|line| Some(line.to_ascii_lowercase().strip_prefix(name)?.trim().to_owned()))
    };
    let length = field("content-length:").and_then(|text| text.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    let (status, answer) = {
        let mut state = state.lock().unwrap();
        state.keys.extend(field("authorization:"));
        answer(kind, &what, &body, &mut state)?
    };
    let head = format!(
        "HTTP/1.1 {status} X\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        answer.len()
    );
    stream.write_all(head.as_bytes()).await.ok()?;
    stream.write_all(&answer).await.ok()?;
    stream.flush().await.ok()
}

fn answer(kind: OpenAiServer, what: &str, body: &[u8], state: &mut State) -> Option<(u16, Vec<u8>)> {
    let json = |status: u16, value: Value| Some((status, value.to_string().into_bytes()));
    let file = || {
        let text = String::from_utf8_lossy(body).into_owned();
        let (_, rest) = text.split_once("filename=\"").unwrap();
        rest.split('"').next().unwrap().to_owned()
    };
    match (kind, what) {
        (_, "GET /openapi.json") => {
            let post = json!({ "post": {} });
            let paths = match kind {
                OpenAiServer::Plain => return Some((404, b"Not Found".to_vec())),
                OpenAiServer::Voices => json!({ "/v1/audio/speech": post, "/v1/audio/voices": post }),
                OpenAiServer::ChatterboxServer => {
                    json!({ "/tts": post, "/upload_reference": post, "/v1/audio/speech": post, "/v1/audio/voices": { "get": {} } })
                }
                OpenAiServer::ChatterboxApi => {
                    json!({ "/audio/speech": post, "/audio/speech/upload": post, "/voices": post })
                }
            };
            json(200, json!({ "paths": paths }))
        }
        (OpenAiServer::ChatterboxServer, "POST /upload_reference") => {
            state.uploads += 1;
            state.recordings.insert(file());
            json(200, json!({ "uploaded_files": [file()], "errors": [] }))
        }
        (OpenAiServer::ChatterboxApi, "POST /v1/voices") => {
            state.uploads += 1;
            let name = file().trim_end_matches(".wav").to_owned();
            if state.recordings.insert(name) {
                json(201, json!({ "message": "Voice uploaded" }))
            } else {
                json(409, json!({ "detail": { "error": { "message": "exists" } } }))
            }
        }
        (OpenAiServer::Voices, "POST /v1/audio/voices") => {
            state.uploads += 1;
            let name = file().trim_end_matches(".wav").to_owned();
            state.recordings.insert(name.clone());
            json(200, json!({ "id": format!("id-{name}"), "name": name }))
        }
        (OpenAiServer::Voices, "GET /v1/audio/voices") => {
            let voices = state
                .recordings
                .iter()
                .map(|name| json!({ "id": format!("id-{name}"), "name": name }));
            json(200, json!({ "voices": voices.collect::<Vec<_>>() }))
        }
        (_, "POST /tts" | "POST /v1/audio/speech") => {
            let body: Value = serde_json::from_slice(body).unwrap();
            state.spoken.push((what.to_owned(), body.clone()));
            match state.replies.pop_front() {
                Some(Reply::HangUp) => return None,
                Some(Reply::Answer(status, text)) => return Some((status, text.as_bytes().to_vec())),
                None => {}
            }
            let voice = body.get("reference_audio_filename").or_else(|| body.get("voice"));
            let voice = voice.and_then(Value::as_str).unwrap_or_default();
            let is_known =
                ["alloy", "nova"].contains(&voice) || state.recordings.contains(voice.trim_start_matches("id-"));
            if is_known {
                Some((200, b"RIFFspeech".to_vec()))
            } else {
                json(404, json!({ "detail": format!("Voice file '{voice}' not found.") }))
            }
        }
        (_, deletion) if deletion.starts_with("DELETE ") => {
            let name = deletion.rsplit('/').next().unwrap().trim_start_matches("id-");
            state.recordings.remove(name);
            json(200, json!({}))
        }
        _ => json(404, json!({ "detail": "Not Found" })),
    }
}
