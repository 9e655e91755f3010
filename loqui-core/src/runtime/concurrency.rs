//! Limits how many takes the generations of one process hold in memory at once.
//!
//! Ten thousand predictions may end in the same moment, and the thread pool for blocking work has hundreds of threads.
//! Without a limit all of them would hold decoded audio and compete for a few cores.

use std::num::NonZero;
use std::thread::available_parallelism;

use tokio::sync::{Semaphore, SemaphorePermit};

/// Downloads at once: they wait for the network most of the time.
const DOWNLOADS: usize = 32;
/// Computations for each core: one computes while another reads its audio.
const PER_CORE: usize = 2;

/// None only if the semaphore were closed, which never happens.
type Permit<'a> = Option<SemaphorePermit<'a>>;

/// The limits that all generations of a process share.
#[derive(Debug)]
pub(crate) struct ConcurrencyLimits {
    downloads: Semaphore,
    checks: Semaphore,
    joins: Semaphore,
}

impl Default for ConcurrencyLimits {
    fn default() -> Self {
        let computing = PER_CORE * available_parallelism().map_or(1, NonZero::get);
        Self {
            downloads: Semaphore::new(DOWNLOADS),
            checks: Semaphore::new(computing),
            joins: Semaphore::new(computing),
        }
    }
}

impl ConcurrencyLimits {
    /// Held from the first byte of a download until the audio is in the audio store.
    pub(crate) async fn download(&self) -> Permit<'_> {
        self.downloads.acquire().await.ok()
    }

    /// Held while a take is judged.
    pub(crate) async fn check(&self) -> Permit<'_> {
        self.checks.acquire().await.ok()
    }

    /// Held while takes are joined. Apart from the checks, because joining a long text takes minutes.
    pub(crate) async fn join(&self) -> Permit<'_> {
        self.joins.acquire().await.ok()
    }
}
