//! The routes of the two origins and their middleware.

mod account;
mod body;
mod cancel;
mod control;
mod create;
mod files;
mod guard;
mod models;
mod outputs;
mod predictions;
mod webhooks;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};

use crate::problem::Problem;
use crate::state::Platform;

/// Returns the router of the API.
pub(crate) fn api(platform: &Arc<Platform>) -> Router {
    let v1 = Router::new()
        .route("/account", get(account::show))
        .route("/hardware", get(account::hardware))
        .route("/models/{owner}/{name}", get(models::show))
        .route("/models/{owner}/{name}/versions", get(models::versions))
        .route("/models/{owner}/{name}/versions/{id}", get(models::version))
        .route("/models/{owner}/{name}/predictions", post(create::official))
        .route("/deployments/{owner}/{name}", get(models::deployment))
        .route("/deployments/{owner}/{name}/predictions", post(create::deployment))
        .route("/predictions", get(predictions::list).post(create::by_version))
        .route("/predictions/{id}", get(predictions::show))
        .route("/predictions/{id}/cancel", post(cancel::cancel))
        .route("/files", get(files::list).post(files::create))
        .route("/files/{id}", get(files::show).delete(files::delete))
        .route("/files/{id}/download", get(files::download))
        .route("/webhooks/default/secret", get(webhooks::secret))
        .fallback(async || Problem::not_found())
        // `body` and `files` apply the limits of the platform.
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn_with_state(Arc::clone(platform), guard::guard));
    let control = Router::new()
        .route("/ledger", get(control::ledger))
        .route(
            "/faults",
            get(control::faults).post(control::arm).delete(control::disarm),
        )
        .route("/catalogue", get(control::catalogue))
        .route("/advance", post(control::advance))
        .route("/reset", post(control::reset));
    Router::new()
        .nest("/v1", v1)
        .nest("/emulator", control)
        .fallback(async || Problem::not_found())
        .with_state(Arc::clone(platform))
}

/// Returns the router of the output origin.
pub(crate) fn outputs(platform: &Arc<Platform>) -> Router {
    Router::new()
        .fallback(get(outputs::download))
        .with_state(Arc::clone(platform))
}
