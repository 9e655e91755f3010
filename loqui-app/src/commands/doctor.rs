//! `loqui doctor`: what is wrong, and how to mend it.

use std::path::{Path, PathBuf};

use loqui_core::Error;
use loqui_core::cog;
use loqui_core::error::code;
use loqui_core::replicate::Client;
use loqui_core::store::{AudioStore, GenerationStore as _, SqliteStore};
use serde::Serialize;

use crate::arguments::DoctorArguments;
use crate::exit::ExitCode;
use crate::failure::Failure;
use crate::serve::Database;
use crate::{engine, output};

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
    checks.push(Check::new("records", records(&folder).await));
    checks.push(Check::new("users", users(&folder).await));
    checks.push(Check::new("audio", audio(&folder).await));
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

async fn records(folder: &Path) -> Result<String, Error> {
    let store = SqliteStore::open(folder.join("loqui.db")).await?;
    let unfinished = store.unfinished().await?.len();
    Ok(format!("{} ({unfinished} unfinished)", store.path().display()))
}

async fn users(folder: &Path) -> Result<String, Error> {
    let database = Database::open(folder).await?;
    database.check().await?;
    Ok("the backend's records can be written".to_owned())
}

async fn audio(folder: &Path) -> Result<String, Error> {
    let path = folder.join("audio");
    let store = AudioStore::local(&path)?;
    let key = "checks/doctor";
    store.put(key, bytes::Bytes::from_static(b"doctor")).await?;
    let read = store.get(key).await?;
    store.delete(key).await?;
    match read {
        Some(bytes) if bytes == "doctor" => Ok(format!("{} can be written and read", path.display())),
        _ => Err(Error::new(
            &code::STORE_CORRUPT,
            "audio that was written cannot be read back",
        )),
    }
}
