//! Samples, and what is not there.

use super::fixtures::{ANN, NONE, at, read, recording, submitted};
use crate::store::{Filter, GenerationStore};

/// Adding a recording again gives the row of the first time, with its name.
pub async fn the_same_recording_is_the_same_sample(store: &dyn GenerationStore) {
    let first = store.add_sample(recording("Ann", "5a")).await.expect("added");
    let other = store.add_sample(recording("Bob", "5b")).await.expect("added");
    let again = store.add_sample(recording("Ann, again", "5a")).await.expect("known");
    assert_eq!(again, first);
    assert_ne!(other.id, first.id);
    assert_eq!(store.samples().await.expect("listed").len(), 2);
}

/// Nothing of a sample is lost.
pub async fn a_sample_is_read_back_with_all_fields(store: &dyn GenerationStore) {
    let new = recording("Änne \u{1f399}", "5a");
    let added = store.add_sample(new.clone()).await.expect("added");
    assert!(added.id > 0, "ids are positive, got {}", added.id);
    assert_eq!(added, new.with_id(added.id));
    assert_eq!(store.sample(added.id).await.expect("read"), Some(added));
}

/// The newest sample comes first.
pub async fn samples_are_listed_newest_first(store: &dyn GenerationStore) {
    for sha256 in ["5a", "5b", "5c"] {
        store.add_sample(recording("Ann", sha256)).await.expect("added");
    }
    let listed = store.samples().await.expect("listed");
    let order: Vec<_> = listed.iter().map(|sample| sample.sha256.as_str()).collect();
    assert_eq!(order, ["5c", "5b", "5a"]);
    assert!(listed.windows(2).all(|pair| pair[0].id > pair[1].id), "ids rise");
}

/// Reading what is not there gives nothing, not an error.
pub async fn what_is_not_there_is_nothing(store: &dyn GenerationStore) {
    let present = submitted(store).await;
    let absent = present.id + 1000;
    assert_eq!(store.sample(absent).await.expect("read"), None);
    assert_eq!(store.generation(absent).await.expect("read"), None);
    assert_eq!(store.takes(absent).await.expect("read"), []);
    assert_eq!(store.events(absent, 0).await.expect("read"), []);
    let claim = store.claim(absent, ANN, at(2), super::fixtures::LEASE).await;
    assert_eq!(claim.expect("answered"), None);
    assert!(!store.request_cancel(absent).await.expect("answered"));
    assert!(!store.reopen(absent, at(2)).await.expect("answered"));
    assert_eq!(store.cancel_requests(ANN).await.expect("answered"), NONE);
    assert!(!store.holds_remote("prediction").await.expect("answered"));
    let listed = store.generations(&Filter::default()).await.expect("listed");
    assert_eq!(listed, [read(store, present.id).await]);
}
