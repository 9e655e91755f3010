//! Converts errors of the core to plain objects. An asynchronous N-API function cannot reject with a custom class, so it
//! resolves with such an object, and `lib/errors.js` throws the class.

use loqui_core::{Error, GenerationId};
use napi::bindgen_prelude::Either;
use napi_derive::napi;

/// An error of the core.
#[napi(object)]
pub struct Failure {
    pub kind: String,
    pub code: String,
    pub message: String,
    pub hint: Option<String>,
    pub retryable: bool,
    pub generation_id: Option<i64>,
    pub request_id: Option<String>,
    pub cause: Option<String>,
}

/// A value, or the error.
pub(crate) type Outcome<T> = napi::Result<Either<T, Failure>>;

#[expect(clippy::unnecessary_wraps, reason = "napi's asynchronous functions return a result")]
pub(crate) fn outcome<T>(result: Result<T, Error>) -> Outcome<T> {
    Ok(match result {
        Ok(value) => Either::A(value),
        Err(error) => Either::B(Failure::from(&error)),
    })
}

/// Converts a value to JSON data, or returns the error.
pub(crate) fn outcome_json<T: serde::Serialize>(result: Result<T, Error>) -> Outcome<serde_json::Value> {
    match result {
        Ok(value) => outcome(Ok(json(&value)?)),
        Err(error) => outcome(Err(error)),
    }
}

impl From<&Error> for Failure {
    fn from(error: &Error) -> Self {
        let mut causes = Vec::new();
        let mut cause = std::error::Error::source(error);
        while let Some(source) = cause {
            causes.push(source.to_string());
            cause = source.source();
        }
        Self {
            kind: error.kind().name().to_owned(),
            code: error.code().to_owned(),
            message: error.message().to_owned(),
            hint: error.hint().map(str::to_owned),
            retryable: error.retryable(),
            generation_id: error.generation_id().map(GenerationId::get),
            request_id: error.request_id().map(str::to_owned),
            cause: (!causes.is_empty()).then(|| causes.join(": ")),
        }
    }
}

/// Converts a value of the core to JSON data.
pub(crate) fn json(value: &impl serde::Serialize) -> napi::Result<serde_json::Value> {
    serde_json::to_value(value).map_err(|error| napi::Error::from_reason(error.to_string()))
}
