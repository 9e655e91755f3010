//! Runs the program in a temporary folder, and captures its output.

use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use loqui_emulator::Emulator;
use serde_json::Value;
use tokio::io::AsyncWriteExt as _;
use tokio::process::{Child, Command};

/// A temporary folder with the data of the program.
pub(crate) struct Program {
    folder: tempfile::TempDir,
    environment: Vec<(&'static str, String)>,
}

impl Program {
    /// Without a token.
    pub(crate) fn offline() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            environment: Vec::new(),
        }
    }

    /// With the token of an emulator.
    pub(crate) fn at(emulator: &Emulator) -> Self {
        let environment = vec![
            ("REPLICATE_API_TOKEN", emulator.token().to_owned()),
            ("REPLICATE_BASE_URL", emulator.base_url().to_owned()),
        ];
        Self {
            environment,
            ..Self::offline()
        }
    }

    /// Replaces the token.
    pub(crate) fn with_token(mut self, token: &str) -> Self {
        token.clone_into(&mut self.environment[0].1);
        self
    }

    /// Adds environment variables.
    pub(crate) fn with_env(mut self, variables: Vec<(&'static str, String)>) -> Self {
        self.environment.extend(variables);
        self
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_loqui"));
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env_clear()
            .env("LOQUI_DATA_DIR", self.path("data"))
            .envs(self.environment.iter().map(|(name, value)| (*name, value.as_str())))
            .stdin(Stdio::null())
            .kill_on_drop(true);
        command
    }

    /// Runs the program to its end.
    pub(crate) async fn run(&self, arguments: &[&str]) -> Said {
        Said::from(self.command(arguments).output().await.unwrap())
    }

    /// Runs the program to its end with this on stdin. The output may be audio.
    pub(crate) async fn feed(&self, arguments: &[&str], input: &[u8]) -> Output {
        let mut command = self.command(arguments);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        // A program that reads no input closes the pipe.
        let (_, output) = tokio::join!(async move { stdin.write_all(input).await }, child.wait_with_output());
        output.unwrap()
    }

    /// Starts the program.
    pub(crate) fn start(&self, arguments: &[&str]) -> Child {
        self.command(arguments)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap()
    }

    /// Returns the names of the files in the folder, without the data.
    pub(crate) fn files(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.folder.path()).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.filter(|name| name != "data").collect()
    }
}

/// The exit code and output of a run.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Said {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

impl From<Output> for Said {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// Returns the path of a file below `tests/` of the workspace.
pub(crate) fn shared(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests").join(name);
    path.to_str().unwrap().to_owned()
}
