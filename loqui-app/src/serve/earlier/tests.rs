//! Files that earlier versions wrote, made by the SQL of that time.

mod needs_postgres;

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use loqui_core::store::sql::Query;
use loqui_core::store::{Filter, UsageFilter};
use loqui_core::{GenerationId, Loqui, Sample, SampleId};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _};

use crate::serve::accounts::Accounts;
use crate::serve::database::Database;
use crate::serve::jobs::{Jobs, UNTITLED};
use crate::serve::uploads::Uploads;

const SCHEMA: &str = include_str!("../../../tests/earlier/backend.sql");

fn voice() -> Sample {
    static VOICE: LazyLock<Sample> = LazyLock::new(|| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/voices/heart.wav");
        Sample::from_bytes(std::fs::read(path).unwrap()).unwrap()
    });
    VOICE.clone()
}

/// Writes a `backend.db` with these rows.
async fn write(folder: &Path, rows: &str) -> PathBuf {
    let path = folder.join("backend.db");
    let options = SqliteConnectOptions::new().filename(&path).create_if_missing(true);
    let mut connection = options
        .journal_mode(sqlx::sqlite::SqliteJournalMode::Wal)
        .connect()
        .await
        .unwrap();
    let marks = "PRAGMA application_id = 0x4c6f7162; PRAGMA user_version = 1;";
    let script = AssertSqlSafe(format!("{SCHEMA} {marks} {rows}"));
    sqlx::raw_sql(script).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    path
}

fn account(id: i64, name: &str, salt: &str) -> String {
    format!(
        "INSERT INTO account VALUES ({id}, '{name}', '{name}@example.com', '$argon2id${salt}', {}, 1700000000000000);",
        i64::from(id != 2)
    )
}

fn upload(id: i64, account: i64, sample: SampleId) -> String {
    format!(
        "INSERT INTO upload VALUES ({id}, {account}, 'My Voice', 'uploaded', 'file-{id}.wav', 'a.wav', 1000, 2.5, {sample},
             '{{}}', 1700000000000000);"
    )
}

fn job(generation: GenerationId, account: i64, upload: i64) -> String {
    format!(
        "INSERT INTO job VALUES ({generation}, {account}, {upload}, 'Title {generation}', 'speech.wav', 99, 1700000000000000);"
    )
}

/// The library of a server with this data directory.
fn library(folder: &Path) -> loqui_core::LoquiBuilder {
    Loqui::builder().engine_named("offline").data_dir(folder)
}

async fn submit(loqui: &Loqui, sample: SampleId, owner: &str, text: &str) -> GenerationId {
    let request = loqui.submit_with(sample, text).owner(owner).idempotency_key(text);
    request.await.unwrap().id()
}

/// The columns of an account that no response shows.
async fn hidden(database: &Database, id: i64) -> (String, String) {
    let query = Query::new("SELECT owner, subject FROM account WHERE id = $1").bind(id);
    let row = database.one(query).await.unwrap();
    (row.text("owner").unwrap(), row.text("subject").unwrap())
}

#[tokio::test]
async fn file_of_an_earlier_version_is_taken_over_once() {
    let folder = tempfile::tempdir().unwrap();
    let loqui = library(folder.path()).build().unwrap();
    let mut samples = Vec::new();
    for owner in ["1", "2"] {
        samples.push(loqui.add_sample(&voice()).owner(owner).await.unwrap().id);
    }
    let first = submit(&loqui, samples[0], "1", "Hello there.").await;
    loqui.generation(first).await.unwrap().finish().await.unwrap();
    let lost = submit(&loqui, samples[0], "1", "Nobody recorded this one.").await;
    let other = submit(&loqui, samples[1], "2", "Hello there.").await;
    let erased = submit(&loqui, samples[1], "2", "Erased.").await;
    for id in [lost, other, erased] {
        loqui.generation(id).await.unwrap().finish().await.unwrap();
    }
    loqui.generation(erased).await.unwrap().erase().await.unwrap();
    let spent = loqui.usage_of(&UsageFilter::default().with_owner("1")).await.unwrap();

    let rows = [
        account(1, "Anna", "a"),
        account(2, "bert", "b"),
        "INSERT INTO api_key VALUES (5, 1, 'robot', 'lqk_0', 'hash', 1700000000000000);".to_owned(),
        "INSERT INTO ended_token VALUES ('out', 4000000000000000);".to_owned(),
        upload(11, 1, samples[0]),
        upload(12, 1, samples[0]),
        upload(13, 2, samples[1]),
        upload(14, 2, SampleId::new(99)),
        job(first, 1, 11),
        job(other, 2, 13),
        job(erased, 2, 13),
    ];
    let path = write(folder.path(), &rows.concat()).await;

    // Two servers start at the same time.
    let again = library(folder.path()).build().unwrap();
    let (database, second) = tokio::join!(
        Database::open(&loqui, folder.path()),
        Database::open(&again, folder.path())
    );
    let (database, _) = (database.unwrap(), second.unwrap());
    assert!(!path.exists() && folder.path().join("backend.db.migrated").exists());
    Database::open(&loqui, folder.path()).await.unwrap();

    let accounts = Accounts::new(&database);
    let all = accounts.list().await.unwrap();
    let listed: Vec<_> = all.iter().map(|it| (it.id, it.username.as_str(), it.active)).collect();
    assert_eq!(listed, [(1, "Anna", true), (2, "bert", false)]);
    assert_eq!(all[0].email.as_deref(), Some("Anna@example.com"));
    let (owner, subject) = hidden(&database, 1).await;
    assert_eq!((owner.len(), subject.as_str()), (36, "1"), "tokens stay valid");
    assert_eq!(accounts.by_subject("1").await.unwrap().id, 1);
    assert_eq!(accounts.by_subject("2").await.unwrap_err().code(), "user.inactive");
    assert_eq!(accounts.keys(1).await.unwrap()[0].name, "robot");
    assert!(accounts.is_revoked("out").await.unwrap());

    let uploads = Uploads::new(&database);
    let ids = |found: Vec<crate::serve::uploads::Upload>| found.iter().map(|it| it.id).collect::<Vec<_>>();
    assert_eq!(ids(uploads.list(1).await.unwrap()), [12, 11]);
    assert_eq!(
        ids(uploads.list(2).await.unwrap()),
        [13],
        "the sample of the other one is gone"
    );
    let jobs = Jobs::new(&database);
    let annas = jobs.list(1).await.unwrap();
    let titles: Vec<_> = annas
        .iter()
        .map(|it| (it.generation, it.upload, it.title.as_str()))
        .collect();
    assert_eq!(
        titles,
        [(lost, 12, UNTITLED), (first, 11, "Title 1")],
        "the lost one is found again"
    );
    let berts = jobs.list(2).await.unwrap();
    assert_eq!(berts.iter().map(|it| it.generation).collect::<Vec<_>>(), [other]);

    for earlier in ["1", "2"] {
        let filter = Filter::default().with_owner(earlier);
        assert!(loqui.generations(&filter).await.unwrap().is_empty());
        let usage = loqui
            .usage_of(&UsageFilter::default().with_owner(earlier))
            .await
            .unwrap();
        assert_eq!(usage.takes, 0);
    }
    let usage = loqui
        .usage_of(&UsageFilter::default().with_owner(&owner))
        .await
        .unwrap();
    assert_eq!(usage, spent);
    assert_eq!(spent.takes, 2);
    let known = submit(&loqui, samples[0], &owner, "Hello there.").await;
    assert_eq!(known, first, "idempotency keys stay valid");
    assert_eq!(
        loqui.sample(samples[0]).await.unwrap().owner.as_deref(),
        Some(owner.as_str())
    );

    let added =
        accounts.add(crate::serve::NewAccount::checked("carl".to_owned(), None, "secret99".to_owned()).unwrap());
    assert_eq!(added.await.unwrap().id, 3);
}

/// Two servers had files of their own on one database, and the numbers of their users meant different people.
async fn two_files_on_one_database(url: &str) {
    let folder = tempfile::tempdir().unwrap();
    let audio = folder.path().join("audio");
    std::fs::create_dir(&audio).unwrap();
    let node = |name: &str| {
        let data_dir = folder.path().join(name);
        std::fs::create_dir_all(&data_dir).unwrap();
        let builder = library(&data_dir)
            .database_url(url)
            .storage_url(format!("file://{}", audio.display()));
        (builder.build().unwrap(), data_dir)
    };
    let ((here, here_dir), (there, there_dir)) = (node("here"), node("there"));
    // User 1 of both servers uploaded the same recording, which became one sample.
    let sample = here.add_sample(&voice()).owner("1").await.unwrap().id;
    assert_eq!(there.add_sample(&voice()).owner("1").await.unwrap().id, sample);
    let first = submit(&here, sample, "1", "Spoken here.").await;
    let second = submit(&there, sample, "1", "Spoken there.").await;
    for id in [first, second] {
        here.generation(id).await.unwrap().finish().await.unwrap();
    }
    for (folder, salt, generation) in [(&here_dir, "here", first), (&there_dir, "there", second)] {
        let rows = [account(1, "anna", salt), upload(1, 1, sample), job(generation, 1, 1)];
        write(folder, &rows.concat()).await;
    }
    let database = Database::open(&here, &here_dir).await.unwrap();
    Database::open(&there, &there_dir).await.unwrap();

    let accounts = Accounts::new(&database);
    let all = accounts.list().await.unwrap();
    let names: Vec<_> = all
        .iter()
        .map(|it| (it.id, it.username.as_str(), it.email.is_some()))
        .collect();
    assert_eq!(names, [(1, "anna", true), (2, "anna-2", false)]);
    assert_ne!(all[0].owner, all[1].owner);
    accounts.by_subject("1").await.unwrap_err();
    let (uploads, jobs) = (Uploads::new(&database), Jobs::new(&database));
    let (mut samples, mut generations) = (Vec::new(), Vec::new());
    for account in [1, 2] {
        let theirs = uploads.list(account).await.unwrap();
        assert_eq!(theirs.len(), 1);
        samples.push(theirs[0].sample);
        let theirs = jobs.list(account).await.unwrap();
        assert_eq!((theirs.len(), theirs[0].upload), (1, account));
        generations.push(theirs[0].generation);
    }
    assert_eq!((samples[0], generations), (sample, vec![first, second]));
    let (annas, others) = (
        here.sample(samples[0]).await.unwrap(),
        here.sample(samples[1]).await.unwrap(),
    );
    assert_eq!(
        (&annas.original, annas.id == others.id),
        (&others.original, false),
        "they share the audio"
    );
    let record = here.generation(second).await.unwrap().record().await.unwrap();
    assert_eq!(
        (record.sample, record.owner.as_deref()),
        (others.id, Some(all[1].owner.as_str()))
    );

    // The first one erases the recording; the second one still has it, and speaks with it.
    here.erase_sample(annas.id).await.unwrap();
    assert_eq!(there.recording(others.id).await.unwrap(), *voice().original());
    let again = submit(&there, others.id, &all[1].owner, "Once more.").await;
    there.generation(again).await.unwrap().finish().await.unwrap();
    there.erase_sample(others.id).await.unwrap();
    assert!(!there.audio_store().exists(&others.original).await.unwrap());
}

#[tokio::test]
async fn users_of_two_files_on_one_database_stay_apart() {
    let folder = tempfile::tempdir().unwrap();
    two_files_on_one_database(&format!("sqlite://{}", folder.path().join("records.db").display())).await;
}

#[tokio::test]
async fn database_of_another_program_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = write(folder.path(), "PRAGMA user_version = 7;").await;
    let loqui = library(folder.path()).build().unwrap();
    let error = Database::open(&loqui, folder.path()).await.unwrap_err();
    assert_eq!(error.code(), "store.too_new");
    std::fs::write(&path, [0; 4_096]).unwrap();
    Database::open(&loqui, folder.path()).await.unwrap_err();
    assert!(path.exists(), "it is left alone");
}
