//! The user and the subscription. There are no subscriptions: the limits are those of the server.

use axum::Json;
use axum::extract::State;
use loqui_core::store::UsageFilter;
use serde_json::{Value, json};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::serve::api_error::{ApiError, ErrorBody};
use crate::serve::auth::User;
use crate::serve::state::App;

/// The number of characters and voices that stands for no limit.
const NO_LIMIT: i64 = 1_000_000_000;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(user)).routes(routes!(subscription))
}

async fn limits(app: &App, user: &User) -> Result<Value, ApiError> {
    let usage = app
        .library
        .loqui
        .usage_of(&UsageFilter::default().with_owner(user.account.owner.as_str()))
        .await?;
    let (voices, _) = app.records.uploads.totals(user.id()).await?;
    Ok(json!({
        "tier": "loqui",
        "character_count": usage.characters,
        "character_limit": NO_LIMIT,
        "max_character_limit_extension": null,
        "max_credit_limit_extension": "unlimited",
        "can_extend_character_limit": false,
        "allowed_to_extend_character_limit": false,
        "next_character_count_reset_unix": null,
        "voice_slots_used": voices,
        "professional_voice_slots_used": 0,
        "professional_voice_slots_used_in_workspace": 0,
        "voice_limit": NO_LIMIT,
        "max_voice_add_edits": NO_LIMIT,
        "voice_add_edit_counter": voices,
        "professional_voice_limit": 0,
        "can_extend_voice_limit": false,
        "can_use_instant_voice_cloning": true,
        "can_use_professional_voice_cloning": false,
        "currency": "usd",
        "current_overage": { "amount": "0", "currency": "usd" },
        "status": "active",
        "billing_period": null,
        "character_refresh_period": null,
    }))
}

/// Show my use of the server as a subscription.
#[utoipa::path(get, path = "/v1/user/subscription", tag = "elevenlabs", security(("bearer" = []), ("xi-api-key" = [])),
    responses((status = 200, body = Object), (status = 401, body = ErrorBody)))]
async fn subscription(State(app): State<App>, user: User) -> Result<Json<Value>, ApiError> {
    let mut subscription = limits(&app, &user).await?;
    subscription["open_invoices"] = json!([]);
    subscription["has_open_invoices"] = json!(false);
    subscription["next_invoice"] = Value::Null;
    subscription["pending_change"] = Value::Null;
    Ok(Json(subscription))
}

/// Show my user.
#[utoipa::path(get, path = "/v1/user", tag = "elevenlabs", security(("bearer" = []), ("xi-api-key" = [])),
    responses((status = 200, body = Object), (status = 401, body = ErrorBody)))]
async fn user(State(app): State<App>, user: User) -> Result<Json<Value>, ApiError> {
    Ok(Json(json!({
        "user_id": user.id().to_string(),
        "workspace_id": user.id().to_string(),
        "first_name": user.account.username,
        "subscription": limits(&app, &user).await?,
        "is_new_user": false,
        "can_use_delayed_payment_methods": false,
        "is_onboarding_completed": true,
        "is_onboarding_checklist_completed": true,
        "created_at": user.account.created_at / 1_000_000,
        "seat_type": "workspace_member",
    })))
}
