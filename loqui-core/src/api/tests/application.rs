//! Changes of an application in the transactions of the library.

use std::sync::Arc;

use futures::future::FutureExt as _;

use super::{World, voice};
use crate::error::{Error, code};
use crate::store::sql::{Query, Statement};
use crate::store::{Filter, GenerationStoreExt as _, SampleFilter, SqliteStore};

const TITLES: &[Statement] = &[Statement {
    sqlite: "CREATE TABLE title (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT",
    postgres: "CREATE TABLE title (id BIGINT PRIMARY KEY, text TEXT NOT NULL)",
}];

fn title(id: i64) -> Query {
    Query::new("INSERT INTO title (id, text) VALUES ($1, 'Chapter 1')").bind(id)
}

#[tokio::test]
async fn submission_and_change_of_the_application_take_effect_together() {
    let folder = tempfile::tempdir().unwrap();
    let store = Arc::new(SqliteStore::open(folder.path().join("loqui.db")).await.unwrap());
    let world = World::new();
    let loqui = world.builder().store(store).build().unwrap();
    let database = loqui.database().unwrap();
    database.migrate("titles", TITLES).await.unwrap();
    let titles = || database.all(Query::new("SELECT id FROM title ORDER BY id"));

    let added = loqui
        .add_sample(&voice())
        .owner("ann")
        .in_transaction(|mut transaction, sample| {
            async move { transaction.execute(title(-sample.id.get())).await.map(drop) }.boxed()
        });
    let sample = added.await.unwrap();
    assert_eq!(titles().await.unwrap()[0].integer("id").unwrap(), -sample.id.get());
    let refused = loqui
        .add_sample(&voice())
        .owner("bob")
        .in_transaction(|_, _| async { Err(Error::new(&code::SAMPLE_NOISY, "refused")) }.boxed());
    assert_eq!(refused.await.unwrap_err().code(), "sample.noisy");
    assert_eq!(loqui.samples(&SampleFilter::default()).await.unwrap().len(), 1);

    let submit = |ok: bool| {
        let request = loqui
            .submit_with(sample.id, "Hello there.")
            .owner("ann")
            .idempotency_key("one");
        request.in_transaction(move |mut transaction, submitted| {
            async move {
                if submitted.is_new {
                    transaction.execute(title(submitted.generation.id.get())).await?;
                }
                if ok {
                    Ok(())
                } else {
                    Err(Error::new(&code::SAMPLE_NOISY, "refused"))
                }
            }
            .boxed()
        })
    };
    assert_eq!(submit(false).await.unwrap_err().code(), "sample.noisy");
    assert!(loqui.generations(&Filter::default()).await.unwrap().is_empty());
    let first = submit(true).await.unwrap();
    let again = submit(true).await.unwrap();
    assert_eq!((first.id(), titles().await.unwrap().len()), (again.id(), 2));
    first.wait().await.unwrap();
    assert!(loqui.store().unfinished().await.unwrap().is_empty());
}

#[tokio::test]
async fn store_in_memory_has_no_transactions_of_an_application() {
    let loqui = World::new().loqui();
    assert_eq!(loqui.database().unwrap_err().code(), "store.no_database");
    let adding = loqui
        .add_sample(&voice())
        .in_transaction(|_, _| async { Ok(()) }.boxed());
    assert_eq!(adding.await.unwrap_err().code(), "store.no_database");
    let submitting = loqui
        .submit(&voice(), "Hello.")
        .in_transaction(|_, _| async { Ok(()) }.boxed());
    assert_eq!(submitting.await.unwrap_err().code(), "store.no_database");
    assert!(loqui.generations(&Filter::default()).await.unwrap().is_empty());
}
