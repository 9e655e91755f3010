//! The one connection that writes. Whatever waits goes into one transaction, so that one trip to the disk serves all.
//!
//! Every call runs inside a savepoint: one that is refused is undone alone. Nobody is answered before the transaction
//! has been committed. A task does the writing, and lives only while something waits: a caller that gives up does not
//! disturb the others, and nothing is left running when the store goes away.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures::future::{BoxFuture, FutureExt as _};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection, SqliteTransaction};
use tokio::sync::oneshot;

use super::failure::Failure;

/// So many calls share a transaction at most: the first of them waits for the last, and whoever comes meanwhile for all.
const LARGEST_BATCH: usize = 128;

/// Who goes before whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// Somebody waits for the answer. At least half of a transaction is for others, if they wait, too.
    Soon,
    /// What goes on by itself.
    InOrder,
}

pub(super) struct Writer {
    options: SqliteConnectOptions,
    /// Nothing after an error: what state it was left in is not known, and the next batch makes a new one.
    connection: tokio::sync::Mutex<Option<SqliteConnection>>,
    queue: Mutex<Queue>,
}

#[derive(Default)]
struct Queue {
    soon: VecDeque<Box<dyn Waiting>>,
    in_order: VecDeque<Box<dyn Waiting>>,
    /// True while a task empties the queue.
    emptying: bool,
}

impl Queue {
    /// Takes the calls of the next transaction; none if nobody waits.
    fn next_batch(&mut self) -> Vec<Box<dyn Waiting>> {
        let free = LARGEST_BATCH.saturating_sub(self.in_order.len());
        let soon = self.soon.len().min(free.max(LARGEST_BATCH / 2));
        let others = self.in_order.len().min(LARGEST_BATCH - soon);
        let batch = self.soon.drain(..soon);
        batch.chain(self.in_order.drain(..others)).collect()
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

    /// Does `work` in a transaction, together with whatever else waits, and answers once it is on the disk.
    pub(super) async fn run<T, W>(self: &Arc<Self>, turn: Turn, work: W) -> Result<T, Failure>
    where
        T: Send + 'static,
        W: for<'c> FnOnce(&'c mut SqliteConnection) -> BoxFuture<'c, Result<T, Failure>> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let call = Call {
            work: Some(work),
            result: Err(Failure::Stopped),
            reply,
        };
        if self.enqueue(turn, Box::new(call)) {
            tokio::spawn(Emptying::begin(Arc::clone(self)).run());
        }
        answer.await.unwrap_or(Err(Failure::Stopped))
    }

    /// Adds a call; true if nobody empties the queue yet.
    fn enqueue(&self, turn: Turn, call: Box<dyn Waiting>) -> bool {
        let mut queue = self.queue();
        match turn {
            Turn::Soon => queue.soon.push_back(call),
            Turn::InOrder => queue.in_order.push_back(call),
        }
        !std::mem::replace(&mut queue.emptying, true)
    }

    async fn commit(&self, batch: &mut [Box<dyn Waiting>]) -> Result<(), Failure> {
        let mut slot = self.connection.lock().await;
        let mut connection = match slot.take() {
            Some(connection) => connection,
            None => self.options.connect().await?,
        };
        // Immediate: the lock is waited for here, not in the middle, where SQLite cannot wait.
        let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
        for call in batch {
            let mut savepoint = transaction.begin().await?;
            match call.work(&mut savepoint).await {
                Ok(()) => savepoint.commit().await?,
                Err(failure) => undo(savepoint, failure).await?,
            }
        }
        transaction.commit().await?;
        *slot = Some(connection);
        Ok(())
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Undoes what a call did before it failed.
async fn undo(savepoint: SqliteTransaction<'_>, failure: Failure) -> Result<(), Failure> {
    let undone = savepoint.rollback().await;
    undone.map_err(|error| match failure {
        Failure::Refused(_) => error.into(),
        // On a full disk SQLite undoes the whole transaction by itself, so there is no savepoint left: all calls of it
        // fail, for the reason that this one had.
        failure => failure,
    })
}

impl fmt::Debug for Writer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let queue = self.queue();
        write!(f, "Writer({} waiting)", queue.soon.len() + queue.in_order.len())
    }
}

/// The task that empties the queue.
struct Emptying {
    writer: Arc<Writer>,
    done: bool,
}

impl Emptying {
    fn begin(writer: Arc<Writer>) -> Self {
        Self { writer, done: false }
    }

    async fn run(mut self) {
        while let Some(mut batch) = self.next_batch() {
            let committed = self.writer.commit(&mut batch).await;
            for call in batch {
                call.answer(committed.clone());
            }
        }
    }

    fn next_batch(&mut self) -> Option<Vec<Box<dyn Waiting>>> {
        let mut queue = self.writer.queue();
        let batch = queue.next_batch();
        if batch.is_empty() {
            queue.emptying = false;
            self.done = true;
            return None;
        }
        Some(batch)
    }
}

impl Drop for Emptying {
    /// When the runtime ends in the middle: whoever waits is told so, and the next call may begin anew on another runtime.
    fn drop(&mut self) {
        if !self.done {
            let mut queue = self.writer.queue();
            *queue = Queue::default();
        }
    }
}

/// A call in the queue, whatever it answers.
trait Waiting: Send {
    /// Does the work and keeps its result; a failure is to be undone.
    fn work<'a>(&'a mut self, connection: &'a mut SqliteConnection) -> BoxFuture<'a, Result<(), Failure>>;

    /// Tells the caller.
    fn answer(self: Box<Self>, committed: Result<(), Failure>);
}

struct Call<T, W> {
    work: Option<W>,
    result: Result<T, Failure>,
    reply: oneshot::Sender<Result<T, Failure>>,
}

impl<T, W> Waiting for Call<T, W>
where
    T: Send,
    W: for<'c> FnOnce(&'c mut SqliteConnection) -> BoxFuture<'c, Result<T, Failure>> + Send,
{
    fn work<'a>(&'a mut self, connection: &'a mut SqliteConnection) -> BoxFuture<'a, Result<(), Failure>> {
        async move {
            if let Some(work) = self.work.take() {
                self.result = work(connection).await;
            }
            self.result.as_ref().map(drop).map_err(Clone::clone)
        }
        .boxed()
    }

    fn answer(self: Box<Self>, committed: Result<(), Failure>) {
        // A caller that has given up hears nothing.
        let _ = self.reply.send(committed.and(self.result));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Nothing;

    impl Waiting for Nothing {
        fn work<'a>(&'a mut self, _: &'a mut SqliteConnection) -> BoxFuture<'a, Result<(), Failure>> {
            async { Ok(()) }.boxed()
        }

        fn answer(self: Box<Self>, _: Result<(), Failure>) {}
    }

    fn queue(soon: usize, in_order: usize) -> Queue {
        let calls = |count| (0..count).map(|_| Box::new(Nothing) as Box<dyn Waiting>).collect();
        Queue {
            soon: calls(soon),
            in_order: calls(in_order),
            emptying: true,
        }
    }

    #[test]
    fn those_who_are_waited_for_go_first_and_nobody_starves() {
        for (soon, in_order, left) in [
            (1, 1_000, (0, 873)),
            (1_000, 1_000, (936, 936)),
            (1_000, 10, (882, 0)),
            (3, 4, (0, 0)),
        ] {
            let mut queue = queue(soon, in_order);
            let batch = queue.next_batch();
            assert!(batch.len() <= LARGEST_BATCH);
            assert_eq!((queue.soon.len(), queue.in_order.len()), left, "{soon} and {in_order}");
        }
    }
}
