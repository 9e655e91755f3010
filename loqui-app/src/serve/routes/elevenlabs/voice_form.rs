//! The forms that add and edit a voice.

use std::collections::BTreeMap;

use axum::extract::{FromRequest as _, Multipart, Request};
use bytes::Bytes;
use loqui_core::audio::{Clip, Limits, decode, resample, wav};
use loqui_core::{Error, Sample};

use crate::code;
use crate::serve::api_error::{ApiError, FieldProblem};
use crate::serve::routes::samples::{self, unreadable};
use crate::serve::state::App;
use crate::serve::warnings::Warnings;

/// The pause between two joined recordings, in seconds.
const PAUSE: f64 = 0.5;
/// The maximum number of recordings of a voice.
const MAX_FILES: usize = 25;
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
                    if form.files.len() >= MAX_FILES {
                        let problem = FieldProblem::body("files", "length", "it must have at most 25 recordings");
                        return Err(ApiError::fields(vec![problem]));
                    }
                    let called = part.file_name().unwrap_or_default();
                    let called: String = called.chars().filter(|c| *c != '\0').take(255).collect();
                    let bytes = samples::spool(&mut part, left).await?;
                    left -= bytes.len() as u64;
                    form.files.push((called, bytes));
                }
                "remove_background_noise" => {
                    let wanted = samples::text(&mut part, "remove_background_noise").await?;
                    if wanted.eq_ignore_ascii_case("true") {
                        form.warnings.ignored("remove_background_noise");
                    }
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

    /// Returns the recording of the voice: the only file, or all files joined.
    pub(in crate::serve::routes) async fn recording(&mut self, field: &str) -> Result<(String, Bytes), ApiError> {
        let mut files = std::mem::take(&mut self.files);
        match files.len() {
            0 => Err(ApiError::fields(vec![FieldProblem::body(
                field,
                "missing",
                "Field required",
            )])),
            1 => Ok(files.remove(0)),
            _ => {
                let name = files[0].0.clone();
                let joined = tokio::task::spawn_blocking(move || join(&files))
                    .await
                    .map_err(|source| Error::new(&code::INTERNAL, "joining was interrupted").with_source(source))??;
                Ok((name, joined))
            }
        }
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

/// Joins recordings with pauses between them into one WAV file, at their highest sample rate.
fn join(files: &[(String, Bytes)]) -> Result<Bytes, ApiError> {
    let mut clips = Vec::new();
    for (name, bytes) in files {
        // Names the recording that is not usable. The result is checked again.
        let named = |error: Error| {
            let message = format!("{}: {}", name.chars().take(60).collect::<String>(), error.message());
            ApiError::fields(vec![FieldProblem::body("files", "recording", message)])
        };
        Sample::from_bytes(bytes.clone()).map_err(named)?;
        let decoded = decode(bytes, &Limits::default())
            .map_err(|error| Error::new(&code::SAMPLE_UNREADABLE, "the recording cannot be decoded").with_source(error))
            .map_err(named)?;
        clips.push(decoded.mono());
    }
    let rate = clips.iter().map(Clip::sample_rate).max().unwrap_or(48_000).min(48_000);
    let mut joined = Vec::new();
    for clip in clips {
        if !joined.is_empty() {
            joined.resize(joined.len() + (PAUSE * f64::from(rate)) as usize, 0.0);
        }
        joined.extend_from_slice(resample(clip, rate).samples());
    }
    Ok(wav::write(&Clip::new(joined, rate), None))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recordings_are_joined_at_the_highest_sample_rate() {
        let voice = |name: &str| {
            let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
                .join("../tests/voices")
                .join(name);
            (name.to_owned(), Bytes::from(std::fs::read(path).unwrap()))
        };
        let files = [voice("heart.wav"), voice("heart.mp3")];
        let seconds: f64 = files
            .iter()
            .map(|(_, bytes)| decode(bytes, &Limits::default()).unwrap().mono().seconds())
            .sum();
        let joined = wav::read(&join(&files).unwrap()).unwrap();
        assert!(
            (joined.seconds() - seconds - PAUSE).abs() < 0.01,
            "{}",
            joined.seconds()
        );
        let error = join(&[
            voice("heart.wav"),
            ("notes.txt".to_owned(), Bytes::from_static(b"notes")),
        ])
        .unwrap_err();
        assert!(error.error().message().contains("notes.txt"), "{error:?}");
    }

    #[test]
    fn labels_are_json_or_null() {
        assert_eq!(labels("null").unwrap(), None);
        let some = labels(r#"{"accent": "british", "age": null}"#).unwrap().unwrap();
        assert_eq!(some, BTreeMap::from([("accent".to_owned(), "british".to_owned())]));
        assert!(labels("[1]").is_err());
    }
}
