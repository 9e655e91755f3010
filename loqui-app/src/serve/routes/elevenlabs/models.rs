//! Models: the names of ElevenLabs' models, and the list of models in its shape.

use axum::response::{IntoResponse as _, Response};
use loqui_core::Error;
use loqui_core::engine::ModelInfo;
use loqui_core::replicate::Model;
use serde_json::{Value, json};

use crate::serve::state::App;

/// The model for texts in other languages than English.
const MULTILINGUAL: &str = "chatterbox-multilingual";

/// Returns the model that a model id stands for: `eleven_multilingual*` is the multilingual model, another `eleven_*` the
/// default model, and everything else a name of Loqui. A language that the default model does not speak selects the
/// multilingual model as well.
///
/// # Errors
///
/// `model.unknown`.
pub(super) fn choose(app: &App, id: Option<&str>, language: Option<&str>) -> Result<ModelInfo, Error> {
    let loqui = &app.library.loqui;
    let multilingual = || loqui.model(Some(MULTILINGUAL));
    match id.filter(|id| !id.is_empty()) {
        Some(id) if id.starts_with("eleven_multilingual") => multilingual().or_else(|_| loqui.model(None)),
        Some(id) if !id.starts_with("eleven_") => loqui.model(Some(id)),
        _ => {
            let default = loqui.model(None)?;
            let is_spoken = language.is_none_or(|language| default.languages.iter().any(|it| it == language));
            match multilingual() {
                Ok(other) if !is_spoken => Ok(other),
                _ => Ok(default),
            }
        }
    }
}

/// Returns the full names of the default model and of all that clone a voice.
pub(in crate::serve::routes) fn names(app: &App) -> Vec<ModelInfo> {
    let others = Model::all()
        .iter()
        .filter(|model| model.clones_voice())
        .map(Model::short_name);
    let mut models: Vec<ModelInfo> = Vec::new();
    for name in std::iter::once(None).chain(others.map(Some)) {
        if let Ok(model) = app.library.loqui.model(name)
            && models.iter().all(|known| known.name != model.name)
        {
            models.push(model);
        }
    }
    models
}

/// Returns the models in ElevenLabs' shape.
pub(in crate::serve::routes) fn list(app: &App) -> Response {
    let limit = app.settings.max_script_characters;
    let models: Vec<Value> = names(app)
        .into_iter()
        .map(|model| {
            json!({
                "model_id": model.name,
                "name": model.name,
                "description": "A model of this server.",
                "can_do_text_to_speech": true,
                "can_do_voice_conversion": false,
                "can_be_finetuned": false,
                "can_use_style": true,
                "can_use_speaker_boost": false,
                "serves_pro_voices": false,
                "token_cost_factor": 1.0,
                "requires_alpha_access": false,
                "maximum_text_length_per_request": limit,
                "languages": model.languages.iter().map(|code| json!({ "language_id": code, "name": code })).collect::<Vec<_>>(),
                "concurrency_group": "standard",
            })
        })
        .collect();
    axum::Json(models).into_response()
}
