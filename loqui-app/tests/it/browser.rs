//! Drives Chromium over its DevTools protocol.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use futures::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

/// A headless browser whose microphone plays a file. Dropping it ends the process.
pub(crate) struct Browser {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    calls: u64,
    complaints: Vec<Value>,
    _child: Child,
    _folder: tempfile::TempDir,
}

impl Browser {
    pub(crate) async fn start(microphone: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let child = Command::new("chromium")
            .args([
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
            ])
            .args([
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
            ])
            .args(["--remote-debugging-port=0", "--remote-allow-origins=*"])
            .args(["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"])
            .arg(format!("--use-file-for-fake-audio-capture={microphone}"))
            .arg(format!("--user-data-dir={}", folder.path().display()))
            .arg("about:blank")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let port = port(&folder.path().join("DevToolsActivePort")).await;
        let pages = crate::server::client().get(format!("http://127.0.0.1:{port}/json/list"));
        let pages: Vec<Value> = pages.send().await.unwrap().json().await.unwrap();
        let page = pages.iter().find(|page| page["type"] == "page").unwrap();
        let url = page["webSocketDebuggerUrl"].as_str().unwrap();
        let (socket, _) = tokio_tungstenite::connect_async(url).await.unwrap();
        let mut browser = Self {
            socket,
            calls: 0,
            complaints: Vec::new(),
            _child: child,
            _folder: folder,
        };
        for domain in ["Page", "Runtime", "Log"] {
            browser.call(&format!("{domain}.enable"), json!({})).await;
        }
        browser
    }

    async fn call(&mut self, method: &str, params: Value) -> Value {
        self.calls += 1;
        let call = json!({"id": self.calls, "method": method, "params": params});
        self.socket.send(Message::text(call.to_string())).await.unwrap();
        loop {
            let Message::Text(text) = self.socket.next().await.unwrap().unwrap() else {
                continue;
            };
            let answer: Value = serde_json::from_str(&text).unwrap();
            if answer["id"] == self.calls {
                assert!(answer.get("error").is_none(), "{method}: {answer}");
                return answer["result"].clone();
            }
            if matches!(
                answer["method"].as_str(),
                Some("Runtime.exceptionThrown" | "Log.entryAdded")
            ) {
                self.complaints.push(answer["params"].clone());
            }
        }
    }

    pub(crate) async fn open(&mut self, url: &str) {
        self.call("Page.navigate", json!({"url": url})).await;
    }

    /// Evaluates an expression in the page.
    pub(crate) async fn js(&mut self, expression: &str) -> Value {
        let question =
            json!({"expression": expression, "awaitPromise": true, "returnByValue": true, "userGesture": true});
        let answer = self.call("Runtime.evaluate", question).await;
        assert!(answer.get("exceptionDetails").is_none(), "{expression}: {answer}");
        answer["result"]["value"].clone()
    }

    /// Waits until an expression is true in the page, across navigations.
    pub(crate) async fn until(&mut self, expression: &str) {
        let waiting = format!("(() => {{ try {{ return Boolean({expression}); }} catch {{ return false; }} }})()");
        let mut ticks = tokio::time::interval(Duration::from_millis(50));
        while self.js(&waiting).await != true {
            ticks.tick().await;
        }
    }

    /// Returns exceptions of the page and requests that the browser blocked.
    pub(crate) fn complaints(&self) -> &[Value] {
        &self.complaints
    }
}

/// Returns the port that the browser listens on.
async fn port(file: &Path) -> u16 {
    let mut ticks = tokio::time::interval(Duration::from_millis(50));
    loop {
        ticks.tick().await;
        let text = std::fs::read_to_string(file).unwrap_or_default();
        if let Some((port, _)) = text.split_once('\n') {
            return port.parse().unwrap();
        }
    }
}
