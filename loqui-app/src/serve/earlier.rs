//! Takes over the data that earlier versions kept in files of the data directory: `backend.db` with users, keys, uploads and
//! jobs, and `jwt.secret`.
//!
//! Each user is taken over in one transaction, which also gives the user's samples and generations a random owner in place
//! of the user's number. An interrupted takeover continues at the next start. Afterwards the file is renamed.
//!
//! Earlier versions could run with several files on one database, although the numbers of their users were not unique there.
//! A user keeps the number if it is free, and a name that another file used gets a number at its end. What uploads and jobs
//! of a file refer to belongs to its users. Where two users share a sample, the second one gets a copy that refers to the
//! same audio.

mod file;
mod user;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use futures::FutureExt as _;
use loqui_core::store::sql::Query;
use loqui_core::{Error, Loqui};

use self::file::Content;
use super::database::Database;
use crate::code;

/// The database of earlier versions.
const FILE: &str = "backend.db";

/// Takes over the database of an earlier version, if there is one.
///
/// # Errors
///
/// `store.unavailable`, `store.corrupt`, `store.too_new`.
pub(super) async fn take_over(database: &Database, loqui: &Loqui, data_dir: &Path) -> Result<(), Error> {
    let path = data_dir.join(FILE);
    let Some(content) = Content::read(&path).await? else {
        return Ok(());
    };
    let own_records = loqui.store().location() == data_dir.join("loqui.db").display().to_string();
    let count = content.users.len();
    for user in content.users {
        let taking = database.write(move |transaction| user::take_over(user, transaction, own_records).boxed());
        taking.await?;
    }
    for (id, until) in content.ended_tokens {
        let query = Query::new("INSERT INTO ended_token (id, expires) VALUES ($1, $2) ON CONFLICT DO NOTHING");
        database.execute(query.bind(id).bind(until)).await?;
    }
    retire(&path)?;
    tracing::info!(target: "loqui", users = count, "took over {}", path.display());
    Ok(())
}

/// Renames a file whose content has been taken over. Another server may have done so.
///
/// # Errors
///
/// `store.unavailable`.
pub(super) fn retire(path: &Path) -> Result<(), Error> {
    let with = |suffix: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        PathBuf::from(name)
    };
    let mut retired = with(".migrated");
    for number in 2.. {
        if !retired.exists() {
            break;
        }
        retired = with(&format!(".migrated-{number}"));
    }
    match fs::rename(path, &retired) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            let message = format!("{} cannot be renamed to {}", path.display(), retired.display());
            Err(Error::new(&code::STORE_UNAVAILABLE, message).with_source(error))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
