//! Uploads, and the references that runs fetch.

use std::time::Duration;

use loqui_emulator::{Fault, Settings};
use reqwest::multipart::{Form, Part};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{Bench, answer, send, wav};

#[tokio::test]
async fn file_exists_until_it_is_deleted() {
    let bench = Bench::start().await;
    let (status, file) = bench.upload("empty.txt", Vec::new()).await;
    assert_eq!(status, StatusCode::CREATED);
    assert_eq!(file["id"].as_str().unwrap().len(), 48);
    assert_eq!((&file["name"], &file["size"]), (&json!("empty.txt"), &json!(0)));
    assert_eq!(file["etag"], "d41d8cd98f00b204e9800998ecf8427e");
    assert_eq!(
        file["checksums"]["sha256"],
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    );
    let path = format!("/files/{}", file["id"].as_str().unwrap());
    let response = send(bench.call(Method::GET, &path)).await;
    assert!(response.headers().get("ratelimit-remaining").is_none());
    assert_eq!(response.json::<Value>().await.unwrap(), file);
    assert_eq!(
        answer(bench.call(Method::GET, "/files")).await.1["results"],
        json!([file])
    );
    let deleted = send(bench.call(Method::DELETE, &path)).await;
    assert_eq!(deleted.status(), StatusCode::NO_CONTENT);
    assert_eq!(deleted.headers()["content-type"], "text/plain; charset=UTF-8");
    for method in [Method::GET, Method::DELETE] {
        let (status, problem) = answer(bench.call(method, &path)).await;
        assert_eq!(
            (status, problem),
            (StatusCode::NOT_FOUND, json!({"detail": "File not found"}))
        );
    }
    let ledger = bench.emulator.ledger();
    assert_eq!((ledger.uploads, ledger.deletes), (1, 1));
}

#[tokio::test]
async fn uploads_of_both_official_clients_are_accepted() {
    let bench = Bench::start().await;
    // The Node client sends the metadata as a part with a filename, after the content.
    let metadata = || Part::text(r#"{"a":1}"#);
    let content = || {
        Part::bytes(b"abc".to_vec())
            .file_name("a.bin")
            .mime_str("audio/wav")
            .unwrap()
    };
    let node = Form::new().part("content", content()).part(
        "metadata",
        metadata().file_name("blob").mime_str("application/json").unwrap(),
    );
    // The Python client sends it as a plain field, before the content.
    let python = Form::new().part("metadata", metadata()).part("content", content());
    for form in [node, python] {
        let (status, file) = answer(bench.call(Method::POST, "/files").multipart(form)).await;
        assert_eq!(status, StatusCode::CREATED, "{file}");
        assert_eq!((&file["metadata"], &file["name"]), (&json!({"a": 1}), &json!("a.bin")));
        assert_eq!(file["content_type"], "audio/wav");
    }
}

#[tokio::test]
async fn oversized_files_are_refused_as_configured() {
    let mut settings = Settings::default();
    settings.max_file_bytes = 1000;
    let bench = Bench::with(settings.clone()).await;
    let (status, problem) = bench.upload("big.wav", vec![0; 3_000_000]).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(problem, json!({"detail": "Files must be less than 100MB in size"}));
    settings.html_413 = true;
    let (status, page) = Bench::with(settings).await.upload("big.wav", vec![0; 3_000_000]).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(page.as_str().unwrap().starts_with("<html>"));
}

#[tokio::test]
async fn invalid_names_and_missing_contents_are_refused() {
    let bench = Bench::start().await;
    assert_eq!(
        bench.upload(&"n".repeat(256), vec![1]).await.0,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    let form = Form::new().text("filename", "a.wav");
    let (status, _) = answer(bench.call(Method::POST, "/files").multipart(form)).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert_eq!(
        answer(bench.call(Method::POST, "/files")).await.0,
        StatusCode::BAD_REQUEST
    );
}

#[tokio::test]
async fn file_url_in_an_input_becomes_a_signed_link() {
    let bench = Bench::start().await;
    let voice = wav(10);
    let (_, file) = bench.upload("voice.wav", voice.clone()).await;
    let plain = file["urls"]["get"].as_str().unwrap();
    let done = bench.finished(&json!({"prompt": "Hi", "audio_prompt": plain})).await;
    assert_eq!(done["status"], "succeeded", "{done}");
    let link = done["input"]["audio_prompt"].as_str().unwrap();
    assert!(link.starts_with(&format!("{plain}/download?expiry=")), "{link}");
    let response = send(bench.client.get(link)).await;
    assert_eq!(response.headers()["content-type"], "application/octet-stream");
    assert_eq!(response.bytes().await.unwrap(), voice);
    let forged = link.replace("owner=emulator", "owner=another");
    assert_eq!(send(bench.client.get(forged)).await.status(), StatusCode::NOT_FOUND);
    assert_eq!(
        send(bench.client.get(format!("{plain}/download"))).await.status(),
        StatusCode::NOT_FOUND
    );
    bench.seconds(24 * 3600).await;
    assert_eq!(send(bench.client.get(link)).await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn run_fails_without_its_reference() {
    let bench = Bench::start().await;
    let base = bench.emulator.base_url().to_owned();
    let unknown = format!("{base}/files/nothing");
    let failed = bench.finished(&json!({"prompt": "Hi", "audio_prompt": unknown})).await;
    assert_eq!(failed["status"], "failed");
    assert!(
        failed["error"].as_str().unwrap().starts_with("HTTPError: 404"),
        "{failed}"
    );

    let (_, text) = bench.upload("voice.wav", b"not audio at all".to_vec()).await;
    let failed = bench
        .finished(&json!({"prompt": "Hi", "audio_prompt": text["urls"]["get"]}))
        .await;
    assert!(
        failed["error"].as_str().unwrap().contains("Format not recognised"),
        "{failed}"
    );

    bench.emulator.faults().next(Fault::UploadLost);
    let (_, lost) = bench.upload("voice.wav", wav(10)).await;
    let failed = bench
        .finished(&json!({"prompt": "Hi", "audio_prompt": lost["urls"]["get"]}))
        .await;
    let error = failed["error"].as_str().unwrap();
    assert!(
        error.starts_with("HTTPError: 404") && !error.contains("signature"),
        "{error}"
    );
}

#[tokio::test]
async fn references_may_be_urls_of_other_servers_or_data_uris() {
    use base64::{Engine as _, prelude::BASE64_STANDARD};

    let bench = Bench::start().await;
    let voice = axum::Router::new().route("/voice.wav", axum::routing::get(async || wav(8)));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let host = format!("http://{}", listener.local_addr().unwrap());
    let server = tokio::spawn(async move { axum::serve(listener, voice).await });
    let run = async |url: String| bench.finished(&json!({"prompt": "Hi", "audio_prompt": url})).await;
    assert_eq!(run(format!("{host}/voice.wav")).await["status"], "succeeded");
    let failed = run(format!("{host}/other.wav")).await;
    assert!(
        failed["error"].as_str().unwrap().starts_with("HTTPError: 404"),
        "{failed}"
    );
    server.abort();
    let data = format!("data:audio/wav;base64,{}", BASE64_STANDARD.encode(wav(1)));
    assert_eq!(run(data).await["status"], "succeeded");
}

#[tokio::test]
async fn turbo_requires_more_than_five_seconds() {
    let bench = Bench::start().await;
    let turbo = "/models/resemble-ai/chatterbox-turbo/predictions";
    for (seconds, status) in [(5, "failed"), (6, "succeeded")] {
        let (_, file) = bench.upload("voice.wav", wav(seconds)).await;
        let input = json!({"text": "Hi", "reference_audio": file["urls"]["get"]});
        let (_, created) = answer(bench.call(Method::POST, turbo).json(&json!({"input": input}))).await;
        bench.emulator.advance(Duration::from_secs(3)).await;
        let done = bench.read(&created["id"]).await;
        assert_eq!(done["status"], status, "{done}");
    }
}
