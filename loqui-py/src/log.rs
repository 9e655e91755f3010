//! Forwards log messages to `loqui._log`, which passes them to Python's `logging`.
//!
//! A separate thread does so: the thread that logs may hold a lock, and must not wait for the interpreter.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{OnceLock, PoisonError, RwLock};
use std::thread;
use std::time::Duration;

use loqui_core::log::LogEvent;
use pyo3::prelude::*;

use crate::{door, runtime};

/// The most messages that wait for Python. Further messages are dropped.
const QUEUE: usize = 4096;

/// The most time the exit of the process waits for queued messages.
const FLUSH_LIMIT: Duration = Duration::from_secs(1);

enum Message {
    Event(LogEvent),
    Flush(SyncSender<()>),
}

static QUEUED: OnceLock<SyncSender<Message>> = OnceLock::new();
static SINK: RwLock<Option<Py<PyAny>>> = RwLock::new(None);

/// Sets the function `sink(level, target, message)` that receives messages.
#[pyfunction]
pub(crate) fn log_to(sink: Py<PyAny>) {
    let before = SINK.write().unwrap_or_else(PoisonError::into_inner).replace(sink);
    if before.is_none() {
        loqui_core::log::forward(|event| {
            // A full queue drops the message: logging must not block.
            let _ = queue().try_send(Message::Event(event));
        });
    }
}

/// Forwards messages of this level and above.
#[pyfunction]
pub(crate) fn log_up_to(level: &str) {
    loqui_core::log::up_to(level);
}

/// Waits until every earlier message was delivered.
#[pyfunction]
pub(crate) fn log_flush(py: Python<'_>) {
    let Some(queue) = QUEUED.get().filter(|_| runtime::is_ours()) else {
        return;
    };
    let (done, arrived) = sync_channel(1);
    py.detach(move || {
        if queue.try_send(Message::Flush(done)).is_ok() {
            let _ = arrived.recv_timeout(FLUSH_LIMIT);
        }
    });
}

fn queue() -> &'static SyncSender<Message> {
    QUEUED.get_or_init(|| {
        let (sender, receiver) = sync_channel(QUEUE);
        // Without the thread the receiver is gone, and messages are dropped as with a full queue.
        let _ = thread::Builder::new()
            .name("loqui-log".to_owned())
            .spawn(move || hand_on(&receiver));
        sender
    })
}

/// Delivers all queued messages each time it holds the interpreter. Ends with the interpreter.
fn hand_on(events: &Receiver<Message>) {
    while let Ok(first) = events.recv() {
        let told = door::through(|py| {
            for message in std::iter::once(first).chain(events.try_iter().take(QUEUE)) {
                tell(py, message);
            }
        });
        if told.is_none() {
            return;
        }
    }
}

fn tell(py: Python<'_>, message: Message) {
    match message {
        Message::Flush(done) => drop(done.try_send(())),
        Message::Event(event) => {
            let sink = SINK.read().unwrap_or_else(PoisonError::into_inner);
            let Some(sink) = sink.as_ref().map(|sink| sink.clone_ref(py)) else {
                return;
            };
            // `logging` reports exceptions of handlers itself.
            let _ = sink.call1(py, (event.level, event.target, event.message));
        }
    }
}
