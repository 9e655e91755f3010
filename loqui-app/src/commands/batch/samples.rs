//! The samples of a batch: each file is read once, and dropped when its last job has started.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use loqui_core::{Loqui, Result, Sample};
use tokio::sync::OnceCell;

/// The number of jobs that still need a sample, and the sample.
type Cache = HashMap<PathBuf, (usize, Arc<OnceCell<Sample>>)>;

#[derive(Debug)]
pub(super) struct Samples(Mutex<Cache>);

impl Samples {
    /// Counts how many jobs use each path.
    pub(super) fn of<'a>(paths: impl Iterator<Item = &'a Path>) -> Self {
        let mut cache = Cache::new();
        for path in paths {
            cache.entry(path.to_owned()).or_default().0 += 1;
        }
        Self(Mutex::new(cache))
    }

    /// Returns the sample for one of its jobs.
    pub(super) async fn open(&self, loqui: &Loqui, path: &Path) -> Result<Sample> {
        let cell = self.take(path);
        cell.get_or_try_init(|| loqui.open_sample(path)).await.cloned()
    }

    fn take(&self, path: &Path) -> Arc<OnceCell<Sample>> {
        let mut cache = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some((left, cell)) = cache.get_mut(path) else {
            return Arc::default();
        };
        *left -= 1;
        let cell = Arc::clone(cell);
        if *left == 0 {
            cache.remove(path);
        }
        cell
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sample_is_shared_until_its_last_job_starts() {
        let path = Path::new("me.wav");
        let samples = Samples::of([path, path].into_iter());
        let first = samples.take(path);
        let second = samples.take(path);
        assert!(Arc::ptr_eq(&first, &second));
        assert!(samples.0.lock().unwrap().is_empty());
    }
}
