//! The WebSocket with the events of a user's generations.

use futures::StreamExt as _;
use serde_json::Value;
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::server::Start;

#[tokio::test(flavor = "multi_thread")]
async fn a023_a039_socket_sends_events_and_resumes_after_a_disconnect() {
    let server = Start::offline().start().await;
    let user = server.demo().await;
    let me = user.get("/api/auth/me").await.accepted(200)["user_id"].clone();
    let address = server.url.replace("http://", "ws://");
    let url = format!("{address}/api/ws/{me}?token={}", user.token);
    let (mut socket, _) = tokio_tungstenite::connect_async(&url).await.unwrap();
    let sample = user.voice().await;
    user.create(sample, "Hello there.").await.accepted(201);
    let mut told = Vec::new();
    while told.last().is_none_or(|event: &Value| event["status"] != "COMPLETED") {
        if let Message::Text(text) = socket.next().await.unwrap().unwrap() {
            told.push(serde_json::from_str::<Value>(&text).unwrap());
        }
    }
    let numbers: Vec<u64> = told.iter().map(|event| event["event"].as_u64().unwrap()).collect();
    assert_eq!(numbers, (1..=numbers.len() as u64).collect::<Vec<_>>());
    assert_eq!(
        told.last().unwrap()["message"],
        "Generation complete! Ready to download."
    );

    let again = format!("{url}&audio_id=1&after={}", numbers.len() - 1);
    let (mut socket, _) = tokio_tungstenite::connect_async(&again).await.unwrap();
    let text = loop {
        if let Message::Text(text) = socket.next().await.unwrap().unwrap() {
            break text;
        }
    };
    assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), *told.last().unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn socket_of_another_user_is_refused() {
    let server = Start::offline().start().await;
    let (user, other) = (server.demo().await, server.other("other").await);
    let me = user.get("/api/auth/me").await.accepted(200)["user_id"].clone();
    let address = server.url.replace("http://", "ws://");
    for (token, status) in [(other.token.as_str(), 403), ("x", 401)] {
        let url = format!("{address}/api/ws/{me}?token={token}");
        let Err(Error::Http(answer)) = tokio_tungstenite::connect_async(&url).await else {
            panic!("{token} was let in");
        };
        assert_eq!(answer.status().as_u16(), status);
    }
    server
        .get(&format!("/api/ws/{me}?token={}", user.token))
        .await
        .refused(400);
}
