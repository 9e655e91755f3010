//! The rows of the table: a fault, and the task during which it happens.

use loqui_emulator::Fault;

/// The task of the client.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Task {
    /// Runs a prediction and downloads the output.
    Run,
    /// The same with polling. By default, the official clients hold the create open and make no other request.
    Poll,
    /// The same with an uploaded recording of 400 kB.
    Upload,
    /// Creates a prediction, cancels it, and reads its final status.
    Cancel,
    /// Runs a prediction and verifies its webhooks.
    Webhook,
}

impl Task {
    /// Name of the task in the scripts of the official clients.
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

/// One row: the fault rule and its description.
pub(crate) struct Row {
    pub(crate) rule: String,
    pub(crate) about: String,
    pub(crate) task: Task,
}

/// Every fault of the emulator once, and some several times in a row.
pub(crate) fn rows() -> Vec<Row> {
    let mut rows = vec![Row {
        rule: String::new(),
        about: "No fault.".to_owned(),
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
            "Refuses three creates in a row with 429.",
            Task::Run,
        ),
        (
            "error_after_accept:502*2",
            "Accepts two creates in a row and returns 502.",
            Task::Run,
        ),
        (
            "request_status:503*3",
            "Refuses three requests in a row with 503.",
            Task::Poll,
        ),
        ("request_dropped*3", "Closes three connections in a row.", Task::Poll),
        (
            "upload_status:500*3",
            "Refuses three uploads in a row with 500.",
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
