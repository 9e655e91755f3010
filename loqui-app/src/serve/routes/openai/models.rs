//! The available models, in OpenAI's shape and in that of Open WebUI.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::from_fn;
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::code;
use crate::serve::api_error::{ApiError, ErrorBody};
use crate::serve::auth::{User, XI_API_KEY};
use crate::serve::error_shapes;
use crate::serve::routes::elevenlabs;
use crate::serve::state::App;

/// OpenAI's names of models, which select the default model.
const OPENAI_MODELS: [&str; 3] = ["tts-1", "tts-1-hd", "gpt-4o-mini-tts"];

/// Routes outside of `/v1/audio`.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(models))
        .routes(routes!(model))
        .routes(routes!(model_of_owner))
        .layer(from_fn(error_shapes::by_client))
}

/// Returns true for a name that selects the default model: none, one of OpenAI's, or one of those with a date, for instance
/// `gpt-4o-mini-tts-2025-12-15`.
pub(super) fn is_default(name: &str) -> bool {
    let is_date = |text: &str| {
        text.len() == 11
            && text.bytes().enumerate().all(|(index, byte)| {
                if [0, 5, 8].contains(&index) {
                    byte == b'-'
                } else {
                    byte.is_ascii_digit()
                }
            })
    };
    name.is_empty()
        || OPENAI_MODELS.iter().any(|model| {
            name.strip_prefix(model)
                .is_some_and(|rest| rest.is_empty() || is_date(rest))
        })
}

/// The available models.
#[derive(Debug, Serialize, ToSchema)]
struct ModelsAnswer {
    /// Always `list`.
    object: &'static str,
    /// The models.
    data: Vec<ModelAnswer>,
}

/// A model.
#[derive(Debug, Serialize, ToSchema)]
struct ModelAnswer {
    /// The full name of the model.
    id: String,
    /// Always `model`.
    object: &'static str,
    /// Always 0, because it is unknown.
    created: i64,
    /// The owner of the model.
    owned_by: String,
}

impl ModelAnswer {
    fn new(id: String) -> Self {
        Self {
            owned_by: id.split_once('/').map_or("loqui", |(owner, _)| owner).to_owned(),
            id,
            object: "model",
            created: 0,
        }
    }
}

/// List the available models. Requests with an `xi-api-key` header get a list in the shape of ElevenLabs.
#[utoipa::path(get, path = "/v1/models", tag = "openai", security(("bearer" = []), ("xi-api-key" = [])),
    responses((status = 200, body = ModelsAnswer), (status = 401, body = ErrorBody)))]
async fn models(State(app): State<App>, _user: User, headers: HeaderMap) -> Response {
    if headers.contains_key(XI_API_KEY) {
        return elevenlabs::list_models(&app);
    }
    let data = elevenlabs::model_names(&app)
        .into_iter()
        .map(|model| ModelAnswer::new(model.name))
        .collect();
    Json(ModelsAnswer { object: "list", data }).into_response()
}

/// Show a model. OpenAI's names are known as well.
#[utoipa::path(get, path = "/v1/models/{id}", tag = "openai", security(("bearer" = [])),
    params(("id" = String, Path, description = "The name of the model")),
    responses((status = 200, body = ModelAnswer), (status = "4XX", body = ErrorBody)))]
async fn model(State(app): State<App>, _user: User, Path(id): Path<String>) -> Result<Json<ModelAnswer>, ApiError> {
    describe(&app, id)
}

/// Show a model by its full name, which contains a slash.
#[utoipa::path(get, path = "/v1/models/{owner}/{name}", tag = "openai", security(("bearer" = [])),
    params(("owner" = String, Path, description = "The owner of the model"),
        ("name" = String, Path, description = "The short name of the model")),
    responses((status = 200, body = ModelAnswer), (status = "4XX", body = ErrorBody)))]
async fn model_of_owner(
    State(app): State<App>,
    _user: User,
    Path((owner, name)): Path<(String, String)>,
) -> Result<Json<ModelAnswer>, ApiError> {
    describe(&app, format!("{owner}/{name}"))
}

fn describe(app: &App, id: String) -> Result<Json<ModelAnswer>, ApiError> {
    let is_known = is_default(&id) || app.library.loqui.model(Some(&id)).is_ok();
    if !is_known {
        let name: String = id.chars().take(60).collect();
        let message = format!("the model {name:?} does not exist");
        return Err(ApiError::new(StatusCode::NOT_FOUND, &code::MODEL_UNKNOWN, message));
    }
    Ok(Json(ModelAnswer::new(id)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn openai_names_with_and_without_a_date_are_the_default_model() {
        for name in [
            "",
            "tts-1",
            "tts-1-hd",
            "gpt-4o-mini-tts",
            "gpt-4o-mini-tts-2025-12-15",
            "tts-1-2026-01-31",
        ] {
            assert!(is_default(name), "{name}");
        }
        for name in [
            "chatterbox",
            "tts-2",
            "tts-1-hd-",
            "gpt-4o-mini-tts-latest",
            "tts-1-2026-1-31",
            "tts-1x",
        ] {
            assert!(!is_default(name), "{name}");
        }
    }
}
