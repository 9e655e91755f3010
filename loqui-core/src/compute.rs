//! A pool of threads for CPU-bound work, one per core, for the lifetime of the process.
//!
//! Tokio's blocking pool has hundreds of threads, and allocators cache memory per thread. With decoded audio on many
//! threads, these caches were larger than the memory in use.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::mpsc::{Receiver, Sender, channel, sync_channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread;

use tokio::task::JoinError;

type Job = Box<dyn FnOnce() + Send>;

/// Runs `work` on the pool. Returns a panic as an error.
///
/// A thread of `spawn_blocking` waits for the result: a runtime with paused time does not advance its clock while such a
/// thread is busy.
pub(crate) async fn run<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, JoinError> {
    tokio::task::spawn_blocking(move || run_blocking(work)).await
}

/// Runs `work` on the pool and blocks until it is done.
fn run_blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let (sender, result) = sync_channel(1);
    let job: Job = Box::new(move || {
        // The receiver waits for the result, so sending does not fail.
        let _ = sender.send(catch_unwind(AssertUnwindSafe(work)));
    });
    match jobs() {
        Some(jobs) => drop(jobs.send(job)),
        None => job(),
    }
    match result
        .recv()
        .expect("the threads of the pool run until the process ends and finish each job")
    {
        Ok(value) => value,
        Err(panic) => resume_unwind(panic),
    }
}

/// Returns the queue of the pool, or nothing if no thread could be started.
fn jobs() -> Option<&'static Sender<Job>> {
    static JOBS: OnceLock<Option<Sender<Job>>> = OnceLock::new();
    JOBS.get_or_init(|| {
        let (sender, receiver) = channel();
        let receiver = Arc::new(Mutex::new(receiver));
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let started = (0..cores).filter(|_| start(&receiver)).count();
        (started > 0).then_some(sender)
    })
    .as_ref()
}

fn start(receiver: &Arc<Mutex<Receiver<Job>>>) -> bool {
    let receiver = Arc::clone(receiver);
    let next = move || receiver.lock().unwrap_or_else(PoisonError::into_inner).recv();
    let work = move || {
        while let Ok(job) = next() {
            job();
        }
    };
    let thread = thread::Builder::new().name("loqui-compute".to_owned());
    thread.spawn(work).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn results_and_panics_are_returned_and_the_number_of_threads_is_bounded() {
        let mut names = std::collections::HashSet::new();
        for _ in 0..50 {
            let (id, name) = run(|| (thread::current().id(), thread::current().name().map(str::to_owned)))
                .await
                .unwrap();
            assert_eq!(name.as_deref(), Some("loqui-compute"));
            names.insert(id);
        }
        assert!(names.len() <= thread::available_parallelism().map_or(1, usize::from));
        let error = run(|| panic!("expected")).await.unwrap_err();
        assert!(error.is_panic());
        assert_eq!(run(|| 7).await.unwrap(), 7);
    }
}
