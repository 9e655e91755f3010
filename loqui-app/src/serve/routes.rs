//! All routes, one file per group. The OpenAPI document is generated from their descriptions.

mod audio;
mod auth;
mod estimate;
mod events;
mod generation;
mod health;
mod hooks;
mod library;
mod monitoring;
mod openai;
mod page;
mod samples;
mod socket;

use std::time::Duration;

use axum::Router;
use axum::http::{Method, StatusCode};
use axum::middleware::{from_fn, from_fn_with_state};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::RequestBodyTimeoutLayer;
use utoipa::OpenApi;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa_axum::router::OpenApiRouter;

use super::api_error::{ApiError, ErrorBody};
use super::drain::drained;
use super::layers;
use super::state::App;
use crate::code;

/// The maximum pause within a request body.
const BODY_TIMEOUT: Duration = Duration::from_secs(20);

/// The general part of the document.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Loqui",
        description = "Speaks a text in the voice of a short recording. \
                       All error responses have the same shape, with a stable code and a hint.",
        license(name = "MIT OR Apache-2.0")
    ),
    components(schemas(ErrorBody)),
    modifiers(&Bearer)
)]
struct Document;

/// Adds the authentication with a token or an API key to the document.
struct Bearer;

impl utoipa::Modify for Bearer {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let scheme = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("A token from /api/auth/login, or an API key from /api/auth/keys."))
            .build();
        document
            .components
            .get_or_insert_default()
            .add_security_scheme("bearer", SecurityScheme::Http(scheme));
    }
}

/// Returns the router of the server.
pub(super) fn all(app: App) -> Router {
    let described = OpenApiRouter::with_openapi(Document::openapi())
        .merge(auth::routes())
        .merge(samples::routes(app.settings.max_upload_bytes))
        .merge(generation::routes())
        .merge(audio::routes())
        .merge(events::routes())
        .merge(library::routes())
        .merge(estimate::routes())
        .merge(monitoring::routes())
        .merge(socket::routes())
        .merge(hooks::routes())
        .merge(openai::routes())
        .merge(health::routes());
    let (router, document) = described.split_for_parts();
    router
        .merge(page::routes(&document))
        .fallback(unknown)
        .method_not_allowed_fallback(wrong_method)
        .layer(App::body_limit())
        .layer(from_fn(drained))
        .layer(RequestBodyTimeoutLayer::new(BODY_TIMEOUT))
        .layer(CatchPanicLayer::custom(layers::panicked))
        .layer(from_fn_with_state(app.clone(), layers::around))
        .with_state(app)
}

async fn unknown() -> ApiError {
    ApiError::new(StatusCode::NOT_FOUND, &code::REQUEST_UNKNOWN_ROUTE, "Not Found")
}

async fn wrong_method(method: Method) -> ApiError {
    let name: String = method.as_str().chars().take(20).collect();
    let message = format!("Method Not Allowed: {name}");
    ApiError::new(StatusCode::METHOD_NOT_ALLOWED, &code::REQUEST_WRONG_METHOD, message)
}
