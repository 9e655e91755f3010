//! The statements of the table of artefacts.
//!
//! [`put`] locks a sample of the recording, and an erasure locks all of them ([`lock_samples`]). An artefact is therefore
//! never added to a recording whose last sample is erased at the same time.

use super::connection::{Connection, Query, Row, locking};
use super::failure::Failure;
use super::rows;
use crate::id::SampleId;
use crate::store::{ArtefactValue, PutArtefact, SampleArtefact};

pub(super) async fn get(
    on: &mut dyn Connection,
    sha256: String,
    kind: String,
) -> Result<Option<SampleArtefact>, Failure> {
    let query = Query::new("SELECT * FROM sample_artefact WHERE sha256 = $1 AND kind = $2");
    let row = query.bind(sha256).bind(kind).optional(on).await?;
    rows::optional(row.as_deref(), artefact)
}

pub(super) async fn put(on: &mut dyn Connection, new: SampleArtefact) -> Result<PutArtefact, Failure> {
    let lock = locking!(
        "SELECT id FROM sample WHERE sha256 = $1 AND erased_at IS NULL ORDER BY id LIMIT 1",
        "FOR UPDATE"
    );
    let sample = Query::new(lock.of(on.dialect())).bind(new.sha256.as_str());
    if sample.optional(on).await?.is_none() {
        return Ok(PutArtefact::refused());
    }
    let query = Query::new("SELECT audio FROM sample_artefact WHERE sha256 = $1 AND kind = $2");
    let before = query
        .bind(new.sha256.as_str())
        .bind(new.kind.as_str())
        .optional(on)
        .await?;
    let replaced = match before {
        Some(row) => row.text("audio")?.map(str::to_owned),
        None => None,
    };
    let (value, audio) = match new.value {
        ArtefactValue::Inline(value) => (Some(value), None),
        ArtefactValue::Audio(key) => (None, Some(key)),
    };
    Query::new(
        "INSERT INTO sample_artefact (sha256, kind, version, value, audio, created_at) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (sha256, kind) DO UPDATE SET version = excluded.version, value = excluded.value,
             audio = excluded.audio, created_at = excluded.created_at",
    )
    .bind(new.sha256)
    .bind(new.kind)
    .bind(new.version)
    .bind(value)
    .bind(audio.as_deref())
    .bind(new.created_at)
    .execute(on)
    .await?;
    Ok(PutArtefact::kept(replaced.filter(|key| audio.as_ref() != Some(key))))
}

/// Locks the samples that have the recording of this one, and returns the SHA-256 of the recording; empty if the sample is
/// erased or does not exist.
pub(super) async fn lock_samples(on: &mut dyn Connection, sample: SampleId) -> Result<String, Failure> {
    let query = Query::new("SELECT sha256 FROM sample WHERE id = $1 AND erased_at IS NULL");
    let Some(row) = query.bind(sample).optional(on).await? else {
        return Ok(String::new());
    };
    let sha256 = rows::text(row.as_ref(), "sha256")?;
    // In one order, so that two erasures do not wait for each other.
    let lock = locking!(
        "SELECT id FROM sample WHERE sha256 = $1 AND erased_at IS NULL ORDER BY id",
        "FOR UPDATE"
    );
    let lock = Query::new(lock.of(on.dialect())).bind(sha256.as_str());
    lock.execute(on).await?;
    Ok(sha256)
}

/// Deletes the artefacts of a recording unless another sample than this one has it. Returns the keys of the large ones.
pub(super) async fn erase(on: &mut dyn Connection, sha256: &str, sample: SampleId) -> Result<Vec<String>, Failure> {
    let query = Query::new("SELECT id FROM sample WHERE sha256 = $1 AND erased_at IS NULL AND id <> $2 LIMIT 1");
    if query.bind(sha256).bind(sample).optional(on).await?.is_some() {
        return Ok(Vec::new());
    }
    let query = Query::new("DELETE FROM sample_artefact WHERE sha256 = $1 RETURNING audio");
    let erased = query.bind(sha256).all(on).await?;
    let keys = erased.iter().map(|row| Ok(row.text("audio")?.map(str::to_owned)));
    keys.filter_map(Result::transpose).collect()
}

fn artefact(row: &dyn Row) -> Result<SampleArtefact, Failure> {
    let value = match row.bytes("value")? {
        Some(value) => ArtefactValue::Inline(value.to_vec()),
        None => ArtefactValue::Audio(rows::text(row, "audio")?),
    };
    Ok(SampleArtefact {
        sha256: rows::text(row, "sha256")?,
        kind: rows::text(row, "kind")?,
        version: rows::text(row, "version")?,
        value,
        created_at: rows::time(row, "created_at")?,
    })
}
