//! Finished audio as a file: ranges, `HEAD`, and validation of copies that clients have
//! ([RFC 9110, sections 13 and 14](https://www.rfc-editor.org/rfc/rfc9110#section-13)). Safari plays audio only from
//! servers that support ranges.

use std::convert::Infallible;
use std::ops::Range;

use axum::body::Body;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use futures::TryStreamExt as _;
use loqui_core::ledger::GenerationRecord;
use loqui_core::speech::{Encoding, SpeechFormat};
use loqui_core::{Error, Generation};

use super::api_error::ApiError;

/// The parts of a request that decide which bytes are sent.
#[derive(Clone, Debug)]
pub(crate) struct FileRequest {
    is_head: bool,
    headers: HeaderMap,
}

impl<S: Send + Sync> FromRequestParts<S> for FileRequest {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        Ok(Self {
            is_head: parts.method == Method::HEAD,
            headers: parts.headers.clone(),
        })
    }
}

/// A file that does not change.
#[derive(Debug)]
pub(crate) struct StoredFile {
    content: Content,
    kind: &'static str,
    /// The entity tag, without quotes.
    tag: String,
    disposition: Option<HeaderValue>,
}

#[derive(Debug)]
enum Content {
    Bytes(Bytes),
    /// The stored WAV file of a generation.
    Stored(Generation),
    /// The speech of a generation in another encoding.
    Encoded(Generation, Encoding),
}

impl StoredFile {
    /// Wraps bytes in memory. `name` is unique to the content.
    pub(crate) fn of_bytes(bytes: Bytes, kind: &'static str, name: &str) -> Self {
        Self {
            content: Content::Bytes(bytes),
            kind,
            tag: hex::encode(name),
            disposition: None,
        }
    }

    /// Wraps the speech of a completed generation.
    pub(crate) fn of_speech(generation: &Generation, record: &GenerationRecord, encoding: Encoding) -> Self {
        let made = record.completed_at.unwrap_or(record.created_at).as_microsecond();
        let mut tag = format!("{}-{made:x}", generation.id());
        let content = if encoding == SpeechFormat::Wav.into() {
            Content::Stored(generation.clone())
        } else {
            // Another version of the program may encode the same speech to other bytes.
            let kind = encoding.media_type().replace(|c: char| !c.is_ascii_alphanumeric(), "");
            let rates = (encoding.sample_rate(), encoding.bit_rate().unwrap_or_default());
            tag = format!("{tag}-{kind}-{}-{}-{}", rates.0, rates.1, env!("CARGO_PKG_VERSION"));
            Content::Encoded(generation.clone(), encoding)
        };
        Self {
            content,
            kind: encoding.media_type(),
            tag,
            disposition: None,
        }
    }

    /// Sets the `Content-Disposition` header.
    pub(crate) fn with_disposition(mut self, disposition: HeaderValue) -> Self {
        self.disposition = Some(disposition);
        self
    }

    /// Responds with the file, a range of it, or status 304 if the client has it.
    ///
    /// # Errors
    ///
    /// `generation.not_finished`, `store.*`.
    pub(crate) async fn respond(self, request: &FileRequest) -> Result<Response, ApiError> {
        let tag = format!("\"{}\"", self.tag);
        let mut response = if is_known(&request.headers, &tag) {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            self.content.respond(request, &tag).await?
        };
        let headers = response.headers_mut();
        headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
        // The client may keep the file, but must ask each time whether the user may still read it.
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
        headers.insert(header::VARY, HeaderValue::from_static("authorization, xi-api-key"));
        if let Ok(tag) = HeaderValue::from_str(&tag) {
            headers.insert(header::ETAG, tag);
        }
        if response.status() != StatusCode::RANGE_NOT_SATISFIABLE {
            let headers = response.headers_mut();
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.kind));
            if let Some(disposition) = self.disposition {
                headers.insert(header::CONTENT_DISPOSITION, disposition);
            }
        }
        Ok(response)
    }
}

impl Content {
    async fn respond(self, request: &FileRequest, tag: &str) -> Result<Response, ApiError> {
        let wanted = request
            .headers
            .get(header::RANGE)
            .filter(|_| is_same(&request.headers, tag));
        let (content, length) = match self {
            Self::Bytes(bytes) => {
                let length = bytes.len() as u64;
                (Self::Bytes(bytes), length)
            }
            Self::Stored(generation) => {
                let length = generation.file().await?.bytes;
                (Self::Stored(generation), length)
            }
            Self::Encoded(generation, encoding) => {
                let chunks = generation.audio_as(encoding).await?;
                if wanted.is_none() && !request.is_head {
                    // The length is known only at the end.
                    return Ok(Response::new(Body::from_stream(chunks)));
                }
                let parts: Vec<Bytes> = chunks.try_collect().await?;
                let bytes = Bytes::from(parts.concat());
                let length = bytes.len() as u64;
                (Self::Bytes(bytes), length)
            }
        };
        let range = match wanted {
            Some(value) => range(value, length),
            None => Wanted::All,
        };
        let (status, bytes) = match range {
            Wanted::All => (StatusCode::OK, 0..length),
            Wanted::Part(bytes) => (StatusCode::PARTIAL_CONTENT, bytes),
            Wanted::Beyond => {
                let mut response = StatusCode::RANGE_NOT_SATISFIABLE.into_response();
                set_content_range(&mut response, &format!("bytes */{length}"));
                return Ok(response);
            }
        };
        let mut response = Response::new(content.read(bytes.clone()).await?);
        *response.status_mut() = status;
        response
            .headers_mut()
            .insert(header::CONTENT_LENGTH, (bytes.end - bytes.start).into());
        if status == StatusCode::PARTIAL_CONTENT {
            set_content_range(
                &mut response,
                &format!("bytes {}-{}/{length}", bytes.start, bytes.end - 1),
            );
        }
        Ok(response)
    }

    /// Returns a part of the content.
    async fn read(self, range: Range<u64>) -> Result<Body, Error> {
        match self {
            Self::Bytes(bytes) => Ok(bytes.slice(range.start as usize..range.end as usize).into()),
            Self::Stored(generation) => Ok(Body::from_stream(generation.file_range(range).await?)),
            Self::Encoded(generation, encoding) => Ok(Body::from_stream(generation.audio_as(encoding).await?)),
        }
    }
}

fn set_content_range(response: &mut Response, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(header::CONTENT_RANGE, value);
    }
}

/// The bytes that a client requests.
#[derive(Debug, PartialEq, Eq)]
enum Wanted {
    All,
    Part(Range<u64>),
    /// The range starts after the end.
    Beyond,
}

/// Reads a `Range` header. An invalid header is ignored, and several ranges are answered with the whole file.
fn range(value: &HeaderValue, length: u64) -> Wanted {
    let Some(parsed) = value
        .to_str()
        .ok()
        .and_then(|text| http_range_header::parse_range_header(text).ok())
    else {
        return Wanted::All;
    };
    match parsed.validate(length) {
        Ok(ranges) => match ranges.as_slice() {
            [only] => Wanted::Part(*only.start()..*only.end() + 1),
            _ => Wanted::All,
        },
        Err(_) => Wanted::Beyond,
    }
}

/// Returns true if the client has the file with this tag.
fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    headers.get_all(header::IF_NONE_MATCH).iter().any(|value| {
        let text = value.to_str().unwrap_or_default();
        text.split(',')
            .map(|known| known.trim().trim_start_matches("W/"))
            .any(|known| known == tag || known == "*")
    })
}

/// Returns true if a range is of the file with this tag. A range of an earlier file must not be joined with this one.
fn is_same(headers: &HeaderMap, tag: &str) -> bool {
    headers
        .get(header::IF_RANGE)
        .is_none_or(|value| value.as_bytes() == tag.as_bytes())
}

/// Returns the media type of the extension of a recording.
pub(crate) fn media_type(file: &str) -> &'static str {
    match file.rsplit('.').next().unwrap_or_default() {
        "wav" => "audio/wav",
        "mp3" => "audio/mpeg",
        "flac" => "audio/flac",
        "ogg" | "opus" => "audio/ogg",
        "m4a" | "mp4" => "audio/mp4",
        "webm" => "audio/webm",
        "aiff" => "audio/aiff",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(headers: &[(header::HeaderName, &str)]) -> FileRequest {
        FileRequest {
            is_head: false,
            headers: headers
                .iter()
                .map(|(name, value)| (name.clone(), HeaderValue::from_str(value).unwrap()))
                .collect(),
        }
    }

    async fn answer(headers: &[(header::HeaderName, &str)]) -> (u16, String, String) {
        let file = StoredFile::of_bytes(Bytes::from_static(b"0123456789"), "audio/wav", "a");
        let response = file.respond(&request(headers)).await.unwrap();
        let status = response.status().as_u16();
        let part = response
            .headers()
            .get(header::CONTENT_RANGE)
            .map(|it| it.to_str().unwrap().to_owned());
        let body = axum::body::to_bytes(response.into_body(), 100).await.unwrap();
        (
            status,
            part.unwrap_or_default(),
            String::from_utf8(body.to_vec()).unwrap(),
        )
    }

    fn expected(status: u16, part: &str, body: &str) -> (u16, String, String) {
        (status, part.to_owned(), body.to_owned())
    }

    #[tokio::test]
    async fn ranges_are_answered_as_the_rfc_says() {
        for (range, status, part, body) in [
            ("bytes=0-1", 206, "bytes 0-1/10", "01"),
            ("bytes=8-", 206, "bytes 8-9/10", "89"),
            ("bytes=-3", 206, "bytes 7-9/10", "789"),
            ("bytes=5-500", 206, "bytes 5-9/10", "56789"),
            ("bytes=10-", 416, "bytes */10", ""),
            ("bytes=0-1,3-4", 200, "", "0123456789"),
            ("seconds=1-2", 200, "", "0123456789"),
            ("bytes=b-a", 200, "", "0123456789"),
        ] {
            assert_eq!(
                answer(&[(header::RANGE, range)]).await,
                expected(status, part, body),
                "{range}"
            );
        }
    }

    #[tokio::test]
    async fn copies_of_the_client_are_validated() {
        let tag = "\"61\"";
        assert_eq!(answer(&[(header::IF_NONE_MATCH, tag)]).await, expected(304, "", ""));
        assert_eq!(answer(&[(header::IF_NONE_MATCH, "\"1\", W/\"61\"")]).await.0, 304);
        assert_eq!(answer(&[(header::IF_NONE_MATCH, "\"1\"")]).await.0, 200);
        let range = (header::RANGE, "bytes=0-1");
        assert_eq!(answer(&[range.clone(), (header::IF_RANGE, tag)]).await.0, 206);
        assert_eq!(answer(&[range, (header::IF_RANGE, "\"1\"")]).await.0, 200);
    }
}
