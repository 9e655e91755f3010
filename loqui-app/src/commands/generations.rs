//! `loqui generations`: what was begun, and what became of it.

use std::path::PathBuf;

use loqui_core::error::code;
use loqui_core::ledger::{GenerationInfo, Status};
use loqui_core::store::Filter;
use loqui_core::{Error, Loqui};
use serde_json::json;

use super::speak;
use crate::arguments::GenerationsCommand;
use crate::exit::ExitCode;
use crate::failure::Failure;
use crate::{engine, output, target};

pub(crate) async fn run(
    command: GenerationsCommand,
    data_dir: Option<PathBuf>,
    json: bool,
) -> Result<ExitCode, Failure> {
    let loqui = engine::open_existing(data_dir)?;
    match command {
        GenerationsCommand::List { status, limit } => list(&loqui, status.as_deref(), limit, json).await?,
        GenerationsCommand::Show { id } => show(&loqui, id, json).await?,
        GenerationsCommand::Wait { id, output } => wait(&loqui, id, output, json).await?,
        GenerationsCommand::Cancel { id } => cancel(&loqui, id, json).await?,
        GenerationsCommand::Retry { id, output } => {
            loqui.generation(id).await?.retry().await?;
            wait(&loqui, id, output, json).await?;
        }
        GenerationsCommand::Erase { id } => erase(&loqui, id, json).await?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn list(loqui: &Loqui, status: Option<&str>, limit: Option<u32>, json: bool) -> Result<(), Failure> {
    let mut filter = Filter::default();
    if let Some(name) = status {
        let status = Status::by_name(&name.to_ascii_uppercase()).ok_or_else(|| {
            Failure::wrong_use(
                Error::new(&code::USAGE, format!("there is no status {name:?}"))
                    .with_hint("Use PENDING, PROCESSING, COMPLETED or FAILED."),
            )
        })?;
        filter = filter.with_status(status);
    }
    if let Some(limit) = limit {
        filter = filter.with_limit(limit);
    }
    let mut infos = Vec::new();
    for generation in loqui.generations(&filter).await? {
        infos.push(generation.info().await?);
    }
    if json {
        output::json(&infos);
    } else if infos.is_empty() {
        output::print("no generations");
    } else {
        for info in &infos {
            output::print(&line(info));
        }
    }
    Ok(())
}

async fn show(loqui: &Loqui, id: i64, json: bool) -> Result<(), Failure> {
    let info = loqui.generation(id).await?.info().await?;
    if json {
        output::json(&info);
        return Ok(());
    }
    output::print(&line(&info));
    for segment in &info.segments {
        let time = match (segment.start, segment.end) {
            (Some(start), Some(end)) => format!("{start:7.2} - {end:7.2} s"),
            _ => "not spoken yet".to_owned(),
        };
        output::print(&format!(
            "  {:>4}  {time}  {}",
            segment.index,
            one_line(&segment.text, 60)
        ));
    }
    if let Some(error) = &info.error {
        output::print(&format!(
            "  error: {} [{}]\n  hint: {}",
            error.message, error.code, error.hint
        ));
    }
    Ok(())
}

async fn wait(loqui: &Loqui, id: i64, output: Option<PathBuf>, json: bool) -> Result<(), Failure> {
    let path = target::of(output, id);
    target::check(&path)?;
    let generation = loqui.generation(id).await?;
    let info = speak::finish(&generation, json).await?;
    generation.save(&path).await?;
    speak::report(&info, &path, json);
    Ok(())
}

async fn cancel(loqui: &Loqui, id: i64, json: bool) -> Result<(), Failure> {
    let generation = loqui.generation(id).await?;
    generation.cancel().await?;
    // Whatever it ends with is shown below; an error here is the cancellation itself.
    let _ = generation.wait().await;
    show(loqui, id, json).await
}

async fn erase(loqui: &Loqui, id: i64, json: bool) -> Result<(), Failure> {
    loqui.generation(id).await?.erase().await?;
    if json {
        output::json(&json!({ "sample": null, "generations": [id] }));
    } else {
        output::print(&format!(
            "generation {id} is erased; what was spent on it stays in the books"
        ));
    }
    Ok(())
}

fn line(info: &GenerationInfo) -> String {
    let length = info
        .duration_seconds
        .map(|seconds| format!(", {seconds:.1} s"))
        .unwrap_or_default();
    let cost = if info.cost_usd > 0.0 {
        format!(", ${:.4}", info.cost_usd)
    } else {
        String::new()
    };
    let text = info
        .segments
        .first()
        .map(|segment| one_line(&segment.text, 40))
        .unwrap_or_default();
    format!(
        "{:>5}  {:<10} {:>3} %  {}{length}{cost}  {text}",
        info.generation, info.status, info.progress, info.engine
    )
}

/// The beginning of a text on one line.
fn one_line(text: &str, characters: usize) -> String {
    let mut line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((end, _)) = line.char_indices().nth(characters) {
        line.truncate(end);
        line.push('…');
    }
    line
}
