//! `loqui check`: checks whether recordings can be used.

mod files;
mod picture;

use std::path::{Path, PathBuf};

use futures::{StreamExt as _, stream};
use indicatif::{ProgressBar, ProgressStyle};
use loqui_core::Error;
use loqui_core::engine::{ModelInfo, ReplicateEngine};
use loqui_core::sample::{self, Analysis, Report};
use serde::Serialize;

use crate::code;
use crate::exit::ExitCode;
use crate::failure::Failure;
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
    if arguments.plot.is_some() && files.len() != 1 {
        let message = format!("--plot needs exactly one recording, not {}", files.len());
        return Err(Failure::wrong_use(Error::new(&code::USAGE, message)));
    }
    let plot = arguments.plot.as_deref();
    let progress = progress(files.len());
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    // Results are printed in the order of the arguments.
    let mut checks = stream::iter(&files)
        .map(|file| {
            let (model, progress) = (model.as_ref(), &progress);
            async move {
                let checked = checked(file, model, plot).await;
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
                output::print(&verdict::text(&name, &report));
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

async fn checked(file: &Path, model: Option<&ModelInfo>, plot: Option<&Path>) -> Result<Report, Failure> {
    let mut analysis: Analysis = if recording::is_stdin(file) {
        let bytes = recording::read_stdin().await?;
        let analysing = tokio::task::spawn_blocking(move || sample::analyze(&bytes));
        let ended_early = |panic| Error::new(&code::INTERNAL, "the check ended early").with_source(panic);
        analysing.await.map_err(ended_early)?
    } else {
        sample::analyze_file(file).await
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

/// A progress bar on a terminal. Elsewhere the printed reports show the progress.
fn progress(files: usize) -> ProgressBar {
    let style = ProgressStyle::with_template("{spinner} {bar:30} {pos} of {len} checked, {elapsed}");
    if output::is_quiet() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(files as u64).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    // A single recording is checked before a bar would be visible.
    bar.enable_steady_tick(std::time::Duration::from_millis(500));
    bar
}
