//! The hub: its cache, and the metadata that states the hash of a file.

use reqwest::header::{ETAG, HeaderMap};
use reqwest::{Method, StatusCode};

use super::super::catalogue::{self, KnownFile, KnownModel};
use super::super::digest::is_hash;
use super::super::install::{Staging, remembered};
use super::super::progress::{Progress, Reporter};
use super::super::record::{HashOrigin, Record, RecordedFile};
use super::super::{Error, Models};
use super::attempts::Attempts;
use super::client::{Client, Elsewhere, unexpected};
use super::{Expected, PullOptions, Wanted, cache, max_bytes, space, transfer};

impl Models {
    pub(super) async fn pull_hub(
        &self,
        name: &str,
        client: &Client,
        options: &PullOptions,
        staging: &Staging,
        reporter: &mut Reporter<'_>,
    ) -> Result<Record, Error> {
        let known = catalogue::find(name).ok_or_else(|| catalogue::missing(name))?;
        let mut files = Vec::new();
        let mut wanted = Vec::new();
        for file in known.files() {
            match self.cached(name, file, staging)? {
                Some(cached) => {
                    reporter.report(&Progress::Cached {
                        file: cached.name.clone(),
                    })?;
                    files.push(cached);
                }
                None if self.hub.offline => return Err(Error::Offline { name: name.to_owned() }),
                // All metadata before the first byte: a form that is not accepted is reported at once.
                None => wanted.push(describe(client, known, file, options, reporter).await?),
            }
        }
        let needed = wanted.iter().map(|wanted| transfer::missing_bytes(wanted, staging));
        space::require(&staging.path(""), needed.fold(0, u64::saturating_add))?;
        for wanted in wanted {
            files.push(self.receive(name, client, &wanted, options, staging, reporter).await?);
        }
        let mut record = Record::new(name, files);
        record.describe(None, options.language.as_deref());
        Ok(record)
    }

    /// Takes a file from the hub's cache, unless its hash is not that of the first download.
    fn cached(&self, name: &str, file: &KnownFile, staging: &Staging) -> Result<Option<RecordedFile>, Error> {
        let Some(folder) = &self.hub.hub_cache else {
            return Ok(None);
        };
        let cached = cache::take(folder, file, staging)?;
        let earlier = remembered::find(self.folder(), name, file.name(), &file.origin());
        match (&cached, earlier) {
            (Some(cached), Some(earlier)) if cached.sha256 != earlier.sha256 => Err(Error::HashChanged {
                file: cached.name.clone(),
                recorded: earlier.sha256,
                stated: cached.sha256.clone(),
            }),
            _ => Ok(cached),
        }
    }
}

/// Asks the hub for the size and hash of a file.
async fn describe(
    client: &Client,
    known: &KnownModel,
    file: &KnownFile,
    options: &PullOptions,
    reporter: &mut Reporter<'_>,
) -> Result<Wanted, Error> {
    let url = client.url(&format!(
        "{}/resolve/{}/{}",
        file.repository(),
        file.revision(),
        file.path()
    ))?;
    let mut wanted = Wanted {
        name: file.name().to_owned(),
        url,
        from: file.origin(),
        expected: Expected::default(),
        max_bytes: max_bytes(Some(known)),
        form: Some(catalogue::page(file.repository())),
    };
    let mut attempts = Attempts::new(&wanted, options.pause);
    let headers = loop {
        let sent = client
            .send(Method::HEAD, &wanted.url, &HeaderMap::new(), Elsewhere::Return)
            .await;
        match sent.and_then(|response| metadata(&wanted, client, &response)) {
            Ok(headers) => break headers,
            Err(error) => attempts.pause_after(error, reporter).await?,
        }
    };
    wanted.expected = expected(&wanted, file, &headers)?;
    Ok(wanted)
}

/// Returns the headers of an answer that describes a file: success, or a redirect to the server of the content.
fn metadata(wanted: &Wanted, client: &Client, response: &reqwest::Response) -> Result<HeaderMap, Error> {
    match response.status() {
        status if status.is_success() || status.is_redirection() => Ok(response.headers().clone()),
        status => Err(transfer::refusal(wanted, client, status)),
    }
}

fn expected(wanted: &Wanted, file: &KnownFile, headers: &HeaderMap) -> Result<Expected, Error> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(commit) = text("x-repo-commit")
        && commit != file.revision()
    {
        let reason = format!("it belongs to the revision {commit}, not {}", file.revision());
        return Err(unexpected(&wanted.url, reason));
    }
    let stated = text("x-linked-etag")
        .or_else(|| text(ETAG.as_str()))
        .unwrap_or_default();
    let stated = stated.trim_start_matches("W/").trim_matches('"').to_ascii_lowercase();
    // Large files of the hub are named by SHA-256, small ones by git.
    let size = if text("x-linked-etag").is_some() {
        "x-linked-size"
    } else {
        "content-length"
    };
    let mut expected = Expected {
        bytes: text(size).and_then(|size| size.parse().ok()),
        sha256: is_hash(&stated, 64).then(|| (stated.clone(), HashOrigin::Hub)),
        git_blob: is_hash(&stated, 40).then(|| stated.clone()),
    };
    if let Some(known) = file.sha256() {
        if let Some((stated, _)) = expected.sha256.filter(|(stated, _)| stated != known) {
            return Err(Error::HashMismatch {
                file: file.name().to_owned(),
                expected: known.to_owned(),
                found: stated,
                origin: HashOrigin::DataFile.describe().to_owned(),
            });
        }
        expected.sha256 = Some((known.to_owned(), HashOrigin::DataFile));
    }
    if expected.sha256.is_none() && expected.git_blob.is_none() {
        return Err(unexpected(&wanted.url, "the hub states no hash of the file"));
    }
    match expected.bytes {
        Some(bytes) if bytes > wanted.max_bytes => {
            let reason = format!("the file has {bytes} bytes, more than the {} allowed", wanted.max_bytes);
            Err(unexpected(&wanted.url, reason))
        }
        _ => Ok(expected),
    }
}

/// Reports whether a status means that another attempt can succeed.
pub(super) fn is_transient(status: StatusCode) -> bool {
    status.is_server_error() || matches!(status, StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS)
}
