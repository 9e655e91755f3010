//! `loqui usage`: what was spent.

use std::path::PathBuf;

use loqui_core::error::code;
use loqui_core::store::{Date, UsageFilter};
use loqui_core::{Error, Usage};

use crate::arguments::UsageArguments;
use crate::exit::ExitCode;
use crate::failure::Failure;
use crate::{engine, output};

pub(crate) async fn run(arguments: UsageArguments, data_dir: Option<PathBuf>, json: bool) -> Result<ExitCode, Failure> {
    let mut filter = UsageFilter::default();
    filter.since = arguments.since.as_deref().map(day).transpose()?;
    filter.until = arguments.until.as_deref().map(day).transpose()?;
    let usage = engine::open_existing(data_dir)?.usage_of(&filter).await?;
    if json {
        output::json(&usage);
    } else {
        print(&usage);
    }
    Ok(ExitCode::SUCCESS)
}

fn day(text: &str) -> Result<Date, Failure> {
    text.parse().map_err(|source| {
        Failure::wrong_use(
            Error::new(&code::USAGE, format!("{text:?} is not a day"))
                .with_hint("Write days as YYYY-MM-DD.")
                .with_source(source),
        )
    })
}

fn print(usage: &Usage) {
    let row = |name: &str, usd: f64, takes: i64, characters: i64| {
        output::print(&format!(
            "{name:<40} ${usd:>9.4}  {takes:>6} takes  {characters:>9} characters"
        ));
    };
    for day in &usage.by_day {
        row(&day.day.to_string(), day.total_usd, day.takes, day.characters);
    }
    for model in &usage.by_model {
        let name = format!("{}: {}", model.engine, model.model);
        row(&name, model.total_usd, model.takes, model.characters);
    }
    row("all", usage.total_usd, usage.takes, usage.characters);
    if usage.reserved_usd > 0.0 {
        output::print(&format!(
            "${:.4} more is set aside for takes that are under way",
            usage.reserved_usd
        ));
    }
}
