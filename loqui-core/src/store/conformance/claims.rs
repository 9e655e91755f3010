//! Claims, leases and releases. Time passes only through the `now` of each call.

use futures::future::join_all;

use super::fixtures::{ANN, BOB, LEASE, at, claim, claimed, fail, plain_take, read, refused, submitted, write};
use crate::store::{Change, Fence, GenerationStore, GenerationStoreExt as _};

/// A claim excludes other workers while the lease is valid.
pub async fn claimed_generation_cannot_be_claimed_by_another_worker(store: &dyn GenerationStore) {
    let submitted = submitted(store).await;
    let held = claim(store, submitted.id, ANN, 2).await.expect("it is unclaimed");
    assert!(held.epoch > submitted.epoch, "a claim raises the epoch");
    assert_eq!(
        read(store, submitted.id).await,
        held,
        "a claim returns the stored record"
    );
    assert_eq!(claim(store, submitted.id, BOB, 3).await, None);
    assert_eq!(
        claim(store, submitted.id, BOB, 21).await,
        None,
        "a second before the lease ends"
    );
    assert_eq!(read(store, submitted.id).await, held, "a failed claim changes nothing");
    write(
        store,
        Fence::of(&held),
        vec![Change::AddTake(plain_take(Fence::of(&held), 0, 1))],
    )
    .await;
}

/// The holder may claim again; its earlier fence is outdated from then on.
pub async fn claim_by_the_holder_raises_the_epoch(store: &dyn GenerationStore) {
    let (first, fence) = claimed(store).await;
    let second = claim(store, first.id, ANN, 3).await.expect("its own claim");
    assert!(second.epoch > first.epoch, "{} follows {}", second.epoch, first.epoch);
    refused(store, fence, vec![fail(4)]).await;
    write(store, Fence::of(&second), vec![fail(4)]).await;
}

/// A worker whose lease expired loses its claims to others, and its late writes are refused.
pub async fn expired_lease_can_be_claimed_by_another_worker(store: &dyn GenerationStore) {
    let (first, fence) = claimed(store).await;
    let second = claim(store, first.id, BOB, 22).await.expect("the lease has expired");
    assert!(second.epoch > first.epoch, "{} follows {}", second.epoch, first.epoch);
    refused(store, fence, vec![fail(23)]).await;
    assert_eq!(claim(store, first.id, ANN, 23).await, None, "Bob holds it");
    write(store, Fence::of(&second), vec![fail(24)]).await;
}

/// One renewal extends all claims of a worker, and none of other workers.
pub async fn renewal_extends_all_claims_of_the_worker(store: &dyn GenerationStore) {
    let (one, _) = claimed(store).await;
    let (two, fence) = claimed(store).await;
    let other = submitted(store).await.id;
    assert!(claim(store, other, "worker-cid", 2).await.is_some());
    store.renew_lease(ANN, at(15), LEASE).await.expect("renewed");
    assert_eq!(claim(store, one.id, BOB, 30).await, None);
    assert_eq!(claim(store, two.id, BOB, 30).await, None);
    assert!(
        claim(store, other, BOB, 30).await.is_some(),
        "its lease was not renewed"
    );
    write(store, fence, vec![fail(31)]).await;
    assert!(claim(store, one.id, BOB, 35).await.is_some(), "20 s after the renewal");
}

/// A released generation can be claimed at once, and the worker that released it cannot write any more.
pub async fn released_generation_can_be_claimed_at_once(store: &dyn GenerationStore) {
    let (record, fence) = claimed(store).await;
    store.release(fence).await.expect("released");
    assert_eq!(read(store, record.id).await, record, "a release changes nothing else");
    refused(store, fence, vec![fail(3)]).await;
    let second = claim(store, record.id, BOB, 3).await.expect("it was released");
    assert!(second.epoch > record.epoch, "{} follows {}", second.epoch, record.epoch);
}

/// A late release does not affect the new holder.
pub async fn release_with_an_outdated_fence_does_nothing(store: &dyn GenerationStore) {
    let (record, old) = claimed(store).await;
    let new = claim(store, record.id, BOB, 40).await.expect("the lease has expired");
    store.release(old).await.expect("nothing happens");
    assert_eq!(claim(store, record.id, ANN, 41).await, None);
    write(store, Fence::of(&new), vec![fail(42)]).await;
    store.release(Fence::of(&new)).await.expect("nothing happens");
}

/// Exactly one of many concurrent claims succeeds.
pub async fn one_of_many_concurrent_claims_succeeds(store: &dyn GenerationStore) {
    let id = submitted(store).await.id;
    let workers: Vec<_> = (0..20).map(|number| format!("worker-{number}")).collect();
    let claims = join_all(workers.iter().map(|worker| store.claim(id, worker, at(2), LEASE))).await;
    let won = claims.into_iter().filter_map(|claim| claim.expect("answered"));
    assert_eq!(won.count(), 1);
}

/// A generation that has ended cannot be claimed.
pub async fn ended_generation_cannot_be_claimed(store: &dyn GenerationStore) {
    let (record, fence) = claimed(store).await;
    write(store, fence, vec![fail(3)]).await;
    for worker in [ANN, BOB] {
        assert_eq!(claim(store, record.id, worker, 100).await, None);
    }
}
