//! Takes requests apart. What does not fit is answered as JSON, field by field where that is known.

use axum::extract::rejection::{FormRejection, JsonRejection};
use axum::extract::{Form, FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use loqui_core::error::code;
use serde::de::DeserializeOwned;

use super::refusal::{FieldProblem, Refusal};

/// A body of JSON.
#[derive(Debug)]
pub(crate) struct JsonBody<T>(pub(crate) T);

/// A body of form fields.
#[derive(Debug)]
pub(crate) struct FormBody<T>(pub(crate) T);

/// What stands behind the question mark.
#[derive(Debug)]
pub(crate) struct Queried<T>(pub(crate) T);

/// The number in a path. What is no number names nothing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Id(pub(crate) i64);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for JsonBody<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        match axum::Json::<T>::from_request(request, state).await {
            Ok(axum::Json(body)) => Ok(Self(body)),
            Err(JsonRejection::BytesRejection(error)) => Err(unread(error.status(), error.body_text())),
            Err(error) => Err(problem("body", &error.body_text())),
        }
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for FormBody<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        match Form::<T>::from_request(request, state).await {
            Ok(Form(body)) => Ok(Self(body)),
            Err(FormRejection::BytesRejection(error)) => Err(unread(error.status(), error.body_text())),
            Err(error) => Err(problem("body", &error.body_text())),
        }
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Queried<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        Query::<T>::from_request_parts(parts, state)
            .await
            .map(|Query(query)| Self(query))
            .map_err(|error| problem("query", &error.body_text()))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        match Path::<i64>::from_request_parts(parts, state).await {
            Ok(Path(id)) => Ok(Self(id)),
            Err(_) => Err(Refusal::fields(vec![FieldProblem::at(
                &["path", "id"],
                "int_parsing",
                "it must be a whole number",
            )])),
        }
    }
}

/// The body was too large or broke off.
fn unread(status: StatusCode, text: String) -> Refusal {
    if status == StatusCode::PAYLOAD_TOO_LARGE {
        Refusal::new(status, &code::REQUEST_TOO_LARGE, "the body is too large")
    } else {
        Refusal::new(StatusCode::BAD_REQUEST, &code::REQUEST_INVALID, text)
    }
}

/// Names the field, where serde named it.
fn problem(place: &str, text: &str) -> Refusal {
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
    let place: Vec<&str> = [place].into_iter().chain(field).collect();
    Refusal::fields(vec![FieldProblem::at(&place, kind, message)])
}
