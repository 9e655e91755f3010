//! The stream of a generation's events.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use futures::stream::{self, BoxStream, StreamExt as _};

use super::Loqui;
use crate::error::{Error, Result};
use crate::id::GenerationId;
use crate::ledger::Event;
use crate::runtime::outage::{Backoff, Outage};
use crate::runtime::watch;

/// The maximum time that a listener waits for a signal before it reads the store.
pub(super) const READ_INTERVAL: Duration = Duration::from_secs(30);

/// The events of a generation in order. Ends after `COMPLETED` or `FAILED`.
///
/// Dropping a pending `next` loses no event, because events are read from the store by number. If the store becomes
/// unavailable after the first read, the stream waits until it is available again, at most until the deadline of the
/// generation.
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
        outage: Outage::default(),
        backoff: None,
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
    /// Since when the store is away.
    outage: Outage,
    /// Set after the first successful read. Until then an outage is an error of the caller.
    backoff: Option<Backoff>,
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
                Err(error) if error.is_outage() && self.waits_for(&error).await => {}
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

    /// Pauses after a read that failed because the store is away. False if the listener does not wait for it: at the first
    /// read, and after the deadline of the generation.
    async fn waits_for(&mut self, error: &Error) -> bool {
        let runtime = &self.loqui.runtime;
        let Some(backoff) = &mut self.backoff else {
            return false;
        };
        let now = runtime.clock.now();
        self.outage.begin(error, now);
        if self.outage.overdue(now).is_some() {
            return false;
        }
        runtime.back_off(backoff).await;
        true
    }

    /// The new events, and whether no others will follow. The status is read first: if it is final, the events that are read
    /// afterwards include the last one.
    async fn read(&mut self) -> Result<(Vec<Event>, bool)> {
        let record = self.loqui.record(self.generation).await?;
        let events = self.loqui.runtime.store.events(self.generation, self.after).await?;
        self.outage.expect_end(&record);
        self.outage.store_is_back();
        self.backoff = Some(Backoff::default());
        Ok((events, record.status.is_terminal()))
    }
}
