//! Files that cannot be opened or read.

use std::error::Error as _;
use std::path::Path;

use tempfile::tempdir;

use super::super::migrate::LATEST;
use super::fixtures::{sql, submit};
use crate::error::{Error, report};
use crate::id::GenerationId;
use crate::store::{GenerationStore as _, GenerationStoreExt as _, SqliteStore};

/// Opens a file and returns the error, which must have this code and name the path.
async fn refused(path: &Path, code: &str) -> Error {
    let error = SqliteStore::open(path).await.unwrap_err();
    assert_eq!(error.code(), code, "{}", report(&error));
    assert!(error.message().contains(&path.display().to_string()), "{error}");
    assert!(!error.message().contains('\n'), "{error}");
    error
}

#[tokio::test]
async fn file_of_a_later_version_is_refused_unchanged() {
    let dir = tempdir().unwrap();
    let path = dir.path().join("records.sqlite");
    submit(&SqliteStore::open(&path).await.unwrap(), "Hello.").await;
    sql(&path, &format!("PRAGMA user_version = {}", LATEST + 1)).await;
    let error = refused(&path, "store.too_new").await;
    assert!(error.message().contains(&format!("version {}", LATEST + 1)), "{error}");
    assert!(!error.retryable());

    sql(&path, &format!("PRAGMA user_version = {LATEST}")).await;
    let store = SqliteStore::open(&path).await.unwrap();
    assert_eq!(
        store.unfinished().await.unwrap(),
        [GenerationId::new(1)],
        "nothing was lost"
    );
}

#[tokio::test]
async fn file_that_is_no_database_is_refused_unchanged() {
    let dir = tempdir().unwrap();
    let path = dir.path().join("records.sqlite");
    let text = "these are my notes, not records\n".repeat(100);
    std::fs::write(&path, &text).unwrap();
    let error = refused(&path, "store.corrupt").await;
    assert!(error.source().is_some());
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
}

#[tokio::test]
async fn database_of_another_program_is_refused_unchanged() {
    let dir = tempdir().unwrap();
    let path = dir.path().join("theirs.sqlite");
    sql(
        &path,
        "CREATE TABLE customer (id INTEGER PRIMARY KEY); INSERT INTO customer VALUES (7)",
    )
    .await;
    let before = std::fs::read(&path).unwrap();
    refused(&path, "store.corrupt").await;
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[tokio::test]
async fn truncated_or_overwritten_file_is_corrupt() {
    let dir = tempdir().unwrap();
    let path = dir.path().join("records.sqlite");
    let store = SqliteStore::open(&path).await.unwrap();
    for _ in 0..20 {
        submit(&store, &"many words ".repeat(1000)).await;
    }
    drop(store);
    sql(&path, "PRAGMA wal_checkpoint(TRUNCATE)").await;
    let whole = std::fs::read(&path).unwrap();
    assert!(whole.len() > 20_000, "{} bytes", whole.len());

    for (name, bytes) in [
        ("cut.sqlite", whole[..whole.len() / 2].to_vec()),
        ("overwritten.sqlite", {
            let mut bytes = whole.clone();
            bytes[4096..].fill(0xa5);
            bytes
        }),
    ] {
        let path = dir.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        // Damage in the middle shows at the first call that reads it.
        let found = match SqliteStore::open(&path).await {
            Ok(store) => store.generations(&crate::store::Filter::default()).await.map(drop),
            Err(error) => Err(error),
        };
        let error = found.unwrap_err();
        assert_eq!(error.code(), "store.corrupt", "{name}: {}", report(&error));
    }
}

#[tokio::test]
async fn invalid_row_is_corrupt() {
    let dir = tempdir().unwrap();
    let path = dir.path().join("records.sqlite");
    let store = SqliteStore::open(&path).await.unwrap();
    let id = submit(&store, "Hello.").await.id;
    for (damage, shown) in [
        ("status = 'SLEEPING'", "column status holds \"SLEEPING\""),
        (
            "status = 'PENDING', options = '{'",
            "column options holds unreadable JSON",
        ),
        (
            "options = '{}', created_at = 9223372036854775807",
            "column created_at holds",
        ),
        ("created_at = 0, progress = 1000", "progress"),
    ] {
        sql(&path, &format!("UPDATE generation SET {damage}")).await;
        let error = store.generation(id).await.unwrap_err();
        assert_eq!(error.code(), "store.corrupt", "{damage}");
        assert!(report(&error).contains(shown), "{}", report(&error));
    }
}

#[tokio::test]
async fn folder_that_cannot_be_created_is_unavailable() {
    let dir = tempdir().unwrap();
    let file = dir.path().join("file");
    std::fs::write(&file, "in the way").unwrap();
    let error = refused(&file.join("records.sqlite"), "store.unavailable").await;
    assert!(error.retryable());
    assert!(
        error.source().and_then(|cause| cause.source()).is_some(),
        "{}",
        report(&error)
    );
    refused(dir.path(), "store.unavailable").await;
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn folder_that_cannot_be_written_is_unavailable() {
    use std::os::unix::fs::PermissionsExt as _;

    // Not even root can create a file here.
    refused(Path::new("/proc/records.sqlite"), "store.unavailable").await;

    let dir = tempdir().unwrap();
    let folder = dir.path().join("locked");
    std::fs::create_dir(&folder).unwrap();
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o500)).unwrap();
    let superuser = std::fs::write(folder.join("probe"), "").is_ok();
    let path = folder.join("records.sqlite");
    if superuser {
        SqliteStore::open(&path).await.unwrap();
    } else {
        refused(&path, "store.unavailable").await;
        assert!(!path.exists());
    }
}

#[tokio::test]
async fn lazy_store_reports_errors_at_each_call_and_recovers() {
    let dir = tempdir().unwrap();
    let folder = dir.path().join("data");
    std::fs::write(&folder, "in the way").unwrap();
    let store = SqliteStore::lazy(folder.join("records.sqlite"));
    for _ in 0..2 {
        assert_eq!(store.unfinished().await.unwrap_err().code(), "store.unavailable");
        assert_eq!(
            store
                .reopen(GenerationId::new(1), super::fixtures::at(0))
                .await
                .unwrap_err()
                .code(),
            "store.unavailable"
        );
    }
    std::fs::remove_file(&folder).unwrap();
    submit(&store, "Hello.").await;
    assert_eq!(store.unfinished().await.unwrap(), [GenerationId::new(1)]);
}

#[tokio::test]
async fn names_that_sqlite_would_interpret_are_file_names() {
    let dir = tempdir().unwrap();
    for name in [
        "file:records?mode=memory",
        ":memory:",
        "with space, ünï.sqlite",
        "100%25.sqlite",
    ] {
        let path = dir.path().join(name);
        submit(&SqliteStore::open(&path).await.unwrap(), "Hello.").await;
        assert!(path.is_file(), "{name}");
        assert_eq!(
            SqliteStore::open(&path).await.unwrap().unfinished().await.unwrap(),
            [GenerationId::new(1)],
            "{name}"
        );
    }
}
