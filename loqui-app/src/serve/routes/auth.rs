//! Users: register, sign in, who am I, sign out, API keys.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use loqui_core::error::code;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::serve::accounts::{Account, ApiKey, NewAccount};
use crate::serve::auth::{Caller, User};
use crate::serve::body::{FormBody, Id, JsonBody};
use crate::serve::database::shown;
use crate::serve::refusal::{ErrorBody, FieldProblem, Refusal};
use crate::serve::state::App;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(register))
        .routes(routes!(login))
        .routes(routes!(me))
        .routes(routes!(logout))
        .routes(routes!(add_key, list_keys))
        .routes(routes!(remove_key))
}

/// A new user.
#[derive(Debug, Deserialize, ToSchema)]
struct Register {
    /// 3 to 50 characters.
    #[schema(min_length = 3, max_length = 50)]
    username: String,
    /// An address, if there is to be one.
    #[serde(default)]
    #[schema(max_length = 254)]
    email: Option<String>,
    /// 6 to 100 characters.
    #[schema(min_length = 6, max_length = 100)]
    password: String,
}

/// The form of OAuth2's password grant; its other fields may be there.
#[derive(Deserialize, ToSchema)]
struct Login {
    username: String,
    password: String,
}

/// What a user shows from now on.
#[derive(Debug, Serialize, ToSchema)]
struct TokenAnswer {
    /// The token.
    access_token: String,
    /// Always `bearer`.
    token_type: &'static str,
    /// How long it is good, in seconds.
    expires_in: u64,
}

/// A user.
#[derive(Debug, Serialize, ToSchema)]
struct UserAnswer {
    /// Their number.
    user_id: i64,
    /// Their name.
    username: String,
    /// Their address.
    email: Option<String>,
    /// Whether they may come in.
    is_active: bool,
    /// Since when they are known.
    created_at: String,
}

impl From<Account> for UserAnswer {
    fn from(account: Account) -> Self {
        Self {
            user_id: account.id,
            username: account.username,
            email: account.email,
            is_active: account.active,
            created_at: shown(account.created_at),
        }
    }
}

/// One line for people.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MessageAnswer {
    message: &'static str,
}

impl MessageAnswer {
    pub(super) fn new(message: &'static str) -> Self {
        Self { message }
    }
}

/// A new key.
#[derive(Debug, Deserialize, ToSchema)]
struct NewKey {
    /// What it is for, 1 to 100 characters.
    #[schema(min_length = 1, max_length = 100)]
    name: String,
}

/// A key; its text only when it is made.
#[derive(Debug, Serialize, ToSchema)]
struct KeyAnswer {
    /// Its number.
    key_id: i64,
    /// What it is for.
    name: String,
    /// How it begins.
    start: String,
    /// The whole key, this once.
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<String>,
    /// Since when it is good.
    created_at: String,
}

impl From<ApiKey> for KeyAnswer {
    fn from(key: ApiKey) -> Self {
        Self {
            key_id: key.id,
            name: key.name,
            start: key.start,
            key: None,
            created_at: shown(key.created_at),
        }
    }
}

/// A user's keys.
#[derive(Debug, Serialize, ToSchema)]
struct KeysAnswer {
    /// The keys, oldest first.
    keys: Vec<KeyAnswer>,
}

/// Make a user.
#[utoipa::path(post, path = "/api/auth/register", tag = "users", request_body = Register,
    responses((status = 201, body = UserAnswer), (status = "4XX", body = ErrorBody)))]
async fn register(
    State(app): State<App>,
    caller: Caller,
    JsonBody(new): JsonBody<Register>,
) -> Result<(StatusCode, Json<UserAnswer>), Refusal> {
    if !app.settings().registration {
        return Err(Refusal::new(
            StatusCode::FORBIDDEN,
            &code::USER_REGISTRATION_CLOSED,
            "Registration is closed",
        ));
    }
    let new = checked(new)?;
    app.attempts().check(caller.address, "", caller.at)?;
    let added = app.accounts().add(new).await;
    if added.is_err() {
        // Whoever tries names one after the other learns which are taken: not many of them.
        app.attempts().failed(caller.address, "", caller.at);
    }
    Ok((StatusCode::CREATED, Json(added?.into())))
}

/// Refuses names, addresses and passwords that cannot be used.
fn checked(new: Register) -> Result<NewAccount, Refusal> {
    NewAccount::checked(new.username, new.email, new.password).map_err(|problems| {
        let problems = problems.into_iter();
        Refusal::fields(
            problems
                .map(|(field, message)| FieldProblem::body(field, "value", message))
                .collect(),
        )
    })
}

/// Sign in.
#[utoipa::path(post, path = "/api/auth/login", tag = "users",
    request_body(content = Login, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, body = TokenAnswer), (status = "4XX", body = ErrorBody)))]
async fn login(
    State(app): State<App>,
    caller: Caller,
    FormBody(form): FormBody<Login>,
) -> Result<Json<TokenAnswer>, Refusal> {
    let Caller { address, at } = caller;
    app.attempts().check(address, &form.username, at)?;
    let account = match app.accounts().sign_in(&form.username, &form.password).await {
        Ok(account) => account,
        Err(error) => {
            app.metrics().signed_in(error.code());
            if error.code() == code::USER_WRONG_PASSWORD.name() {
                app.attempts().failed(address, &form.username, at);
            }
            return Err(error.into());
        }
    };
    app.attempts().succeeded(&form.username);
    app.metrics().signed_in("accepted");
    Ok(Json(TokenAnswer {
        access_token: app.tokens().issue(account.id, at)?,
        token_type: "bearer",
        expires_in: app.tokens().lifetime_seconds(),
    }))
}

/// Who am I?
#[utoipa::path(get, path = "/api/auth/me", tag = "users", security(("bearer" = [])),
    responses((status = 200, body = UserAnswer), (status = 401, body = ErrorBody)))]
async fn me(user: User) -> Json<UserAnswer> {
    Json(user.account.into())
}

/// Give up the token that is shown. API keys stay.
#[utoipa::path(post, path = "/api/auth/logout", tag = "users", security(("bearer" = [])),
    responses((status = 200, body = MessageAnswer), (status = 401, body = ErrorBody)))]
async fn logout(State(app): State<App>, user: User) -> Result<Json<MessageAnswer>, Refusal> {
    if let Some(claims) = &user.claims {
        let until = Timestamp::from_second(claims.exp).unwrap_or(Timestamp::MAX);
        app.accounts().end_token(&claims.jti, until).await?;
    }
    Ok(Json(MessageAnswer::new("Successfully logged out")))
}

/// Make an API key for a program. Its text is shown this once.
#[utoipa::path(post, path = "/api/auth/keys", tag = "users", security(("bearer" = [])), request_body = NewKey,
    responses((status = 201, body = KeyAnswer), (status = "4XX", body = ErrorBody)))]
async fn add_key(
    State(app): State<App>,
    user: User,
    JsonBody(new): JsonBody<NewKey>,
) -> Result<(StatusCode, Json<KeyAnswer>), Refusal> {
    let name = new.name.trim();
    if !(1..=100).contains(&name.chars().count()) {
        let problem = FieldProblem::body("name", "length", "it must have 1 to 100 characters");
        return Err(Refusal::fields(vec![problem]));
    }
    let (key, text) = app.accounts().add_key(user.id(), name).await?;
    let answer = KeyAnswer {
        key: Some(text),
        ..key.into()
    };
    Ok((StatusCode::CREATED, Json(answer)))
}

/// All my API keys, without their texts.
#[utoipa::path(get, path = "/api/auth/keys", tag = "users", security(("bearer" = [])),
    responses((status = 200, body = KeysAnswer), (status = 401, body = ErrorBody)))]
async fn list_keys(State(app): State<App>, user: User) -> Result<Json<KeysAnswer>, Refusal> {
    let keys = app.accounts().keys(user.id()).await?;
    Ok(Json(KeysAnswer {
        keys: keys.into_iter().map(Into::into).collect(),
    }))
}

/// Take an API key back.
#[utoipa::path(delete, path = "/api/auth/keys/{id}", tag = "users", security(("bearer" = [])),
    params(("id" = i64, Path, description = "The key's number")),
    responses((status = 204), (status = "4XX", body = ErrorBody)))]
async fn remove_key(State(app): State<App>, user: User, Id(id): Id) -> Result<StatusCode, Refusal> {
    if app.accounts().remove_key(user.id(), id).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Refusal::new(
            StatusCode::NOT_FOUND,
            &code::USER_NOT_FOUND,
            "there is no such key",
        ))
    }
}
