//! What is counted, for Prometheus.

mod library;

use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};

use self::library::LibraryMetrics;

/// Which requests are counted together. Routes are patterns, so that nobody can make labels without end.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Request {
    method: String,
    route: String,
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    route: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Outcome {
    outcome: String,
}

/// Everything that is counted. Clones count together.
#[derive(Clone, Debug)]
pub(crate) struct Metrics {
    registry: Arc<Registry>,
    requests: Family<Request, Counter>,
    seconds: Family<Route, Histogram, fn() -> Histogram>,
    uploads: Family<Outcome, Counter>,
    sign_ins: Family<Outcome, Counter>,
    submitted: Counter,
    ended: Family<Outcome, Counter>,
    running: Gauge<i64, AtomicI64>,
    connections: Gauge<i64, AtomicI64>,
    library: LibraryMetrics,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("loqui");
        let requests = Family::default();
        registry.register("http_requests", "Requests that were answered", requests.clone());
        let buckets: fn() -> Histogram = || Histogram::new(exponential_buckets(0.001, 2.0, 16));
        let seconds = Family::new_with_constructor(buckets);
        registry.register_with_unit(
            "http_request_duration",
            "Time until an answer began",
            Unit::Seconds,
            seconds.clone(),
        );
        let uploads = Family::default();
        registry.register("uploads", "Recordings that were sent", uploads.clone());
        let sign_ins = Family::default();
        registry.register("sign_ins", "Attempts to sign in", sign_ins.clone());
        let submitted = Counter::default();
        registry.register(
            "generations_submitted",
            "Generations that were asked for",
            submitted.clone(),
        );
        let ended = Family::default();
        registry.register("generations_ended", "Generations that have ended", ended.clone());
        let running = Gauge::default();
        registry.register(
            "generations_unfinished",
            "Generations that this process carries on",
            running.clone(),
        );
        let connections = Gauge::default();
        registry.register("connections", "Connections that are open", connections.clone());
        let library = LibraryMetrics::new(&mut registry);
        Self {
            registry: Arc::new(registry),
            library,
            requests,
            seconds,
            uploads,
            sign_ins,
            submitted,
            ended,
            running,
            connections,
        }
    }
}

impl Metrics {
    /// Counts an answer.
    pub(crate) fn answered(&self, method: &str, route: &str, status: u16, took: Duration) {
        let request = Request {
            method: method.to_owned(),
            route: route.to_owned(),
            status,
        };
        self.requests.get_or_create(&request).inc();
        let route = Route {
            route: route.to_owned(),
        };
        self.seconds.get_or_create(&route).observe(took.as_secs_f64());
    }

    /// Counts a recording: `accepted`, or the code of its refusal.
    pub(crate) fn uploaded(&self, outcome: &str) {
        self.uploads.get_or_create(&labelled(outcome)).inc();
    }

    /// Counts an attempt to sign in: `accepted`, or the code of its refusal.
    pub(crate) fn signed_in(&self, outcome: &str) {
        self.sign_ins.get_or_create(&labelled(outcome)).inc();
    }

    /// Counts a generation that was asked for.
    pub(crate) fn generation_submitted(&self) {
        self.submitted.inc();
    }

    /// Counts a generation that this process follows from now on.
    pub(crate) fn generation_followed(&self) {
        self.running.inc();
    }

    /// Counts a generation that has ended: well, or with the code of an error.
    pub(crate) fn generation_ended(&self, result: Result<(), &str>) {
        self.running.dec();
        let outcome = result.err().unwrap_or("completed");
        self.ended.get_or_create(&labelled(outcome)).inc();
    }

    /// Counts a connection, until what is returned is dropped.
    pub(crate) fn connected(&self) -> Connected {
        self.connections.inc();
        Connected(self.connections.clone())
    }

    /// What the library knows.
    pub(crate) fn library(&self) -> &LibraryMetrics {
        &self.library
    }

    /// All of it as text in the format OpenMetrics.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        // Writing into a string does not fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}

/// An open connection.
#[derive(Debug)]
pub(crate) struct Connected(Gauge<i64, AtomicI64>);

impl Drop for Connected {
    fn drop(&mut self) {
        self.0.dec();
    }
}

fn labelled(outcome: &str) -> Outcome {
    Outcome {
        outcome: outcome.to_owned(),
    }
}
