//! The statements that only read.

use super::connection::{Conditions, Connection, Query, Statement};
use super::failure::Failure;
use super::rows;
use crate::id::GenerationId;
use crate::ledger::{Event, GenerationRecord, TakeId, TakeRecord};
use crate::store::{Filter, SampleFilter, SampleRecord, Spending, TakeFilter, UsageFilter, spending};

pub(super) async fn samples(on: &mut dyn Connection, filter: SampleFilter) -> Result<Vec<SampleRecord>, Failure> {
    let mut query = Conditions::new("SELECT * FROM sample WHERE erased_at IS NULL");
    if let Some(id) = filter.id {
        query.push(" AND id = ").push_bind(id);
    }
    if let Some(owner) = filter.owner {
        query.push(" AND owner = ").push_bind(owner);
    }
    if let Some(sha256) = filter.sha256 {
        query.push(" AND sha256 = ").push_bind(sha256);
    }
    if let Some(key) = filter.audio {
        query.push(" AND (original = ").push_bind(key.as_str());
        query.push(" OR reference = ").push_bind(key).push(")");
    }
    query.push(" ORDER BY id DESC LIMIT ").push_bind(limit(filter.limit));
    rows::all(&query.build().all(on).await?, rows::sample)
}

pub(super) async fn generations(on: &mut dyn Connection, filter: Filter) -> Result<Vec<GenerationRecord>, Failure> {
    let also = with_voice(on, &filter).await?;
    let query = matching("SELECT * FROM generation WHERE erased_at IS NULL", &filter, also);
    rows::all(&query.all(on).await?, rows::generation)
}

pub(super) const GENERATION_IDS: &str = "SELECT id FROM generation WHERE erased_at IS NULL";

pub(super) async fn generation_ids(on: &mut dyn Connection, filter: Filter) -> Result<Vec<GenerationId>, Failure> {
    let also = with_voice(on, &filter).await?;
    let query = matching(GENERATION_IDS, &filter, also);
    rows::all(&query.all(on).await?, |row| rows::integer(row, "id"))
}

pub(super) async fn count_generations(on: &mut dyn Connection, filter: Filter) -> Result<u64, Failure> {
    let mut query = Conditions::new("SELECT count(*) AS count FROM generation WHERE erased_at IS NULL");
    let also = with_voice(on, &filter).await?;
    conditions(&mut query, &filter, also);
    let row = query.build().one(on).await?;
    let count: u64 = rows::integer(row.as_ref(), "count")?;
    Ok(filter.limit.map_or(count, |limit| count.min(limit.into())))
}

/// True if the sample of the filter is one of several voices of a generation. Otherwise the index by sample lists the
/// generations in their order.
async fn with_voice(on: &mut dyn Connection, filter: &Filter) -> Result<bool, Failure> {
    let Some(sample) = filter.sample else {
        return Ok(false);
    };
    let query = Query::new("SELECT generation FROM generation_voice WHERE sample = $1 LIMIT 1").bind(sample);
    Ok(query.optional(on).await?.is_some())
}

/// Adds conditions, order and limit to a statement that ends with a condition. `also` is the result of [`with_voice`].
pub(super) fn matching(statement: &'static str, filter: &Filter, also: bool) -> Query {
    let mut query = Conditions::new(statement);
    conditions(&mut query, filter, also);
    let order = if filter.ended_before.is_some() {
        " ORDER BY completed_at LIMIT "
    } else {
        " ORDER BY id DESC LIMIT "
    };
    query.push(order).push_bind(limit(filter.limit));
    query.build()
}

/// Adds the requested conditions only, and each status as a literal: a partial index is chosen when the statement is
/// prepared, before the parameters are known.
fn conditions(query: &mut Conditions, filter: &Filter, also: bool) {
    if let Some(id) = filter.id {
        query.push(" AND id = ").push_bind(id);
    }
    if let Some(status) = filter.status {
        query.push(" AND status = '").push(status.name()).push("'");
    }
    if filter.unfinished {
        query.push(" AND status IN ('PENDING', 'PROCESSING')");
    }
    if let Some(owner) = &filter.owner {
        query.push(" AND owner = ").push_bind(owner.as_str());
    }
    if let Some(sample) = filter.sample {
        if also {
            query
                .push(" AND id IN (SELECT id FROM generation WHERE sample = ")
                .push_bind(sample);
            query.push(" UNION SELECT generation FROM generation_voice WHERE sample = ");
            query.push_bind(sample).push(")");
        } else {
            query.push(" AND sample = ").push_bind(sample);
        }
    }
    if let Some(before) = filter.before {
        query.push(" AND id < ").push_bind(before);
    }
    if let Some(worker) = &filter.held_by {
        query.push(" AND worker = ").push_bind(worker.as_str());
    }
    if filter.cancel_requested {
        query.push(" AND cancel_requested");
    }
    if let Some(at) = filter.ended_before {
        query.push(" AND completed_at < ").push_bind(at);
    }
    if filter.unpruned {
        query.push(" AND thinned_at IS NULL");
    }
}

pub(super) async fn takes(on: &mut dyn Connection, filter: TakeFilter) -> Result<Vec<TakeRecord>, Failure> {
    rows::all(&takes_query(filter).all(on).await?, rows::take)
}

pub(super) fn takes_query(filter: TakeFilter) -> Query {
    let by_remote = filter.remote.is_some();
    let mut query = Conditions::new("SELECT * FROM take WHERE TRUE");
    if let Some(generation) = filter.generation {
        query.push(" AND generation = ").push_bind(generation);
    }
    if let Some(remote) = filter.remote {
        query.push(" AND remote = ").push_bind(remote);
    }
    if let Some((first, last)) = filter.unreconciled {
        // These conditions are those of the index `take_given_up`.
        query.push(" AND state = 'never_created' AND misses > 0 AND looked_at BETWEEN ");
        query.push_bind(first).push(" AND ").push_bind(last);
        query.push(" ORDER BY looked_at");
    } else if !by_remote {
        // With an order, Postgres may scan the primary key instead of searching the index of prediction ids.
        query.push(" ORDER BY generation, segment, number");
    }
    query.push(" LIMIT ").push_bind(limit(filter.limit));
    query.build()
}

pub(super) async fn events(
    on: &mut dyn Connection,
    generation: GenerationId,
    after: u64,
) -> Result<Vec<Event>, Failure> {
    let query = Query::new("SELECT * FROM event WHERE generation = $1 AND number > $2 ORDER BY number")
        .bind(generation)
        .bind(i64::try_from(after).unwrap_or(i64::MAX));
    rows::all(&query.all(on).await?, rows::event)
}

const LAST_EVENTS: Statement = Statement {
    sqlite: "SELECT id, events FROM generation WHERE id IN (SELECT value FROM json_each($1)) AND erased_at IS NULL",
    postgres: "SELECT id, events FROM generation WHERE id = ANY($1) AND erased_at IS NULL",
};

pub(super) async fn last_events(
    on: &mut dyn Connection,
    generations: Vec<GenerationId>,
) -> Result<Vec<(GenerationId, u64)>, Failure> {
    let query = Query::new(LAST_EVENTS.of(on.dialect())).bind(generations);
    rows::all(&query.all(on).await?, |row| {
        Ok((rows::integer(row, "id")?, rows::event_number(row, "events")?))
    })
}

pub(super) async fn spending(on: &mut dyn Connection, filter: UsageFilter) -> Result<Vec<Spending>, Failure> {
    let query = Query::new(
        "SELECT * FROM spending WHERE (CAST($1 AS TEXT) IS NULL OR owner = $1) AND day BETWEEN $2 AND $3
         ORDER BY owner, day, engine, model",
    )
    .bind(filter.owner)
    .bind(filter.since.map_or(i64::MIN, spending::day))
    .bind(filter.until.map_or(i64::MAX, spending::day));
    rows::all(&query.all(on).await?, rows::spending)
}

pub(super) async fn remote_hint(on: &mut dyn Connection, take: TakeId) -> Result<Option<String>, Failure> {
    let query = Query::new("SELECT remote FROM hint WHERE generation = $1 AND segment = $2 AND number = $3")
        .bind(take.generation)
        .bind(take.segment)
        .bind(take.number);
    let row = query.optional(on).await?;
    rows::optional(row.as_deref(), |row| rows::text(row, "remote"))
}

/// No limit reads all rows.
fn limit(limit: Option<u32>) -> i64 {
    limit.map_or(i64::MAX, i64::from)
}
