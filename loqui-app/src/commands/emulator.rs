//! `loqui emulator`: Replicate's API on this machine.

use loqui_core::Error;
use loqui_core::error::code;
use loqui_emulator::{Emulator, Fault, Rule, Settings};
use serde_json::json;

use crate::arguments::EmulatorArguments;
use crate::exit::ExitCode;
use crate::failure::Failure;
use crate::output;

pub(crate) async fn run(arguments: EmulatorArguments, json: bool) -> Result<ExitCode, Failure> {
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
            Failure::wrong_use(Error::new(&code::USAGE, format!("{text:?} is not a fault")).with_source(source))
        })?);
    }
    let mut builder = Emulator::builder().addr(arguments.addr).settings(settings);
    if let Some(seed) = arguments.seed {
        builder = builder.seed(seed);
    }
    let emulator = builder.start().await.map_err(|source| match source {
        loqui_emulator::Error::Setting { .. } => {
            Failure::wrong_use(Error::new(&code::USAGE, "a setting is out of its range").with_source(source))
        }
        source => Error::new(&code::INTERNAL, format!("could not listen on {}", arguments.addr))
            .with_hint("Choose another port with --addr.")
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
        output::note("Replicate's API is emulated here until you press Ctrl-C.");
    }
    tokio::select! {
        () = emulator.wait() => {}
        _ = tokio::signal::ctrl_c() => emulator.shutdown().await,
    }
    Ok(ExitCode::SUCCESS)
}

/// Prints every fault: its name, the value it takes, where it happens and what it does.
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
