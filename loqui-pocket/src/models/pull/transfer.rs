//! Receiving one file: attempts, resumption, limits and verification.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use reqwest::header::{CONTENT_LENGTH, CONTENT_RANGE, ETAG, HeaderMap, HeaderValue, IF_RANGE, RANGE};
use reqwest::{Method, Response, StatusCode};
use serde::{Deserialize, Serialize};

use super::super::Error;
use super::super::digest;
use super::super::install::Staging;
use super::super::progress::{Progress, Reporter};
use super::super::record::{HashOrigin, RecordedFile};
use super::attempts::Attempts;
use super::client::{Client, Elsewhere, shown, unexpected, unreachable};
use super::{Wanted, hub, space};

/// Bytes between two reports of progress.
const REPORT: u64 = 1 << 18;

/// The transfer of one file.
#[derive(Debug)]
pub(super) struct Transfer<'a> {
    pub(super) client: &'a Client,
    pub(super) wanted: &'a Wanted,
    pub(super) staging: &'a Staging,
    pub(super) pause: Duration,
}

/// What is known about an unfinished file. Stored beside it.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Origin {
    from: String,
    sha256: Option<String>,
    etag: Option<String>,
}

/// How an attempt ended.
enum Attempt {
    Complete,
    /// What was received so far cannot be continued.
    StartOver,
}

impl Transfer<'_> {
    /// Receives and verifies the file. An unfinished file of an earlier attempt is continued.
    pub(super) async fn run(&mut self, reporter: &mut Reporter<'_>) -> Result<RecordedFile, Error> {
        let path = self.staging.path(&self.wanted.name);
        if self.is_complete(&path)? {
            return self.record(&path);
        }
        let mut attempts = Attempts::new(self.wanted, self.pause);
        let mut continued = self.continues()? > 0;
        loop {
            let before = self.received();
            match self.attempt(reporter).await {
                Ok(Attempt::Complete) => match self.verify() {
                    Ok(()) => break,
                    // The parts may belong to two versions of the file.
                    Err(Error::HashMismatch { .. }) if continued => {
                        self.start_over()?;
                        continued = false;
                    }
                    Err(error) => {
                        self.start_over()?;
                        return Err(error);
                    }
                },
                Ok(Attempt::StartOver) => {
                    self.start_over()?;
                    attempts.count()?;
                }
                Err(error) => {
                    if self.received() > before {
                        attempts.reset();
                        continued = true;
                    }
                    attempts.pause_after(error, reporter).await?;
                }
            }
        }
        let part = self.part();
        std::fs::rename(&part, &path).map_err(Error::io(&path))?;
        remove(&self.origin_path())?;
        self.record(&path)
    }

    async fn attempt(&self, reporter: &mut Reporter<'_>) -> Result<Attempt, Error> {
        let received = self.continues()?;
        if received > 0 && Some(received) == self.wanted.expected.bytes {
            return Ok(Attempt::Complete);
        }
        let url = &self.wanted.url;
        let headers = self.range(received);
        let response = self.client.send(Method::GET, url, &headers, Elsewhere::Follow).await?;
        match response.status() {
            StatusCode::OK => self.store(response, 0, reporter).await,
            StatusCode::PARTIAL_CONTENT if received > 0 => {
                if starts_at(response.headers()) == Some(received) {
                    self.store(response, received, reporter).await
                } else {
                    Ok(Attempt::StartOver)
                }
            }
            StatusCode::RANGE_NOT_SATISFIABLE if received > 0 => Ok(Attempt::StartOver),
            status => Err(refusal(self.wanted, self.client, status)),
        }
    }

    /// Returns the headers that ask for the rest.
    fn range(&self, received: u64) -> HeaderMap {
        let mut headers = HeaderMap::new();
        if received > 0
            && let Ok(range) = HeaderValue::from_str(&format!("bytes={received}-"))
        {
            headers.insert(RANGE, range);
            if let Some(etag) = self.origin().etag.and_then(|etag| HeaderValue::from_str(&etag).ok()) {
                headers.insert(IF_RANGE, etag);
            }
        }
        headers
    }

    /// Writes an answer behind the first `received` bytes.
    async fn store(
        &self,
        mut response: Response,
        received: u64,
        reporter: &mut Reporter<'_>,
    ) -> Result<Attempt, Error> {
        let url = &self.wanted.url;
        let length = response
            .headers()
            .get(CONTENT_LENGTH)
            .and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
        let total = self
            .wanted
            .expected
            .bytes
            .or_else(|| length.map(|length| received.saturating_add(length)));
        if let Some(total) = total {
            self.check_size(total)?;
            space::require(&self.staging.path(""), total.saturating_sub(received))?;
        }
        let part = self.part();
        let failed = || Error::io(&part);
        let mut file = if received == 0 {
            self.write_origin(response.headers())?;
            File::create(&part).map_err(failed())?
        } else {
            OpenOptions::new().append(true).open(&part).map_err(failed())?
        };
        let (mut bytes, mut reported) = (received, None);
        loop {
            if reported.is_none_or(|reported| bytes >= reported + REPORT) {
                reported = Some(bytes);
                reporter.report(&self.progress(bytes, total))?;
            }
            let Some(chunk) = response.chunk().await.map_err(|error| unreachable(url, error))? else {
                break;
            };
            bytes += chunk.len() as u64;
            if let Err(error) = self.check_size(bytes) {
                drop(file);
                self.start_over()?;
                return Err(error);
            }
            file.write_all(&chunk).map_err(failed())?;
        }
        file.flush().map_err(failed())?;
        reporter.report(&self.progress(bytes, total))?;
        match total {
            Some(total) if bytes < total => Err(Error::Unreachable {
                url: shown(url),
                reason: format!("received {bytes} of {total} bytes"),
            }),
            _ => Ok(Attempt::Complete),
        }
    }

    fn progress(&self, bytes: u64, total: Option<u64>) -> Progress {
        Progress::Receiving {
            file: self.wanted.name.clone(),
            bytes,
            total,
        }
    }

    /// Checks a number of bytes against the stated size and the limit.
    fn check_size(&self, bytes: u64) -> Result<(), Error> {
        let limit = self.wanted.expected.bytes.unwrap_or(self.wanted.max_bytes);
        if bytes <= limit.min(self.wanted.max_bytes) {
            return Ok(());
        }
        let reason = format!("it sends at least {bytes} bytes of a file of at most {limit}");
        Err(unexpected(&self.wanted.url, reason))
    }

    /// Checks the received file against what was stated about it.
    fn verify(&self) -> Result<(), Error> {
        let (wanted, part) = (self.wanted, self.part());
        let mismatch = |expected: &str, found: String, origin: HashOrigin| {
            Err(Error::HashMismatch {
                file: wanted.name.clone(),
                expected: expected.to_owned(),
                found,
                origin: origin.describe().to_owned(),
            })
        };
        if let Some((expected, origin)) = &wanted.expected.sha256 {
            let found = digest::sha256(&part)?;
            if found != *expected {
                return mismatch(expected, found, *origin);
            }
        }
        if let Some(expected) = &wanted.expected.git_blob {
            let found = digest::git_blob(&part)?;
            if found != *expected {
                return mismatch(expected, found, HashOrigin::Hub);
            }
        }
        Ok(())
    }

    /// Reports whether an earlier call received the file and verified it.
    fn is_complete(&self, path: &Path) -> Result<bool, Error> {
        match &self.wanted.expected.sha256 {
            // A link is that of the cache, which was not taken this time.
            Some((expected, _)) if path.is_file() && !path.is_symlink() => Ok(digest::sha256(path)? == *expected),
            _ => Ok(false),
        }
    }

    fn record(&self, path: &Path) -> Result<RecordedFile, Error> {
        let hasher = digest::read(path).map_err(Error::io(path))?;
        let bytes = hasher.bytes();
        let expected = &self.wanted.expected;
        let hash_origin = match (&expected.sha256, &expected.git_blob) {
            (Some((_, origin)), _) => *origin,
            (None, Some(_)) => HashOrigin::Hub,
            (None, None) => HashOrigin::FirstDownload,
        };
        Ok(RecordedFile {
            name: self.wanted.name.clone(),
            bytes,
            sha256: hasher.finish(),
            hash_origin,
            from: self.wanted.from.clone(),
            in_place: false,
        })
    }

    /// Returns how many bytes can be continued. An unfinished file of another origin is deleted.
    fn continues(&self) -> Result<u64, Error> {
        let origin = self.origin();
        let same = origin.from == self.wanted.from && origin.sha256 == self.stated();
        // Without a hash, only an unchanged tag shows that the rest belongs to the same file.
        if same && (origin.sha256.is_some() || origin.etag.is_some()) {
            return Ok(self.received());
        }
        self.start_over()?;
        Ok(0)
    }

    fn received(&self) -> u64 {
        std::fs::metadata(self.part()).map_or(0, |data| data.len())
    }

    fn stated(&self) -> Option<String> {
        let expected = &self.wanted.expected;
        expected
            .sha256
            .as_ref()
            .map(|(hash, _)| hash.clone())
            .or_else(|| expected.git_blob.clone())
    }

    fn start_over(&self) -> Result<(), Error> {
        remove(&self.part())?;
        remove(&self.origin_path())
    }

    fn part(&self) -> PathBuf {
        part(self.wanted, self.staging)
    }

    fn origin_path(&self) -> PathBuf {
        self.staging.path(&format!("{}.origin", self.wanted.name))
    }

    fn origin(&self) -> Origin {
        let bytes = std::fs::read(self.origin_path()).unwrap_or_default();
        serde_json::from_slice(&bytes).unwrap_or_default()
    }

    fn write_origin(&self, headers: &HeaderMap) -> Result<(), Error> {
        let etag = headers.get(ETAG).and_then(|etag| etag.to_str().ok());
        let origin = Origin {
            from: self.wanted.from.clone(),
            sha256: self.stated(),
            // A weak tag cannot be used with a range (RFC 9110, section 13.1.5).
            etag: etag.filter(|etag| !etag.starts_with("W/")).map(str::to_owned),
        };
        let path = self.origin_path();
        let bytes = serde_json::to_vec(&origin).unwrap_or_default();
        std::fs::write(&path, bytes).map_err(Error::io(&path))
    }
}

/// Turns the status of an answer without content into an error.
pub(super) fn refusal(wanted: &Wanted, client: &Client, status: StatusCode) -> Error {
    let url = shown(&wanted.url);
    match status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Error::AccessDenied {
            url,
            status: status.as_u16(),
            token_sent: client.has_token(),
            form: wanted.form.clone(),
        },
        StatusCode::NOT_FOUND | StatusCode::GONE => Error::NotFound { url },
        status if hub::is_transient(status) => Error::Unreachable {
            url,
            reason: format!("the server answered {}", status.as_u16()),
        },
        status => unexpected(&wanted.url, format!("the server answered {}", status.as_u16())),
    }
}

/// Returns how many bytes of a file are still to be received, as far as that is known.
pub(super) fn missing_bytes(wanted: &Wanted, staging: &Staging) -> u64 {
    let size = |path: PathBuf| std::fs::symlink_metadata(path).map_or(0, |data| data.len());
    let received = size(part(wanted, staging)).max(size(staging.path(&wanted.name)));
    wanted.expected.bytes.unwrap_or(0).saturating_sub(received)
}

fn part(wanted: &Wanted, staging: &Staging) -> PathBuf {
    staging.path(&format!("{}.part", wanted.name))
}

/// Returns where a partial answer starts.
fn starts_at(headers: &HeaderMap) -> Option<u64> {
    let range = headers.get(CONTENT_RANGE)?.to_str().ok()?;
    range.strip_prefix("bytes ")?.split('-').next()?.parse().ok()
}

fn remove(path: &Path) -> Result<(), Error> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Error::io(path)(error)),
        _ => Ok(()),
    }
}
