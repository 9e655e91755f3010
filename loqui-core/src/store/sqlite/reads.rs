//! What is read, on connections that cannot write.

use sqlx::SqlitePool;
use sqlx::sqlite::SqliteRow;

use super::super::{Filter, SampleRecord};
use super::failure::Failure;
use super::rows;
use crate::generation::{Event, GenerationRecord, TakeRecord};

pub(super) async fn sample(from: &SqlitePool, id: i64) -> Result<Option<SampleRecord>, Failure> {
    let query = sqlx::query("SELECT * FROM sample WHERE id = ?1").bind(id);
    query.fetch_optional(from).await?.as_ref().map(rows::sample).transpose()
}

pub(super) async fn samples(from: &SqlitePool) -> Result<Vec<SampleRecord>, Failure> {
    let query = sqlx::query("SELECT * FROM sample ORDER BY id DESC");
    all(&query.fetch_all(from).await?, rows::sample)
}

pub(super) async fn generation(from: &SqlitePool, id: i64) -> Result<Option<GenerationRecord>, Failure> {
    let query = sqlx::query("SELECT * FROM generation WHERE id = ?1").bind(id);
    query
        .fetch_optional(from)
        .await?
        .as_ref()
        .map(rows::generation)
        .transpose()
}

pub(super) async fn generations(from: &SqlitePool, filter: &Filter) -> Result<Vec<GenerationRecord>, Failure> {
    let limit = filter.limit.map_or(-1, i64::from); // negative: all
    // Two statements, for with a condition in one SQLite could not use the index.
    let query = match filter.status {
        Some(status) => sqlx::query("SELECT * FROM generation WHERE status = ?2 ORDER BY id DESC LIMIT ?1")
            .bind(limit)
            .bind(status.name()),
        None => sqlx::query("SELECT * FROM generation ORDER BY id DESC LIMIT ?1").bind(limit),
    };
    all(&query.fetch_all(from).await?, rows::generation)
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

pub(super) async fn cancel_requests(from: &SqlitePool, worker: &str) -> Result<Vec<i64>, Failure> {
    let query = sqlx::query_scalar("SELECT id FROM generation WHERE owner = ?1 AND cancel_requested ORDER BY id");
    Ok(query.bind(worker).fetch_all(from).await?)
}

pub(super) async fn unfinished(from: &SqlitePool) -> Result<Vec<i64>, Failure> {
    let query = sqlx::query_scalar("SELECT id FROM generation WHERE status IN ('PENDING', 'PROCESSING') ORDER BY id");
    Ok(query.fetch_all(from).await?)
}

fn all<T>(rows: &[SqliteRow], record: fn(&SqliteRow) -> Result<T, Failure>) -> Result<Vec<T>, Failure> {
    rows.iter().map(record).collect()
}
