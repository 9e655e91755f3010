//! The receiver of the provider's webhooks.

use loqui_core::Loqui;
use loqui_core::clock::Timestamp;
use loqui_core::replicate::webhooks;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// Verifies webhooks and passes them on, as `loqui serve` does.
pub(super) async fn listen(listener: TcpListener, loqui: Loqui, secret: String) {
    while let Ok((stream, _)) = listener.accept().await {
        let (loqui, secret) = (loqui.clone(), secret.clone());
        tokio::spawn(async move {
            // The provider repeats a webhook whose connection breaks.
            let _ = answer(stream, &loqui, &secret).await;
        });
    }
}

async fn answer(mut stream: TcpStream, loqui: &Loqui, secret: &str) -> std::io::Result<()> {
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
    // The emulator signs with the time of this machine, not with the virtual time of the test.
    let verified = webhooks::verify(&secret.into(), headers, &body, Timestamp::now());
    let take = head.split(' ').nth(1).and_then(|path| path.rsplit('/').next());
    let status = match (verified, serde_json::from_slice(&body), take) {
        (Ok(_), Ok(payload), Some(take)) if loqui.webhook(take, &payload).await.is_ok() => "204 No Content",
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
