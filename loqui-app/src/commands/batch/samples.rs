//! The recordings of a batch: each is decoded once, and forgotten when the last job that needs it has begun.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use loqui_core::{Result, Sample};
use tokio::sync::OnceCell;

/// How many jobs still need a recording, and the recording.
type Shelf = HashMap<PathBuf, (usize, Arc<OnceCell<Sample>>)>;

#[derive(Debug)]
pub(super) struct Samples(Mutex<Shelf>);

impl Samples {
    /// Of the recordings that the jobs name, as often as they name them.
    pub(super) fn of<'a>(paths: impl Iterator<Item = &'a Path>) -> Self {
        let mut shelf = Shelf::new();
        for path in paths {
            shelf.entry(path.to_owned()).or_default().0 += 1;
        }
        Self(Mutex::new(shelf))
    }

    /// The recording, for one of the jobs that named it.
    pub(super) async fn open(&self, path: &Path) -> Result<Sample> {
        let cell = self.take(path);
        cell.get_or_try_init(|| Sample::open(path)).await.cloned()
    }

    fn take(&self, path: &Path) -> Arc<OnceCell<Sample>> {
        let mut shelf = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some((left, cell)) = shelf.get_mut(path) else {
            return Arc::default();
        };
        *left -= 1;
        let cell = Arc::clone(cell);
        if *left == 0 {
            shelf.remove(path);
        }
        cell
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recording_is_shared_until_its_last_job_and_then_forgotten() {
        let path = Path::new("me.wav");
        let samples = Samples::of([path, path].into_iter());
        let first = samples.take(path);
        let second = samples.take(path);
        assert!(Arc::ptr_eq(&first, &second));
        assert!(samples.0.lock().unwrap().is_empty());
    }
}
