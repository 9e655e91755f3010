//! The stream of a generation's events.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use futures::stream::{self, BoxStream, StreamExt as _};

use super::Loqui;
use crate::error::Result;
use crate::id::GenerationId;
use crate::ledger::Event;
use crate::runtime::watch;

/// The maximum time that a listener waits for a signal before it reads the store.
const READ_INTERVAL: Duration = Duration::from_secs(30);

/// The events of a generation in order. Ends after `COMPLETED` or `FAILED`.
///
/// Dropping a pending `next` loses no event: they are read from the store by number.
pub type Events = BoxStream<'static, Result<Event>>;

/// Streams the events after the one with this number. Subscribes before it reads, so that no event is missed in between.
pub(crate) fn events(loqui: Loqui, generation: GenerationId, after: u64) -> Events {
    let runtime = &loqui.runtime;
    let watching = &runtime.shared.watching;
    watching.get_or_init(|| drop(tokio::spawn(watch(Arc::downgrade(runtime)))));
    let changed = loqui.runtime.shared.signals.subscribe(generation);
    let state = State {
        loqui,
        generation,
        after,
        changed,
        ready: VecDeque::new(),
        over: false,
    };
    stream::unfold(state, |mut state| async move {
        state.next().await.map(|event| (event, state))
    })
    .boxed()
}

struct State {
    loqui: Loqui,
    generation: GenerationId,
    after: u64,
    changed: tokio::sync::watch::Receiver<()>,
    ready: VecDeque<Event>,
    over: bool,
}

impl State {
    async fn next(&mut self) -> Option<Result<Event>> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                self.after = event.number;
                self.over = event.status.is_terminal();
                return Some(Ok(event));
            }
            if self.over {
                return None;
            }
            self.changed.mark_unchanged();
            match self.read().await {
                Err(error) => {
                    self.over = true;
                    return Some(Err(error));
                }
                Ok((events, true)) if events.is_empty() => return None,
                Ok((events, _)) if events.is_empty() => {
                    tokio::select! {
                        _ = self.changed.changed() => {}
                        () = self.loqui.runtime.clock.sleep(READ_INTERVAL) => {}
                    }
                }
                Ok((events, _)) => self.ready.extend(events),
            }
        }
    }

    /// The new events, and whether no others will follow. The status is read first: if it is final, the events that are read
    /// afterwards include the last one.
    async fn read(&self) -> Result<(Vec<Event>, bool)> {
        let ended = self.loqui.record(self.generation).await?.status.is_terminal();
        Ok((
            self.loqui.runtime.store.events(self.generation, self.after).await?,
            ended,
        ))
    }
}
