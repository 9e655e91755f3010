//! What a text costs and how it is read, before anything is paid.

use axum::Json;
use axum::extract::State;
use loqui_core::estimate::Estimate;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::generation::script_problem;
use crate::serve::api_error::{ApiError, ErrorBody};
use crate::serve::auth::User;
use crate::serve::speak_body::SpeakBody;
use crate::serve::state::App;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(estimate)).routes(routes!(script))
}

/// A text to estimate.
#[derive(Debug, Deserialize, ToSchema)]
struct EstimateRequest {
    /// The text to speak.
    #[schema(min_length = 1)]
    script_text: String,
}

/// The body of an estimate. utoipa needs a name without type parameters.
type EstimateBody = SpeakBody<EstimateRequest>;

/// A text to read.
#[derive(Debug, Deserialize, ToSchema)]
struct ScriptRequest {
    /// The text to speak.
    #[schema(min_length = 1)]
    script_text: String,
}

/// The body of a request to read a text. utoipa needs a name without type parameters.
type ScriptBody = SpeakBody<ScriptRequest>;

/// What is written and what is spoken.
#[derive(Debug, Serialize, ToSchema)]
struct ScriptAnswer {
    /// The language in which the text is read.
    language: Option<String>,
    /// The segments: `index`, `text` as written, `spoken` as sent, `boundary`, `pause_seconds`, and `readings`, the tokens
    /// that are not spoken as they are written.
    #[schema(value_type = Vec<Object>)]
    segments: Value,
    /// What may sound wrong.
    #[schema(value_type = Vec<Object>)]
    findings: Value,
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
    request_body = EstimateBody,
    responses((status = 200, body = EstimateAnswer), (status = "4XX", body = ErrorBody)))]
async fn estimate(
    State(app): State<App>,
    _user: User,
    SpeakBody { own: request, options }: EstimateBody,
) -> Result<Json<EstimateAnswer>, ApiError> {
    if let Some(problem) = script_problem(&request.script_text, app.settings.max_script_characters) {
        return Err(ApiError::fields(vec![problem]));
    }
    let loqui = &app.library.loqui;
    let script = loqui.script(&request.script_text, &options)?;
    let estimate = Estimate::of(&script, &loqui.model(options.voice.model.as_deref())?);
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

/// Show what is written and what will be spoken, segment by segment.
#[utoipa::path(post, path = "/api/script", tag = "generation", security(("bearer" = [])),
    request_body = ScriptBody,
    responses((status = 200, body = ScriptAnswer), (status = "4XX", body = ErrorBody)))]
async fn script(
    State(app): State<App>,
    _user: User,
    SpeakBody { own: request, options }: ScriptBody,
) -> Result<Json<ScriptAnswer>, ApiError> {
    if let Some(problem) = script_problem(&request.script_text, app.settings.max_script_characters) {
        return Err(ApiError::fields(vec![problem]));
    }
    let report = app.library.loqui.script(&request.script_text, &options)?.report();
    Ok(Json(ScriptAnswer {
        segments: json!(report.segments),
        findings: json!(report.findings),
        language: report.language,
    }))
}
