//! The output origin: checksums, ranges, leaks.

use loqui_emulator::Fault;
use md5::{Digest as _, Md5};
use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::support::{Bench, send};

async fn output(bench: &Bench) -> String {
    let done = bench
        .finished(&json!({"prompt": "Hello there, this is speech.", "seed": 9}))
        .await;
    done["output"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn download_has_length_and_checksums() {
    let bench = Bench::start().await;
    let response = send(bench.client.get(output(&bench).await)).await;
    let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("content-type"), "audio/wav");
    assert_eq!(header("cache-control"), "public,max-age=3600");
    assert_eq!(header("accept-ranges"), "bytes");
    let (etag, hash, length) = (header("etag"), header("x-goog-hash"), header("content-length"));
    let body = response.bytes().await.unwrap();
    assert_eq!(length, body.len().to_string());
    assert_eq!(etag, format!("\"{}\"", hex::encode(Md5::digest(&body))));
    assert!(hash.starts_with("md5="));
    let reader = hound::WavReader::new(std::io::Cursor::new(&body)).unwrap();
    assert_eq!((reader.spec().sample_rate, reader.spec().channels), (24_000, 1));
    let ledger = bench.emulator.ledger();
    assert_eq!(ledger.downloads.len(), 1);
    assert_eq!(ledger.downloads[0].status, 200);
    assert!(!ledger.downloads[0].strayed);
    assert!(ledger.leaks.is_empty());
}

#[tokio::test]
async fn seed_determines_the_audio() {
    let bench = Bench::start().await;
    let mut bodies = Vec::new();
    for seed in [9, 9, 10, 0, 0] {
        let done = bench.finished(&json!({"prompt": "Again.", "seed": seed})).await;
        bodies.push(
            send(bench.client.get(done["output"].as_str().unwrap()))
                .await
                .bytes()
                .await
                .unwrap(),
        );
    }
    assert_eq!(bodies[0], bodies[1]);
    assert_ne!(bodies[1], bodies[2]);
    assert_ne!(bodies[3], bodies[4], "0 asks for a random one");
}

#[tokio::test]
async fn download_can_be_resumed() {
    let bench = Bench::start().await;
    let url = output(&bench).await;
    let whole = send(bench.client.get(&url)).await;
    let etag = whole.headers()["etag"].clone();
    let whole = whole.bytes().await.unwrap();
    let rest = send(
        bench
            .client
            .get(&url)
            .header("range", "bytes=1000-")
            .header("if-range", &etag),
    )
    .await;
    assert_eq!(rest.status(), StatusCode::PARTIAL_CONTENT);
    assert_eq!(
        rest.headers()["content-range"].to_str().unwrap(),
        format!("bytes 1000-{}/{}", whole.len() - 1, whole.len())
    );
    assert_eq!(rest.headers()["etag"], etag);
    assert_eq!(rest.bytes().await.unwrap(), whole[1000..]);
    let changed = bench
        .client
        .get(&url)
        .header("range", "bytes=1000-")
        .header("if-range", "\"other\"");
    assert_eq!(send(changed).await.status(), StatusCode::OK);
    let beyond = send(bench.client.get(&url).header("range", "bytes=99999999-")).await;
    assert_eq!(beyond.status(), StatusCode::RANGE_NOT_SATISFIABLE);
    let head = send(bench.client.head(&url)).await;
    assert_eq!(
        head.headers()["content-length"].to_str().unwrap(),
        whole.len().to_string()
    );
}

#[tokio::test]
async fn tokens_sent_to_the_output_host_are_recorded() {
    let bench = Bench::start().await;
    let url = output(&bench).await;
    let token = bench.emulator.token();
    send(bench.client.get(&url).bearer_auth(token)).await;
    send(bench.client.get(format!("{url}?token={token}"))).await;
    let places: Vec<String> = bench
        .emulator
        .ledger()
        .leaks
        .into_iter()
        .map(|leak| leak.place)
        .collect();
    assert_eq!(places, ["output_header", "output_url"]);
}

#[tokio::test]
async fn output_does_not_exist_before_the_end() {
    let bench = Bench::start().await;
    let url = output(&bench).await;
    let other = url.replace("/output.wav", "/other.wav");
    assert_eq!(send(bench.client.get(other)).await.status(), StatusCode::NOT_FOUND);
    let posted = send(bench.client.request(Method::POST, &url)).await;
    assert_eq!(posted.status(), StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn download_faults_apply_once() {
    let bench = Bench::start().await;
    let faults = bench.emulator.faults();
    let url = output(&bench).await;
    let get = || send(bench.client.get(&url));

    faults.next(Fault::DownloadTruncated);
    assert!(get().await.bytes().await.is_err(), "the connection closes early");

    faults.next(Fault::DownloadWrongMd5);
    let response = get().await;
    let etag = response.headers()["etag"].to_str().unwrap().to_owned();
    assert_ne!(
        etag,
        format!("\"{}\"", hex::encode(Md5::digest(response.bytes().await.unwrap())))
    );

    faults.next(Fault::DownloadStatus(503));
    assert_eq!(get().await.status(), StatusCode::SERVICE_UNAVAILABLE);

    faults.next(Fault::DownloadHtml);
    assert_eq!(get().await.headers()["content-type"], "text/html");

    faults.next(Fault::DownloadTooLarge(100_000));
    let mut response = get().await;
    assert_eq!(response.headers()["content-length"], "100000000000");
    assert!(response.chunk().await.unwrap().unwrap().iter().all(|&byte| byte == 0));
    drop(response);

    faults.next(Fault::DownloadRedirect);
    assert_eq!(get().await.headers()["location"], *url);

    faults.next(Fault::DownloadRedirectLoop);
    let again = get().await.headers()["location"].to_str().unwrap().to_owned();
    assert_eq!(send(bench.client.get(&again)).await.headers()["location"], *again);

    faults.next(Fault::DownloadRedirectOtherHost);
    let location = get().await.headers()["location"].to_str().unwrap().to_owned();
    assert!(location.starts_with("http://localhost:"), "{location}");
    assert!(
        !bench
            .emulator
            .ledger()
            .downloads
            .iter()
            .any(|download| download.strayed)
    );
    assert_eq!(send(bench.client.get(location)).await.status(), StatusCode::OK);
    assert!(bench.emulator.ledger().downloads.last().unwrap().strayed);

    assert_eq!(get().await.status(), StatusCode::OK);
}
