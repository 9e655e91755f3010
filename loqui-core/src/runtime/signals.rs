//! Wakes listeners of this process when a generation changes.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use tokio::sync::watch;

use crate::id::GenerationId;

/// One channel for each generation that has listeners.
#[derive(Debug, Default)]
pub(crate) struct Signals {
    channels: Mutex<HashMap<GenerationId, watch::Sender<()>>>,
}

impl Signals {
    /// Listens to a generation: the receiver sees every change from now on.
    pub(crate) fn subscribe(&self, generation: GenerationId) -> watch::Receiver<()> {
        let mut channels = self.channels.lock().unwrap_or_else(PoisonError::into_inner);
        channels.retain(|_, channel| channel.receiver_count() > 0);
        channels
            .entry(generation)
            .or_insert_with(|| watch::Sender::new(()))
            .subscribe()
    }

    /// The generations that have listeners.
    pub(crate) fn listened(&self) -> Vec<GenerationId> {
        let mut channels = self.channels.lock().unwrap_or_else(PoisonError::into_inner);
        channels.retain(|_, channel| channel.receiver_count() > 0);
        channels.keys().copied().collect()
    }

    /// Wakes the listeners of a generation.
    pub(crate) fn raise(&self, generation: GenerationId) {
        let channels = self.channels.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(channel) = channels.get(&generation) {
            channel.send_replace(());
        }
    }
}
