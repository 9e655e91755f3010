//! Authentication of requests by the `Authorization` header, or by the `xi-api-key` header of ElevenLabs' clients.

use std::net::IpAddr;

use axum::extract::{FromRef, FromRequestParts};
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName};
use jiff::Timestamp;

use super::accounts::{Account, unauthorized};
use super::api_error::ApiError;
use super::clients::client_of;
use super::state::App;
use super::tokens::Claims;

/// The header of API keys in requests of ElevenLabs' clients.
pub(crate) const XI_API_KEY: HeaderName = HeaderName::from_static("xi-api-key");

/// An authenticated user.
#[derive(Debug)]
pub(crate) struct User {
    pub(crate) account: Account,
    /// The claims of the token; `None` for an API key.
    pub(crate) claims: Option<Claims>,
}

impl User {
    /// Returns the id of the account.
    pub(crate) fn id(&self) -> i64 {
        self.account.id
    }

    /// Authenticates a token or an API key.
    ///
    /// # Errors
    ///
    /// `user.unauthorized`, `user.inactive`, `store.unavailable`.
    pub(crate) async fn by_token(app: &App, token: &str) -> Result<Self, ApiError> {
        if let Some(account) = app.access.accounts.by_key(token).await? {
            return Ok(Self { account, claims: None });
        }
        let claims = app.access.tokens.read(token).ok_or_else(unauthorized)?;
        if app.access.accounts.is_revoked(&claims.jti).await? {
            return Err(unauthorized().into());
        }
        Ok(Self {
            account: app.access.accounts.by_subject(&claims.sub).await?,
            claims: Some(claims),
        })
    }
}

impl<S> FromRequestParts<S> for User
where
    S: Send + Sync,
    App: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let app = App::from_ref(state);
        let token = token_of(&parts.headers).ok_or_else(unauthorized)?;
        Self::by_token(&app, token).await
    }
}

/// Returns the token or API key of a request.
pub(crate) fn token_of(headers: &HeaderMap) -> Option<&str> {
    let bearer = headers
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim());
    bearer.or_else(|| {
        headers
            .get(XI_API_KEY)
            .and_then(|value| value.to_str().ok())
            .map(str::trim)
    })
}

/// The client address and the time of a request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Caller {
    pub(crate) address: IpAddr,
    pub(crate) at: Timestamp,
}

impl<S> FromRequestParts<S> for Caller
where
    S: Send + Sync,
    App: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let app = App::from_ref(state);
        Ok(Self {
            address: client_of(&parts.extensions, &parts.headers, &app.settings.trusted_proxies),
            at: Timestamp::now(),
        })
    }
}
