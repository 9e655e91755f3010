//! `loqui batch`: many generations from one file. Run it again and it goes on where it stopped.
//!
//! A job is known again by everything that decides how it sounds (`jobs::Job::key`), under which the store keeps its
//! generation: what is finished is not made again, what was interrupted goes on, what failed is retried, and a job that
//! was changed is a new one. Nothing is written beside the store and the results.

mod jobs;
mod samples;

use std::path::{Path, PathBuf};

use futures::StreamExt as _;
use futures::stream;
use jobs::Job;
use loqui_core::error::code;
use loqui_core::ledger::{ErrorRecord, Status};
use loqui_core::speech::SpeechFormat;
use loqui_core::{Error, Generation, Loqui};
use samples::Samples;
use serde::Serialize;

use crate::arguments::BatchArguments;
use crate::exit::ExitCode;
use crate::failure::Failure;
use crate::{engine, output, script, target};

/// What became of one job, as JSON shows it.
#[derive(Serialize)]
struct Outcome<'a> {
    id: &'a str,
    generation: Option<i64>,
    status: Status,
    out: &'a str,
    error: Option<ErrorRecord>,
}

pub(crate) async fn run(arguments: BatchArguments, data_dir: Option<PathBuf>, json: bool) -> Result<ExitCode, Failure> {
    let jobs = jobs::read(&arguments.jobs).await?;
    let loqui = engine::open(&arguments.engine, arguments.cog_url.as_deref(), data_dir)?;
    let samples = Samples::of(jobs.iter().map(|job| job.sample.as_path()));
    let (loqui, samples) = (&loqui, &samples);
    let mut results = stream::iter(&jobs)
        .map(|job| async move { (job, one(loqui, samples, job).await) })
        .buffer_unordered(arguments.concurrency.get());
    let (mut done, mut failed) = (0, 0);
    loop {
        let (job, outcome) = tokio::select! {
            next = results.next() => match next {
                Some(result) => result,
                None => break,
            },
            _ = tokio::signal::ctrl_c() => return Err(interrupted(done, jobs.len())),
        };
        done += 1;
        failed += usize::from(outcome.error.is_some());
        tell(job, &outcome, json);
    }
    if failed == 0 {
        return Ok(ExitCode::SUCCESS);
    }
    output::note(&format!(
        "{failed} of {} jobs failed; run the same command again to retry them.",
        jobs.len()
    ));
    Ok(ExitCode::FAILURE)
}

/// Brings one job to its end. What goes wrong with it is its own affair: the others go on.
async fn one<'a>(loqui: &Loqui, samples: &Samples, job: &'a Job) -> Outcome<'a> {
    let (generation, error) = match begin(loqui, samples, job).await {
        Ok(generation) => (Some(generation.id()), finish(&generation, &job.out).await.err()),
        Err(error) => (None, Some(error)),
    };
    Outcome {
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

/// The generation of a job: the one it has already, opened again if it had failed, or a new one.
async fn begin(loqui: &Loqui, samples: &Samples, job: &Job) -> Result<Generation, Failure> {
    target::check(&job.out)?;
    let sample = samples.open(&job.sample).await?;
    let text = match &job.script {
        Some(text) => text.clone(),
        None => script::read(None, job.script_file.as_deref()).await?,
    };
    let key = job.key(loqui.engine(), &sample, &text)?;
    let request = loqui.submit(&sample, text).options(job.options.clone());
    let generation = match request.idempotency_key(key).await {
        // Only the limits that the environment sets have changed since: it is the same job.
        Err(error) if error.code() == code::GENERATION_KEY_REUSED.name() => {
            loqui.generation(error.generation_id().unwrap_or_default()).await?
        }
        submitted => submitted?,
    };
    if generation.status().await? == Status::Failed {
        generation.retry().await?;
    }
    Ok(generation)
}

/// Waits for the speech and puts it where the job wants it. A file that is right already is left alone.
async fn finish(generation: &Generation, out: &Path) -> Result<(), Failure> {
    let speech = generation.wait().await?;
    let file = speech.encode(SpeechFormat::of(out)?).await?;
    let written = tokio::fs::read(out).await;
    if !written.is_ok_and(|written| written.as_slice() == file.as_ref()) {
        loqui_core::speech::save(out, file).await?;
    }
    Ok(())
}

fn tell(job: &Job, outcome: &Outcome<'_>, json: bool) {
    if json {
        return output::json(outcome);
    }
    match &outcome.error {
        None => output::print(&format!("{}: {}", job.id, job.out.display())),
        Some(error) => output::print(&format!(
            "{}: error: {} [{}]\n  hint: {}",
            job.id, error.message, error.code, error.hint
        )),
    }
}

fn interrupted(done: usize, all: usize) -> Failure {
    Error::new(
        &code::GENERATION_NOT_FINISHED,
        format!("interrupted after {done} of {all} jobs"),
    )
    .with_hint("Run the same command again: it goes on without paying again for what was paid.")
    .into()
}
