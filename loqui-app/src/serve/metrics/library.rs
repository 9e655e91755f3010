//! What the library knows of its generations: looked up when somebody asks, so that it costs nothing otherwise.

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
struct Model {
    model: String,
}

type Seconds = Counter<f64, AtomicU64>;
type Dollars = Gauge<f64, AtomicU64>;

/// Queue, takes, provider and money. The queue and the money are of the whole store; the rest is of this process.
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
    spent: Family<Model, Dollars>,
    reserved: Family<Model, Dollars>,
}

impl LibraryMetrics {
    pub(super) fn new(registry: &mut Registry) -> Self {
        let all = Self::default();
        let mut gauge = |name: &str, help: &str, gauge: &Gauge| registry.register(name, help, gauge.clone());
        gauge("queue_depth", "Generations that nobody has begun", &all.queued);
        gauge(
            "generations_processing",
            "Generations that somebody carries on",
            &all.processing,
        );
        gauge(
            "generations_in_hand",
            "Generations that this process carries on",
            &all.in_hand,
        );
        let mut counter = |name: &str, help: &str, counter: &Counter| registry.register(name, help, counter.clone());
        counter("takes_sent", "Takes that were sent to an engine", &all.takes);
        counter(
            "takes_repeated",
            "Takes of a segment that had one before",
            &all.repeated,
        );
        counter(
            "lost_answers_found",
            "Takes whose answer was lost and found again",
            &all.found,
        );
        counter(
            "takes_answered",
            "Takes that an engine answered with audio",
            &all.answered,
        );
        counter(
            "provider_requests_repeated",
            "Requests that were sent again",
            &all.requests_repeated,
        );
        let mut seconds = |name: &str, help: &str, counter: &Seconds| {
            registry.register_with_unit(name, help, Unit::Seconds, counter.clone());
        };
        let help = "How long the answered takes took together, from accepted to done";
        seconds("takes_answer_time", help, &all.answer_seconds);
        let help = "How long requests waited for their turn, together";
        seconds("limiter_wait", help, &all.pace_seconds);
        registry.register("spent_usd", "What has been spent, in US dollars", all.spent.clone());
        let help = "What is set aside for takes under way, in US dollars";
        registry.register("reserved_usd", help, all.reserved.clone());
        all
    }

    /// Looks it all up. What the store cannot tell now stays as it was.
    pub(crate) async fn look(&self, loqui: &Loqui) {
        let counts = loqui.counts();
        self.in_hand.set(i64::from(counts.in_hand));
        // The library counts: here it is only shown.
        for (counter, count) in [
            (&self.takes, counts.takes_sent),
            (&self.repeated, counts.takes_repeated),
            (&self.found, counts.answers_found),
            (&self.answered, counts.takes_answered),
            (&self.requests_repeated, counts.requests_repeated),
        ] {
            counter.inner().store(count, Relaxed);
        }
        for (counter, time) in [
            (&self.answer_seconds, counts.answer_time),
            (&self.pace_seconds, counts.pace_wait),
        ] {
            counter.inner().store(time.as_secs_f64().to_bits(), Relaxed);
        }
        if let Err(error) = self.look_into(loqui).await {
            tracing::warn!(target: "loqui", code = error.code(), "the store could not be counted: {error}");
        }
    }

    async fn look_into(&self, loqui: &Loqui) -> Result<(), Error> {
        let (pending, processing) = loqui.store().queue_depth().await?;
        self.queued.set(pending.cast_signed());
        self.processing.set(processing.cast_signed());
        let mut sums: BTreeMap<String, (i64, i64)> = BTreeMap::new();
        for row in loqui.store().spending(&UsageFilter::default()).await? {
            let sum = sums.entry(row.model).or_default();
            *sum = (sum.0 + row.spent_nanos, sum.1 + row.reserved_nanos);
        }
        for (model, (spent, reserved)) in sums {
            let model = Model { model };
            self.spent.get_or_create(&model).set(spent as f64 / 1e9);
            self.reserved.get_or_create(&model).set(reserved as f64 / 1e9);
        }
        Ok(())
    }
}
