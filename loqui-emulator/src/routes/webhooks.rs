//! The secret that signs webhooks.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use crate::state::Platform;

pub(super) async fn secret(State(platform): State<Arc<Platform>>) -> Json<Value> {
    Json(json!({"key": format!("whsec_{}", platform.webhook_secret)}))
}
