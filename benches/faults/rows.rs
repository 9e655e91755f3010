//! The rows of the table: a fault, and what a client is doing when it happens.

use loqui_emulator::Fault;

/// What a client does while the fault of its row happens.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Task {
    /// Runs a text to its speech.
    Run,
    /// The same, by polling: the official clients otherwise hold the create until the end and make no other request.
    Poll,
    /// The same, with a recording of 400 kB, which is uploaded.
    Upload,
    /// Creates a prediction, asks to stop it, and looks how it ended.
    Cancel,
    /// Runs a text, and judges the webhooks that come of it.
    Webhook,
}

impl Task {
    /// The name by which the scripts of the official clients know it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Run => "run",
            Self::Poll => "poll",
            Self::Upload => "upload",
            Self::Cancel => "cancel",
            Self::Webhook => "webhook",
        }
    }
}

/// One row: the fault as it is armed, and what it does.
pub(crate) struct Row {
    pub(crate) rule: String,
    pub(crate) about: String,
    pub(crate) task: Task,
}

/// Every fault of the emulator once, and some of them several times in a row.
pub(crate) fn rows() -> Vec<Row> {
    let mut rows = vec![Row {
        rule: String::new(),
        about: "Nothing goes wrong.".to_owned(),
        task: Task::Run,
    }];
    for info in Fault::catalogue() {
        let value = match info.name {
            "delay_after_accept" => ":4000",
            "slow_run" => ":1500",
            "download_too_large" => ":2000",
            _ => "",
        };
        let task = match info.place {
            "request" => Task::Poll,
            "upload" => Task::Upload,
            "cancel" => Task::Cancel,
            "webhook" => Task::Webhook,
            _ => Task::Run,
        };
        rows.push(Row {
            rule: format!("{}{value}", info.name),
            about: info.about.to_owned(),
            task,
        });
    }
    let again = [
        (
            "create_throttled:1*3",
            "Answers three creates in a row with 429.",
            Task::Run,
        ),
        (
            "error_after_accept:502*2",
            "Accepts two creates in a row and answers 502.",
            Task::Run,
        ),
        (
            "request_status:503*3",
            "Answers three requests in a row with 503.",
            Task::Poll,
        ),
        ("request_dropped*3", "Closes three connections in a row.", Task::Poll),
        (
            "upload_status:500*3",
            "Answers three uploads in a row with 500.",
            Task::Upload,
        ),
    ];
    rows.extend(again.map(|(rule, about, task)| Row {
        rule: rule.to_owned(),
        about: about.to_owned(),
        task,
    }));
    rows
}
