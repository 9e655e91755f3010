//! The task with an official client, in its own process.

use std::process::Stdio;
use std::time::Duration;

use loqui_emulator::Emulator;
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

use crate::receiver::Call;
use crate::rows::Task;

/// Time limit of one run.
const PATIENCE: Duration = Duration::from_secs(20);

/// One of the official clients: interpreter and script.
#[derive(Clone, Copy)]
pub(crate) struct Official<'a> {
    pub(crate) program: &'a str,
    pub(crate) script: &'a str,
}

impl Official<'_> {
    /// Performs the task and summarises the outcome.
    pub(crate) async fn outcome(self, emulator: &Emulator, task: Task, hook: &str) -> String {
        self.say(emulator, task.name(), hook, "").await
    }

    /// Verifies the received webhooks.
    pub(crate) async fn judge(self, emulator: &Emulator, calls: &[Call]) -> String {
        let calls = serde_json::to_string(calls).expect("text");
        self.say(emulator, "judge", "", &calls).await
    }

    async fn say(self, emulator: &Emulator, task: &str, hook: &str, input: &str) -> String {
        let mut child = Command::new(self.program)
            .arg(self.script)
            .env("REPLICATE_API_TOKEN", emulator.token())
            .env("EMULATOR_ORIGIN", emulator.base_url().trim_end_matches("/v1"))
            .env("TASK", task)
            .env("HOOK", hook)
            .env("RECORDING", crate::RECORDING)
            .env("SECRET", emulator.webhook_secret())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap_or_else(|error| panic!("{} does not start: {error}", self.program));
        let mut stdin = child.stdin.take().expect("stdin is piped");
        // A client may exit without reading its input. Its output decides.
        let _ = stdin.write_all(input.as_bytes()).await;
        drop(stdin);
        match tokio::time::timeout(PATIENCE, child.wait_with_output()).await {
            Err(_) => format!("hangs ({} s)", PATIENCE.as_secs()),
            Ok(Ok(output)) => {
                let said = String::from_utf8_lossy(&output.stdout).trim().replace('|', "/");
                if said.is_empty() {
                    "ends without output".to_owned()
                } else {
                    said
                }
            }
            Ok(Err(error)) => panic!("{}: {error}", self.program),
        }
    }
}
