//! Files with scripts.

use loqui_core::script::{BookOptions, ScriptFile};
use napi::bindgen_prelude::Buffer;
use napi_derive::napi;

use crate::failure::{Outcome, outcome_json};

/// Reads a file with a script. Returns its text, its format and its findings.
#[napi]
pub fn read_script(
    bytes: Buffer,
    format: Option<String>,
    extension: Option<String>,
    notes: bool,
    front_matter: bool,
) -> Outcome<serde_json::Value> {
    let options = BookOptions::default().with_notes(notes).with_front_matter(front_matter);
    let file = ScriptFile::read(&bytes, format.as_deref(), extension.as_deref(), &options);
    outcome_json(
        file.map(
            |file| serde_json::json!({ "text": file.text, "format": file.format.name(), "findings": file.findings }),
        ),
    )
}
