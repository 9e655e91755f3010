//! Calls from Replicate: a prediction has ended. A call is a hint; what is true is asked of Replicate.

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use bytes::Bytes;
use jiff::Timestamp;
use loqui_core::Error;
use loqui_core::error::code;
use loqui_core::replicate::webhooks;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::serve::refusal::{ErrorBody, Refusal};
use crate::serve::state::App;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(replicate))
}

/// Replicate says that a prediction has ended.
#[utoipa::path(post, path = "/hooks/replicate/{take}", tag = "hooks",
    params(("take" = String, Path, description = "Generation, segment and number of the take, for instance `7-0-1`")),
    request_body(content = String, content_type = "application/json"),
    responses((status = 204), (status = "4XX", body = ErrorBody)))]
async fn replicate(
    State(app): State<App>,
    take: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, Refusal> {
    let unbelieved = || Error::new(&code::WEBHOOK_INVALID, "the webhook is not to be believed");
    // Nobody learns here which takes there are: a wrong signature is told first.
    let secret = app.provider().webhook_secret().await?.ok_or_else(unbelieved)?;
    let pairs = headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
    webhooks::verify(secret, pairs, &body, Timestamp::now())?;
    let payload = serde_json::from_slice(&body).map_err(|source| unbelieved().with_source(source))?;
    let take = take.map(|Path(take)| take).unwrap_or_default();
    app.loqui().webhook(&take, &payload).await?;
    Ok(StatusCode::NO_CONTENT)
}
