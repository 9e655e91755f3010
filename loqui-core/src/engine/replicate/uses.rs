//! Who still needs which uploaded recording, so that it can be deleted after its last use.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::engine::{Order, Reference};

/// The takes under way and the recordings they were given.
#[derive(Debug, Default)]
pub(super) struct Uses(Mutex<HashMap<String, Reference>>);

impl Uses {
    /// A take is about to be sent: from now on its recording must stay.
    pub(super) fn begin(&self, order: &Order) {
        self.lock().insert(name(order), order.reference.clone());
    }

    /// The take runs under this id.
    pub(super) fn runs(&self, order: &Order, id: &str) {
        let mut uses = self.lock();
        uses.remove(&name(order));
        uses.insert(id.to_owned(), order.reference.clone());
    }

    /// The take was never created: its recording, if nobody else needs it.
    pub(super) fn never_ran(&self, order: &Order) -> Option<Reference> {
        self.end(&name(order))
    }

    /// The take of this id is over: its recording, if nobody else needs it.
    pub(super) fn end(&self, id: &str) -> Option<Reference> {
        let mut uses = self.lock();
        let reference = uses.remove(id)?;
        let is_needed = uses.values().any(|other| other.sha256() == reference.sha256());
        (!is_needed).then_some(reference)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Reference>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A name for a take without an id; no id has such characters.
fn name(order: &Order) -> String {
    format!(
        "{}/{}/{}",
        order.take.as_deref().unwrap_or_default(),
        order.seed,
        order.intended_at
    )
}
