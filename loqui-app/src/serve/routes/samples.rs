//! Recordings: upload, list, show and delete.

use std::io::{Seek as _, Write as _};

use axum::Json;
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{DefaultBodyLimit, FromRequest as _, Multipart, Request, State};
use axum::http::StatusCode;
use bytes::Bytes;
use futures::FutureExt as _;
use loqui_core::sample::Preparation;
use loqui_core::{Error, Sample};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::code;
use crate::serve::api_error::{ApiError, ErrorBody, FieldProblem};
use crate::serve::auth::User;
use crate::serve::body::Id;
use crate::serve::database::lock_account;
use crate::serve::erasures::Erasure;
use crate::serve::state::App;
use crate::serve::uploads::{NewUpload, Upload};
use crate::serve::wire::{SampleAnswer, own_upload};
use crate::serve::{jobs, uploads};

/// The message for a recording that does not exist or belongs to another user. Frontends compare it.
const NOT_FOUND: &str = "Sample not found";
/// The error for a recording that does not exist or belongs to another user.
pub(super) fn not_found() -> ApiError {
    ApiError::new(StatusCode::NOT_FOUND, &code::SAMPLE_NOT_FOUND, NOT_FOUND)
}

/// The size of the other form fields and of the multipart syntax, in bytes.
const FORM_OVERHEAD: u64 = 64 << 10;
/// The maximum number of recordings of a voice.
pub(super) const MAX_FILES: usize = 25;
/// The maximum size of a form field other than the recording, in bytes.
const MAX_FIELD_BYTES: usize = 4 << 10;

pub(super) fn routes(max_upload_bytes: u64) -> OpenApiRouter<App> {
    let limit = usize::try_from(max_upload_bytes.saturating_add(FORM_OVERHEAD)).unwrap_or(usize::MAX);
    let uploads = OpenApiRouter::new()
        .routes(routes!(upload))
        .layer(DefaultBodyLimit::max(limit));
    OpenApiRouter::new()
        .merge(uploads)
        .routes(routes!(list))
        .routes(routes!(list_plain))
        .routes(routes!(show, remove))
}

/// The form of an upload.
#[derive(ToSchema)]
#[expect(dead_code, reason = "documents what `Recording` reads")]
struct UploadForm {
    /// The name of the recording, 1 to 100 characters.
    #[schema(min_length = 1, max_length = 100)]
    sample_name: String,
    /// `uploaded` or `recorded`.
    #[schema(example = "uploaded")]
    upload_type: Option<String>,
    /// The statement of the speaker's consent, for instance `I am the speaker`. Some servers require it.
    consent: Option<String>,
    /// Whether the recording is cleaned: noise, hum, rumble, clipped peaks, silence, level. The report says what was done.
    clean: Option<bool>,
    /// The number of the speaker whose speech is used, from 1 in the order in which they start to speak.
    #[schema(minimum = 1)]
    speaker: Option<u32>,
    /// The recording: WAV, MP3, FLAC, Ogg or M4A, detected from the content. The best of several recordings make one voice.
    #[schema(value_type = String, format = Binary, content_media_type = "application/octet-stream")]
    file: Vec<u8>,
}

/// The recordings of a user.
#[derive(Debug, Serialize, ToSchema)]
struct SamplesAnswer {
    /// The recordings, newest first.
    samples: Vec<SampleAnswer>,
    /// The number of recordings.
    total: usize,
}

/// Upload a recording of a voice. It is checked at once. An unusable recording is refused with a report.
#[utoipa::path(post, path = "/api/samples/upload", tag = "samples", security(("bearer" = [])),
    request_body(content = UploadForm, content_type = "multipart/form-data"),
    responses((status = 201, body = SampleAnswer), (status = "4XX", body = ErrorBody)))]
async fn upload(
    State(app): State<App>,
    user: User,
    request: Request,
) -> Result<(StatusCode, Json<SampleAnswer>), ApiError> {
    let answer = receive(&app, &user, request).await;
    let outcome = answer
        .as_ref()
        .map_or_else(|error| error.error().code(), |_| "accepted");
    app.metrics.uploaded(outcome);
    Ok((StatusCode::CREATED, Json(answer?.into())))
}

async fn receive(app: &App, user: &User, request: Request) -> Result<Upload, ApiError> {
    check_quota(app, user).await?;
    let form = Recording::read(request, app.settings.max_upload_bytes).await?;
    keep(app, user, form).await
}

/// Checks that the recordings of a user have not reached the maximum size.
pub(super) async fn check_quota(app: &App, user: &User) -> Result<(), ApiError> {
    let (_, kept) = app.records.uploads.totals(user.id()).await?;
    uploads::check_limit(kept, app.settings.max_storage_bytes)?;
    Ok(())
}

/// Checks and stores a recording.
pub(super) async fn keep(app: &App, user: &User, form: Recording) -> Result<Upload, ApiError> {
    let bytes = form.files.iter().map(|(_, bytes)| bytes.len()).sum();
    let file_name = form.files.first().map(|(name, _)| name.clone()).unwrap_or_default();
    let (sample, format) = check(app, form.files, form.preparation).await?;
    let sample = sample.with_name(&form.name);
    let file = format!("{}.{}", uuid::Uuid::new_v4(), extension(&format));
    let report = serde_json::to_string(sample.report())
        .map_err(|source| Error::new(&code::INTERNAL, "a report could not be written as JSON").with_source(source))?;
    let upload = NewUpload {
        account: user.id(),
        name: form.name,
        kind: form.kind,
        file: file.clone(),
        file_name,
        bytes,
        seconds: sample.duration().as_secs_f64(),
        report,
        max_storage_bytes: app.settings.max_storage_bytes,
    };
    app.library
        .voices
        .keep(&user.account, &sample, form.consent, upload)
        .await
        .map_err(without_consent)?;
    own_file(app, user.id(), &file).await
}

/// Returns the upload that was just recorded.
async fn own_file(app: &App, account: i64, file: &str) -> Result<Upload, ApiError> {
    let upload = app.records.uploads.by_file(account, file).await?;
    upload.ok_or_else(|| ApiError::new(StatusCode::NOT_FOUND, &code::SAMPLE_NOT_FOUND, NOT_FOUND))
}

/// Names the missing field in the error.
fn without_consent(error: Error) -> ApiError {
    if !error.is(&code::SAMPLE_NO_CONSENT) {
        return error.into();
    }
    let message = "consent: this server requires a statement of the speaker's consent, for instance `I am the speaker`";
    ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, &code::SAMPLE_NO_CONSENT, message)
}

/// Decodes, checks and prepares the recordings of a voice. The error for an unusable one contains its report. Returns the
/// sample with the format of the file that is kept.
async fn check(app: &App, files: Vec<(String, Bytes)>, preparation: Preparation) -> Result<(Sample, String), ApiError> {
    let several = files.len() > 1;
    let mut recordings = Vec::with_capacity(files.len());
    for (name, bytes) in files {
        match app.library.voices.check(bytes.clone()).await {
            Ok(recording) => recordings.push(recording.with_name(&name)),
            Err(error) if several => {
                let name: String = name.chars().take(60).collect();
                let message = format!("{name}: {}", error.message());
                return Err(ApiError::fields(vec![FieldProblem::body(
                    "files",
                    "recording",
                    message,
                )]));
            }
            Err(error) => {
                let report = loqui_core::sample::check(&bytes);
                return Err(ApiError::from(error).with_report(report));
            }
        }
    }
    let format = match &*recordings {
        [one] => one.report().format.clone(),
        _ => "wav".to_owned(),
    };
    let sample = preparation.prepare(recordings).await?;
    match sample.ensure_usable() {
        Ok(()) => Ok((sample, format)),
        Err(error) => Err(ApiError::from(error)
            .with_status(StatusCode::UNPROCESSABLE_ENTITY)
            .with_report(sample.report().clone())),
    }
}

/// Returns the file extension of the detected format (S20).
fn extension(format: &str) -> String {
    let is_safe = !format.is_empty() && format.len() <= 5 && format.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if is_safe { format.to_owned() } else { "audio".to_owned() }
}

/// The content of an upload.
pub(super) struct Recording {
    pub(super) name: String,
    /// `uploaded` or `recorded`.
    pub(super) kind: String,
    pub(super) consent: Option<String>,
    /// The original names and the contents of the recordings, at least one.
    pub(super) files: Vec<(String, Bytes)>,
    pub(super) preparation: Preparation,
}

impl Recording {
    /// Reads the form fields in any order. The recording is written to disk while it is received, up to the limit.
    async fn read(request: Request, limit: u64) -> Result<Self, ApiError> {
        let mut parts = Multipart::from_request(request, &()).await.map_err(|rejection| {
            ApiError::fields(vec![FieldProblem::at(&["body"], "multipart", rejection.body_text())])
        })?;
        let (mut name, mut kind, mut consent, mut files) = (None, None, None, Vec::new());
        let (mut preparation, mut left) = (Preparation::default(), limit);
        while let Some(mut part) = parts.next_field().await.map_err(|error| unreadable(&error, limit))? {
            match part.name() {
                Some("sample_name") => name = Some(text(&mut part, "sample_name").await?),
                Some("upload_type") => kind = Some(text(&mut part, "upload_type").await?),
                Some("consent") => consent = Some(text(&mut part, "consent").await?),
                Some("clean") => preparation = preparation.with_clean(flag(&mut part, "clean").await?),
                Some("speaker") => preparation = preparation.with_speaker(number(&mut part, "speaker").await?),
                Some("file" | "files" | "files[]") => {
                    if files.len() >= MAX_FILES {
                        return Err(ApiError::fields(vec![too_many_files("file")]));
                    }
                    let called = part.file_name().unwrap_or_default();
                    let called: String = called.chars().filter(|c| *c != '\0').take(255).collect();
                    let bytes = spool(&mut part, left, limit).await?;
                    left -= bytes.len() as u64;
                    files.push((called, bytes));
                }
                _ => {}
            }
        }
        let mut problems = Vec::new();
        if name.is_none() {
            problems.push(FieldProblem::body("sample_name", "missing", "Field required"));
        }
        if files.is_empty() {
            problems.push(FieldProblem::body("file", "missing", "Field required"));
        }
        let name = name.unwrap_or_default();
        if problems.is_empty() && (name.trim().is_empty() || name.chars().count() > 100) {
            problems.push(FieldProblem::body(
                "sample_name",
                "length",
                "it must have 1 to 100 characters that are not all blank",
            ));
        } else if name.chars().any(char::is_control) {
            problems.push(FieldProblem::body(
                "sample_name",
                "characters",
                "it must be one line of text",
            ));
        }
        let kind = kind.unwrap_or_else(|| "uploaded".to_owned());
        if !matches!(kind.as_str(), "uploaded" | "recorded") {
            problems.push(FieldProblem::body(
                "upload_type",
                "choice",
                "it must be uploaded or recorded",
            ));
        }
        if !problems.is_empty() {
            return Err(ApiError::fields(problems));
        }
        Ok(Self {
            name,
            kind,
            consent: consent.filter(|words| !words.trim().is_empty()),
            files,
            preparation,
        })
    }
}

/// The problem of a form with more recordings than a voice may have.
pub(super) fn too_many_files(field: &str) -> FieldProblem {
    FieldProblem::body(field, "length", format!("it must have at most {MAX_FILES} recordings"))
}

/// Reads a form field that is true or false. An empty one is false.
pub(super) async fn flag(part: &mut Field<'_>, name: &str) -> Result<bool, ApiError> {
    match text(part, name).await?.trim().to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" | "on" => Ok(true),
        "false" | "0" | "no" | "off" | "" => Ok(false),
        _ => {
            let problem = FieldProblem::body(name, "choice", "it must be true or false");
            Err(ApiError::fields(vec![problem]))
        }
    }
}

/// Reads a form field with a number from 1. An empty one is none.
pub(super) async fn number(part: &mut Field<'_>, name: &str) -> Result<Option<u32>, ApiError> {
    let text = text(part, name).await?;
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let number = text.parse().ok().filter(|number| *number > 0);
    let problem = || {
        ApiError::fields(vec![FieldProblem::body(
            name,
            "number",
            "it must be a whole number from 1",
        )])
    };
    number.map(Some).ok_or_else(problem)
}

/// Reads a short form field.
pub(super) async fn text(part: &mut Field<'_>, name: &str) -> Result<String, ApiError> {
    let problem = |message: &str| ApiError::fields(vec![FieldProblem::body(name, "text", message)]);
    let mut bytes = Vec::new();
    while let Some(chunk) = part.chunk().await.map_err(|error| unreadable(&error, 0))? {
        if bytes.len() + chunk.len() > MAX_FIELD_BYTES {
            return Err(problem("it is too long"));
        }
        bytes.extend_from_slice(&chunk);
    }
    String::from_utf8(bytes).map_err(|_| problem("it is not UTF-8 text"))
}

/// Writes a recording to a temporary file, and reads it when it is complete, so that slow uploads use disk space and
/// not memory. `left` is what earlier recordings of the form leave of the limit.
pub(super) async fn spool(part: &mut Field<'_>, left: u64, limit: u64) -> Result<Bytes, ApiError> {
    let unwritable = |source: std::io::Error| {
        ApiError::from(
            Error::new(&code::STORE_UNAVAILABLE, "the upload could not be written to disk").with_source(source),
        )
    };
    let mut file = tempfile::tempfile().map_err(unwritable)?;
    let mut size = 0_u64;
    while let Some(chunk) = part.chunk().await.map_err(|error| unreadable(&error, limit))? {
        size += chunk.len() as u64;
        if size > left {
            return Err(too_large(limit));
        }
        file = tokio::task::spawn_blocking(move || file.write_all(&chunk).map(|()| file))
            .await
            .map_err(|source| Error::new(&code::INTERNAL, "writing an upload was interrupted").with_source(source))?
            .map_err(unwritable)?;
    }
    let read = move || {
        file.rewind()?;
        let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or_default());
        std::io::Read::read_to_end(&mut file, &mut bytes)?;
        Ok(Bytes::from(bytes))
    };
    tokio::task::spawn_blocking(read)
        .await
        .map_err(|source| Error::new(&code::INTERNAL, "reading an upload was interrupted").with_source(source))?
        .map_err(unwritable)
}

/// The error for a recording above the limit. Frontends compare the message.
fn too_large(limit: u64) -> ApiError {
    let message = format!("File too large. Max size: {limit} bytes");
    ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, &code::REQUEST_TOO_LARGE, message)
}

/// The error for a body that is too large or not a valid form.
pub(super) fn unreadable(error: &MultipartError, limit: u64) -> ApiError {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return too_large(limit);
    }
    ApiError::fields(vec![FieldProblem::at(&["body"], "multipart", error.body_text())])
}

/// List my recordings, newest first.
#[utoipa::path(get, path = "/api/samples/", tag = "samples", security(("bearer" = [])),
    responses((status = 200, body = SamplesAnswer), (status = 401, body = ErrorBody)))]
async fn list(State(app): State<App>, user: User) -> Result<Json<SamplesAnswer>, ApiError> {
    let uploads = app.records.uploads.list(user.id()).await?;
    Ok(Json(SamplesAnswer {
        total: uploads.len(),
        samples: uploads.into_iter().map(Into::into).collect(),
    }))
}

/// The same as `/api/samples/`, without a redirect.
#[utoipa::path(get, path = "/api/samples", tag = "samples", security(("bearer" = [])),
    responses((status = 200, body = SamplesAnswer), (status = 401, body = ErrorBody)))]
async fn list_plain(state: State<App>, user: User) -> Result<Json<SamplesAnswer>, ApiError> {
    list(state, user).await
}

/// Show one of my recordings.
#[utoipa::path(get, path = "/api/samples/{id}", tag = "samples", security(("bearer" = [])),
    params(("id" = i64, Path, description = "The id of the recording")),
    responses((status = 200, body = SampleAnswer), (status = "4XX", body = ErrorBody)))]
async fn show(State(app): State<App>, user: User, Id(id): Id) -> Result<Json<SampleAnswer>, ApiError> {
    let upload = own_upload(&app, user.id(), id, NOT_FOUND).await?;
    Ok(Json(upload.into()))
}

/// Delete a recording, and all speech that was generated with it.
#[utoipa::path(delete, path = "/api/samples/{id}", tag = "samples", security(("bearer" = [])),
    params(("id" = i64, Path, description = "The id of the recording")),
    responses((status = 204), (status = "4XX", body = ErrorBody)))]
async fn remove(State(app): State<App>, user: User, Id(id): Id) -> Result<StatusCode, ApiError> {
    erase(&app, user.id(), id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Erases a recording, and all speech that was generated with it: the records in one transaction, then the audio.
pub(super) async fn erase(app: &App, account: i64, id: i64) -> Result<(), ApiError> {
    let upload = own_upload(app, account, id, NOT_FOUND).await?;
    for job in &app.records.jobs.with_upload(account, id).await? {
        super::generation::ensure_ended(app, job.generation).await?;
    }
    let erasing = app.records.database.write(move |mut transaction| {
        async move {
            // No generation is submitted with the upload meanwhile.
            lock_account(&mut transaction, account).await?;
            let mut erased = Vec::new();
            for generation in jobs::with_upload(&mut transaction, account, id).await? {
                let erasure = Erasure::Generation(generation);
                erasure.record_in(&mut transaction).await?;
                jobs::remove(&mut transaction, generation).await?;
                erased.push(erasure);
            }
            if uploads::remove(&mut transaction, &upload).await? {
                let erasure = Erasure::Sample(upload.sample);
                erasure.record_in(&mut transaction).await?;
                erased.push(erasure);
            }
            Ok(erased)
        }
        .boxed()
    });
    let erased = erasing.await?;
    app.records.erasures.complete(&erased).await;
    Ok(())
}
