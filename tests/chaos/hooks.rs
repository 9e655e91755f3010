//! The receiver of the provider's webhooks.

use loqui_core::clock::Timestamp;
use loqui_core::engine::ReplicateEngine;
use loqui_core::replicate::webhooks;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// Receives webhooks as a server does: verifies each and passes it on.
pub(super) async fn listen(listener: TcpListener, engine: ReplicateEngine, secret: String) {
    while let Ok((stream, _)) = listener.accept().await {
        let (engine, secret) = (engine.clone(), secret.clone());
        tokio::spawn(async move {
            // The provider repeats a webhook whose connection broke.
            let _ = answer(stream, &engine, &secret).await;
        });
    }
}

async fn answer(mut stream: TcpStream, engine: &ReplicateEngine, secret: &str) -> std::io::Result<()> {
    let mut request = Vec::new();
    let (head, body) = loop {
        if stream.read_buf(&mut request).await? == 0 {
            return Ok(());
        }
        let Some(end) = request.windows(4).position(|window| window == b"\r\n\r\n") else {
            continue;
        };
        let head = String::from_utf8_lossy(&request[..end]).into_owned();
        let length = header(&head, "content-length")
            .and_then(|value| value.parse().ok())
            .unwrap_or(0);
        if request.len() >= end + 4 + length {
            break (head, request[end + 4..].to_vec());
        }
    };
    let headers = head.lines().skip(1).filter_map(|line| line.split_once(": "));
    // The provider signs with real time, not with the virtual time of the generations.
    let delivery = webhooks::open(&secret.into(), headers, &body, Timestamp::now());
    let status = match (
        &delivery,
        head.split(' ').nth(1).and_then(|path| path.rsplit('/').next()),
    ) {
        (Ok(delivery), Some(take)) => {
            engine.delivered(take, &delivery.prediction);
            "204 No Content"
        }
        _ => "400 Bad Request",
    };
    let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    stream.write_all(answer.as_bytes()).await?;
    stream.shutdown().await
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(header, _)| header.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.trim())
}
