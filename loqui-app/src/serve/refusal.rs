//! What is answered when it did not work: a status and JSON, always in one shape.
//!
//! `error` is the same object as everywhere in Loqui; it is also what OpenAI's clients read. `detail` is what clients of
//! the guide's backend read: one line, or a list of fields with status 422. `message` is one line in either case.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use loqui_core::error::{Code, code};
use loqui_core::sample::Report;
use loqui_core::{Error, ErrorKind, Retry};
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

/// A refusal. Made of any [`Error`]; the status follows from its code.
#[derive(Debug)]
pub(crate) struct Refusal {
    status: StatusCode,
    error: Error,
    fields: Vec<FieldProblem>,
    report: Option<Box<Report>>,
}

/// What is wrong with one field.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct FieldProblem {
    /// Where it is: `body`, `query` or `path`, then its name.
    pub(crate) loc: Vec<String>,
    /// What is wrong.
    pub(crate) msg: String,
    /// The kind of problem, in one word.
    #[serde(rename = "type")]
    pub(crate) kind: String,
}

impl FieldProblem {
    /// A problem with a field of the body.
    pub(crate) fn body(field: &str, kind: &str, message: impl Into<String>) -> Self {
        Self::at(&["body", field], kind, message)
    }

    /// A problem with whatever is at that place.
    pub(crate) fn at(place: &[&str], kind: &str, message: impl Into<String>) -> Self {
        Self {
            loc: place.iter().map(|part| (*part).to_owned()).collect(),
            msg: message.into(),
            kind: kind.to_owned(),
        }
    }
}

/// The body of every answer that is not a success.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ErrorBody {
    /// What went wrong, as everywhere in Loqui.
    error: ErrorObject,
    /// One line, or with status 422 the fields that are wrong.
    #[schema(value_type = Value)]
    detail: Value,
    /// One line for people.
    message: String,
    /// What was found out about the recording, if one was refused.
    #[schema(value_type = Option<Value>)]
    report: Option<Value>,
}

/// What went wrong.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ErrorObject {
    /// The stable code, for instance `sample.too_short`.
    code: String,
    /// One line for people.
    message: String,
    /// What to do about it.
    hint: String,
    /// Whether the same request may work later.
    retryable: bool,
    /// The kind of trouble.
    #[serde(rename = "type")]
    kind: String,
}

impl Refusal {
    /// A refusal with a status of its own.
    pub(crate) fn new(status: StatusCode, code: &'static Code, message: impl Into<String>) -> Self {
        Self {
            status,
            error: Error::new(code, message),
            fields: Vec::new(),
            report: None,
        }
    }

    /// Fields that are missing or wrong (S205, A28).
    pub(crate) fn fields(fields: Vec<FieldProblem>) -> Self {
        let message = match fields.as_slice() {
            [only] => format!("{}: {}", only.loc.last().map_or("body", String::as_str), only.msg),
            _ => "Invalid request data".to_owned(),
        };
        Self {
            fields,
            ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, &code::REQUEST_INVALID, message)
        }
    }

    /// The same with another status.
    pub(crate) fn with_status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// The same with what was found out about the recording.
    pub(crate) fn with_report(mut self, report: Report) -> Self {
        self.report = Some(Box::new(report));
        self
    }

    /// The error behind it.
    pub(crate) fn error(&self) -> &Error {
        &self.error
    }

    /// The object `error` of the body.
    fn object(&self) -> Value {
        let internal = self.error.kind() == ErrorKind::Internal;
        json!({
            "code": self.error.code(),
            // What went on inside is for the log, not for whoever asked (A61).
            "message": if internal { "Something went wrong inside the server" } else { self.error.message() },
            "hint": self.error.hint().unwrap_or_default(),
            "retryable": self.error.retryable(),
            "type": self.error.kind().name(),
        })
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self {
            status: status_of(&error),
            error,
            fields: Vec::new(),
            report: None,
        }
    }
}

/// The status that fits a code best.
fn status_of(error: &Error) -> StatusCode {
    match error.code() {
        "user.exists"
        | "generation.not_failed"
        | "sample.unreadable"
        | "sample.unsupported_format"
        | "user.inactive" => StatusCode::BAD_REQUEST,
        "user.unauthorized" | "user.wrong_password" | "webhook.invalid" => StatusCode::UNAUTHORIZED,
        "user.registration_closed" => StatusCode::FORBIDDEN,
        "sample.too_large" | "request.too_large" => StatusCode::PAYLOAD_TOO_LARGE,
        "generation.not_finished" | "generation.key_reused" | "sample.in_use" | "store.conflict" => {
            StatusCode::CONFLICT
        }
        "request.wrong_method" => StatusCode::METHOD_NOT_ALLOWED,
        "request.busy" => StatusCode::SERVICE_UNAVAILABLE,
        _ => match error.kind() {
            ErrorKind::InvalidInput => StatusCode::UNPROCESSABLE_ENTITY,
            ErrorKind::Payment => StatusCode::PAYMENT_REQUIRED,
            ErrorKind::RateLimited => StatusCode::TOO_MANY_REQUESTS,
            ErrorKind::NotFound => StatusCode::NOT_FOUND,
            ErrorKind::Cancelled => StatusCode::CONFLICT,
            ErrorKind::Deadline => StatusCode::GATEWAY_TIMEOUT,
            // The server's own account at the provider, not the caller's.
            ErrorKind::Authentication | ErrorKind::Network | ErrorKind::Storage => StatusCode::SERVICE_UNAVAILABLE,
            ErrorKind::Provider => StatusCode::BAD_GATEWAY,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        },
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        if self.status.is_server_error() {
            let report = loqui_core::error::report(&self.error);
            tracing::error!(target: "loqui", code = self.error.code(), "{report}");
        }
        let object = self.object();
        let message = object["message"].clone();
        let mut body = Map::new();
        body.insert("error".to_owned(), object);
        let detail = if self.fields.is_empty() {
            message.clone()
        } else {
            json!(self.fields)
        };
        body.insert("detail".to_owned(), detail);
        body.insert("message".to_owned(), message);
        if let Some(report) = &self.report {
            body.insert("report".to_owned(), json!(report));
        }
        let mut response = (self.status, axum::Json(Value::Object(body))).into_response();
        let headers = response.headers_mut();
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Retry::After(wait) = self.error.retry() {
            headers.insert(header::RETRY_AFTER, wait.as_secs().max(1).into());
        }
        response
    }
}
