//! `loqui batch`: generates speech for many jobs from one file. A second run continues the first.
//!
//! The idempotency key of a job is a hash of everything that changes its sound (`jobs::Job::key`). The store finds the
//! generation of the job by this key: a finished job is not repeated, an interrupted one continues, a failed one is
//! retried, and a changed job is a new one. No other state is written.

mod jobs;
mod samples;
mod table;

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use futures::StreamExt as _;
use futures::stream;
use indicatif::{ProgressBar, ProgressStyle};
use jobs::Job;
use loqui_core::ledger::{ErrorRecord, Status};
use loqui_core::speech::SpeechFormat;
use loqui_core::{Error, Generation, GenerationId, Loqui};
use samples::Samples;
use serde::Serialize;

use super::CommonFlags;
use crate::code;
use crate::exit::ExitCode;
use crate::failure::Failure;
use crate::script::ReadAs;
use crate::settings::EngineFlags;
use crate::{output, script, target, voices};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// File of jobs: one JSON object per line, or CSV with a header line. Fields: `id`, `sample` or `voice`, `script` or
    /// `script_file`, `out`, and options of `loqui speak`. `-` reads stdin, which is the default in a pipe
    #[arg(value_name = "JOBS.jsonl", default_value = "-", hide_default_value = true)]
    jobs: PathBuf,

    /// Number of concurrent generations
    #[arg(long, default_value = "8", value_name = "N")]
    concurrency: NonZeroUsize,

    #[command(flatten)]
    engine: EngineFlags,

    /// Statement of the consent of all speakers, for example "I am the speaker"; stored with the samples. The engine pocket
    /// requires it
    #[arg(long, value_name = "STATEMENT")]
    consent: Option<String>,
}

/// The result of one job, as JSON.
#[derive(Serialize)]
struct JobResult<'a> {
    id: &'a str,
    generation: Option<GenerationId>,
    status: Status,
    out: &'a str,
    error: Option<ErrorRecord>,
}

pub(super) async fn run(arguments: Arguments, common: &CommonFlags) -> Result<ExitCode, Failure> {
    let jobs = jobs::read(&arguments.jobs).await?;
    let settings = common.settings(&arguments.engine)?;
    if let Some(notice) = settings.notice() {
        output::note(&notice);
    }
    let loqui = settings.open()?;
    let samples = Samples::of(jobs.iter().filter_map(|job| job.sample.as_deref()));
    let (loqui, samples, consent) = (&loqui, &samples, arguments.consent.as_deref());
    let mut results = stream::iter(&jobs)
        .map(|job| async move { (job, run_job(loqui, samples, consent, job).await) })
        .buffer_unordered(arguments.concurrency.get());
    let bar = progress(jobs.len());
    let (mut done, mut failed) = (0, 0);
    loop {
        let (job, result) = tokio::select! {
            next = results.next() => match next {
                Some(next) => next,
                None => break,
            },
            _ = tokio::signal::ctrl_c() => return Err(interrupted(done, jobs.len())),
        };
        done += 1;
        failed += usize::from(result.error.is_some());
        bar.suspend(|| print(job, &result, common.json));
        if failed > 0 {
            bar.set_message(format!("{failed} failed"));
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    if failed == 0 {
        return Ok(ExitCode::SUCCESS);
    }
    output::note(&format!(
        "{failed} of {} jobs failed. Run the same command again to retry them.",
        jobs.len()
    ));
    Ok(ExitCode::FAILURE)
}

/// Runs one job to its end. Its failure does not affect other jobs.
async fn run_job<'a>(loqui: &Loqui, samples: &Samples, consent: Option<&str>, job: &'a Job) -> JobResult<'a> {
    let (generation, error) = match begin(loqui, samples, consent, job).await {
        Ok(generation) => (Some(generation.id()), finish(&generation, &job.out).await.err()),
        Err(error) => (None, Some(error)),
    };
    JobResult {
        id: &job.id,
        generation,
        status: if error.is_none() {
            Status::Completed
        } else {
            Status::Failed
        },
        out: &job.given_out,
        error: error.map(|failure| ErrorRecord::from(failure.error())),
    }
}

/// Starts the generation of a job, or continues its existing one; a failed one is retried.
async fn begin(loqui: &Loqui, samples: &Samples, consent: Option<&str>, job: &Job) -> Result<Generation, Failure> {
    SpeechFormat::of(&job.out)?;
    target::check(&job.out)?;
    let mut options = job.options.clone();
    let text = if let Some(text) = &job.script {
        text.clone()
    } else {
        let read_as = ReadAs {
            format: options.text.format.clone(),
            ..ReadAs::default()
        };
        let source = script::read(None, job.script_file.as_deref(), &read_as).await?;
        source.set_format(&mut options);
        source.text
    };
    let (request, sha256) = match (&job.sample, &job.voice) {
        (Some(path), _) => {
            let sample = samples.open(loqui, path).await?;
            (loqui.submit(&sample, text.clone()), sample.sha256().to_owned())
        }
        (None, Some(voice)) => {
            let kept = voices::find(loqui, voice).await?;
            (loqui.submit_with(kept.id, text.clone()), kept.sha256)
        }
        (None, None) => (loqui.submit_script(text.clone()), String::new()),
    };
    let mut request = request.options(options);
    let mut hashes = Vec::new();
    for voice in &job.voices {
        let open = voice.source.open(loqui).await?;
        hashes.push(open.sha256().to_owned());
        request = request.voice(&voice.label, open.voice().options(voice.options.clone()));
    }
    let key = job.key(loqui.engine(), &sha256, &hashes, &text)?;
    if let Some(consent) = consent {
        request = request.consent(consent);
    }
    let generation = match request.idempotency_key(key).await {
        // The same job with other limits, which come from the environment and are not part of the key.
        Err(error) if error.is(&code::GENERATION_KEY_REUSED) => match error.generation_id() {
            Some(earlier) => loqui.generation(earlier).await?,
            None => return Err(error.into()),
        },
        submitted => submitted?,
    };
    if generation.status().await? == Status::Failed {
        generation.retry().await?;
    }
    Ok(generation)
}

/// Waits for the speech, and writes the output file unless it is already up to date.
async fn finish(generation: &Generation, out: &Path) -> Result<(), Failure> {
    let speech = generation.wait().await?;
    let file = speech.encode(SpeechFormat::of(out)?).await?;
    let written = tokio::fs::read(out).await;
    if !written.is_ok_and(|written| written.as_slice() == file.as_ref()) {
        target::write(out, file, generation.id()).await?;
    }
    Ok(())
}

fn print(job: &Job, result: &JobResult<'_>, json: bool) {
    if json {
        return output::json(result);
    }
    match &result.error {
        None => output::print(&format!("{}: {}", job.id, job.out.display())),
        Some(error) => output::print(&format!(
            "{}: error: {} [{}]\n  hint: {}",
            job.id, error.message, error.code, error.hint
        )),
    }
}

fn interrupted(done: usize, all: usize) -> Failure {
    let error = Error::new(
        &code::GENERATION_NOT_FINISHED,
        format!("interrupted after {done} of {all} jobs"),
    );
    Failure::interrupted(error.with_hint("Run the same command again to continue. Finished takes are not paid again."))
}

/// A progress bar on a terminal. Elsewhere the printed results show the progress.
fn progress(jobs: usize) -> ProgressBar {
    if output::is_quiet() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{spinner} {bar:30} {pos} of {len} jobs, {elapsed}, {eta} left {msg}");
    let bar = ProgressBar::new(jobs as u64).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.enable_steady_tick(std::time::Duration::from_millis(500));
    bar
}
