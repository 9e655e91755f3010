//! The body of a request that creates a generation: fields of its own, and the speak options.

use std::borrow::Cow;

use axum::extract::{FromRequest, Request};
use loqui_core::SpeakOptions;
use loqui_core::options::{self, FieldError, OptionInfo};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use utoipa::openapi::schema::Schema;
use utoipa::openapi::{ObjectBuilder, RefOr};
use utoipa::{PartialSchema, ToSchema};

use super::api_error::{ApiError, FieldProblem};
use super::body::JsonBody;

/// A JSON object with the fields of `T` and the speak options. Unknown fields are ignored.
#[derive(Debug)]
pub(crate) struct SpeakBody<T> {
    /// The fields of the route.
    pub(crate) own: T,
    /// The speak options.
    pub(crate) options: SpeakOptions,
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for SpeakBody<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let JsonBody(fields) = JsonBody::<Map<String, Value>>::from_request(request, state).await?;
        Ok(Self {
            own: options::from_fields(&fields).map_err(api_error)?,
            options: SpeakOptions::from_fields(&fields).map_err(api_error)?,
        })
    }
}

fn api_error(error: FieldError) -> ApiError {
    let problem = if error.missing {
        FieldProblem::body(&error.field, "missing", "Field required")
    } else {
        FieldProblem::body(&error.field, "invalid", error.message)
    };
    ApiError::fields(vec![problem])
}

impl<T: ToSchema> PartialSchema for SpeakBody<T> {
    fn schema() -> RefOr<Schema> {
        let mut object = match T::schema() {
            RefOr::T(Schema::Object(object)) => object,
            _ => ObjectBuilder::new().build(),
        };
        let options = options::describe().into_iter().filter(OptionInfo::is_speak_option);
        for option in options {
            if let Ok(schema) = serde_json::from_value(option.schema) {
                object.properties.insert(option.name.to_owned(), schema);
            }
        }
        RefOr::T(Schema::Object(object))
    }
}

impl<T: ToSchema> ToSchema for SpeakBody<T> {
    fn name() -> Cow<'static, str> {
        T::name()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        T::schemas(schemas);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, ToSchema)]
    #[expect(dead_code, reason = "only its schema is used")]
    struct Own {
        title: String,
    }

    #[test]
    fn the_schema_has_the_routes_own_fields_and_every_option() {
        let RefOr::T(Schema::Object(object)) = SpeakBody::<Own>::schema() else {
            panic!("the schema is not an object");
        };
        assert!(object.properties.contains_key("title"));
        for option in options::describe().iter().filter(|option| option.is_speak_option()) {
            let schema = serde_json::to_value(&object.properties[option.name]).unwrap();
            assert_eq!(schema["description"], option.schema["description"], "{}", option.name);
            assert_eq!(schema["type"], option.schema["type"], "{}", option.name);
        }
    }
}
