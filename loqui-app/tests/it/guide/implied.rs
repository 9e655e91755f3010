//! Statements that the guide implies.

use loqui_emulator::Emulator;
use reqwest::Method;
use serde_json::json;

use crate::server::{Answer, Start, TEXT};

/// The guide's routes that need a token.
const PROTECTED: [(Method, &str); 4] = [
    (Method::POST, "/api/samples/upload"),
    (Method::POST, "/api/generation/create"),
    (Method::GET, "/api/generation/status/1"),
    (Method::GET, "/api/library/download/generated/1"),
];

#[tokio::test(flavor = "multi_thread")]
async fn s013_s199_routes_require_a_valid_token() {
    let server = Start::offline().start().await;
    for (method, path) in PROTECTED {
        let none = server.request(method.clone(), path);
        let answer = Answer::of(none).await;
        assert_eq!(
            answer.refused(401)["detail"],
            "Could not validate credentials",
            "{path}"
        );
        assert_eq!(answer.headers["www-authenticate"], "Bearer");
        for token in ["x", "a.b.c", "lqk_0000"] {
            let bad = server.request(method.clone(), path).bearer_auth(token);
            Answer::of(bad).await.refused(401);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn s086_s214_sign_in_responds_like_oauth2_and_a_failure_has_no_token() {
    let server = Start::offline().start().await;
    let answer = server.login("testuser", "testpass123").await.accepted(200);
    assert!(answer["access_token"].is_string());
    assert_eq!(answer["token_type"], "bearer");
    for (name, password) in [("testuser", "wrong"), ("nobody", "testpass123")] {
        let answer = server.login(name, password).await.refused(401);
        assert_eq!(answer["detail"], "Incorrect username or password");
        assert!(answer.get("access_token").is_none());
    }
    let missing = server.form("/api/auth/login", &[("username", "testuser")]);
    let answer = Answer::of(missing).await.refused(422);
    assert_eq!(answer["detail"][0]["loc"], json!(["body", "password"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn s201_s212_users_see_only_their_own_items() {
    let server = Start::offline().start().await;
    let (one, other) = (server.demo().await, server.other("other").await);
    let sample = one.voice().await;
    let (id, _) = one.spoken(sample, "Hello.").await;
    for path in [
        format!("/api/samples/{sample}"),
        format!("/api/generation/{id}"),
        format!("/api/generation/status/{id}"),
        format!("/api/generation/{id}/events"),
        format!("/api/generation/{id}/subtitles"),
        format!("/api/library/download/sample/{sample}"),
        format!("/api/library/download/generated/{id}"),
    ] {
        other.get(&path).await.refused(404);
        one.get(&path.replace(&format!("/{id}"), "/999")).await.refused(404);
    }
    for path in [
        format!("/api/samples/{sample}"),
        format!("/api/generation/{id}"),
        format!("/api/library/sample/{sample}"),
        format!("/api/library/generated/{id}"),
    ] {
        other.delete(&path).await.refused(404);
    }
    for action in ["retry", "cancel"] {
        other
            .post(&format!("/api/generation/{id}/{action}"), &json!({}))
            .await
            .refused(404);
    }
    assert_eq!(other.get("/api/library/all").await.accepted(200)["total"], 0);
    assert_eq!(one.get("/api/library/all").await.accepted(200)["total"], 2);
    assert_eq!(
        other.get("/api/monitoring/stats").await.accepted(200)["storage_used_mb"],
        0.0
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn s212_generations_of_many_users_stay_separate() {
    let emulator = Emulator::start().await.unwrap();
    let server = Start::at(&emulator).start().await;
    let (one, other) = (server.demo().await, server.other("other").await);
    let (first, second) = (one.voice().await, other.voice().await);
    let mut jobs = Vec::new();
    for number in 0..6 {
        for (user, sample) in [(&one, first), (&other, second)] {
            let text = format!("This is sentence number {number} of sample {sample}.");
            let id = user.create(sample, &text).await.accepted(201)["audio_id"]
                .as_i64()
                .unwrap();
            jobs.push((user, id, text));
        }
    }
    let ids: Vec<i64> = jobs.iter().map(|(_, id, _)| *id).collect();
    assert!(ids.is_sorted_by(|a, b| a < b) && ids[0] > 0, "S211: {ids:?}");
    for (user, id, text) in jobs {
        assert_eq!(user.ended(id).await["status"], "COMPLETED");
        assert_eq!(
            user.get(&format!("/api/generation/{id}")).await.json()["script_text"],
            text
        );
    }
    assert_eq!(one.get("/api/generation/").await.json()["total"], 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn s220_no_route_redirects_and_every_error_is_json() {
    let server = Start::offline().start().await;
    let user = server.demo().await;
    for path in ["/api/samples", "/api/samples/", "/api/generation", "/api/generation/"] {
        assert_eq!(user.get(path).await.status, 200, "{path}");
    }
    for path in [
        "/nowhere",
        "/api",
        "/api/generation/status/",
        "/api/monitoring/ai-service/",
        "//",
        "/api/%ff",
    ] {
        user.get(path).await.refused(404);
    }
    user.get("/api/generation/create").await.refused(405);
    user.get("/api/auth/login").await.refused(405);
    user.get("/api/generation/status/one").await.refused(422);
    user.get("/api/generation/status/99999999999999999999")
        .await
        .refused(422);
    let broken = user
        .request(Method::POST, "/api/generation/create")
        .header("content-type", "application/json")
        .body("{\"sample_id\": 1,");
    Answer::of(broken).await.refused(422);
}

#[tokio::test(flavor = "multi_thread")]
async fn s209_progress_never_decreases_and_each_event_is_sent_once() {
    let server = Start::offline().start().await;
    let user = server.demo().await;
    let sample = user.voice().await;
    let (id, _) = user.spoken(sample, TEXT).await;
    let read = async |last: &str| {
        let request = user.request(Method::GET, &format!("/api/generation/{id}/events"));
        let answer = Answer::of(request.header("last-event-id", last)).await;
        assert_eq!(answer.headers["content-type"], "text/event-stream");
        let text = String::from_utf8(answer.body).unwrap();
        let data = text.lines().filter_map(|line| line.strip_prefix("data: "));
        data.map(|data| serde_json::from_str(data).unwrap())
            .collect::<Vec<serde_json::Value>>()
    };
    let events = read("0").await;
    let progress: Vec<u64> = events.iter().map(|event| event["progress"].as_u64().unwrap()).collect();
    assert!(progress.is_sorted() && progress.last() == Some(&100), "{progress:?}");
    assert!(
        progress.iter().filter(|progress| **progress == 100).count() == 1,
        "{progress:?}"
    );
    assert_eq!(
        events.last().unwrap()["message"],
        "Generation complete! Ready to download."
    );
    let after = read("1").await;
    assert_eq!(after, events[1..]);
}
