//! [`GenerationStore`](crate::store::GenerationStore) for both databases: each method runs one function of this module's
//! siblings on a connection.

/// Implements the trait for a store with these methods of its own: `describe` returns its location, `read` runs a closure
/// on a connection, `change` runs one in a transaction, `server_time` returns the time of a server, `notified` returns when
/// work may have been submitted.
macro_rules! sql_store {
    ($store:ty) => {
        #[async_trait::async_trait]
        impl $crate::store::GenerationStore for $store {
            fn location(&self) -> String {
                self.describe()
            }

            fn database(self: std::sync::Arc<Self>) -> Option<$crate::store::sql::Database> {
                Some(self.into())
            }

            async fn add_sample(&self, sample: NewSample) -> Result<SampleRecord> {
                self.change(Priority::Interactive, |on| writes::add_sample(on, sample).boxed())
                    .await
            }

            async fn samples(&self, filter: &SampleFilter) -> Result<Vec<SampleRecord>> {
                let filter = filter.clone();
                self.read(|on| reads::samples(on, filter).boxed()).await
            }

            async fn erase_sample(&self, id: SampleId, now: Timestamp) -> Result<Option<SampleRecord>> {
                self.change(Priority::Background, move |on| {
                    writes::erase_sample(on, id, now).boxed()
                })
                .await
            }

            async fn artefact(&self, sha256: &str, kind: &str) -> Result<Option<SampleArtefact>> {
                let (sha256, kind) = (sha256.to_owned(), kind.to_owned());
                self.read(|on| artefacts::get(on, sha256, kind).boxed()).await
            }

            async fn put_artefact(&self, artefact: SampleArtefact) -> Result<PutArtefact> {
                self.change(Priority::Background, |on| artefacts::put(on, artefact).boxed())
                    .await
            }

            async fn submit(&self, new: NewGeneration) -> Result<GenerationRecord> {
                let submitted = self.change(Priority::Interactive, |on| writes::submit(on, new).boxed());
                Ok(submitted.await?.generation)
            }

            async fn generations(&self, filter: &Filter) -> Result<Vec<GenerationRecord>> {
                let filter = filter.clone();
                self.read(|on| reads::generations(on, filter).boxed()).await
            }

            async fn generation_ids(&self, filter: &Filter) -> Result<Vec<GenerationId>> {
                let filter = filter.clone();
                self.read(|on| reads::generation_ids(on, filter).boxed()).await
            }

            async fn count_generations(&self, filter: &Filter) -> Result<u64> {
                let filter = filter.clone();
                self.read(|on| reads::count_generations(on, filter).boxed()).await
            }

            async fn find_takes(&self, filter: &TakeFilter) -> Result<Vec<TakeRecord>> {
                let filter = filter.clone();
                self.read(|on| reads::takes(on, filter).boxed()).await
            }

            async fn remote_hint(&self, take: TakeId) -> Result<Option<String>> {
                self.read(move |on| reads::remote_hint(on, take).boxed()).await
            }

            async fn events(&self, generation: GenerationId, after: u64) -> Result<Vec<Event>> {
                self.read(move |on| reads::events(on, generation, after).boxed())
                    .await
            }

            async fn last_events(&self, generations: &[GenerationId]) -> Result<Vec<(GenerationId, u64)>> {
                let generations = generations.to_vec();
                self.read(|on| reads::last_events(on, generations).boxed()).await
            }

            async fn spending(&self, filter: &UsageFilter) -> Result<Vec<Spending>> {
                let filter = filter.clone();
                self.read(|on| reads::spending(on, filter).boxed()).await
            }

            async fn acquire(&self, request: ClaimRequest) -> Result<Vec<GenerationRecord>> {
                self.change(Priority::Background, |on| claims::acquire(on, request).boxed())
                    .await
            }

            async fn renew_lease(&self, worker: &str, now: Timestamp, lease: Duration) -> Result<()> {
                let worker = worker.to_owned();
                self.change(Priority::Interactive, move |on| {
                    async move { claims::renew_lease(on, &worker, now, lease).await }.boxed()
                })
                .await
            }

            async fn release(&self, fence: Fence) -> Result<()> {
                self.change(Priority::Background, move |on| claims::release(on, fence).boxed())
                    .await
            }

            async fn write(&self, fence: Fence, changes: Vec<Change>) -> Result<()> {
                self.change(Priority::Background, move |on| {
                    writes::write(on, fence, changes).boxed()
                })
                .await
            }

            async fn update(&self, update: Update) -> Result<bool> {
                let priority = match update {
                    Update::RequestCancel { .. } | Update::Reopen { .. } => Priority::Interactive,
                    _ => Priority::Background,
                };
                self.change(priority, |on| writes::update(on, update).boxed())
                    .await
            }

            async fn time(&self) -> Result<Option<Timestamp>> {
                self.server_time().await
            }

            async fn wait_for_work(&self) {
                self.notified().await;
            }
        }
    };
}
pub(super) use sql_store;

/// The items that [`sql_store`] uses.
pub(super) mod prelude {
    pub(in crate::store::sql) use std::time::Duration;

    pub(in crate::store::sql) use futures::future::FutureExt as _;
    pub(in crate::store::sql) use jiff::Timestamp;

    pub(in crate::store::sql) use super::super::{Priority, artefacts, claims, reads, writes};
    pub(in crate::store::sql) use crate::error::Result;
    pub(in crate::store::sql) use crate::id::{GenerationId, SampleId};
    pub(in crate::store::sql) use crate::ledger::{Event, GenerationRecord, NewGeneration, TakeId, TakeRecord};
    pub(in crate::store::sql) use crate::store::{
        Change, ClaimRequest, Fence, Filter, NewSample, PutArtefact, SampleArtefact, SampleFilter, SampleRecord,
        Spending, TakeFilter, Update, UsageFilter,
    };
}
