//! Artefacts of samples. A store may keep none: then it refuses every artefact and returns none.

use super::fixtures::{at, recording};
use crate::store::{ArtefactValue, GenerationStore, PutArtefact, SampleArtefact};

fn inline(sha256: &str, kind: &str, version: &str, value: &[u8]) -> SampleArtefact {
    SampleArtefact::new(sha256, kind, version, ArtefactValue::Inline(value.to_vec()), at(1))
}

fn large(sha256: &str, kind: &str, key: &str) -> SampleArtefact {
    SampleArtefact::new(sha256, kind, "1", ArtefactValue::Audio(key.to_owned()), at(1))
}

async fn put(store: &dyn GenerationStore, artefact: SampleArtefact) -> PutArtefact {
    store.put_artefact(artefact).await.expect("answered")
}

async fn read(store: &dyn GenerationStore, sha256: &str, kind: &str) -> Option<SampleArtefact> {
    store.artefact(sha256, kind).await.expect("read")
}

/// Returns whether the store keeps artefacts.
async fn keeps(store: &dyn GenerationStore) -> bool {
    store.add_sample(recording("Ann", "5a")).await.expect("added");
    let probe = inline("5a", "probe", "1", b"");
    let kept = put(store, probe.clone()).await.kept;
    assert_eq!(read(store, "5a", "probe").await, kept.then_some(probe));
    kept
}

/// An artefact is read back with all fields, and the next one of its kind replaces it, whatever its version.
pub async fn artefact_is_read_back_and_replaced(store: &dyn GenerationStore) {
    if !keeps(store).await {
        return;
    }
    let every_byte: Vec<u8> = (0..=255).collect();
    for artefact in [
        inline("5a", "voice", "2", &every_byte),
        inline("5a", "voice", "1", b""),
        inline("5a", "print", "1", b"print"),
    ] {
        assert_eq!(put(store, artefact.clone()).await, PutArtefact::kept(None));
        assert_eq!(read(store, "5a", &artefact.kind).await, Some(artefact));
    }
    assert_eq!(read(store, "5a", "voice").await, Some(inline("5a", "voice", "1", b"")));
    assert_eq!(read(store, "5a", "other").await, None);
    assert_eq!(read(store, "5b", "voice").await, None);
}

/// Replacing a large artefact returns its key, unless the new one has the same key.
pub async fn replaced_large_artefact_returns_its_key(store: &dyn GenerationStore) {
    if !keeps(store).await {
        return;
    }
    for (next, replaced) in [
        (large("5a", "voice", "a"), None),
        (large("5a", "voice", "a"), None),
        (large("5a", "voice", "b"), Some("a")),
        (inline("5a", "voice", "2", b"small"), Some("b")),
        (large("5a", "voice", "c"), None),
    ] {
        let put = put(store, next.clone()).await;
        assert_eq!(put, PutArtefact::kept(replaced.map(str::to_owned)), "{next:?}");
        assert_eq!(read(store, "5a", "voice").await, Some(next));
    }
}

/// An artefact of a recording without a sample is refused.
pub async fn artefact_without_a_sample_is_refused(store: &dyn GenerationStore) {
    keeps(store).await;
    assert_eq!(
        put(store, inline("5b", "voice", "1", b"")).await,
        PutArtefact::refused()
    );
    assert_eq!(read(store, "5b", "voice").await, None);
}

/// The artefacts of a recording go away with its last sample, whoever owns the samples. The keys of the large ones are
/// returned with that sample only, also when it is erased again.
pub async fn artefacts_go_away_with_the_last_sample(store: &dyn GenerationStore) {
    if !keeps(store).await {
        return;
    }
    let mut samples = vec![store.add_sample(recording("Ann", "5a")).await.expect("known").id];
    for owner in ["bob", "cid"] {
        let mut new = recording("voice", "5a");
        new.owner = Some(owner.to_owned());
        samples.push(store.add_sample(new).await.expect("added").id);
    }
    let other = store.add_sample(recording("Ann", "5b")).await.expect("added").id;
    for artefact in [
        large("5a", "voice", "a/voice"),
        inline("5a", "print", "1", b"print"),
        large("5b", "voice", "b/voice"),
    ] {
        assert!(put(store, artefact).await.kept);
    }
    let last = samples.pop().expect("three samples");
    for sample in samples {
        let erased = store.erase_sample(sample, at(2)).await.expect("erased").expect("there");
        assert_eq!(erased.artefacts, [""; 0]);
        assert!(read(store, "5a", "voice").await.is_some(), "another sample has it");
    }
    for second in [3, 4] {
        let erased = store
            .erase_sample(last, at(second))
            .await
            .expect("erased")
            .expect("there");
        assert_eq!(erased.artefacts, ["a/voice"]);
    }
    assert_eq!(read(store, "5a", "voice").await, None);
    assert_eq!(read(store, "5a", "print").await, None);
    assert!(!put(store, inline("5a", "print", "1", b"print")).await.kept);
    assert!(read(store, "5b", "voice").await.is_some());

    // Added again, it has no artefacts, and its erasure returns its own keys only.
    let again = store.add_sample(recording("Ann", "5a")).await.expect("added").id;
    assert_eq!(read(store, "5a", "voice").await, None);
    let erased = store.erase_sample(again, at(5)).await.expect("erased").expect("there");
    assert_eq!(erased.artefacts, [""; 0]);
    let erased = store.erase_sample(other, at(6)).await.expect("erased").expect("there");
    assert_eq!(erased.artefacts, ["b/voice"]);
}

/// The last two samples of a recording are erased at the same time: one of the calls returns the keys.
pub async fn concurrent_erasures_leave_no_artefact(store: &dyn GenerationStore) {
    if !keeps(store).await {
        return;
    }
    let ann = store.add_sample(recording("Ann", "5a")).await.expect("known").id;
    let mut new = recording("voice", "5a");
    new.owner = Some("bob".to_owned());
    let bob = store.add_sample(new).await.expect("added").id;
    assert!(put(store, large("5a", "voice", "a/voice")).await.kept);
    let (first, second, late) = futures::join!(
        store.erase_sample(ann, at(2)),
        store.erase_sample(bob, at(2)),
        store.put_artefact(inline("5a", "print", "1", b"print")),
    );
    let mut keys = first.expect("erased").expect("there").artefacts;
    keys.extend(second.expect("erased").expect("there").artefacts);
    assert_eq!(keys, ["a/voice"]);
    late.expect("answered");
    assert_eq!(read(store, "5a", "voice").await, None);
    assert_eq!(read(store, "5a", "print").await, None);
}

/// For the stores of this crate, which keep artefacts.
#[cfg(test)]
pub(crate) async fn keeps_artefacts(store: &dyn GenerationStore) {
    assert!(keeps(store).await);
}
