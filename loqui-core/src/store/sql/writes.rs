//! The statements that change samples and generations, each call in a transaction.
//!
//! A change to a generation locks its row first, so that writers of one generation run one after the other.

use jiff::Timestamp;

use super::application::Submitted;
use super::artefacts;
use super::connection::{Connection, Dialect, Query, locking};
use super::entries::{add_event, change_take, lock_head, lock_take, replace_take, update_head};
use super::failure::Failure;
use super::rows;
use crate::finding::Finding;
use crate::id::{GenerationId, SampleId};
use crate::ledger::{Ceiling, NewGeneration, Status, TakeId, TakeRecord};
use crate::money;
use crate::store::apply::{self, End, Outcome, Refusal};
use crate::store::{Change, Fence, NewSample, SampleRecord, Update, handle_of, spending};

pub(super) async fn add_sample(on: &mut dyn Connection, new: NewSample) -> Result<SampleRecord, Failure> {
    let new = with_handle(on, new).await?;
    let query = Query::new(
        "INSERT INTO sample (owner, name, sha256, original, reference, seconds, reference_seconds, report, consent,
             created_at, handle)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $12) ON CONFLICT (owner, sha256) WHERE erased_at IS NULL
         DO UPDATE SET consent = coalesce(sample.consent, excluded.consent),
             name = CASE WHEN CAST($11 AS BIGINT) = 1 THEN excluded.name ELSE sample.name END,
             handle = CASE WHEN CAST($11 AS BIGINT) = 1 THEN excluded.handle ELSE sample.handle END RETURNING *",
    )
    .bind(new.owner.unwrap_or_default())
    .bind(rows::to_free_text(&new.name, on.dialect())?)
    .bind(new.sha256)
    .bind(new.original)
    .bind(new.reference)
    .bind(new.seconds)
    .bind(new.reference_seconds)
    .bind(rows::to_json(&new.report)?)
    .bind(rows::to_optional_json(new.consent.as_ref())?)
    .bind(new.created_at)
    .bind(u8::from(new.renames))
    .bind(new.handle.unwrap_or_default());
    rows::sample(query.one(on).await?.as_ref())
}

/// Chooses a handle that no other sample of the owner has.
async fn with_handle(on: &mut dyn Connection, new: NewSample) -> Result<NewSample, Failure> {
    let base = handle_of(&new.name);
    let query = Query::new(
        "SELECT handle FROM sample
         WHERE owner = $1 AND sha256 <> $2 AND erased_at IS NULL AND (handle = $3 OR handle LIKE $4)",
    );
    let query = query
        .bind(new.owner.clone().unwrap_or_default())
        .bind(new.sha256.clone())
        .bind(base.clone())
        .bind(format!("{base}-%"));
    let taken = rows::all(&query.all(on).await?, |row| rows::text(row, "handle"))?;
    Ok(new.with_free_handle(|handle| taken.iter().any(|taken| taken == handle)))
}

pub(super) async fn erase_sample(
    on: &mut dyn Connection,
    id: SampleId,
    now: Timestamp,
) -> Result<Option<SampleRecord>, Failure> {
    let sha256 = artefacts::lock_samples(on, id).await?;
    // A submission with this sample that runs at the same time commits first, or finds the sample erased.
    let lock = locking!("SELECT id FROM sample WHERE id = $1", "FOR UPDATE");
    Query::new(lock.of(on.dialect())).bind(id).execute(on).await?;
    for using in [
        "SELECT id FROM generation WHERE sample = $1 AND status IN ('PENDING', 'PROCESSING') LIMIT 1",
        "SELECT id FROM generation_voice JOIN generation ON id = generation
         WHERE generation_voice.sample = $1 AND status IN ('PENDING', 'PROCESSING') LIMIT 1",
    ] {
        if let Some(row) = Query::new(using).bind(id).optional(on).await? {
            let generation = rows::integer(row.as_ref(), "id")?;
            return Err(Refusal::SampleInUse { sample: id, generation }.into());
        }
    }
    let artefacts = if sha256.is_empty() {
        None
    } else {
        Some(rows::to_json(&artefacts::erase(on, &sha256, id).await?)?)
    };
    // The keys of the audio stay, so that an erasure that was interrupted can delete the audio later.
    let query = Query::new(
        "UPDATE sample SET erased_at = coalesce(erased_at, $2), name = $3, sha256 = '', report = 'null', consent = NULL,
             handle = '', artefacts = coalesce(artefacts, $4)
         WHERE id = $1 RETURNING *",
    )
    .bind(id)
    .bind(now)
    .bind(rows::to_free_text("", on.dialect())?)
    .bind(artefacts);
    let row = query.optional(on).await?;
    rows::optional(row.as_deref(), rows::sample)
}

pub(super) async fn submit(on: &mut dyn Connection, new: NewGeneration) -> Result<Submitted, Failure> {
    let others = new.samples().into_iter().skip(1).collect();
    let mut record = apply::pending(GenerationId::new(0), new);
    // An erased sample keeps its row, so the foreign key alone would accept it.
    let insert = locking!(
        "INSERT INTO generation (sample, engine, model, script, options, segments, status, stage, progress,
             cancel_requested, warnings, created_at, opened_at, epoch, events, owner, idempotency_key, voices, lineage)
         SELECT id, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 1, $15, $16, $17, $18
         FROM sample WHERE id = $1 AND erased_at IS NULL",
        "FOR SHARE",
        "ON CONFLICT (owner, idempotency_key) WHERE idempotency_key IS NOT NULL DO NOTHING RETURNING id"
    );
    let inserted = Query::new(insert.of(on.dialect()))
        .bind(record.sample)
        .bind(record.engine.as_str())
        .bind(record.model.as_str())
        .bind(rows::to_free_text(&record.script, on.dialect())?)
        .bind(rows::to_json(&record.options)?)
        .bind(rows::to_json(&record.segments)?)
        .bind(record.status.name())
        .bind(record.stage.name())
        .bind(record.progress)
        .bind(record.cancel_requested)
        .bind(rows::to_json(&record.warnings)?)
        .bind(record.created_at)
        .bind(record.opened_at)
        .bind(record.epoch)
        .bind(record.owner.as_deref().unwrap_or_default())
        .bind(record.idempotency_key.as_deref())
        .bind(rows::to_optional_json(
            Some(&record.voices).filter(|voices| !voices.is_empty()),
        )?)
        .bind(rows::to_optional_json(record.lineage.as_ref())?)
        .optional(on)
        .await?;
    let Some(row) = inserted else {
        let query = Query::new("SELECT * FROM generation WHERE owner = $1 AND idempotency_key = $2")
            .bind(record.owner.as_deref().unwrap_or_default())
            .bind(record.idempotency_key.as_deref());
        return match query.optional(on).await? {
            Some(known) => Ok(Submitted {
                generation: rows::generation(known.as_ref())?,
                is_new: false,
            }),
            None => Err(Refusal::NoSample { sample: record.sample }.into()),
        };
    };
    record.id = rows::integer(row.as_ref(), "id")?;
    add_voices(on, record.id, others).await?;
    add_event(on, &apply::first_event(&record)).await?;
    notify_workers(on).await?;
    Ok(Submitted {
        generation: record,
        is_new: true,
    })
}

/// Records the samples of a generation with several voices, except the one in its row.
async fn add_voices(on: &mut dyn Connection, generation: GenerationId, samples: Vec<SampleId>) -> Result<(), Failure> {
    for sample in samples {
        // An erased sample keeps its row, so the foreign key alone would accept it.
        let insert = locking!(
            "INSERT INTO generation_voice (generation, sample)
             SELECT $1, id FROM sample WHERE id = $2 AND erased_at IS NULL",
            "FOR SHARE"
        );
        let query = Query::new(insert.of(on.dialect())).bind(generation).bind(sample);
        if query.execute(on).await? == 0 {
            return Err(Refusal::NoSample { sample }.into());
        }
    }
    Ok(())
}

pub(super) async fn write(on: &mut dyn Connection, fence: Fence, changes: Vec<Change>) -> Result<(), Failure> {
    let generation = fence.generation;
    if changes.iter().any(|change| matches!(change, Change::Within(_))) {
        lock_spending(on).await?;
    }
    let head = lock_head(on, generation).await?;
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
        change_take(on, change).await?;
    }
    for ceiling in &ceilings {
        check_ceiling(on, generation, ceiling).await?;
    }
    for event in &events {
        add_event(on, event).await?;
    }
    if !warnings.is_empty() {
        add_warnings(on, generation, warnings).await?;
    }
    if let Some(End { at, result }) = end {
        Query::new("UPDATE generation SET completed_at = $2, speech = $3, error = $4 WHERE id = $1")
            .bind(generation)
            .bind(at)
            .bind(rows::to_optional_json(result.as_ref().ok())?)
            .bind(rows::to_optional_json(result.as_ref().err())?)
            .execute(on)
            .await?;
    }
    update_head(on, &head).await
}

async fn check_ceiling(on: &mut dyn Connection, generation: GenerationId, ceiling: &Ceiling) -> Result<(), Failure> {
    let query = Query::new(
        "SELECT CAST(coalesce(sum(spent + reserved), 0) AS BIGINT) AS sum FROM spending
         WHERE (CAST($1 AS TEXT) IS NULL OR owner = $1) AND (CAST($2 AS BIGINT) IS NULL OR day = $2)",
    )
    .bind(ceiling.owner.as_deref())
    .bind(ceiling.day.map(spending::day));
    let sum: i64 = rows::integer(query.one(on).await?.as_ref(), "sum")?;
    if sum > money::nanos(ceiling.usd) {
        return Err(Refusal::over_budget(generation, ceiling).into());
    }
    Ok(())
}

async fn add_warnings(
    on: &mut dyn Connection,
    generation: GenerationId,
    warnings: Vec<Finding>,
) -> Result<(), Failure> {
    let query = Query::new("SELECT warnings FROM generation WHERE id = $1").bind(generation);
    let mut all: Vec<Finding> = rows::json(query.one(on).await?.as_ref(), "warnings")?;
    all.extend(warnings);
    Query::new("UPDATE generation SET warnings = $2 WHERE id = $1")
        .bind(generation)
        .bind(rows::to_json(&all)?)
        .execute(on)
        .await?;
    Ok(())
}

pub(super) async fn update(on: &mut dyn Connection, update: Update) -> Result<bool, Failure> {
    match update {
        Update::RequestCancel { generation } => request_cancel(on, generation).await,
        Update::Reopen { generation, now } => reopen(on, generation, now).await,
        Update::EraseGeneration { generation, now } => erase_generation(on, generation, now).await,
        Update::PruneGeneration { generation, now } => prune_generation(on, generation, now).await,
        Update::RecordRemoteHint { take, remote } => record_remote_hint(on, take, remote).await,
        Update::UnreconciledTake(take) => update_unreconciled_take(on, *take).await,
    }
}

async fn request_cancel(on: &mut dyn Connection, generation: GenerationId) -> Result<bool, Failure> {
    let query = Query::new(
        "UPDATE generation SET cancel_requested = TRUE WHERE id = $1 AND status IN ('PENDING', 'PROCESSING')",
    );
    Ok(query.bind(generation).execute(on).await? > 0)
}

async fn reopen(on: &mut dyn Connection, generation: GenerationId, now: Timestamp) -> Result<bool, Failure> {
    let Some(mut head) = lock_head(on, generation).await? else {
        return Ok(false);
    };
    let Some(event) = head.reopen(now) else {
        return Ok(false);
    };
    Query::new(
        "UPDATE generation SET opened_at = $2, completed_at = NULL, error = NULL, cancel_requested = FALSE WHERE id = $1",
    )
    .bind(generation)
    .bind(event.at)
    .execute(on)
    .await?;
    add_event(on, &event).await?;
    update_head(on, &head).await?;
    notify_workers(on).await?;
    Ok(true)
}

async fn erase_generation(on: &mut dyn Connection, generation: GenerationId, now: Timestamp) -> Result<bool, Failure> {
    let Some(head) = lock_head(on, generation).await? else {
        return Ok(false);
    };
    if !head.status.is_terminal() {
        let status = head.status;
        return Err(Refusal::NotEnded { generation, status }.into());
    }
    // The takes stay with the ids of their predictions, so that none of these is ever adopted by another take.
    for statement in [
        "DELETE FROM event WHERE generation = $1",
        "DELETE FROM hint WHERE generation = $1",
        "DELETE FROM generation_voice WHERE generation = $1",
        "UPDATE take SET output = NULL, audio = NULL, findings = '[]', error = NULL WHERE generation = $1",
    ] {
        Query::new(statement).bind(generation).execute(on).await?;
    }
    Query::new(
        "UPDATE generation SET erased_at = coalesce(erased_at, $2), script = $3, options = '{}',
             segments = '[]', warnings = '[]', error = NULL, speech = NULL, idempotency_key = NULL,
             voices = NULL, lineage = NULL
         WHERE id = $1",
    )
    .bind(generation)
    .bind(now)
    .bind(rows::to_free_text("", on.dialect())?)
    .execute(on)
    .await?;
    Ok(true)
}

async fn prune_generation(on: &mut dyn Connection, generation: GenerationId, now: Timestamp) -> Result<bool, Failure> {
    let head = lock_head(on, generation).await?;
    if head.is_none_or(|head| head.erased || head.status != Status::Completed) {
        return Ok(false);
    }
    for statement in [
        "DELETE FROM event WHERE generation = $1 AND number < (SELECT events FROM generation WHERE id = $1)",
        "DELETE FROM hint WHERE generation = $1",
        "UPDATE take SET output = NULL, audio = NULL WHERE generation = $1",
    ] {
        Query::new(statement).bind(generation).execute(on).await?;
    }
    Query::new("UPDATE generation SET thinned_at = coalesce(thinned_at, $2) WHERE id = $1")
        .bind(generation)
        .bind(now)
        .execute(on)
        .await?;
    Ok(true)
}

async fn record_remote_hint(on: &mut dyn Connection, take: TakeId, remote: String) -> Result<bool, Failure> {
    let query = Query::new(
        "INSERT INTO hint (generation, segment, number, remote) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
    )
    .bind(take.generation)
    .bind(take.segment)
    .bind(take.number)
    .bind(remote);
    Ok(query.execute(on).await? > 0)
}

async fn update_unreconciled_take(on: &mut dyn Connection, take: TakeRecord) -> Result<bool, Failure> {
    let current = lock_take(on, take.id()).await?;
    let Some((take, shares)) = apply::late(current.as_ref(), take)? else {
        return Ok(false);
    };
    replace_take(on, take, shares).await?;
    Ok(true)
}

/// Makes Postgres run the transactions that spend under a ceiling one after the other, so that each reads the spending
/// of the others. SQLite has one writer at a time.
async fn lock_spending(on: &mut dyn Connection) -> Result<(), Failure> {
    if on.dialect() == Dialect::Postgres {
        Query::new("SELECT pg_advisory_xact_lock(hashtext('loqui_spending_' || current_schema()))")
            .execute(on)
            .await?;
    }
    Ok(())
}

/// Wakes waiting workers once this transaction is committed. SQLite has no notifications; its workers poll.
async fn notify_workers(on: &mut dyn Connection) -> Result<(), Failure> {
    if on.dialect() == Dialect::Postgres {
        Query::new("SELECT pg_notify('loqui_work_' || current_schema(), '')")
            .execute(on)
            .await?;
    }
    Ok(())
}
