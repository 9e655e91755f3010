//! What is read, on connections that cannot write.

use jiff::Timestamp;
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, SqlitePool};

use super::super::{Filter, SampleFilter, SampleRecord, Spending, UsageFilter, spending};
use super::failure::Failure;
use super::rows;
use crate::ledger::{Event, GenerationRecord, TakeId, TakeRecord};

pub(super) async fn sample(from: &SqlitePool, id: i64) -> Result<Option<SampleRecord>, Failure> {
    let query = sqlx::query("SELECT * FROM sample WHERE id = ?1 AND erased_at IS NULL").bind(id);
    query.fetch_optional(from).await?.as_ref().map(rows::sample).transpose()
}

pub(super) async fn sample_of(from: &SqlitePool, owner: &str, sha256: &str) -> Result<Option<SampleRecord>, Failure> {
    let query = sqlx::query("SELECT * FROM sample WHERE owner = ?1 AND sha256 = ?2 AND erased_at IS NULL");
    let query = query.bind(owner).bind(sha256);
    query.fetch_optional(from).await?.as_ref().map(rows::sample).transpose()
}

pub(super) async fn samples(from: &SqlitePool, filter: &SampleFilter) -> Result<Vec<SampleRecord>, Failure> {
    let query = sqlx::query(
        "SELECT * FROM sample WHERE erased_at IS NULL AND (?2 IS NULL OR owner = ?2) ORDER BY id DESC LIMIT ?1",
    );
    let query = query.bind(limit(filter.limit)).bind(filter.owner.as_deref());
    all(&query.fetch_all(from).await?, rows::sample)
}

pub(super) async fn generation(from: &SqlitePool, id: i64) -> Result<Option<GenerationRecord>, Failure> {
    let query = sqlx::query("SELECT * FROM generation WHERE id = ?1 AND erased_at IS NULL").bind(id);
    query
        .fetch_optional(from)
        .await?
        .as_ref()
        .map(rows::generation)
        .transpose()
}

pub(super) async fn generations(from: &SqlitePool, filter: &Filter) -> Result<Vec<GenerationRecord>, Failure> {
    // Only the conditions that are asked for: SQLite chooses the index when the statement is made, not when it is run.
    let mut query = QueryBuilder::new("SELECT * FROM generation WHERE erased_at IS NULL");
    if let Some(status) = filter.status {
        query.push(" AND status = ").push_bind(status.name());
    }
    if let Some(owner) = &filter.owner {
        query.push(" AND owner = ").push_bind(owner);
    }
    if let Some(sample) = filter.sample {
        query.push(" AND sample = ").push_bind(sample);
    }
    if let Some(before) = filter.before {
        query.push(" AND id < ").push_bind(before);
    }
    query.push(" ORDER BY id DESC LIMIT ").push_bind(limit(filter.limit));
    all(&query.build().fetch_all(from).await?, rows::generation)
}

pub(super) async fn takes(from: &SqlitePool, generation: i64) -> Result<Vec<TakeRecord>, Failure> {
    let query = sqlx::query("SELECT * FROM take WHERE generation = ?1 ORDER BY segment, number").bind(generation);
    all(&query.fetch_all(from).await?, rows::take)
}

pub(super) async fn holds_remote(from: &SqlitePool, remote: &str) -> Result<bool, Failure> {
    let query = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM take WHERE remote = ?1)").bind(remote);
    Ok(query.fetch_one(from).await?)
}

pub(super) async fn events(from: &SqlitePool, generation: i64, after: u64) -> Result<Vec<Event>, Failure> {
    let query = sqlx::query("SELECT * FROM event WHERE generation = ?1 AND number > ?2 ORDER BY number")
        .bind(generation)
        .bind(i64::try_from(after).unwrap_or(i64::MAX));
    all(&query.fetch_all(from).await?, rows::event)
}

pub(super) async fn last_events(from: &SqlitePool, generations: &[i64]) -> Result<Vec<(i64, u64)>, Failure> {
    let query = sqlx::query_as(
        "SELECT id, events FROM generation WHERE id IN (SELECT value FROM json_each(?1)) AND erased_at IS NULL",
    );
    let ids = rows::to_json(&generations)?;
    let found: Vec<(i64, i64)> = query.bind(ids).fetch_all(from).await?;
    Ok(found.into_iter().map(|(id, last)| (id, rows::number(last))).collect())
}

pub(super) async fn cancel_requests(from: &SqlitePool, worker: &str) -> Result<Vec<i64>, Failure> {
    let query = sqlx::query_scalar("SELECT id FROM generation WHERE worker = ?1 AND cancel_requested ORDER BY id");
    Ok(query.bind(worker).fetch_all(from).await?)
}

pub(super) async fn unfinished(from: &SqlitePool) -> Result<Vec<i64>, Failure> {
    let query = sqlx::query_scalar("SELECT id FROM generation WHERE status IN ('PENDING', 'PROCESSING') ORDER BY id");
    Ok(query.fetch_all(from).await?)
}

pub(super) async fn depth(from: &SqlitePool) -> Result<(u64, u64), Failure> {
    let (pending, processing): (i64, i64) = sqlx::query_as(
        "SELECT (SELECT count(*) FROM generation WHERE status = 'PENDING'),
                (SELECT count(*) FROM generation WHERE status = 'PROCESSING')",
    )
    .fetch_one(from)
    .await?;
    Ok((pending.cast_unsigned(), processing.cast_unsigned()))
}

pub(super) async fn spending(from: &SqlitePool, filter: &UsageFilter) -> Result<Vec<Spending>, Failure> {
    let query = sqlx::query(
        "SELECT * FROM spending WHERE (?1 IS NULL OR owner = ?1) AND day BETWEEN ?2 AND ?3
         ORDER BY owner, day, engine, model",
    );
    let query = query
        .bind(filter.owner.as_deref())
        .bind(filter.since.map_or(i64::MIN, spending::day))
        .bind(filter.until.map_or(i64::MAX, spending::day));
    all(&query.fetch_all(from).await?, rows::spending)
}

pub(super) async fn hint(from: &SqlitePool, take: TakeId) -> Result<Option<String>, Failure> {
    let query = sqlx::query_scalar("SELECT remote FROM hint WHERE generation = ?1 AND segment = ?2 AND number = ?3");
    let query = query.bind(take.generation).bind(take.segment).bind(take.number);
    Ok(query.fetch_optional(from).await?)
}

pub(super) async fn given_up(
    from: &SqlitePool,
    (first, last): (Timestamp, Timestamp),
    limit: u32,
) -> Result<Vec<TakeRecord>, Failure> {
    let query = sqlx::query(
        "SELECT * FROM take WHERE state = 'never_created' AND misses > 0 AND looked_at BETWEEN ?1 AND ?2
         ORDER BY looked_at LIMIT ?3",
    );
    let query = query
        .bind(first.as_microsecond())
        .bind(last.as_microsecond())
        .bind(limit);
    all(&query.fetch_all(from).await?, rows::take)
}

pub(super) async fn ended_before(from: &SqlitePool, at: Timestamp, limit: u32) -> Result<Vec<i64>, Failure> {
    let query = sqlx::query_scalar(
        "SELECT id FROM generation WHERE erased_at IS NULL AND completed_at < ?1 ORDER BY completed_at LIMIT ?2",
    );
    Ok(query.bind(at.as_microsecond()).bind(limit).fetch_all(from).await?)
}

pub(super) async fn completed_before(from: &SqlitePool, at: Timestamp, limit: u32) -> Result<Vec<i64>, Failure> {
    let query = sqlx::query_scalar(
        "SELECT id FROM generation
         WHERE status = 'COMPLETED' AND thinned_at IS NULL AND erased_at IS NULL AND completed_at < ?1
         ORDER BY completed_at LIMIT ?2",
    );
    let query = query.bind(at.as_microsecond()).bind(limit);
    Ok(query.fetch_all(from).await?)
}

/// A negative limit means all.
fn limit(limit: Option<u32>) -> i64 {
    limit.map_or(-1, i64::from)
}

fn all<T>(rows: &[SqliteRow], record: fn(&SqliteRow) -> Result<T, Failure>) -> Result<Vec<T>, Failure> {
    rows.iter().map(record).collect()
}
