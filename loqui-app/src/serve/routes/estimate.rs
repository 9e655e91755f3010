//! What a text would come to, before anything is paid.

use axum::Json;
use axum::extract::State;
use loqui_core::script::Script;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::generation::script_problem;
use crate::serve::auth::User;
use crate::serve::body::JsonBody;
use crate::serve::refusal::{ErrorBody, Refusal};
use crate::serve::state::App;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(estimate))
}

/// A text and the model that is to speak it.
#[derive(Debug, Deserialize, ToSchema)]
struct EstimateQuestion {
    /// What is to be spoken.
    #[schema(min_length = 1)]
    script_text: String,
    /// The model, for instance `chatterbox-turbo`.
    #[serde(default)]
    model: Option<String>,
}

/// What a text would come to (A29).
#[derive(Debug, Serialize, ToSchema)]
struct EstimateAnswer {
    /// The length of the text.
    characters: usize,
    /// The words of the text.
    word_count: usize,
    /// The pieces it is spoken in.
    segments: usize,
    /// About how long the speech will be, in seconds.
    estimated_duration_seconds: f64,
    /// What it costs if every piece is good at once, in US dollars.
    estimated_cost_usd: f64,
    /// What the price goes by.
    price_basis: String,
    /// The day the price was looked up.
    prices_as_of: Option<String>,
    /// What may sound wrong.
    #[schema(value_type = Vec<Object>)]
    findings: Value,
}

/// What would it come to?
#[utoipa::path(post, path = "/api/estimate", tag = "generation", security(("bearer" = [])),
    request_body = EstimateQuestion,
    responses((status = 200, body = EstimateAnswer), (status = "4XX", body = ErrorBody)))]
async fn estimate(
    State(app): State<App>,
    _user: User,
    JsonBody(question): JsonBody<EstimateQuestion>,
) -> Result<Json<EstimateAnswer>, Refusal> {
    if let Some(problem) = script_problem(&question.script_text, app.settings().max_script_characters) {
        return Err(Refusal::fields(vec![problem]));
    }
    let model = question.model.as_deref();
    let estimate = app.loqui().estimate(&question.script_text, model)?;
    let limits = app.loqui().model(model)?.script_limits();
    let script = Script::parse(&question.script_text, &limits, None)?;
    Ok(Json(EstimateAnswer {
        characters: estimate.characters,
        word_count: question.script_text.split_whitespace().count(),
        segments: estimate.segments,
        estimated_duration_seconds: estimate.duration_seconds,
        estimated_cost_usd: estimate.cost_usd,
        price_basis: estimate.price_basis,
        prices_as_of: estimate.prices_as_of,
        findings: json!(script.findings()),
    }))
}
