//! The account of the token, and the list of hardware.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use crate::state::Platform;

pub(super) async fn show(State(platform): State<Arc<Platform>>) -> Json<Value> {
    Json(json!({
        "type": "user",
        "username": platform.settings.username,
        "name": platform.settings.username,
        "github_url": null,
        "avatar_url": null,
    }))
}

pub(super) async fn hardware() -> Json<Value> {
    Json(json!([
        {"name": "CPU", "sku": "cpu"},
        {"name": "Nvidia T4 GPU", "sku": "gpu-t4"},
        {"name": "Nvidia L40S GPU", "sku": "gpu-l40s"},
        {"name": "Nvidia A100 (80GB) GPU", "sku": "gpu-a100-large"},
        {"name": "Nvidia H100 GPU", "sku": "gpu-h100"},
    ]))
}
