//! Error responses: a status and a JSON body, which has the same shape for every error.
//!
//! `error` is the object that all interfaces of Loqui use, and that OpenAI's clients read. Clients of the guide's backend
//! read `detail`: the message, or with status 422 a list of fields. `message` is always the message.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use loqui_core::error::Code;
use loqui_core::sample::Report;
use loqui_core::{Error, ErrorKind, Retry};
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use crate::code;

/// An error response. The status follows from the code of the error.
#[derive(Debug)]
pub(crate) struct ApiError {
    status: StatusCode,
    error: Error,
    fields: Vec<FieldProblem>,
    report: Option<Box<Report>>,
}

/// A problem with one field of a request.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct FieldProblem {
    /// The location: `body`, `query`, `path` or `header`, then the name of the field.
    pub(crate) loc: Vec<String>,
    /// The message.
    pub(crate) msg: String,
    /// The kind of the problem, in one word.
    #[serde(rename = "type")]
    pub(crate) kind: String,
}

impl FieldProblem {
    /// Creates a problem with a field of the body.
    pub(crate) fn body(field: &str, kind: &str, message: impl Into<String>) -> Self {
        Self::at(&["body", field], kind, message)
    }

    /// Creates a problem at this location.
    pub(crate) fn at(location: &[&str], kind: &str, message: impl Into<String>) -> Self {
        Self {
            loc: location.iter().map(|part| (*part).to_owned()).collect(),
            msg: message.into(),
            kind: kind.to_owned(),
        }
    }
}

/// What an error response was made of. Middleware reads it from the extensions of the response.
#[derive(Clone, Debug)]
pub(crate) struct ErrorDetails {
    /// The object `error` of the body.
    pub(crate) object: Value,
    /// The problems with fields.
    pub(crate) fields: Vec<FieldProblem>,
}

/// The body of every error response.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ErrorBody {
    /// The error.
    error: ErrorObject,
    /// The message, or with status 422 the invalid fields.
    #[schema(value_type = Value)]
    detail: Value,
    /// The message.
    message: String,
    /// The report on a recording that was refused.
    #[schema(value_type = Option<Value>)]
    report: Option<Value>,
}

/// An error.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ErrorObject {
    /// The stable code, for instance `sample.too_short`.
    code: String,
    /// The message, one line.
    message: String,
    /// What the client can do about it.
    hint: String,
    /// Whether the same request may succeed later.
    retryable: bool,
    /// The kind of the error.
    #[serde(rename = "type")]
    kind: String,
    /// The invalid field of the request, if there is one.
    param: Option<String>,
}

impl ApiError {
    /// Creates an error with this status.
    pub(crate) fn new(status: StatusCode, code: &'static Code, message: impl Into<String>) -> Self {
        Self {
            status,
            error: Error::new(code, message),
            fields: Vec::new(),
            report: None,
        }
    }

    /// Creates the error for missing or invalid fields (S205).
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

    /// Replaces the status.
    pub(crate) fn with_status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// Adds the report on a recording.
    pub(crate) fn with_report(mut self, report: Report) -> Self {
        self.report = Some(Box::new(report));
        self
    }

    /// Returns the error.
    pub(crate) fn error(&self) -> &Error {
        &self.error
    }

    /// Returns true if the status is that of an error of the server.
    pub(crate) fn is_server_error(&self) -> bool {
        self.status.is_server_error()
    }

    /// Returns the message for clients.
    pub(crate) fn public_message(&self) -> &str {
        if self.error.kind() == ErrorKind::Internal {
            // Details of internal errors are logged and not sent to clients.
            "Something went wrong inside the server"
        } else {
            self.error.message()
        }
    }

    /// Returns the object `error` of the body.
    fn object(&self) -> Value {
        json!({
            "code": self.error.code(),
            "message": self.public_message(),
            "hint": self.error.hint().unwrap_or_default(),
            "retryable": self.error.retryable(),
            "type": self.error.kind().name(),
            "param": self.fields.first().filter(|field| field.loc.len() > 1).and_then(|field| field.loc.last()),
        })
    }
}

impl From<Error> for ApiError {
    fn from(error: Error) -> Self {
        Self {
            status: status_of(&error),
            error,
            fields: Vec::new(),
            report: None,
        }
    }
}

/// Returns the status for an error.
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
            // These concern the server's account at the provider, not the client.
            ErrorKind::Authentication | ErrorKind::Network | ErrorKind::Storage => StatusCode::SERVICE_UNAVAILABLE,
            ErrorKind::Provider => StatusCode::BAD_GATEWAY,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        },
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        if self.status.is_server_error() {
            let report = loqui_core::error::report(&self.error);
            tracing::error!(target: "loqui", code = self.error.code(), "{report}");
        }
        let object = self.object();
        let message = object["message"].clone();
        let mut body = Map::new();
        body.insert("error".to_owned(), object.clone());
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
        response.extensions_mut().insert(ErrorDetails {
            object,
            fields: self.fields,
        });
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
