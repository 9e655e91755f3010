//! Errors of models as errors of the library, with the command that helps.

use loqui_pocket::models::{Error as ModelsError, KnownModel, known};

use crate::error::{Code, Error, code};

/// Turns an error of the folder of models into an error of the library.
pub(super) fn of_models(error: ModelsError) -> Error {
    let code = Code::by_name(error.code()).unwrap_or(&code::ENGINE_FAILED);
    let message = error.to_string();
    let hint = match error {
        ModelsError::NotInstalled { name } => pull(&name),
        ModelsError::UnknownModel { .. } => {
            "Run `loqui models list`, or add a folder with `loqui models add DIR`.".to_owned()
        }
        ModelsError::Damaged { name, .. } => {
            format!("Run `loqui models pull {name} --replace`, or add its folder again.")
        }
        other => other.hint(),
    };
    Error::new(code, message).with_hint(hint)
}

/// Turns an error of a voice or a text into an error of the library.
pub(super) fn of_speech(error: loqui_pocket::Error) -> Error {
    let (code, message) = match &error {
        loqui_pocket::Error::EmptyText => (&code::SCRIPT_UNSPEAKABLE, "the text has nothing that can be spoken"),
        loqui_pocket::Error::NoVoiceEncoder { .. } => (&code::MODEL_NO_REFERENCE, "the model cannot clone a voice"),
        _ => (&code::ENGINE_FAILED, "the engine pocket failed"),
    };
    Error::new(code, message).with_source(error)
}

/// No model that clones voices is installed.
pub(super) fn no_model(language: &str) -> Error {
    match published(language) {
        Some(model) => of_models(ModelsError::NotInstalled {
            name: model.name().to_owned(),
        }),
        None => no_model_for(language),
    }
}

/// Models are installed, but none for this language.
pub(super) fn no_model_for(language: &str) -> Error {
    let message = format!("no installed model speaks {language:?}");
    Error::new(&code::ENGINE_LANGUAGE, message).with_hint(get(language))
}

/// The chosen model speaks another language.
pub(super) fn other_language(model: &str, language: &str) -> Error {
    let message = format!("the model {model} does not speak {language:?}");
    let hint = format!("Leave the model out to use one for this language. {}", get(language));
    Error::new(&code::ENGINE_LANGUAGE, message).with_hint(hint)
}

fn published(language: &str) -> Option<&'static KnownModel> {
    known()
        .iter()
        .find(|model| model.language() == language && !model.superseded())
}

/// How to get a model for a language.
fn get(language: &str) -> String {
    match published(language) {
        Some(model) => pull(model.name()),
        None => format!("Add a model that speaks it with `loqui models add DIR --language {language}`."),
    }
}

fn pull(name: &str) -> String {
    format!("Run `loqui models pull {name}`.")
}
