//! The predictions that run in this process, and what they came to.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tokio::sync::{Notify, watch};
use tokio::task::AbortHandle;

use super::work::{End, Work};
use crate::engine::Remote;
use crate::error::{Error, code};

/// Ends that nobody has come for are kept up to this many.
const MOST_ENDED: usize = 64;

/// Every prediction by its name.
#[derive(Debug, Default)]
pub(super) struct RunningPredictions {
    entries: Mutex<HashMap<String, Entry>>,
    /// Raised whenever one ends: there may be room for the next.
    room: Arc<Notify>,
}

#[derive(Debug)]
struct Entry {
    task: AbortHandle,
    end: watch::Receiver<Option<End>>,
}

impl Drop for Entry {
    /// Nobody can ask for it any more: its connection ends, and the container stops.
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl RunningPredictions {
    /// Begins a prediction; one of that name that runs already goes on.
    pub(super) fn begin(&self, id: &str, work: Work) {
        let mut entries = self.lock();
        if entries.contains_key(id) {
            return;
        }
        forget_some(&mut entries);
        let (told, end) = watch::channel(None);
        let room = Arc::clone(&self.room);
        let task = tokio::spawn(async move {
            let end = work.done(&room).await;
            told.send_replace(Some(end));
            room.notify_waiters();
        });
        let task = task.abort_handle();
        entries.insert(id.to_owned(), Entry { task, end });
    }

    pub(super) fn holds(&self, id: &str) -> bool {
        self.lock().contains_key(id)
    }

    /// How the prediction of this name is doing.
    pub(super) fn state(&self, id: &str) -> Remote {
        let entries = self.lock();
        let Some(entry) = entries.get(id) else {
            return Remote::Failed(Arc::new(gone()));
        };
        let end = entry.end.borrow().clone();
        match end {
            None => Remote::Running(None),
            Some(End::Audio(_)) => Remote::Succeeded { output: id.to_owned() },
            Some(End::Cancelled) => Remote::Cancelled,
            Some(End::Failed(error)) => Remote::Failed(error),
        }
    }

    /// Resolves once the prediction of this name has ended; never for one that is not here.
    pub(super) async fn ended(&self, id: &str) {
        let end = self.lock().get(id).map(|entry| entry.end.clone());
        match end {
            // An error means that its task is gone: there is nothing to wait for.
            Some(mut end) => drop(end.wait_for(Option::is_some).await),
            None => std::future::pending().await,
        }
    }

    /// Hands out the speech of a prediction and forgets it.
    pub(super) fn audio(&self, id: &str) -> Option<Bytes> {
        let mut entries = self.lock();
        let end = entries.get(id)?.end.borrow().clone();
        let Some(End::Audio(wav)) = end else { return None };
        entries.remove(id);
        Some(wav)
    }

    /// Stops a prediction unless it has ended; answers how it stands.
    pub(super) fn stop(&self, id: &str) -> Remote {
        match self.state(id) {
            Remote::Running(_) => {
                self.lock().remove(id);
                self.room.notify_waiters();
                Remote::Cancelled
            }
            ended => ended,
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A take whose process died: the container stopped with it.
fn gone() -> Error {
    Error::new(
        &code::COG_PREDICTION_FAILED,
        "the process that waited for the container is gone, and the speech with it",
    )
}

/// Keeps ends that nobody comes for from piling up.
fn forget_some(entries: &mut HashMap<String, Entry>) {
    let ended: Vec<String> = entries
        .iter()
        .filter(|(_, entry)| entry.end.borrow().is_some())
        .map(|(id, _)| id.clone())
        .collect();
    if ended.len() >= MOST_ENDED {
        for id in ended {
            entries.remove(&id);
        }
    }
}
