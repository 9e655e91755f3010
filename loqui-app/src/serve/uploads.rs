//! The recordings that users uploaded.

use futures::FutureExt as _;
use futures::future::BoxFuture;
use loqui_core::store::sql::{Query, Row, Transaction};
use loqui_core::store::{free_handle, handle_of};
use loqui_core::{Error, SampleId};

use super::database::{Database, is_storable, lock_account, now};
use crate::code;

/// The folder of recordings in the guide's responses (S183).
pub(crate) const FOLDER: &str = "app/storage/samples";

/// An uploaded recording.
#[derive(Clone, Debug)]
pub(crate) struct Upload {
    pub(crate) id: i64,
    pub(crate) account: i64,
    pub(crate) name: String,
    /// A name that is unique for the user.
    pub(crate) handle: String,
    pub(crate) kind: String,
    pub(crate) file: String,
    pub(crate) file_name: String,
    pub(crate) bytes: i64,
    pub(crate) seconds: f64,
    pub(crate) sample: SampleId,
    pub(crate) report: String,
    pub(crate) uploaded_at: i64,
    /// Description, labels and settings, as JSON.
    pub(crate) details: String,
}

impl Upload {
    /// Returns the path of the recording in the guide's responses.
    pub(crate) fn path(&self) -> String {
        format!("{FOLDER}/{}", self.file)
    }
}

/// An upload to record.
#[derive(Debug)]
pub(crate) struct NewUpload {
    pub(crate) account: i64,
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) file: String,
    pub(crate) file_name: String,
    pub(crate) bytes: usize,
    pub(crate) seconds: f64,
    pub(crate) report: String,
    /// The maximum size of the recordings of the user, in bytes.
    pub(crate) max_storage_bytes: u64,
}

impl NewUpload {
    /// Records the upload of a sample in the transaction that adds the sample, unless the user has reached the limit.
    ///
    /// # Errors
    ///
    /// `user.quota`, `store.unavailable`.
    pub(crate) fn record(self, mut transaction: Transaction<'_>, sample: SampleId) -> BoxFuture<'_, Result<(), Error>> {
        async move {
            lock_account(&mut transaction, self.account).await?;
            let row = transaction.one(totals(self.account)).await?;
            check_limit(row.integer("bytes")?, self.max_storage_bytes)?;
            let handle = free(&transaction.all(taken(self.account, &self.name)).await?, &self.name)?;
            let query = "INSERT INTO upload (account, name, kind, file, file_name, bytes, seconds, sample, report, uploaded_at, handle)
                         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
            let query = Query::new(query)
                .bind(self.account)
                .bind(self.name)
                .bind(self.kind)
                .bind(self.file)
                .bind(self.file_name)
                .bind(self.bytes.cast_signed() as i64)
                .bind(self.seconds)
                .bind(sample)
                .bind(self.report)
                .bind(now())
                .bind(handle);
            transaction.execute(query).await.map(drop)
        }
        .boxed()
    }
}

/// Refuses another recording of a user who has `kept` bytes of them.
///
/// # Errors
///
/// `user.quota`.
pub(crate) fn check_limit(kept: i64, limit: u64) -> Result<(), Error> {
    if kept.cast_unsigned() < limit {
        return Ok(());
    }
    let message = format!("your recordings have {kept} bytes, which exceeds the limit");
    Err(Error::new(&code::USER_QUOTA, message))
}

/// The uploads of all users.
#[derive(Clone, Debug)]
pub(crate) struct Uploads {
    database: Database,
}

impl Uploads {
    /// Uses this database.
    pub(crate) fn new(database: &Database) -> Self {
        Self {
            database: database.clone(),
        }
    }

    /// Returns an upload; `None` if it belongs to another user.
    pub(crate) async fn of(&self, account: i64, id: i64) -> Result<Option<Upload>, Error> {
        let query = Query::new("SELECT * FROM upload WHERE id = $1 AND account = $2");
        self.first(query.bind(id).bind(account)).await
    }

    /// Returns an upload by the name of its file.
    pub(crate) async fn by_file(&self, account: i64, file: &str) -> Result<Option<Upload>, Error> {
        let query = Query::new("SELECT * FROM upload WHERE account = $1 AND file = $2 ORDER BY id DESC LIMIT 1");
        self.first(query.bind(account).bind(file)).await
    }

    /// Returns the latest upload of a user with this name.
    pub(crate) async fn named(&self, account: i64, name: &str) -> Result<Option<Upload>, Error> {
        if !is_storable(name, self.database.dialect()) {
            return Ok(None);
        }
        let query = Query::new("SELECT * FROM upload WHERE account = $1 AND name = $2 ORDER BY id DESC LIMIT 1");
        self.first(query.bind(account).bind(name)).await
    }

    /// Returns the upload of a user with this handle.
    pub(crate) async fn with_handle(&self, account: i64, handle: &str) -> Result<Option<Upload>, Error> {
        if !is_storable(handle, self.database.dialect()) {
            return Ok(None);
        }
        let query = Query::new("SELECT * FROM upload WHERE account = $1 AND handle = $2 ORDER BY id LIMIT 1");
        let found = self.first(query.bind(account).bind(handle)).await?;
        // Of an upload of an earlier version, the handle ends with the id.
        let id = handle.rsplit_once('-').and_then(|(_, id)| id.parse().ok());
        match (found, id) {
            (None, Some(id)) => Ok(self.of(account, id).await?.filter(|upload| upload.handle == handle)),
            (found, _) => Ok(found),
        }
    }

    /// Returns the uploads of a user, newest first.
    pub(crate) async fn list(&self, account: i64) -> Result<Vec<Upload>, Error> {
        let query = Query::new("SELECT * FROM upload WHERE account = $1 ORDER BY id DESC").bind(account);
        self.database.all(query).await?.iter().map(upload).collect()
    }

    /// Changes the name of an upload of a user, and the handle with it.
    pub(crate) async fn rename(&self, account: i64, id: i64, name: &str) -> Result<(), Error> {
        let name = name.to_owned();
        let renaming = self.database.write(move |mut transaction| {
            async move {
                lock_account(&mut transaction, account).await?;
                let mut others = transaction.all(taken(account, &name)).await?;
                others.retain(|row| row.integer("id").is_ok_and(|other| other != id));
                let handle = free(&others, &name)?;
                let query = Query::new("UPDATE upload SET name = $1, handle = $2 WHERE id = $3 AND account = $4");
                let query = query.bind(name).bind(handle).bind(id).bind(account);
                transaction.execute(query).await.map(drop)
            }
            .boxed()
        });
        renaming.await
    }

    /// Changes the details of an upload of a user.
    pub(crate) async fn set_details(&self, account: i64, id: i64, details: &str) -> Result<(), Error> {
        let query = Query::new("UPDATE upload SET details = $1 WHERE id = $2 AND account = $3");
        let query = query.bind(details).bind(id).bind(account);
        self.database.execute(query).await.map(drop)
    }

    /// Returns the number of uploads of a user, and their total size in bytes.
    pub(crate) async fn totals(&self, account: i64) -> Result<(i64, i64), Error> {
        let row = self.database.one(totals(account)).await?;
        Ok((row.integer("count")?, row.integer("bytes")?))
    }

    /// Deletes the uploads of samples that were erased on the command line.
    ///
    /// # Errors
    ///
    /// `store.unavailable`.
    pub(crate) async fn prune(&self) -> Result<(), Error> {
        let query = "DELETE FROM upload WHERE id IN (
                         SELECT upload.id FROM upload JOIN sample ON sample.id = upload.sample
                         WHERE erased_at IS NOT NULL LIMIT 1000)";
        self.database.execute(Query::new(query)).await.map(drop)
    }

    async fn first(&self, query: Query) -> Result<Option<Upload>, Error> {
        self.database.optional(query).await?.as_ref().map(upload).transpose()
    }
}

/// Deletes an upload. Returns true if no other upload uses the same sample.
///
/// # Errors
///
/// `store.unavailable`.
pub(crate) async fn remove(transaction: &mut Transaction<'_>, upload: &Upload) -> Result<bool, Error> {
    let query = Query::new("DELETE FROM upload WHERE id = $1").bind(upload.id);
    transaction.execute(query).await?;
    let query = Query::new("SELECT id FROM upload WHERE sample = $1 LIMIT 1").bind(upload.sample);
    Ok(transaction.optional(query).await?.is_none())
}

/// The handles of a user that a handle for this name may equal.
fn taken(account: i64, name: &str) -> Query {
    let base = handle_of(name);
    let query = "SELECT id, handle FROM upload WHERE account = $1 AND (handle = $2 OR handle LIKE $3)";
    Query::new(query)
        .bind(account)
        .bind(base.clone())
        .bind(format!("{base}-%"))
}

/// Returns the first free handle for a name.
fn free(taken: &[Row], name: &str) -> Result<String, Error> {
    let taken = taken
        .iter()
        .map(|row| row.text("handle"))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(free_handle(name, |handle| taken.iter().any(|taken| taken == handle)))
}

fn totals(account: i64) -> Query {
    let query =
        "SELECT count(*) AS count, CAST(coalesce(sum(bytes), 0) AS BIGINT) AS bytes FROM upload WHERE account = $1";
    Query::new(query).bind(account)
}

fn upload(row: &Row) -> Result<Upload, Error> {
    let (id, name) = (row.integer("id")?, row.text("name")?);
    let mut handle = row.text("handle")?;
    if handle.is_empty() {
        // An earlier version added it.
        handle = format!("{}-{id}", handle_of(&name));
    }
    Ok(Upload {
        id,
        account: row.integer("account")?,
        name,
        handle,
        kind: row.text("kind")?,
        file: row.text("file")?,
        file_name: row.text("file_name")?,
        bytes: row.integer("bytes")?,
        seconds: row.real("seconds")?,
        sample: SampleId::new(row.integer("sample")?),
        report: row.text("report")?,
        uploaded_at: row.integer("uploaded_at")?,
        details: row.text("details")?,
    })
}
