//! Takes in every state, for tests and for the conformance suite.

use jiff::Timestamp;

use super::row::TakeRow;
use super::state::StateKind;
use super::take::TakeRecord;
use super::transitions::TRANSITIONS;
use crate::error::{Error, code};
use crate::ledger::ErrorRecord;

/// Take 1 of segment 0 of generation 1 in this state, with the data of that state.
pub(crate) fn example(kind: StateKind) -> TakeRecord {
    in_state(TakeRow::new(1, 0, 1, 7, 1, Timestamp::UNIX_EPOCH), kind)
}

/// A take with the identity, times and costs of `row` in this state, with the data of that state.
///
/// # Panics
///
/// Never: every column that a state needs is set.
pub(crate) fn in_state(mut row: TakeRow, kind: StateKind) -> TakeRecord {
    use StateKind::{Failed, Held, Kept, NeverCreated, Rejected, Running, Stored, Succeeded, Unanswered, Unsent};

    let at = row.intended_at;
    let place = format!("{}-{}-{}", row.generation, row.segment, row.number);
    row.state = kind;
    if matches!(kind, Running | Succeeded | Stored | Kept | Rejected | Failed) {
        row.remote.get_or_insert_with(|| format!("prediction-{place}"));
        row.accepted_at.get_or_insert(at);
    }
    if kind == Succeeded {
        row.output
            .get_or_insert_with(|| "https://delivery.example/out.wav".to_owned());
    }
    if matches!(kind, Stored | Kept | Rejected) {
        row.audio.get_or_insert_with(|| format!("takes/{place}.wav"));
    }
    if matches!(kind, Kept | Rejected) {
        row.seconds.get_or_insert(3.25);
    }
    if matches!(kind, Unanswered | Unsent | Failed | NeverCreated | Held) {
        let error = Error::new(&code::REPLICATE_UNREACHABLE, "the connection broke");
        row.error.get_or_insert_with(|| (&error).into());
    }
    if kind == Unsent {
        row.retry_at.get_or_insert(at);
    }
    if matches!(kind, NeverCreated | Held) {
        row.looked_at.get_or_insert(at);
    }
    TakeRecord::try_from(row).expect("every column that a state needs is set")
}

/// The states on the shortest legal path of a new take to this state, the last one included.
pub(crate) fn path_to(kind: StateKind) -> Vec<StateKind> {
    let mut paths: Vec<Vec<StateKind>> = TRANSITIONS
        .iter()
        .filter(|transition| transition.from.is_none())
        .map(|transition| vec![transition.to])
        .collect();
    let mut next = 0;
    while let Some(path) = paths.get(next).cloned() {
        if path.last() == Some(&kind) {
            return path;
        }
        for transition in TRANSITIONS.iter().filter(|row| row.from == path.last().copied()) {
            if !paths.iter().flatten().any(|seen| *seen == transition.to) {
                paths.push([path.clone(), vec![transition.to]].concat());
            }
        }
        next += 1;
    }
    Vec::new()
}

/// A failure as it is recorded.
pub(crate) fn failure(message: &str) -> ErrorRecord {
    (&Error::new(&code::REPLICATE_PREDICTION_FAILED, message)).into()
}
