//! Search of voices, page by page.

#![expect(unused_qualifications, reason = "the macro that describes routes writes them")]

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Details, VoiceAnswer};
use crate::serve::api_error::{ApiError, ErrorBody, FieldProblem};
use crate::serve::auth::User;
use crate::serve::body::Queried;
use crate::serve::state::App;
use crate::serve::uploads::Upload;

/// The size of a page.
const PAGE: usize = 10;
/// The maximum size of a page.
const MAX_PAGE: usize = 100;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(search))
}

/// A page of voices.
#[derive(Debug, Serialize, ToSchema)]
struct VoicePageAnswer {
    /// The voices of the page.
    voices: Vec<VoiceAnswer>,
    /// Whether there are more.
    has_more: bool,
    /// The number of voices on all pages.
    total_count: usize,
    /// The token of the next page.
    next_page_token: Option<String>,
}

/// The query of a search. Other parameters are ignored.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct SearchQuery {
    /// The token of the page.
    #[serde(default)]
    next_page_token: Option<String>,
    /// The size of a page, 1 to 100. Default: 10.
    #[serde(default)]
    page_size: Option<usize>,
    /// Only voices whose name, description or labels contain this text.
    #[serde(default)]
    search: Option<String>,
    /// `name` or `created_at_unix`. Default: newest first.
    #[serde(default)]
    sort: Option<String>,
    /// `asc` or `desc`.
    #[serde(default)]
    sort_direction: Option<String>,
    /// Only voices of this category. All voices are `cloned`.
    #[serde(default)]
    category: Option<String>,
    /// Only these ids, separated by commas.
    #[serde(default)]
    voice_ids: Option<String>,
}

/// Search my voices, page by page.
#[utoipa::path(get, path = "/v2/voices", tag = "elevenlabs", security(("bearer" = []), ("xi-api-key" = [])),
    params(SearchQuery),
    responses((status = 200, body = VoicePageAnswer), (status = "4XX", body = ErrorBody)))]
async fn search(
    State(app): State<App>,
    user: User,
    Queried(query): Queried<SearchQuery>,
) -> Result<Json<VoicePageAnswer>, ApiError> {
    let problem =
        |name: &str, message: &str| ApiError::fields(vec![FieldProblem::at(&["query", name], "range", message)]);
    let size = query.page_size.unwrap_or(PAGE);
    if !(1..=MAX_PAGE).contains(&size) {
        return Err(problem("page_size", "it must be 1 to 100"));
    }
    let skip: usize = match query.next_page_token.as_deref().filter(|token| !token.is_empty()) {
        Some(token) => token
            .parse()
            .map_err(|_| problem("next_page_token", "it is not a token of this list"))?,
        None => 0,
    };
    let mut uploads = app.records.uploads.list(user.id()).await?;
    uploads.retain(|upload| matches(upload, &query));
    match query.sort.as_deref() {
        Some("name") => {
            uploads.sort_by_key(|upload| upload.name.to_lowercase());
            if query.sort_direction.as_deref() == Some("desc") {
                uploads.reverse();
            }
        }
        _ if query.sort_direction.as_deref() == Some("asc") => uploads.reverse(),
        _ => {}
    }
    let total_count = uploads.len();
    let voices: Vec<VoiceAnswer> = uploads.iter().skip(skip).take(size).map(VoiceAnswer::from).collect();
    let next = skip.saturating_add(voices.len());
    let has_more = next < total_count;
    Ok(Json(VoicePageAnswer {
        voices,
        has_more,
        total_count,
        next_page_token: has_more.then(|| next.to_string()),
    }))
}

fn matches(upload: &Upload, query: &SearchQuery) -> bool {
    let details = Details::of(upload);
    let is_found = query.search.as_deref().is_none_or(|text| {
        let text = text.to_lowercase();
        let labels = details.labels.values().map(String::as_str);
        [upload.name.as_str(), details.description.as_deref().unwrap_or_default()]
            .into_iter()
            .chain(labels)
            .any(|field| field.to_lowercase().contains(&text))
    });
    let is_listed = query.voice_ids.as_deref().is_none_or(|ids| {
        let own = upload.id.to_string();
        ids.split(',').any(|id| id.trim() == own)
    });
    is_found && is_listed && query.category.as_deref().is_none_or(|category| category == "cloned")
}
