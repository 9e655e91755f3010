//! Which engine speaks. A failure never swaps engines; a choice by default is said aloud.

use std::path::PathBuf;

use directories::ProjectDirs;
use loqui_core::error::code;
use loqui_core::speech::verify::Checks;
use loqui_core::{Error, Loqui, LoquiBuilder};

use crate::failure::Failure;
use crate::output;
use crate::serve::ServeSettings;

/// What is said when the offline voice speaks.
const OFFLINE_NOTICE: &str = "the offline voice: an English voice matched to the sample in pitch, formants and tone, not the voice of the sample";

/// Opens the library for an engine of that name, or `auto`.
pub(crate) fn open(engine: &str, cog_url: Option<&str>, data_dir: Option<PathBuf>) -> Result<Loqui, Failure> {
    let mut builder = with_data_dir(data_dir)?;
    if let Some(address) = cog_url {
        builder = builder.cog_url(address);
    }
    match engine {
        "auto" if builder.has_token() => Ok(builder.engine_named("replicate").build()?),
        "auto" => {
            output::note(&format!(
                "No REPLICATE_API_TOKEN is set: speaking with {OFFLINE_NOTICE}."
            ));
            Ok(builder.engine_named("offline").build()?)
        }
        "offline" => {
            output::note(&format!("Speaking with {OFFLINE_NOTICE}."));
            Ok(builder.engine_named("offline").build()?)
        }
        known @ ("replicate" | "cog") => Ok(builder.engine_named(known).build()?),
        other => Err(unknown(other)),
    }
}

/// Opens the library for generations that are there already: whichever engine began them goes on.
pub(crate) fn open_existing(data_dir: Option<PathBuf>) -> Result<Loqui, Failure> {
    Ok(existing(data_dir)?.build()?)
}

/// The same before it is built.
pub(crate) fn existing(data_dir: Option<PathBuf>) -> Result<LoquiBuilder, Failure> {
    let builder = with_data_dir(data_dir)?;
    let engine = if builder.has_token() { "replicate" } else { "offline" };
    Ok(builder.engine_named(engine))
}

/// Opens the library for the server, which has said itself what speaks.
pub(crate) fn open_for_server(settings: &ServeSettings) -> Result<Loqui, Failure> {
    let mut builder = LoquiBuilder::from_env()
        .data_dir(&settings.data_dir)
        .leave_to_workers(settings.leave_to_workers);
    if let Some(address) = &settings.database_url {
        builder = builder.database_url(address);
    }
    if let Some(address) = &settings.storage_url {
        builder = builder.storage_url(address);
    }
    if let Some(token) = &settings.token {
        builder = builder.token(token);
    }
    let engine = match settings.engine.as_str() {
        "auto" if builder.has_token() => "replicate",
        "auto" => "offline",
        known @ ("offline" | "replicate" | "cog") => known,
        other => return Err(unknown(other)),
    };
    Ok(builder.engine_named(engine).build()?)
}

fn unknown(engine: &str) -> Failure {
    Failure::wrong_use(Error::new(
        &code::ENGINE_UNKNOWN,
        format!("there is no engine named {engine:?}"),
    ))
}

fn with_data_dir(folder: Option<PathBuf>) -> Result<LoquiBuilder, Failure> {
    Ok(LoquiBuilder::from_env()
        .data_dir(data_dir(folder)?)
        // One person waits for one voice here: the time is well spent.
        .checks(Checks::default().with_similarity(true)))
}

/// The folder that was named, or the platform's.
pub(crate) fn data_dir(folder: Option<PathBuf>) -> Result<PathBuf, Failure> {
    folder
        .or_else(|| ProjectDirs::from("", "", "loqui").map(|dirs| dirs.data_dir().to_owned()))
        .ok_or_else(|| {
            Error::new(
                &code::STORE_UNAVAILABLE,
                "this machine has no home directory to keep data in",
            )
            .into()
        })
}
