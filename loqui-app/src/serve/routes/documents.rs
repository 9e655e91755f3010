//! Documents and books, with limits of their own.

#![expect(unused_qualifications, reason = "the macro that describes routes writes them")]

use axum::Json;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode};
use loqui_core::estimate::Estimate;
use loqui_core::script::{BookOptions, ScriptFile};
use loqui_core::{Error, SpeakOptions};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::generation::{CreateBody, created};
use crate::code;
use crate::serve::api_error::{ApiError, ErrorBody};
use crate::serve::auth::User;
use crate::serve::body::Queried;
use crate::serve::speak_body::SpeakBody;
use crate::serve::state::App;
use crate::serve::wire::GenerationAnswer;

pub(super) fn routes(max_document_bytes: u64) -> OpenApiRouter<App> {
    let limit = usize::try_from(max_document_bytes).unwrap_or(usize::MAX);
    OpenApiRouter::new()
        .routes(routes!(read))
        .routes(routes!(create))
        .layer(DefaultBodyLimit::max(limit))
}

/// How a file is read.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct How {
    /// The format: `plain`, `markdown`, `html`, `ssml`, `srt`, `vtt`, `json` or `epub`. Default: that of the content, then plain.
    #[serde(default)]
    format: Option<String>,
    /// Whether footnotes and endnotes of a book are read.
    #[serde(default)]
    notes: bool,
    /// Whether title pages, copyright pages and tables of contents of a book are read.
    #[serde(default)]
    front_matter: bool,
    /// The model, which selects the price and the language.
    #[serde(default)]
    model: Option<String>,
    /// The language of the text, for example `en-GB`.
    #[serde(default)]
    language: Option<String>,
}

/// A file that was read.
#[derive(Debug, Serialize, ToSchema)]
struct DocumentAnswer {
    /// The text, for `script_text` of a generation. A book has become a document in JSON.
    text: String,
    /// The format of the text, for the option `format`.
    format: &'static str,
    /// The title that the script gives itself.
    title: Option<String>,
    /// The authors that it names.
    authors: Vec<String>,
    /// The number of characters.
    characters: usize,
    /// The number of segments.
    segments: usize,
    /// The estimated duration of the speech, in seconds.
    estimated_duration_seconds: f64,
    /// The estimated cost with one take per segment, in US dollars.
    estimated_cost_usd: f64,
    /// The chapters: `title`, `level`, `segments` (the first, and past the last) and `duration_seconds`.
    #[schema(value_type = Vec<Object>)]
    chapters: Value,
    /// What was left out, and what may sound wrong.
    #[schema(value_type = Vec<Object>)]
    findings: Value,
}

/// Read a document or a book: its chapters, length, cost and findings. The body is the file.
#[utoipa::path(post, path = "/api/documents", tag = "generation", security(("bearer" = [])), params(How),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = DocumentAnswer), (status = "4XX", body = ErrorBody)))]
async fn read(
    State(app): State<App>,
    _user: User,
    Queried(how): Queried<How>,
    file: Bytes,
) -> Result<Json<DocumentAnswer>, ApiError> {
    let max_characters = app.settings.max_document_characters;
    let loqui = app.library.loqui.clone();
    // A book takes a second.
    let answer = tokio::task::spawn_blocking(move || {
        let book = BookOptions::default()
            .with_notes(how.notes)
            .with_front_matter(how.front_matter);
        let file = ScriptFile::read(&file, how.format.as_deref(), None, &book)?;
        let mut options = SpeakOptions::default();
        options.voice.model.clone_from(&how.model);
        options.voice.language = how.language;
        options.text.format = Some(file.format.name().to_owned());
        let script = loqui.script(&file.text, &options)?.with_findings(file.findings);
        if script.characters() > max_characters {
            let message = format!(
                "the document has {} characters; the maximum is {max_characters}",
                script.characters()
            );
            return Err(Error::new(&code::SCRIPT_TOO_LONG, message));
        }
        let estimate = Estimate::of(&script, &loqui.model(how.model.as_deref())?);
        let report = script.report();
        Ok(DocumentAnswer {
            text: file.text,
            format: file.format.name(),
            title: report.title,
            authors: report.authors,
            characters: estimate.characters,
            segments: estimate.segments,
            estimated_duration_seconds: estimate.duration_seconds,
            estimated_cost_usd: estimate.cost_usd,
            chapters: json!(report.chapters),
            findings: json!(report.findings),
        })
    });
    let aborted = |source| Error::new(&code::INTERNAL, "reading was aborted").with_source(source);
    Ok(Json(answer.await.map_err(aborted)??))
}

/// Create a generation of a document. The fields are those of `/api/generation/create`; the text may be longer.
#[utoipa::path(post, path = "/api/documents/generations", tag = "generation", security(("bearer" = [])),
    request_body = CreateBody,
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key returns the same generation")),
    responses((status = 201, body = GenerationAnswer), (status = "4XX", body = ErrorBody)))]
async fn create(
    State(app): State<App>,
    user: User,
    headers: HeaderMap,
    SpeakBody { own: request, options }: CreateBody,
) -> Result<(StatusCode, Json<GenerationAnswer>), ApiError> {
    created(
        &app,
        &user,
        &headers,
        request,
        options,
        app.settings.max_document_characters,
    )
    .await
}
