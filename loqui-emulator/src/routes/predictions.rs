//! Reads of single predictions and of the list.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::{Path, Query, State};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::object::{self, View};
use crate::paging::{self, Start};
use crate::problem::Problem;
use crate::state::Platform;

pub(super) async fn show(
    State(platform): State<Arc<Platform>>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let now = platform.clock.now();
    let mut state = platform.state();
    state.counts.polls += 1;
    let prediction = state.prediction(&id).ok_or_else(Problem::not_found)?;
    Ok(Json(object::render(&platform, prediction, now, View::Read)))
}

pub(super) async fn list(
    State(platform): State<Arc<Platform>>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Json<Value>, Problem> {
    let now = platform.clock.now();
    let after = moment(&query, "created_after")?;
    let before = moment(&query, "created_before")?;
    let mut state = platform.state();
    state.counts.lists += 1;
    let found = state
        .predictions
        .iter()
        .rev()
        .filter(|prediction| after.is_none_or(|after| prediction.created >= after))
        .filter(|prediction| before.is_none_or(|before| prediction.created < before))
        .filter(|prediction| is_listed(prediction.created, platform.settings.list_lag, now))
        // All predictions were created by the API, none on the web.
        .filter(|_| query.get("source").is_none_or(|source| source != "web"))
        .collect();
    let cursor = query.get("cursor").map(String::as_str);
    let page = paging::cut(found, |prediction| &prediction.id, cursor, platform.settings.page_size)
        .ok_or_else(|| Problem::invalid_parameter("cursor", cursor.unwrap_or_default()))?;
    let results: Vec<Value> = page
        .items
        .iter()
        .map(|prediction| object::render(&platform, prediction, now, View::Read))
        .collect();
    let link = |start: &Start| link(&platform, &query, start.cursor());
    Ok(Json(json!({
        "next": page.next.as_ref().map(link),
        "previous": page.previous.as_ref().map(link),
        "results": results,
    })))
}

/// Returns true if a prediction with this creation time is in the list.
fn is_listed(created: Timestamp, lag: Duration, now: Timestamp) -> bool {
    created.saturating_add(lag).is_ok_and(|listed| listed <= now)
}

/// Returns the absolute URL of another page with the same filters.
fn link(platform: &Platform, query: &HashMap<String, String>, cursor: Option<&str>) -> String {
    let mut pairs: Vec<(&str, &str)> = query
        .iter()
        .filter(|(name, _)| *name != "cursor")
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .chain(cursor.map(|cursor| ("cursor", cursor)))
        .collect();
    pairs.sort_unstable();
    let url = format!("{}/predictions", platform.base_url);
    if pairs.is_empty() {
        return url;
    }
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish();
    format!("{url}?{query}")
}

fn moment(query: &HashMap<String, String>, name: &str) -> Result<Option<Timestamp>, Problem> {
    let Some(text) = query.get(name) else {
        return Ok(None);
    };
    text.parse()
        .map(Some)
        .map_err(|_| Problem::invalid_parameter(name, text))
}
