//! Estimates of a text before anything is paid.

use axum::Json;
use axum::extract::State;
use loqui_core::script::Script;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::generation::script_problem;
use crate::serve::api_error::{ApiError, ErrorBody};
use crate::serve::auth::User;
use crate::serve::body::JsonBody;
use crate::serve::state::App;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(estimate))
}

/// The text and the model to estimate.
#[derive(Debug, Deserialize, ToSchema)]
struct EstimateRequest {
    /// The text to speak.
    #[schema(min_length = 1)]
    script_text: String,
    /// The model, for instance `chatterbox-turbo`.
    #[serde(default)]
    model: Option<String>,
}

/// An estimate.
#[derive(Debug, Serialize, ToSchema)]
struct EstimateAnswer {
    /// The number of characters.
    characters: usize,
    /// The number of words.
    word_count: usize,
    /// The number of segments.
    segments: usize,
    /// The estimated duration of the speech, in seconds.
    estimated_duration_seconds: f64,
    /// The estimated cost with one take per segment, in US dollars.
    estimated_cost_usd: f64,
    /// The unit of the price.
    price_basis: String,
    /// The day of the price list.
    prices_as_of: Option<String>,
    /// Warnings about the text.
    #[schema(value_type = Vec<Object>)]
    findings: Value,
}

/// Estimate the segments, duration and cost of a text.
#[utoipa::path(post, path = "/api/estimate", tag = "generation", security(("bearer" = [])),
    request_body = EstimateRequest,
    responses((status = 200, body = EstimateAnswer), (status = "4XX", body = ErrorBody)))]
async fn estimate(
    State(app): State<App>,
    _user: User,
    JsonBody(request): JsonBody<EstimateRequest>,
) -> Result<Json<EstimateAnswer>, ApiError> {
    if let Some(problem) = script_problem(&request.script_text, app.settings.max_script_characters) {
        return Err(ApiError::fields(vec![problem]));
    }
    let model = request.model.as_deref();
    let estimate = app.library.loqui.estimate(&request.script_text, model)?;
    let limits = app.library.loqui.model(model)?.script_limits();
    let script = Script::parse(&request.script_text, &limits, None)?;
    Ok(Json(EstimateAnswer {
        characters: estimate.characters,
        word_count: request.script_text.split_whitespace().count(),
        segments: estimate.segments,
        estimated_duration_seconds: estimate.duration_seconds,
        estimated_cost_usd: estimate.cost_usd,
        price_basis: estimate.price_basis,
        prices_as_of: estimate.prices_as_of,
        findings: json!(script.findings()),
    }))
}
