//! Receives the emulator's webhooks.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::routing::post;
use serde::Serialize;
use tokio::net::TcpListener;

/// One webhook as received.
#[derive(Clone, Serialize)]
pub(crate) struct Call {
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: String,
}

/// Accepts every webhook without verification.
pub(crate) struct Receiver {
    pub(crate) address: String,
    calls: Arc<Mutex<Vec<Call>>>,
    serving: tokio::task::JoinHandle<()>,
}

impl Receiver {
    pub(crate) async fn start() -> Self {
        let calls = Arc::new(Mutex::new(Vec::new()));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = format!("http://{}/hook", listener.local_addr().expect("the listener is bound"));
        let router = Router::new().route("/hook", post(take)).with_state(Arc::clone(&calls));
        let serving = tokio::spawn(async move {
            axum::serve(listener, router)
                .await
                .expect("the server runs until it is dropped");
        });
        Self {
            address,
            calls,
            serving,
        }
    }

    /// All webhooks so far.
    pub(crate) fn calls(&self) -> Vec<Call> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn take(State(calls): State<Arc<Mutex<Vec<Call>>>>, headers: HeaderMap, body: Bytes) {
    let headers = headers
        .iter()
        .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
        .collect();
    let body = String::from_utf8_lossy(&body).into_owned();
    calls
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(Call { headers, body });
}
