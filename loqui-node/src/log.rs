//! Forwards log messages to a JavaScript function.

use std::sync::{PoisonError, RwLock};

use napi::Status;
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi_derive::napi;

/// The most messages that wait for JavaScript. Further messages are dropped.
const QUEUE: usize = 4096;

/// One log message.
#[napi(object)]
pub struct LogEvent {
    pub level: String,
    pub target: String,
    pub message: String,
}

/// The function that receives messages. It is weak and does not keep the process alive.
type Sink = ThreadsafeFunction<LogEvent, (), LogEvent, Status, false, true, QUEUE>;

static SINK: RwLock<Option<Sink>> = RwLock::new(None);

/// Sets the function that receives messages of this level and above, or removes it.
#[napi]
pub fn log_to(sink: Option<Sink>, level: String) {
    loqui_core::log::up_to(&level);
    let forwarding = sink.is_some();
    *SINK.write().unwrap_or_else(PoisonError::into_inner) = sink;
    if forwarding {
        // Returns false after the first call, when messages are forwarded already.
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
