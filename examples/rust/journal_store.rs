//! A custom store. Each change is a line of JSON in a file, synced to disk before the call returns. Reads use memory;
//! opening the file applies the changes again.
//!
//! Only one process can use it, and all records must fit into memory.

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
    Change, ClaimRequest, ClaimTarget, Fence, Filter, GenerationStore, MemoryStore, NewSample, SampleFilter,
    SampleRecord, Spending, TakeFilter, Update, UsageFilter,
};
use loqui_core::{Error, GenerationId, Result, SampleId};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

/// A line of the journal.
#[derive(Debug, Serialize, Deserialize)]
enum Line {
    AddSample(NewSample),
    EraseSample(SampleId, Timestamp),
    Submit(Box<NewGeneration>),
    Acquire(ClaimRequest),
    RenewLease(String, Timestamp, Duration),
    Release(Fence),
    Write(Fence, Vec<Change>),
    Update(Update),
}

impl Line {
    async fn replay(self, to: &MemoryStore) -> Result<()> {
        match self {
            Self::AddSample(sample) => to.add_sample(sample).await.map(drop),
            Self::EraseSample(id, now) => to.erase_sample(id, now).await.map(drop),
            Self::Submit(new) => to.submit(*new).await.map(drop),
            Self::Acquire(request) => to.acquire(request).await.map(drop),
            Self::RenewLease(worker, now, lease) => to.renew_lease(&worker, now, lease).await,
            Self::Release(fence) => to.release(fence).await,
            Self::Write(fence, changes) => to.write(fence, changes).await,
            Self::Update(update) => to.update(update).await.map(drop),
        }
    }
}

/// Keeps records in a file of JSON lines.
#[derive(Debug)]
pub(crate) struct JournalStore {
    path: PathBuf,
    memory: Arc<MemoryStore>,
    /// `None` after a line could not be written. Memory then has changes that the file lacks, and further changes fail.
    file: Arc<Mutex<Option<File>>>,
}

impl JournalStore {
    /// Opens the journal, or creates it.
    ///
    /// # Errors
    ///
    /// `store.unavailable` if it cannot be read or created; `store.corrupt` for an invalid line.
    pub(crate) async fn open(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref().to_owned();
        let opened = OpenOptions::new().create(true).read(true).append(true).open(&path);
        let file = opened.map_err(|error| unavailable(&path, error))?;
        let memory = MemoryStore::new();
        let mut reader = BufReader::new(&file);
        let (mut text, mut complete) = (String::new(), 0);
        while reader.read_line(&mut text).map_err(|error| unavailable(&path, error))? > 0 {
            // The process died while it wrote this line, so the call never returned.
            if !text.ends_with('\n') {
                break;
            }
            let line: Line = serde_json::from_str(&text).map_err(|source| {
                let message = format!("{} contains an invalid line", path.display());
                Error::new(&code::STORE_CORRUPT, message).with_source(source)
            })?;
            line.replay(&memory).await?;
            complete += text.len() as u64;
            text.clear();
        }
        drop(reader);
        file.set_len(complete).map_err(|error| unavailable(&path, error))?;
        Ok(Self {
            path,
            memory: Arc::new(memory),
            file: Arc::new(Mutex::new(Some(file))),
        })
    }

    /// Makes a change in memory and appends the lines that `lines` returns for its result, one change at a time. It runs
    /// in a task of its own, so that memory and file stay equal if the caller is cancelled.
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
                let cause = std::io::Error::other("an earlier change could not be written");
                return Err(unavailable(&path, cause));
            }
            let result = make(memory).await?;
            let mut text = Vec::new();
            for line in lines(&result) {
                serde_json::to_writer(&mut text, &line).map_err(|error| unavailable(&path, error.into()))?;
                text.push(b'\n');
            }
            let writing = tokio::task::spawn_blocking(move || {
                let written = slot
                    .as_mut()
                    .filter(|_| !text.is_empty())
                    .map_or(Ok(()), |file| file.write_all(&text).and_then(|()| file.sync_data()));
                if written.is_err() {
                    *slot = None;
                }
                written
            });
            let written = writing.await.unwrap_or_else(|panicked| Err(panicked.into()));
            written.map(|()| result).map_err(|error| unavailable(&path, error))
        };
        let done = tokio::spawn(work).await;
        done.unwrap_or_else(|panicked| Err(unavailable(&self.path, panicked.into())))
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

    async fn erase_sample(&self, id: SampleId, now: Timestamp) -> Result<Option<SampleRecord>> {
        let line = Line::EraseSample(id, now);
        self.change(move |to| async move { to.erase_sample(id, now).await }, |_| vec![line])
            .await
    }

    async fn submit(&self, new: NewGeneration) -> Result<GenerationRecord> {
        let line = Line::Submit(Box::new(new.clone()));
        self.change(|to| async move { to.submit(new).await }, |_| vec![line])
            .await
    }

    async fn acquire(&self, request: ClaimRequest) -> Result<Vec<GenerationRecord>> {
        let asked = request.clone();
        self.change(
            |to| async move { to.acquire(asked).await },
            // Writes which generations were claimed. A replay must not choose other ones.
            move |claimed| {
                let of = |record: &GenerationRecord| {
                    let target = ClaimTarget::One(record.id);
                    Line::Acquire(ClaimRequest::new(&request.worker, target, request.now, request.lease))
                };
                claimed.iter().map(of).collect()
            },
        )
        .await
    }

    async fn renew_lease(&self, worker: &str, now: Timestamp, lease: Duration) -> Result<()> {
        let (line, worker) = (Line::RenewLease(worker.to_owned(), now, lease), worker.to_owned());
        self.change(
            move |to| async move { to.renew_lease(&worker, now, lease).await },
            |()| vec![line],
        )
        .await
    }

    async fn release(&self, fence: Fence) -> Result<()> {
        let line = Line::Release(fence);
        self.change(move |to| async move { to.release(fence).await }, |()| vec![line])
            .await
    }

    async fn write(&self, fence: Fence, changes: Vec<Change>) -> Result<()> {
        let line = Line::Write(fence, changes.clone());
        self.change(move |to| async move { to.write(fence, changes).await }, |()| vec![line])
            .await
    }

    async fn update(&self, update: Update) -> Result<bool> {
        let line = Line::Update(update.clone());
        self.change(
            |to| async move { to.update(update).await },
            |made| made.then_some(line).into_iter().collect(),
        )
        .await
    }

    async fn samples(&self, filter: &SampleFilter) -> Result<Vec<SampleRecord>> {
        self.memory.samples(filter).await
    }

    async fn generations(&self, filter: &Filter) -> Result<Vec<GenerationRecord>> {
        self.memory.generations(filter).await
    }

    async fn find_takes(&self, filter: &TakeFilter) -> Result<Vec<TakeRecord>> {
        self.memory.find_takes(filter).await
    }

    async fn remote_hint(&self, take: TakeId) -> Result<Option<String>> {
        self.memory.remote_hint(take).await
    }

    async fn events(&self, generation: GenerationId, after: u64) -> Result<Vec<Event>> {
        self.memory.events(generation, after).await
    }

    async fn spending(&self, filter: &UsageFilter) -> Result<Vec<Spending>> {
        self.memory.spending(filter).await
    }
}
