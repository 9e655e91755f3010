//! What both databases must do for an application. `open` returns a store of one location: called twice, two stores that
//! share it, as two processes do.

use std::sync::Arc;

use futures::future::FutureExt as _;
use jiff::Timestamp;

use super::{Database, Query, Statement};
use crate::error::{Error, code};
use crate::id::SampleId;
use crate::ledger::NewGeneration;
use crate::store::{Filter, GenerationStore, GenerationStoreExt as _, NewSample, SampleFilter, Update, UsageFilter};

/// The insertion shows how often the migration ran.
const NOTES: &[Statement] = &[
    Statement {
        sqlite: "CREATE TABLE note (generation INTEGER PRIMARY KEY, text TEXT NOT NULL, good INTEGER NOT NULL) STRICT;
                 INSERT INTO note VALUES (-1, 'made', TRUE)",
        postgres: "CREATE TABLE note (generation BIGINT PRIMARY KEY, text TEXT NOT NULL, good BOOLEAN NOT NULL);
                   INSERT INTO note VALUES (-1, 'made', TRUE)",
    },
    Statement {
        sqlite: "INSERT INTO note VALUES (-2, 'second', FALSE)",
        postgres: "INSERT INTO note VALUES (-2, 'second', FALSE)",
    },
];

fn note(generation: i64) -> Query {
    Query::new("INSERT INTO note (generation, text, good) VALUES ($1, $2, $3)")
        .bind(generation)
        .bind("a note")
        .bind(true)
}

async fn notes(database: &Database) -> Vec<(i64, String, bool)> {
    let query = Query::new("SELECT * FROM note WHERE generation > 0 ORDER BY generation");
    let rows = database.all(query).await.unwrap();
    rows.iter()
        .map(|row| {
            let text = row.text("text").unwrap();
            (row.integer("generation").unwrap(), text, row.boolean("good").unwrap())
        })
        .collect()
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_767_225_600 + second).unwrap()
}

fn recording(owner: &str) -> NewSample {
    let report = serde_json::json!({});
    let mut new = NewSample::new("Ann", "5a", "samples/5a", "samples/5a.wav", 12.5, report, at(0));
    new.owner = Some(owner.to_owned());
    new
}

fn request(sample: SampleId, owner: &str, key: &str) -> NewGeneration {
    let mut new = NewGeneration::new(sample, "replicate", "resemble-ai/chatterbox", "Hello.", at(1));
    new.owner = Some(owner.to_owned());
    new.idempotency_key = Some(key.to_owned());
    new
}

fn refused() -> Error {
    Error::new(&code::SAMPLE_NOISY, "the application refuses")
}

pub(in crate::store::sql) async fn record_and_row_take_effect_together<S: GenerationStore>(store: Arc<S>) {
    let database = Arc::clone(&store).database().unwrap();
    database.migrate("notes", NOTES).await.unwrap();
    let sample = store.add_sample(recording("ann")).await.unwrap().id;

    let submit = |key: &'static str, ok: bool| {
        database.write(move |mut transaction| {
            async move {
                let submitted = transaction.submit(request(sample, "ann", key)).await?;
                if submitted.is_new {
                    transaction.execute(note(submitted.generation.id.get())).await?;
                }
                let count = transaction
                    .count_generations(&Filter::default().with_owner("ann"))
                    .await?;
                if ok { Ok((submitted, count)) } else { Err(refused()) }
            }
            .boxed()
        })
    };
    let (first, count) = submit("one", true).await.unwrap();
    assert_eq!((first.is_new, count), (true, 1));
    let error = submit("two", false).await.unwrap_err();
    assert_eq!(
        (error.code(), error.message()),
        ("sample.noisy", "the application refuses")
    );
    let (again, count) = submit("one", true).await.unwrap();
    assert_eq!(
        (again.is_new, again.generation.id, count),
        (false, first.generation.id, 1)
    );
    assert_eq!(store.generations(&Filter::default()).await.unwrap().len(), 1);
    let id = first.generation.id.get();
    assert_eq!(notes(&database).await, [(id, "a note".to_owned(), true)]);

    // A statement that the database refuses undoes the submission.
    let doubled = database.write(move |mut transaction| {
        async move {
            transaction.submit(request(sample, "ann", "three")).await?;
            transaction.execute(note(id)).await
        }
        .boxed()
    });
    assert!(doubled.await.is_err());
    assert_eq!(store.generations(&Filter::default()).await.unwrap().len(), 1);
    assert_eq!(store.events(first.generation.id, 0).await.unwrap().len(), 1);
}

pub(in crate::store::sql) async fn erasure_and_row_take_effect_together<S: GenerationStore>(store: Arc<S>) {
    let database = Arc::clone(&store).database().unwrap();
    database.migrate("notes", NOTES).await.unwrap();
    let adding = database.write(|mut transaction| {
        async move {
            let sample = transaction.add_sample(recording("ann")).await?;
            transaction.execute(note(sample.id.get())).await?;
            Ok(sample.id)
        }
        .boxed()
    });
    let sample = adding.await.unwrap();
    let erase = |ok: bool| {
        database.write(move |mut transaction| {
            async move {
                let erased = transaction.erase_sample(sample, at(2)).await?;
                let query = Query::new("DELETE FROM note WHERE generation = $1").bind(sample);
                assert_eq!(transaction.execute(query).await?, 1);
                if ok { Ok(erased) } else { Err(refused()) }
            }
            .boxed()
        })
    };
    erase(false).await.unwrap_err();
    assert!(store.sample(sample).await.unwrap().is_some());
    assert_eq!(notes(&database).await.len(), 1);
    let erased = erase(true).await.unwrap().unwrap();
    assert_eq!(erased.original, "samples/5a");
    assert_eq!(store.sample(sample).await.unwrap(), None);
    assert_eq!(notes(&database).await, []);

    let other = store.add_sample(recording("ann")).await.unwrap().id;
    let generation = store.submit(request(other, "ann", "one")).await.unwrap().id;
    let erasing = database.write(move |mut transaction| {
        let erasure = Update::EraseGeneration { generation, now: at(2) };
        async move { transaction.update(erasure).await }.boxed()
    });
    assert_eq!(erasing.await.unwrap_err().code(), "generation.not_finished");
    assert!(store.generation(generation).await.unwrap().is_some());
}

pub(in crate::store::sql) async fn owner_is_renamed_everywhere<S: GenerationStore>(store: Arc<S>) {
    let database = Arc::clone(&store).database().unwrap();
    let mut samples = Vec::new();
    for owner in ["7", "8"] {
        let sample = store.add_sample(recording(owner)).await.unwrap().id;
        samples.push(sample);
        store.submit(request(sample, owner, "one")).await.unwrap();
    }
    let (sample, other) = (samples[0], samples[1]);
    let renaming = database.write(move |mut transaction| {
        async move {
            transaction.rename_owner("7", "ann").await?;
            transaction.give_sample(other, "bob").await?;
            let theirs = transaction.generations(&Filter::default().with_owner("8")).await?;
            transaction.give_generation(theirs[0].id, other, "bob").await?;
            let found = transaction.samples(&SampleFilter::default().with_owner("ann")).await?;
            assert_eq!(found[0].id, sample);
            Ok(())
        }
        .boxed()
    });
    renaming.await.unwrap();
    for (owner, count) in [("7", 0), ("ann", 1), ("8", 0), ("bob", 1)] {
        let samples = store.samples(&SampleFilter::default().with_owner(owner)).await.unwrap();
        let generations = store.generations(&Filter::default().with_owner(owner)).await.unwrap();
        assert_eq!((samples.len(), generations.len()), (count, count), "{owner}");
    }
    assert!(
        store
            .spending(&UsageFilter::default().with_owner("7"))
            .await
            .unwrap()
            .is_empty()
    );
}

/// Several stores of one location migrate at the same moment.
pub(in crate::store::sql) async fn migrations_run_once<S: GenerationStore>(stores: Vec<Arc<S>>) {
    let databases: Vec<Database> = stores.into_iter().map(|store| store.database().unwrap()).collect();
    let migrating = databases.iter().map(|database| database.migrate("notes", &NOTES[..1]));
    for done in futures::future::join_all(migrating).await {
        done.unwrap();
    }
    let database = &databases[0];
    let made = |database: Database| async move {
        let row = database.one(Query::new("SELECT count(*) AS count FROM note")).await;
        row.unwrap().integer("count").unwrap()
    };
    assert_eq!(made(database.clone()).await, 1);
    let migrating = databases.iter().map(|database| database.migrate("notes", NOTES));
    for done in futures::future::join_all(migrating).await {
        done.unwrap();
    }
    assert_eq!(made(database.clone()).await, 2, "only the second migration ran");
    let old = database.migrate("notes", &NOTES[..1]).await.unwrap_err();
    assert_eq!(old.code(), "store.too_new");
    let others = database.migrate("other", &NOTES[..1]).await;
    assert!(
        others.is_err(),
        "another application has its own versions, and the table exists"
    );
    assert_eq!(made(database.clone()).await, 2, "a failed migration changes nothing");
}
