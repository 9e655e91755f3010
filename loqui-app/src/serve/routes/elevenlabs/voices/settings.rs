//! The settings that are stored with a voice.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Details, StatusAnswer};
use crate::serve::api_error::{ApiError, ErrorBody};
use crate::serve::auth::User;
use crate::serve::routes::elevenlabs::body::Body;
use crate::serve::routes::elevenlabs::voice_settings::{EffectiveSettings, VoiceSettings};
use crate::serve::routes::voice_names;
use crate::serve::state::App;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(default_settings))
        .routes(routes!(settings))
        .routes(routes!(edit_settings))
}

/// Show the default settings of voices.
#[utoipa::path(get, path = "/v1/voices/settings/default", tag = "elevenlabs", security(("bearer" = []), ("xi-api-key" = [])),
    responses((status = 200, body = EffectiveSettings), (status = 401, body = ErrorBody)))]
async fn default_settings(_user: User) -> Json<EffectiveSettings> {
    Json(VoiceSettings::default().effective())
}

/// Show the settings of a voice.
#[utoipa::path(get, path = "/v1/voices/{voice_id}/settings", tag = "elevenlabs", security(("bearer" = []), ("xi-api-key" = [])),
    params(("voice_id" = String, Path, description = "The id of a recording")),
    responses((status = 200, body = EffectiveSettings), (status = "4XX", body = ErrorBody)))]
async fn settings(
    State(app): State<App>,
    user: User,
    Path(id): Path<String>,
) -> Result<Json<EffectiveSettings>, ApiError> {
    let upload = voice_names::find_by_id(&app, &user, &id).await?;
    Ok(Json(Details::of(&upload).settings.effective()))
}

/// The settings to store.
#[derive(Debug, Deserialize, ToSchema)]
struct EditSettings {
    #[serde(default)]
    stability: Option<f64>,
    #[serde(default)]
    similarity_boost: Option<f64>,
    #[serde(default)]
    style: Option<f64>,
    #[serde(default)]
    use_speaker_boost: Option<bool>,
    #[serde(default)]
    speed: Option<f64>,
}

/// Store the settings of a voice. Requests without settings use them.
#[utoipa::path(post, path = "/v1/voices/{voice_id}/settings/edit", tag = "elevenlabs",
    security(("bearer" = []), ("xi-api-key" = [])),
    params(("voice_id" = String, Path, description = "The id of a recording")),
    request_body = EditSettings,
    responses((status = 200, body = StatusAnswer), (status = "4XX", body = ErrorBody)))]
async fn edit_settings(
    State(app): State<App>,
    user: User,
    Path(id): Path<String>,
    Body { own, warnings }: Body<EditSettings>,
) -> Result<Response, ApiError> {
    let upload = voice_names::find_by_id(&app, &user, &id).await?;
    let new = VoiceSettings {
        stability: own.stability,
        similarity_boost: own.similarity_boost,
        style: own.style,
        use_speaker_boost: own.use_speaker_boost,
        speed: own.speed,
    };
    new.check("settings")?;
    let mut details = Details::of(&upload);
    details.settings = details.settings.overridden_by(Some(new));
    details.store(&app, &upload).await?;
    let mut response = Json(StatusAnswer::OK).into_response();
    warnings.write(&mut response);
    Ok(response)
}
