//! The one connection that writes. Waiting calls share a transaction, so that one sync to disk commits all of them.
//!
//! Each call runs in a savepoint: a call that fails is rolled back alone. Calls return after the transaction has been
//! committed. A task runs the transactions; it is spawned when a call arrives and ends when the queue is empty. A cancelled
//! caller does not affect the others, and a dropped store leaves no task behind.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures::future::{BoxFuture, FutureExt as _};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection, SqliteTransaction};
use tokio::sync::oneshot;

use crate::store::sql::Priority;
use crate::store::sql::failure::Failure;

/// The maximum number of calls in one transaction: all of them wait for the slowest, and new calls wait for all of them.
const MAX_BATCH: usize = 128;

pub(super) struct Writer {
    options: SqliteConnectOptions,
    /// `None` after an error, because the state of the connection is unknown; the next batch opens a new one.
    connection: tokio::sync::Mutex<Option<SqliteConnection>>,
    queue: Mutex<Queue>,
}

#[derive(Default)]
struct Queue {
    interactive: VecDeque<Box<dyn PendingCall>>,
    background: VecDeque<Box<dyn PendingCall>>,
    /// True while a task drains the queue.
    draining: bool,
}

impl Queue {
    /// Removes the calls of the next transaction: interactive ones first, and at least half of a full batch background ones
    /// if that many wait.
    fn next_batch(&mut self) -> Vec<Box<dyn PendingCall>> {
        let free = MAX_BATCH.saturating_sub(self.background.len());
        let interactive = self.interactive.len().min(free.max(MAX_BATCH / 2));
        let background = self.background.len().min(MAX_BATCH - interactive);
        let batch = self.interactive.drain(..interactive);
        batch.chain(self.background.drain(..background)).collect()
    }
}

impl Writer {
    pub(super) fn new(options: SqliteConnectOptions, connection: SqliteConnection) -> Self {
        Self {
            options,
            connection: tokio::sync::Mutex::new(Some(connection)),
            queue: Mutex::default(),
        }
    }

    /// Runs `work` in a transaction that it shares with other waiting calls; returns once it is on disk.
    pub(super) async fn run<T, W>(self: &Arc<Self>, priority: Priority, work: W) -> Result<T, Failure>
    where
        T: Send + 'static,
        W: for<'c> FnOnce(&'c mut SqliteConnection) -> BoxFuture<'c, Result<T, Failure>> + Send + 'static,
    {
        let (reply, result) = oneshot::channel();
        let call = Call {
            work: Some(work),
            result: Err(Failure::Stopped),
            reply,
        };
        if self.enqueue(priority, Box::new(call)) {
            tokio::spawn(Drain::begin(Arc::clone(self)).run());
        }
        result.await.unwrap_or(Err(Failure::Stopped))
    }

    /// Adds a call; returns whether the caller must spawn a task that drains the queue.
    fn enqueue(&self, priority: Priority, call: Box<dyn PendingCall>) -> bool {
        let mut queue = self.queue();
        match priority {
            Priority::Interactive => queue.interactive.push_back(call),
            Priority::Background => queue.background.push_back(call),
        }
        !std::mem::replace(&mut queue.draining, true)
    }

    async fn commit(&self, batch: &mut [Box<dyn PendingCall>]) -> Result<(), Failure> {
        let mut slot = self.connection.lock().await;
        let mut connection = match slot.take() {
            Some(connection) => connection,
            None => self.options.connect().await?,
        };
        // Immediate: takes the write lock now. SQLite cannot wait for it later in a transaction that has read.
        let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
        for call in batch {
            let mut savepoint = transaction.begin().await?;
            match call.run(&mut savepoint).await {
                Ok(()) => savepoint.commit().await?,
                Err(failure) => roll_back(savepoint, failure).await?,
            }
        }
        transaction.commit().await?;
        *slot = Some(connection);
        Ok(())
    }

    /// Writes the write-ahead log back into the file, unless another process uses it, and closes the connection. Without
    /// effect if a transaction runs.
    pub(super) fn write_back(&self) {
        let Some(connection) = self.connection.try_lock().ok().and_then(|mut slot| slot.take()) else {
            return;
        };
        // The caller may be in a runtime, which must not be blocked on.
        let written = std::thread::Builder::new().spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().build();
            runtime.map(|runtime| runtime.block_on(write_back(connection)))
        });
        let written = written.map(std::thread::JoinHandle::join);
        if !matches!(written, Ok(Ok(Ok(Ok(()))))) {
            // Nothing is lost: the log is written back by the next process.
            tracing::debug!("the write-ahead log of the records was not written back");
        }
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn write_back(mut connection: SqliteConnection) -> Result<(), Failure> {
    // Others may read: then the log stays.
    sqlx::raw_sql("PRAGMA busy_timeout = 200; PRAGMA wal_checkpoint(TRUNCATE)")
        .execute(&mut connection)
        .await?;
    Ok(connection.close().await?)
}

/// Rolls back what a call did before it failed.
async fn roll_back(savepoint: SqliteTransaction<'_>, failure: Failure) -> Result<(), Failure> {
    let rolled_back = savepoint.rollback().await;
    rolled_back.map_err(|error| match failure {
        Failure::Refused(_) => error.into(),
        // On a full disk SQLite rolls the whole transaction back by itself, so the savepoint does not exist any more. All
        // calls of the transaction fail with the failure of this one.
        failure => failure,
    })
}

impl fmt::Debug for Writer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let queue = self.queue();
        write!(
            f,
            "Writer({} waiting)",
            queue.interactive.len() + queue.background.len()
        )
    }
}

/// The task that drains the queue.
struct Drain {
    writer: Arc<Writer>,
    done: bool,
}

impl Drain {
    fn begin(writer: Arc<Writer>) -> Self {
        Self { writer, done: false }
    }

    async fn run(mut self) {
        while let Some(mut batch) = self.next_batch() {
            let committed = self.writer.commit(&mut batch).await;
            for call in batch {
                call.reply(committed.clone());
            }
        }
    }

    fn next_batch(&mut self) -> Option<Vec<Box<dyn PendingCall>>> {
        let mut queue = self.writer.queue();
        let batch = queue.next_batch();
        if batch.is_empty() {
            queue.draining = false;
            self.done = true;
            return None;
        }
        Some(batch)
    }
}

impl Drop for Drain {
    /// Fails the waiting calls when the runtime shuts down, so that the next call can spawn a new task on another runtime.
    fn drop(&mut self) {
        if !self.done {
            let mut queue = self.writer.queue();
            *queue = Queue::default();
        }
    }
}

/// A call in the queue, with its result type erased.
trait PendingCall: Send {
    /// Runs the work and keeps its result. The caller rolls a failure back.
    fn run<'a>(&'a mut self, connection: &'a mut SqliteConnection) -> BoxFuture<'a, Result<(), Failure>>;

    /// Sends the result to the caller, or the failure of the commit.
    fn reply(self: Box<Self>, committed: Result<(), Failure>);
}

struct Call<T, W> {
    work: Option<W>,
    result: Result<T, Failure>,
    reply: oneshot::Sender<Result<T, Failure>>,
}

impl<T, W> PendingCall for Call<T, W>
where
    T: Send,
    W: for<'c> FnOnce(&'c mut SqliteConnection) -> BoxFuture<'c, Result<T, Failure>> + Send,
{
    fn run<'a>(&'a mut self, connection: &'a mut SqliteConnection) -> BoxFuture<'a, Result<(), Failure>> {
        async move {
            if let Some(work) = self.work.take() {
                self.result = work(connection).await;
            }
            self.result.as_ref().map(drop).map_err(Clone::clone)
        }
        .boxed()
    }

    fn reply(self: Box<Self>, committed: Result<(), Failure>) {
        // The caller may have been cancelled.
        let _ = self.reply.send(committed.and(self.result));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Noop;

    impl PendingCall for Noop {
        fn run<'a>(&'a mut self, _: &'a mut SqliteConnection) -> BoxFuture<'a, Result<(), Failure>> {
            async { Ok(()) }.boxed()
        }

        fn reply(self: Box<Self>, _: Result<(), Failure>) {}
    }

    fn queue(interactive: usize, background: usize) -> Queue {
        let calls = |count| (0..count).map(|_| Box::new(Noop) as Box<dyn PendingCall>).collect();
        Queue {
            interactive: calls(interactive),
            background: calls(background),
            draining: true,
        }
    }

    #[test]
    fn interactive_calls_go_first_and_background_calls_do_not_starve() {
        for (interactive, background, left) in [
            (1, 1_000, (0, 873)),
            (1_000, 1_000, (936, 936)),
            (1_000, 10, (882, 0)),
            (3, 4, (0, 0)),
        ] {
            let mut queue = queue(interactive, background);
            let batch = queue.next_batch();
            assert!(batch.len() <= MAX_BATCH);
            assert_eq!(
                (queue.interactive.len(), queue.background.len()),
                left,
                "{interactive} interactive and {background} background calls"
            );
        }
    }
}
