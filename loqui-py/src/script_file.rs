//! Files with scripts.

use loqui_core::script::{BookOptions, ScriptFile};
use pyo3::prelude::*;

use crate::error::{Raised, json};

/// Reads a file with a script. Returns its text, its format and its findings, as JSON.
#[pyfunction]
pub(crate) fn read_script(
    bytes: &[u8],
    format: Option<&str>,
    extension: Option<&str>,
    notes: bool,
    front_matter: bool,
) -> PyResult<String> {
    let options = BookOptions::default().with_notes(notes).with_front_matter(front_matter);
    let file = ScriptFile::read(bytes, format, extension, &options).map_err(Raised::from)?;
    let value = serde_json::json!({ "text": file.text, "format": file.format.name(), "findings": file.findings });
    Ok(json(&value)?)
}
