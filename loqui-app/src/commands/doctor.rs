//! `loqui doctor`: diagnoses problems and suggests fixes.

use std::path::Path;

use loqui_core::engine::OpenAiEngine;
use loqui_core::ledger::Status;
use loqui_core::store::{Filter, GenerationStoreExt as _, SampleFilter};
use loqui_core::{Error, GenerationId, Loqui, cog};
use loqui_pocket::models::{Installed, Models};
use serde::Serialize;

use super::CommonFlags;
use crate::code;
use crate::exit::ExitCode;
use crate::failure::Failure;
use crate::output;
use crate::serve::Database;
use crate::settings::{Engine, EngineFlags};

/// The minimum free disk space, in bytes: enough for some hundred generations.
#[cfg(unix)]
const MINIMUM_FREE: u64 = 200 << 20;

/// The number of samples, and of generations, whose audio is looked for.
const CHECKED: u32 = 500;

/// The result of one check.
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

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    engine: EngineFlags,
}

pub(super) async fn run(arguments: &Arguments, common: &CommonFlags) -> Result<ExitCode, Failure> {
    let settings = common.settings(&arguments.engine)?;
    let folder = settings.data_dir().to_owned();
    let engine = settings.engine();
    let cog_url = settings.cog_url().map(str::to_owned);
    let openai_url = settings.openai_url().map(str::to_owned);
    let models_dir = settings.models_dir().to_owned();
    let mut checks = Vec::new();
    // The library as the other commands build it, so that a wrong setting appears here as well.
    match settings.for_stored_generations().open() {
        Ok(loqui) => {
            checks.extend(token(&loqui, engine).await);
            checks.push(Check::new("records", records(&loqui).await));
            checks.push(Check::new("integrity", integrity(&loqui).await));
            checks.push(Check::new("audio", audio(&loqui).await));
            checks.push(Check::new("users", users(&loqui, &folder).await));
        }
        Err(failure) => checks.push(Check::new("settings", Err(failure.into_error()))),
    }
    checks.push(Check::new("models", models(&models_dir, engine).await));
    if engine == Engine::Cog {
        checks.push(Check::new("cog", container(cog_url.as_deref()).await));
    }
    if engine == Engine::OpenAi {
        checks.push(Check::new("openai", server(openai_url.as_deref()).await));
    }
    #[cfg(unix)]
    checks.push(Check::new("disk", disk(&folder)));
    let diagnosis = Diagnosis {
        ok: checks.iter().all(|check| check.ok),
        checks,
    };
    if common.json {
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

/// Asks Replicate whether it accepts the token of the library.
async fn token(loqui: &Loqui, engine: Engine) -> Option<Check> {
    let result = match loqui.replicate() {
        Some(replicate) => {
            let account = replicate.client().account().await;
            account.map(|account| format!("Replicate accepts the token of the account {account}"))
        }
        None if engine == Engine::Replicate => Err(Error::new(
            &code::REPLICATE_MISSING_TOKEN,
            "no token for Replicate is set",
        )),
        None if matches!(engine, Engine::Cog | Engine::OpenAi) => return None,
        None => Ok(match (engine, loqui.engine()) {
            (Engine::Pocket, _) | (Engine::Auto, "pocket") => {
                "no token is set: the engine pocket is used, which clones voices on this machine"
            }
            _ => "no token is set: the offline voice is used, which does not clone the voice of the sample",
        }
        .to_owned()),
    };
    Some(Check::new("token", result))
}

/// Lists the models of the engine pocket. They are needed only if the engine was chosen.
async fn models(folder: &Path, engine: Engine) -> Result<String, Error> {
    let (folder, path) = (Models::new(folder), folder.display().to_string());
    let listing = tokio::task::spawn_blocking(move || folder.list()).await;
    let unreadable = |why: String| Error::new(&code::POCKET_STORAGE, format!("{path} cannot be read: {why}"));
    let listing = listing.map_err(|source| unreadable(source.to_string()))?;
    let listing = listing.map_err(|source| unreadable(source.to_string()))?;
    if let Some((name, error)) = listing.damaged.first() {
        let hint = format!("Run `loqui models pull {name} --replace`, or `loqui models remove {name}`.");
        return Err(Error::new(&code::POCKET_DAMAGED, error.to_string()).with_hint(hint));
    }
    let installed: Vec<String> = listing.installed.iter().map(describe).collect();
    if !installed.is_empty() {
        return Ok(format!("{path} has {}", installed.join(", ")));
    }
    let message = format!("{path} has no model for the engine pocket");
    if engine == Engine::Pocket {
        let hint = "Run `loqui models list` and `loqui models pull NAME`.";
        return Err(Error::new(&code::POCKET_NOT_INSTALLED, message).with_hint(hint));
    }
    Ok(message)
}

fn describe(model: &Installed) -> String {
    let language = model.language().unwrap_or("unknown language");
    format!("{} ({language})", model.name())
}

async fn container(address: Option<&str>) -> Result<String, Error> {
    let address = address.ok_or_else(|| Error::new(&code::COG_URL, "no address of a Cog container is set"))?;
    cog::Client::new(address)?.ready().await?;
    Ok("the container is ready".to_owned())
}

async fn server(address: Option<&str>) -> Result<String, Error> {
    let missing = || {
        Error::new(
            &code::OPENAI_URL,
            "no address of a server with OpenAI's speech route is set",
        )
    };
    let kind = OpenAiEngine::new(address.ok_or_else(missing)?)?.ready().await?;
    Ok(format!("the server answers; its kind is {kind}"))
}

async fn records(loqui: &Loqui) -> Result<String, Error> {
    let store = loqui.store();
    let unfinished = store.unfinished().await?.len();
    // Writes without a change: no generation has the number 0.
    store.request_cancel(GenerationId::new(0)).await?;
    Ok(format!(
        "{} is readable and writable ({unfinished} unfinished)",
        store.location()
    ))
}

/// Checks the structure of the database, and that the audio of the newest records exists.
async fn integrity(loqui: &Loqui) -> Result<String, Error> {
    loqui.database()?.check_integrity().await?;
    let (mut checked, mut missing) = (0, Vec::new());
    let samples = SampleFilter::default().with_limit(CHECKED);
    for sample in loqui.samples(&samples).await? {
        checked += 1;
        if !loqui.audio_store().exists(&sample.original).await? {
            missing.push(format!("sample {}", sample.id));
        }
    }
    let completed = Filter::default().with_status(Status::Completed).with_limit(CHECKED);
    for generation in loqui.store().generations(&completed).await? {
        let Some(speech) = &generation.speech else { continue };
        checked += 1;
        if !loqui.audio_store().exists(&speech.audio).await? {
            missing.push(format!("generation {}", generation.id));
        }
    }
    if missing.is_empty() {
        return Ok(format!(
            "the records are consistent, and have their audio ({checked} checked)"
        ));
    }
    let message = format!("the audio of {} is missing: {}", missing.len(), missing.join(", "));
    Err(Error::new(&code::STORE_CORRUPT, message)
        .with_hint("Set LOQUI_STORAGE_URL to the storage of these records, or restore a backup with audio."))
}

async fn audio(loqui: &Loqui) -> Result<String, Error> {
    let store = loqui.audio_store();
    store.check().await?;
    Ok(format!("{} is readable and writable", store.location()))
}

async fn users(loqui: &Loqui, folder: &Path) -> Result<String, Error> {
    let database = Database::open(loqui, folder).await?;
    database.check().await?;
    Ok(format!("{} has the tables of the backend", loqui.store().location()))
}

/// Checks the free space on the disk of the data directory.
#[cfg(unix)]
fn disk(folder: &Path) -> Result<String, Error> {
    let unknown = |source: rustix::io::Errno| {
        Error::new(&code::STORE_UNAVAILABLE, "the free disk space cannot be read").with_source(source)
    };
    // With Postgres and a bucket, the folder is never created.
    let existing = folder.ancestors().find(|folder| folder.exists()).unwrap_or(folder);
    let disk = rustix::fs::statvfs(existing).map_err(unknown)?;
    let free = disk.f_bavail.saturating_mul(disk.f_frsize);
    let message = format!("{} has {} MiB free", folder.display(), free >> 20);
    if free < MINIMUM_FREE {
        return Err(Error::new(&code::STORE_UNAVAILABLE, message)
            .with_hint("Free disk space, or set LOQUI_DATA_DIR to another folder."));
    }
    Ok(message)
}
