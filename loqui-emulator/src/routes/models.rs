//! Models, versions and deployments.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use serde_json::{Value, json};

use crate::models::{self, Model};
use crate::problem::Problem;
use crate::state::Platform;

/// Publication date of the models.
const PUBLISHED: &str = "2025-06-03T12:00:00.000000Z";
const COG_VERSION: &str = "0.15.8";

pub(super) async fn show(
    State(platform): State<Arc<Platform>>,
    Path((owner, name)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    let model = models::by_name(&owner, &name).ok_or_else(Problem::not_found)?;
    let full_name = model.full_name();
    let is_official = !platform.settings.community_models.contains(&full_name);
    Ok(Json(json!({
        "url": format!("https://replicate.com/{full_name}"),
        "owner": model.owner,
        "name": model.name,
        "description": model.description,
        "visibility": "public",
        "is_official": is_official,
        "github_url": null,
        "paper_url": null,
        "license_url": null,
        "run_count": model.run_count,
        "cover_image_url": null,
        "default_example": null,
        "latest_version": version_object(&model, &model.versions[0]),
    })))
}

pub(super) async fn versions(Path((owner, name)): Path<(String, String)>) -> Result<Json<Value>, Problem> {
    let model = models::by_name(&owner, &name).ok_or_else(Problem::not_found)?;
    let results: Vec<Value> = model.versions.iter().map(|id| version_object(&model, id)).collect();
    Ok(Json(json!({"next": null, "previous": null, "results": results})))
}

pub(super) async fn version(Path((owner, name, id)): Path<(String, String, String)>) -> Result<Json<Value>, Problem> {
    let model = models::by_name(&owner, &name).ok_or_else(Problem::not_found)?;
    let id = model
        .versions
        .iter()
        .find(|version| **version == id)
        .ok_or_else(Problem::not_found)?;
    Ok(Json(version_object(&model, id)))
}

pub(super) async fn deployment(
    State(platform): State<Arc<Platform>>,
    Path((owner, name)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    let model = behind_deployment(&platform, &owner, &name).ok_or_else(Problem::not_found)?;
    Ok(Json(json!({
        "owner": owner,
        "name": name,
        "current_release": {
            "number": 1,
            "model": model.full_name(),
            "version": model.versions[0],
            "created_at": PUBLISHED,
            "created_by": {"type": "user", "username": owner, "name": owner},
            "configuration": {"hardware": "gpu-l40s", "min_instances": 1, "max_instances": 5},
        },
    })))
}

/// Returns the model of a deployment.
pub(super) fn behind_deployment(platform: &Platform, owner: &str, name: &str) -> Option<Arc<Model>> {
    let full_name = platform.settings.deployments.get(&format!("{owner}/{name}"))?;
    let (owner, name) = full_name.split_once('/')?;
    models::by_name(owner, name)
}

fn version_object(model: &Model, id: &str) -> Value {
    json!({
        "id": id,
        "created_at": PUBLISHED,
        "cog_version": COG_VERSION,
        "openapi_schema": model.openapi_schema,
    })
}
