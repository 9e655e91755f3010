//! Two servers on the same records and audio: users, keys, uploads, jobs and limits are the same at both.

use std::path::{Path, PathBuf};

use futures::StreamExt as _;
use reqwest::Method;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use crate::server::{Answer, Server, Start, TEXT, User, heart};

/// The settings that two servers share.
pub(crate) struct Shared {
    pub(crate) environment: Vec<(&'static str, String)>,
    /// The folder of the audio; `None` if it is elsewhere.
    pub(crate) audio: Option<PathBuf>,
}

impl Shared {
    async fn server(&self, arguments: &[&str]) -> Server {
        let mut start = Start::offline().with(arguments);
        for (name, value) in &self.environment {
            start = start.with_env(name, value);
        }
        start.start().await
    }
}

fn on_one_data_directory(folder: &Path) -> Shared {
    let data = folder.join("data");
    Shared {
        environment: vec![("LOQUI_DATA_DIR", data.display().to_string())],
        audio: Some(data.join("audio")),
    }
}

/// Every file below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let paths = entries.map(|entry| entry.unwrap().path());
    paths
        .flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] })
        .collect()
}

async fn me(user: &User<'_>) -> Value {
    user.get("/api/auth/me").await.accepted(200)
}

/// Two users with their own recordings of the same voice, each at another server.
async fn users_are_the_same_everywhere(shared: &Shared) {
    let (here, there) = (shared.server(&[]).await, shared.server(&[]).await);
    let anna = here.other("anna").await;
    let bert = there.other("bert").await;
    let (anna_id, bert_id) = (me(&anna).await["user_id"].clone(), me(&bert).await["user_id"].clone());
    assert!(anna_id.as_i64().unwrap() > 0 && bert_id.as_i64().unwrap() > 0 && anna_id != bert_id);
    assert_eq!(
        me(&anna.at(&there)).await,
        me(&anna).await,
        "the token of a user is that user everywhere"
    );
    assert_eq!(me(&bert.at(&here)).await["username"], "bert");

    let made = anna
        .post("/api/auth/keys", &json!({"name": "robot"}))
        .await
        .accepted(201);
    let by_key = |server: &Server| {
        let request = server.request(Method::GET, "/api/auth/me");
        Answer::of(request.bearer_auth(made["key"].as_str().unwrap().to_owned()))
    };
    assert_eq!(by_key(&there).await.accepted(200)["user_id"], anna_id);
    let path = format!("/api/auth/keys/{}", made["key_id"]);
    assert_eq!(anna.at(&there).delete(&path).await.status, 204);
    by_key(&here).await.refused(401);

    let (annas, berts) = (anna.voice().await, bert.voice().await);
    assert_ne!(annas, berts);
    assert_eq!(
        anna.at(&there).get("/api/samples").await.accepted(200)["samples"][0]["sample_id"],
        annas
    );
    anna.at(&there).get(&format!("/api/samples/{berts}")).await.refused(404);

    // The same idempotency key: one generation for each user, whichever server receives it.
    let create = |user: User<'_>, sample: i64| {
        let body = json!({"sample_id": sample, "script_text": TEXT});
        let request = user.request(Method::POST, "/api/generation/create").json(&body);
        let request = request.header("idempotency-key", "order-1");
        async move { Answer::of(request).await.accepted(201)["audio_id"].as_i64().unwrap() }
    };
    let (spoken, again) = tokio::join!(create(anna.at(&here), annas), create(anna.at(&there), annas));
    assert_eq!(spoken, again);
    let other = create(bert.at(&there), berts).await;
    assert_ne!(spoken, other);
    assert_eq!(anna.at(&there).ended(spoken).await["status"], "COMPLETED");
    assert_eq!(bert.at(&here).ended(other).await["status"], "COMPLETED");
    for server in [&here, &there] {
        let listed = anna.at(server).get("/api/generation/").await.accepted(200);
        assert_eq!(
            (&listed["total"], &listed["generations"][0]["audio_id"]),
            (&1.into(), &spoken.into())
        );
        let text = listed.to_string() + &me(&anna).await.to_string();
        assert!(!text.contains("owner"), "{text}");
        for path in ["", "status/", "/audio"] {
            let path = match path {
                "/audio" => format!("/api/generation/{spoken}/audio"),
                path => format!("/api/generation/{path}{spoken}"),
            };
            bert.at(server).get(&path).await.refused(404);
        }
        bert.at(server)
            .get(&format!("/api/library/download/generated/{spoken}"))
            .await
            .refused(404);
    }

    // One user erases the recording; the other one keeps it, and speech of it.
    let stored = || shared.audio.as_deref().map(files).unwrap_or_default();
    let before = stored().len();
    assert_eq!(
        anna.at(&there).delete(&format!("/api/samples/{annas}")).await.status,
        204
    );
    assert_eq!(anna.get("/api/library/all").await.accepted(200)["total"], 0);
    assert!(stored().len() < before || shared.audio.is_none());
    let sound = bert
        .at(&here)
        .get(&format!("/api/library/download/sample/{berts}"))
        .await;
    assert_eq!((sound.status.as_u16(), sound.body), (200, heart()));
    let speech = bert.get(&format!("/api/library/download/generated/{other}")).await;
    assert!(speech.status == 200 && speech.body.len() > 24_000);
    assert_eq!(
        bert.at(&here).spoken(berts, "Once more.").await.1["status"],
        "COMPLETED"
    );
    assert_eq!(bert.delete(&format!("/api/samples/{berts}")).await.status, 204);
    assert_eq!(stored(), Vec::<PathBuf>::new(), "nothing of the two users is left");

    let out = there.request(Method::POST, "/api/auth/logout").bearer_auth(&anna.token);
    Answer::of(out).await.accepted(200);
    for server in [&here, &there] {
        anna.at(server).get("/api/auth/me").await.refused(401);
    }

    for number in 0..10 {
        let server = if number % 2 == 0 { &here } else { &there };
        server.login("anna", "wrong99").await.refused(401);
    }
    for server in [&here, &there] {
        let refused = server.login("anna", "secret99").await.refused(429);
        assert_eq!(refused["error"]["code"], "user.too_many_attempts");
        server.login("bert", "secret99").await.accepted(200);
    }
}

/// A socket at one server receives the events of a generation that the other one accepted, from the first to the last.
async fn socket_hears_of_generations_of_another_server(shared: &Shared) {
    let (here, there) = (shared.server(&[]).await, shared.server(&[]).await);
    let user = there.demo().await;
    let sample = user.voice().await;
    let address = here.url.replace("http://", "ws://");
    let url = format!("{address}/api/ws/{}?token={}", me(&user).await["user_id"], user.token);
    let (mut socket, _) = tokio_tungstenite::connect_async(&url).await.unwrap();
    for text in ["Hello there.", "Hello again."] {
        let id = user.create(sample, text).await.accepted(201)["audio_id"].clone();
        let mut told = Vec::new();
        while told.last().is_none_or(|event: &Value| event["status"] != "COMPLETED") {
            if let Message::Text(text) = socket.next().await.unwrap().unwrap() {
                told.push(serde_json::from_str::<Value>(&text).unwrap());
            }
        }
        assert!(told.iter().all(|event| event["audio_id"] == id), "{told:?}");
        let numbers: Vec<u64> = told.iter().map(|event| event["event"].as_u64().unwrap()).collect();
        assert_eq!(numbers, (1..=numbers.len() as u64).collect::<Vec<_>>());
    }
}

/// Unfinished generations count in the database, wherever they were submitted, and without a race.
async fn limit_of_unfinished_generations_holds_across_servers(shared: &Shared) {
    let folder = tempfile::tempdir().unwrap();
    let settings = folder.path().join("loqui.toml");
    std::fs::write(&settings, "max_unfinished_per_user = 3").unwrap();
    let arguments = ["--config", settings.to_str().unwrap(), "--leave-to-workers"];
    let (here, there) = (shared.server(&arguments).await, shared.server(&arguments).await);
    let user = here.demo().await;
    let (sample, other) = (user.voice().await, there.other("other").await);
    let creating = (0..8).map(|number| {
        let user = user.at(if number % 2 == 0 { &here } else { &there });
        async move { user.create(sample, "Hello there.").await }
    });
    let answers = futures::future::join_all(creating).await;
    let accepted = answers.iter().filter(|answer| answer.status == 201).count();
    assert_eq!(accepted, 3, "{answers:?}");
    for refused in answers.iter().filter(|answer| answer.status != 201) {
        assert_eq!(refused.refused(429)["error"]["code"], "user.quota");
    }
    for server in [&here, &there] {
        let user = user.at(server);
        let queue = user.get("/api/monitoring/queue").await.accepted(200);
        assert_eq!((&queue["unfinished"], &queue["limit"]), (&3.into(), &3.into()));
        assert_eq!(
            user.get("/api/generation/").await.accepted(200)["total"],
            3,
            "a refused one leaves nothing"
        );
    }
    let others = other.voice().await;
    other.create(others, "Hello there.").await.accepted(201);
}

pub(crate) async fn all(shared: &Shared) {
    users_are_the_same_everywhere(shared).await;
    socket_hears_of_generations_of_another_server(shared).await;
    limit_of_unfinished_generations_holds_across_servers(shared).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_servers_on_one_data_directory_are_one_backend() {
    let folder = tempfile::tempdir().unwrap();
    let shared = on_one_data_directory(folder.path());
    all(&shared).await;
    let names: Vec<_> = std::fs::read_dir(folder.path().join("data"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| !name.starts_with("loqui.db"))
        .collect();
    assert_eq!(names, ["audio"], "no server has files of its own");
}
