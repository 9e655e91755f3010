//! Threads for work that keeps a processor busy: as many as there are cores, for as long as the process lives.
//!
//! Tokio has hundreds of threads for what blocks, and takes any of them. Allocators keep, for each thread, memory that its
//! work has once needed: with decoded sound on a dozen threads that was more than all that is in use at a time.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::mpsc::{Receiver, Sender, channel, sync_channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread;

use tokio::task::JoinError;

type Job = Box<dyn FnOnce() + Send>;

/// Does some work on one of these threads. A panic comes back as an error, as with `spawn_blocking`: that is what waits,
/// so that a runtime whose time stands still while it is idle knows that somebody is busy.
pub(crate) async fn run<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, JoinError> {
    tokio::task::spawn_blocking(move || hand_over(work)).await
}

fn hand_over<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let (done, outcome) = sync_channel(1);
    let job: Job = Box::new(move || {
        // Nobody who waits goes away before it is done.
        let _ = done.send(catch_unwind(AssertUnwindSafe(work)));
    });
    match jobs() {
        Some(jobs) => drop(jobs.send(job)),
        None => job(),
    }
    match outcome
        .recv()
        .expect("these threads end with the process, and answer every job")
    {
        Ok(value) => value,
        Err(panic) => resume_unwind(panic),
    }
}

/// Where jobs are handed in; nothing where no thread can be had.
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
    async fn results_and_panics_come_back_and_few_threads_are_used() {
        let mut names = std::collections::HashSet::new();
        for _ in 0..50 {
            let (id, name) = run(|| (thread::current().id(), thread::current().name().map(str::to_owned)))
                .await
                .unwrap();
            assert_eq!(name.as_deref(), Some("loqui-compute"));
            names.insert(id);
        }
        assert!(names.len() <= thread::available_parallelism().map_or(1, usize::from));
        let error = run(|| panic!("on purpose")).await.unwrap_err();
        assert!(error.is_panic());
        assert_eq!(run(|| 7).await.unwrap(), 7);
    }
}
