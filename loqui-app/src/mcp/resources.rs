//! The speech of generations as resources: `loqui://generations/7/speech.mp3`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures::TryStreamExt as _;
use loqui_core::ledger::Status;
use loqui_core::speech::SpeechFormat;
use loqui_core::store::Filter;
use loqui_core::{Error, GenerationId, Loqui};
use rmcp::model::{Resource, ResourceContents, ResourceTemplate};

use crate::code;

/// How many generations are listed.
const LISTED: u32 = 50;

/// Returns the link to the speech of a generation.
pub(super) fn speech(generation: GenerationId, format: SpeechFormat) -> Resource {
    let name = format!("generation {generation}, {}", format.name());
    Resource::new(uri(generation, format), name).with_mime_type(format.media_type())
}

/// Returns the form of all links.
pub(super) fn templates() -> Vec<ResourceTemplate> {
    vec![
        ResourceTemplate::new("loqui://generations/{generation}/speech.{format}", "speech")
            .with_description("The speech of a completed generation as wav, mp3, opus or flac"),
    ]
}

/// Lists the speech of the newest completed generations.
///
/// # Errors
///
/// `store.*`.
pub(super) async fn list(loqui: &Loqui) -> Result<Vec<Resource>, Error> {
    let completed = Filter::default().with_status(Status::Completed).with_limit(LISTED);
    let generations = loqui.generations(&completed).await?;
    let resources = generations
        .iter()
        .map(|generation| speech(generation.id(), SpeechFormat::Mp3));
    Ok(resources.collect())
}

/// Reads the speech that a link names.
///
/// # Errors
///
/// `request.invalid` for another link; those of the generation.
pub(super) async fn read(loqui: &Loqui, uri: &str) -> Result<ResourceContents, Error> {
    let (generation, format) = parse(uri).ok_or_else(|| {
        Error::new(&code::REQUEST_INVALID, format!("there is no resource {uri}"))
            .with_hint("Links have the form loqui://generations/7/speech.mp3.")
    })?;
    let generation = loqui.generation(generation).await?;
    // Not finished: an error. `audio_as` would wait for the rest.
    generation.file().await?;
    let pieces = generation.audio_as(format).await?;
    let bytes = pieces
        .try_fold(Vec::new(), |mut bytes, piece| async move {
            bytes.extend_from_slice(&piece);
            Ok(bytes)
        })
        .await?;
    Ok(ResourceContents::blob(STANDARD.encode(bytes), uri).with_mime_type(format.media_type()))
}

fn uri(generation: GenerationId, format: SpeechFormat) -> String {
    format!("loqui://generations/{generation}/speech.{}", format.name())
}

fn parse(uri: &str) -> Option<(GenerationId, SpeechFormat)> {
    let (generation, name) = uri.strip_prefix("loqui://generations/")?.split_once('/')?;
    let format = name.strip_prefix("speech.")?.parse().ok()?;
    Some((generation.parse().ok()?, format))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_read_back() {
        let (id, format) = (GenerationId::new(7), SpeechFormat::Mp3);
        assert_eq!(parse(&uri(id, format)), Some((id, format)));
        for other in [
            "loqui://generations/7",
            "loqui://generations/x/speech.mp3",
            "loqui://generations/7/speech.aac",
            "file:///etc/passwd",
        ] {
            assert_eq!(parse(other), None, "{other}");
        }
    }
}
