//! The reference audio of a prediction: read from a file, a `data:` URI or a URL, and checked.

use std::io::Cursor;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use bytes::Bytes;

use crate::signature;
use crate::state::{Platform, StoredFile};

/// Predictions with a larger `data:` URI fail (<https://github.com/replicate/replicate-python/issues/135>).
const MAX_DATA_URI: usize = 20_000_000;
pub(crate) const INTERRUPTED: &str = "Prediction interrupted; please retry (code: PA)";

/// Returns the signed URL by which a model fetches a file without a token.
pub(crate) fn signed_link(platform: &Platform, file: &StoredFile) -> String {
    let owner = &platform.settings.username;
    let expiry = file.expires.as_second();
    let signature = signature::download(&platform.files_secret, owner, &file.id, expiry);
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("expiry", &expiry.to_string())
        .append_pair("owner", owner)
        .append_pair("signature", &signature)
        .finish();
    format!("{}/files/{}/download?{query}", platform.base_url, file.id)
}

/// Returns the signed URL for the URL of an uploaded file. The platform replaces URLs in inputs by signed URLs.
pub(crate) fn signed(platform: &Platform, url: &str) -> Option<String> {
    let id = url.strip_prefix(platform.base_url.as_str())?.strip_prefix("/files/")?;
    let state = platform.state();
    state
        .file(id, platform.clock.now())
        .map(|file| signed_link(platform, file))
}

/// Fetches and checks a reference. The error becomes the error of the prediction.
pub(crate) async fn fetch(platform: &Platform, url: &str, longer_than_seconds: f64) -> Result<(), String> {
    let content = if let Some(data) = url.strip_prefix("data:") {
        from_data(data)?
    } else if let Some(path) = url.strip_prefix(platform.base_url.as_str()) {
        from_files(platform, path).ok_or_else(|| not_found(url))?
    } else {
        from_web(platform, url).await?
    };
    check(&content, longer_than_seconds)
}

fn from_data(data: &str) -> Result<Bytes, String> {
    if data.len() > MAX_DATA_URI {
        return Err(INTERRUPTED.to_owned());
    }
    data.split_once(";base64,")
        .and_then(|(_, encoded)| BASE64_STANDARD.decode(encoded).ok())
        .map(Bytes::from)
        .ok_or_else(|| "ValueError: the data URI is not base64".to_owned())
}

fn from_files(platform: &Platform, path: &str) -> Option<Bytes> {
    let (id, query) = path.strip_prefix("/files/")?.split_once("/download?")?;
    let state = platform.state();
    let file = state.file(id, platform.clock.now()).filter(|file| !file.lost)?;
    link_is_valid(platform, file, query).then(|| file.content.clone())
}

async fn from_web(platform: &Platform, url: &str) -> Result<Bytes, String> {
    let failed = |error: reqwest::Error| {
        tracing::debug!(error = &error as &dyn std::error::Error, "reference");
        format!("ConnectionError: cannot fetch {url}")
    };
    let response = platform.outgoing.fetch.get(url).send().await.map_err(failed)?;
    let status = response.status();
    if !status.is_success() {
        let reason = status.canonical_reason().unwrap_or_default();
        return Err(format!("HTTPError: {} {reason} for url: {url}", status.as_u16()));
    }
    response.bytes().await.map_err(failed)
}

fn not_found(url: &str) -> String {
    // The query has the signature, which gives access to the file.
    let plain = url.split('?').next().unwrap_or_default();
    format!("HTTPError: 404 Client Error: Not Found for url: {plain}")
}

fn check(content: &[u8], longer_than_seconds: f64) -> Result<(), String> {
    if !is_audio(content) {
        return Err("Error opening the reference audio: Format not recognised.".to_owned());
    }
    // The length is checked for WAV only, which needs no decoder.
    if let Some(seconds) = wav_seconds(content)
        && seconds <= longer_than_seconds
    {
        return Err(format!(
            "Audio prompt must be longer than {longer_than_seconds} seconds!"
        ));
    }
    Ok(())
}

fn is_audio(content: &[u8]) -> bool {
    let starts = |magic: &[u8]| content.starts_with(magic);
    let wave = starts(b"RIFF") && content.get(8..12) == Some(b"WAVE");
    let mpeg = starts(b"ID3") || content.len() > 2 && content[0] == 0xff && content[1] & 0xe0 == 0xe0;
    wave || mpeg || starts(b"fLaC") || starts(b"OggS") || content.get(4..8) == Some(b"ftyp")
}

fn wav_seconds(content: &[u8]) -> Option<f64> {
    let reader = hound::WavReader::new(Cursor::new(content)).ok()?;
    Some(f64::from(reader.duration()) / f64::from(reader.spec().sample_rate))
}

/// Returns true if the query of a download URL is the signature of the file.
pub(crate) fn link_is_valid(platform: &Platform, file: &StoredFile, query: &str) -> bool {
    signed_link(platform, file)
        .split_once('?')
        .is_some_and(|(_, valid)| same_pairs(valid, query))
}

fn same_pairs(left: &str, right: &str) -> bool {
    let pairs = |query: &str| {
        let mut pairs: Vec<(String, String)> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        pairs.sort();
        pairs
    };
    pairs(left) == pairs(right)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::AudioSpec;

    #[test]
    fn references_must_be_audio_of_sufficient_length() {
        let text = "a".repeat(60); // 4 s
        let wav = AudioSpec {
            text,
            seed: 1,
            silent: true,
            cut_short: false,
            spoken: false,
        }
        .wav();
        assert_eq!(check(&wav, 0.0), Ok(()));
        assert_eq!(
            check(&wav, 5.0).unwrap_err(),
            "Audio prompt must be longer than 5 seconds!"
        );
        assert!(check(b"<html>", 0.0).is_err());
        assert!(check(b"", 0.0).is_err());
    }

    #[test]
    fn data_uris_are_decoded() {
        assert_eq!(from_data("audio/wav;base64,AAEC").unwrap().as_ref(), [0, 1, 2]);
        assert!(from_data("audio/wav,plain").is_err());
        assert_eq!(from_data(&"A".repeat(MAX_DATA_URI + 1)).unwrap_err(), INTERRUPTED);
    }
}
