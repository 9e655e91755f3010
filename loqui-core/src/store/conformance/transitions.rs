//! The table of transitions: every change of a take that it has is accepted, and every other one refused.

use super::fixtures::{at, claimed, full_row, history, refused, take_in, write};
use crate::ledger::testing::in_state;
use crate::ledger::transitions::is_legal;
use crate::ledger::{StateKind, TakeRecord};
use crate::store::{Change, GenerationStore};

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

/// A take that was given up may be looked up again or found late, whoever holds its generation. Nothing else may become of
/// it.
pub async fn late_answer_follows_the_legal_transitions(store: &dyn GenerationStore) {
    let (record, fence) = claimed(store).await;
    for (number, to) in (1..).zip(StateKind::ALL) {
        let given_up = take_in(fence, 0, number, StateKind::NeverCreated);
        write(store, fence, history(&given_up)).await;
        let mut row = full_row(fence, 0, number);
        row.looked_at = Some(at(60));
        let late: TakeRecord = in_state(row, to);
        let answer = store.look_late(late.clone()).await;
        let expected = if is_legal(Some(StateKind::NeverCreated), to) {
            assert!(answer.expect("the transition is legal"), "{to}");
            late
        } else {
            assert_eq!(
                answer.expect_err("the transition is illegal").code(),
                "store.conflict",
                "{to}"
            );
            given_up
        };
        assert_eq!(
            store.takes(record.id).await.expect("read").pop(),
            Some(expected),
            "{to}"
        );
    }
}
