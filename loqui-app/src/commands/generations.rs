//! `loqui generations`: lists, shows, continues and erases generations.

mod edit;

use loqui_core::estimate::dollars;
use loqui_core::ledger::{GenerationInfo, Status};
use loqui_core::store::Filter;
use loqui_core::{Error, Generation, GenerationId, Loqui};
use serde_json::json;

use super::{CommonFlags, speak};
use crate::code;
use crate::exit::ExitCode;
use crate::export::{Delivery, ExportFlags};
use crate::failure::Failure;
use crate::output;
use crate::target::{OutputFlags, Target};

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Action {
    /// List generations, newest first
    List {
        /// List only generations with this status: PENDING, PROCESSING, COMPLETED or FAILED
        #[arg(long)]
        status: Option<String>,
        /// Maximum number of generations to list [default: all]
        #[arg(long, value_name = "N")]
        limit: Option<u32>,
    },
    /// Show a generation and its segments; `--json` adds takes, seeds and prediction ids
    Show {
        /// ID of the generation
        id: GenerationId,
    },
    /// Wait for a generation, continue it if it was interrupted, and write its speech
    Wait {
        /// ID of the generation
        id: GenerationId,
        #[command(flatten)]
        output: OutputFlags,
        #[command(flatten)]
        export: ExportFlags,
    },
    /// Cancel a generation, here and at the provider
    Cancel {
        /// ID of the generation
        id: GenerationId,
    },
    /// Retry a failed or cancelled generation; finished segments are kept
    Retry {
        /// ID of the generation
        id: GenerationId,
        #[command(flatten)]
        output: OutputFlags,
        #[command(flatten)]
        export: ExportFlags,
    },
    /// Edit sentences of a finished generation: makes a new one, in which only what changed is spoken and paid
    Edit(edit::Arguments),
    /// Erase text, takes and speech of a generation that has ended
    Erase {
        /// ID of the generation
        id: GenerationId,
    },
}

pub(super) async fn run(action: Action, common: &CommonFlags) -> Result<ExitCode, Failure> {
    let json = common.json;
    let loqui = common.settings_for_stored_generations()?.open()?;
    match action {
        Action::List { status, limit } => list(&loqui, status.as_deref(), limit, json).await?,
        Action::Show { id } => show(&loqui, id, json).await?,
        Action::Wait { id, output, export } => wait(&loqui, id, &output, &export, json).await?,
        Action::Cancel { id } => cancel(&loqui, id, json).await?,
        Action::Retry { id, output, export } => {
            find(&loqui, id).await?.retry().await?;
            wait(&loqui, id, &output, &export, json).await?;
        }
        Action::Edit(arguments) => edit::run(&loqui, arguments, json).await?,
        Action::Erase { id } => erase(&loqui, id, json).await?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Finds a generation; the error names the command that lists all.
async fn find(loqui: &Loqui, id: GenerationId) -> Result<Generation, Error> {
    loqui.generation(id).await.map_err(|error| {
        if error.is(&code::GENERATION_NOT_FOUND) {
            error.with_hint("List all generations with `loqui generations list`.")
        } else {
            error
        }
    })
}

async fn list(loqui: &Loqui, status: Option<&str>, limit: Option<u32>, json: bool) -> Result<(), Failure> {
    let mut filter = Filter::default();
    if let Some(name) = status {
        let status = Status::by_name(&name.to_ascii_uppercase()).ok_or_else(|| {
            Failure::wrong_use(
                Error::new(&code::USAGE, format!("unknown status {name:?}"))
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

async fn show(loqui: &Loqui, id: GenerationId, json: bool) -> Result<(), Failure> {
    let generation = find(loqui, id).await?;
    if json {
        output::json(&generation.info_with_words().await?);
        return Ok(());
    }
    let info = generation.info().await?;
    output::print(&line(&info));
    for segment in &info.segments {
        let time = match (segment.start, segment.end) {
            (Some(start), Some(end)) => format!("{start:7.2} - {end:7.2} s"),
            _ => "not spoken yet".to_owned(),
        };
        let number = segment.number();
        let voice = segment
            .voice
            .as_ref()
            .map(|voice| format!("{voice}: "))
            .unwrap_or_default();
        output::print(&format!(
            "  {number:>4}  {time}  {voice}{}",
            one_line(&segment.text, 60)
        ));
        for choice in &segment.choices {
            let length = choice.duration_seconds.unwrap_or_default();
            let kept = if choice.kept { ", in the speech" } else { "" };
            output::print(&format!("        take {}: {length:.2} s{kept}", choice.take));
        }
    }
    if let Some(error) = &info.error {
        output::print(&format!(
            "  error: {} [{}]\n  hint: {}",
            error.message, error.code, error.hint
        ));
    }
    Ok(())
}

async fn wait(
    loqui: &Loqui,
    id: GenerationId,
    output: &OutputFlags,
    export: &ExportFlags,
    json: bool,
) -> Result<(), Failure> {
    let target = &check(output, export)?;
    let generation = find(loqui, id).await?;
    let mut info = speak::finish(&generation, json).await?;
    if json {
        info = generation.info_with_words().await?;
    }
    let delivery = Delivery {
        output,
        export,
        target,
        name: None,
        cover: None,
    };
    speak::report(&info, &delivery.deliver(&generation).await?, json);
    Ok(())
}

/// Checks the outputs, before anything is paid.
fn check(output: &OutputFlags, export: &ExportFlags) -> Result<Target, Failure> {
    let target = output.target(1)?;
    export.check(1, &target)?;
    if !export.only_chapters(output.is_given()) {
        target.check()?;
    }
    Ok(target)
}

async fn cancel(loqui: &Loqui, id: GenerationId, json: bool) -> Result<(), Failure> {
    let generation = find(loqui, id).await?;
    generation.cancel().await?;
    // The generation usually ends with the error `generation.cancelled`, which `show` prints.
    let _ = generation.wait().await;
    show(loqui, id, json).await
}

async fn erase(loqui: &Loqui, id: GenerationId, json: bool) -> Result<(), Failure> {
    find(loqui, id).await?.erase().await?;
    if json {
        output::json(&json!({ "sample": null, "generations": [id] }));
    } else {
        output::print(&format!("generation {id} is erased; its cost remains in the usage"));
    }
    Ok(())
}

fn line(info: &GenerationInfo) -> String {
    let length = info
        .duration_seconds
        .map(|seconds| format!(", {seconds:.1} s"))
        .unwrap_or_default();
    let cost = if info.cost_usd > 0.0 {
        format!(", {}", dollars(info.cost_usd))
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

/// Returns the beginning of a text on one line.
fn one_line(text: &str, characters: usize) -> String {
    let mut line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((end, _)) = line.char_indices().nth(characters) {
        line.truncate(end);
        line.push('…');
    }
    line
}
