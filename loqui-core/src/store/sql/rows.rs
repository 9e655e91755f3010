//! Converts rows to records, and the parts of records to column values.

use std::sync::Arc;

use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::connection::{Dialect, Row};
use super::failure::Failure;
use crate::ledger::{Event, GenerationRecord, Stage, StateKind, Status, TakeRecord, TakeRow};
use crate::store::apply::Head;
use crate::store::{SampleRecord, Spending, handle_of, spending};

pub(super) fn sample(row: &dyn Row) -> Result<SampleRecord, Failure> {
    let (id, name, sha256) = (integer(row, "id")?, free_text(row, "name")?, text(row, "sha256")?);
    let mut handle = text(row, "handle")?;
    if handle.is_empty() && !sha256.is_empty() {
        // An earlier version added it.
        handle = format!("{}-{id}", handle_of(&name));
    }
    Ok(SampleRecord {
        id,
        owner: owner(row)?,
        name,
        handle,
        sha256,
        original: text(row, "original")?,
        reference: text(row, "reference")?,
        seconds: real(row, "seconds")?,
        reference_seconds: real(row, "reference_seconds")?,
        report: json(row, "report")?,
        consent: optional_json(row, "consent")?,
        created_at: time(row, "created_at")?,
        artefacts: optional_json(row, "artefacts")?.unwrap_or_default(),
    })
}

pub(super) fn generation(row: &dyn Row) -> Result<GenerationRecord, Failure> {
    Ok(GenerationRecord {
        id: integer(row, "id")?,
        owner: owner(row)?,
        idempotency_key: optional_text(row, "idempotency_key")?,
        sample: integer(row, "sample")?,
        engine: text(row, "engine")?,
        model: text(row, "model")?,
        script: free_text(row, "script")?,
        options: json(row, "options")?,
        segments: json(row, "segments")?,
        voices: optional_json(row, "voices")?.unwrap_or_default(),
        lineage: optional_json(row, "lineage")?,
        status: name(row, "status", Status::by_name)?,
        stage: name(row, "stage", Stage::by_name)?,
        progress: integer(row, "progress")?,
        cancel_requested: boolean(row, "cancel_requested")?,
        warnings: json(row, "warnings")?,
        error: optional_json(row, "error")?,
        speech: optional_json(row, "speech")?,
        created_at: time(row, "created_at")?,
        opened_at: time(row, "opened_at")?,
        completed_at: optional_time(row, "completed_at")?,
        epoch: integer(row, "epoch")?,
    })
}

pub(super) fn head(row: &dyn Row) -> Result<Head, Failure> {
    Ok(Head {
        generation: integer(row, "id")?,
        status: name(row, "status", Status::by_name)?,
        stage: name(row, "stage", Stage::by_name)?,
        progress: integer(row, "progress")?,
        epoch: integer(row, "epoch")?,
        worker: optional_text(row, "worker")?,
        events: event_number(row, "events")?,
        erased: optional_time(row, "erased_at")?.is_some(),
    })
}

pub(super) fn take(row: &dyn Row) -> Result<TakeRecord, Failure> {
    let columns = TakeRow {
        generation: integer(row, "generation")?,
        segment: integer(row, "segment")?,
        number: integer(row, "number")?,
        seed: integer(row, "seed")?,
        state: name(row, "state", StateKind::by_name)?,
        epoch: integer(row, "epoch")?,
        intended_at: time(row, "intended_at")?,
        retry_at: optional_time(row, "retry_at")?,
        sends: integer(row, "sends")?,
        misses: integer(row, "misses")?,
        looked_at: optional_time(row, "looked_at")?,
        remote: optional_text(row, "remote")?,
        accepted_at: optional_time(row, "accepted_at")?,
        output: optional_text(row, "output")?,
        audio: optional_text(row, "audio")?,
        seconds: row.real("seconds")?,
        characters: integer(row, "characters")?,
        cost_usd: real(row, "cost_usd")?,
        findings: json(row, "findings")?,
        error: optional_json(row, "error")?,
    };
    Ok(TakeRecord::try_from(columns)?)
}

pub(super) fn event(row: &dyn Row) -> Result<Event, Failure> {
    Ok(Event {
        generation: integer(row, "generation")?,
        number: event_number(row, "number")?,
        at: time(row, "at")?,
        status: name(row, "status", Status::by_name)?,
        stage: name(row, "stage", Stage::by_name)?,
        progress: integer(row, "progress")?,
        message: free_text(row, "message")?,
    })
}

pub(super) fn spending(row: &dyn Row) -> Result<Spending, Failure> {
    Ok(Spending {
        owner: owner(row)?,
        day: spending::date(integer(row, "day")?),
        engine: text(row, "engine")?,
        model: text(row, "model")?,
        spent_nanos: integer(row, "spent")?,
        reserved_nanos: integer(row, "reserved")?,
        takes: integer(row, "takes")?,
        characters: integer(row, "characters")?,
    })
}

/// Maps every row.
pub(super) fn all<T>(rows: &[Box<dyn Row>], record: fn(&dyn Row) -> Result<T, Failure>) -> Result<Vec<T>, Failure> {
    rows.iter().map(|row| record(row.as_ref())).collect()
}

/// Maps the row if there is one.
pub(super) fn optional<T>(
    row: Option<&dyn Row>,
    record: fn(&dyn Row) -> Result<T, Failure>,
) -> Result<Option<T>, Failure> {
    row.map(record).transpose()
}

/// No owner is stored as the empty text, because a unique key ignores rows with a null.
fn owner(row: &dyn Row) -> Result<Option<String>, Failure> {
    Ok(Some(text(row, "owner")?).filter(|owner| !owner.is_empty()))
}

/// An integer that fits the type of its field.
pub(super) fn integer<T: TryFrom<i64>>(row: &dyn Row, column: &'static str) -> Result<T, Failure> {
    let stored = present(row.integer(column)?, column)?;
    T::try_from(stored).map_err(|_| Failure::Value {
        column,
        value: stored.to_string(),
    })
}

/// The number of an event, from 1; 0 before the first.
pub(super) fn event_number(row: &dyn Row, column: &'static str) -> Result<u64, Failure> {
    integer(row, column)
}

/// A time that may be absent.
pub(super) fn optional_time(row: &dyn Row, column: &'static str) -> Result<Option<Timestamp>, Failure> {
    row.integer(column)?.map(|micros| timestamp(micros, column)).transpose()
}

pub(super) fn text(row: &dyn Row, column: &'static str) -> Result<String, Failure> {
    present(row.text(column)?, column).map(str::to_owned)
}

pub(super) fn json<T: DeserializeOwned>(row: &dyn Row, column: &'static str) -> Result<T, Failure> {
    parse(present(row.text(column)?, column)?, column)
}

/// The nested part of a record, as it is stored.
pub(super) fn to_json<T: Serialize>(part: &T) -> Result<String, Failure> {
    serde_json::to_string(part).map_err(|error| Failure::Encode(Arc::new(error)))
}

/// A nested part that may be absent.
pub(super) fn to_optional_json<T: Serialize>(part: Option<&T>) -> Result<Option<String>, Failure> {
    part.map(to_json).transpose()
}

/// Text from users, as it is stored. Postgres text cannot hold a null character, so there it is a JSON string.
pub(super) fn to_free_text(text: &str, dialect: Dialect) -> Result<String, Failure> {
    match dialect {
        Dialect::Sqlite => Ok(text.to_owned()),
        Dialect::Postgres => to_json(&text),
    }
}

fn free_text(row: &dyn Row, column: &'static str) -> Result<String, Failure> {
    match row.dialect() {
        Dialect::Sqlite => text(row, column),
        Dialect::Postgres => json(row, column),
    }
}

pub(super) fn optional_text(row: &dyn Row, column: &'static str) -> Result<Option<String>, Failure> {
    Ok(row.text(column)?.map(str::to_owned))
}

pub(super) fn real(row: &dyn Row, column: &'static str) -> Result<f64, Failure> {
    present(row.real(column)?, column)
}

pub(super) fn boolean(row: &dyn Row, column: &'static str) -> Result<bool, Failure> {
    present(row.boolean(column)?, column)
}

pub(super) fn time(row: &dyn Row, column: &'static str) -> Result<Timestamp, Failure> {
    timestamp(integer(row, column)?, column)
}

fn timestamp(micros: i64, column: &'static str) -> Result<Timestamp, Failure> {
    Timestamp::from_microsecond(micros).map_err(|_| Failure::Value {
        column,
        value: micros.to_string(),
    })
}

fn name<T>(row: &dyn Row, column: &'static str, by_name: fn(&str) -> Option<T>) -> Result<T, Failure> {
    let stored = present(row.text(column)?, column)?;
    by_name(stored).ok_or_else(|| Failure::Value {
        column,
        value: stored.to_owned(),
    })
}

fn optional_json<T: DeserializeOwned>(row: &dyn Row, column: &'static str) -> Result<Option<T>, Failure> {
    row.text(column)?.map(|text| parse(text, column)).transpose()
}

fn present<T>(value: Option<T>, column: &'static str) -> Result<T, Failure> {
    value.ok_or_else(|| Failure::Value {
        column,
        value: "NULL".to_owned(),
    })
}

fn parse<T: DeserializeOwned>(text: &str, column: &'static str) -> Result<T, Failure> {
    serde_json::from_str(text).map_err(|source| Failure::Json {
        column,
        source: Arc::new(source),
    })
}
