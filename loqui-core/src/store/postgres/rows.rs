//! Rows to records and back.

use std::sync::Arc;

use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::postgres::PgRow;
use sqlx::{Decode, Postgres, Row as _, Type};

use super::super::apply::Head;
use super::super::{SampleRecord, Spending, spending};
use super::failure::Failure;
use crate::ledger::{Event, GenerationRecord, Stage, StateKind, Status, TakeRecord, TakeRow};

pub(super) fn sample(row: &PgRow) -> Result<SampleRecord, Failure> {
    Ok(SampleRecord {
        id: value(row, "id")?,
        owner: owner(row)?,
        name: json(row, "name")?,
        sha256: value(row, "sha256")?,
        original: value(row, "original")?,
        reference: value(row, "reference")?,
        seconds: value(row, "seconds")?,
        reference_seconds: value(row, "reference_seconds")?,
        report: json(row, "report")?,
        consent: maybe_json(row, "consent")?,
        created_at: time(row, "created_at")?,
    })
}

pub(super) fn generation(row: &PgRow) -> Result<GenerationRecord, Failure> {
    Ok(GenerationRecord {
        id: value(row, "id")?,
        owner: owner(row)?,
        idempotency_key: value(row, "idempotency_key")?,
        sample: value(row, "sample")?,
        engine: value(row, "engine")?,
        model: value(row, "model")?,
        script: json(row, "script")?,
        options: json(row, "options")?,
        segments: json(row, "segments")?,
        status: name(row, "status", Status::by_name)?,
        stage: name(row, "stage", Stage::by_name)?,
        progress: small(row, "progress")?,
        cancel_requested: value(row, "cancel_requested")?,
        warnings: json(row, "warnings")?,
        error: maybe_json(row, "error")?,
        speech: maybe_json(row, "speech")?,
        created_at: time(row, "created_at")?,
        opened_at: time(row, "opened_at")?,
        completed_at: maybe_time(row, "completed_at")?,
        epoch: value(row, "epoch")?,
    })
}

pub(super) fn head(row: &PgRow) -> Result<Head, Failure> {
    Ok(Head {
        generation: value(row, "id")?,
        status: name(row, "status", Status::by_name)?,
        stage: name(row, "stage", Stage::by_name)?,
        progress: small(row, "progress")?,
        epoch: value(row, "epoch")?,
        worker: value(row, "worker")?,
        events: number(value(row, "events")?),
        erased: maybe_time(row, "erased_at")?.is_some(),
    })
}

pub(super) fn take(row: &PgRow) -> Result<TakeRecord, Failure> {
    let columns = TakeRow {
        generation: value(row, "generation")?,
        segment: small(row, "segment")?,
        number: small(row, "number")?,
        seed: small(row, "seed")?,
        state: name(row, "state", StateKind::by_name)?,
        epoch: value(row, "epoch")?,
        intended_at: time(row, "intended_at")?,
        retry_at: maybe_time(row, "retry_at")?,
        sends: small(row, "sends")?,
        misses: small(row, "misses")?,
        looked_at: maybe_time(row, "looked_at")?,
        remote: value(row, "remote")?,
        accepted_at: maybe_time(row, "accepted_at")?,
        output: value(row, "output")?,
        audio: value(row, "audio")?,
        seconds: value(row, "seconds")?,
        characters: small(row, "characters")?,
        cost_usd: value(row, "cost_usd")?,
        findings: json(row, "findings")?,
        error: maybe_json(row, "error")?,
    };
    Ok(TakeRecord::try_from(columns)?)
}

pub(super) fn event(row: &PgRow) -> Result<Event, Failure> {
    Ok(Event {
        generation: value(row, "generation")?,
        number: number(value(row, "number")?),
        at: time(row, "at")?,
        status: name(row, "status", Status::by_name)?,
        stage: name(row, "stage", Stage::by_name)?,
        progress: small(row, "progress")?,
        message: json(row, "message")?,
    })
}

pub(super) fn spending(row: &PgRow) -> Result<Spending, Failure> {
    Ok(Spending {
        owner: owner(row)?,
        day: spending::date(value(row, "day")?),
        engine: value(row, "engine")?,
        model: value(row, "model")?,
        spent_nanos: value(row, "spent")?,
        reserved_nanos: value(row, "reserved")?,
        takes: value(row, "takes")?,
        characters: value(row, "characters")?,
    })
}

/// Nobody's is stored as the empty text, so that a unique key sees it.
fn owner(row: &PgRow) -> Result<Option<String>, Failure> {
    let owner: String = value(row, "owner")?;
    Ok(Some(owner).filter(|owner| !owner.is_empty()))
}

/// A record's nested part, as it is stored.
pub(super) fn to_json<T: Serialize>(part: &T) -> Result<String, Failure> {
    serde_json::to_string(part).map_err(|error| Failure::Encode(Arc::new(error)))
}

/// A nested part that may be missing.
pub(super) fn to_maybe_json<T: Serialize>(part: Option<&T>) -> Result<Option<String>, Failure> {
    part.map(to_json).transpose()
}

/// A time that may be missing.
pub(super) fn maybe_time(row: &PgRow, column: &'static str) -> Result<Option<Timestamp>, Failure> {
    let micros: Option<i64> = value(row, column)?;
    micros.map(|micros| timestamp(micros, column)).transpose()
}

/// Events are numbered from 1; Postgres knows signed numbers only.
pub(super) fn number(stored: i64) -> u64 {
    stored.max(0).cast_unsigned()
}

fn value<'r, T>(row: &'r PgRow, column: &'static str) -> Result<T, Failure>
where
    T: Decode<'r, Postgres> + Type<Postgres>,
{
    Ok(row.try_get(column)?)
}

/// A number of a smaller type: Postgres has no unsigned ones.
fn small<T: TryFrom<i64>>(row: &PgRow, column: &'static str) -> Result<T, Failure> {
    let stored: i64 = value(row, column)?;
    T::try_from(stored).map_err(|_| Failure::Value {
        column,
        value: stored.to_string(),
    })
}

fn time(row: &PgRow, column: &'static str) -> Result<Timestamp, Failure> {
    timestamp(value(row, column)?, column)
}

fn timestamp(micros: i64, column: &'static str) -> Result<Timestamp, Failure> {
    Timestamp::from_microsecond(micros).map_err(|_| Failure::Value {
        column,
        value: micros.to_string(),
    })
}

fn name<T>(row: &PgRow, column: &'static str, by_name: fn(&str) -> Option<T>) -> Result<T, Failure> {
    let stored: &str = value(row, column)?;
    by_name(stored).ok_or_else(|| Failure::Value {
        column,
        value: stored.to_owned(),
    })
}

fn json<T: DeserializeOwned>(row: &PgRow, column: &'static str) -> Result<T, Failure> {
    parse(value(row, column)?, column)
}

fn maybe_json<T: DeserializeOwned>(row: &PgRow, column: &'static str) -> Result<Option<T>, Failure> {
    let text: Option<&str> = value(row, column)?;
    text.map(|text| parse(text, column)).transpose()
}

fn parse<T: DeserializeOwned>(text: &str, column: &'static str) -> Result<T, Failure> {
    serde_json::from_str(text).map_err(|source| Failure::Json {
        column,
        source: Arc::new(source),
    })
}
