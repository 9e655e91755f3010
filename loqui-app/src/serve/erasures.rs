//! Deletes the audio of erased samples and generations, here and at the provider.
//!
//! A row is written in the transaction that erases the records, and deleted when the audio is. If a server stops in between,
//! or the provider does not answer, a server on the same records tries again.

use std::fmt;
use std::time::Duration;

use loqui_core::store::Update;
use loqui_core::store::sql::{Query, Transaction};
use loqui_core::{Error, GenerationId, Loqui, SampleId, Timestamp};

use super::database::{Database, now};
use crate::code;

/// An erasure is tried again after this time.
const RETRY: Duration = Duration::from_mins(1);
/// The maximum number of erasures of one run.
const BATCH: i64 = 100;

/// A record that is erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Erasure {
    Sample(SampleId),
    Generation(GenerationId),
}

impl Erasure {
    const fn kind(self) -> &'static str {
        match self {
            Self::Sample(_) => "sample",
            Self::Generation(_) => "generation",
        }
    }

    const fn record(self) -> i64 {
        match self {
            Self::Sample(id) => id.get(),
            Self::Generation(id) => id.get(),
        }
    }

    /// Erases the record, and notes that its audio is to be deleted.
    ///
    /// # Errors
    ///
    /// `sample.in_use`, `generation.not_finished`, `store.unavailable`.
    pub(crate) async fn record_in(self, transaction: &mut Transaction<'_>) -> Result<(), Error> {
        let at = Timestamp::now();
        match self {
            Self::Sample(id) => transaction.erase_sample(id, at).await.map(drop)?,
            Self::Generation(generation) => {
                let erasure = Update::EraseGeneration { generation, now: at };
                transaction.update(erasure).await.map(drop)?;
            }
        }
        let query = Query::new("INSERT INTO erasure (kind, record, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING");
        let query = query.bind(self.kind()).bind(self.record()).bind(at);
        transaction.execute(query).await.map(drop)
    }
}

impl fmt::Display for Erasure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind(), self.record())
    }
}

/// The erasures that are not complete.
#[derive(Clone, Debug)]
pub(crate) struct Erasures {
    database: Database,
    loqui: Loqui,
}

impl Erasures {
    /// Uses this database and this library.
    pub(crate) fn new(database: &Database, loqui: &Loqui) -> Self {
        Self {
            database: database.clone(),
            loqui: loqui.clone(),
        }
    }

    /// Deletes the audio of erased records. What fails is logged, and tried again later.
    pub(crate) async fn complete(&self, erasures: &[Erasure]) {
        for erasure in erasures {
            if let Err(error) = self.delete_audio(*erasure).await {
                tracing::warn!(
                    target: "loqui", code = error.code(),
                    "the audio of {erasure} was not deleted and will be tried again: {error}"
                );
            }
        }
    }

    /// Tries again what was not completed.
    ///
    /// # Errors
    ///
    /// `store.unavailable`.
    pub(crate) async fn resume(&self) -> Result<(), Error> {
        let before = now() - RETRY.as_micros() as i64;
        let query = Query::new("SELECT kind, record FROM erasure WHERE at < $1 ORDER BY at LIMIT $2");
        let rows = self.database.all(query.bind(before).bind(BATCH)).await?;
        let mut open = Vec::new();
        for row in &rows {
            let record = row.integer("record")?;
            open.push(match row.text("kind")?.as_str() {
                "sample" => Erasure::Sample(SampleId::new(record)),
                _ => Erasure::Generation(GenerationId::new(record)),
            });
        }
        for erasure in &open {
            // Those that fail again go to the end.
            let query = Query::new("UPDATE erasure SET at = $1 WHERE kind = $2 AND record = $3");
            let query = query.bind(now()).bind(erasure.kind()).bind(erasure.record());
            self.database.execute(query).await?;
        }
        self.complete(&open).await;
        Ok(())
    }

    async fn delete_audio(&self, erasure: Erasure) -> Result<(), Error> {
        let deleted = match erasure {
            Erasure::Sample(id) => self.loqui.erase_sample(id).await.map(drop),
            Erasure::Generation(id) => self.loqui.erase_generation(id).await,
        };
        match deleted {
            Err(error) if !error.is(&code::SAMPLE_NOT_FOUND) && !error.is(&code::GENERATION_NOT_FOUND) => {
                return Err(error);
            }
            _ => {}
        }
        let query = Query::new("DELETE FROM erasure WHERE kind = $1 AND record = $2");
        let query = query.bind(erasure.kind()).bind(erasure.record());
        self.database.execute(query).await.map(drop)
    }
}
