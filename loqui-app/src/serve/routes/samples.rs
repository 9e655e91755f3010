//! Recordings: upload, list, look at, delete.

use std::io::{Seek as _, Write as _};

use axum::Json;
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{DefaultBodyLimit, FromRequest as _, Multipart, Request, State};
use axum::http::StatusCode;
use bytes::Bytes;
use loqui_core::error::code;
use loqui_core::{Error, Sample};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::serve::auth::User;
use crate::serve::body::Id;
use crate::serve::refusal::{ErrorBody, FieldProblem, Refusal};
use crate::serve::state::App;
use crate::serve::uploads::{NewUpload, Upload};
use crate::serve::voices;
use crate::serve::wire::{SampleAnswer, own_upload};

/// What is said of a recording that is not there, or not yours (A18, A25).
const NOT_FOUND: &str = "Sample not found";
/// Form fields and the frame around them come on top of the recording, in bytes.
const FRAME: u64 = 64 << 10;
/// The longest form field beside the recording, in bytes.
const FIELD: usize = 4 << 10;

pub(super) fn routes(max_upload_bytes: u64) -> OpenApiRouter<App> {
    let limit = usize::try_from(max_upload_bytes.saturating_add(FRAME)).unwrap_or(usize::MAX);
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
#[expect(dead_code, reason = "documents what `Form` reads")]
struct UploadForm {
    /// What people call it, 1 to 100 characters.
    #[schema(min_length = 1, max_length = 100)]
    sample_name: String,
    /// `uploaded` or `recorded`.
    #[schema(example = "uploaded")]
    upload_type: Option<String>,
    /// That the speaker has agreed, in words, for instance `I am the speaker`; some servers take no recording without it.
    consent: Option<String>,
    /// The recording: WAV, MP3, FLAC, Ogg or M4A, decided by its content.
    #[schema(value_type = String, format = Binary, content_media_type = "application/octet-stream")]
    file: Vec<u8>,
}

/// A user's recordings.
#[derive(Debug, Serialize, ToSchema)]
struct SamplesAnswer {
    /// The recordings, newest first.
    samples: Vec<SampleAnswer>,
    /// How many there are.
    total: usize,
}

/// Send a recording of a voice. It is checked at once; one that cannot be used is refused, with what is wrong with it.
#[utoipa::path(post, path = "/api/samples/upload", tag = "samples", security(("bearer" = [])),
    request_body(content = UploadForm, content_type = "multipart/form-data"),
    responses((status = 201, body = SampleAnswer), (status = "4XX", body = ErrorBody)))]
async fn upload(
    State(app): State<App>,
    user: User,
    request: Request,
) -> Result<(StatusCode, Json<SampleAnswer>), Refusal> {
    let answer = receive(&app, &user, request).await;
    let outcome = answer
        .as_ref()
        .map_or_else(|refusal| refusal.error().code(), |_| "accepted");
    app.metrics().uploaded(outcome);
    Ok((StatusCode::CREATED, Json(answer?.into())))
}

async fn receive(app: &App, user: &User, request: Request) -> Result<Upload, Refusal> {
    let (_, kept) = app.uploads().totals(user.id()).await?;
    if kept.cast_unsigned() >= app.settings().max_storage_bytes {
        let message = format!("your recordings take {kept} bytes, which is all that you may keep");
        return Err(Error::new(&code::USER_QUOTA, message).into());
    }
    let form = Form::read(request, app.settings().max_upload_bytes).await?;
    let bytes = form.bytes.len();
    let sample = check(form.bytes).await?.with_name(&form.name);
    let file = format!("{}.{}", uuid::Uuid::new_v4(), extension(&sample));
    let kept = app
        .voices()
        .keep(user.id(), &sample, form.consent)
        .await
        .map_err(without_consent)?;
    let report = serde_json::to_string(sample.report())
        .map_err(|source| Error::new(&code::INTERNAL, "a report could not be written as JSON").with_source(source))?;
    let noted = app
        .uploads()
        .add(NewUpload {
            account: user.id(),
            name: form.name,
            kind: form.kind,
            file,
            file_name: form.file_name,
            bytes,
            seconds: sample.duration().as_secs_f64(),
            sample: kept,
            report,
        })
        .await;
    Ok(noted?)
}

/// Says which field is missing.
fn without_consent(error: Error) -> Refusal {
    if error.code() != code::SAMPLE_NO_CONSENT.name() {
        return error.into();
    }
    let message = "consent: this server needs it in words that the speaker has agreed, for instance `I am the speaker`";
    Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, &code::SAMPLE_NO_CONSENT, message)
}

/// Decodes and judges a recording; the refusal of one that cannot be used carries its report.
async fn check(bytes: Bytes) -> Result<Sample, Refusal> {
    let sample = match voices::check(bytes.clone()).await {
        Ok(sample) => sample,
        Err(error) => {
            let report = loqui_core::sample::check(&bytes);
            return Err(Refusal::from(error).with_report(report));
        }
    };
    match sample.ensure_usable() {
        Ok(()) => Ok(sample),
        Err(error) => Err(Refusal::from(error)
            .with_status(StatusCode::UNPROCESSABLE_ENTITY)
            .with_report(sample.report().clone())),
    }
}

/// An extension by what the file is, whatever it was called (S20).
fn extension(sample: &Sample) -> String {
    let format = sample.report().format.as_str();
    let fit = !format.is_empty() && format.len() <= 5 && format.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if fit { format.to_owned() } else { "audio".to_owned() }
}

/// What an upload brought.
struct Form {
    name: String,
    kind: String,
    consent: Option<String>,
    file_name: String,
    bytes: Bytes,
}

impl Form {
    /// Reads the parts in whatever order they come. The recording goes to disk as it comes, and no further than allowed.
    async fn read(request: Request, limit: u64) -> Result<Self, Refusal> {
        let mut parts = Multipart::from_request(request, &()).await.map_err(|rejection| {
            Refusal::fields(vec![FieldProblem::at(&["body"], "multipart", rejection.body_text())])
        })?;
        let (mut name, mut kind, mut consent, mut file) = (None, None, None, None);
        while let Some(mut part) = parts.next_field().await.map_err(|error| broken(&error, limit))? {
            match part.name() {
                Some("sample_name") => name = Some(text(&mut part, "sample_name").await?),
                Some("upload_type") => kind = Some(text(&mut part, "upload_type").await?),
                Some("consent") => consent = Some(text(&mut part, "consent").await?),
                Some("file") => {
                    let called: String = part.file_name().unwrap_or_default().chars().take(255).collect();
                    file = Some((called, spool(&mut part, limit).await?));
                }
                _ => {}
            }
        }
        let mut problems = Vec::new();
        if name.is_none() {
            problems.push(FieldProblem::body("sample_name", "missing", "Field required"));
        }
        if file.is_none() {
            problems.push(FieldProblem::body("file", "missing", "Field required"));
        }
        let name = name.unwrap_or_default();
        if problems.is_empty() && !(1..=100).contains(&name.chars().count()) {
            problems.push(FieldProblem::body(
                "sample_name",
                "length",
                "it must have 1 to 100 characters",
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
        match file {
            Some((file_name, bytes)) if problems.is_empty() => Ok(Self {
                name,
                kind,
                consent: consent.filter(|words| !words.trim().is_empty()),
                file_name,
                bytes,
            }),
            _ => Err(Refusal::fields(problems)),
        }
    }
}

/// A short form field.
async fn text(part: &mut Field<'_>, name: &str) -> Result<String, Refusal> {
    let problem = |message: &str| Refusal::fields(vec![FieldProblem::body(name, "text", message)]);
    let mut bytes = Vec::new();
    while let Some(chunk) = part.chunk().await.map_err(|error| broken(&error, 0))? {
        if bytes.len() + chunk.len() > FIELD {
            return Err(problem("it is too long"));
        }
        bytes.extend_from_slice(&chunk);
    }
    String::from_utf8(bytes).map_err(|_| problem("it is not UTF-8 text"))
}

/// Writes a recording to a temporary file chunk by chunk, and reads it back once all of it is there and small enough:
/// slow uploads cost a file, not memory (A40).
async fn spool(part: &mut Field<'_>, limit: u64) -> Result<Bytes, Refusal> {
    let unwritable = |source: std::io::Error| {
        Refusal::from(
            Error::new(&code::STORE_UNAVAILABLE, "the upload could not be written to disk").with_source(source),
        )
    };
    let mut file = tempfile::tempfile().map_err(unwritable)?;
    let mut size = 0_u64;
    while let Some(chunk) = part.chunk().await.map_err(|error| broken(&error, limit))? {
        size += chunk.len() as u64;
        if size > limit {
            return Err(too_large(limit));
        }
        file = tokio::task::spawn_blocking(move || file.write_all(&chunk).map(|()| file))
            .await
            .map_err(|source| Error::new(&code::INTERNAL, "writing an upload broke off").with_source(source))?
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
        .map_err(|source| Error::new(&code::INTERNAL, "reading an upload broke off").with_source(source))?
        .map_err(unwritable)
}

/// Front ends know this sentence (A8).
fn too_large(limit: u64) -> Refusal {
    let message = format!("File too large. Max size: {limit} bytes");
    Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, &code::REQUEST_TOO_LARGE, message)
}

/// The body is too large, or is not what it says it is.
fn broken(error: &MultipartError, limit: u64) -> Refusal {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return too_large(limit);
    }
    Refusal::fields(vec![FieldProblem::at(&["body"], "multipart", error.body_text())])
}

/// All my recordings, newest first.
#[utoipa::path(get, path = "/api/samples/", tag = "samples", security(("bearer" = [])),
    responses((status = 200, body = SamplesAnswer), (status = 401, body = ErrorBody)))]
async fn list(State(app): State<App>, user: User) -> Result<Json<SamplesAnswer>, Refusal> {
    let uploads = app.uploads().list(user.id()).await?;
    Ok(Json(SamplesAnswer {
        total: uploads.len(),
        samples: uploads.into_iter().map(Into::into).collect(),
    }))
}

/// The same as `/api/samples/`: nobody is sent from one to the other (S220).
#[utoipa::path(get, path = "/api/samples", tag = "samples", security(("bearer" = [])),
    responses((status = 200, body = SamplesAnswer), (status = 401, body = ErrorBody)))]
async fn list_plain(state: State<App>, user: User) -> Result<Json<SamplesAnswer>, Refusal> {
    list(state, user).await
}

/// One of my recordings.
#[utoipa::path(get, path = "/api/samples/{id}", tag = "samples", security(("bearer" = [])),
    params(("id" = i64, Path, description = "The recording's number")),
    responses((status = 200, body = SampleAnswer), (status = "4XX", body = ErrorBody)))]
async fn show(State(app): State<App>, user: User, Id(id): Id) -> Result<Json<SampleAnswer>, Refusal> {
    let upload = own_upload(&app, user.id(), id, NOT_FOUND).await?;
    Ok(Json(upload.into()))
}

/// Delete a recording, and everything that was spoken with it.
#[utoipa::path(delete, path = "/api/samples/{id}", tag = "samples", security(("bearer" = [])),
    params(("id" = i64, Path, description = "The recording's number")),
    responses((status = 204), (status = "4XX", body = ErrorBody)))]
async fn remove(State(app): State<App>, user: User, Id(id): Id) -> Result<StatusCode, Refusal> {
    erase(&app, user.id(), id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Forgets a recording with everything that was spoken with it (A59).
pub(super) async fn erase(app: &App, account: i64, id: i64) -> Result<(), Refusal> {
    let upload = own_upload(app, account, id, NOT_FOUND).await?;
    let jobs = app.jobs().with_upload(account, id).await?;
    for job in &jobs {
        super::generation::ensure_ended(app, job.generation).await?;
    }
    for job in &jobs {
        super::generation::forget(app, job.generation).await?;
    }
    if app.uploads().remove(&upload).await? {
        app.voices().erase(&upload).await?;
    }
    Ok(())
}
