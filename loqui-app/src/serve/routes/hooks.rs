//! Calls from Replicate: a prediction has ended. A call is a hint; what is true is asked of Replicate.

use std::str::FromStr;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use bytes::Bytes;
use jiff::Timestamp;
use loqui_core::error::code;
use loqui_core::replicate::webhooks;
use loqui_core::{Error, Generation};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::serve::refusal::{ErrorBody, Refusal};
use crate::serve::state::App;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(replicate))
}

/// The place of a take in the ledger, as the address of its call names it: generation, segment, number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct TakeName {
    generation: i64,
}

impl FromStr for TakeName {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut parts = text.split('-');
        let generation = parts.next().and_then(|part| part.parse().ok()).filter(|id| *id > 0);
        let rest = (parts.next(), parts.next(), parts.next());
        let number = |part: Option<&str>| part.is_some_and(|part| part.parse::<u32>().is_ok());
        match (generation, rest) {
            (Some(generation), (segment, take, None)) if number(segment) && number(take) => Ok(Self { generation }),
            _ => Err(()),
        }
    }
}

/// Replicate says that a prediction has ended.
#[utoipa::path(post, path = "/hooks/replicate/{take}", tag = "hooks",
    params(("take" = String, Path, description = "Generation, segment and number of the take, for instance `7-0-1`")),
    request_body(content = String, content_type = "application/json"),
    responses((status = 204), (status = "4XX", body = ErrorBody)))]
async fn replicate(
    State(app): State<App>,
    take: Result<Path<String>, axum::extract::rejection::PathRejection>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, Refusal> {
    let unbelieved = || Error::new(&code::WEBHOOK_INVALID, "the webhook is not to be believed");
    // Nobody learns here which takes there are: a wrong signature is told first.
    let secret = app.provider().webhook_secret().await?.ok_or_else(unbelieved)?;
    let pairs = headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
    webhooks::open(secret, pairs, &body, Timestamp::now())?;
    let unknown = || {
        let message = "there is no such take";
        Refusal::new(StatusCode::NOT_FOUND, &code::GENERATION_NOT_FOUND, message)
    };
    let name: TakeName = take.ok().and_then(|Path(take)| take.parse().ok()).ok_or_else(unknown)?;
    match app.loqui().generation(name.generation).await {
        Ok(generation) => carry_on(generation),
        Err(error) if error.code() == code::GENERATION_NOT_FOUND.name() => return Err(unknown()),
        Err(error) => return Err(error.into()),
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Carries it on if nobody does so already.
fn carry_on(generation: Generation) {
    tokio::spawn(async move {
        // What it comes to is in the records.
        let _ = generation.wait().await;
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_names_of_takes_are_read() {
        assert_eq!("7-0-1".parse(), Ok(TakeName { generation: 7 }));
        for text in ["", "7", "7-0", "7-0-1-2", "-7-0-1", "7-x-1", "../7-0-1", "0-0-1"] {
            assert_eq!(text.parse::<TakeName>(), Err(()), "{text}");
        }
    }
}
