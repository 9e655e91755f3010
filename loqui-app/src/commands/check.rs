//! `loqui check`: checks whether recordings can be used.

mod files;
mod picture;
mod speakers;

use std::path::{Path, PathBuf};

use futures::{StreamExt as _, stream};
use indicatif::{ProgressBar, ProgressStyle};
use loqui_core::Error;
use loqui_core::engine::{ModelInfo, ReplicateEngine};
use loqui_core::sample::{self, Analysis, Report};
use serde::Serialize;

use super::clean;
use crate::code;
use crate::exit::ExitCode;
use crate::failure::Failure;
use crate::recording::PreparationFlags;
use crate::{output, recording, verdict};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Recordings or folders of recordings; `-` reads one recording from stdin
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,

    /// Also check the requirements of this model, for example `chatterbox-turbo`
    #[arg(long)]
    model: Option<String>,

    /// Draw one recording: waveform, speech, clipping, and the part that the model uses
    #[arg(long, value_name = "OUT.png")]
    plot: Option<PathBuf>,

    /// Write a preview of each speaker of one recording into this folder, and list their parts
    #[arg(long, value_name = "FOLDER")]
    speakers: Option<PathBuf>,

    #[command(flatten)]
    preparation: PreparationFlags,
}

/// A report with the name of its file, as JSON.
#[derive(Serialize)]
struct FileReport<'a> {
    file: String,
    #[serde(flatten)]
    report: &'a Report,
}

pub(super) async fn run(arguments: Arguments, json: bool) -> Result<ExitCode, Failure> {
    let model = arguments
        .model
        .as_deref()
        .map(|name| ReplicateEngine::model_info(Some(name)));
    let model = model.transpose()?;
    let files = files::listed(arguments.files)?;
    for (flag, path) in [("--plot", &arguments.plot), ("--speakers", &arguments.speakers)] {
        if path.is_some() && files.len() != 1 {
            let message = format!("{flag} needs exactly one recording, not {}", files.len());
            return Err(Failure::wrong_use(Error::new(&code::USAGE, message)));
        }
    }
    let (plot, flags) = (arguments.plot.as_deref(), &arguments.preparation);
    if let Some(folder) = &arguments.speakers {
        return speakers::run(&files[0], folder, json).await;
    }
    let progress = progress(files.len());
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    // Results are printed in the order of the arguments.
    let mut checks = stream::iter(&files)
        .map(|file| {
            let (model, progress) = (model.as_ref(), &progress);
            async move {
                let checked = checked(file, model, plot, flags, progress).await;
                progress.inc(1);
                (file, checked)
            }
        })
        .buffered(cores);
    let mut all_usable = true;
    while let Some((file, report)) = checks.next().await {
        let report = report?;
        all_usable &= report.usable;
        let name = file.display().to_string();
        progress.suspend(|| {
            if json {
                output::json(&FileReport {
                    file: name,
                    report: &report,
                });
            } else {
                let offer = clean::offer(&name, &report).unwrap_or_default();
                output::print(&format!("{}{offer}", verdict::text(&name, &report)));
            }
        });
    }
    progress.finish_and_clear();
    Ok(if all_usable {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

async fn checked(
    file: &Path,
    model: Option<&ModelInfo>,
    plot: Option<&Path>,
    flags: &PreparationFlags,
    progress: &ProgressBar,
) -> Result<Report, Failure> {
    let mut analysis: Analysis = if !flags.is_empty() {
        prepared(file, flags).await?
    } else if recording::is_stdin(file) {
        let bytes = recording::read_stdin().await?;
        let analysing = tokio::task::spawn_blocking(move || sample::analyze(&bytes));
        let ended_early = |panic| Error::new(&code::INTERNAL, "the check ended early").with_source(panic);
        analysing.await.map_err(ended_early)?
    } else {
        let progress = progress.clone();
        let read = move |seconds: f64| progress.set_message(format!(", {:.0} min read", seconds / 60.0));
        sample::analyze_file_with_progress(file, read).await
    };
    if let Some(model) = model {
        analysis.report = analysis.report.for_model(&model.reference_limits());
    }
    if let Some(path) = plot {
        let title = file.file_name().unwrap_or(file.as_os_str()).to_string_lossy();
        picture::save(&analysis, &title, path).await?;
    }
    Ok(analysis.report)
}

/// Analyzes a recording after its preparation.
async fn prepared(file: &Path, flags: &PreparationFlags) -> Result<Analysis, Failure> {
    let sample = recording::prepared(file, flags).await?;
    let bytes = sample.original().clone();
    let analysing = tokio::task::spawn_blocking(move || sample::analyze(&bytes)).await;
    let ended_early = |panic| Error::new(&code::INTERNAL, "the check ended early").with_source(panic);
    let mut analysis = analysing.map_err(ended_early)?;
    analysis.report = sample.report().clone();
    Ok(analysis)
}

/// A progress bar on a terminal. Elsewhere the printed reports show the progress.
fn progress(files: usize) -> ProgressBar {
    let style = ProgressStyle::with_template("{spinner} {bar:30} {pos} of {len} checked, {elapsed}{msg}");
    if output::is_quiet() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(files as u64).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    // A single recording is checked before a bar would be visible.
    bar.enable_steady_tick(std::time::Duration::from_millis(500));
    bar
}
