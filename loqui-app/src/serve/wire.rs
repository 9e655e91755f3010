//! The shapes of answers that several groups of routes give.

use axum::http::StatusCode;
use loqui_core::Generation;
use loqui_core::error::code;
use loqui_core::ledger::{ErrorRecord, GenerationRecord, Status};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::database::shown;
use super::jobs::Job;
use super::refusal::Refusal;
use super::state::App;
use super::uploads::Upload;

/// A recording (S18-S24, A2).
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SampleAnswer {
    /// Its number.
    pub(crate) sample_id: i64,
    /// Whose it is.
    user_id: i64,
    /// What people call it.
    #[schema(example = "My Voice")]
    sample_name: String,
    /// How the file was called where it came from.
    file_name: String,
    /// Where it is kept.
    file_path: String,
    /// Its size, in bytes.
    file_size: i64,
    /// Its length, in seconds.
    duration_seconds: f64,
    /// `uploaded` or `recorded`.
    upload_type: String,
    /// When it came.
    uploaded_at: String,
    /// What was found out about it, as `loqui check --json` prints it.
    #[schema(value_type = Object)]
    report: Value,
}

impl From<Upload> for SampleAnswer {
    fn from(upload: Upload) -> Self {
        Self {
            sample_id: upload.id,
            user_id: upload.account,
            file_path: upload.path(),
            sample_name: upload.name,
            file_name: upload.file_name,
            file_size: upload.bytes,
            duration_seconds: upload.seconds,
            upload_type: upload.kind,
            uploaded_at: shown(upload.uploaded_at),
            report: serde_json::from_str(&upload.report).unwrap_or_else(|_| json!({})),
        }
    }
}

/// A generation (S37-S45, A3), with what else is known of it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct GenerationAnswer {
    /// Its number.
    pub(crate) audio_id: i64,
    /// Whose it is.
    user_id: i64,
    /// The recording it speaks with.
    sample_id: i64,
    /// What people call it.
    model_name: String,
    /// The whole text.
    script_text: String,
    /// `PENDING`, `PROCESSING`, `COMPLETED` or `FAILED`.
    #[schema(value_type = String, example = "PENDING")]
    status: Status,
    /// How much is done, 0 to 100.
    progress: u8,
    /// When it was asked for.
    generated_at: String,
    /// When it ended.
    completed_at: Option<String>,
    /// Where the speech is kept, once it is there.
    output_file_path: Option<String>,
    /// How long the speech is, in seconds, once it is there.
    duration_seconds: Option<f64>,
    /// The size of the speech, in bytes, once it is there.
    file_size: Option<i64>,
    /// Who speaks: `replicate`, `cog` or `offline`.
    engine: String,
    /// The model's full name.
    model: String,
    /// What was noticed about recording and text.
    #[schema(value_type = Vec<Object>)]
    warnings: Value,
    /// Why it failed.
    #[schema(value_type = Option<Object>)]
    error: Option<ErrorRecord>,
}

impl GenerationAnswer {
    /// Puts together what library and backend know.
    pub(crate) fn new(job: &Job, record: GenerationRecord) -> Self {
        let done = record.status == Status::Completed;
        Self {
            audio_id: job.generation,
            user_id: job.account,
            sample_id: job.upload,
            model_name: job.title.clone(),
            script_text: record.script,
            status: record.status,
            progress: record.progress,
            generated_at: shown(record.created_at.as_microsecond()),
            completed_at: record.completed_at.map(|at| shown(at.as_microsecond())),
            output_file_path: done.then(|| job.path()),
            duration_seconds: record.speech.map(|speech| speech.seconds),
            file_size: job.bytes.filter(|_| done),
            engine: record.engine,
            model: record.model,
            warnings: json!(record.warnings),
            error: record.error,
        }
    }

    /// Reads what is written down of a user's generation.
    pub(crate) async fn read(app: &App, mut job: Job) -> Result<Self, Refusal> {
        let generation = app.loqui().generation(job.generation).await?;
        let record = generation.record().await?;
        if record.status == Status::Completed && job.bytes.is_none() {
            // It has ended so lately, or in another process, that nobody has noted the size yet.
            job.bytes = Some(app.jobs().measure(&generation).await?);
        }
        Ok(Self::new(&job, record))
    }
}

/// The generation of that number, if it is this user's (S201).
///
/// # Errors
///
/// `generation.not_found`.
pub(crate) async fn own_generation(app: &App, account: i64, id: i64) -> Result<(Job, Generation), Refusal> {
    // Front ends know this sentence (A18).
    let missing = || {
        Refusal::new(
            StatusCode::NOT_FOUND,
            &code::GENERATION_NOT_FOUND,
            "Generated audio not found",
        )
    };
    let job = app.jobs().of(account, id).await?.ok_or_else(missing)?;
    match app.loqui().generation(id).await {
        Ok(generation) => Ok((job, generation)),
        Err(error) if error.code() == code::GENERATION_NOT_FOUND.name() => Err(missing()),
        Err(error) => Err(error.into()),
    }
}

/// The recording of that number, if it is this user's (S200); `sentence` is what is said otherwise.
///
/// # Errors
///
/// `sample.not_found`.
pub(crate) async fn own_upload(app: &App, account: i64, id: i64, sentence: &str) -> Result<Upload, Refusal> {
    let upload = app.uploads().of(account, id).await?;
    upload.ok_or_else(|| Refusal::new(StatusCode::NOT_FOUND, &code::SAMPLE_NOT_FOUND, sentence))
}
