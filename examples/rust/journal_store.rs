//! A store of one's own: every change is a line of JSON in a file, on the disk before it counts. What is read comes from
//! memory; opening the file makes the same changes again.
//!
//! For one process, and for as many records as fit its memory.

use std::fs::{File, OpenOptions};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use loqui_core::error::code;
use loqui_core::ledger::{Event, GenerationRecord, NewGeneration, TakeId, TakeRecord};
use loqui_core::store::{
    Change, Fence, Filter, GenerationStore, MemoryStore, NewSample, SampleFilter, SampleRecord, Spending, UsageFilter,
};
use loqui_core::{Error, Result};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

/// A change as a line of the journal has it.
#[derive(Debug, Serialize, Deserialize)]
enum Line {
    AddSample(NewSample),
    EraseSample(i64, Timestamp),
    Submit(Box<NewGeneration>),
    Claim(i64, String, Timestamp, Duration),
    Beat(String, Timestamp, Duration),
    Release(Fence),
    Write(Fence, Vec<Change>),
    RequestCancel(i64),
    Reopen(i64, Timestamp),
    EraseGeneration(i64, Timestamp),
    ThinGeneration(i64, Timestamp),
    AddHint(String, String),
    LookLate(Box<TakeRecord>),
}

impl Line {
    /// Makes the change that it tells of.
    async fn replay(self, to: &MemoryStore) -> Result<()> {
        match self {
            Self::AddSample(sample) => to.add_sample(sample).await.map(drop),
            Self::EraseSample(id, now) => to.erase_sample(id, now).await.map(drop),
            Self::Submit(new) => to.submit(*new).await.map(drop),
            Self::Claim(id, worker, now, lease) => to.claim(id, &worker, now, lease).await.map(drop),
            Self::Beat(worker, now, lease) => to.renew_lease(&worker, now, lease).await,
            Self::Release(fence) => to.release(fence).await,
            Self::Write(fence, changes) => to.write(fence, changes).await,
            Self::RequestCancel(id) => to.request_cancel(id).await.map(drop),
            Self::Reopen(id, now) => to.reopen(id, now).await.map(drop),
            Self::EraseGeneration(id, now) => to.erase_generation(id, now).await.map(drop),
            Self::ThinGeneration(id, now) => to.prune_generation(id, now).await.map(drop),
            Self::AddHint(take, remote) => to.add_hint(take.parse()?, &remote).await,
            Self::LookLate(take) => to.look_late(*take).await.map(drop),
        }
    }
}

/// Keeps records in a file of JSON lines.
#[derive(Debug)]
pub(crate) struct JournalStore {
    path: PathBuf,
    memory: Arc<MemoryStore>,
    /// Gone once a line could not be written: what is in memory is then ahead of the file, and nothing more counts.
    file: Arc<Mutex<Option<File>>>,
}

impl JournalStore {
    /// Opens the journal, or begins one.
    ///
    /// # Errors
    ///
    /// `store.unavailable` if it cannot be read or made; `store.corrupt` for a line that is no change.
    pub(crate) async fn open(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref().to_owned();
        let opened = OpenOptions::new().create(true).read(true).append(true).open(&path);
        let file = opened.map_err(|error| unavailable(&path, error))?;
        let memory = MemoryStore::new();
        let mut reader = BufReader::new(&file);
        let (mut text, mut whole) = (String::new(), 0);
        while reader.read_line(&mut text).map_err(|error| unavailable(&path, error))? > 0 {
            // A line without its end was being written when the process died: nobody was told that it counts.
            if !text.ends_with('\n') {
                break;
            }
            let line: Line = serde_json::from_str(&text).map_err(|source| {
                let message = format!("{} holds a line that is no change", path.display());
                Error::new(&code::STORE_CORRUPT, message).with_source(source)
            })?;
            line.replay(&memory).await?;
            whole += text.len() as u64;
            text.clear();
        }
        drop(reader);
        file.set_len(whole).map_err(|error| unavailable(&path, error))?;
        Ok(Self {
            path,
            memory: Arc::new(memory),
            file: Arc::new(Mutex::new(Some(file))),
        })
    }

    /// Makes a change in memory and writes its lines, one change at a time; it is done to its end even if nobody waits
    /// for it any more. `lines` says what to write of what came out: nothing, if nothing changed.
    async fn change<T, F>(
        &self,
        make: impl FnOnce(Arc<MemoryStore>) -> F + Send + 'static,
        lines: impl FnOnce(&T) -> Vec<Line> + Send + 'static,
    ) -> Result<T>
    where
        T: Send + 'static,
        F: Future<Output = Result<T>> + Send,
    {
        let (path, memory, file) = (self.path.clone(), Arc::clone(&self.memory), Arc::clone(&self.file));
        let work = async move {
            let mut slot = file.lock_owned().await;
            if slot.is_none() {
                return Err(unavailable(
                    &path,
                    std::io::Error::other("an earlier change could not be written"),
                ));
            }
            let made = make(memory).await?;
            let mut text = Vec::new();
            for line in lines(&made) {
                serde_json::to_writer(&mut text, &line).map_err(|error| unavailable(&path, error.into()))?;
                text.push(b'\n');
            }
            if text.is_empty() {
                return Ok(made);
            }
            let writing = tokio::task::spawn_blocking(move || {
                let result = slot
                    .as_mut()
                    .map_or(Ok(()), |file| file.write_all(&text).and_then(|()| file.sync_data()));
                if result.is_err() {
                    *slot = None;
                }
                result
            });
            match writing.await {
                Ok(Ok(())) => Ok(made),
                Ok(Err(error)) => Err(unavailable(&path, error)),
                Err(broken) => Err(unavailable(&path, broken.into())),
            }
        };
        match tokio::spawn(work).await {
            Ok(result) => result,
            Err(broken) => Err(unavailable(&self.path, broken.into())),
        }
    }
}

fn unavailable(path: &Path, source: std::io::Error) -> Error {
    let message = format!("the journal {} cannot be used", path.display());
    Error::new(&code::STORE_UNAVAILABLE, message).with_source(source)
}

#[async_trait]
impl GenerationStore for JournalStore {
    fn location(&self) -> String {
        self.path.display().to_string()
    }

    async fn add_sample(&self, sample: NewSample) -> Result<SampleRecord> {
        let line = Line::AddSample(sample.clone());
        self.change(|to| async move { to.add_sample(sample).await }, |_| vec![line])
            .await
    }

    async fn erase_sample(&self, id: i64, now: Timestamp) -> Result<Option<SampleRecord>> {
        let line = Line::EraseSample(id, now);
        self.change(move |to| async move { to.erase_sample(id, now).await }, |_| vec![line])
            .await
    }

    async fn submit(&self, new: NewGeneration) -> Result<GenerationRecord> {
        let line = Line::Submit(Box::new(new.clone()));
        self.change(|to| async move { to.submit(new).await }, |_| vec![line])
            .await
    }

    async fn claim(&self, id: i64, worker: &str, now: Timestamp, lease: Duration) -> Result<Option<GenerationRecord>> {
        let (line, worker) = (Line::Claim(id, worker.to_owned(), now, lease), worker.to_owned());
        self.change(
            move |to| async move { to.claim(id, &worker, now, lease).await },
            |claimed| only_if(claimed.is_some(), line),
        )
        .await
    }

    async fn claim_next(
        &self,
        worker: &str,
        now: Timestamp,
        lease: Duration,
        limit: u32,
    ) -> Result<Vec<GenerationRecord>> {
        let (worker, by) = (worker.to_owned(), worker.to_owned());
        self.change(
            move |to| async move { to.claim_next(&worker, now, lease, limit).await },
            // Which ones they were is written, not how they were chosen.
            move |claimed| {
                claimed
                    .iter()
                    .map(|record| Line::Claim(record.id, by.clone(), now, lease))
                    .collect()
            },
        )
        .await
    }

    async fn renew_lease(&self, worker: &str, now: Timestamp, lease: Duration) -> Result<()> {
        let (line, worker) = (Line::Beat(worker.to_owned(), now, lease), worker.to_owned());
        self.change(
            move |to| async move { to.renew_lease(&worker, now, lease).await },
            |()| vec![line],
        )
        .await
    }

    async fn release(&self, fence: Fence) -> Result<()> {
        self.change(
            move |to| async move { to.release(fence).await },
            move |()| vec![Line::Release(fence)],
        )
        .await
    }

    async fn write(&self, fence: Fence, changes: Vec<Change>) -> Result<()> {
        let line = Line::Write(fence, changes.clone());
        self.change(move |to| async move { to.write(fence, changes).await }, |()| vec![line])
            .await
    }

    async fn request_cancel(&self, id: i64) -> Result<bool> {
        let line = Line::RequestCancel(id);
        self.change(
            move |to| async move { to.request_cancel(id).await },
            |done| only_if(*done, line),
        )
        .await
    }

    async fn reopen(&self, id: i64, now: Timestamp) -> Result<bool> {
        let line = Line::Reopen(id, now);
        self.change(
            move |to| async move { to.reopen(id, now).await },
            |done| only_if(*done, line),
        )
        .await
    }

    async fn erase_generation(&self, id: i64, now: Timestamp) -> Result<bool> {
        let line = Line::EraseGeneration(id, now);
        self.change(
            move |to| async move { to.erase_generation(id, now).await },
            |done| only_if(*done, line),
        )
        .await
    }

    async fn prune_generation(&self, id: i64, now: Timestamp) -> Result<bool> {
        let line = Line::ThinGeneration(id, now);
        self.change(
            move |to| async move { to.prune_generation(id, now).await },
            |done| only_if(*done, line),
        )
        .await
    }

    async fn add_hint(&self, take: TakeId, remote: &str) -> Result<()> {
        let (line, remote) = (Line::AddHint(take.to_string(), remote.to_owned()), remote.to_owned());
        self.change(
            move |to| async move { to.add_hint(take, &remote).await },
            |()| vec![line],
        )
        .await
    }

    async fn look_late(&self, take: TakeRecord) -> Result<bool> {
        let line = Line::LookLate(Box::new(take.clone()));
        self.change(
            |to| async move { to.look_late(take).await },
            |done| only_if(*done, line),
        )
        .await
    }

    async fn sample(&self, id: i64) -> Result<Option<SampleRecord>> {
        self.memory.sample(id).await
    }

    async fn sample_of(&self, owner: Option<&str>, sha256: &str) -> Result<Option<SampleRecord>> {
        self.memory.sample_of(owner, sha256).await
    }

    async fn samples(&self, filter: &SampleFilter) -> Result<Vec<SampleRecord>> {
        self.memory.samples(filter).await
    }

    async fn generation(&self, id: i64) -> Result<Option<GenerationRecord>> {
        self.memory.generation(id).await
    }

    async fn generations(&self, filter: &Filter) -> Result<Vec<GenerationRecord>> {
        self.memory.generations(filter).await
    }

    async fn takes(&self, generation: i64) -> Result<Vec<TakeRecord>> {
        self.memory.takes(generation).await
    }

    async fn holds_remote(&self, remote: &str) -> Result<bool> {
        self.memory.holds_remote(remote).await
    }

    async fn events(&self, generation: i64, after: u64) -> Result<Vec<Event>> {
        self.memory.events(generation, after).await
    }

    async fn last_events(&self, generations: &[i64]) -> Result<Vec<(i64, u64)>> {
        self.memory.last_events(generations).await
    }

    async fn cancel_requests(&self, worker: &str) -> Result<Vec<i64>> {
        self.memory.cancel_requests(worker).await
    }

    async fn unfinished(&self) -> Result<Vec<i64>> {
        self.memory.unfinished().await
    }

    /// One process only: whatever is submitted is known here already.
    async fn wait_for_work(&self) {
        self.memory.wait_for_work().await;
    }

    async fn hint(&self, take: TakeId) -> Result<Option<String>> {
        self.memory.hint(take).await
    }

    async fn given_up(&self, from: Timestamp, to: Timestamp, limit: u32) -> Result<Vec<TakeRecord>> {
        self.memory.given_up(from, to, limit).await
    }

    async fn ended_before(&self, at: Timestamp, limit: u32) -> Result<Vec<i64>> {
        self.memory.ended_before(at, limit).await
    }

    async fn completed_before(&self, at: Timestamp, limit: u32) -> Result<Vec<i64>> {
        self.memory.completed_before(at, limit).await
    }

    async fn spending(&self, filter: &UsageFilter) -> Result<Vec<Spending>> {
        self.memory.spending(filter).await
    }
}

fn only_if(done: bool, line: Line) -> Vec<Line> {
    if done { vec![line] } else { Vec::new() }
}
