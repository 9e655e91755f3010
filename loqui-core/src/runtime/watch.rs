//! Notices what other processes do to the generations that somebody here listens to: one look for all of them.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Weak};
use std::time::Duration;

use crate::api::Inner;

/// How often it looks.
const LOOK_INTERVAL: Duration = Duration::from_millis(500);

/// Looks as long as the handle lives.
pub(crate) async fn watch(inner: Weak<Inner>) {
    let mut seen: HashMap<i64, Option<u64>> = HashMap::new();
    loop {
        let Some(clock) = inner.upgrade().map(|inner| Arc::clone(&inner.clock)) else {
            return;
        };
        clock.sleep(LOOK_INTERVAL).await;
        let Some(inner) = inner.upgrade() else { return };
        let mut listened = inner.signals.listened();
        // Whatever this process carries on is told of as it happens.
        listened.retain(|generation| !inner.drivers.carries(*generation));
        if seen.len() > 2 * listened.len() {
            let wanted: HashSet<i64> = listened.iter().copied().collect();
            seen.retain(|generation, _| wanted.contains(generation));
        }
        if listened.is_empty() {
            continue;
        }
        let found: HashMap<i64, u64> = match inner.store.last_events(&listened).await {
            Ok(found) => found.into_iter().collect(),
            Err(error) => {
                tracing::warn!(code = error.code(), "could not look for news: {error}");
                continue;
            }
        };
        for generation in listened {
            // One that is not there any more is news as well.
            let last = found.get(&generation).copied();
            if seen.insert(generation, last) != Some(last) {
                inner.signals.raise(generation);
            }
        }
    }
}
