//! `loqui doctor`: what is wrong, and how to mend it.

use std::path::{Path, PathBuf};

use loqui_core::cog;
use loqui_core::error::code;
use loqui_core::replicate::Client;
use loqui_core::store::GenerationStoreExt as _;
use loqui_core::{Error, Loqui};
use serde::Serialize;

use crate::arguments::DoctorArguments;
use crate::exit::ExitCode;
use crate::failure::Failure;
use crate::serve::Database;
use crate::{engine, output};

/// Less room than this on the disk is trouble soon: some hundred generations, in bytes.
#[cfg(unix)]
const ROOM: u64 = 200 << 20;

/// One thing that was looked at.
#[derive(Debug, Serialize)]
struct Check {
    name: &'static str,
    ok: bool,
    message: String,
    hint: String,
}

#[derive(Debug, Serialize)]
struct Diagnosis {
    ok: bool,
    checks: Vec<Check>,
}

impl Check {
    fn new(name: &'static str, result: Result<String, Error>) -> Self {
        match result {
            Ok(message) => Self {
                name,
                ok: true,
                message,
                hint: String::new(),
            },
            Err(error) => Self {
                name,
                ok: false,
                message: format!("{error} [{}]", error.code()),
                hint: error.hint().unwrap_or_default().to_owned(),
            },
        }
    }
}

pub(crate) async fn run(
    arguments: DoctorArguments,
    data_dir: Option<PathBuf>,
    json: bool,
) -> Result<ExitCode, Failure> {
    let folder = engine::data_dir(data_dir)?;
    let token = arguments
        .token
        .as_deref()
        .map(str::trim)
        .filter(|token| !token.is_empty());
    let mut checks = Vec::new();
    if token.is_some() || arguments.engine == "replicate" {
        checks.push(Check::new(
            "token",
            token_accepted(token, arguments.base_url.as_deref()).await,
        ));
    } else if arguments.engine != "cog" {
        let message = "no token is set: the offline voice speaks, which is no clone".to_owned();
        checks.push(Check::new("token", Ok(message)));
    }
    if arguments.engine == "cog" {
        checks.push(Check::new("cog", container(arguments.cog_url.as_deref()).await));
    }
    // The stores that the other commands would use: a database and a bucket, if the environment names them.
    match engine::existing(Some(folder.clone())).and_then(|builder| Ok(builder.build()?)) {
        Ok(loqui) => {
            checks.push(Check::new("records", records(&loqui).await));
            checks.push(Check::new("audio", audio(&loqui).await));
        }
        Err(failure) => checks.push(Check::new("settings", Err(failure.into_error()))),
    }
    checks.push(Check::new("users", users(&folder).await));
    #[cfg(unix)]
    checks.push(Check::new("disk", disk(&folder)));
    let diagnosis = Diagnosis {
        ok: checks.iter().all(|check| check.ok),
        checks,
    };
    if json {
        output::json(&diagnosis);
    } else {
        diagnosis.print();
    }
    Ok(if diagnosis.ok {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

impl Diagnosis {
    fn print(&self) {
        for check in &self.checks {
            let mark = if check.ok { "✓" } else { "✗" };
            output::print(&format!("{mark} {}: {}", check.name, check.message));
            if !check.hint.is_empty() {
                output::print(&format!("    hint: {}", check.hint));
            }
        }
    }
}

fn client(token: Option<&str>, base_url: Option<&str>) -> Result<Client, Error> {
    let token = token.ok_or_else(|| Error::new(&code::REPLICATE_MISSING_TOKEN, "no token for Replicate is set"))?;
    let mut builder = Client::builder(token);
    if let Some(base_url) = base_url.filter(|url| !url.is_empty()) {
        builder = builder.base_url(base_url);
    }
    builder.build()
}

async fn token_accepted(token: Option<&str>, base_url: Option<&str>) -> Result<String, Error> {
    let account = client(token, base_url)?.account().await?;
    Ok(format!("Replicate knows the account {account}"))
}

async fn container(address: Option<&str>) -> Result<String, Error> {
    let address = address.filter(|address| !address.is_empty());
    let address = address.ok_or_else(|| Error::new(&code::COG_URL, "no address of a Cog container is set"))?;
    cog::Client::new(address)?.ready().await?;
    Ok("the container is ready to speak".to_owned())
}

async fn records(loqui: &Loqui) -> Result<String, Error> {
    let store = loqui.store();
    let unfinished = store.unfinished().await?.len();
    // Writes, and leaves nothing: no generation has this number.
    store.request_cancel(0).await?;
    Ok(format!(
        "{} can be written and read ({unfinished} unfinished)",
        store.location()
    ))
}

async fn audio(loqui: &Loqui) -> Result<String, Error> {
    let store = loqui.audio_store();
    store.check().await?;
    Ok(format!("{} can be written and read", store.location()))
}

async fn users(folder: &Path) -> Result<String, Error> {
    let database = Database::open(folder).await?;
    database.check().await?;
    Ok("the backend's records can be written".to_owned())
}

/// Whether there is room on the disk of the data directory.
#[cfg(unix)]
fn disk(folder: &Path) -> Result<String, Error> {
    let unknown = |source: rustix::io::Errno| {
        Error::new(
            &code::STORE_UNAVAILABLE,
            "the disk of the data directory cannot be asked",
        )
        .with_source(source)
    };
    let disk = rustix::fs::statvfs(folder).map_err(unknown)?;
    let free = disk.f_bavail.saturating_mul(disk.f_frsize);
    let message = format!("{} has {} MiB left", folder.display(), free >> 20);
    if free < ROOM {
        return Err(Error::new(&code::STORE_UNAVAILABLE, message)
            .with_hint("Make room, or name another folder with LOQUI_DATA_DIR."));
    }
    Ok(message)
}
