//! The hub, with seeded weights in the place of a published model.

use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use super::super::super::catalogue::{self, KnownFile};
use super::super::super::{Environment, Error, HashOrigin, Models, Progress, PullOptions, Pulled, digest};
use super::super::server::{Answer, Request, Server};
use super::super::{entries, models, quiet, speaks};
use crate::Config;
use crate::seeded::write_model;
use crate::weights::Dtype;

const NAME: &str = "english_2m_2026-10";

/// Weights and tokenizer of the published shape.
fn published() -> &'static [Vec<u8>; 2] {
    static FILES: OnceLock<[Vec<u8>; 2]> = OnceLock::new();
    FILES.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model.safetensors");
        write_model(&path, &Config::builtin(NAME).unwrap(), Dtype::Bf16).unwrap();
        let mut tokenizer = include_bytes!("../../../../tests/golden/identity.model").to_vec();
        // Appended to a protocol buffer, pieces are added to its list.
        for index in 520..4_000 {
            let piece = format!("piece{index}");
            tokenizer.extend([0x0a, piece.len() as u8 + 7, 0x0a, piece.len() as u8]);
            tokenizer.extend(piece.as_bytes());
            tokenizer.push(0x15);
            tokenizer.extend((-100.0_f32).to_le_bytes());
        }
        [fs::read(path).unwrap(), tokenizer]
    })
}

fn file(index: usize) -> &'static KnownFile {
    &catalogue::find(NAME).unwrap().files()[index]
}

fn path(index: usize) -> String {
    let file = file(index);
    format!("/{}/resolve/{}/{}", file.repository(), file.revision(), file.path())
}

fn sha256(content: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    fs::write(&path, content).unwrap();
    digest::sha256(&path).unwrap()
}

fn git_blob(content: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    fs::write(&path, content).unwrap();
    digest::git_blob(&path).unwrap()
}

/// A hub that redirects to another server for the content of large files, and a folder of models.
struct Hub {
    metadata: Server,
    content: Server,
    models: Models,
    folder: tempfile::TempDir,
}

impl Hub {
    fn new() -> Self {
        let (folder, models) = models();
        let hub = Self {
            metadata: Server::start(),
            content: Server::start(),
            models,
            folder,
        };
        let hub = hub.with(|_| {});
        let [weights, tokenizer] = published();
        hub.state(&sha256(weights));
        hub.content.file("/weights", weights.clone());
        let tag = git_blob(tokenizer);
        hub.metadata
            .on(&path(1), move |request| Answer::file(request, tokenizer, &tag));
        hub
    }

    /// Changes the environment.
    fn with(mut self, change: impl Fn(&mut Environment)) -> Self {
        let mut environment = Environment {
            hub_token: Some("hf_token".to_owned()),
            hub_endpoint: Some(self.metadata.address.clone()),
            ..Environment::default()
        };
        change(&mut environment);
        self.models = self.models.environment(environment);
        self
    }

    /// States a hash of the weights.
    fn state(&self, hash: &str) {
        let location = format!("{}/weights?signature=secret", self.content.address);
        let tag = format!("\"{hash}\"");
        let size = published()[0].len().to_string();
        self.metadata.on(&path(0), move |request| {
            if request.header("authorization") != Some("Bearer hf_token") {
                return Answer::status(401);
            }
            Answer::status(302)
                .header("location", &location)
                .header("x-linked-etag", &tag)
                .header("x-linked-size", &size)
                .header("x-repo-commit", file(0).revision())
        });
    }

    fn pull(&self) -> Result<Pulled, Error> {
        let options = PullOptions::default().accept_terms(true).impatient();
        self.models.pull(NAME, &options, &mut quiet)
    }

    fn fails(&self, code: &str) -> Error {
        let error = self.pull().unwrap_err();
        assert_eq!(error.code(), code, "{error}");
        assert!(!format!("{error} {error:?} {}", error.hint()).contains("hf_token"));
        assert!(self.models.list().unwrap().installed.is_empty());
        error
    }

    /// Puts a file into a cache as the tools of the hub do.
    fn cache(&self, index: usize, content: &[u8], blob: &str) -> std::path::PathBuf {
        let cache = self.folder.path().join("hub");
        let repository = cache.join(format!("models--{}", file(index).repository().replace('/', "--")));
        let blobs = repository.join("blobs");
        fs::create_dir_all(&blobs).unwrap();
        fs::write(blobs.join(blob), content).unwrap();
        let snapshot = repository
            .join("snapshots")
            .join(file(index).revision())
            .join(file(index).path());
        fs::create_dir_all(snapshot.parent().unwrap()).unwrap();
        let _ = fs::remove_file(&snapshot);
        link(&blobs.join(blob), &snapshot);
        cache
    }
}

#[cfg(unix)]
fn link(target: &Path, link: &Path) {
    std::os::unix::fs::symlink(target, link).unwrap();
}

#[cfg(not(unix))]
fn link(target: &Path, link: &Path) {
    fs::copy(target, link).unwrap();
}

fn authorised(requests: &[Request]) -> usize {
    requests
        .iter()
        .filter(|request| request.header("authorization").is_some())
        .count()
}

#[test]
fn hashes_of_the_hub_are_recorded_and_the_token_stays_there() {
    let hub = Hub::new();
    let pulled = hub.pull().unwrap();
    assert!(pulled.installed_now);
    let files = pulled.model.files();
    assert!(
        files
            .iter()
            .all(|file| file.hash_origin == HashOrigin::Hub && !file.in_place)
    );
    assert_eq!(files[0].sha256, sha256(&published()[0]));
    assert_eq!(files[0].from, file(0).origin());
    assert_eq!(pulled.model.language(), Some("en"));
    assert!(authorised(&hub.metadata.requests()) > 0);
    assert_eq!(authorised(&hub.content.requests()), 0);
    assert!(
        hub.content
            .requests()
            .iter()
            .all(|request| request.path.ends_with("?signature=secret"))
    );
    let lock = fs::read_to_string(pulled.model.folder().join("model.lock.json")).unwrap();
    assert!(!lock.contains("secret") && !lock.contains("hf_token"), "{lock}");
    speaks(&hub.models, NAME);
}

#[test]
fn a_published_file_that_changes_is_noticed() {
    let hub = Hub::new();
    hub.pull().unwrap();
    hub.models.remove(NAME, false).unwrap();
    hub.state(&"0".repeat(64));
    let error = hub.fails("pocket.hash_mismatch");
    assert!(matches!(error, Error::HashChanged { .. }), "{error}");
    let requests = hub.content.requests().len();
    assert_eq!(
        hub.models.remove(NAME, true).unwrap(),
        hub.models.remove(NAME, true).unwrap()
    );
    let error = hub.fails("pocket.hash_mismatch");
    assert!(error.to_string().contains("the hub states"), "{error}");
    assert!(hub.content.requests().len() > requests);
    assert_eq!(entries(&hub.models), Vec::<String>::new());
}

#[test]
fn a_closed_form_is_explained_before_anything_is_received() {
    let hub = Hub::new().with(|environment| environment.hub_token = None);
    let error = hub.fails("pocket.access_denied");
    assert!(error.to_string().contains("HTTP 401"), "{error}");
    for word in ["accept the access form", "/kyutai/pocket-tts", "set HF_TOKEN"] {
        assert!(error.hint().contains(word), "{}", error.hint());
    }
    let hub = Hub::new();
    hub.metadata.on(&path(0), |_| Answer::status(403));
    let error = hub.fails("pocket.access_denied");
    assert!(
        error.hint().contains("the account that HF_TOKEN belongs to"),
        "{}",
        error.hint()
    );
    assert_eq!((hub.metadata.requests().len(), hub.content.requests().len()), (1, 0));
}

#[test]
fn the_conditions_come_first() {
    let hub = Hub::new();
    let error = hub.models.pull(NAME, &PullOptions::default(), &mut quiet).unwrap_err();
    assert_eq!(error.code(), "pocket.terms_not_accepted");
    assert!(hub.metadata.requests().is_empty());
}

#[test]
fn answers_that_describe_another_file_are_refused() {
    for (name, value, named) in [
        ("x-linked-etag", "\"abc\"", "no hash"),
        ("x-repo-commit", "0123456789012345678901234567890123456789", "revision"),
        ("x-linked-size", "99999999999999", "more than"),
    ] {
        let hub = Hub::new();
        hub.metadata.on(&path(0), move |_| {
            let headers = [
                ("x-linked-etag", format!("\"{}\"", "1".repeat(64))),
                ("x-linked-size", "100".to_owned()),
                ("x-repo-commit", file(0).revision().to_owned()),
            ];
            headers
                .into_iter()
                .fold(Answer::status(200), |answer, (header, usual)| {
                    answer.header(header, if header == name { value.to_owned() } else { usual })
                })
        });
        let error = hub.fails("pocket.unexpected_answer");
        assert!(error.to_string().contains(named), "{error}");
        assert!(hub.content.requests().is_empty());
    }
    // A page of a proxy.
    let hub = Hub::new();
    hub.metadata
        .on(&path(0), |_| Answer::body(b"<html>").header("etag", "\"x\""));
    hub.fails("pocket.unexpected_answer");
}

#[test]
fn a_small_file_is_checked_by_the_id_that_git_gives_it() {
    // `printf 'hello\n' | git hash-object --stdin`
    assert_eq!(git_blob(b"hello\n"), "ce013625030ba8dba906f756967f9e9ca394464a");
    let hub = Hub::new();
    let mut other = published()[1].clone();
    other[100] ^= 1;
    let tag = git_blob(&published()[1]);
    hub.metadata
        .on(&path(1), move |request| Answer::file(request, &other, &tag));
    let error = hub.fails("pocket.hash_mismatch");
    assert!(error.to_string().contains("tokenizer.model"), "{error}");
    // The weights were received and stay for the next call.
    let received = hub.content.requests().len();
    let tag = git_blob(&published()[1]);
    hub.metadata
        .on(&path(1), move |request| Answer::file(request, &published()[1], &tag));
    hub.pull().unwrap();
    assert_eq!(hub.content.requests().len(), received);
}

#[test]
fn the_cache_of_the_hub_is_read_in_place() {
    let hub = Hub::new();
    let [weights, tokenizer] = published();
    let cache = hub.cache(0, weights, &sha256(weights));
    hub.cache(1, tokenizer, &git_blob(tokenizer));
    let hub = hub.with(|environment| {
        environment.hub_cache = Some(cache.clone());
        environment.offline = true;
    });
    let mut cached = 0;
    let mut progress = |progress: &Progress| {
        cached += usize::from(matches!(progress, Progress::Cached { .. }));
        std::ops::ControlFlow::Continue(())
    };
    let options = PullOptions::default().accept_terms(true);
    let model = hub.models.pull(NAME, &options, &mut progress).unwrap().model;
    assert_eq!(cached, 2);
    assert!(hub.metadata.requests().is_empty());
    assert!(
        model
            .files()
            .iter()
            .all(|file| file.hash_origin == HashOrigin::HubCache)
    );
    assert_eq!(model.files()[0].in_place, cfg!(unix));
    speaks(&hub.models, NAME);
    let freed = hub.models.remove(NAME, false).unwrap();
    assert!(!cfg!(unix) || freed < weights.len() as u64);
    let blob = cache.join("models--kyutai--pocket-tts/blobs").join(sha256(weights));
    assert_eq!(fs::read(blob).unwrap().len(), weights.len());
}

#[test]
fn a_damaged_cache_is_not_used() {
    let hub = Hub::new();
    let [weights, _] = published();
    let cache = hub.cache(0, b"rubbish", &sha256(weights));
    let offline = |offline| {
        let cache = cache.clone();
        move |environment: &mut Environment| {
            environment.hub_cache = Some(cache.clone());
            environment.offline = offline;
        }
    };
    let hub = hub.with(offline(true));
    hub.fails("pocket.offline");
    let hub = hub.with(offline(false));
    let model = hub.pull().unwrap().model;
    assert!(model.files().iter().all(|file| !file.in_place));
    assert_eq!(
        fs::read(model.folder().join("model.safetensors")).unwrap().len(),
        weights.len()
    );
}

#[test]
fn an_installed_folder_behind_a_server_is_a_mirror() {
    let hub = Hub::new();
    hub.pull().unwrap();
    let small = hub.models.quantize(NAME, &mut quiet).unwrap();
    let mirror = Server::start();
    for name in ["model.lock.json", "model.safetensors", "tokenizer.model", "config.json"] {
        mirror.file(&format!("/q8/{name}"), fs::read(small.folder().join(name)).unwrap());
    }
    let (_other, second) = models();
    let pull = |accept| {
        let source = super::Source::Address(format!("{}/q8", mirror.address));
        let options = PullOptions::default().source(source).accept_terms(accept);
        second.pull(&format!("{NAME}-q8"), &options, &mut quiet)
    };
    // The conditions of the published model apply to what was made from it.
    assert_eq!(pull(false).unwrap_err().code(), "pocket.terms_not_accepted");
    let model = pull(true).unwrap().model;
    assert_eq!(model.attribution(), small.attribution());
    assert_eq!(model.quantized_from(), Some(NAME));
    assert!(authorised(&mirror.requests()) == 0);
    speaks(&second, model.name());
}
