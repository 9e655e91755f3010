//! Users: registration, sign-in, sign-out and API keys.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::code;
use crate::serve::accounts::{Account, ApiKey, NewAccount};
use crate::serve::api_error::{ApiError, ErrorBody, FieldProblem};
use crate::serve::auth::{Caller, User};
use crate::serve::body::{FormBody, Id, JsonBody};
use crate::serve::database::shown;
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

/// A user to register.
#[derive(Debug, Deserialize, ToSchema)]
struct Register {
    /// 3 to 50 characters.
    #[schema(min_length = 3, max_length = 50)]
    username: String,
    /// The email address, optional.
    #[serde(default)]
    #[schema(max_length = 254)]
    email: Option<String>,
    /// 6 to 100 characters.
    #[schema(min_length = 6, max_length = 100)]
    password: String,
}

/// The form of the OAuth2 password grant. Its other fields are ignored.
#[derive(Deserialize, ToSchema)]
struct Login {
    username: String,
    password: String,
}

/// A token.
#[derive(Debug, Serialize, ToSchema)]
struct TokenAnswer {
    /// The token.
    access_token: String,
    /// Always `bearer`.
    token_type: &'static str,
    /// The lifetime, in seconds.
    expires_in: u64,
}

/// A user.
#[derive(Debug, Serialize, ToSchema)]
struct UserAnswer {
    /// The id of the user.
    user_id: i64,
    /// The user name.
    username: String,
    /// The email address.
    email: Option<String>,
    /// Whether the user is enabled.
    is_active: bool,
    /// When the user was created.
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

/// A message.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MessageAnswer {
    message: &'static str,
}

impl MessageAnswer {
    pub(super) fn new(message: &'static str) -> Self {
        Self { message }
    }
}

/// An API key to create.
#[derive(Debug, Deserialize, ToSchema)]
struct NewKey {
    /// The purpose of the key, 1 to 100 characters.
    #[schema(min_length = 1, max_length = 100)]
    name: String,
}

/// An API key.
#[derive(Debug, Serialize, ToSchema)]
struct KeyAnswer {
    /// The id of the key.
    key_id: i64,
    /// The purpose of the key.
    name: String,
    /// The first characters of the key.
    start: String,
    /// The whole key, only when it is created.
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<String>,
    /// When the key was created.
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

/// The API keys of a user.
#[derive(Debug, Serialize, ToSchema)]
struct KeysAnswer {
    /// The keys, oldest first.
    keys: Vec<KeyAnswer>,
}

/// Register a user.
#[utoipa::path(post, path = "/api/auth/register", tag = "users", request_body = Register,
    responses((status = 201, body = UserAnswer), (status = "4XX", body = ErrorBody)))]
async fn register(
    State(app): State<App>,
    caller: Caller,
    JsonBody(new): JsonBody<Register>,
) -> Result<(StatusCode, Json<UserAnswer>), ApiError> {
    if !app.settings.registration {
        return Err(ApiError::new(
            StatusCode::FORBIDDEN,
            &code::USER_REGISTRATION_CLOSED,
            "Registration is closed",
        ));
    }
    let new = checked(new)?;
    app.access.attempts.check(caller.address, None, caller.at).await?;
    let added = app.access.accounts.add(new).await;
    if added.is_err() {
        // Limits how many names a client can test.
        app.access.attempts.failed(caller.address, None, caller.at).await?;
    }
    Ok((StatusCode::CREATED, Json(added?.into())))
}

/// Validates the fields.
fn checked(new: Register) -> Result<NewAccount, ApiError> {
    NewAccount::checked(new.username, new.email, new.password).map_err(|problems| {
        let problems = problems.into_iter();
        ApiError::fields(
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
) -> Result<Json<TokenAnswer>, ApiError> {
    let Caller { address, at } = caller;
    app.access.attempts.check(address, Some(&form.username), at).await?;
    let account = match app.access.accounts.sign_in(&form.username, &form.password).await {
        Ok(account) => account,
        Err(error) => {
            app.metrics.signed_in(error.code());
            if error.is(&code::USER_WRONG_PASSWORD) {
                app.access.attempts.failed(address, Some(&form.username), at).await?;
            }
            return Err(error.into());
        }
    };
    app.access.attempts.succeeded(&form.username).await?;
    app.metrics.signed_in("accepted");
    Ok(Json(TokenAnswer {
        access_token: app.access.tokens.issue(&account.subject, at)?,
        token_type: "bearer",
        expires_in: app.access.tokens.lifetime_seconds(),
    }))
}

/// Show the user of the token.
#[utoipa::path(get, path = "/api/auth/me", tag = "users", security(("bearer" = [])),
    responses((status = 200, body = UserAnswer), (status = 401, body = ErrorBody)))]
async fn me(user: User) -> Json<UserAnswer> {
    Json(user.account.into())
}

/// Revoke the token of the request. API keys stay valid.
#[utoipa::path(post, path = "/api/auth/logout", tag = "users", security(("bearer" = [])),
    responses((status = 200, body = MessageAnswer), (status = 401, body = ErrorBody)))]
async fn logout(State(app): State<App>, user: User) -> Result<Json<MessageAnswer>, ApiError> {
    if let Some(claims) = &user.claims {
        let until = Timestamp::from_second(claims.exp).unwrap_or(Timestamp::MAX);
        app.access.accounts.revoke_token(&claims.jti, until).await?;
    }
    Ok(Json(MessageAnswer::new("Successfully logged out")))
}

/// Create an API key for a program. The whole key is shown only here.
#[utoipa::path(post, path = "/api/auth/keys", tag = "users", security(("bearer" = [])), request_body = NewKey,
    responses((status = 201, body = KeyAnswer), (status = "4XX", body = ErrorBody)))]
async fn add_key(
    State(app): State<App>,
    user: User,
    JsonBody(new): JsonBody<NewKey>,
) -> Result<(StatusCode, Json<KeyAnswer>), ApiError> {
    let name = new.name.trim();
    if !(1..=100).contains(&name.chars().count()) {
        let problem = FieldProblem::body("name", "length", "it must have 1 to 100 characters");
        return Err(ApiError::fields(vec![problem]));
    }
    if name.chars().any(char::is_control) {
        let problem = FieldProblem::body("name", "characters", "it must be one line of text");
        return Err(ApiError::fields(vec![problem]));
    }
    let (key, text) = app.access.accounts.add_key(user.id(), name).await?;
    let answer = KeyAnswer {
        key: Some(text),
        ..key.into()
    };
    Ok((StatusCode::CREATED, Json(answer)))
}

/// List the API keys, without the secrets.
#[utoipa::path(get, path = "/api/auth/keys", tag = "users", security(("bearer" = [])),
    responses((status = 200, body = KeysAnswer), (status = 401, body = ErrorBody)))]
async fn list_keys(State(app): State<App>, user: User) -> Result<Json<KeysAnswer>, ApiError> {
    let keys = app.access.accounts.keys(user.id()).await?;
    Ok(Json(KeysAnswer {
        keys: keys.into_iter().map(Into::into).collect(),
    }))
}

/// Revoke an API key.
#[utoipa::path(delete, path = "/api/auth/keys/{id}", tag = "users", security(("bearer" = [])),
    params(("id" = i64, Path, description = "The id of the key")),
    responses((status = 204), (status = "4XX", body = ErrorBody)))]
async fn remove_key(State(app): State<App>, user: User, Id(id): Id) -> Result<StatusCode, ApiError> {
    if app.access.accounts.remove_key(user.id(), id).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(ApiError::new(
            StatusCode::NOT_FOUND,
            &code::USER_NOT_FOUND,
            "the API key does not exist",
        ))
    }
}
