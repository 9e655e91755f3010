//! Who asks: read from the header `Authorization` before a handler runs.

use std::net::IpAddr;

use axum::extract::{FromRef, FromRequestParts};
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use jiff::Timestamp;

use super::accounts::{Account, nobody};
use super::clients::client_of;
use super::refusal::Refusal;
use super::state::App;
use super::tokens::Claims;

/// Somebody who has shown a token or an API key.
#[derive(Debug)]
pub(crate) struct User {
    pub(crate) account: Account,
    /// What the token says; nothing if it was a key.
    pub(crate) claims: Option<Claims>,
}

impl User {
    /// Their number.
    pub(crate) fn id(&self) -> i64 {
        self.account.id
    }

    /// Who shows this token or key.
    ///
    /// # Errors
    ///
    /// `user.unauthorized`, `user.inactive`, `store.unavailable`.
    pub(crate) async fn by_token(app: &App, token: &str) -> Result<Self, Refusal> {
        if let Some(account) = app.accounts().by_key(token).await? {
            return Ok(Self { account, claims: None });
        }
        let claims = app.tokens().read(token).ok_or_else(nobody)?;
        if app.accounts().is_ended(&claims.jti).await? {
            return Err(nobody().into());
        }
        let id = claims.sub.parse().map_err(|_| nobody())?;
        Ok(Self {
            account: app.accounts().active(id).await?,
            claims: Some(claims),
        })
    }
}

impl<S> FromRequestParts<S> for User
where
    S: Send + Sync,
    App: FromRef<S>,
{
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let app = App::from_ref(state);
        let token = parts
            .headers
            .get(AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .map(|(_, token)| token.trim())
            .ok_or_else(nobody)?;
        Self::by_token(&app, token).await
    }
}

/// Where a request comes from, and when.
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
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let app = App::from_ref(state);
        Ok(Self {
            address: client_of(&parts.extensions, &parts.headers, &app.settings().trusted_proxies),
            at: Timestamp::now(),
        })
    }
}
