//! Routes for clients of [ElevenLabs' API](https://elevenlabs.io/docs/api-reference). A voice is a recording, and its id is
//! the id of the recording.

mod account;
mod alignment;
mod body;
mod dialogue;
mod history;
mod models;
mod output_format;
mod parts;
mod stream_input;
mod text_to_speech;
mod timestamps;
mod voice_form;
mod voice_settings;
mod voices;

use axum::middleware::from_fn;
pub(super) use models::{list as list_models, names as model_names};
use utoipa_axum::router::OpenApiRouter;
pub(super) use voice_form::VoiceForm;

use crate::serve::error_shapes;
use crate::serve::state::App;

pub(super) fn routes(max_upload_bytes: u64) -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(text_to_speech::routes())
        .merge(dialogue::routes())
        .merge(stream_input::routes())
        .merge(voices::routes(max_upload_bytes))
        .merge(history::routes())
        .merge(account::routes())
        .layer(from_fn(error_shapes::elevenlabs))
}
