//! A local S3 server (moto), started for one test and stopped with it. `cargo xtask test --all` installs it and sets
//! `LOQUI_PEERS_PYTHON`.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

/// A running server with a bucket.
pub(crate) struct S3Server {
    process: Child,
    /// Address for `AWS_ENDPOINT`.
    pub(crate) endpoint: String,
}

/// Name of the bucket.
pub(crate) const BUCKET: &str = "voices";

/// Python program that serves on a free port, creates the bucket and prints the address.
const SCRIPT: &str = "
import sys, urllib.request
from moto.server import ThreadedMotoServer
server = ThreadedMotoServer(ip_address='127.0.0.1', port=0, verbose=False)
server.start()
host, port = server.get_host_and_port()
origin = f'http://127.0.0.1:{port}'
urllib.request.urlopen(urllib.request.Request(f'{origin}/' + sys.argv[1], method='PUT'))
print(origin, flush=True)
sys.stdin.read()
";

#[expect(
    clippy::disallowed_methods,
    reason = "the menu says here where it has installed the server"
)]
fn python() -> String {
    std::env::var("LOQUI_PEERS_PYTHON").expect("LOQUI_PEERS_PYTHON is not set: run cargo xtask test --all")
}

impl S3Server {
    pub(crate) fn start() -> Self {
        let mut process = Command::new(python())
            .args(["-c", SCRIPT, BUCKET])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("Python starts");
        let mut endpoint = String::new();
        let stdout = process.stdout.take().expect("stdout is piped");
        BufReader::new(stdout)
            .read_line(&mut endpoint)
            .expect("the server prints its address");
        let endpoint = endpoint.trim().to_owned();
        assert!(endpoint.starts_with("http://127.0.0.1:"), "{endpoint:?}");
        Self { process, endpoint }
    }
}

impl Drop for S3Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
