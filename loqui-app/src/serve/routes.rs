//! All routes, one file per group. The OpenAPI document is generated from their descriptions.

mod audio;
mod auth;
mod documents;
mod elevenlabs;
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
mod voice_names;

use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::http::{Method, StatusCode, Uri};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse as _, Redirect};
use tower::ServiceExt as _;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::RequestBodyTimeoutLayer;
use utoipa::OpenApi;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{KnownFormat, ObjectBuilder, RefOr, Schema, SchemaFormat, Type};
use utoipa_axum::router::OpenApiRouter;

use super::api_error::{ApiError, ErrorBody};
use super::drain::drained;
use super::layers;
use super::state::App;
use crate::code;
use crate::settings::BasePath;

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
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("bearer", SecurityScheme::Http(scheme));
        let header = ApiKeyValue::with_description(
            "xi-api-key",
            "The same token or API key, as ElevenLabs' clients send it.",
        );
        components.add_security_scheme("xi-api-key", SecurityScheme::ApiKey(ApiKey::Header(header)));
    }
}

/// Returns the router of the server.
pub(super) fn all(app: App) -> Router {
    let described = OpenApiRouter::with_openapi(Document::openapi())
        .merge(auth::routes())
        .merge(samples::routes(app.settings.max_upload_bytes))
        .merge(generation::routes())
        .merge(documents::routes(app.settings.max_document_bytes))
        .merge(audio::routes())
        .merge(events::routes())
        .merge(library::routes())
        .merge(estimate::routes())
        .merge(monitoring::routes())
        .merge(socket::routes())
        .merge(hooks::routes())
        .merge(openai::routes(app.settings.max_upload_bytes))
        .merge(elevenlabs::routes(app.settings.max_upload_bytes))
        .merge(health::routes());
    let (router, mut document) = described.split_for_parts();
    name_operations(&mut document);
    let router = router
        .merge(page::routes(&document))
        .fallback(unknown)
        .method_not_allowed_fallback(wrong_method)
        .layer(App::body_limit())
        .layer(from_fn(drained))
        .layer(RequestBodyTimeoutLayer::new(BODY_TIMEOUT))
        .layer(CatchPanicLayer::custom(layers::panicked))
        .layer(from_fn_with_state(app.clone(), layers::around));
    let router = match layers::cors(&app.settings) {
        Some(cors) => router.layer(cors),
        None => router,
    };
    let base = app.settings.base_path.clone();
    let router = router.with_state(app);
    match base {
        Some(base) => below(base, router),
        None => router,
    }
}

/// Gives each operation an id of its own, made of its method and path, and each response a description, which the
/// specification requires. Generators of clients name functions after the id.
fn name_operations(document: &mut utoipa::openapi::OpenApi) {
    for (path, item) in &mut document.paths.paths {
        let mut name: String = path
            .trim_start_matches('/')
            .chars()
            .filter(|c| !"{}".contains(*c))
            .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
            .collect();
        if name.ends_with('_') {
            name.push_str("slash");
        }
        let operations = [
            ("get", &mut item.get),
            ("post", &mut item.post),
            ("put", &mut item.put),
            ("delete", &mut item.delete),
        ];
        for (method, operation) in operations {
            if let Some(operation) = operation {
                operation.operation_id = Some(format!("{method}_{name}"));
                for (status, response) in &mut operation.responses.responses {
                    if let RefOr::T(response) = response
                        && response.description.is_empty()
                    {
                        let reason = status
                            .parse()
                            .ok()
                            .and_then(|status: StatusCode| status.canonical_reason());
                        let description = reason.unwrap_or("The request was refused");
                        description.clone_into(&mut response.description);
                    }
                    if let RefOr::T(response) = response {
                        describe_bytes(response);
                    }
                }
            }
        }
    }
}

/// Describes audio as bytes. The macro that describes routes would describe a list of numbers.
fn describe_bytes(response: &mut utoipa::openapi::Response) {
    for (kind, content) in &mut response.content {
        if (kind.starts_with("audio/") || kind == "application/octet-stream")
            && let RefOr::T(content) = content
        {
            let bytes = ObjectBuilder::new()
                .schema_type(Type::String)
                .format(Some(SchemaFormat::KnownFormat(KnownFormat::Binary)));
            content.schema = Some(RefOr::T(Schema::Object(bytes.build())));
        }
    }
}

/// Serves a router below a base path, and also without it, for proxies that remove the base path.
fn below(base: BasePath, router: Router) -> Router {
    Router::new().fallback(async move |mut request: Request| {
        let path = request.uri().path();
        if path == base.as_str() {
            // Relative addresses of the page need the slash.
            return Redirect::permanent(&format!("{}/", base.as_str())).into_response();
        }
        if let Some(rest) = base.strip(path) {
            let query = request
                .uri()
                .query()
                .map(|query| format!("?{query}"))
                .unwrap_or_default();
            match format!("{rest}{query}").parse::<Uri>() {
                Ok(uri) => *request.uri_mut() = uri,
                Err(_) => return unknown().await.into_response(),
            }
        }
        router.oneshot(request).await.into_response()
    })
}

async fn unknown() -> ApiError {
    ApiError::new(StatusCode::NOT_FOUND, &code::REQUEST_UNKNOWN_ROUTE, "Not Found")
}

async fn wrong_method(method: Method) -> ApiError {
    let name: String = method.as_str().chars().take(20).collect();
    let message = format!("Method Not Allowed: {name}");
    ApiError::new(StatusCode::METHOD_NOT_ALLOWED, &code::REQUEST_WRONG_METHOD, message)
}
