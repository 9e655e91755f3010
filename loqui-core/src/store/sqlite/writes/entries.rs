//! What a write is made of: the head of a generation, an event, a take with what it adds to the books.

use jiff::Timestamp;
use sqlx::SqliteConnection;
use sqlx::query::Query;
use sqlx::sqlite::{Sqlite, SqliteArguments};

use super::super::failure::Failure;
use super::super::rows;
use crate::ledger::{Event, TakeId, TakeRecord, TakeRow};
use crate::store::apply::{Head, Refusal, TakeChange};
use crate::store::spending::Share;

pub(super) async fn head(from: &mut SqliteConnection, generation: i64) -> Result<Option<Head>, Failure> {
    let query = sqlx::query(
        "SELECT id, status, stage, progress, epoch, worker, events, erased_at FROM generation WHERE id = ?1",
    );
    let row = query.bind(generation).fetch_optional(from).await?;
    row.as_ref().map(rows::head).transpose()
}

pub(super) async fn keep(to: &mut SqliteConnection, head: &Head) -> Result<(), Failure> {
    sqlx::query(
        "UPDATE generation SET status = ?2, stage = ?3, progress = ?4, epoch = ?5, worker = ?6, events = ?7 WHERE id = ?1",
    )
    .bind(head.generation)
    .bind(head.status.name())
    .bind(head.stage.name())
    .bind(head.progress)
    .bind(head.epoch)
    .bind(head.worker.as_deref())
    .bind(head.events.cast_signed())
    .execute(to)
    .await?;
    Ok(())
}

pub(super) async fn add_event(to: &mut SqliteConnection, event: &Event) -> Result<(), Failure> {
    sqlx::query(
        "INSERT INTO event (generation, number, at, status, stage, progress, message)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )
    .bind(event.generation)
    .bind(event.number.cast_signed())
    .bind(event.at.as_microsecond())
    .bind(event.status.name())
    .bind(event.stage.name())
    .bind(event.progress)
    .bind(&event.message)
    .execute(to)
    .await?;
    Ok(())
}

/// Makes a change of the ledger, and adds to the spending what comes of it.
pub(super) async fn change_take(to: &mut SqliteConnection, change: TakeChange) -> Result<(), Failure> {
    match change {
        TakeChange::Add(_) => {
            let (take, shares) = change.settle(None)?;
            insert_take(to, &take).await?;
            book(to, take.generation, shares).await
        }
        TakeChange::Update(_) => {
            let current = take(to, change.take().id()).await?;
            let (take, shares) = change.settle(current.as_ref())?;
            replace_take(to, take, shares).await
        }
    }
}

/// The take as it is stored.
pub(super) async fn take(from: &mut SqliteConnection, id: TakeId) -> Result<Option<TakeRecord>, Failure> {
    let row = sqlx::query("SELECT * FROM take WHERE generation = ?1 AND segment = ?2 AND number = ?3")
        .bind(id.generation)
        .bind(id.segment)
        .bind(id.number)
        .fetch_optional(from)
        .await?;
    row.as_ref().map(rows::take).transpose()
}

async fn insert_take(to: &mut SqliteConnection, take: &TakeRecord) -> Result<(), Failure> {
    let query = sqlx::query(
        "INSERT INTO take (generation, segment, number, seed, state, epoch, intended_at, retry_at, sends, misses,
             looked_at, remote, accepted_at, output, audio, seconds, cost_usd, findings, error, characters)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20)",
    );
    let row = TakeRow::from(take.clone());
    match bind_take(query, &row)?.execute(&mut *to).await.map_err(Failure::from) {
        Ok(_) => Ok(()),
        Err(failure) if failure.is_taken() => Err(Refusal::exists(take).into()),
        Err(failure) => Err(failure),
    }
}

pub(super) async fn replace_take(
    to: &mut SqliteConnection,
    take: TakeRecord,
    shares: Vec<Share>,
) -> Result<(), Failure> {
    let query = sqlx::query(
        "UPDATE take SET seed = ?4, state = ?5, epoch = ?6, intended_at = ?7, retry_at = ?8, sends = ?9, misses = ?10,
             looked_at = ?11, remote = ?12, accepted_at = ?13, output = ?14, audio = ?15, seconds = ?16,
             cost_usd = ?17, findings = ?18, error = ?19, characters = ?20
         WHERE generation = ?1 AND segment = ?2 AND number = ?3",
    );
    let row = TakeRow::from(take);
    bind_take(query, &row)?.execute(&mut *to).await?;
    book(to, row.generation, shares).await
}

/// Adds to the books of the generation's owner and model.
async fn book(to: &mut SqliteConnection, generation: i64, shares: Vec<Share>) -> Result<(), Failure> {
    for share in shares {
        sqlx::query(
            "INSERT INTO spending (owner, day, engine, model, spent, reserved, takes, characters)
             SELECT owner, ?2, engine, model, ?3, ?4, ?5, ?6 FROM generation WHERE id = ?1
             ON CONFLICT (owner, day, engine, model) DO UPDATE SET spent = spent + excluded.spent,
                 reserved = reserved + excluded.reserved, takes = takes + excluded.takes,
                 characters = characters + excluded.characters",
        )
        .bind(generation)
        .bind(share.day)
        .bind(share.spent)
        .bind(share.reserved)
        .bind(share.takes)
        .bind(share.characters)
        .execute(&mut *to)
        .await?;
    }
    Ok(())
}

/// Gives the statement above its values: ?1 to ?20 are the same in both.
fn bind_take<'q>(
    query: Query<'q, Sqlite, SqliteArguments>,
    take: &'q TakeRow,
) -> Result<Query<'q, Sqlite, SqliteArguments>, Failure> {
    let micros = |at: Option<Timestamp>| at.map(Timestamp::as_microsecond);
    Ok(query
        .bind(take.generation)
        .bind(take.segment)
        .bind(take.number)
        .bind(take.seed)
        .bind(take.state.name())
        .bind(take.epoch)
        .bind(take.intended_at.as_microsecond())
        .bind(micros(take.retry_at))
        .bind(take.sends)
        .bind(take.misses)
        .bind(micros(take.looked_at))
        .bind(take.remote.as_deref())
        .bind(micros(take.accepted_at))
        .bind(take.output.as_deref())
        .bind(take.audio.as_deref())
        .bind(take.seconds)
        .bind(take.cost_usd)
        .bind(rows::to_json(&take.findings)?)
        .bind(rows::to_maybe_json(take.error.as_ref())?)
        .bind(take.characters))
}
