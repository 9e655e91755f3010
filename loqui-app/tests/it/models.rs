//! `loqui models`, with a model of random weights and a server of this machine.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::program::{Program, Said};

/// A folder with a model of random weights.
fn tiny() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    loqui_pocket::testing::write_model_folder(folder.path()).unwrap();
    folder
}

/// Serves files by path. The first `cuts` answers for weights break off. Other paths get `missing`.
struct FileServer {
    address: String,
    requests: Arc<Mutex<Vec<String>>>,
}

impl FileServer {
    async fn start(files: HashMap<String, Vec<u8>>, cuts: usize, missing: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (seen, files, cuts) = (Arc::clone(&requests), Arc::new(files), Arc::new(AtomicUsize::new(cuts)));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (seen, files, cuts) = (Arc::clone(&seen), Arc::clone(&files), Arc::clone(&cuts));
                tokio::spawn(async move { serve(stream, &seen, &files, &cuts, missing).await });
            }
        });
        Self { address, requests }
    }

    /// Serves a model in `/tiny/`.
    async fn tiny(cuts: usize) -> Self {
        let folder = tiny();
        let names = ["model.safetensors", "tokenizer.model", "config.json"];
        let read = |name: &str| {
            (
                format!("/tiny/{name}"),
                std::fs::read(folder.path().join(name)).unwrap(),
            )
        };
        Self::start(names.map(read).into(), cuts, 404).await
    }

    fn count(&self, path: &str) -> usize {
        self.requests
            .lock()
            .unwrap()
            .iter()
            .filter(|request| request.contains(path))
            .count()
    }
}

async fn serve(
    mut stream: TcpStream,
    seen: &Mutex<Vec<String>>,
    files: &HashMap<String, Vec<u8>>,
    cuts: &AtomicUsize,
    missing: u16,
) {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => request.push(byte),
            Err(_) => return,
        }
    }
    let request = String::from_utf8(request).unwrap();
    seen.lock().unwrap().push(request.clone());
    let path = request.split(' ').nth(1).unwrap();
    let Some(content) = files.get(path) else {
        let head = format!("HTTP/1.1 {missing} No\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        let _ = stream.write_all(head.as_bytes()).await;
        return;
    };
    let range = request.lines().find_map(|line| line.strip_prefix("range: bytes="));
    let start = range
        .and_then(|range| range.strip_suffix('-')?.parse().ok())
        .unwrap_or(0);
    let (total, body) = (content.len(), &content[start..]);
    let mut head = format!(
        "HTTP/1.1 {} File\r\ncontent-length: {}\r\netag: \"v1\"\r\nconnection: close\r\n",
        if start > 0 { 206 } else { 200 },
        body.len()
    );
    if start > 0 {
        head = format!("{head}content-range: bytes {start}-{}/{total}\r\n", total - 1);
    }
    head += "\r\n";
    let _ = stream.write_all(head.as_bytes()).await;
    let cut = path.ends_with(".safetensors")
        && cuts
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |cuts| cuts.checked_sub(1))
            .is_ok();
    let _ = stream.write_all(if cut { &body[..body.len() / 2] } else { body }).await;
}

async fn listed(program: &Program) -> Vec<String> {
    let list = program.run(&["models", "list", "--json"]).await.json();
    let installed = list["installed"].as_array().unwrap();
    installed
        .iter()
        .map(|model| model["name"].as_str().unwrap().to_owned())
        .collect()
}

fn code(said: &Said) -> Value {
    said.json()["error"]["code"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn models_are_added_listed_quantised_and_removed() {
    let program = Program::offline();
    let folder = tiny();
    let source = folder.path().to_str().unwrap();
    let said = program.run(&["models", "list"]).await;
    assert_eq!(said.code, 0, "{said:?}");
    assert!(
        said.stdout.contains("no models in") && said.stdout.contains("english_18m_2026-10"),
        "{said:?}"
    );
    assert!(!said.stdout.contains("english_2026-01"), "{said:?}");
    assert!(
        program
            .run(&["models", "list", "--all"])
            .await
            .stdout
            .contains("english_2026-01")
    );

    let said = program
        .run(&["models", "add", source, "--name", "tiny", "--language", "en", "--json"])
        .await;
    assert_eq!((said.code, said.json()["name"].as_str()), (0, Some("tiny")), "{said:?}");
    let again = program
        .run(&["models", "add", source, "--name", "tiny", "--json"])
        .await;
    assert_eq!((again.code, code(&again)), (1, "pocket.exists".into()), "{again:?}");
    assert_eq!(
        program
            .run(&["models", "add", source, "--name", "tiny", "--replace"])
            .await
            .code,
        0
    );
    assert_eq!(program.run(&["models", "quantize", "tiny"]).await.code, 0);
    assert_eq!(listed(&program).await, ["tiny", "tiny-q8"]);

    let path = program.run(&["models", "path", "tiny-q8"]).await.stdout;
    let path = std::path::Path::new(path.trim());
    assert_eq!(path, program.path("data/models/tiny-q8"));
    loqui_pocket::Model::load(path).unwrap();
    assert_eq!(program.run(&["models", "list", "--verify"]).await.code, 0);
    std::fs::write(path.join("config.json"), "{}").unwrap();
    let said = program.run(&["models", "list", "--verify"]).await;
    assert_eq!(said.code, 1, "{said:?}");
    assert!(said.stderr.contains("[pocket.damaged]"), "{said:?}");

    for name in ["tiny", "tiny-q8"] {
        assert_eq!(program.run(&["models", "remove", name]).await.code, 0);
    }
    assert!(listed(&program).await.is_empty());
    let said = program.run(&["models", "remove", "tiny"]).await;
    assert_eq!(said.code, 1, "{said:?}");
    assert!(
        said.stderr.contains("[pocket.unknown_model]") && said.stderr.contains("loqui models list"),
        "{said:?}"
    );
    let said = program.run(&["models", "path", "english"]).await;
    assert!(said.stderr.contains("loqui models pull english"), "{said:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupted_download_continues() {
    let server = FileServer::tiny(2).await;
    let program = Program::offline();
    let from = format!("{}/tiny", server.address);
    let pull = ["models", "pull", "tiny", "--from", &from, "--language", "en"];
    let said = program.run(&pull).await;
    assert_eq!(said.code, 0, "{said:?}");
    assert!(
        said.stderr.contains("trying again") && said.stderr.contains("100 % model.safetensors"),
        "{said:?}"
    );
    assert_eq!(server.count("/tiny/model.safetensors"), 3);
    let requests = server.requests.lock().unwrap().len();
    let said = program.run(&pull).await;
    assert_eq!(
        (said.code, said.stdout.lines().next()),
        (0, Some("tiny is installed already")),
        "{said:?}"
    );
    assert_eq!(server.requests.lock().unwrap().len(), requests);
    let model = loqui_pocket::models::Models::new(program.path("data/models"))
        .get("tiny")
        .unwrap();
    model.load().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_pull_a_model_once() {
    let server = FileServer::tiny(0).await;
    let program = Program::offline();
    let from = format!("{}/tiny", server.address);
    let pull = ["models", "pull", "tiny", "--from", &from, "--json"];
    let (first, second) = tokio::join!(program.run(&pull), program.run(&pull));
    assert_eq!((first.code, second.code), (0, 0), "{first:?} {second:?}");
    let now = |said: &Said| said.json()["installed_now"] == true;
    assert!(now(&first) != now(&second), "{first:?} {second:?}");
    assert_eq!(server.count("/tiny/model.safetensors"), 1);
    assert_eq!(listed(&program).await, ["tiny"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn conditions_and_access_are_explained() {
    for status in [401, 403] {
        let server = FileServer::start(HashMap::new(), 0, status).await;
        let token = ("HF_TOKEN", "hf_secret".to_owned());
        let mut variables = vec![
            ("HF_ENDPOINT", server.address.clone()),
            ("HF_HUB_CACHE", "/nowhere".to_owned()),
        ];
        if status == 403 {
            variables.push(token);
        }
        let program = Program::offline().with_env(variables);
        variables_are_not_printed(&program.run(&["models", "list"]).await);
        let pull = ["models", "pull", "english", "--json"];
        let said = program.run(&pull).await;
        assert_eq!(
            (said.code, code(&said)),
            (1, "pocket.terms_not_accepted".into()),
            "{said:?}"
        );
        assert!(
            said.stderr.contains("consent of its speaker") && said.stderr.contains("--accept-license"),
            "{said:?}"
        );
        assert_eq!(server.requests.lock().unwrap().len(), 0);

        let said = program.run(&[&pull[..], &["--accept-license"]].concat()).await;
        assert_eq!((said.code, code(&said)), (1, "pocket.access_denied".into()), "{said:?}");
        assert!(said.stderr.contains("consent of its speaker"), "{said:?}");
        assert!(
            said.stderr.contains("access form") && said.stderr.contains("HF_TOKEN"),
            "{said:?}"
        );
        variables_are_not_printed(&said);

        // Accepted conditions are not shown again.
        let said = program.run(&pull).await;
        assert_eq!(code(&said), "pocket.access_denied");
        assert!(!said.stderr.contains("consent of its speaker"), "{said:?}");
        assert!(listed(&program).await.is_empty());
    }
}

fn variables_are_not_printed(said: &Said) {
    assert!(!format!("{said:?}").contains("hf_secret"), "{said:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn unusable_models_are_refused_with_a_code() {
    let program = Program::offline();
    let folder = tiny();
    let source = folder.path().to_str().unwrap().to_owned();
    std::fs::write(folder.path().join("tokenizer.model"), "words").unwrap();
    let cases: [(&[&str], &str); 5] = [
        (&["add", &source, "--name", "tiny"], "pocket.invalid_model"),
        (&["add", "/nowhere", "--name", "tiny"], "pocket.invalid_model"),
        (&["add", &source, "--name", "../tiny"], "pocket.invalid_name"),
        (&["pull", "klingon"], "pocket.unknown_model"),
        (&["pull", "tiny", "--from", "http://example.com/tiny"], "pocket.address"),
    ];
    for (arguments, expected) in cases {
        let said = program.run(&[&["models"], arguments, &["--json"]].concat()).await;
        assert_eq!((said.code, code(&said)), (1, expected.into()), "{said:?}");
        assert!(said.stderr.contains("\n  hint: "), "{said:?}");
    }
    assert_eq!(program.run(&["models", "fly"]).await.code, 2);
    assert!(listed(&program).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn folder_of_models_has_every_source() {
    let program = Program::offline();
    let path = |said: Said| said.stdout.trim().to_owned();
    let default = program.path("data/models").display().to_string();
    assert_eq!(path(program.run(&["models", "path"]).await), default);
    std::fs::write(program.path("loqui.toml"), "models_dir = \"/from/file\"").unwrap();
    let file = ["models", "path", "--config", "loqui.toml"];
    assert_eq!(path(program.run(&file).await), "/from/file");
    let program = program.with_env(vec![("LOQUI_MODELS_DIR", "/from/variable".to_owned())]);
    assert_eq!(path(program.run(&file).await), "/from/variable");
    let flag = [&file[..], &["--models-dir", "/from/flag"]].concat();
    assert_eq!(path(program.run(&flag).await), "/from/flag");
    let blank = Program::offline().with_env(vec![("LOQUI_MODELS_DIR", String::new())]);
    assert_eq!(
        path(blank.run(&["models", "path"]).await),
        blank.path("data/models").display().to_string()
    );
}
