//! Detects changes that other processes make to generations with listeners here, with one query for all of them.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Weak};
use std::time::Duration;

use super::context::Runtime;
use crate::id::GenerationId;

/// The pause between two queries.
const QUERY_INTERVAL: Duration = Duration::from_millis(500);

/// Signals the listeners of generations that other processes change. Ends with the runtime.
pub(crate) async fn watch(runtime: Weak<Runtime>) {
    let mut seen: HashMap<GenerationId, Option<u64>> = HashMap::new();
    loop {
        let Some(clock) = runtime.upgrade().map(|runtime| Arc::clone(&runtime.clock)) else {
            return;
        };
        clock.sleep(QUERY_INTERVAL).await;
        let Some(runtime) = runtime.upgrade() else { return };
        let mut listened = runtime.shared.signals.listened();
        // Generations that this process runs signal their listeners themselves.
        listened.retain(|generation| !runtime.drivers.runs(*generation));
        if seen.len() > 2 * listened.len() {
            let current: HashSet<GenerationId> = listened.iter().copied().collect();
            seen.retain(|generation, _| current.contains(generation));
        }
        if listened.is_empty() {
            continue;
        }
        let found: HashMap<GenerationId, u64> = match runtime.store.last_events(&listened).await {
            Ok(found) => found.into_iter().collect(),
            Err(error) => {
                tracing::warn!(code = error.code(), "could not read the latest events: {error}");
                continue;
            }
        };
        for generation in listened {
            // An erased generation has no events any more, which counts as a change.
            let last = found.get(&generation).copied();
            if seen.insert(generation, last) != Some(last) {
                runtime.shared.signals.raise(generation);
            }
        }
    }
}
