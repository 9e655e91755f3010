//! Lower bound of a run over HTTP/1.1: the two requests of the official clients on raw, persistent sockets, without checks,
//! redirects, limits or retries.

use std::collections::HashMap;

use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::Mutex;

const BODY: &str = r#"{"input":{"prompt":"Hello there."}}"#;

/// Idle sockets by address (`host:port`). Outputs have another address than the API.
pub(crate) struct Bare {
    address: String,
    token: String,
    idle: Mutex<HashMap<String, Vec<TcpStream>>>,
}

impl Bare {
    pub(crate) fn new(address: &str, token: String) -> Self {
        Self {
            address: address.to_owned(),
            token,
            idle: Mutex::default(),
        }
    }

    /// Creates a prediction with a request that waits for the output, and returns its audio.
    pub(crate) async fn run(&self) -> Vec<u8> {
        let Self { address, token, .. } = self;
        let create = format!(
            "POST /v1/models/resemble-ai/chatterbox/predictions HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer \
             {token}\r\nprefer: wait\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{BODY}",
            BODY.len()
        );
        let prediction: Value = serde_json::from_slice(&self.exchange(address, &create).await).expect("JSON");
        let output = prediction["output"].as_str().expect("an output");
        let (address, path) = output
            .trim_start_matches("http://")
            .split_once('/')
            .expect("an address and a path");
        self.exchange(address, &format!("GET /{path} HTTP/1.1\r\nhost: {address}\r\n\r\n"))
            .await
    }

    async fn exchange(&self, address: &str, request: &str) -> Vec<u8> {
        let idle = self.idle.lock().await.get_mut(address).and_then(Vec::pop);
        let mut socket = match idle {
            Some(socket) => socket,
            None => TcpStream::connect(address).await.expect("the server listens"),
        };
        socket.write_all(request.as_bytes()).await.expect("the server reads");
        let mut answer = Vec::with_capacity(128 * 1024);
        let body = loop {
            assert_ne!(
                socket.read_buf(&mut answer).await.expect("the server responds"),
                0,
                "connection closed"
            );
            let Some(end) = answer.windows(4).position(|window| window == b"\r\n\r\n") else {
                continue;
            };
            let head = std::str::from_utf8(&answer[..end]).expect("response headers");
            let length = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length: "))
                .and_then(|length| length.parse::<usize>().ok())
                .expect("content-length");
            let (from, to) = (end + 4, end + 4 + length);
            while answer.len() < to {
                assert_ne!(
                    socket.read_buf(&mut answer).await.expect("the server responds"),
                    0,
                    "connection closed"
                );
            }
            break answer.drain(from..to).collect();
        };
        self.idle
            .lock()
            .await
            .entry(address.to_owned())
            .or_default()
            .push(socket);
        body
    }
}
