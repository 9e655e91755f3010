//! The artefacts in the memory of this process. A cell also makes concurrent callers share one computation.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tokio::sync::OnceCell;

use super::ArtefactKey;

/// The most artefacts in memory. Most have a few kilobytes.
const MAX_CELLS: usize = 512;
/// The most bytes in memory. Those that were used least recently go first.
const MAX_BYTES: usize = 32 * 1024 * 1024;

#[derive(Debug, Default)]
pub(super) struct Cells(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    cells: HashMap<ArtefactKey, Used>,
    /// Counts the uses.
    now: u64,
}

#[derive(Debug)]
struct Used {
    cell: Arc<Cell>,
    /// The number of the last use.
    at: u64,
}

/// One artefact.
#[derive(Debug, Default)]
pub(super) struct Cell {
    pub(super) value: OnceCell<Bytes>,
    stored: AtomicBool,
}

impl Cell {
    /// Whether the value is known to be in the store.
    pub(super) fn is_stored(&self) -> bool {
        self.stored.load(Ordering::Relaxed)
    }

    pub(super) fn set_stored(&self) {
        self.stored.store(true, Ordering::Relaxed);
    }
}

impl Cells {
    /// Returns the cell of an artefact.
    pub(super) fn of(&self, key: &ArtefactKey) -> Arc<Cell> {
        let mut state = self.locked();
        state.now += 1;
        let at = state.now;
        if let Some(used) = state.cells.get_mut(key) {
            used.at = at;
            return Arc::clone(&used.cell);
        }
        state.make_space();
        let cell = Arc::<Cell>::default();
        let used = Used {
            cell: Arc::clone(&cell),
            at,
        };
        state.cells.insert(key.clone(), used);
        cell
    }

    /// Drops the artefacts of a recording.
    pub(super) fn forget(&self, sha256: &str) {
        self.locked().cells.retain(|key, _| key.sha256 != sha256);
    }

    fn locked(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Drops cells until another one fits. Callers that use a dropped cell keep it.
    fn make_space(&mut self) {
        let size = |used: &Used| used.cell.value.get().map_or(0, Bytes::len);
        let mut bytes: usize = self.cells.values().map(size).sum();
        while self.cells.len() >= MAX_CELLS || bytes > MAX_BYTES {
            let oldest = self.cells.iter().min_by_key(|(_, used)| used.at);
            let Some(key) = oldest.map(|(key, _)| key.clone()) else {
                return;
            };
            bytes -= self.cells.remove(&key).as_ref().map_or(0, size);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(sha256: &str) -> ArtefactKey {
        ArtefactKey {
            sha256: sha256.to_owned(),
            kind: "voice".to_owned(),
            version: "1".to_owned(),
        }
    }

    #[test]
    fn number_and_size_are_bounded_and_the_recent_stay() {
        let cells = Cells::default();
        let first = cells.of(&key("first"));
        for index in 0..2 * MAX_CELLS {
            cells.of(&key(&index.to_string()));
            assert!(Arc::ptr_eq(&first, &cells.of(&key("first"))));
        }
        assert_eq!(cells.locked().cells.len(), MAX_CELLS);
        for index in 0..10 {
            let large = Bytes::from(vec![0; MAX_BYTES / 2]);
            cells.of(&key(&format!("large {index}"))).value.set(large).unwrap();
        }
        let state = cells.locked();
        let bytes: usize = state
            .cells
            .values()
            .filter_map(|used| used.cell.value.get())
            .map(Bytes::len)
            .sum();
        assert!(bytes <= MAX_BYTES + MAX_BYTES / 2, "{bytes}");
        drop(state);
        cells.forget("first");
        assert!(!Arc::ptr_eq(&first, &cells.of(&key("first"))));
    }
}
