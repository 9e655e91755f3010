//! Uploaded files.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{FromRequest as _, Multipart, Path, Query, RawQuery, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::{Bytes, BytesMut};
use md5::{Digest as _, Md5};
use serde_json::{Value, json};
use sha2::Sha256;

use super::guard;
use crate::clock::later;
use crate::faults::{Fault, Stage};
use crate::paging::{self, Start};
use crate::problem::{self, Problem};
use crate::state::{Platform, StoredFile};
use crate::{ids, reference};

/// Maximum length of a filename, in bytes of UTF-8.
const MAX_NAME_BYTES: usize = 255;

/// The parts of an upload, in any order.
#[derive(Debug, Default)]
struct Upload {
    content: Option<Bytes>,
    too_large: bool,
    name: Option<String>,
    content_type: Option<String>,
    metadata: Option<Value>,
}

pub(super) async fn create(State(platform): State<Arc<Platform>>, request: Request) -> Response {
    let upload = match Multipart::from_request(request, &()).await {
        Ok(parts) => read(parts, platform.settings.max_file_bytes).await,
        Err(error) => return Problem::plain(error.status(), &error.body_text()).into_response(),
    };
    let upload = match upload {
        Ok(upload) => upload,
        Err(error) => return Problem::plain(error.status(), &error.body_text()).into_response(),
    };
    let fault = platform
        .faults
        .draw(Stage::Upload, upload.name.as_deref().unwrap_or_default());
    match fault {
        Some(Fault::UploadStatus(status)) => return guard::chosen(status),
        Some(Fault::UploadTooLarge) => return problem::html(StatusCode::PAYLOAD_TOO_LARGE),
        _ => {}
    }
    if upload.too_large {
        return if platform.settings.html_413 {
            problem::html(StatusCode::PAYLOAD_TOO_LARGE)
        } else {
            Problem::file_too_large().into_response()
        };
    }
    let Some(content) = upload.content else {
        let detail = "Missing content";
        return Problem::plain(StatusCode::BAD_REQUEST, detail).into_response();
    };
    let name = upload.name.unwrap_or_else(|| "file".to_owned());
    if name.len() > MAX_NAME_BYTES {
        let detail = format!(
            "The filename must have at most {MAX_NAME_BYTES} bytes, not {}",
            name.len()
        );
        return Problem::plain(StatusCode::UNPROCESSABLE_ENTITY, &detail).into_response();
    }
    let now = platform.clock.now();
    let mut state = platform.state();
    let file = StoredFile {
        id: ids::file(&mut state.rng),
        name,
        content_type: upload
            .content_type
            .unwrap_or_else(|| "application/octet-stream".to_owned()),
        metadata: upload.metadata.unwrap_or_else(|| json!({})),
        md5: hex::encode(Md5::digest(&content)),
        sha256: hex::encode(Sha256::digest(&content)),
        content,
        created: now,
        expires: later(now, platform.settings.file_expiry),
        lost: fault == Some(Fault::UploadLost),
    };
    let object = object(&platform, &file);
    state.files.push(file);
    state.counts.uploads += 1;
    (StatusCode::CREATED, Json(object)).into_response()
}

/// Reads the parts. The official clients send them in different orders and formats.
async fn read(mut parts: Multipart, limit: usize) -> Result<Upload, MultipartError> {
    let mut upload = Upload::default();
    while let Some(part) = parts.next_field().await? {
        match part.name() {
            Some("content") => {
                if let Some(name) = part.file_name() {
                    upload.name.get_or_insert_with(|| name.to_owned());
                }
                if let Some(content_type) = part.content_type() {
                    upload.content_type.get_or_insert_with(|| content_type.to_owned());
                }
                upload.content = content(part, limit).await?;
                upload.too_large = upload.content.is_none();
            }
            Some("filename") => upload.name = Some(part.text().await?),
            Some("type") => upload.content_type = Some(part.text().await?),
            Some("metadata") => upload.metadata = serde_json::from_str(&part.text().await?).ok(),
            _ => {}
        }
    }
    Ok(upload)
}

/// Reads a file. Returns `None` if it exceeds the limit, after reading it to its end, so that the client reads the
/// response.
async fn content(mut part: Field<'_>, limit: usize) -> Result<Option<Bytes>, MultipartError> {
    let mut content = BytesMut::new();
    let mut fits = true;
    while let Some(chunk) = part.chunk().await? {
        fits = fits && content.len() + chunk.len() <= limit;
        if fits {
            content.extend_from_slice(&chunk);
        }
    }
    Ok(fits.then(|| content.freeze()))
}

pub(super) async fn list(
    State(platform): State<Arc<Platform>>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Json<Value>, Problem> {
    let now = platform.clock.now();
    let state = platform.state();
    let found = state.files.iter().rev().filter(|file| file.expires > now).collect();
    let cursor = query.get("cursor").map(String::as_str);
    let page = paging::cut(found, |file| &file.id, cursor, platform.settings.page_size)
        .ok_or_else(|| Problem::invalid_parameter("cursor", cursor.unwrap_or_default()))?;
    let results: Vec<Value> = page.items.iter().map(|file| object(&platform, file)).collect();
    let link = |start: &Start| match start.cursor() {
        Some(cursor) => format!("{}/files?cursor={cursor}", platform.base_url),
        None => format!("{}/files", platform.base_url),
    };
    Ok(Json(json!({
        "next": page.next.as_ref().map(link),
        "previous": page.previous.as_ref().map(link),
        "results": results,
    })))
}

pub(super) async fn show(
    State(platform): State<Arc<Platform>>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let state = platform.state();
    let file = state
        .file(&id, platform.clock.now())
        .ok_or_else(Problem::file_not_found)?;
    Ok(Json(object(&platform, file)))
}

pub(super) async fn delete(State(platform): State<Arc<Platform>>, Path(id): Path<String>) -> Result<Response, Problem> {
    let now = platform.clock.now();
    let mut state = platform.state();
    state.file(&id, now).ok_or_else(Problem::file_not_found)?;
    state.files.retain(|file| file.id != id);
    state.counts.deletes += 1;
    Ok((
        StatusCode::NO_CONTENT,
        [(header::CONTENT_TYPE, "text/plain; charset=UTF-8")],
    )
        .into_response())
}

pub(super) async fn download(
    State(platform): State<Arc<Platform>>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let state = platform.state();
    let file = state
        .file(&id, platform.clock.now())
        .filter(|file| !file.lost)
        .filter(|file| reference::link_is_valid(&platform, file, query.as_deref().unwrap_or_default()))
        .ok_or_else(Problem::file_not_found)?;
    let content = file.content.clone();
    Ok(([(header::CONTENT_TYPE, "application/octet-stream")], content).into_response())
}

fn object(platform: &Platform, file: &StoredFile) -> Value {
    json!({
        "id": file.id,
        "name": file.name,
        "content_type": file.content_type,
        "size": file.content.len(),
        "etag": file.md5,
        "checksums": {"sha256": file.sha256, "md5": file.md5},
        "metadata": file.metadata,
        "created_at": format!("{:.3}", file.created),
        "expires_at": format!("{:.3}", file.expires),
        "urls": {"get": format!("{}/files/{}", platform.base_url, file.id)},
    })
}
