use std::sync::atomic::AtomicUsize;

use jiff::Timestamp;

use super::*;
use crate::clock::System;
use crate::store::{MemoryStore, NewSample};

/// A value of a test.
#[derive(Clone, Debug, PartialEq)]
struct Text(String);

impl Artefact for Text {
    fn encode(&self) -> Result<Bytes> {
        Ok(self.0.clone().into())
    }

    fn decode(bytes: &Bytes) -> Option<Self> {
        String::from_utf8(bytes.to_vec()).ok().map(Self)
    }
}

fn key(version: &str) -> ArtefactKey {
    ArtefactKey {
        sha256: "5a".to_owned(),
        kind: "text".to_owned(),
        version: version.to_owned(),
    }
}

/// A store with a sample, and its audio.
struct World {
    store: Arc<dyn GenerationStore>,
    audio: AudioStore,
}

impl World {
    async fn new() -> Self {
        let this = Self::without_sample();
        this.add_sample().await;
        this
    }

    fn without_sample() -> Self {
        Self {
            store: Arc::new(MemoryStore::new()),
            audio: AudioStore::memory(),
        }
    }

    async fn add_sample(&self) {
        let report = serde_json::json!({});
        let new = NewSample::new("Ann", "5a", "o", "r", 9.0, report, Timestamp::UNIX_EPOCH);
        self.store.add_sample(new).await.unwrap();
    }

    /// A process that uses the store.
    fn process(&self) -> Artefacts {
        let system = Arc::new(System);
        let clock = Arc::<System>::clone(&system);
        Artefacts::new(Arc::clone(&self.store), self.audio.clone(), clock, system)
    }

    async fn row(&self) -> Option<SampleArtefact> {
        self.store.artefact("5a", "text").await.unwrap()
    }
}

async fn get(artefacts: &Artefacts, version: &str, made: &str) -> String {
    let made = Text(made.to_owned());
    artefacts.get_or_make(key(version), async || Ok(made)).await.unwrap().0
}

#[tokio::test]
async fn concurrent_callers_share_one_computation() {
    let world = World::new().await;
    let artefacts = world.process();
    let calls = AtomicUsize::new(0);
    let values = futures::future::join_all((0..20).map(async |_| {
        let make = async || {
            calls.fetch_add(1, Ordering::Relaxed);
            tokio::task::yield_now().await;
            Ok(Text("made".to_owned()))
        };
        artefacts.get_or_make(key("1"), make).await.unwrap()
    }))
    .await;
    assert!(values.iter().all(|value| value.0 == "made"));
    assert_eq!((calls.into_inner(), artefacts.made()), (1, 1));
}

#[tokio::test]
async fn failed_computation_is_repeated_by_the_next_caller() {
    let world = World::new().await;
    let artefacts = world.process();
    let fail = async || Err::<Text, _>(Error::new(&code::INTERNAL, "no"));
    assert!(artefacts.get_or_make(key("1"), fail).await.is_err());
    assert_eq!(
        (get(&artefacts, "1", "made").await.as_str(), artefacts.made()),
        ("made", 1)
    );
}

#[tokio::test]
async fn another_process_reads_what_was_made() {
    let world = World::new().await;
    let (one, other) = (world.process(), world.process());
    get(&one, "1", "made").await;
    assert_eq!(get(&other, "1", "made again").await, "made");
    assert_eq!((one.made(), other.made()), (1, 0));
}

/// Whichever of the two is newer.
#[tokio::test]
async fn value_of_another_version_is_made_again_and_replaced() {
    let world = World::new().await;
    get(&world.process(), "1", "first").await;
    assert_eq!(get(&world.process(), "2", "second").await, "second");
    assert_eq!(world.row().await.unwrap().version, "2");
    assert_eq!(get(&world.process(), "1", "first again").await, "first again");
    assert_eq!(world.row().await.unwrap().version, "1");
}

#[tokio::test]
async fn damaged_value_is_made_again() {
    let world = World::new().await;
    let damaged = ArtefactValue::Inline(vec![0xff]);
    let row = SampleArtefact::new("5a", "text", "1", damaged, Timestamp::UNIX_EPOCH);
    assert!(world.store.put_artefact(row).await.unwrap().kept);
    assert_eq!(get(&world.process(), "1", "made").await, "made");
    assert_eq!(get(&world.process(), "1", "unused").await, "made");
}

#[tokio::test]
async fn large_value_is_in_the_audio_store_until_it_is_replaced() {
    let world = World::new().await;
    let large = "x".repeat(MAX_INLINE_BYTES + 1);
    assert_eq!(get(&world.process(), "1", &large).await, large);
    let key = world.row().await.unwrap().value.key().unwrap().to_owned();
    assert_eq!(world.audio.get(&key).await.unwrap().unwrap().len(), large.len());
    assert_eq!(get(&world.process(), "1", "unused").await, large);

    assert_eq!(get(&world.process(), "2", "small").await, "small");
    assert_eq!(
        world.row().await.unwrap().value,
        ArtefactValue::Inline(b"small".to_vec())
    );
    assert!(!world.audio.exists(&key).await.unwrap());
}

/// The process died after it wrote the row, or the object was lost.
#[tokio::test]
async fn row_without_its_large_value_counts_as_absent() {
    let world = World::new().await;
    let lost = ArtefactValue::Audio("artefacts/lost".to_owned());
    let row = SampleArtefact::new("5a", "text", "1", lost, Timestamp::UNIX_EPOCH);
    assert!(world.store.put_artefact(row).await.unwrap().kept);
    assert_eq!(get(&world.process(), "1", "made").await, "made");
}

#[tokio::test]
async fn nothing_is_stored_without_a_sample_and_an_offer_stores_it_later() {
    let world = World::without_sample();
    let artefacts = world.process();
    let large = "x".repeat(MAX_INLINE_BYTES + 1);
    get(&artefacts, "1", &large).await;
    assert_eq!(world.row().await, None);
    artefacts.offer(key("1"), &Text(large.clone())).await.unwrap();
    assert_eq!(world.row().await, None);
    world.add_sample().await;
    for _ in 0..2 {
        artefacts.offer(key("1"), &Text(large.clone())).await.unwrap();
    }
    assert_eq!(get(&world.process(), "1", "unused").await, large);
    assert_eq!(artefacts.made(), 1);
}

#[tokio::test]
async fn forgotten_value_is_read_from_the_store_again() {
    let world = World::new().await;
    let artefacts = world.process();
    get(&artefacts, "1", "made").await;
    artefacts.forget("other");
    assert_eq!(get(&artefacts, "1", "unused").await, "made");
    world.store.erase_sample(1.into(), Timestamp::UNIX_EPOCH).await.unwrap();
    artefacts.forget("5a");
    assert_eq!(get(&artefacts, "1", "made again").await, "made again");
    assert_eq!(world.row().await, None);
}

#[cfg(feature = "sqlite")]
#[tokio::test]
async fn store_that_fails_costs_only_the_computation() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let world = World {
        store: Arc::new(crate::store::SqliteStore::lazy(file.join("records.sqlite"))),
        audio: AudioStore::memory(),
    };
    assert!(world.store.artefact("5a", "text").await.is_err());
    assert_eq!(get(&world.process(), "1", "made").await, "made");
}
