//! Who may write: claims, leases and releases. Time passes only through the `now` of each call.

use futures::future::join_all;

use super::fixtures::{ANN, BOB, LEASE, at, claim, claimed, fail, plain_take, read, refused, submitted, write};
use crate::store::{Change, Fence, GenerationStore, GenerationStoreExt as _};

/// While a claim holds, nobody else gets one.
pub async fn a_claim_shuts_others_out(store: &dyn GenerationStore) {
    let submitted = submitted(store).await;
    let held = claim(store, submitted.id, ANN, 2).await.expect("nobody holds it");
    assert!(held.epoch > submitted.epoch, "a claim raises the epoch");
    assert_eq!(
        read(store, submitted.id).await,
        held,
        "a claim gives the record as it is now"
    );
    assert_eq!(claim(store, submitted.id, BOB, 3).await, None);
    assert_eq!(
        claim(store, submitted.id, BOB, 21).await,
        None,
        "a second before the lease ends"
    );
    assert_eq!(read(store, submitted.id).await, held, "a claim in vain changes nothing");
    write(
        store,
        Fence::of(&held),
        vec![Change::AddTake(plain_take(Fence::of(&held), 0, 1))],
    )
    .await;
}

/// Who holds it gets it again, and its older claim is worth nothing from then on.
pub async fn a_claim_by_its_holder_raises_the_epoch(store: &dyn GenerationStore) {
    let (first, fence) = claimed(store).await;
    let second = claim(store, first.id, ANN, 3).await.expect("its own");
    assert!(second.epoch > first.epoch, "{} follows {}", second.epoch, first.epoch);
    refused(store, fence, vec![fail(4)]).await;
    write(store, Fence::of(&second), vec![fail(4)]).await;
}

/// A worker that stopped beating loses its claims, and its late writes are refused.
pub async fn a_lease_that_ran_out_lets_others_in(store: &dyn GenerationStore) {
    let (first, fence) = claimed(store).await;
    let second = claim(store, first.id, BOB, 22).await.expect("the lease has run out");
    assert!(second.epoch > first.epoch, "{} follows {}", second.epoch, first.epoch);
    refused(store, fence, vec![fail(23)]).await;
    assert_eq!(claim(store, first.id, ANN, 23).await, None, "it is Bob's now");
    write(store, Fence::of(&second), vec![fail(24)]).await;
}

/// One beat keeps all claims of a worker, and none of others.
pub async fn a_beat_prolongs_every_claim_of_its_worker(store: &dyn GenerationStore) {
    let (one, _) = claimed(store).await;
    let (two, fence) = claimed(store).await;
    let other = submitted(store).await.id;
    assert!(claim(store, other, "worker-cid", 2).await.is_some());
    store.renew_lease(ANN, at(15), LEASE).await.expect("beaten");
    assert_eq!(claim(store, one.id, BOB, 30).await, None);
    assert_eq!(claim(store, two.id, BOB, 30).await, None);
    assert!(claim(store, other, BOB, 30).await.is_some(), "nobody beat for this one");
    write(store, fence, vec![fail(31)]).await;
    assert!(claim(store, one.id, BOB, 35).await.is_some(), "20 s after the beat");
}

/// What is given back can be had at once; whoever gave it back cannot write any more.
pub async fn a_release_lets_others_in(store: &dyn GenerationStore) {
    let (record, fence) = claimed(store).await;
    store.release(fence).await.expect("released");
    assert_eq!(read(store, record.id).await, record, "a release changes nothing else");
    refused(store, fence, vec![fail(3)]).await;
    let second = claim(store, record.id, BOB, 3).await.expect("it was given back");
    assert!(second.epoch > record.epoch, "{} follows {}", second.epoch, record.epoch);
}

/// A release that comes too late does not disturb the new holder.
pub async fn a_release_under_an_older_epoch_does_nothing(store: &dyn GenerationStore) {
    let (record, old) = claimed(store).await;
    let new = claim(store, record.id, BOB, 40).await.expect("the lease has run out");
    store.release(old).await.expect("nothing happens");
    assert_eq!(claim(store, record.id, ANN, 41).await, None);
    write(store, Fence::of(&new), vec![fail(42)]).await;
    store.release(Fence::of(&new)).await.expect("nothing happens");
}

/// Of many workers at once exactly one gets it.
pub async fn one_of_many_claims_at_once_wins(store: &dyn GenerationStore) {
    let id = submitted(store).await.id;
    let workers: Vec<_> = (0..20).map(|number| format!("worker-{number}")).collect();
    let claims = join_all(workers.iter().map(|worker| store.claim(id, worker, at(2), LEASE))).await;
    let won = claims.into_iter().filter_map(|claim| claim.expect("answered"));
    assert_eq!(won.count(), 1);
}

/// Nothing is left to do for a generation that has ended.
pub async fn what_has_ended_cannot_be_claimed(store: &dyn GenerationStore) {
    let (record, fence) = claimed(store).await;
    write(store, fence, vec![fail(3)]).await;
    for worker in [ANN, BOB] {
        assert_eq!(claim(store, record.id, worker, 100).await, None);
    }
}
