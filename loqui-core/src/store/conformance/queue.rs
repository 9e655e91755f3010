//! The queue: claims of workers, and reads of many generations at once.

use std::collections::BTreeSet;

use futures::future::join_all;

use super::fixtures::{ANN, BOB, LEASE, NONE, at, claimed, fail, refused, submit_for, submitted, write};
use crate::id::GenerationId;
use crate::store::{Fence, GenerationStore, GenerationStoreExt as _};

async fn next(store: &dyn GenerationStore, worker: &str, now: i64, limit: u32) -> Vec<GenerationId> {
    let claimed = store.claim_next(worker, at(now), LEASE, limit).await.expect("answered");
    claimed.iter().map(|record| record.id).collect()
}

/// A worker claims generations without a valid lease and may write to them; other workers do not get them.
pub async fn worker_claims_unclaimed_generations(store: &dyn GenerationStore) {
    assert_eq!(next(store, ANN, 2, 10).await, NONE);
    let (held, _) = claimed(store).await;
    let (ended, fence) = claimed(store).await;
    write(store, fence, vec![fail(3)]).await;
    let free = submitted(store).await;
    let records = store.claim_next(BOB, at(3), LEASE, 10).await.expect("answered");
    let [record] = &records[..] else {
        panic!("expected the one unclaimed generation, got {records:?}")
    };
    assert_eq!((record.id, record.epoch), (free.id, free.epoch + 1));
    assert_eq!(next(store, BOB, 4, 10).await, NONE, "it holds it already");
    write(store, Fence::of(record), vec![fail(5)]).await;
    assert_eq!(next(store, BOB, 22, 10).await, [held.id], "Ann's lease has expired");
    assert!(!next(store, ANN, 100, 10).await.contains(&ended.id));
}

/// An owner with many generations does not delay another owner, and held generations count as turns.
pub async fn owners_take_turns(store: &dyn GenerationStore) {
    let mut many = Vec::new();
    for _ in 0..6 {
        many.push(submit_for(store, "many").await);
    }
    let few = submit_for(store, "few").await;
    assert_eq!(next(store, ANN, 2, 2).await, [many[0], few]);
    let other = submit_for(store, "other").await;
    assert_eq!(
        next(store, BOB, 3, 2).await,
        [other, many[1]],
        "one of `many` is held already"
    );
    assert_eq!(next(store, BOB, 3, 9).await, many[2..]);
}

/// Concurrent workers claim every generation exactly once.
pub async fn concurrent_workers_share_the_queue(store: &dyn GenerationStore) {
    let mut ids = BTreeSet::new();
    for _ in 0..12 {
        ids.insert(submitted(store).await.id);
    }
    let workers: Vec<_> = (0..4).map(|number| format!("worker-{number}")).collect();
    let mut taken = Vec::new();
    for _ in 0..4 {
        let rounds = join_all(workers.iter().map(|worker| store.claim_next(worker, at(2), LEASE, 3))).await;
        for claimed in rounds {
            taken.extend(claimed.expect("answered").iter().map(|record| record.id));
        }
    }
    assert_eq!(taken.len(), 12, "{taken:?}");
    assert_eq!(taken.into_iter().collect::<BTreeSet<_>>(), ids);
}

/// The last events of many generations are read in one call; those that do not exist or are erased are left out.
pub async fn last_events_of_many_generations_are_read_together(store: &dyn GenerationStore) {
    assert_eq!(store.last_events(&[]).await.expect("read"), []);
    let quiet = submitted(store).await.id;
    let (ended, fence) = claimed(store).await;
    write(store, fence, vec![fail(3)]).await;
    let (erased, fence) = claimed(store).await;
    write(store, fence, vec![fail(3)]).await;
    assert!(store.erase_generation(erased.id, at(4)).await.expect("erased"));
    let mut found = store
        .last_events(&[ended.id, GenerationId::new(4711), erased.id, quiet])
        .await
        .expect("read");
    found.sort_unstable();
    assert_eq!(found, [(quiet, 1), (ended.id, 2)]);
}

/// Generations are found by the time they ended, the earliest first, until they are erased.
pub async fn generations_are_found_by_the_time_they_ended(store: &dyn GenerationStore) {
    let mut ids = Vec::new();
    for second in [30, 10, 20] {
        let (record, fence) = claimed(store).await;
        write(store, fence, vec![fail(second)]).await;
        ids.push(record.id);
    }
    submitted(store).await;
    assert_eq!(store.ended_before(at(30), 9).await.expect("read"), [ids[1], ids[2]]);
    assert_eq!(store.ended_before(at(31), 1).await.expect("read"), [ids[1]]);
    assert!(store.erase_generation(ids[1], at(40)).await.expect("erased"));
    assert_eq!(store.ended_before(at(31), 9).await.expect("read"), [ids[2], ids[0]]);
    let fence = Fence {
        generation: ids[1],
        epoch: 1,
    };
    refused(store, fence, vec![fail(41)]).await;
}
