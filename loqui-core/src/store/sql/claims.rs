//! The statements of leases: claims, renewals and releases.

use std::time::Duration;

use jiff::Timestamp;

use super::connection::{Connection, Query, Statement, locking};
use super::entries::{lock_head, update_head};
use super::failure::Failure;
use super::rows;
use crate::id::GenerationId;
use crate::ledger::{Fence, GenerationRecord};
use crate::store::{ClaimRequest, ClaimTarget, apply};

/// A worker row is deleted this long after its lease ended. A worker without a row has no lease.
const FORGET_WORKER_AFTER: Duration = Duration::from_hours(24);

/// Waits for the row.
const SELECT_ONE: Statement = locking!("SELECT * FROM generation WHERE id = $1", "FOR UPDATE");
/// Skips a row that another transaction has locked.
const SELECT_IF_UNLOCKED: Statement = locking!("SELECT * FROM generation WHERE id = $1", "FOR UPDATE SKIP LOCKED");

/// Unclaimed generations in the order of turns. A generation's turn is its rank among those of its owner plus the number
/// of generations that the owner has running.
const QUEUE: &str = "
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
            AND (generation.worker IS NULL OR lease_until IS NULL OR lease_until <= $1 OR lease_until > $2)
            AND ($3 = '*' OR $3 LIKE '%,' || engine || ',%')
    ) AS queue ORDER BY turn, id LIMIT $4";

/// Candidates read for each claim. Workers that read the queue at the same moment find the same candidates, and skip those
/// that another worker has locked.
const CANDIDATES: u32 = 4;

pub(super) async fn acquire(on: &mut dyn Connection, request: ClaimRequest) -> Result<Vec<GenerationRecord>, Failure> {
    match request.target {
        ClaimTarget::One(generation) => {
            let claimed = claim_one(on, SELECT_ONE, generation, &request).await?;
            Ok(claimed.into_iter().collect())
        }
        ClaimTarget::Next(limit) => claim_next(on, limit, &request).await,
    }
}

async fn claim_next(
    on: &mut dyn Connection,
    limit: u32,
    request: &ClaimRequest,
) -> Result<Vec<GenerationRecord>, Failure> {
    // A preselection: `wants` compares the names exactly.
    let engines = request.engines.as_ref().map(|names| format!(",{},", names.join(",")));
    let except = u32::try_from(request.except.len()).unwrap_or(u32::MAX);
    let query = Query::new(QUEUE)
        .bind(request.now)
        .bind(request.furthest_lease())
        .bind(engines.as_deref().unwrap_or("*"))
        .bind(limit.saturating_mul(CANDIDATES).saturating_add(except));
    let candidates = rows::all(&query.all(on).await?, |row| rows::integer(row, "id"))?;
    let mut claimed = Vec::new();
    for generation in candidates {
        if claimed.len() >= limit as usize {
            break;
        }
        claimed.extend(claim_one(on, SELECT_IF_UNLOCKED, generation, request).await?);
    }
    Ok(claimed)
}

async fn claim_one(
    on: &mut dyn Connection,
    select: Statement,
    generation: GenerationId,
    request: &ClaimRequest,
) -> Result<Option<GenerationRecord>, Failure> {
    let query = Query::new(select.of(on.dialect())).bind(generation);
    let Some(row) = query.optional(on).await? else {
        return Ok(None);
    };
    let record = rows::generation(row.as_ref())?;
    if !request.wants(record.id, &record.engine) {
        return Ok(None);
    }
    let mut head = rows::head(row.as_ref())?;
    // A separate statement. In Postgres, a statement that waited for a row lock reads the other tables as they were at
    // its start. A join would therefore miss the lease of the worker that it waited for.
    let query = Query::new("SELECT lease_until FROM worker WHERE id = $1").bind(head.worker.as_deref());
    let lease_until = match query.optional(on).await? {
        Some(holder) => rows::optional_time(holder.as_ref(), "lease_until")?,
        None => None,
    };
    if !head.claim(request, lease_until) {
        return Ok(None);
    }
    update_head(on, &head).await?;
    renew_lease(on, &request.worker, request.now, request.lease).await?;
    Ok(Some(GenerationRecord {
        epoch: head.epoch,
        ..record
    }))
}

pub(super) async fn renew_lease(
    on: &mut dyn Connection,
    worker: &str,
    now: Timestamp,
    lease: Duration,
) -> Result<(), Failure> {
    Query::new(
        "INSERT INTO worker (id, lease_until) VALUES ($1, $2)
         ON CONFLICT (id) DO UPDATE SET lease_until = excluded.lease_until",
    )
    .bind(worker)
    .bind(apply::lease_until(now, lease))
    .execute(on)
    .await?;
    let forgotten = now.as_microsecond() - FORGET_WORKER_AFTER.as_micros() as i64;
    let forget = Query::new("DELETE FROM worker WHERE lease_until < $1").bind(forgotten);
    forget.execute(on).await?;
    Ok(())
}

pub(super) async fn release(on: &mut dyn Connection, fence: Fence) -> Result<(), Failure> {
    let Some(mut head) = lock_head(on, fence.generation).await? else {
        return Ok(());
    };
    if head.release(fence) {
        update_head(on, &head).await?;
    }
    Ok(())
}
