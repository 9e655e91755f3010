//! Response bodies and lookups that several groups of routes share.

use axum::http::StatusCode;
use loqui_core::ledger::{ErrorRecord, GenerationRecord, Status};
use loqui_core::{Generation, GenerationId};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::api_error::ApiError;
use super::database::shown;
use super::jobs::Job;
use super::state::App;
use super::uploads::Upload;
use crate::code;

/// A recording.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SampleAnswer {
    /// The id of the recording.
    pub(crate) sample_id: i64,
    /// The id of the user.
    user_id: i64,
    /// The name of the recording.
    #[schema(example = "My Voice")]
    sample_name: String,
    /// A name for other programs: made from the name of the recording, and unique for the user.
    #[schema(example = "my-voice")]
    handle: String,
    /// The original name of the file.
    file_name: String,
    /// The path of the file.
    file_path: String,
    /// The size, in bytes.
    file_size: i64,
    /// The duration, in seconds.
    duration_seconds: f64,
    /// `uploaded` or `recorded`.
    upload_type: String,
    /// When it was uploaded.
    uploaded_at: String,
    /// The report on the recording, as `loqui check --json` prints it.
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
            handle: upload.handle,
            file_name: upload.file_name,
            file_size: upload.bytes,
            duration_seconds: upload.seconds,
            upload_type: upload.kind,
            uploaded_at: shown(upload.uploaded_at),
            report: serde_json::from_str(&upload.report).unwrap_or_else(|_| json!({})),
        }
    }
}

/// A generation.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct GenerationAnswer {
    /// The id of the generation.
    pub(crate) audio_id: i64,
    /// The id of the user.
    user_id: i64,
    /// The id of the recording.
    sample_id: i64,
    /// The title.
    model_name: String,
    /// The script.
    script_text: String,
    /// `PENDING`, `PROCESSING`, `COMPLETED` or `FAILED`.
    #[schema(value_type = String, example = "PENDING")]
    status: Status,
    /// The progress, 0 to 100.
    progress: u8,
    /// When it was submitted.
    generated_at: String,
    /// When it ended.
    completed_at: Option<String>,
    /// The path of the speech, once complete.
    output_file_path: Option<String>,
    /// The duration of the speech, in seconds, once complete.
    duration_seconds: Option<f64>,
    /// The size of the speech, in bytes, once complete.
    file_size: Option<i64>,
    /// The engine: `replicate`, `pocket`, `cog` or `offline`.
    engine: String,
    /// The full name of the model.
    model: String,
    /// Warnings about the recording and the text.
    #[schema(value_type = Vec<Object>)]
    warnings: Value,
    /// Why it failed.
    #[schema(value_type = Option<Object>)]
    error: Option<ErrorRecord>,
}

impl GenerationAnswer {
    /// Combines a job with the library's record.
    pub(crate) fn new(job: &Job, record: GenerationRecord) -> Self {
        let done = record.status == Status::Completed;
        Self {
            audio_id: job.generation.get(),
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

    /// Reads the generation of a job.
    pub(crate) async fn read(app: &App, mut job: Job) -> Result<Self, ApiError> {
        let generation = app.library.loqui.generation(job.generation).await?;
        let record = generation.record().await?;
        if record.status == Status::Completed && job.bytes.is_none() {
            // The generation has just ended, or ended in another process, so that the size is not recorded yet.
            job.bytes = Some(app.records.jobs.measure(&generation).await?);
        }
        Ok(Self::new(&job, record))
    }
}

/// Returns a generation of a user (S201).
///
/// # Errors
///
/// `generation.not_found`.
pub(crate) async fn own_generation(
    app: &App,
    account: i64,
    id: impl Into<GenerationId>,
) -> Result<(Job, Generation), ApiError> {
    let id = id.into();
    // Frontends compare this message.
    let missing = || {
        ApiError::new(
            StatusCode::NOT_FOUND,
            &code::GENERATION_NOT_FOUND,
            "Generated audio not found",
        )
    };
    let job = app.records.jobs.of(account, id).await?.ok_or_else(missing)?;
    match app.library.loqui.generation(id).await {
        Ok(generation) => Ok((job, generation)),
        Err(error) if error.is(&code::GENERATION_NOT_FOUND) => Err(missing()),
        Err(error) => Err(error.into()),
    }
}

/// Returns an upload of a user (S200). `message` is the message of the error.
///
/// # Errors
///
/// `sample.not_found`.
pub(crate) async fn own_upload(app: &App, account: i64, id: i64, message: &str) -> Result<Upload, ApiError> {
    let upload = app.records.uploads.of(account, id).await?;
    upload.ok_or_else(|| ApiError::new(StatusCode::NOT_FOUND, &code::SAMPLE_NOT_FOUND, message))
}
