//! `loqui samples`: the recordings that are kept.

use std::path::{Path, PathBuf};

use loqui_core::store::{SampleFilter, SampleInfo, SampleRecord};
use loqui_core::{Loqui, Sample};

use super::check;
use crate::arguments::SamplesCommand;
use crate::exit::ExitCode;
use crate::failure::Failure;
use crate::{engine, output};

pub(crate) async fn run(command: SamplesCommand, data_dir: Option<PathBuf>, json: bool) -> Result<ExitCode, Failure> {
    let loqui = engine::open_existing(data_dir)?;
    match command {
        SamplesCommand::List { limit } => list(&loqui, limit, json).await?,
        SamplesCommand::Add { file, consent } => add(&loqui, &file, consent, json).await?,
        SamplesCommand::Show { id } => show(&loqui.sample(id).await?.info(), json),
        SamplesCommand::Erase { id, speech } => erase(&loqui, id, speech, json).await?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn list(loqui: &Loqui, limit: Option<u32>, json: bool) -> Result<(), Failure> {
    let mut filter = SampleFilter::default();
    filter.limit = limit;
    let samples = loqui.samples(&filter).await?;
    let infos: Vec<SampleInfo> = samples.iter().map(SampleRecord::info).collect();
    if json {
        output::json(&infos);
    } else if infos.is_empty() {
        output::print("no samples");
    } else {
        for info in &infos {
            output::print(&line(info));
        }
    }
    Ok(())
}

async fn add(loqui: &Loqui, file: &Path, consent: Option<String>, json: bool) -> Result<(), Failure> {
    let sample = Sample::open(file).await?;
    let mut adding = loqui.add_sample(&sample);
    if let Some(consent) = consent {
        adding = adding.consent(consent);
    }
    show(&adding.await?.info(), json);
    Ok(())
}

fn show(info: &SampleInfo, json: bool) {
    if json {
        return output::json(info);
    }
    output::print(&line(info));
    match &info.consent {
        Some(consent) => output::print(&format!("  consent: {} ({})", consent.statement, consent.at)),
        None => output::print("  consent: none written down"),
    }
    output::print(&check::verdict::text(&info.name, &info.report));
}

async fn erase(loqui: &Loqui, id: i64, speech: bool, json: bool) -> Result<(), Failure> {
    let erased = if speech {
        loqui.erase_sample_and_speech(id).await?
    } else {
        loqui.erase_sample(id).await?
    };
    if json {
        output::json(&erased);
        return Ok(());
    }
    output::print(&format!("sample {id} is erased"));
    for generation in &erased.generations {
        output::print(&format!("generation {generation} is erased"));
    }
    Ok(())
}

fn line(info: &SampleInfo) -> String {
    format!(
        "{:>5}  {:>5.1} s  {}  {}",
        info.sample, info.duration_seconds, info.created_at, info.name
    )
}
