//! Webhooks from Replicate. A webhook only triggers a request to Replicate; its content is not trusted as a result.

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use bytes::Bytes;
use jiff::Timestamp;
use loqui_core::Error;
use loqui_core::replicate::webhooks;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::code;
use crate::serve::api_error::{ApiError, ErrorBody};
use crate::serve::state::App;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(replicate))
}

/// Receive a webhook from Replicate about a prediction.
#[utoipa::path(post, path = "/hooks/replicate/{take}", tag = "hooks",
    params(("take" = String, Path, description = "The take: generation, segment and number, for instance `7-0-1`")),
    request_body(content = String, content_type = "application/json"),
    responses((status = 204), (status = "4XX", body = ErrorBody)))]
async fn replicate(
    State(app): State<App>,
    take: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, ApiError> {
    let invalid = || Error::new(&code::WEBHOOK_INVALID, "invalid webhook signature");
    // The signature is checked first, so that unauthenticated clients cannot find out which takes exist.
    let secret = app.library.provider.webhook_secret().await?.ok_or_else(invalid)?;
    let pairs = headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
    webhooks::verify(secret, pairs, &body, Timestamp::now())?;
    let payload = serde_json::from_slice(&body).map_err(|source| invalid().with_source(source))?;
    let take = take.map(|Path(take)| take).unwrap_or_default();
    app.library.loqui.webhook(&take, &payload).await?;
    Ok(StatusCode::NO_CONTENT)
}
