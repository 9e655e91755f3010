//! `loqui usage`: shows what was spent.

use loqui_core::estimate::dollars;
use loqui_core::store::{Date, UsageFilter};
use loqui_core::{Error, Usage};

use super::CommonFlags;
use crate::code;
use crate::exit::ExitCode;
use crate::failure::Failure;
use crate::output;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// First day, as YYYY-MM-DD in UTC
    #[arg(long, value_name = "DAY")]
    since: Option<String>,

    /// Last day, as YYYY-MM-DD in UTC
    #[arg(long, value_name = "DAY")]
    until: Option<String>,
}

pub(super) async fn run(arguments: &Arguments, common: &CommonFlags) -> Result<ExitCode, Failure> {
    let mut filter = UsageFilter::default();
    filter.since = arguments.since.as_deref().map(day).transpose()?;
    filter.until = arguments.until.as_deref().map(day).transpose()?;
    let loqui = common.settings_for_stored_generations()?.open()?;
    let usage = loqui.usage_of(&filter).await?;
    if common.json {
        output::json(&usage);
    } else {
        print(&usage);
    }
    Ok(ExitCode::SUCCESS)
}

fn day(text: &str) -> Result<Date, Failure> {
    text.parse().map_err(|source| {
        Failure::wrong_use(
            Error::new(&code::USAGE, format!("invalid day {text:?}"))
                .with_hint("Write days as YYYY-MM-DD.")
                .with_source(source),
        )
    })
}

fn print(usage: &Usage) {
    let row = |name: &str, usd: f64, takes: i64, characters: i64| {
        output::print(&format!(
            "{name:<40} {:>10}  {:>12}  {:>20}",
            dollars(usd),
            output::counted(takes, "take"),
            output::counted(characters, "character"),
        ));
    };
    for day in &usage.by_day {
        row(&day.day.to_string(), day.total_usd, day.takes, day.characters);
    }
    for model in &usage.by_model {
        let name = format!("{}: {}", model.engine, model.model);
        row(&name, model.total_usd, model.takes, model.characters);
    }
    row("total", usage.total_usd, usage.takes, usage.characters);
    if usage.reserved_usd > 0.0 {
        output::print(&format!(
            "{} is reserved for running takes",
            dollars(usage.reserved_usd)
        ));
    }
}
