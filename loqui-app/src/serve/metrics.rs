//! Metrics for Prometheus.

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

/// The labels of a request. Routes are patterns, so that clients cannot create labels.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    method: String,
    route: String,
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RouteLabel {
    route: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OutcomeLabel {
    outcome: String,
}

/// All metrics. Clones share their values.
#[derive(Clone, Debug)]
pub(crate) struct Metrics {
    registry: Arc<Registry>,
    requests: Family<RequestLabels, Counter>,
    seconds: Family<RouteLabel, Histogram, fn() -> Histogram>,
    uploads: Family<OutcomeLabel, Counter>,
    sign_ins: Family<OutcomeLabel, Counter>,
    submitted: Counter,
    ended: Family<OutcomeLabel, Counter>,
    running: Gauge<i64, AtomicI64>,
    connections: Gauge<i64, AtomicI64>,
    library: LibraryMetrics,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("loqui");
        let requests = Family::default();
        registry.register("http_requests", "Completed HTTP requests", requests.clone());
        let buckets: fn() -> Histogram = || Histogram::new(exponential_buckets(0.001, 2.0, 16));
        let seconds = Family::new_with_constructor(buckets);
        registry.register_with_unit(
            "http_request_duration",
            "Time until the response started",
            Unit::Seconds,
            seconds.clone(),
        );
        let uploads = Family::default();
        registry.register("uploads", "Uploaded recordings", uploads.clone());
        let sign_ins = Family::default();
        registry.register("sign_ins", "Attempts to sign in", sign_ins.clone());
        let submitted = Counter::default();
        registry.register("generations_submitted", "Submitted generations", submitted.clone());
        let ended = Family::default();
        registry.register("generations_ended", "Generations that have ended", ended.clone());
        let running = Gauge::default();
        registry.register(
            "generations_unfinished",
            "Unfinished generations of this process",
            running.clone(),
        );
        let connections = Gauge::default();
        registry.register("connections", "Open connections", connections.clone());
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
    /// Counts a completed request.
    pub(crate) fn answered(&self, method: &str, route: &str, status: u16, took: Duration) {
        let request = RequestLabels {
            method: method.to_owned(),
            route: route.to_owned(),
            status,
        };
        self.requests.get_or_create(&request).inc();
        let route = RouteLabel {
            route: route.to_owned(),
        };
        self.seconds.get_or_create(&route).observe(took.as_secs_f64());
    }

    /// Counts an upload: `accepted`, or the code of the error.
    pub(crate) fn uploaded(&self, outcome: &str) {
        self.uploads.get_or_create(&labelled(outcome)).inc();
    }

    /// Counts an attempt to sign in: `accepted`, or the code of the error.
    pub(crate) fn signed_in(&self, outcome: &str) {
        self.sign_ins.get_or_create(&labelled(outcome)).inc();
    }

    /// Counts a submitted generation.
    pub(crate) fn generation_submitted(&self) {
        self.submitted.inc();
    }

    /// Counts an unfinished generation of this process.
    pub(crate) fn generation_followed(&self) {
        self.running.inc();
    }

    /// Counts a generation that has ended: `completed`, or the code of the error.
    pub(crate) fn generation_ended(&self, result: Result<(), &str>) {
        self.running.dec();
        let outcome = result.err().unwrap_or("completed");
        self.ended.get_or_create(&labelled(outcome)).inc();
    }

    /// Counts an open connection until the returned value is dropped.
    pub(crate) fn connected(&self) -> Connected {
        self.connections.inc();
        Connected(self.connections.clone())
    }

    /// Returns the metrics of the library.
    pub(crate) fn library(&self) -> &LibraryMetrics {
        &self.library
    }

    /// Returns all metrics in the OpenMetrics text format.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        // Writing to a string does not fail.
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

fn labelled(outcome: &str) -> OutcomeLabel {
    OutcomeLabel {
        outcome: outcome.to_owned(),
    }
}
