//! Browsers of other origins, base paths, ranges, and the OpenAPI document.

use loqui_emulator::Emulator;
use reqwest::Method;
use serde_json::{Value, json};

use crate::server::{Answer, Start};

#[tokio::test(flavor = "multi_thread")]
async fn only_configured_origins_may_call_the_server() {
    let origin = "https://app.example.com";
    let server = Start::offline().with(&["--cors-origins", origin]).start().await;
    let preflight = |from: &str| {
        let request = server
            .request(Method::OPTIONS, "/v1/audio/speech")
            .header("origin", from)
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "authorization,content-type");
        Answer::of(request)
    };
    let allowed = preflight(origin).await;
    assert_eq!(
        (allowed.status.as_u16(), &allowed.headers["access-control-allow-origin"]),
        (200, &origin.parse().unwrap())
    );
    assert!(
        allowed.headers["access-control-allow-headers"]
            .to_str()
            .unwrap()
            .contains("authorization")
    );
    assert!(!allowed.headers.contains_key("access-control-allow-credentials"));
    for other in ["https://evil.example", "http://app.example.com", "null"] {
        assert!(
            !preflight(other)
                .await
                .headers
                .contains_key("access-control-allow-origin"),
            "{other}"
        );
    }
    // Errors are readable as well.
    let refused = Answer::of(server.request(Method::GET, "/v1/models").header("origin", origin)).await;
    assert_eq!(
        (refused.status.as_u16(), &refused.headers["access-control-allow-origin"]),
        (401, &origin.parse().unwrap())
    );
    assert!(
        refused.headers["access-control-expose-headers"]
            .to_str()
            .unwrap()
            .contains("x-loqui-warning")
    );

    let closed = Start::offline().start().await;
    let answer = Answer::of(closed.request(Method::GET, "/healthz").header("origin", origin)).await;
    assert!(!answer.headers.contains_key("access-control-allow-origin"));
}

#[tokio::test(flavor = "multi_thread")]
async fn server_works_below_a_base_path() {
    let server = Start::offline()
        .with(&["--base-path", "/voice", "--trusted-proxies", "127.0.0.1"])
        .start()
        .await;
    let moved = server.get("/voice").await;
    assert_eq!(
        (moved.status.as_u16(), &moved.headers["location"]),
        (308, &"/voice/".parse().unwrap())
    );
    for path in ["/voice/", "/"] {
        let page = server.get(path).await;
        let html = String::from_utf8(page.body).unwrap();
        assert_eq!(page.status, 200);
        assert!(html.contains("src=\"web/app.js\""), "{path}");
        assert!(!html.contains("=\"/"), "{path}: an address starts at the root");
    }
    for path in [
        "/voice/web/app.js",
        "/voice/docs",
        "/voice/healthz",
        "/voice/readyz?x=1",
    ] {
        assert_eq!(server.get(path).await.status, 200, "{path}");
    }
    assert_eq!(
        server.get("/voices").await.refused(404)["error"]["code"],
        "request.unknown_route"
    );
    let document = server.get("/voice/openapi.json").await.accepted(200);
    assert_eq!(document["servers"], json!([{"url": "/voice"}]));
    let request = server
        .request(Method::GET, "/openapi.json")
        .header("x-forwarded-prefix", "/other");
    assert_eq!(Answer::of(request).await.accepted(200)["servers"][0]["url"], "/other");
    let request = server
        .request(Method::GET, "/openapi.json")
        .header("x-forwarded-prefix", "//evil.example");
    assert_eq!(Answer::of(request).await.accepted(200)["servers"][0]["url"], "/voice");

    // Metrics and logs have the route without the base path.
    let metrics = String::from_utf8(server.get("/voice/metrics").await.body).unwrap();
    assert!(metrics.contains("route=\"/readyz\""), "{metrics}");
    let bad = crate::program::Program::offline()
        .run(&["serve", "--base-path", "voice"])
        .await;
    assert_eq!(bad.code, 2, "{bad:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn finished_audio_has_ranges_and_tags() {
    let emulator = Emulator::start().await.unwrap();
    let server = Start::at(&emulator).start().await;
    let user = server.demo().await;
    let sample = user.voice().await;
    user.spoken(sample, "Hello there.").await;
    for path in [
        "/api/library/download/generated/1".to_owned(),
        format!("/api/library/download/sample/{sample}"),
        "/api/generation/1/audio".to_owned(),
        "/api/generation/1/audio?format=mp3".to_owned(),
        "/api/generation/1/audio?format=pcm".to_owned(),
        "/v1/history/1/audio".to_owned(),
    ] {
        let whole = user.get(&path).await;
        assert_eq!(whole.status, 200, "{path}");
        let tag = whole.headers["etag"].to_str().unwrap().to_owned();
        assert_eq!(whole.headers["accept-ranges"], "bytes", "{path}");
        let with = |name: &'static str, value: &str| Answer::of(user.request(Method::GET, &path).header(name, value));
        // The first request of Safari.
        let two = with("range", "bytes=0-1").await;
        assert_eq!(
            (two.status.as_u16(), two.body.as_slice()),
            (206, &whole.body[..2]),
            "{path}"
        );
        let expected = format!("bytes 0-1/{}", whole.body.len());
        assert_eq!(two.headers["content-range"], expected.as_str(), "{path}");
        assert_eq!(two.headers["content-type"], whole.headers["content-type"]);
        let rest = with("range", "bytes=100-").await;
        assert_eq!(
            (rest.status.as_u16(), rest.body.as_slice()),
            (206, &whole.body[100..]),
            "{path}"
        );
        let beyond = with("range", &format!("bytes={}-", whole.body.len())).await;
        assert_eq!(beyond.status, 416, "{path}");
        let known = with("if-none-match", &tag).await;
        assert_eq!((known.status.as_u16(), known.body.len()), (304, 0), "{path}");
        assert_eq!(with("if-none-match", "\"other\"").await.status, 200, "{path}");
        let head = Answer::of(user.request(Method::HEAD, &path)).await;
        assert_eq!((head.status.as_u16(), head.body.len()), (200, 0), "{path}");
        assert_eq!(
            head.headers["content-length"],
            whole.body.len().to_string().as_str(),
            "{path}"
        );
        assert_eq!(head.headers["etag"], tag.as_str(), "{path}");
        assert_eq!(server.get(&path).await.status, 401, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn document_declares_parameters_where_they_are() {
    let server = Start::offline().start().await;
    let document = server.get("/openapi.json").await.accepted(200);
    let mut queries = 0;
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
            for parameter in &parameters {
                let name = parameter["name"].as_str().unwrap();
                let in_path = path.contains(&format!("{{{name}}}"));
                assert_eq!(parameter["in"] == "path", in_path, "{method} {path}: {name}");
                queries += usize::from(parameter["in"] == "query");
            }
            let named: Vec<&Value> = parameters.iter().map(|parameter| &parameter["name"]).collect();
            for part in path.split('/').filter_map(|part| part.strip_prefix('{')) {
                let name = part.trim_end_matches('}');
                assert!(named.iter().any(|it| *it == name), "{method} {path}: {name} is missing");
            }
            assert!(
                operation["operationId"].is_string() && operation["tags"].is_array(),
                "{method} {path}"
            );
        }
    }
    assert!(queries > 15, "{queries}");
    let mut ids: Vec<String> = document["paths"]
        .as_object()
        .unwrap()
        .values()
        .flat_map(|operations| operations.as_object().unwrap().values())
        .map(|operation| operation["operationId"].as_str().unwrap().to_owned())
        .collect();
    let all = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), all, "each operation has an id of its own");
}
