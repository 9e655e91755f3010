use std::sync::Arc;

use bytes::Bytes;
use futures::TryStreamExt as _;
use object_store::ObjectStoreExt as _;
use object_store::memory::InMemory;

use super::AudioStore;

const KEY: &str = "takes/7/0-1.wav";

fn bytes(text: &'static str) -> Bytes {
    Bytes::from_static(text.as_bytes())
}

/// The tests that every audio store must pass.
pub(super) async fn suite(store: &AudioStore) {
    puts_replaces_and_deletes(store).await;
    deletes_keys_below_a_prefix_only(store).await;
    writes_and_reads_in_pieces(store).await;
    store.check().await.unwrap();
}

async fn puts_replaces_and_deletes(store: &AudioStore) {
    assert!(!store.exists(KEY).await.unwrap());
    assert_eq!(store.get(KEY).await.unwrap(), None);
    store.delete(KEY).await.unwrap();

    store.put(KEY, bytes("one")).await.unwrap();
    assert!(store.exists(KEY).await.unwrap());
    assert_eq!(store.get(KEY).await.unwrap(), Some(bytes("one")));
    store.put(KEY, bytes("two")).await.unwrap();
    assert_eq!(store.get(KEY).await.unwrap(), Some(bytes("two")));

    store.delete(KEY).await.unwrap();
    assert!(!store.exists(KEY).await.unwrap());
    assert_eq!(store.get(KEY).await.unwrap(), None);
}

async fn deletes_keys_below_a_prefix_only(store: &AudioStore) {
    for key in ["takes/7/0-1.wav", "takes/7/1-1.wav", "takes/70/0-1.wav"] {
        store.put(key, bytes("take")).await.unwrap();
    }
    store.delete_all("takes/7").await.unwrap();
    assert_eq!(store.get("takes/7/1-1.wav").await.unwrap(), None);
    assert!(store.exists("takes/70/0-1.wav").await.unwrap());
    store.delete_all("takes/70").await.unwrap();
    store.delete_all("takes/70").await.unwrap();
}

async fn writes_and_reads_in_pieces(store: &AudioStore) {
    let key = "generations/1/speech.wav";
    for pieces in [1, 40] {
        let mut writer = store.writer(key).unwrap();
        for piece in 0..pieces {
            writer.write(vec![piece; 300_000].into()).await.unwrap();
        }
        if pieces == 40 {
            let before = store.get(key).await.unwrap().unwrap();
            assert_eq!(before.len(), 300_000, "an unfinished write is not visible");
        }
        writer.finish().await.unwrap();
        let reader = store.reader(key).await.unwrap().unwrap();
        assert_eq!(reader.bytes, u64::from(pieces) * 300_000);
        let whole: Vec<Bytes> = reader.stream.try_collect().await.unwrap();
        let whole = whole.concat();
        assert_eq!(whole.len(), usize::from(pieces) * 300_000);
        for piece in 0..pieces {
            let at = usize::from(piece) * 300_000;
            assert!(whole[at..at + 300_000].iter().all(|byte| *byte == piece));
        }
    }
    assert!(store.reader("nothing").await.unwrap().is_none());
    store.delete(key).await.unwrap();
}

#[tokio::test]
async fn memory_passes_the_suite() {
    suite(&AudioStore::memory()).await;
}

#[tokio::test]
async fn folder_passes_the_suite() {
    let dir = tempfile::tempdir().unwrap();
    suite(&AudioStore::local(dir.path().join("new/audio")).unwrap()).await;
}

#[tokio::test]
async fn reopened_folder_has_what_was_put_and_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    AudioStore::local(dir.path())
        .unwrap()
        .put(KEY, bytes("one"))
        .await
        .unwrap();
    let again = AudioStore::local(dir.path()).unwrap();
    assert_eq!(again.get(KEY).await.unwrap(), Some(bytes("one")));
    let names = std::fs::read_dir(dir.path().join("takes/7")).unwrap();
    let names: Vec<_> = names.map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["0-1.wav"], "no temporary file is left behind");
}

#[tokio::test]
async fn failed_put_leaves_no_file() {
    let dir = tempfile::tempdir().unwrap();
    let store = AudioStore::local(dir.path()).unwrap();
    // A file at the path of the folder that is needed.
    store.put("takes", bytes("in the way")).await.unwrap();
    let error = store.put(KEY, bytes("one")).await.unwrap_err();
    assert_eq!(error.code(), "store.unavailable");
    assert!(error.retryable());
    assert!(error.message().contains(KEY), "{error}");
    assert!(std::error::Error::source(&error).is_some());
    assert_eq!(store.get("takes").await.unwrap(), Some(bytes("in the way")));
}

#[tokio::test]
async fn prefixes_separate_stores() {
    let objects = Arc::new(InMemory::new());
    let one = AudioStore::new(Arc::<InMemory>::clone(&objects), "tenants/one");
    let two = AudioStore::new(Arc::<InMemory>::clone(&objects), "tenants/two");
    one.put(KEY, bytes("one")).await.unwrap();
    assert_eq!(two.get(KEY).await.unwrap(), None);
    let location = format!("tenants/one/{KEY}").into();
    assert_eq!(
        objects.get(&location).await.unwrap().bytes().await.unwrap(),
        bytes("one")
    );
    assert_eq!(one.location(), "InMemory/tenants/one");
}

#[tokio::test]
async fn invalid_keys_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let store = AudioStore::local(dir.path().join("audio")).unwrap();
    let long = "a".repeat(513);
    for key in [
        "", "/a", "a/", "a//b", "..", "a/../b", ".", "a/./b", "a b", "A", "a\\b", "a\0b", "ä", "a%2f", "a#1", &long,
    ] {
        let error = store.put(key, bytes("x")).await.unwrap_err();
        assert_eq!(error.code(), "internal", "{key:?}");
        assert_eq!(store.get(key).await.unwrap_err().code(), "internal", "{key:?}");
        assert_eq!(store.exists(key).await.unwrap_err().code(), "internal", "{key:?}");
        assert_eq!(store.delete(key).await.unwrap_err().code(), "internal", "{key:?}");
    }
    let names = std::fs::read_dir(dir.path()).unwrap().count();
    assert_eq!(names, 1, "only the audio folder itself");
}

#[test]
fn folder_that_cannot_be_created_is_unavailable_with_its_path() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    std::fs::write(&file, "").unwrap();
    let folder = file.join("audio");
    let error = AudioStore::local(&folder).unwrap_err();
    assert_eq!(error.code(), "store.unavailable");
    assert!(error.message().contains(&folder.display().to_string()), "{error}");
    assert!(std::error::Error::source(&error).is_some());
}

#[cfg(unix)]
#[test]
fn new_folder_is_accessible_to_its_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;

    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("data/audio");
    AudioStore::local(&folder).unwrap();
    for made in [folder.as_path(), folder.parent().unwrap()] {
        let mode = std::fs::metadata(made).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700, "{}", made.display());
    }
}
