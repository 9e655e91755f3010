//! What the tools of a session share.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use futures::StreamExt as _;
use loqui_core::{Error, Generation, GenerationId, Loqui};
use tokio::sync::Mutex;

use super::budget::{Reservation, SessionBudget};
use super::recordings::Recordings;
use super::speech_files::SpeechFiles;

/// One run of the server. Cheap to clone; clones share everything.
#[derive(Clone)]
pub(super) struct Session(Arc<Shared>);

pub(super) struct Shared {
    pub(super) loqui: Loqui,
    pub(super) budget: SessionBudget,
    pub(super) recordings: Recordings,
    pub(super) files: SpeechFiles,
    /// The generations that run, by their request. A client that repeats a request after a timeout joins the first one.
    running: Arc<Mutex<BTreeMap<String, GenerationId>>>,
}

impl Session {
    pub(super) fn new(loqui: Loqui, budget: SessionBudget, recordings: Recordings, files: SpeechFiles) -> Self {
        Self(Arc::new(Shared {
            loqui,
            budget,
            recordings,
            files,
            running: Arc::default(),
        }))
    }

    /// Returns the running generation of an equal request, or else submits it with `submit`.
    pub(super) async fn join_or_submit(
        &self,
        request: String,
        submit: impl Future<Output = Result<(Generation, Option<Reservation>), Error>>,
    ) -> Result<Generation, Error> {
        let mut running = self.0.running.lock().await;
        if let Some(id) = running.get(&request) {
            return self.0.loqui.generation(*id).await;
        }
        let (generation, reservation) = submit.await?;
        running.insert(request.clone(), generation.id());
        drop(running);
        let (followed, running) = (generation.clone(), Arc::clone(&self.0.running));
        tokio::spawn(async move {
            settle(&followed, reservation).await;
            running.lock().await.remove(&request);
        });
        Ok(generation)
    }
}

/// Waits for the end of a generation, and replaces its reservation by its cost.
async fn settle(generation: &Generation, reservation: Option<Reservation>) {
    wait(generation).await;
    let Some(reservation) = reservation else { return };
    match generation.info().await {
        Ok(info) => reservation.settle(info.cost_usd),
        Err(error) => {
            tracing::warn!(generation = generation.id().get(), %error, "the cost is unknown: all that was reserved counts");
        }
    }
}

/// Waits for the end of a generation, without running one that another process has interrupted.
async fn wait(generation: &Generation) {
    let mut events = generation.events();
    while let Some(Ok(_)) = events.next().await {}
}

impl std::ops::Deref for Session {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("budget", &self.0.budget)
            .field("recordings", &self.0.recordings)
            .finish_non_exhaustive()
    }
}
