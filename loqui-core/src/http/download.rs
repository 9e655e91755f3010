//! Integrity of downloads: resumption, length, MD5 checksum and the WAV header.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::{Bytes, BytesMut};
use md5::{Digest as _, Md5};
use reqwest::header::{CONTENT_LENGTH, CONTENT_RANGE, ETAG, HeaderMap, HeaderValue, IF_RANGE, RANGE};

use super::data_uri::DataUriError;

/// Why a download is not usable.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DownloadError {
    #[error("received {actual} of {expected} bytes")]
    Length { expected: u64, actual: u64 },
    #[error("the MD5 checksum is {actual}, expected {expected}")]
    Checksum { expected: String, actual: String },
    #[error("the file is longer than {cap} bytes")]
    TooLong { cap: usize },
    #[error("the file is not a WAV file")]
    NotAWav,
    #[error(transparent)]
    DataUri(#[from] DataUriError),
    #[error("the server returned another range than the one requested")]
    WrongRange,
    #[error("the connection broke")]
    Connection(#[source] reqwest::Error),
}

/// The received part of a file, and the server's data about the whole file.
#[derive(Debug, Default)]
pub(crate) struct PartialDownload {
    content: BytesMut,
    length: Option<u64>,
    md5: Option<String>,
    etag: Option<HeaderValue>,
}

impl PartialDownload {
    /// Starts a download from the headers of its first response.
    pub(crate) fn begin(headers: &HeaderMap) -> Self {
        Self {
            content: BytesMut::new(),
            length: headers
                .get(CONTENT_LENGTH)
                .and_then(|value| value.to_str().ok()?.parse().ok()),
            md5: expected_md5(headers),
            etag: headers
                .get(ETAG)
                .filter(|etag| !etag.as_bytes().starts_with(b"W/"))
                .cloned(),
        }
    }

    /// Returns how many bytes have been received.
    pub(crate) fn len(&self) -> usize {
        self.content.len()
    }

    /// Returns the headers that request the missing part; none for the whole file.
    ///
    /// A range request needs a strong `etag`: without one the rest may belong to another version of the file (RFC 9110,
    /// section 13.1.5).
    pub(crate) fn range_headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        if let Some(etag) = &self.etag
            && !self.content.is_empty()
            && let Ok(range) = HeaderValue::from_str(&format!("bytes={}-", self.content.len()))
        {
            headers.insert(RANGE, range);
            headers.insert(IF_RANGE, etag.clone());
        }
        headers
    }

    /// Returns true if a partial response begins where the received part ends.
    pub(crate) fn is_continued_by(&self, headers: &HeaderMap) -> bool {
        let range = headers.get(CONTENT_RANGE).and_then(|value| value.to_str().ok());
        let start = range.and_then(|range| range.strip_prefix("bytes ")?.split('-').next()?.parse::<u64>().ok());
        start == Some(self.content.len() as u64) && !self.content.is_empty()
    }

    /// Returns an error if the announced length exceeds `cap` bytes.
    pub(crate) fn check_announced_length(&self, cap: usize) -> Result<(), DownloadError> {
        match self.length {
            Some(length) if length > cap as u64 => Err(DownloadError::TooLong { cap }),
            _ => Ok(()),
        }
    }

    /// Appends a chunk.
    ///
    /// # Errors
    ///
    /// If more than `cap` bytes have been received; then everything received is dropped.
    pub(crate) fn append(&mut self, chunk: &[u8], cap: usize) -> Result<(), DownloadError> {
        if self.content.len() + chunk.len() > cap {
            *self = Self::default();
            return Err(DownloadError::TooLong { cap });
        }
        self.content.extend_from_slice(chunk);
        Ok(())
    }

    /// Returns the file if its length, checksum and WAV header are right.
    pub(crate) fn into_wav(self) -> Result<Bytes, DownloadError> {
        check_integrity(&self.content, self.length, self.md5.as_deref())?;
        check_wav(&self.content)?;
        Ok(self.content.freeze())
    }
}

/// Returns the MD5 checksum that the server states for the whole file, in hexadecimal.
///
/// Google Cloud Storage, which serves Replicate's outputs, states it in `x-goog-hash`
/// (<https://cloud.google.com/storage/docs/xml-api/reference-headers#xgooghash>) and as the `etag`.
fn expected_md5(headers: &HeaderMap) -> Option<String> {
    let hashes = headers
        .get_all("x-goog-hash")
        .iter()
        .filter_map(|value| value.to_str().ok());
    let google = hashes
        .flat_map(|value| value.split(','))
        .find_map(|part| part.trim().strip_prefix("md5="))
        .and_then(|md5| STANDARD.decode(md5).ok())
        .filter(|md5| md5.len() == 16)
        .map(hex::encode);
    google.or_else(|| {
        let etag = headers.get("etag")?.to_str().ok()?;
        let etag = etag.strip_prefix('"')?.strip_suffix('"')?;
        let is_md5 = etag.len() == 32 && etag.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_md5.then(|| etag.to_ascii_lowercase())
    })
}

/// Compares content with the length and checksum that the server stated.
fn check_integrity(content: &[u8], length: Option<u64>, md5: Option<&str>) -> Result<(), DownloadError> {
    let actual = content.len() as u64;
    if let Some(expected) = length
        && expected != actual
    {
        return Err(DownloadError::Length { expected, actual });
    }
    if let Some(expected) = md5 {
        let actual = hex::encode(Md5::digest(content));
        if actual != expected {
            let expected = expected.to_owned();
            return Err(DownloadError::Checksum { expected, actual });
        }
    }
    Ok(())
}

/// Checks the first bytes of a WAV file.
pub(crate) fn check_wav(content: &[u8]) -> Result<(), DownloadError> {
    let riff = matches!(content.get(..4), Some(b"RIFF" | b"RIFX" | b"RF64"));
    if riff && content.get(8..12) == Some(b"WAVE") && content.len() > 44 {
        return Ok(());
    }
    Err(DownloadError::NotAWav)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, HeaderValue::from_static(value));
        }
        headers
    }

    #[test]
    fn md5_is_read_from_google_hash_or_etag() {
        let recorded = "ba845a2109dcc497cd1acb916abea877";
        let etag = headers(&[("etag", "\"ba845a2109dcc497cd1acb916abea877\"")]);
        assert_eq!(expected_md5(&etag).as_deref(), Some(recorded));
        let google = headers(&[("x-goog-hash", "crc32c=t4Rqeg==, md5=uoRaIQncxJfNGsuRar6odw==")]);
        assert_eq!(expected_md5(&google).as_deref(), Some(recorded));
        let separate = headers(&[
            ("x-goog-hash", "crc32c=t4Rqeg=="),
            ("x-goog-hash", "md5=uoRaIQncxJfNGsuRar6odw=="),
        ]);
        assert_eq!(expected_md5(&separate).as_deref(), Some(recorded));
        for other in ["W/\"ba845a2109dcc497cd1acb916abea877\"", "\"ba845a2109dcc497-2\"", "x"] {
            assert_eq!(expected_md5(&headers(&[("etag", other)])), None, "{other}");
        }
    }

    #[test]
    fn wrong_length_and_wrong_checksum_are_errors() {
        let md5 = "900150983cd24fb0d6963f7d28e17f72"; // RFC 1321, section A.5: "abc"
        assert!(check_integrity(b"abc", Some(3), Some(md5)).is_ok());
        assert!(matches!(
            check_integrity(b"ab", Some(3), Some(md5)),
            Err(DownloadError::Length { expected: 3, actual: 2 })
        ));
        assert!(matches!(
            check_integrity(b"abd", Some(3), Some(md5)),
            Err(DownloadError::Checksum { .. })
        ));
    }

    #[test]
    fn content_without_wav_header_is_refused() {
        for bad in [
            &b"<html>"[..],
            b"",
            b"RIFF",
            b"RIFF\0\0\0\0WAVE",
            b"ID3\x04aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        ] {
            assert!(check_wav(bad).is_err());
        }
    }

    #[test]
    fn only_a_range_that_continues_the_received_part_is_accepted() {
        let mut partial = PartialDownload::begin(&headers(&[("etag", "\"a\""), ("content-length", "6")]));
        assert!(partial.range_headers().is_empty());
        partial.append(b"abc", 6).unwrap();
        assert_eq!(partial.range_headers()[RANGE], "bytes=3-");
        assert!(partial.is_continued_by(&headers(&[("content-range", "bytes 3-5/6")])));
        assert!(!partial.is_continued_by(&headers(&[("content-range", "bytes 2-5/6")])));
        assert!(!partial.is_continued_by(&headers(&[])));
        assert!(matches!(
            partial.append(b"defg", 6),
            Err(DownloadError::TooLong { cap: 6 })
        ));
        assert_eq!(partial.len(), 0);
    }
}
