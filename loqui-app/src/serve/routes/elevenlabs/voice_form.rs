//! The forms that add and edit a voice.

use std::collections::BTreeMap;

use axum::extract::{FromRequest as _, Multipart, Request};
use bytes::Bytes;
use loqui_core::sample::Preparation;

use crate::serve::api_error::{ApiError, FieldProblem};
use crate::serve::routes::samples::{self, unreadable};
use crate::serve::state::App;
use crate::serve::warnings::Warnings;

/// The maximum number of labels of a voice.
const MAX_LABELS: usize = 20;

/// The fields of a form.
#[derive(Debug, Default)]
pub(in crate::serve::routes) struct VoiceForm {
    pub(in crate::serve::routes) name: Option<String>,
    pub(in crate::serve::routes) description: Option<String>,
    pub(in crate::serve::routes) labels: Option<BTreeMap<String, String>>,
    pub(in crate::serve::routes) consent: Option<String>,
    /// Names and contents.
    pub(in crate::serve::routes) files: Vec<(String, Bytes)>,
    pub(in crate::serve::routes) preparation: Preparation,
    pub(in crate::serve::routes) warnings: Warnings,
}

impl VoiceForm {
    /// Reads the fields in any order. All recordings together may have the maximum size of an upload.
    pub(in crate::serve::routes) async fn read(app: &App, request: Request) -> Result<Self, ApiError> {
        let limit = app.settings.max_upload_bytes;
        let mut parts = Multipart::from_request(request, &()).await.map_err(|rejection| {
            ApiError::fields(vec![FieldProblem::at(&["body"], "multipart", rejection.body_text())])
        })?;
        let (mut form, mut left) = (Self::default(), limit);
        while let Some(mut part) = parts.next_field().await.map_err(|error| unreadable(&error, limit))? {
            let name = part.name().unwrap_or_default().to_owned();
            match name.as_str() {
                "name" => form.name = Some(samples::text(&mut part, "name").await?),
                "description" => form.description = Some(samples::text(&mut part, "description").await?),
                "labels" => form.labels = labels(&samples::text(&mut part, "labels").await?)?,
                "consent" => form.consent = Some(samples::text(&mut part, "consent").await?),
                "files" | "files[]" | "audio_sample" => {
                    if form.files.len() >= samples::MAX_FILES {
                        return Err(ApiError::fields(vec![samples::too_many_files("files")]));
                    }
                    let called = part.file_name().unwrap_or_default();
                    let called: String = called.chars().filter(|c| *c != '\0').take(255).collect();
                    let bytes = samples::spool(&mut part, left, limit).await?;
                    left -= bytes.len() as u64;
                    form.files.push((called, bytes));
                }
                "remove_background_noise" | "clean" => {
                    form.preparation = form.preparation.with_clean(samples::flag(&mut part, &name).await?);
                }
                "speaker" => {
                    form.preparation = form
                        .preparation
                        .with_speaker(samples::number(&mut part, "speaker").await?);
                }
                other => {
                    if !other.is_empty() {
                        form.warnings.ignored(other);
                    }
                    // The content of an unknown field counts towards the limit of the body.
                    while part.chunk().await.map_err(|error| unreadable(&error, limit))?.is_some() {}
                }
            }
        }
        Ok(form)
    }

    /// Returns the name, which is required.
    pub(in crate::serve::routes) fn required_name(&self) -> Result<String, ApiError> {
        let problem = |kind: &str, message: &str| ApiError::fields(vec![FieldProblem::body("name", kind, message)]);
        match &self.name {
            None => Err(problem("missing", "Field required")),
            Some(name) if name.trim().is_empty() || name.chars().count() > 100 => Err(problem(
                "length",
                "it must have 1 to 100 characters that are not all blank",
            )),
            Some(name) if name.chars().any(char::is_control) => {
                Err(problem("characters", "it must be one line of text"))
            }
            Some(name) => Ok(name.clone()),
        }
    }

    /// Returns the recordings of the voice, of which there is at least one.
    pub(in crate::serve::routes) fn recordings(&mut self, field: &str) -> Result<Vec<(String, Bytes)>, ApiError> {
        if self.files.is_empty() {
            return Err(ApiError::fields(vec![FieldProblem::body(
                field,
                "missing",
                "Field required",
            )]));
        }
        Ok(std::mem::take(&mut self.files))
    }
}

/// Reads labels from JSON. `null` stands for none.
fn labels(text: &str) -> Result<Option<BTreeMap<String, String>>, ApiError> {
    let labels: Option<BTreeMap<String, Option<String>>> = serde_json::from_str(text)
        .map_err(|error| ApiError::fields(vec![FieldProblem::body("labels", "json", error.to_string())]))?;
    let labels = labels.map(|labels| {
        labels
            .into_iter()
            .filter_map(|(name, value)| Some((name, value?)))
            .take(MAX_LABELS)
            .collect()
    });
    Ok(labels)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_json_or_null() {
        assert_eq!(labels("null").unwrap(), None);
        let some = labels(r#"{"accent": "british", "age": null}"#).unwrap().unwrap();
        assert_eq!(some, BTreeMap::from([("accent".to_owned(), "british".to_owned())]));
        assert!(labels("[1]").is_err());
    }
}
