//! Reads the database of an earlier version.

use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

use loqui_core::Error;
use sqlx::sqlite::{SqliteConnectOptions, SqliteRow};
use sqlx::{ConnectOptions as _, Connection as _, Row as _, SqliteConnection};

use crate::code;

/// The SQLite application id of the file (`Loqb` in ASCII).
const APPLICATION_ID: i64 = 0x4c6f_7162;
/// The only version of the file.
const VERSION: i64 = 1;

/// The content of the file.
#[derive(Debug, Default)]
pub(super) struct Content {
    pub(super) users: Vec<User>,
    /// The id and the end of each revoked token.
    pub(super) ended_tokens: Vec<(String, i64)>,
}

#[derive(Debug)]
pub(super) struct User {
    pub(super) id: i64,
    pub(super) username: String,
    pub(super) email: Option<String>,
    pub(super) password: String,
    pub(super) active: bool,
    pub(super) created_at: i64,
    pub(super) keys: Vec<Key>,
    pub(super) uploads: Vec<Upload>,
    pub(super) jobs: Vec<Job>,
}

#[derive(Debug)]
pub(super) struct Key {
    pub(super) name: String,
    pub(super) start: String,
    pub(super) hash: String,
    pub(super) created_at: i64,
}

#[derive(Debug)]
pub(super) struct Upload {
    pub(super) id: i64,
    pub(super) name: String,
    pub(super) kind: String,
    pub(super) file: String,
    pub(super) file_name: String,
    pub(super) bytes: i64,
    pub(super) seconds: f64,
    pub(super) sample: i64,
    pub(super) report: String,
    pub(super) uploaded_at: i64,
}

#[derive(Debug)]
pub(super) struct Job {
    pub(super) generation: i64,
    pub(super) upload: i64,
    pub(super) title: String,
    pub(super) file: String,
    pub(super) bytes: Option<i64>,
    pub(super) created_at: i64,
}

impl Content {
    /// Reads the file; `None` if there is none.
    ///
    /// # Errors
    ///
    /// `store.unavailable`, `store.corrupt`, `store.too_new`.
    pub(super) async fn read(path: &Path) -> Result<Option<Self>, Error> {
        if !path.exists() {
            return Ok(None);
        }
        let options = SqliteConnectOptions::new()
            .filename(std::path::absolute(path).unwrap_or_else(|_| path.to_owned()))
            .create_if_missing(false)
            .busy_timeout(Duration::from_secs(30))
            .disable_statement_logging();
        let reading = async {
            let mut connection = options.connect().await?;
            let content = read(&mut connection).await?;
            // The file is renamed next, and the log beside it is not.
            sqlx::raw_sql("PRAGMA wal_checkpoint(TRUNCATE)")
                .execute(&mut connection)
                .await?;
            connection.close().await?;
            Ok::<_, sqlx::Error>(content)
        };
        match reading.await {
            Ok(content) => content.map(Some),
            // Another server has just taken it over.
            Err(_) if !path.exists() => Ok(None),
            Err(source) => {
                let message = format!("{} cannot be read", path.display());
                Err(Error::new(&code::STORE_UNAVAILABLE, message).with_source(source))
            }
        }
    }
}

async fn read(on: &mut SqliteConnection) -> Result<Result<Content, Error>, sqlx::Error> {
    let (application, version): (i64, i64) = sqlx::query_as(
        "SELECT (SELECT application_id FROM pragma_application_id), (SELECT user_version FROM pragma_user_version)",
    )
    .fetch_one(&mut *on)
    .await?;
    match (application, version) {
        (0, 0) => return Ok(Ok(Content::default())),
        (APPLICATION_ID, VERSION) => {}
        (APPLICATION_ID, _) => {
            let message = format!("backend.db has version {version}, which a later version of Loqui wrote");
            return Ok(Err(Error::new(&code::STORE_TOO_NEW, message)));
        }
        _ => {
            let message = "backend.db is not a database of Loqui";
            return Ok(Err(Error::new(&code::STORE_CORRUPT, message)));
        }
    }
    let mut keys = by_account(on, "SELECT * FROM api_key ORDER BY id", key).await?;
    let mut uploads = by_account(on, "SELECT * FROM upload ORDER BY id", upload).await?;
    let mut jobs = by_account(on, "SELECT * FROM job ORDER BY generation", job).await?;
    let mut content = Content::default();
    for row in sqlx::query("SELECT * FROM account ORDER BY id")
        .fetch_all(&mut *on)
        .await?
    {
        let id = row.try_get("id")?;
        content.users.push(User {
            id,
            username: row.try_get("username")?,
            email: row.try_get("email")?,
            password: row.try_get("password")?,
            active: row.try_get("active")?,
            created_at: row.try_get("created_at")?,
            keys: keys.remove(&id).unwrap_or_default(),
            uploads: uploads.remove(&id).unwrap_or_default(),
            jobs: jobs.remove(&id).unwrap_or_default(),
        });
    }
    content.ended_tokens = sqlx::query_as("SELECT id, until FROM ended_token")
        .fetch_all(on)
        .await?;
    Ok(Ok(content))
}

async fn by_account<T>(
    on: &mut SqliteConnection,
    statement: &'static str,
    read: fn(&SqliteRow) -> Result<T, sqlx::Error>,
) -> Result<HashMap<i64, Vec<T>>, sqlx::Error> {
    let mut found: HashMap<i64, Vec<T>> = HashMap::new();
    for row in sqlx::query(statement).fetch_all(on).await? {
        found.entry(row.try_get("account")?).or_default().push(read(&row)?);
    }
    Ok(found)
}

fn key(row: &SqliteRow) -> Result<Key, sqlx::Error> {
    Ok(Key {
        name: row.try_get("name")?,
        start: row.try_get("start")?,
        hash: row.try_get("hash")?,
        created_at: row.try_get("created_at")?,
    })
}

fn upload(row: &SqliteRow) -> Result<Upload, sqlx::Error> {
    Ok(Upload {
        id: row.try_get("id")?,
        name: row.try_get("name")?,
        kind: row.try_get("kind")?,
        file: row.try_get("file")?,
        file_name: row.try_get("file_name")?,
        bytes: row.try_get("bytes")?,
        seconds: row.try_get("seconds")?,
        sample: row.try_get("sample")?,
        report: row.try_get("report")?,
        uploaded_at: row.try_get("uploaded_at")?,
    })
}

fn job(row: &SqliteRow) -> Result<Job, sqlx::Error> {
    Ok(Job {
        generation: row.try_get("generation")?,
        upload: row.try_get("upload")?,
        title: row.try_get("title")?,
        file: row.try_get("file")?,
        bytes: row.try_get("bytes")?,
        created_at: row.try_get("created_at")?,
    })
}
