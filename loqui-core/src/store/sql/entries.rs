//! The rows that a write consists of: the head of a generation, events, takes and their share of the spending.

use super::connection::{Connection, Query, locking};
use super::failure::Failure;
use super::rows;
use crate::id::GenerationId;
use crate::ledger::{Event, TakeId, TakeRecord, TakeRow};
use crate::store::apply::{Head, Refusal, TakeChange};
use crate::store::spending::Share;

/// Reads the part of a generation that decides which changes are allowed, and locks its row until the transaction ends.
pub(super) async fn lock_head(on: &mut dyn Connection, generation: GenerationId) -> Result<Option<Head>, Failure> {
    let statement = locking!(
        "SELECT id, status, stage, progress, epoch, worker, events, erased_at FROM generation WHERE id = $1",
        "FOR UPDATE"
    );
    let row = Query::new(statement.of(on.dialect()))
        .bind(generation)
        .optional(on)
        .await?;
    rows::optional(row.as_deref(), rows::head)
}

pub(super) async fn update_head(on: &mut dyn Connection, head: &Head) -> Result<(), Failure> {
    Query::new(
        "UPDATE generation SET status = $2, stage = $3, progress = $4, epoch = $5, worker = $6, events = $7 WHERE id = $1",
    )
    .bind(head.generation)
    .bind(head.status.name())
    .bind(head.stage.name())
    .bind(head.progress)
    .bind(head.epoch)
    .bind(head.worker.as_deref())
    .bind(head.events.cast_signed())
    .execute(on)
    .await?;
    Ok(())
}

pub(super) async fn add_event(on: &mut dyn Connection, event: &Event) -> Result<(), Failure> {
    Query::new(
        "INSERT INTO event (generation, number, at, status, stage, progress, message)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(event.generation)
    .bind(event.number.cast_signed())
    .bind(event.at)
    .bind(event.status.name())
    .bind(event.stage.name())
    .bind(event.progress)
    .bind(rows::to_free_text(&event.message, on.dialect())?)
    .execute(on)
    .await?;
    Ok(())
}

/// Adds or updates a take, and books its cost.
pub(super) async fn change_take(on: &mut dyn Connection, change: TakeChange) -> Result<(), Failure> {
    match change {
        // The unique key recognises a duplicate, which saves reading the row.
        TakeChange::Add(_) => {
            let (take, shares) = change.settle(None)?;
            insert_take(on, &take).await?;
            book(on, take.generation, shares).await
        }
        TakeChange::Update(_) => {
            let current = lock_take(on, change.take().id()).await?;
            let (take, shares) = change.settle(current.as_ref())?;
            replace_take(on, take, shares).await
        }
    }
}

/// Reads a take, and locks its row until the transaction ends.
pub(super) async fn lock_take(on: &mut dyn Connection, take: TakeId) -> Result<Option<TakeRecord>, Failure> {
    let statement = locking!(
        "SELECT * FROM take WHERE generation = $1 AND segment = $2 AND number = $3",
        "FOR UPDATE"
    );
    let row = Query::new(statement.of(on.dialect()))
        .bind(take.generation)
        .bind(take.segment)
        .bind(take.number)
        .optional(on)
        .await?;
    rows::optional(row.as_deref(), rows::take)
}

pub(super) async fn insert_take(on: &mut dyn Connection, take: &TakeRecord) -> Result<(), Failure> {
    let query = Query::new(
        "INSERT INTO take (generation, segment, number, seed, state, epoch, intended_at, retry_at, sends, misses,
             looked_at, remote, accepted_at, output, audio, seconds, cost_usd, findings, error, characters)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)",
    );
    match bind_take(query, TakeRow::from(take.clone()))?.execute(on).await {
        Ok(_) => Ok(()),
        Err(failure) if failure.is_unique_violation() => Err(Refusal::exists(take).into()),
        Err(failure) => Err(failure),
    }
}

pub(super) async fn replace_take(on: &mut dyn Connection, take: TakeRecord, shares: Vec<Share>) -> Result<(), Failure> {
    let query = Query::new(
        "UPDATE take SET seed = $4, state = $5, epoch = $6, intended_at = $7, retry_at = $8, sends = $9, misses = $10,
             looked_at = $11, remote = $12, accepted_at = $13, output = $14, audio = $15, seconds = $16,
             cost_usd = $17, findings = $18, error = $19, characters = $20
         WHERE generation = $1 AND segment = $2 AND number = $3",
    );
    let generation = take.generation;
    bind_take(query, TakeRow::from(take))?.execute(on).await?;
    book(on, generation, shares).await
}

/// Adds to the spending of the generation's owner and model.
async fn book(on: &mut dyn Connection, generation: GenerationId, shares: Vec<Share>) -> Result<(), Failure> {
    for share in shares {
        Query::new(
            "INSERT INTO spending (owner, day, engine, model, spent, reserved, takes, characters)
             SELECT owner, $2, engine, model, $3, $4, $5, $6 FROM generation WHERE id = $1
             ON CONFLICT (owner, day, engine, model) DO UPDATE SET spent = spending.spent + excluded.spent,
                 reserved = spending.reserved + excluded.reserved, takes = spending.takes + excluded.takes,
                 characters = spending.characters + excluded.characters",
        )
        .bind(generation)
        .bind(share.day)
        .bind(share.spent)
        .bind(share.reserved)
        .bind(share.takes)
        .bind(share.characters)
        .execute(on)
        .await?;
    }
    Ok(())
}

/// Binds `$1` to `$20`, which mean the same in the statements that add and update a take.
fn bind_take(query: Query, take: TakeRow) -> Result<Query, Failure> {
    Ok(query
        .bind(take.generation)
        .bind(take.segment)
        .bind(take.number)
        .bind(take.seed)
        .bind(take.state.name())
        .bind(take.epoch)
        .bind(take.intended_at)
        .bind(take.retry_at)
        .bind(take.sends)
        .bind(take.misses)
        .bind(take.looked_at)
        .bind(take.remote)
        .bind(take.accepted_at)
        .bind(take.output)
        .bind(take.audio)
        .bind(take.seconds)
        .bind(take.cost_usd)
        .bind(rows::to_json(&take.findings)?)
        .bind(rows::to_optional_json(take.error.as_ref())?)
        .bind(take.characters))
}
