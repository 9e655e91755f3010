//! Forwards log events to a function, for programs that do not use `tracing`, such as the bindings.
//!
//! The library emits `tracing` events and never installs a subscriber by itself; a Rust program installs one of its own.

use std::fmt::{self, Write as _};
use std::sync::atomic::{AtomicU8, Ordering};

use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// The most verbose level that is forwarded, as an index into [`LEVELS`].
static UP_TO: AtomicU8 = AtomicU8::new(1);

const LEVELS: [tracing::Level; 4] = [
    tracing::Level::ERROR,
    tracing::Level::WARN,
    tracing::Level::INFO,
    tracing::Level::DEBUG,
];

/// One log event.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LogEvent {
    /// `error`, `warn`, `info` or `debug`.
    pub level: &'static str,
    /// The module it comes from, for instance `loqui_core::replicate::limiter`.
    pub target: &'static str,
    /// One line: the message, then the other fields as `name=value`.
    pub message: String,
}

/// Forwards every event of Loqui's crates to `to`, on the thread that logs it. Returns false if this process already has a
/// subscriber.
///
/// Warnings and errors are forwarded; [`up_to`] changes the level.
pub fn forward(to: impl Fn(LogEvent) + Send + Sync + 'static) -> bool {
    tracing::subscriber::set_global_default(Forward(to)).is_ok()
}

/// Forwards this level and all more severe ones: `error`, `warn`, `info` or `debug`. Other names are ignored.
pub fn up_to(level: &str) {
    if let Some(place) = LEVELS.iter().position(|known| name(*known) == level) {
        UP_TO.store(place as u8, Ordering::Relaxed);
    }
}

fn name(level: tracing::Level) -> &'static str {
    match level {
        tracing::Level::ERROR => "error",
        tracing::Level::WARN => "warn",
        tracing::Level::INFO => "info",
        _ => "debug",
    }
}

struct Forward<F>(F);

impl<F: Fn(LogEvent) + Send + Sync + 'static> Subscriber for Forward<F> {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        let limit = LEVELS[usize::from(UP_TO.load(Ordering::Relaxed))];
        *metadata.level() <= limit && metadata.target().starts_with("loqui")
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(LevelFilter::DEBUG)
    }

    fn event(&self, event: &Event<'_>) {
        let mut line = Line::default();
        event.record(&mut line);
        let metadata = event.metadata();
        (self.0)(LogEvent {
            level: name(*metadata.level()),
            target: metadata.target(),
            message: line.finish(),
        });
    }

    // Spans only group events, and each event is complete without them.
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

#[derive(Default)]
struct Line {
    message: String,
    fields: String,
}

impl Line {
    fn finish(self) -> String {
        (self.message + &self.fields).replace('\n', " ")
    }
}

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        // Writing to a string cannot fail.
        let _ = if field.name() == "message" {
            write!(self.message, "{value:?}")
        } else {
            write!(self.fields, " {}={value:?}", field.name())
        };
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    #[test]
    fn events_of_this_crate_are_forwarded_with_their_fields_and_others_are_not() {
        let heard = Arc::new(Mutex::new(Vec::new()));
        let sink = Arc::clone(&heard);
        let forward = Forward(move |event| sink.lock().unwrap().push(event));
        tracing::subscriber::with_default(forward, || {
            tracing::warn!(target: "loqui_core::test", code = "a.b", tries = 3, "went\nwrong");
            tracing::debug!(target: "loqui_core::test", "too much");
            tracing::error!(target: "hyper", "not ours");
        });
        let expected = LogEvent {
            level: "warn",
            target: "loqui_core::test",
            message: "went wrong code=\"a.b\" tries=3".to_owned(),
        };
        assert_eq!(*heard.lock().unwrap(), [expected]);
    }
}
