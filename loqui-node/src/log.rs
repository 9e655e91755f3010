//! What the library logs, for a function of JavaScript.

use std::sync::{PoisonError, RwLock};

use napi::Status;
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi_derive::napi;

/// So many events wait for JavaScript; what comes while it is full is lost.
const QUEUE: usize = 4096;

/// One event.
#[napi(object)]
pub struct LogEvent {
    pub level: String,
    pub target: String,
    pub message: String,
}

/// Weak: it does not keep the process alive.
type Sink = ThreadsafeFunction<LogEvent, (), LogEvent, Status, false, true, QUEUE>;

static SINK: RwLock<Option<Sink>> = RwLock::new(None);

/// Hands events of this level and all that are graver to `sink` from now on; to nobody without one.
#[napi]
pub fn log_to(sink: Option<Sink>, level: String) {
    loqui_core::log::up_to(&level);
    let forwarding = sink.is_some();
    *SINK.write().unwrap_or_else(PoisonError::into_inner) = sink;
    if forwarding {
        // False after the first time: the events are forwarded already.
        loqui_core::log::forward(|event| {
            if let Some(sink) = SINK.read().unwrap_or_else(PoisonError::into_inner).as_ref() {
                let event = LogEvent {
                    level: event.level.to_owned(),
                    target: event.target.to_owned(),
                    message: event.message,
                };
                sink.call(event, ThreadsafeFunctionCallMode::NonBlocking);
            }
        });
    }
}
