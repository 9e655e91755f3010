//! Counts the uses of uploaded recordings, so that an upload can be deleted after its last use.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::engine::{Order, Reference};

/// The recordings of takes in progress, by prediction id, or by take before the id is known.
#[derive(Debug, Default)]
pub(super) struct UploadsInUse(Mutex<HashMap<String, Reference>>);

impl UploadsInUse {
    /// Records that a take is about to use its recording.
    pub(super) fn begin(&self, order: &Order) {
        self.lock().insert(key(order), order.reference.clone());
    }

    /// Records the prediction id of a take.
    pub(super) fn assign(&self, order: &Order, id: &str) {
        let mut uploads = self.lock();
        uploads.remove(&key(order));
        uploads.insert(id.to_owned(), order.reference.clone());
    }

    /// Records the prediction id of a take that a webhook reported. Does nothing if the id is known.
    pub(super) fn assign_take(&self, take: &str, seed: u32, id: &str) {
        let mut uploads = self.lock();
        let prefix = format!("{take}/{seed}/");
        let key = uploads.keys().find(|key| key.starts_with(&prefix)).cloned();
        if let Some(reference) = key.and_then(|key| uploads.remove(&key)) {
            uploads.insert(id.to_owned(), reference);
        }
    }

    /// Ends the use by a take that was not created. Returns the recording if nothing else uses it.
    pub(super) fn release_order(&self, order: &Order) -> Option<Reference> {
        self.release(&key(order))
    }

    /// Ends the use by a prediction. Returns the recording if nothing else uses it.
    pub(super) fn release(&self, id: &str) -> Option<Reference> {
        let mut uploads = self.lock();
        let reference = uploads.remove(id)?;
        let is_in_use = uploads.values().any(|other| other.sha256() == reference.sha256());
        (!is_in_use).then_some(reference)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Reference>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns a key for a take without a prediction id. The separators cannot occur in prediction ids.
fn key(order: &Order) -> String {
    format!(
        "{}/{}/{}",
        order.take.as_deref().unwrap_or_default(),
        order.seed,
        order.intended_at
    )
}
