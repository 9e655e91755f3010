//! JSON bodies. Unknown fields are accepted and reported.

use axum::extract::{FromRequest, Request};
use loqui_core::options;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::serve::api_error::{ApiError, FieldProblem};
use crate::serve::body::JsonBody;
use crate::serve::warnings::Warnings;

/// A JSON object with the fields of `T`.
#[derive(Debug)]
pub(super) struct Body<T> {
    pub(super) own: T,
    /// One warning for each unknown field with a value.
    pub(super) warnings: Warnings,
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let JsonBody(fields) = JsonBody::<Map<String, Value>>::from_request(request, state).await?;
        let own = options::from_fields(&fields).map_err(|error| {
            let kind = if error.missing { "missing" } else { "invalid" };
            let message = if error.missing {
                "Field required".to_owned()
            } else {
                error.message
            };
            ApiError::fields(vec![FieldProblem::body(&error.field, kind, message)])
        })?;
        let known = options::field_names::<T>();
        let mut warnings = Warnings::default();
        for (name, value) in &fields {
            if !value.is_null() && !known.contains(&name.as_str()) {
                warnings.ignored(name);
            }
        }
        Ok(Self { own, warnings })
    }
}
