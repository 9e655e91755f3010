//! All routes: one file a group. Each says what it takes and gives, and the OpenAPI document is made of that.

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
use loqui_core::error::code;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::RequestBodyTimeoutLayer;
use utoipa::OpenApi;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa_axum::router::OpenApiRouter;

use super::drain::drained;
use super::layers;
use super::refusal::{ErrorBody, Refusal};
use super::state::App;

/// A body that has not gone on for so long is given up.
const BODY_PAUSE: Duration = Duration::from_secs(20);

/// What the document says of the whole.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Loqui",
        description = "Give it a few seconds of a voice and a text; that voice speaks it. \
                       Every answer that is not a success has one shape, with a stable code and a hint.",
        license(name = "MIT OR Apache-2.0")
    ),
    components(schemas(ErrorBody)),
    modifiers(&Bearer)
)]
struct Document;

/// A token or an API key.
struct Bearer;

impl utoipa::Modify for Bearer {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let scheme = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("A token of /api/auth/login, or an API key of /api/auth/keys."))
            .build();
        document
            .components
            .get_or_insert_default()
            .add_security_scheme("bearer", SecurityScheme::Http(scheme));
    }
}

/// The router of the whole server.
pub(super) fn all(app: App) -> Router {
    let described = OpenApiRouter::with_openapi(Document::openapi())
        .merge(auth::routes())
        .merge(samples::routes(app.settings().max_upload_bytes))
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
        .layer(RequestBodyTimeoutLayer::new(BODY_PAUSE))
        .layer(CatchPanicLayer::custom(layers::panicked))
        .layer(from_fn_with_state(app.clone(), layers::around))
        .with_state(app)
}

async fn unknown() -> Refusal {
    Refusal::new(StatusCode::NOT_FOUND, &code::REQUEST_UNKNOWN_ROUTE, "Not Found")
}

async fn wrong_method(method: Method) -> Refusal {
    let shown: String = method.as_str().chars().take(20).collect();
    let message = format!("Method Not Allowed: {shown}");
    Refusal::new(StatusCode::METHOD_NOT_ALLOWED, &code::REQUEST_WRONG_METHOD, message)
}
