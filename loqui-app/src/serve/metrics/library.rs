//! Metrics of the library, read when Prometheus requests them.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use loqui_core::store::{GenerationStoreExt as _, UsageFilter};
use loqui_core::{Error, Loqui};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Registry, Unit};

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ModelLabel {
    model: String,
}

type Seconds = Counter<f64, AtomicU64>;
type Dollars = Gauge<f64, AtomicU64>;

/// Metrics of queue, takes, provider and spending. Queue and spending refer to the whole store, the others to this
/// process.
#[derive(Clone, Debug, Default)]
pub(crate) struct LibraryMetrics {
    queued: Gauge,
    processing: Gauge,
    in_hand: Gauge,
    takes: Counter,
    repeated: Counter,
    found: Counter,
    answered: Counter,
    answer_seconds: Seconds,
    requests_repeated: Counter,
    pace_seconds: Seconds,
    artefacts: Counter,
    spent: Family<ModelLabel, Dollars>,
    reserved: Family<ModelLabel, Dollars>,
}

impl LibraryMetrics {
    pub(super) fn new(registry: &mut Registry) -> Self {
        let all = Self::default();
        let mut gauge = |name: &str, help: &str, gauge: &Gauge| registry.register(name, help, gauge.clone());
        gauge("queue_depth", "Generations that wait in the queue", &all.queued);
        gauge(
            "generations_processing",
            "Running generations in the store",
            &all.processing,
        );
        gauge(
            "generations_in_hand",
            "Running generations of this process",
            &all.in_hand,
        );
        let mut counter = |name: &str, help: &str, counter: &Counter| registry.register(name, help, counter.clone());
        counter("takes_sent", "Takes sent to an engine", &all.takes);
        counter("takes_repeated", "Repeated takes of a segment", &all.repeated);
        counter(
            "lost_answers_found",
            "Predictions found after their create response was lost",
            &all.found,
        );
        counter("takes_answered", "Takes completed with audio", &all.answered);
        counter(
            "provider_requests_repeated",
            "Repeated requests to the provider",
            &all.requests_repeated,
        );
        counter(
            "artefacts_made",
            "Judgements, voiceprints and voices computed from recordings",
            &all.artefacts,
        );
        let mut seconds = |name: &str, help: &str, counter: &Seconds| {
            registry.register_with_unit(name, help, Unit::Seconds, counter.clone());
        };
        let help = "Total duration of completed takes, from acceptance to completion";
        seconds("takes_answer_time", help, &all.answer_seconds);
        let help = "Total time that requests waited in the rate limiter";
        seconds("limiter_wait", help, &all.pace_seconds);
        registry.register("spent_usd", "Amount spent, in US dollars", all.spent.clone());
        let help = "Amount reserved for running takes, in US dollars";
        registry.register("reserved_usd", help, all.reserved.clone());
        all
    }

    /// Reads all values. If the store is unavailable, its metrics keep their values.
    pub(crate) async fn update(&self, loqui: &Loqui) {
        let counts = loqui.counts();
        self.in_hand.set(i64::from(counts.in_hand));
        // The library counts; this copies its totals.
        for (counter, count) in [
            (&self.takes, counts.takes_sent),
            (&self.repeated, counts.takes_repeated),
            (&self.found, counts.answers_found),
            (&self.answered, counts.takes_answered),
            (&self.requests_repeated, counts.requests_repeated),
            (&self.artefacts, counts.artefacts_made),
        ] {
            counter.inner().store(count, Relaxed);
        }
        for (counter, time) in [
            (&self.answer_seconds, counts.answer_time),
            (&self.pace_seconds, counts.pace_wait),
        ] {
            counter.inner().store(time.as_secs_f64().to_bits(), Relaxed);
        }
        if let Err(error) = self.update_from_store(loqui).await {
            tracing::warn!(target: "loqui", code = error.code(), "could not read the metrics of the store: {error}");
        }
    }

    async fn update_from_store(&self, loqui: &Loqui) -> Result<(), Error> {
        let (pending, processing) = loqui.store().queue_depth().await?;
        self.queued.set(pending.cast_signed());
        self.processing.set(processing.cast_signed());
        let mut sums: BTreeMap<String, (i64, i64)> = BTreeMap::new();
        for row in loqui.store().spending(&UsageFilter::default()).await? {
            let sum = sums.entry(row.model).or_default();
            *sum = (sum.0 + row.spent_nanos, sum.1 + row.reserved_nanos);
        }
        for (model, (spent, reserved)) in sums {
            let model = ModelLabel { model };
            self.spent.get_or_create(&model).set(spent as f64 / 1e9);
            self.reserved.get_or_create(&model).set(reserved as f64 / 1e9);
        }
        Ok(())
    }
}
