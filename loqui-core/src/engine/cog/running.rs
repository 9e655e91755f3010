//! The predictions of this process and how they ended.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tokio::sync::{Notify, watch};
use tokio::task::AbortHandle;

use super::prediction_task::{PredictionEnd, PredictionTask};
use crate::engine::Remote;
use crate::error::{Error, code};

/// Ended predictions that were not fetched are removed when there are this many.
const MAX_UNFETCHED: usize = 64;

/// Running and ended predictions, by id.
#[derive(Debug, Default)]
pub(super) struct RunningPredictions {
    entries: Mutex<HashMap<String, Entry>>,
    /// Notified when a prediction ends, so that the container may have capacity for another one.
    capacity: Arc<Notify>,
}

#[derive(Debug)]
struct Entry {
    task: AbortHandle,
    end: watch::Receiver<Option<PredictionEnd>>,
}

impl Drop for Entry {
    /// Closes the connection of the prediction, which cancels it in the container.
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl RunningPredictions {
    /// Starts a prediction. A prediction with this id that already exists continues.
    pub(super) fn start(&self, id: &str, prediction: PredictionTask) {
        let mut entries = self.lock();
        if entries.contains_key(id) {
            return;
        }
        remove_unfetched(&mut entries);
        let (sender, end) = watch::channel(None);
        let capacity = Arc::clone(&self.capacity);
        let task = tokio::spawn(async move {
            let end = prediction.run(&capacity).await;
            sender.send_replace(Some(end));
            capacity.notify_waiters();
        });
        let task = task.abort_handle();
        entries.insert(id.to_owned(), Entry { task, end });
    }

    pub(super) fn contains(&self, id: &str) -> bool {
        self.lock().contains_key(id)
    }

    /// Returns the state of a prediction.
    pub(super) fn state(&self, id: &str) -> Remote {
        let entries = self.lock();
        let Some(entry) = entries.get(id) else {
            return Remote::Failed(Arc::new(unknown()));
        };
        let end = entry.end.borrow().clone();
        match end {
            None => Remote::Running(None),
            Some(PredictionEnd::Audio(_)) => Remote::Succeeded { output: id.to_owned() },
            Some(PredictionEnd::Cancelled) => Remote::Cancelled,
            Some(PredictionEnd::Failed(error)) => Remote::Failed(error),
        }
    }

    /// Resolves when a prediction has ended. Never resolves for an unknown one.
    pub(super) async fn ended(&self, id: &str) {
        let end = self.lock().get(id).map(|entry| entry.end.clone());
        match end {
            // An error means that the task is gone, so there is nothing to wait for.
            Some(mut end) => drop(end.wait_for(Option::is_some).await),
            None => std::future::pending().await,
        }
    }

    /// Removes a successful prediction and returns its audio.
    pub(super) fn take_audio(&self, id: &str) -> Option<Bytes> {
        let mut entries = self.lock();
        let end = entries.get(id)?.end.borrow().clone();
        let Some(PredictionEnd::Audio(wav)) = end else {
            return None;
        };
        entries.remove(id);
        Some(wav)
    }

    /// Cancels a prediction unless it has ended. Returns its state.
    pub(super) fn cancel(&self, id: &str) -> Remote {
        match self.state(id) {
            Remote::Running(_) => {
                self.lock().remove(id);
                self.capacity.notify_waiters();
                Remote::Cancelled
            }
            ended => ended,
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns the error for a prediction of a process that has ended, which the container has cancelled.
fn unknown() -> Error {
    Error::new(
        &code::COG_PREDICTION_FAILED,
        "the process that started the prediction has ended, which cancelled the prediction",
    )
}

/// Limits the number of ended predictions that are never fetched.
fn remove_unfetched(entries: &mut HashMap<String, Entry>) {
    let ended: Vec<String> = entries
        .iter()
        .filter(|(_, entry)| entry.end.borrow().is_some())
        .map(|(id, _)| id.clone())
        .collect();
    if ended.len() >= MAX_UNFETCHED {
        for id in ended {
            entries.remove(&id);
        }
    }
}
