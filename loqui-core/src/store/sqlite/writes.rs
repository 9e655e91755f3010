//! What is written, each inside a transaction that holds the lock.

mod entries;

use std::time::Duration;

use entries::{add_event, change_take, head, keep, replace_take};
use jiff::Timestamp;
use sqlx::SqliteConnection;

use super::super::apply::{self, End, Outcome, Refusal};
use super::super::spending;
use super::super::{Change, Fence, NewSample, SampleRecord};
use super::failure::Failure;
use super::rows;
use crate::ledger::{GenerationRecord, NewGeneration, Status, TakeId, TakeRecord};
use crate::money;

/// A worker whose lease ran out this long ago is forgotten: none and an old one mean the same.
const FORGET_WORKER_AFTER: Duration = Duration::from_hours(24);

pub(super) async fn add_sample(to: &mut SqliteConnection, new: NewSample) -> Result<SampleRecord, Failure> {
    let query = sqlx::query(
        "INSERT INTO sample (owner, name, sha256, original, reference, seconds, reference_seconds, report, consent,
             created_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT (owner, sha256) WHERE erased_at IS NULL
         DO UPDATE SET consent = coalesce(consent, excluded.consent) RETURNING *",
    );
    let query = query
        .bind(new.owner.unwrap_or_default())
        .bind(new.name)
        .bind(new.sha256)
        .bind(new.original)
        .bind(new.reference)
        .bind(new.seconds)
        .bind(new.reference_seconds)
        .bind(rows::to_json(&new.report)?)
        .bind(rows::to_maybe_json(new.consent.as_ref())?)
        .bind(new.created_at.as_microsecond());
    rows::sample(&query.fetch_one(to).await?)
}

pub(super) async fn erase_sample(
    to: &mut SqliteConnection,
    id: i64,
    now: Timestamp,
) -> Result<Option<SampleRecord>, Failure> {
    let query = sqlx::query_scalar(
        "SELECT id FROM generation WHERE sample = ?1 AND status IN ('PENDING', 'PROCESSING') LIMIT 1",
    );
    if let Some(generation) = query.bind(id).fetch_optional(&mut *to).await? {
        return Err(Refusal::SampleInUse { sample: id, generation }.into());
    }
    // The keys of the audio stay: without them what a crash left could not be deleted.
    let query = sqlx::query(
        "UPDATE sample SET erased_at = coalesce(erased_at, ?2), name = '', sha256 = '', report = 'null', consent = NULL
         WHERE id = ?1 RETURNING *",
    );
    let query = query.bind(id).bind(now.as_microsecond());
    query.fetch_optional(to).await?.as_ref().map(rows::sample).transpose()
}

pub(super) async fn submit(to: &mut SqliteConnection, new: NewGeneration) -> Result<GenerationRecord, Failure> {
    let mut record = apply::pending(0, new);
    if let Some(key) = &record.idempotency_key {
        let query = sqlx::query("SELECT * FROM generation WHERE owner = ?1 AND idempotency_key = ?2");
        let query = query.bind(record.owner.as_deref().unwrap_or_default()).bind(key);
        if let Some(known) = query.fetch_optional(&mut *to).await? {
            return rows::generation(&known);
        }
    }
    // A sample that was erased keeps its row, so the foreign key alone does not see it.
    let inserted = sqlx::query(
        "INSERT INTO generation (sample, engine, model, script, options, segments, status, stage, progress,
             cancel_requested, warnings, created_at, opened_at, epoch, events, owner, idempotency_key)
         SELECT id, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, 1, ?15, ?16
         FROM sample WHERE id = ?1 AND erased_at IS NULL",
    )
    .bind(record.sample)
    .bind(&record.engine)
    .bind(&record.model)
    .bind(&record.script)
    .bind(rows::to_json(&record.options)?)
    .bind(rows::to_json(&record.segments)?)
    .bind(record.status.name())
    .bind(record.stage.name())
    .bind(record.progress)
    .bind(record.cancel_requested)
    .bind(rows::to_json(&record.warnings)?)
    .bind(record.created_at.as_microsecond())
    .bind(record.opened_at.as_microsecond())
    .bind(record.epoch)
    .bind(record.owner.as_deref().unwrap_or_default())
    .bind(record.idempotency_key.as_deref())
    .execute(&mut *to)
    .await?;
    if inserted.rows_affected() == 0 {
        return Err(Refusal::NoSample { sample: record.sample }.into());
    }
    record.id = inserted.last_insert_rowid();
    add_event(to, &apply::first_event(&record)).await?;
    Ok(record)
}

pub(super) async fn claim(
    to: &mut SqliteConnection,
    generation: i64,
    worker: String,
    now: Timestamp,
    lease: Duration,
) -> Result<Option<GenerationRecord>, Failure> {
    let query = sqlx::query(
        "SELECT generation.*, lease_until FROM generation LEFT JOIN worker ON worker.id = generation.worker
         WHERE generation.id = ?1",
    );
    let Some(row) = query.bind(generation).fetch_optional(&mut *to).await? else {
        return Ok(None);
    };
    let mut head = rows::head(&row)?;
    if !head.claim(&worker, rows::maybe_time(&row, "lease_until")?, now) {
        return Ok(None);
    }
    keep(to, &head).await?;
    beat(to, &worker, now, lease).await?;
    let record = rows::generation(&row)?;
    Ok(Some(GenerationRecord {
        epoch: head.epoch,
        ..record
    }))
}

/// Whose turn it is among what can be had: the turns that an owner's running generations are come first.
const NEXT: &str = "
    SELECT id FROM (
        SELECT generation.id, coalesce(busy.count, 0)
            + row_number() OVER (PARTITION BY generation.owner ORDER BY generation.id) AS turn
        FROM generation
        LEFT JOIN worker ON worker.id = generation.worker
        LEFT JOIN (
            SELECT owner, count(*) AS count FROM generation
            WHERE worker IS NOT NULL AND status IN ('PENDING', 'PROCESSING') GROUP BY owner
        ) AS busy ON busy.owner = generation.owner
        WHERE status IN ('PENDING', 'PROCESSING')
            AND (generation.worker IS NULL OR lease_until IS NULL OR lease_until <= ?1)
    ) ORDER BY turn, id LIMIT ?2";

pub(super) async fn claim_next(
    to: &mut SqliteConnection,
    worker: String,
    now: Timestamp,
    lease: Duration,
    limit: u32,
) -> Result<Vec<GenerationRecord>, Failure> {
    let query = sqlx::query_scalar(NEXT).bind(now.as_microsecond()).bind(limit);
    let next: Vec<i64> = query.fetch_all(&mut *to).await?;
    let mut claimed = Vec::with_capacity(next.len());
    for generation in next {
        claimed.extend(claim(to, generation, worker.clone(), now, lease).await?);
    }
    Ok(claimed)
}

pub(super) async fn add_hint(to: &mut SqliteConnection, take: TakeId, remote: String) -> Result<(), Failure> {
    sqlx::query(
        "INSERT INTO hint (generation, segment, number, remote) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
    )
    .bind(take.generation)
    .bind(take.segment)
    .bind(take.number)
    .bind(remote)
    .execute(to)
    .await?;
    Ok(())
}

pub(super) async fn look_late(to: &mut SqliteConnection, take: TakeRecord) -> Result<bool, Failure> {
    let current = entries::take(to, take.id()).await?;
    let Some((take, shares)) = apply::late(current.as_ref(), take)? else {
        return Ok(false);
    };
    replace_take(to, take, shares).await?;
    Ok(true)
}

pub(super) async fn beat(
    to: &mut SqliteConnection,
    worker: &str,
    now: Timestamp,
    lease: Duration,
) -> Result<(), Failure> {
    sqlx::query(
        "INSERT INTO worker (id, lease_until) VALUES (?1, ?2)
         ON CONFLICT (id) DO UPDATE SET lease_until = excluded.lease_until",
    )
    .bind(worker)
    .bind(apply::lease_until(now, lease).as_microsecond())
    .execute(&mut *to)
    .await?;
    let long_ago = now.as_microsecond() - FORGET_WORKER_AFTER.as_micros() as i64;
    let forget = sqlx::query("DELETE FROM worker WHERE lease_until < ?1").bind(long_ago);
    forget.execute(to).await?;
    Ok(())
}

pub(super) async fn release(to: &mut SqliteConnection, fence: Fence) -> Result<(), Failure> {
    let Some(mut head) = head(to, fence.generation).await? else {
        return Ok(());
    };
    if head.release(fence) {
        keep(to, &head).await?;
    }
    Ok(())
}

pub(super) async fn write(to: &mut SqliteConnection, fence: Fence, changes: Vec<Change>) -> Result<(), Failure> {
    let generation = fence.generation;
    let head = head(to, generation).await?;
    let head = head.ok_or(Refusal::NoGeneration { generation })?;
    let Outcome {
        head,
        takes,
        events,
        warnings,
        ceilings,
        end,
    } = head.write(fence, changes)?;
    for change in takes {
        change_take(to, change).await?;
    }
    for ceiling in &ceilings {
        let query = sqlx::query_scalar(
            "SELECT coalesce(sum(spent + reserved), 0) FROM spending
             WHERE (?1 IS NULL OR owner = ?1) AND (?2 IS NULL OR day = ?2)",
        );
        let query = query
            .bind(ceiling.owner.as_deref())
            .bind(ceiling.day.map(spending::day));
        let sum: i64 = query.fetch_one(&mut *to).await?;
        if sum > money::nanos(ceiling.usd) {
            return Err(Refusal::over_budget(generation, ceiling).into());
        }
    }
    for event in &events {
        add_event(to, event).await?;
    }
    for warning in &warnings {
        sqlx::query("UPDATE generation SET warnings = json_insert(warnings, '$[#]', json(?2)) WHERE id = ?1")
            .bind(generation)
            .bind(rows::to_json(warning)?)
            .execute(&mut *to)
            .await?;
    }
    if let Some(End { at, result }) = end {
        sqlx::query("UPDATE generation SET completed_at = ?2, speech = ?3, error = ?4 WHERE id = ?1")
            .bind(generation)
            .bind(at.as_microsecond())
            .bind(rows::to_maybe_json(result.as_ref().ok())?)
            .bind(rows::to_maybe_json(result.as_ref().err())?)
            .execute(&mut *to)
            .await?;
    }
    keep(to, &head).await
}

pub(super) async fn request_cancel(to: &mut SqliteConnection, generation: i64) -> Result<bool, Failure> {
    let query =
        sqlx::query("UPDATE generation SET cancel_requested = 1 WHERE id = ?1 AND status IN ('PENDING', 'PROCESSING')");
    Ok(query.bind(generation).execute(to).await?.rows_affected() > 0)
}

pub(super) async fn reopen(to: &mut SqliteConnection, generation: i64, now: Timestamp) -> Result<bool, Failure> {
    let Some(mut head) = head(to, generation).await? else {
        return Ok(false);
    };
    let Some(event) = head.reopen(now) else {
        return Ok(false);
    };
    let query = sqlx::query(
        "UPDATE generation SET opened_at = ?2, completed_at = NULL, error = NULL, cancel_requested = 0 WHERE id = ?1",
    );
    let query = query.bind(generation).bind(event.at.as_microsecond());
    query.execute(&mut *to).await?;
    add_event(to, &event).await?;
    keep(to, &head).await?;
    Ok(true)
}

pub(super) async fn erase_generation(
    to: &mut SqliteConnection,
    generation: i64,
    now: Timestamp,
) -> Result<bool, Failure> {
    let Some(head) = head(to, generation).await? else {
        return Ok(false);
    };
    if !head.status.is_terminal() {
        let status = head.status;
        return Err(Refusal::NotEnded { generation, status }.into());
    }
    // The takes stay, for a prediction must never be adopted twice; what they said and sounded like goes.
    for statement in [
        "DELETE FROM event WHERE generation = ?1",
        "DELETE FROM hint WHERE generation = ?1",
        "UPDATE take SET output = NULL, audio = NULL, findings = '[]', error = NULL WHERE generation = ?1",
    ] {
        sqlx::query(statement).bind(generation).execute(&mut *to).await?;
    }
    sqlx::query(
        "UPDATE generation SET erased_at = coalesce(erased_at, ?2), script = '', options = '{}',
             segments = '[]', warnings = '[]', error = NULL, speech = NULL, idempotency_key = NULL
         WHERE id = ?1",
    )
    .bind(generation)
    .bind(now.as_microsecond())
    .execute(to)
    .await?;
    Ok(true)
}

pub(super) async fn prune_generation(
    to: &mut SqliteConnection,
    generation: i64,
    now: Timestamp,
) -> Result<bool, Failure> {
    let head = head(to, generation).await?;
    if head.is_none_or(|head| head.erased || head.status != Status::Completed) {
        return Ok(false);
    }
    for statement in [
        "DELETE FROM event WHERE generation = ?1 AND number < (SELECT events FROM generation WHERE id = ?1)",
        "DELETE FROM hint WHERE generation = ?1",
        "UPDATE take SET output = NULL, audio = NULL WHERE generation = ?1",
    ] {
        sqlx::query(statement).bind(generation).execute(&mut *to).await?;
    }
    let query = sqlx::query("UPDATE generation SET thinned_at = coalesce(thinned_at, ?2) WHERE id = ?1");
    query.bind(generation).bind(now.as_microsecond()).execute(to).await?;
    Ok(true)
}
