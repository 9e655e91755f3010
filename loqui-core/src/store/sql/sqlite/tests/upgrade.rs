//! Files of earlier versions are migrated.

use tempfile::tempdir;

use super::fixtures::{at, sql};
use crate::id::{GenerationId, SampleId};
use crate::store::{
    Filter, GenerationStore as _, GenerationStoreExt as _, NewSample, SampleFilter, SqliteStore, UsageFilter,
};

/// Rows that version 1 wrote: a sample, a completed generation, and three takes.
const VERSION_1: &str = "
    PRAGMA application_id = 0x4c6f7175; PRAGMA user_version = 1;
    INSERT INTO sample VALUES (3, 'Ann', '5a', 'samples/5a/original', 'samples/5a/reference.wav', 12.5, '{}', 1767225600000000);
    INSERT INTO generation VALUES (7, 3, 'replicate', 'resemble-ai/chatterbox', 'Hello.', '{}', '[]', 'COMPLETED', 'done', 100,
        0, '[]', NULL, NULL, 1767225600000000, 1767225600000000, 1767225601000000, 2, NULL, 1);
    INSERT INTO take VALUES (7, 0, 1, 9, 'kept', 1, 1767225600000000, NULL, 1, 0, NULL, 'p1', NULL, NULL, 'a', 1.5, 0.25, '[]', NULL);
    INSERT INTO take VALUES (7, 1, 1, 9, 'never_created', 1, 1767225600000000, NULL, 1, 2, NULL, NULL, NULL, NULL, NULL, NULL, 0, '[]', NULL);
    INSERT INTO take VALUES (7, 1, 2, 9, 'unanswered', 1, 1767225600000000, NULL, 1, 0, NULL, NULL, NULL, NULL, NULL, NULL, 0.5, '[]', NULL);
    INSERT INTO event VALUES (7, 1, 1767225600000000, 'PENDING', 'queued', 0, 'queued');
";

#[tokio::test]
async fn file_of_version_1_keeps_its_rows_and_gets_its_spending() {
    let dir = tempdir().unwrap();
    let path = dir.path().join("records.sqlite");
    sql(&path, include_str!("../../../../../migrations/sqlite/0001_records.sql")).await;
    sql(&path, VERSION_1).await;

    let store = SqliteStore::open(&path).await.unwrap();
    let samples = store.samples(&SampleFilter::default()).await.unwrap();
    assert_eq!(
        (samples.len(), samples[0].id.get(), samples[0].owner.as_deref()),
        (1, 3, None)
    );
    let generations = store.generations(&Filter::default()).await.unwrap();
    assert_eq!(
        (
            generations.len(),
            generations[0].id.get(),
            generations[0].owner.as_deref()
        ),
        (1, 7, None)
    );
    assert_eq!(store.takes(GenerationId::new(7)).await.unwrap().len(), 3);
    assert_eq!(store.events(GenerationId::new(7), 0).await.unwrap().len(), 1);
    assert!(store.holds_remote("p1").await.unwrap());

    let spending = store.spending(&UsageFilter::default()).await.unwrap();
    assert_eq!(spending.len(), 1);
    assert_eq!(
        (
            spending[0].day.to_string().as_str(),
            spending[0].spent_nanos,
            spending[0].reserved_nanos,
            spending[0].takes
        ),
        ("2026-01-01", 250_000_000, 500_000_000, 1)
    );
    let report = serde_json::json!({});
    let again = NewSample::new("Ann", "5a", "x", "y", 12.5, report.clone(), at(0));
    assert_eq!(
        store.add_sample(again).await.unwrap().id,
        SampleId::new(3),
        "it is the same recording"
    );
    let other = NewSample::new("Bob", "5b", "x", "y", 12.5, report, at(0));
    assert!(
        store.add_sample(other).await.unwrap().id > SampleId::new(3),
        "ids keep increasing"
    );
}
