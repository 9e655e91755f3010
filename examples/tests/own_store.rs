//! The store of the example passes the conformance suite, and keeps its records.

#[path = "../rust/journal_store.rs"]
mod journal_store;

use jiff::Timestamp;
use journal_store::JournalStore;
use loqui_core::ledger::{NewGeneration, TakeRecord};
use loqui_core::store::{Change, Fence, Filter, GenerationStore as _, GenerationStoreExt as _, NewSample};

loqui_core::store::conformance!(
    journal,
    JournalStore::open(dir.path().join("journal.jsonl")).await.unwrap(),
    with dir = tempfile::tempdir().unwrap()
);

#[tokio::test]
async fn reopened_journal_has_the_same_records_without_an_incomplete_line() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("journal.jsonl");
    let now = Timestamp::UNIX_EPOCH;
    let lease = std::time::Duration::from_secs(9);
    let store = JournalStore::open(&path).await.unwrap();
    let sample = NewSample::new("Ann", "5a", "a", "a.wav", 9.0, serde_json::json!({}), now);
    let sample = store.add_sample(sample).await.unwrap().id;
    let new = NewGeneration::new(sample, "replicate", "resemble-ai/chatterbox", "Hello there.", now);
    let id = store.submit(new).await.unwrap().id;
    let claimed = store.claim_next("ann", now, lease, 5).await.unwrap();
    let take = TakeRecord::intend(id, 0, 1, 7, claimed[0].epoch, now);
    store
        .write(Fence::of(&claimed[0]), vec![Change::AddTake(take)])
        .await
        .unwrap();
    let (records, takes) = (
        store.generations(&Filter::default()).await.unwrap(),
        store.takes(id).await.unwrap(),
    );
    drop(store);

    let mut truncated = std::fs::read(&path).unwrap();
    let complete = truncated.len();
    truncated.extend_from_slice(b"{\"RenewLease\":[\"an");
    std::fs::write(&path, truncated).unwrap();
    let again = JournalStore::open(&path).await.unwrap();
    assert_eq!(again.generations(&Filter::default()).await.unwrap(), records);
    assert_eq!(again.takes(id).await.unwrap(), takes);
    assert!(
        again.claim(id, "ben", now, lease).await.unwrap().is_none(),
        "ann holds it"
    );
    assert_eq!(std::fs::metadata(&path).unwrap().len(), complete as u64);
}
