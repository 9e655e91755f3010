//! Extractors of requests. Invalid requests are answered with JSON that lists the fields where possible.

use axum::extract::rejection::{FormRejection, JsonRejection};
use axum::extract::{Form, FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use super::api_error::{ApiError, FieldProblem};
use crate::code;

/// A JSON body. Unknown fields are ignored.
#[derive(Debug)]
pub(crate) struct JsonBody<T>(pub(crate) T);

/// A form body. Unknown fields are ignored.
#[derive(Debug)]
pub(crate) struct FormBody<T>(pub(crate) T);

/// The query string. Unknown parameters are ignored.
#[derive(Debug)]
pub(crate) struct Queried<T>(pub(crate) T);

/// The id in a path.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Id(pub(crate) i64);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for JsonBody<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        match axum::Json::<T>::from_request(request, state).await {
            Ok(axum::Json(body)) => Ok(Self(body)),
            Err(JsonRejection::BytesRejection(error)) => Err(unreadable(error.status(), error.body_text())),
            Err(error) => Err(problem("body", &error.body_text())),
        }
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for FormBody<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        match Form::<T>::from_request(request, state).await {
            Ok(Form(body)) => Ok(Self(body)),
            Err(FormRejection::BytesRejection(error)) => Err(unreadable(error.status(), error.body_text())),
            Err(error) => Err(problem("body", &error.body_text())),
        }
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Queried<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        Query::<T>::from_request_parts(parts, state)
            .await
            .map(|Query(query)| Self(query))
            .map_err(|error| problem("query", &error.body_text()))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        match Path::<i64>::from_request_parts(parts, state).await {
            Ok(Path(id)) => Ok(Self(id)),
            Err(_) => Err(ApiError::fields(vec![FieldProblem::at(
                &["path", "id"],
                "int_parsing",
                "it must be a whole number",
            )])),
        }
    }
}

/// The error for a body that is too large or incomplete.
fn unreadable(status: StatusCode, text: String) -> ApiError {
    if status == StatusCode::PAYLOAD_TOO_LARGE {
        ApiError::new(status, &code::REQUEST_TOO_LARGE, "the body is too large")
    } else {
        ApiError::new(StatusCode::BAD_REQUEST, &code::REQUEST_INVALID, text)
    }
}

/// The error for an invalid field, with the name of the field if serde reports it.
fn problem(location: &str, text: &str) -> ApiError {
    let text = text
        .trim_start_matches("Failed to deserialize the JSON body into the target type: ")
        .trim_start_matches("Failed to deserialize form body: ")
        .trim_start_matches("Failed to deserialize query string: ")
        .trim_start_matches("Failed to parse the request body as JSON: ");
    let (kind, field) = match text.split_once('`').and_then(|(before, rest)| {
        let (name, _) = rest.split_once('`')?;
        before.ends_with("missing field ").then_some(name)
    }) {
        Some(name) => ("missing", Some(name)),
        None => (
            "invalid",
            text.split_once(": ")
                .map(|(name, _)| name)
                .filter(|name| name.chars().all(|c| c.is_ascii_lowercase() || c == '_') && !name.is_empty()),
        ),
    };
    let message = if kind == "missing" { "Field required" } else { text };
    let location: Vec<&str> = [location].into_iter().chain(field).collect();
    ApiError::fields(vec![FieldProblem::at(&location, kind, message)])
}
