//! Takes whose answer was lost: ids from webhooks, and predictions that started late.

use super::fixtures::{at, claimed, fail, history, plain_take, write};
use crate::ledger::testing::in_state;
use crate::ledger::{StateKind, TakeRow};
use crate::store::{Change, GenerationStore, GenerationStoreExt as _, UsageFilter};

/// The first prediction id that is recorded for a take is returned; later ones are ignored.
pub async fn first_remote_hint_is_kept(store: &dyn GenerationStore) {
    let (_, fence) = claimed(store).await;
    let take = plain_take(fence, 0, 1);
    assert_eq!(store.remote_hint(take.id()).await.expect("read"), None);
    write(store, fence, vec![Change::AddTake(take.clone())]).await;
    assert!(store.record_remote_hint(take.id(), "p1").await.expect("answered"));
    assert!(!store.record_remote_hint(take.id(), "p2").await.expect("answered"));
    assert_eq!(store.remote_hint(take.id()).await.expect("read").as_deref(), Some("p1"));
    assert_eq!(
        store.remote_hint(plain_take(fence, 0, 2).id()).await.expect("read"),
        None
    );
    assert!(
        !store.holds_remote("p1").await.expect("answered"),
        "a hint is not part of the ledger"
    );
}

/// A take that was recorded as never created can be corrected once, even after its generation has ended.
pub async fn late_answer_is_recorded_once(store: &dyn GenerationStore) {
    let (record, fence) = claimed(store).await;
    let never_created = |number: u32, misses: u32, second: i64| {
        let mut row = TakeRow::from(plain_take(fence, 0, number));
        row.misses = misses;
        row.looked_at = Some(at(second));
        in_state(row, StateKind::NeverCreated)
    };
    let takes = [
        never_created(1, 2, 30),
        never_created(2, 2, 20),
        never_created(3, 0, 25),
        never_created(4, 2, 90),
    ];
    let mut changes: Vec<_> = takes.iter().flat_map(history).collect();
    changes.push(Change::AddTake(plain_take(fence, 0, 5)));
    changes.push(fail(31));
    write(store, fence, changes).await;

    let found = store.unreconciled_takes(at(10), at(60), 9).await.expect("read");
    assert_eq!(
        found,
        [takes[1].clone(), takes[0].clone()],
        "those that lookups missed, the longest ago first"
    );
    assert_eq!(
        store.unreconciled_takes(at(10), at(60), 1).await.expect("read"),
        [takes[1].clone()]
    );
    let mut row = TakeRow::from(takes[0].clone());
    row.remote = Some("p-late".to_owned());
    row.cost_usd = 0.25;
    let late = in_state(row, StateKind::Failed);
    assert!(store.update_unreconciled_take(late.clone()).await.expect("written"));
    assert!(
        !store.update_unreconciled_take(late.clone()).await.expect("refused"),
        "it is corrected already"
    );
    assert!(
        !store
            .update_unreconciled_take(plain_take(fence, 0, 5))
            .await
            .expect("refused"),
        "it is in another state"
    );
    assert!(
        !store
            .update_unreconciled_take(plain_take(fence, 0, 9))
            .await
            .expect("refused"),
        "it does not exist"
    );
    assert_eq!(store.takes(record.id).await.expect("read")[0], late);
    assert!(store.holds_remote("p-late").await.expect("answered"));
    let spending = store.spending(&UsageFilter::default()).await.expect("read");
    assert_eq!((spending[0].spent_nanos, spending[0].takes), (250_000_000, 1));
    assert_eq!(
        store.unreconciled_takes(at(10), at(60), 9).await.expect("read"),
        [takes[1].clone()]
    );
}
