//! A fake container for tests: returns configured responses and records requests.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufStream};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

/// A request: the method and path, and the body.
pub(crate) type RecordedRequest = (String, Value);

/// A response to a prediction.
#[derive(Clone, Debug)]
pub(crate) enum Reply {
    /// A status and a body.
    Answer(u16, Value),
    /// The connection closes without a response.
    HangUp,
    /// No response.
    Never,
}

#[derive(Debug, Default)]
struct State {
    requests: Vec<RecordedRequest>,
    replies: VecDeque<Reply>,
    health: &'static str,
    /// Number of connections that the client closed before a response.
    abandoned: usize,
}

/// A container on this machine. Each prediction gets the next reply, or speech if none is left.
#[derive(Debug)]
pub(crate) struct Container {
    pub(crate) address: String,
    state: Arc<Mutex<State>>,
    changed: Arc<Notify>,
}

impl Container {
    pub(crate) async fn start(replies: impl IntoIterator<Item = Reply>) -> Self {
        Self::with_health("READY", replies).await
    }

    pub(crate) async fn with_health(health: &'static str, replies: impl IntoIterator<Item = Reply>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::new(Mutex::new(State {
            replies: replies.into_iter().collect(),
            health,
            ..State::default()
        }));
        let changed = Arc::new(Notify::new());
        let (server_state, server_changed) = (Arc::clone(&state), Arc::clone(&changed));
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                let (state, changed) = (Arc::clone(&server_state), Arc::clone(&server_changed));
                tokio::spawn(async move {
                    if let Some(reply) = receive(connection, &state).await {
                        respond(reply, &state).await;
                    }
                    changed.notify_one();
                });
            }
        });
        Self {
            address,
            state,
            changed,
        }
    }

    /// Returns the requests for predictions.
    pub(crate) fn requests(&self) -> Vec<RecordedRequest> {
        self.state.lock().unwrap().requests.clone()
    }

    /// Waits until a client has closed a connection before the response.
    pub(crate) async fn abandoned(&self) {
        while self.state.lock().unwrap().abandoned == 0 {
            self.changed.notified().await;
        }
    }
}

/// A successful response with this audio.
pub(crate) fn speech(wav: &[u8]) -> Reply {
    Reply::Answer(200, json!({ "status": "succeeded", "output": super::data_uri(wav) }))
}

async fn receive(connection: TcpStream, state: &Mutex<State>) -> Option<(BufStream<TcpStream>, Reply)> {
    let mut stream = BufStream::new(connection);
    let (mut head, mut line) = (String::new(), String::new());
    while stream.read_line(&mut line).await.ok()? > 2 {
        head.push_str(&line);
        line.clear();
    }
    let first: Vec<&str> = head.split_whitespace().take(2).collect();
    let what = first.join(" ");
    let length = head
        .lines()
        .find_map(|line| {
            line.to_ascii_lowercase()
                .strip_prefix("content-length:")?
                .trim()
                .parse()
                .ok()
        })
        .unwrap_or(0);
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    let mut state = state.lock().unwrap();
    let reply = if what == "GET /health-check" {
        Reply::Answer(200, json!({ "status": state.health }))
    } else {
        let body = serde_json::from_slice(&body).unwrap_or_default();
        state.requests.push((what, body));
        state.replies.pop_front().unwrap_or_else(|| speech(b"RIFF"))
    };
    Some((stream, reply))
}

async fn respond((mut stream, reply): (BufStream<TcpStream>, Reply), state: &Mutex<State>) {
    match reply {
        Reply::Answer(status, body) => {
            let body = body.to_string();
            let head = format!(
                "HTTP/1.1 {status} X\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                body.len()
            );
            let _ = stream.write_all((head + &body).as_bytes()).await;
            let _ = stream.flush().await;
        }
        Reply::HangUp => {}
        Reply::Never => {
            let _ = stream.read_u8().await;
            state.lock().unwrap().abandoned += 1;
        }
    }
}
