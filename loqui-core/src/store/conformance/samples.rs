//! Samples, and reads of what does not exist.

use super::fixtures::{ANN, NONE, at, claimed, fail, read, recording, request, submitted, write};
use crate::id::{GenerationId, SampleId};
use crate::store::{Consent, Filter, GenerationStore, GenerationStoreExt as _, SampleFilter, SampleRecord};

async fn listed(store: &dyn GenerationStore, filter: SampleFilter) -> Vec<SampleRecord> {
    store.samples(&filter).await.expect("listed")
}

/// Adding a recording again returns the first sample, with its name, unless the new name replaces it.
pub async fn adding_a_recording_twice_returns_the_same_sample(store: &dyn GenerationStore) {
    let first = store.add_sample(recording("Ann", "5a")).await.expect("added");
    let other = store.add_sample(recording("Bob", "5b")).await.expect("added");
    let again = store.add_sample(recording("Ann, again", "5a")).await.expect("known");
    assert_eq!(again, first);
    assert_ne!(other.id, first.id);
    let mut named = recording("Anna", "5a");
    named.renames = true;
    let renamed = store.add_sample(named).await.expect("renamed");
    assert_eq!((renamed.id, renamed.name.as_str()), (first.id, "Anna"));
    assert_eq!(
        listed(store, SampleFilter::default().with_id(first.id)).await,
        [renamed]
    );
    assert_eq!(listed(store, SampleFilter::default()).await.len(), 2);
}

/// Every field of a sample is read back.
pub async fn sample_is_read_back_with_all_fields(store: &dyn GenerationStore) {
    let mut new = recording("Änne \u{1f399}", "5a");
    new.owner = Some("änne".to_owned());
    new.reference_seconds = 9.75;
    new.consent = Some(Consent::new("I am the speaker.", at(1)));
    let added = store.add_sample(new.clone()).await.expect("added");
    assert!(added.id.get() > 0, "ids are positive, got {}", added.id);
    assert_eq!(added, new.with_id(added.id));
    assert_eq!(store.sample(added.id).await.expect("read"), Some(added));
}

/// Two owners have separate samples of the same recording.
pub async fn each_owner_has_its_own_sample_of_a_recording(store: &dyn GenerationStore) {
    let mut samples = Vec::new();
    for owner in [None, Some("ann"), Some("bob")] {
        let mut new = recording("voice", "5a");
        new.owner = owner.map(str::to_owned);
        let added = store.add_sample(new).await.expect("added");
        assert_eq!(
            store.sample_of(owner, "5a").await.expect("read"),
            Some(added.clone()),
            "{owner:?}"
        );
        samples.push(added);
    }
    assert_eq!(store.sample_of(Some("ann"), "5b").await.expect("read"), None);
    samples.reverse();
    assert_eq!(listed(store, SampleFilter::default()).await, samples);
    assert_eq!(listed(store, SampleFilter::default().with_limit(2)).await, samples[..2]);
    assert_eq!(
        listed(store, SampleFilter::default().with_owner("ann")).await,
        samples[1..2]
    );
    assert_eq!(listed(store, SampleFilter::default().with_owner("cid")).await, []);
}

/// Each sample has a handle that no other sample of its owner has. A new name gives a new handle; an erased one is free.
pub async fn handles_are_unique_for_each_owner(store: &dyn GenerationStore) {
    let mut added = Vec::new();
    for (owner, name, sha256) in [
        (None, "Anna.wav", "5a"),
        (None, "anna", "5b"),
        (None, "Anna_2", "5c"),
        (Some("ann"), "Anna", "5a"),
        (None, "ANNA", "5d"),
    ] {
        let mut new = recording(name, sha256);
        new.owner = owner.map(str::to_owned);
        added.push(store.add_sample(new).await.expect("added"));
    }
    let handles: Vec<&str> = added.iter().map(|sample| sample.handle.as_str()).collect();
    assert_eq!(handles, ["anna", "anna-2", "anna_2", "anna", "anna-3"]);
    for sample in &added {
        assert_eq!(store.sample(sample.id).await.expect("read").as_ref(), Some(sample));
    }
    let again = store.add_sample(recording("Anna", "5b")).await.expect("known");
    assert_eq!(again.handle, "anna-2");
    let mut renamed = recording("Bert", "5b");
    renamed.renames = true;
    assert_eq!(store.add_sample(renamed.clone()).await.expect("renamed").handle, "bert");
    assert_eq!(store.add_sample(renamed).await.expect("renamed").handle, "bert");
    store.erase_sample(added[0].id, at(2)).await.expect("erased");
    let next = store.add_sample(recording("Anna", "5e")).await.expect("added");
    assert_eq!(next.handle, "anna");
}

/// A later consent is recorded if there was none, and never replaced.
pub async fn first_consent_is_kept(store: &dyn GenerationStore) {
    let without = store.add_sample(recording("Ann", "5a")).await.expect("added");
    assert_eq!(without.consent, None);
    let mut agreed = recording("Ann", "5a");
    agreed.consent = Some(Consent::new("I agree.", at(2)));
    let with = store.add_sample(agreed.clone()).await.expect("known");
    assert_eq!((with.id, &with.consent), (without.id, &agreed.consent));
    agreed.consent = Some(Consent::new("Something else.", at(3)));
    store.add_sample(agreed).await.expect("known");
    store.add_sample(recording("Ann", "5a")).await.expect("known");
    assert_eq!(store.sample(with.id).await.expect("read"), Some(with));
}

/// An erased sample is not returned; erasing it returns the keys of its audio; the recording can be added again.
pub async fn erased_sample_is_not_returned(store: &dyn GenerationStore) {
    assert_eq!(
        store.erase_sample(SampleId::new(4711), at(2)).await.expect("answered"),
        None
    );
    let (record, fence) = claimed(store).await;
    let sample = store.sample(record.sample).await.expect("read").expect("there");
    let error = store
        .erase_sample(sample.id, at(3))
        .await
        .expect_err("a generation uses it");
    assert_eq!(
        (error.code(), error.generation_id()),
        ("sample.in_use", Some(record.id))
    );
    write(store, fence, vec![fail(3)]).await;
    for second in [4, 5] {
        let erased = store.erase_sample(sample.id, at(second)).await.expect("erased");
        let erased = erased.expect("the keys of the audio");
        assert_eq!(
            (erased.original, erased.reference),
            (sample.original.clone(), sample.reference.clone())
        );
        assert_eq!((erased.name.as_str(), erased.sha256.as_str()), ("", ""));
    }
    assert_eq!(store.sample(sample.id).await.expect("read"), None);
    assert_eq!(listed(store, SampleFilter::default()).await, []);
    let error = store.submit(request(sample.id, "Hello.")).await.expect_err("refused");
    assert_eq!(error.code(), "sample.not_found");
    let again = store.add_sample(recording("Ann", "5a")).await.expect("added");
    assert!(again.id > sample.id);
    assert_eq!(
        read(store, record.id).await.sample,
        sample.id,
        "its generation stays as it was"
    );
}

/// Samples are listed by descending id.
pub async fn samples_are_listed_newest_first(store: &dyn GenerationStore) {
    for sha256 in ["5a", "5b", "5c"] {
        store.add_sample(recording("Ann", sha256)).await.expect("added");
    }
    let listed = listed(store, SampleFilter::default()).await;
    let order: Vec<_> = listed.iter().map(|sample| sample.sha256.as_str()).collect();
    assert_eq!(order, ["5c", "5b", "5a"]);
    assert!(listed.windows(2).all(|pair| pair[0].id > pair[1].id), "ids increase");
}

/// Reading what does not exist returns nothing and no error.
pub async fn reading_what_does_not_exist_returns_nothing(store: &dyn GenerationStore) {
    let present = submitted(store).await;
    let absent = GenerationId::new(present.id.get() + 1000);
    assert_eq!(store.sample(SampleId::new(absent.get())).await.expect("read"), None);
    assert_eq!(store.generation(absent).await.expect("read"), None);
    assert_eq!(store.takes(absent).await.expect("read"), []);
    assert_eq!(store.events(absent, 0).await.expect("read"), []);
    let claim = store.claim(absent, ANN, at(2), super::fixtures::LEASE).await;
    assert_eq!(claim.expect("answered"), None);
    assert!(!store.request_cancel(absent).await.expect("answered"));
    assert!(!store.reopen(absent, at(2)).await.expect("answered"));
    assert_eq!(store.cancel_requests(ANN).await.expect("answered"), NONE);
    assert_eq!(store.sample_of(None, "nothing").await.expect("read"), None);
    assert!(!store.erase_generation(absent, at(2)).await.expect("answered"));
    assert!(!store.holds_remote("prediction").await.expect("answered"));
    let listed = store.generations(&Filter::default()).await.expect("listed");
    assert_eq!(listed, [read(store, present.id).await]);
}

/// The samples that refer to a key, which several owners may share, until they are erased.
pub async fn samples_are_found_by_their_audio(store: &dyn GenerationStore) {
    let mut ids = Vec::new();
    for owner in ["ann", "bob"] {
        let mut new = recording("voice", "5a");
        new.owner = Some(owner.to_owned());
        ids.push(store.add_sample(new).await.expect("added").id);
    }
    let other = store.add_sample(recording("other", "5b")).await.expect("added").id;
    let users = |key: &'static str| async move {
        let found = listed(store, SampleFilter::default().with_audio(key)).await;
        found.into_iter().map(|sample| sample.id).collect::<Vec<_>>()
    };
    assert_eq!(users("samples/5a/original").await, [ids[1], ids[0]]);
    assert_eq!(users("samples/5b/reference.wav").await, [other]);
    store.erase_sample(ids[1], at(2)).await.expect("erased");
    assert_eq!(users("samples/5a/reference.wav").await, [ids[0]]);
    store.erase_sample(ids[0], at(2)).await.expect("erased");
    assert!(users("samples/5a/original").await.is_empty());
}
