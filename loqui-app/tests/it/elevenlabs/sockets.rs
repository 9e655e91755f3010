//! WebSockets that receive text in pieces.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use futures::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::{self, Message};

use super::Client;
use crate::server::Start;

/// Opens the socket of a voice.
async fn socket(client: &Client<'_>, voice: &str, query: &str, with_key: bool) -> Socket {
    open(client, voice, "stream-input", query, with_key).await
}

type Socket = tokio_tungstenite::WebSocketStream<tokio_tungstenite::MaybeTlsStream<tokio::net::TcpStream>>;

async fn open(client: &Client<'_>, voice: &str, route: &str, query: &str, with_key: bool) -> Socket {
    let address = client.server.url.replace("http://", "ws://");
    let url = format!("{address}/v1/text-to-speech/{voice}/{route}?{query}");
    let mut request = url.into_client_request().unwrap();
    if with_key {
        request.headers_mut().insert("xi-api-key", client.key.parse().unwrap());
    }
    tokio_tungstenite::connect_async(request).await.unwrap().0
}

/// Returns the messages of the server up to the end, and the close code.
async fn until_closed(
    socket: &mut (impl futures::Stream<Item = Result<Message, tungstenite::Error>> + Unpin),
) -> (Vec<Value>, u16) {
    let mut messages = Vec::new();
    while let Some(Ok(message)) = socket.next().await {
        match message {
            Message::Text(text) => messages.push(serde_json::from_str(&text).unwrap()),
            Message::Close(frame) => return (messages, frame.map_or(0, |frame| frame.code.into())),
            _ => {}
        }
    }
    (messages, 0)
}

#[tokio::test(flavor = "multi_thread")]
async fn socket_speaks_sentences_as_they_close() {
    let server = Start::offline().start().await;
    let client = Client::of(&server).await;
    let voice = client.voice("Anna").await;
    let mut socket = socket(&client, &voice, "output_format=pcm_16000", true).await;
    let send = |value: Value| Message::Text(value.to_string().into());
    socket
        .send(send(json!({"text": " ", "voice_settings": {"speed": 1.0}})))
        .await
        .unwrap();
    for piece in ["Hello the", "re, my friend. ", "How are "] {
        socket
            .send(send(json!({"text": piece, "try_trigger_generation": true})))
            .await
            .unwrap();
    }
    // The first sentence is spoken before the second one is complete.
    let Some(Ok(Message::Text(first))) = socket.next().await else {
        panic!("no message");
    };
    let first: Value = serde_json::from_str(&first).unwrap();
    assert_eq!(
        first["alignment"]["chars"]
            .as_array()
            .unwrap()
            .iter()
            .map(|c| c.as_str().unwrap())
            .collect::<String>(),
        "Hello there, my friend."
    );
    assert_eq!(first["alignment"]["charStartTimesMs"][0], 0);
    let audio = BASE64_STANDARD.decode(first["audio"].as_str().unwrap()).unwrap();
    assert!(audio.len() > 16_000, "{}", audio.len());
    socket.send(send(json!({"text": "you"}))).await.unwrap();
    socket.send(send(json!({"text": " ", "flush": true}))).await.unwrap();
    let Some(Ok(Message::Text(second))) = socket.next().await else {
        panic!("no message");
    };
    assert!(second.contains("\"chars\":[\"H\",\"o\",\"w\""), "{second}");
    socket.send(send(json!({"text": "Bye."}))).await.unwrap();
    socket.send(send(json!({"text": ""}))).await.unwrap();
    let (messages, code) = until_closed(&mut socket).await;
    assert_eq!(code, 1000);
    assert_eq!(messages.last().unwrap()["isFinal"], true);
    assert!(
        messages.iter().any(|message| message["alignment"]["chars"][0] == "B"),
        "{}",
        messages.len()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn socket_closes_with_a_reason() {
    let server = Start::offline().start().await;
    let client = Client::of(&server).await;
    let voice = client.voice("Anna").await;
    let send = |value: Value| Message::Text(value.to_string().into());

    let mut idle = socket(&client, &voice, "inactivity_timeout=1", true).await;
    let (messages, code) = until_closed(&mut idle).await;
    assert_eq!((code, &messages[0]["error"]), (1008, &json!("request_timed_out")));

    let mut keyless = socket(&client, &voice, "", false).await;
    keyless.send(send(json!({"text": " "}))).await.unwrap();
    let (messages, code) = until_closed(&mut keyless).await;
    assert_eq!((code, &messages[0]["error"]), (1008, &json!("invalid_api_key")));

    let mut with_message = socket(&client, &voice, "output_format=ulaw_8000", false).await;
    with_message
        .send(send(json!({"text": " ", "xi_api_key": client.key})))
        .await
        .unwrap();
    with_message.send(send(json!({"text": "Hello."}))).await.unwrap();
    with_message.send(send(json!({"text": ""}))).await.unwrap();
    let (messages, code) = until_closed(&mut with_message).await;
    assert_eq!((code, &messages.last().unwrap()["isFinal"]), (1000, &json!(true)));
    assert!(messages[0]["audio"].as_str().unwrap().len() > 1_000);

    let mut broken = socket(&client, &voice, "", true).await;
    broken.send(Message::Text("{}".into())).await.unwrap();
    let (messages, code) = until_closed(&mut broken).await;
    assert_eq!((code, &messages[0]["error"]), (1008, &json!("request_invalid")));
}

#[tokio::test(flavor = "multi_thread")]
async fn socket_has_several_streams_of_text() {
    let server = Start::offline().start().await;
    let client = Client::of(&server).await;
    let voice = client.voice("Anna").await;
    let mut socket = open(
        &client,
        &voice,
        "multi-stream-input",
        "output_format=pcm_16000&auto_mode=true",
        true,
    )
    .await;
    for message in [
        json!({"text": " ", "context_id": "a", "voice_settings": {"speed": 1.1}}),
        json!({"text": "Hello there. ", "context_id": "a"}),
        json!({"text": " ", "context_id": "b"}),
        json!({"text": "Another one", "context_id": "b"}),
        // An empty text keeps the socket open.
        json!({"text": "", "context_id": "b"}),
        json!({"context_id": "b", "flush": true}),
        json!({"context_id": "a", "close_context": true}),
        json!({"context_id": "never opened", "close_context": true}),
    ] {
        socket.send(Message::Text(message.to_string().into())).await.unwrap();
    }
    let (mut ended, mut spoken) = (Vec::new(), std::collections::BTreeSet::new());
    while ended.is_empty() || !spoken.contains("b") {
        let Some(Ok(Message::Text(text))) = socket.next().await else {
            panic!("the socket was closed");
        };
        let message: Value = serde_json::from_str(&text).unwrap();
        let id = message["contextId"].as_str().unwrap().to_owned();
        if message["isFinal"] == true {
            ended.push(id);
        } else if message["audio"].as_str().is_some_and(|audio| !audio.is_empty()) {
            spoken.insert(id);
        }
    }
    assert_eq!((ended, spoken.len()), (vec!["a".to_owned()], 2));
    let last = json!({"close_socket": true}).to_string();
    socket.send(Message::Text(last.into())).await.unwrap();
    let (messages, code) = until_closed(&mut socket).await;
    assert_eq!((code, &messages.last().unwrap()["contextId"]), (1000, &json!("b")));
}
