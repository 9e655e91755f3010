//! Announces new and retried generations to the sockets of all servers on the same records.
//!
//! A row is written in the transaction of the submission. Each server reads the new rows once a second, and at once after a
//! submission of its own.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use loqui_core::store::sql::{Query, Transaction};
use loqui_core::{Error, GenerationId};
use tokio::sync::{Notify, broadcast};
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use super::database::{Database, now};

/// How often a server looks for the announcements of others.
const INTERVAL: Duration = Duration::from_secs(1);
/// Rows of transactions that run at the same time appear out of order. A row that appears this long after a later one is
/// still announced.
const LAG: Duration = Duration::from_secs(15);
/// The maximum number of rows of one query.
const BATCH: i64 = 1_000;
/// The number of announcements that a slow socket may fall behind.
const CAPACITY: usize = 1_024;
/// Rows are deleted after this time, in microseconds. Every server has read them long before.
const KEEP: i64 = 10 * 60 * 1_000_000;

/// A new or retried generation: the user and the generation.
pub(crate) type Announcement = (i64, GenerationId);

/// The announcements to the sockets of this server.
#[derive(Clone, Debug)]
pub(crate) struct Announcements {
    database: Database,
    sockets: broadcast::Sender<Announcement>,
    /// The last announcement before the server started.
    start: i64,
    added: Arc<Notify>,
}

/// Announces a generation of a user once the transaction is committed.
///
/// # Errors
///
/// `store.unavailable`.
pub(crate) async fn add(
    transaction: &mut Transaction<'_>,
    account: i64,
    generation: GenerationId,
) -> Result<(), Error> {
    transaction.execute(insertion(account, generation)).await.map(drop)
}

fn insertion(account: i64, generation: GenerationId) -> Query {
    let query = Query::new("INSERT INTO announcement (account, generation, at) VALUES ($1, $2, $3)");
    query.bind(account).bind(generation).bind(now())
}

impl Announcements {
    /// Announces what is added to this database from now on.
    ///
    /// # Errors
    ///
    /// `store.unavailable`.
    pub(crate) async fn open(database: &Database) -> Result<Self, Error> {
        let query = Query::new("SELECT coalesce(max(id), 0) AS last FROM announcement");
        Ok(Self {
            database: database.clone(),
            sockets: broadcast::channel(CAPACITY).0,
            start: database.one(query).await?.integer("last")?,
            added: Arc::default(),
        })
    }

    /// Receives all announcements from now on.
    pub(crate) fn subscribe(&self) -> broadcast::Receiver<Announcement> {
        self.sockets.subscribe()
    }

    /// Announces a generation of a user.
    ///
    /// # Errors
    ///
    /// `store.unavailable`.
    pub(crate) async fn announce(&self, account: i64, generation: GenerationId) -> Result<(), Error> {
        self.database.execute(insertion(account, generation)).await?;
        self.wake();
        Ok(())
    }

    /// Reads the announcements at once, because one was added here.
    pub(crate) fn wake(&self) {
        self.added.notify_one();
    }

    /// Reads announcements until the server stops.
    pub(crate) async fn run(self, stop: CancellationToken) {
        let mut ticks = tokio::time::interval(INTERVAL);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut window = Window::after(self.start);
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                _ = ticks.tick() => {}
                () = self.added.notified() => {}
            }
            if let Err(error) = self.pass_on(&mut window).await {
                tracing::warn!(target: "loqui", code = error.code(), "announcements could not be read: {error}");
            }
        }
    }

    /// Deletes old announcements.
    ///
    /// # Errors
    ///
    /// `store.unavailable`.
    pub(crate) async fn prune(&self) -> Result<(), Error> {
        let query = Query::new("DELETE FROM announcement WHERE at < $1").bind(now() - KEEP);
        self.database.execute(query).await.map(drop)
    }

    /// Passes the new announcements on to the sockets.
    async fn pass_on(&self, window: &mut Window) -> Result<(), Error> {
        loop {
            let query = "SELECT id, account, generation FROM announcement WHERE id > $1 ORDER BY id LIMIT $2";
            let rows = self
                .database
                .all(Query::new(query).bind(window.floor).bind(BATCH))
                .await?;
            let mut last = window.floor;
            for row in &rows {
                last = row.integer("id")?;
                if window.is_new(last) {
                    let generation = GenerationId::new(row.integer("generation")?);
                    // An error means that no socket is open.
                    let _ = self.sockets.send((row.integer("account")?, generation));
                }
            }
            if rows.len() < BATCH as usize {
                window.advance();
                return Ok(());
            }
            window.skip_to(last);
        }
    }
}

/// Which rows have been read.
#[derive(Debug)]
struct Window {
    /// Rows up to this id are not read any more.
    floor: i64,
    /// When each row above the floor was read.
    seen: BTreeMap<i64, Instant>,
}

impl Window {
    const fn after(floor: i64) -> Self {
        Self {
            floor,
            seen: BTreeMap::new(),
        }
    }

    /// True the first time.
    fn is_new(&mut self, id: i64) -> bool {
        let is_new = !self.seen.contains_key(&id);
        self.seen.entry(id).or_insert_with(Instant::now);
        is_new
    }

    /// Raises the floor above rows that were read long ago.
    fn advance(&mut self) {
        while let Some(first) = self.seen.first_entry() {
            if first.get().elapsed() < LAG {
                break;
            }
            self.floor = *first.key();
            first.remove();
        }
    }

    /// Raises the floor at once, because too many rows are above it.
    fn skip_to(&mut self, id: i64) {
        self.floor = id;
        self.seen = self.seen.split_off(&(id + 1));
    }
}

#[cfg(test)]
mod tests {
    use loqui_core::Loqui;

    use super::*;

    async fn server(folder: &std::path::Path) -> Announcements {
        let loqui = Loqui::builder()
            .engine_named("offline")
            .data_dir(folder)
            .build()
            .unwrap();
        let database = Database::open(&loqui, folder).await.unwrap();
        Announcements::open(&database).await.unwrap()
    }

    #[tokio::test]
    async fn announcement_reaches_every_server_once() {
        let folder = tempfile::tempdir().unwrap();
        let earlier = server(folder.path()).await;
        earlier.announce(1, GenerationId::new(1)).await.unwrap();
        let (here, there) = (server(folder.path()).await, server(folder.path()).await);
        let (mut read_here, mut read_there) = (Window::after(here.start), Window::after(there.start));
        let (mut hears, mut also_hears) = (here.subscribe(), there.subscribe());
        here.announce(7, GenerationId::new(2)).await.unwrap();
        for _ in 0..2 {
            here.pass_on(&mut read_here).await.unwrap();
            there.pass_on(&mut read_there).await.unwrap();
        }
        for socket in [&mut hears, &mut also_hears] {
            assert_eq!(
                socket.try_recv().unwrap(),
                (7, GenerationId::new(2)),
                "not the one before the start"
            );
            socket.try_recv().unwrap_err();
        }
    }

    #[test]
    fn row_that_appears_late_is_new_once() {
        let mut window = Window::after(3);
        assert!(window.is_new(6));
        window.advance();
        assert_eq!(window.floor, 3, "a transaction may still commit row 5");
        assert!(window.is_new(5) && !window.is_new(6) && !window.is_new(5));
        window.skip_to(5);
        assert_eq!((window.floor, window.seen.len()), (5, 1));
    }
}
