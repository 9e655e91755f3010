//! `loqui samples`: lists, adds, shows and erases samples.

use std::path::PathBuf;

use loqui_core::store::{SampleFilter, SampleInfo, SampleRecord};
use loqui_core::{Error, Loqui, Sample, SampleId};

use super::CommonFlags;
use crate::exit::ExitCode;
use crate::failure::Failure;
use crate::recording::PreparationFlags;
use crate::{code, output, recording, verdict, voices};

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Action {
    /// List samples, newest first
    List {
        /// Maximum number of samples to list [default: all]
        #[arg(long, value_name = "N")]
        limit: Option<u32>,
    },
    /// Store a recording
    Add {
        /// Recording of the voice: 5 to 30 seconds of clear speech; `-` reads it from stdin. The best of several recordings
        /// make one voice
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// Name, for `--voice`; renames a sample of the same recording [default: the name of the file]
        #[arg(long)]
        name: Option<String>,
        /// Statement of the speaker's consent, for example "I am the speaker"
        #[arg(long, value_name = "STATEMENT")]
        consent: Option<String>,
        #[command(flatten)]
        preparation: PreparationFlags,
    },
    /// Show a sample with its report
    Show {
        /// Handle, name or id of the sample
        #[arg(value_name = "NAME")]
        sample: String,
    },
    /// Erase a sample, here and at the provider
    Erase {
        /// Handle, name or id of the sample
        #[arg(value_name = "NAME")]
        sample: String,
        /// Also erase all speech that was generated with it
        #[arg(long)]
        speech: bool,
    },
}

pub(super) async fn run(action: Action, common: &CommonFlags) -> Result<ExitCode, Failure> {
    let json = common.json;
    let loqui = common.settings_for_stored_generations()?.open()?;
    match action {
        Action::List { limit } => list(&loqui, limit, json).await?,
        Action::Add {
            files,
            name,
            consent,
            preparation,
        } => {
            let sample = recording::open_all(&loqui, &files, &preparation).await?;
            add(&loqui, &sample, name, consent, json).await?;
        }
        Action::Show { sample } => show(&voices::find(&loqui, &sample).await?.info(), json),
        Action::Erase { sample, speech } => {
            let id = voices::find(&loqui, &sample).await?.id;
            erase(&loqui, id, speech, json).await?;
        }
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

async fn add(
    loqui: &Loqui,
    sample: &Sample,
    name: Option<String>,
    consent: Option<String>,
    json: bool,
) -> Result<(), Failure> {
    let name = name.map(|name| name.trim().to_owned());
    if name.as_ref().is_some_and(String::is_empty) {
        return Err(Failure::wrong_use(Error::new(&code::USAGE, "the name is empty")));
    }
    let mut adding = loqui.add_sample(sample);
    if let Some(name) = name {
        adding = adding.name(&name);
    }
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
        None => output::print("  consent: not recorded"),
    }
    output::print(&verdict::text(&info.name, &info.report));
}

async fn erase(loqui: &Loqui, id: SampleId, speech: bool, json: bool) -> Result<(), Failure> {
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
    let name = if info.handle == info.name {
        String::new()
    } else {
        format!("  {}", info.name)
    };
    format!(
        "{:>5}  {:>5.1} s  {}  {}{name}",
        info.sample, info.duration_seconds, info.created_at, info.handle
    )
}
