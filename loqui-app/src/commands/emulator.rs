//! `loqui emulator`: Replicate's API on this machine.

use std::process::ExitCode;

use loqui_core::Error;
use loqui_core::error::code;
use loqui_emulator::{Emulator, Rule, Settings};
use serde_json::json;

use crate::arguments::EmulatorArguments;
use crate::failure::Failure;
use crate::output;

pub(crate) async fn run(arguments: EmulatorArguments, json: bool) -> Result<ExitCode, Failure> {
    let mut settings = Settings::default();
    if arguments.realistic {
        settings = Settings::realistic();
    }
    settings.voice = true;
    let mut rules = Vec::new();
    for text in &arguments.faults {
        rules.push(text.parse::<Rule>().map_err(|source| {
            Failure::wrong_use(Error::new(&code::USAGE, format!("{text:?} is not a fault")).with_source(source))
        })?);
    }
    let emulator = Emulator::builder()
        .addr(arguments.addr)
        .settings(settings)
        .start()
        .await
        .map_err(|source| {
            Error::new(&code::INTERNAL, format!("could not listen on {}", arguments.addr))
                .with_hint("Choose another port with --addr.")
                .with_source(source)
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
