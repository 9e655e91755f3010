//! The table of transitions of takes: stores accept every legal change and refuse every other one.

use super::fixtures::{at, claimed, full_row, history, refused, take_in, write};
use crate::ledger::testing::in_state;
use crate::ledger::transitions::is_legal;
use crate::ledger::{StateKind, TakeRecord};
use crate::store::{Change, GenerationStore, GenerationStoreExt as _};

/// Tries every change from every state, and from no take, to every state.
pub async fn every_legal_transition_is_accepted_and_every_other_refused(store: &dyn GenerationStore) {
    let from = StateKind::ALL.into_iter().map(Some).chain([None]);
    for (segment, from) in (0..).zip(from) {
        let (record, fence) = claimed(store).await;
        for (number, to) in (1..).zip(StateKind::ALL) {
            let before = from.map(|from| take_in(fence, segment, number, from));
            if let Some(before) = &before {
                write(store, fence, history(before)).await;
            }
            let after = take_in(fence, segment, number, to);
            let change = match &before {
                Some(_) => Change::UpdateTake(after.clone()),
                None => Change::AddTake(after.clone()),
            };
            if is_legal(from, to) {
                write(store, fence, vec![change]).await;
            } else {
                refused(store, fence, vec![change]).await;
            }
            let stored = store.takes(record.id).await.expect("read").pop();
            let stored = stored.filter(|take| take.number == number);
            let expected = if is_legal(from, to) { Some(after) } else { before };
            assert_eq!(stored, expected, "{from:?} to {to}");
        }
    }
}

/// A take that was recorded as never created may be looked up again or found late, whichever worker holds its generation.
/// Every other change is refused.
pub async fn late_answer_follows_the_legal_transitions(store: &dyn GenerationStore) {
    let (record, fence) = claimed(store).await;
    for (number, to) in (1..).zip(StateKind::ALL) {
        let never_created = take_in(fence, 0, number, StateKind::NeverCreated);
        write(store, fence, history(&never_created)).await;
        let mut row = full_row(fence, 0, number);
        row.looked_at = Some(at(60));
        let late: TakeRecord = in_state(row, to);
        let answer = store.update_unreconciled_take(late.clone()).await;
        let expected = if is_legal(Some(StateKind::NeverCreated), to) {
            assert!(answer.expect("the transition is legal"), "{to}");
            late
        } else {
            assert_eq!(
                answer.expect_err("the transition is illegal").code(),
                "store.conflict",
                "{to}"
            );
            never_created
        };
        assert_eq!(
            store.takes(record.id).await.expect("read").pop(),
            Some(expected),
            "{to}"
        );
    }
}
