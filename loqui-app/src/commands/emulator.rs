//! `loqui emulator`: emulates Replicate's API on this machine.

use std::net::SocketAddr;

use loqui_core::Error;
use loqui_emulator::{Emulator, Fault, Rule, Settings};
use serde_json::json;

use crate::code;
use crate::exit::ExitCode;
use crate::failure::Failure;
use crate::{listen, output};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Address to listen on; port 0 selects a free port
    #[arg(long, default_value = "127.0.0.1:8099")]
    addr: SocketAddr,

    /// Faults to inject, comma-separated, for example `drop_after_accept` or `create_throttled:5@2*3%20` (value 5,
    /// after 2 requests, 3 times, with a probability of 20 %)
    #[arg(long, value_delimiter = ',', value_name = "FAULTS")]
    faults: Vec<String>,

    /// List all faults, and exit
    #[arg(long)]
    list_faults: bool,

    /// Seed of the ids, the token and the random decisions; the same seed repeats them
    #[arg(long, value_name = "N")]
    seed: Option<u64>,

    /// Speed of the clock: with 3600, an hour of retention takes a second
    #[arg(long, value_name = "X", default_value_t = 1.0)]
    time_scale: f64,

    /// Accept only 6 predictions per minute, as with less than 5 dollars of credit
    #[arg(long)]
    low_credit: bool,

    /// Add a deployment and its model (repeatable)
    #[arg(long, value_name = "OWNER/NAME=OWNER/MODEL")]
    deployment: Vec<String>,

    /// Use realistic queue and run times
    #[arg(long)]
    realistic: bool,
}

pub(super) async fn run(arguments: Arguments, json: bool) -> Result<ExitCode, Failure> {
    if arguments.list_faults {
        list_faults(json);
        return Ok(ExitCode::SUCCESS);
    }
    let mut settings = Settings::default();
    if arguments.realistic {
        settings = Settings::realistic();
    }
    settings.voice = true;
    settings.time_scale = arguments.time_scale;
    settings.limits.low_credit = arguments.low_credit;
    for text in &arguments.deployment {
        let (name, model) = text.split_once('=').ok_or_else(|| {
            let message = format!("{text:?} is not OWNER/NAME=OWNER/MODEL");
            Failure::wrong_use(Error::new(&code::USAGE, message))
        })?;
        settings.deployments.insert(name.to_owned(), model.to_owned());
    }
    let mut rules = Vec::new();
    for text in &arguments.faults {
        rules.push(text.parse::<Rule>().map_err(|source| {
            Failure::wrong_use(Error::new(&code::USAGE, format!("unknown fault {text:?}")).with_source(source))
        })?);
    }
    let mut builder = Emulator::builder().addr(arguments.addr).settings(settings);
    if let Some(seed) = arguments.seed {
        builder = builder.seed(seed);
    }
    let emulator = builder.start().await.map_err(|source| match source {
        loqui_emulator::Error::Setting { .. } => {
            Failure::wrong_use(Error::new(&code::USAGE, "a setting is out of range").with_source(source))
        }
        loqui_emulator::Error::Listen { address, source, .. } => {
            listen::refused(address, &source).with_source(source).into()
        }
        source => Error::new(&code::INTERNAL, "could not start the emulator")
            .with_source(source)
            .into(),
    })?;
    for rule in rules {
        emulator.faults().add(rule);
    }
    if json {
        output::json(&json!({ "base_url": emulator.base_url(), "token": emulator.token() }));
    } else {
        output::print(&format!(
            "export REPLICATE_BASE_URL={}\nexport REPLICATE_API_TOKEN={}",
            emulator.base_url(),
            emulator.token()
        ));
        output::note("Emulating Replicate's API. Press Ctrl-C to stop.");
    }
    tokio::select! {
        () = emulator.wait() => {}
        _ = tokio::signal::ctrl_c() => emulator.shutdown().await,
    }
    Ok(ExitCode::SUCCESS)
}

/// Prints all faults: name, default value, location and description.
fn list_faults(json: bool) {
    let faults = Fault::catalogue();
    if json {
        let rows: Vec<_> = faults
            .iter()
            .map(|fault| json!({ "fault": fault.name, "place": fault.place, "default": fault.default, "about": fault.about }))
            .collect();
        output::json(&json!(rows));
        return;
    }
    for fault in faults {
        let value = fault.default.map(|value| format!(":{value}")).unwrap_or_default();
        output::print(&format!(
            "{:<30} {:<9} {}",
            format!("{}{value}", fault.name),
            fault.place,
            fault.about
        ));
    }
}
