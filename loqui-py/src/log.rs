//! What the library logs, for `loqui._log` to hand to Python's `logging`.
//!
//! A thread of its own does so: whoever logs may hold a lock, and must not wait for the interpreter with it.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{OnceLock, PoisonError, RwLock};
use std::thread;
use std::time::Duration;

use loqui_core::log::LogEvent;
use pyo3::prelude::*;

use crate::runtime;

/// So many events wait for Python; what comes while it is full is lost.
const QUEUE: usize = 4096;

/// How long the end of the process waits for events that are still on their way.
const FLUSH_LIMIT: Duration = Duration::from_secs(1);

enum Message {
    Event(LogEvent),
    Flush(SyncSender<()>),
}

static QUEUED: OnceLock<SyncSender<Message>> = OnceLock::new();
static SINK: RwLock<Option<Py<PyAny>>> = RwLock::new(None);

/// Hands events to `sink(level, target, message)` from now on.
#[pyfunction]
pub(crate) fn log_to(sink: Py<PyAny>) {
    let before = SINK.write().unwrap_or_else(PoisonError::into_inner).replace(sink);
    if before.is_none() {
        loqui_core::log::forward(|event| {
            // A full queue loses the event: a log must not stop the work.
            let _ = queue().try_send(Message::Event(event));
        });
    }
}

/// Hands on this level and all that are graver.
#[pyfunction]
pub(crate) fn log_up_to(level: &str) {
    loqui_core::log::up_to(level);
}

/// Waits until every event that was logged before has arrived.
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
        // Without a thread the receiver is gone, and events are lost as with a full queue.
        let _ = thread::Builder::new()
            .name("loqui-log".to_owned())
            .spawn(move || hand_on(&receiver));
        sender
    })
}

/// Takes everything that is there each time it holds the interpreter; ends with it.
fn hand_on(events: &Receiver<Message>) {
    while let Ok(first) = events.recv() {
        let alive = Python::try_attach(|py| {
            for message in std::iter::once(first).chain(events.try_iter().take(QUEUE)) {
                tell(py, message);
            }
        });
        if alive.is_none() {
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
            // A handler of the user that raises is shown by `logging` itself.
            let _ = sink.call1(py, (event.level, event.target, event.message));
        }
    }
}
