//! How many takes the generations of one process hold in memory at once.
//!
//! Ten thousand predictions may end in the same moment, and the thread pool for blocking work has hundreds of threads:
//! without a bound all of them would hold decoded audio, and take turns on a few cores.

use std::num::NonZero;
use std::thread::available_parallelism;

use tokio::sync::{Semaphore, SemaphorePermit};

/// Downloads at once: they wait for the network most of the time.
const LOADING: usize = 32;
/// For each core: one computes while another reads its audio.
const PER_CORE: usize = 2;

/// Nothing but for a lane that was closed, which no lane ever is.
type Permit<'a> = Option<SemaphorePermit<'a>>;

/// Shared by all generations of a process.
#[derive(Debug)]
pub(crate) struct ConcurrencyLimits {
    loading: Semaphore,
    judging: Semaphore,
    joining: Semaphore,
}

impl Default for ConcurrencyLimits {
    fn default() -> Self {
        let computing = PER_CORE * available_parallelism().map_or(1, NonZero::get);
        Self {
            loading: Semaphore::new(LOADING),
            judging: Semaphore::new(computing),
            joining: Semaphore::new(computing),
        }
    }
}

impl ConcurrencyLimits {
    /// Held from the first byte of a download until it is in the audio store.
    pub(crate) async fn loading(&self) -> Permit<'_> {
        self.loading.acquire().await.ok()
    }

    /// Held while a take is listened to.
    pub(crate) async fn judging(&self) -> Permit<'_> {
        self.judging.acquire().await.ok()
    }

    /// Held while takes are joined: apart from judging, for a book takes minutes.
    pub(crate) async fn joining(&self) -> Permit<'_> {
        self.joining.acquire().await.ok()
    }
}
