//! Finds the recording that a client of another service names.

use axum::http::StatusCode;

use crate::code;
use crate::serve::api_error::ApiError;
use crate::serve::auth::User;
use crate::serve::state::App;
use crate::serve::uploads::Upload;

/// Returns the recording with this handle, name or id, or with the one that the configured alias stands for. The latest
/// recording wins if several have the same name.
///
/// # Errors
///
/// `sample.not_found`, `store.unavailable`.
pub(super) async fn find(app: &App, user: &User, name: &str) -> Result<Upload, ApiError> {
    if let Some(upload) = by_name_or_id(app, user, name).await? {
        return Ok(upload);
    }
    if let Some(target) = app.settings.voice_aliases.get(name)
        && let Some(upload) = by_name_or_id(app, user, target).await?
    {
        return Ok(upload);
    }
    let message = format!("unknown voice {:?}; /v1/audio/voices lists all", short(name));
    Err(ApiError::new(StatusCode::NOT_FOUND, &code::SAMPLE_NOT_FOUND, message))
}

async fn by_name_or_id(app: &App, user: &User, name: &str) -> Result<Option<Upload>, ApiError> {
    if let Some(upload) = app.records.uploads.with_handle(user.id(), name).await? {
        return Ok(Some(upload));
    }
    if let Some(upload) = app.records.uploads.named(user.id(), name).await? {
        return Ok(Some(upload));
    }
    match name.parse() {
        Ok(id) => Ok(app.records.uploads.of(user.id(), id).await?),
        Err(_) => Ok(None),
    }
}

/// Returns the recording with this id. The name `find` accepts is accepted as well, so that aliases stand for ids.
///
/// # Errors
///
/// `sample.not_found`, `store.unavailable`.
pub(super) async fn find_by_id(app: &App, user: &User, id: &str) -> Result<Upload, ApiError> {
    if let Ok(number) = id.parse()
        && let Some(upload) = app.records.uploads.of(user.id(), number).await?
    {
        return Ok(upload);
    }
    find(app, user, id).await
}

/// Shortens text of a request for a message.
fn short(text: &str) -> String {
    text.chars().take(60).collect()
}
