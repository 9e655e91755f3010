//! The library of a user: recordings and speech, with downloads and deletion.

use std::fmt::Write as _;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use loqui_core::speech::SpeechFormat;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::auth::MessageAnswer;
use super::{generation, samples};
use crate::code;
use crate::serve::api_error::{ApiError, ErrorBody};
use crate::serve::auth::User;
use crate::serve::body::Id;
use crate::serve::files::{FileRequest, StoredFile};
use crate::serve::state::App;
use crate::serve::wire::{GenerationAnswer, SampleAnswer, own_generation, own_upload};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(everything))
        .routes(routes!(recordings))
        .routes(routes!(speeches))
        .routes(routes!(download_sample))
        .routes(routes!(download_generated))
        .routes(routes!(remove_sample))
        .routes(routes!(remove_generated))
}

/// A recording or a generation.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
enum Item {
    Sample(SampleItem),
    Generated(GeneratedItem),
}

/// A recording.
#[derive(Debug, Serialize, ToSchema)]
struct SampleItem {
    /// Always `sample`.
    item_type: &'static str,
    #[serde(flatten)]
    sample: SampleAnswer,
}

/// A generation.
#[derive(Debug, Serialize, ToSchema)]
struct GeneratedItem {
    /// Always `generated`.
    item_type: &'static str,
    #[serde(flatten)]
    generation: GenerationAnswer,
}

/// The library of a user.
#[derive(Debug, Serialize, ToSchema)]
struct LibraryAnswer {
    /// Recordings, then generations, the newest of each first.
    items: Vec<Item>,
    /// The number of items.
    total: usize,
    /// The number of recordings.
    samples_count: i64,
    /// The number of generations.
    generated_count: i64,
}

async fn library(app: &App, user: &User, with: (bool, bool)) -> Result<Json<LibraryAnswer>, ApiError> {
    let mut items = Vec::new();
    if with.0 {
        let uploads = app.records.uploads.list(user.id()).await?;
        items.extend(uploads.into_iter().map(|upload| {
            Item::Sample(SampleItem {
                item_type: "sample",
                sample: upload.into(),
            })
        }));
    }
    if with.1 {
        for job in app.records.jobs.list(user.id()).await? {
            items.push(Item::Generated(GeneratedItem {
                item_type: "generated",
                generation: GenerationAnswer::read(app, job).await?,
            }));
        }
    }
    Ok(Json(LibraryAnswer {
        total: items.len(),
        items,
        samples_count: app.records.uploads.totals(user.id()).await?.0,
        generated_count: app.records.jobs.totals(user.id()).await?.0,
    }))
}

/// List my recordings and generations.
#[utoipa::path(get, path = "/api/library/all", tag = "library", security(("bearer" = [])),
    responses((status = 200, body = LibraryAnswer), (status = 401, body = ErrorBody)))]
async fn everything(State(app): State<App>, user: User) -> Result<Json<LibraryAnswer>, ApiError> {
    library(&app, &user, (true, true)).await
}

/// List my recordings.
#[utoipa::path(get, path = "/api/library/samples", tag = "library", security(("bearer" = [])),
    responses((status = 200, body = LibraryAnswer), (status = 401, body = ErrorBody)))]
async fn recordings(State(app): State<App>, user: User) -> Result<Json<LibraryAnswer>, ApiError> {
    library(&app, &user, (true, false)).await
}

/// List my generations.
#[utoipa::path(get, path = "/api/library/generated", tag = "library", security(("bearer" = [])),
    responses((status = 200, body = LibraryAnswer), (status = 401, body = ErrorBody)))]
async fn speeches(State(app): State<App>, user: User) -> Result<Json<LibraryAnswer>, ApiError> {
    library(&app, &user, (false, true)).await
}

/// Download a recording as it was uploaded.
#[utoipa::path(get, path = "/api/library/download/sample/{id}", tag = "library", security(("bearer" = [])),
    params(("id" = i64, Path, description = "The id of the recording")),
    responses((status = 200, body = Vec<u8>, content_type = "application/octet-stream"),
        (status = "4XX", body = ErrorBody)))]
async fn download_sample(
    State(app): State<App>,
    user: User,
    Id(id): Id,
    request: FileRequest,
) -> Result<Response, ApiError> {
    let upload = own_upload(&app, user.id(), id, "Sample not found").await?;
    let bytes = app.library.voices.original(&upload).await?;
    let extension = upload.file.rsplit('.').next().unwrap_or("audio");
    StoredFile::of_bytes(bytes, "application/octet-stream", &upload.file)
        .with_disposition(disposition(&upload.name, extension))
        .respond(&request)
        .await
}

/// Download complete speech as WAV.
#[utoipa::path(get, path = "/api/library/download/generated/{id}", tag = "library", security(("bearer" = [])),
    params(("id" = i64, Path, description = "The id of the generation")),
    responses((status = 200, body = Vec<u8>, content_type = "audio/wav"), (status = "4XX", body = ErrorBody)))]
async fn download_generated(
    State(app): State<App>,
    user: User,
    Id(id): Id,
    request: FileRequest,
) -> Result<Response, ApiError> {
    let (job, generation) = own_generation(&app, user.id(), id).await?;
    let record = generation.record().await?;
    if record.speech.is_none() {
        let message = "Audio generation is not completed yet";
        return Err(ApiError::new(
            StatusCode::CONFLICT,
            &code::GENERATION_NOT_FINISHED,
            message,
        ));
    }
    StoredFile::of_speech(&generation, &record, SpeechFormat::Wav.into())
        .with_disposition(disposition(&job.title, "wav"))
        .respond(&request)
        .await
}

/// Creates a `Content-Disposition` header with an ASCII file name and a UTF-8 file name
/// ([RFC 6266](https://www.rfc-editor.org/rfc/rfc6266)), without characters that are special in headers or file systems.
fn disposition(name: &str, extension: &str) -> HeaderValue {
    let replace_special = |c: char| {
        if c.is_control() || "\\/:*?\"<>|".contains(c) {
            '_'
        } else {
            c
        }
    };
    let whole: String = name.chars().map(replace_special).take(100).collect();
    let whole = whole.trim_matches(['.', ' ']);
    let whole = if whole.is_empty() { "speech" } else { whole };
    let plain: String = whole
        .chars()
        .map(|c| if c.is_ascii() && c != '%' && c != ';' { c } else { '_' })
        .collect();
    let mut encoded = String::new();
    for byte in whole.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a string does not fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    let value = format!("attachment; filename=\"{plain}.{extension}\"; filename*=UTF-8''{encoded}.{extension}");
    HeaderValue::from_str(&value).unwrap_or(HeaderValue::from_static("attachment"))
}

/// Delete a recording, and all speech that was generated with it.
#[utoipa::path(delete, path = "/api/library/sample/{id}", tag = "library", security(("bearer" = [])),
    params(("id" = i64, Path, description = "The id of the recording")),
    responses((status = 200, body = MessageAnswer), (status = "4XX", body = ErrorBody)))]
async fn remove_sample(State(app): State<App>, user: User, Id(id): Id) -> Result<Json<MessageAnswer>, ApiError> {
    samples::erase(&app, user.id(), id).await?;
    Ok(Json(MessageAnswer::new("Item deleted successfully")))
}

/// Delete a generation that has ended.
#[utoipa::path(delete, path = "/api/library/generated/{id}", tag = "library", security(("bearer" = [])),
    params(("id" = i64, Path, description = "The id of the generation")),
    responses((status = 200, body = MessageAnswer), (status = "4XX", body = ErrorBody)))]
async fn remove_generated(State(app): State<App>, user: User, Id(id): Id) -> Result<Json<MessageAnswer>, ApiError> {
    generation::erase(&app, user.id(), id.into()).await?;
    Ok(Json(MessageAnswer::new("Item deleted successfully")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn special_characters_in_names_are_replaced() {
        for (name, expected) in [
            (
                "My Voice",
                "attachment; filename=\"My Voice.wav\"; filename*=UTF-8''My%20Voice.wav",
            ),
            (
                "a\"; x=\"b",
                "attachment; filename=\"a__ x=_b.wav\"; filename*=UTF-8''a_%3B%20x%3D_b.wav",
            ),
            (
                "../../etc/passwd",
                "attachment; filename=\"_.._etc_passwd.wav\"; filename*=UTF-8''_.._etc_passwd.wav",
            ),
            (
                "a\r\nSet-Cookie: x",
                "attachment; filename=\"a__Set-Cookie_ x.wav\"; filename*=UTF-8''a__Set-Cookie_%20x.wav",
            ),
            (
                "Stimme ä",
                "attachment; filename=\"Stimme _.wav\"; filename*=UTF-8''Stimme%20%C3%A4.wav",
            ),
            (
                "...",
                "attachment; filename=\"speech.wav\"; filename*=UTF-8''speech.wav",
            ),
        ] {
            assert_eq!(disposition(name, "wav").to_str().unwrap(), expected, "{name:?}");
        }
    }
}
