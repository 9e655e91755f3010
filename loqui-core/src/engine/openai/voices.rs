//! Uploads recordings, each once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde_json::Value;
use tokio::sync::OnceCell;

use super::server::{OpenAiServer, Routes};
use crate::engine::Reference;
use crate::error::{Error, Result, code};

/// The voices of the server that were made from recordings, by the hash of the recording.
#[derive(Debug, Default)]
pub(super) struct Uploads(Mutex<HashMap<String, Arc<OnceCell<String>>>>);

impl Uploads {
    /// The voice of a recording, which is uploaded unless it was. Concurrent calls upload once.
    pub(super) async fn voice(
        &self,
        routes: Routes<'_>,
        server: OpenAiServer,
        reference: &Reference,
    ) -> Result<String> {
        let cell = Arc::clone(self.lock().entry(reference.sha256().to_owned()).or_default());
        let voice = cell.get_or_try_init(|| upload(routes, server, reference)).await?;
        Ok(voice.clone())
    }

    pub(super) fn forget(&self, reference: &Reference) {
        self.lock().remove(reference.sha256());
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Arc<OnceCell<String>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The name of a recording at the server: the same in every process, so that it is stored there once.
fn name(reference: &Reference) -> String {
    let hash = reference.sha256();
    format!("loqui-{}", hash.get(..16).unwrap_or(hash))
}

async fn upload(routes: Routes<'_>, server: OpenAiServer, reference: &Reference) -> Result<String> {
    let name = name(reference);
    let file = || -> Result<Part> {
        let part = Part::stream_with_length(reference.wav().clone(), reference.wav().len() as u64)
            .file_name(format!("{name}.wav"))
            .mime_str("audio/wav");
        part.map_err(|source| Error::new(&code::INTERNAL, "the media type is invalid").with_source(source))
    };
    let (path, form) = match server {
        OpenAiServer::ChatterboxServer => ("upload_reference", Form::new().part("files", file()?)),
        OpenAiServer::ChatterboxApi => (
            "v1/voices",
            Form::new().text("voice_name", name.clone()).part("voice_file", file()?),
        ),
        OpenAiServer::Voices => {
            if let Some(id) = listed(routes, &name).await? {
                return Ok(id);
            }
            (
                "v1/audio/voices",
                Form::new().text("name", name.clone()).part("audio_sample", file()?),
            )
        }
        OpenAiServer::Plain => return Err(Error::new(&code::OPENAI_NO_VOICE, "the server takes no recordings")),
    };
    let response = routes
        .control(routes.request(Method::POST, path).multipart(form))
        .await?;
    let exists = server == OpenAiServer::ChatterboxApi && response.status.as_u16() == 409;
    if !response.status.is_success() && !exists {
        return Err(routes.refused(&response, "a recording"));
    }
    let answer: Value = serde_json::from_slice(&response.body).unwrap_or_default();
    let text = |path: &str| answer.pointer(path).and_then(Value::as_str).map(str::to_owned);
    tracing::info!(server = ?server, name, "uploaded a recording");
    Ok(match server {
        OpenAiServer::ChatterboxServer => text("/uploaded_files/0").ok_or_else(|| {
            let reason = text("/errors/0/error").unwrap_or_else(|| "no file name".to_owned());
            Error::new(
                &code::OPENAI_REFUSED,
                format!("the server did not keep the recording: {reason}"),
            )
        })?,
        OpenAiServer::Voices => text("/id").unwrap_or(name),
        _ => name,
    })
}

/// The id of a voice with this name.
async fn listed(routes: Routes<'_>, name: &str) -> Result<Option<String>> {
    let response = routes.control(routes.request(Method::GET, "v1/audio/voices")).await?;
    let answer: Value = serde_json::from_slice(&response.body).unwrap_or_default();
    let lists = ["voices", "data"]
        .into_iter()
        .filter_map(|list| answer.get(list)?.as_array());
    let mut voices = lists.flatten();
    let found = voices.find(|voice| voice.get("name").and_then(Value::as_str) == Some(name));
    Ok(found.and_then(|voice| voice.get("id")?.as_str()).map(str::to_owned))
}

/// Deletes the uploaded recording, where the server has a route for it.
pub(super) async fn delete(routes: Routes<'_>, server: OpenAiServer, reference: &Reference) -> Result<()> {
    let name = name(reference);
    let path = match server {
        OpenAiServer::ChatterboxApi => format!("v1/voices/{name}"),
        OpenAiServer::Voices => match listed(routes, &name).await? {
            Some(id) => format!("v1/audio/voices/{id}"),
            None => return Ok(()),
        },
        OpenAiServer::ChatterboxServer => {
            tracing::warn!(
                name,
                "the server has no route that deletes a recording: delete the file there"
            );
            return Ok(());
        }
        OpenAiServer::Plain => return Ok(()),
    };
    let response = routes.control(routes.request(Method::DELETE, &path)).await?;
    match response.status.as_u16() {
        200..300 | 404 | 405 => Ok(()),
        _ => Err(routes.refused(&response, "the deletion of a recording")),
    }
}
