//! Downloads from a server of this machine.

mod address;
mod hub;
mod several;

use std::fs;

use super::super::{AddOptions, Error, Models, PullOptions, Pulled, Source};
use super::server::{Answer, Server};
use super::{entries, models, quiet, speaks};
use crate::seeded::tiny_folder;

const WEIGHTS: &str = "/tiny/model.safetensors";

/// A server with the files of a model in `/tiny/`, and a folder of models.
struct Fixture {
    server: Server,
    models: Models,
    weights: Vec<u8>,
    _folder: tempfile::TempDir,
}

impl Fixture {
    fn new() -> Self {
        let (folder, models) = models();
        let server = Server::start();
        let source = tiny_folder();
        let read = |name: &str| fs::read(source.path().join(name)).unwrap();
        server.file("/tiny/config.json", read("config.json"));
        server.file("/tiny/tokenizer.model", read("tokenizer.model"));
        server.file(WEIGHTS, read("model.safetensors"));
        Self {
            server,
            models,
            weights: read("model.safetensors"),
            _folder: folder,
        }
    }

    /// Serves the lock file of the model, with changes.
    fn with_lock(self, change: impl Fn(String) -> String) -> Self {
        let (_other, models) = models();
        let options = AddOptions::default().name("tiny").language("en");
        let model = models.add(tiny_folder().path(), &options, &mut quiet).unwrap();
        let text = fs::read_to_string(model.folder().join("model.lock.json")).unwrap();
        self.server.file("/tiny/model.lock.json", change(text).into_bytes());
        self
    }

    fn options(&self) -> PullOptions {
        let address = format!("{}/tiny", self.server.address);
        PullOptions::default().source(Source::Address(address)).impatient()
    }

    fn pull(&self) -> Result<Pulled, Error> {
        self.models.pull("tiny", &self.options(), &mut quiet)
    }

    /// Headers `range` and `if-range` of each request for the weights.
    fn ranges(&self) -> Vec<(Option<String>, Option<String>)> {
        let requests = self
            .server
            .requests()
            .into_iter()
            .filter(|request| request.path == WEIGHTS);
        let header = |value: Option<&str>| value.map(str::to_owned);
        requests
            .map(|request| (header(request.header("range")), header(request.header("if-range"))))
            .collect()
    }

    /// Checks that a pull fails with a code, and that it installs nothing.
    fn fails(&self, code: &str) -> Error {
        let error = self.pull().unwrap_err();
        assert_eq!(error.code(), code, "{error}");
        assert!(self.models.list().unwrap().installed.is_empty());
        assert!(!self.models.folder().join("tiny").exists());
        error
    }

    /// Checks that the model is installed as served.
    fn succeeds(&self) {
        let pulled = self.pull().unwrap();
        assert!(pulled.installed_now);
        let installed = fs::read(pulled.model.folder().join("model.safetensors")).unwrap();
        assert!(installed == self.weights);
        speaks(&self.models, "tiny");
        assert!(!entries(&self.models).iter().any(|name| name.starts_with(".partial")));
    }
}
