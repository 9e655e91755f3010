//! Takes over one user of an earlier version, in one transaction.

use std::collections::{HashMap, HashSet};

use loqui_core::store::sql::{Dialect, Query, Statement, Transaction};
use loqui_core::store::{Filter, NewSample, SampleFilter};
use loqui_core::{Error, GenerationId, SampleId};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::file::{Job, Key, Upload, User};
use crate::serve::accounts::key_of;
use crate::serve::database::now;
use crate::serve::jobs::UNTITLED;

/// The size of the pages in which generations are read.
const PAGE: u32 = 500;

/// Lets later rows have higher ids than the one that was inserted.
const CONTINUE_ACCOUNTS: Statement = Statement::new(
    "SELECT 1",
    "SELECT setval('account_id_seq', greatest((SELECT max(id) FROM account), (SELECT last_value FROM account_id_seq)))",
);
const CONTINUE_UPLOADS: Statement = Statement::new(
    "SELECT 1",
    "SELECT setval('upload_id_seq', greatest((SELECT max(id) FROM upload), (SELECT last_value FROM upload_id_seq)))",
);

/// The new ids of a user's records.
struct Taken {
    account: i64,
    /// The owner in the library.
    owner: String,
    /// The id of each sample, by its earlier one.
    samples: HashMap<i64, SampleId>,
    /// The id of each upload, by its earlier one.
    uploads: HashMap<i64, i64>,
    /// The latest upload of each sample.
    upload_of: HashMap<SampleId, i64>,
}

/// Takes over a user, unless that was done before. `own_records`: no other file of users exists for the records.
pub(super) async fn take_over(user: User, mut transaction: Transaction<'_>, own_records: bool) -> Result<(), Error> {
    let on = &mut transaction;
    // The password has a random salt, so that the users of two files differ.
    let identity = format!("{} {} {}", user.id, user.created_at, user.password);
    let name = format!("taken over {}", hex::encode(Sha256::digest(identity)));
    let query = "INSERT INTO shared_value (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    let query = Query::new(query).bind(name).bind(user.username.as_str());
    if on.execute(query).await? == 0 {
        return Ok(());
    }
    let earlier_owner = user.id.to_string();
    let mut taken = Taken {
        account: 0,
        owner: Uuid::new_v4().to_string(),
        samples: HashMap::new(),
        uploads: HashMap::new(),
        upload_of: HashMap::new(),
    };
    taken.account = add_account(on, &user, &taken.owner, own_records).await?;
    for key in user.keys {
        add_key(on, taken.account, key).await?;
    }
    for upload in user.uploads {
        add_upload(on, &mut taken, upload, &earlier_owner).await?;
    }
    for job in user.jobs {
        add_job(on, &taken, job).await?;
    }
    if own_records {
        on.rename_owner(&earlier_owner, &taken.owner).await?;
        add_missing_jobs(on, &taken).await
    } else {
        on.give_spending(&earlier_owner, &taken.owner).await
    }
}

async fn add_account(on: &mut Transaction<'_>, user: &User, owner: &str, own_records: bool) -> Result<i64, Error> {
    let mut username = user.username.clone();
    let mut number = 1;
    while exists(
        on,
        Query::new("SELECT id FROM account WHERE username_key = $1").bind(key_of(&username)),
    )
    .await?
    {
        number += 1;
        username = format!("{}-{number}", user.username);
    }
    if number > 1 {
        tracing::warn!(target: "loqui", "the user name {} is taken: the user is now named {username}", user.username);
    }
    let mut email = user.email.clone();
    if let Some(address) = &email {
        let query = Query::new("SELECT id FROM account WHERE email_key = $1").bind(key_of(address));
        if exists(on, query).await? {
            email = None;
        }
    }
    // Tokens that were issued before stay valid where the number can only mean this user.
    let earlier_subject = user.id.to_string();
    let query = Query::new("SELECT id FROM account WHERE subject = $1").bind(earlier_subject.as_str());
    let subject = if own_records && !exists(on, query).await? {
        earlier_subject
    } else {
        Uuid::new_v4().to_string()
    };
    let query = Query::new("SELECT id FROM account WHERE id = $1").bind(user.id);
    let keeps_id = !exists(on, query).await?;
    let query = if keeps_id {
        "INSERT INTO account (owner, subject, username, username_key, email, email_key, password, active, created_at, id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id"
    } else {
        "INSERT INTO account (owner, subject, username, username_key, email, email_key, password, active, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id"
    };
    let mut query = Query::new(query)
        .bind(owner)
        .bind(subject)
        .bind(username.as_str())
        .bind(key_of(&username))
        .bind(email.as_deref())
        .bind(email.as_deref().map(key_of))
        .bind(user.password.as_str())
        .bind(user.active)
        .bind(user.created_at);
    if keeps_id {
        query = query.bind(user.id);
    }
    let id = on.one(query).await?.integer("id")?;
    on.execute(Query::new(CONTINUE_ACCOUNTS.of(on.dialect()))).await?;
    Ok(id)
}

async fn add_key(on: &mut Transaction<'_>, account: i64, key: Key) -> Result<(), Error> {
    let query = "INSERT INTO api_key (account, name, start, hash, created_at) VALUES ($1, $2, $3, $4, $5)
                 ON CONFLICT DO NOTHING";
    let query = Query::new(query)
        .bind(account)
        .bind(storable(key.name, on.dialect()))
        .bind(key.start)
        .bind(key.hash)
        .bind(key.created_at);
    on.execute(query).await.map(drop)
}

/// Takes over an upload and its sample. An upload whose sample was erased is left out.
async fn add_upload(
    on: &mut Transaction<'_>,
    taken: &mut Taken,
    upload: Upload,
    earlier_owner: &str,
) -> Result<(), Error> {
    let sample = match taken.samples.get(&upload.sample) {
        Some(sample) => *sample,
        None => match sample_for(on, SampleId::new(upload.sample), &taken.owner, earlier_owner).await? {
            Some(sample) => sample,
            None => return Ok(()),
        },
    };
    taken.samples.insert(upload.sample, sample);
    let query = Query::new("SELECT id FROM upload WHERE id = $1").bind(upload.id);
    let keeps_id = !exists(on, query).await?;
    let query = if keeps_id {
        "INSERT INTO upload (account, name, kind, file, file_name, bytes, seconds, sample, report, uploaded_at, id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING id"
    } else {
        "INSERT INTO upload (account, name, kind, file, file_name, bytes, seconds, sample, report, uploaded_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id"
    };
    let mut query = Query::new(query)
        .bind(taken.account)
        .bind(storable(upload.name, on.dialect()))
        .bind(upload.kind)
        .bind(upload.file)
        .bind(storable(upload.file_name, on.dialect()))
        .bind(upload.bytes)
        .bind(upload.seconds)
        .bind(sample)
        .bind(upload.report)
        .bind(upload.uploaded_at);
    if keeps_id {
        query = query.bind(upload.id);
    }
    let id = on.one(query).await?.integer("id")?;
    on.execute(Query::new(CONTINUE_UPLOADS.of(on.dialect()))).await?;
    taken.uploads.insert(upload.id, id);
    taken.upload_of.insert(sample, id);
    Ok(())
}

/// Gives a sample to the user. One that was given to a user of another file is copied: both refer to the same audio.
async fn sample_for(
    on: &mut Transaction<'_>,
    id: SampleId,
    owner: &str,
    earlier_owner: &str,
) -> Result<Option<SampleId>, Error> {
    let Some(record) = on.samples(&SampleFilter::default().with_id(id)).await?.pop() else {
        return Ok(None);
    };
    if record.owner.as_deref() == Some(earlier_owner) {
        on.give_sample(id, owner).await?;
        return Ok(Some(id));
    }
    let mut copy = NewSample::new(
        record.name,
        record.sha256,
        record.original,
        record.reference,
        record.seconds,
        record.report,
        record.created_at,
    );
    copy.owner = Some(owner.to_owned());
    copy.reference_seconds = record.reference_seconds;
    copy.consent = record.consent;
    Ok(Some(on.add_sample(copy).await?.id))
}

/// Takes over a job and its generation. A job whose generation was erased is left out.
async fn add_job(on: &mut Transaction<'_>, taken: &Taken, job: Job) -> Result<(), Error> {
    let generation = GenerationId::new(job.generation);
    let Some(record) = on.generations(&Filter::default().with_id(generation)).await?.pop() else {
        return Ok(());
    };
    let sample = taken.samples.get(&record.sample.get()).copied();
    on.give_generation(generation, sample.unwrap_or(record.sample), &taken.owner)
        .await?;
    let query = "INSERT INTO job (generation, account, upload, title, file, bytes, created_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7)
                 ON CONFLICT (generation) DO NOTHING";
    let query = Query::new(query)
        .bind(generation)
        .bind(taken.account)
        .bind(taken.uploads.get(&job.upload).copied().unwrap_or(job.upload))
        .bind(storable(job.title, on.dialect()))
        .bind(job.file)
        .bind(job.bytes)
        .bind(job.created_at);
    on.execute(query).await.map(drop)
}

/// Adds a job for each generation of the user that has none, because an earlier server ended before it wrote the job.
async fn add_missing_jobs(on: &mut Transaction<'_>, taken: &Taken) -> Result<(), Error> {
    let query = Query::new("SELECT generation FROM job WHERE account = $1").bind(taken.account);
    let mut known = HashSet::new();
    for row in on.all(query).await? {
        known.insert(row.integer("generation")?);
    }
    let mut page = Filter::default().with_owner(&taken.owner).with_limit(PAGE);
    loop {
        let generations = on.generations(&page).await?;
        let Some(last) = generations.last().map(|record| record.id) else {
            return Ok(());
        };
        for record in generations {
            let Some(upload) = taken.upload_of.get(&record.sample) else {
                continue;
            };
            if known.contains(&record.id.get()) {
                continue;
            }
            let query = "INSERT INTO job (generation, account, upload, title, file, bytes, created_at)
                         VALUES ($1, $2, $3, $4, $5, NULL, $6) ON CONFLICT (generation) DO NOTHING";
            let query = Query::new(query)
                .bind(record.id)
                .bind(taken.account)
                .bind(*upload)
                .bind(UNTITLED)
                .bind(format!("{}.wav", Uuid::new_v4()))
                .bind(now());
            on.execute(query).await?;
        }
        page = page.with_before(last);
    }
}

async fn exists(on: &mut Transaction<'_>, query: Query) -> Result<bool, Error> {
    Ok(on.optional(query).await?.is_some())
}

/// Postgres has no null characters.
fn storable(text: String, dialect: Dialect) -> String {
    match dialect {
        Dialect::Postgres => text.replace('\0', ""),
        _ => text,
    }
}
