//! Upload and deletion of files at Replicate.
//!
//! The official clients use these endpoints, for instance
//! <https://github.com/replicate/replicate-javascript/blob/main/lib/files.js>.

use bytes::Bytes;
use jiff::Timestamp;
use md5::Digest as _;
use reqwest::multipart::{Form, Part};
use reqwest::{Method, RequestBuilder};
use serde_json::Value;
use url::Url;

use super::client::{Client, defect};
use super::failure;
use crate::error::{Error, ErrorKind, Result, code};
use crate::http::HttpResponse;

const CAP: usize = 1 << 20;
const UPLOAD: &str = "upload a recording";
const LIST: &str = "list files";
/// Maximum number of pages that are searched.
const MAX_PAGES: usize = 100;

/// A file at Replicate.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RemoteFile {
    /// The id of the file.
    pub id: String,
    /// The URL for the input of a prediction. It can be read with the account's token only.
    pub url: String,
    /// When Replicate deletes the file, usually a day after the upload.
    pub expires_at: Option<Timestamp>,
}

impl std::fmt::Debug for RemoteFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RemoteFile")
            .field("id", &self.id)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

impl Client {
    /// Uploads a file. Retries after network errors may leave a second copy, which expires after a day.
    ///
    /// # Errors
    ///
    /// `replicate.too_large` above 100 MB, and the errors of all API calls.
    ///
    /// # Cancellation safety
    ///
    /// Dropping the future may leave a complete file at Replicate that expires after a day.
    pub async fn upload(&self, content: Bytes, name: &str, content_type: &'static str) -> Result<RemoteFile> {
        // Checked once, so that building the request for a retry cannot fail.
        Part::bytes(Vec::new())
            .mime_str(content_type)
            .map_err(|_| defect("the content type of an upload is invalid"))?;
        let url = self.origin().join(&["files"]);
        let make = || upload_request(self.request(Method::POST, url.clone()), &content, name, content_type);
        let response = self.call(UPLOAD, CAP, make).await?;
        let (file, sha256) = read(&response)
            .ok_or_else(|| failure::unreadable(UPLOAD, &response, "has no file with an id and a URL"))?;
        if sha256.is_some_and(|stated| !stated.eq_ignore_ascii_case(&hex::encode(sha2::Sha256::digest(&content)))) {
            return Err(failure::unreadable(
                UPLOAD,
                &response,
                "states another checksum: the upload was damaged",
            ));
        }
        Ok(file)
    }

    /// Deletes all files of the account with this content, including uploads of other clients. Returns their number.
    ///
    /// # Errors
    ///
    /// The errors of all API calls, and `replicate.bad_answer` if the account has more than 100 pages of files.
    ///
    /// # Cancellation safety
    ///
    /// Dropping the future may leave some of the files. Call it again to delete the rest.
    pub async fn delete_files_like(&self, content: &[u8]) -> Result<usize> {
        let sha256 = hex::encode(sha2::Sha256::digest(content));
        let mut next = Some(self.origin().join(&["files"]));
        let mut matching = Vec::new();
        for _ in 0..MAX_PAGES {
            let Some(url) = next else { break };
            let response = match self.call(LIST, CAP, || self.request(Method::GET, url.clone())).await {
                Ok(response) => response,
                // The account has no files endpoint, so nothing was uploaded.
                Err(error) if error.kind() == ErrorKind::NotFound => return Ok(0),
                Err(error) => return Err(error),
            };
            let body: Value = serde_json::from_slice(&response.body)
                .map_err(|_| failure::unreadable(LIST, &response, "is not JSON"))?;
            let files = body.get("results").and_then(Value::as_array);
            let files = files.ok_or_else(|| failure::unreadable(LIST, &response, "has no results"))?;
            matching.extend(files.iter().filter_map(|file| {
                let stated = file.get("checksums")?.get("sha256")?.as_str()?;
                let id = file.get("id")?.as_str()?;
                stated.eq_ignore_ascii_case(&sha256).then(|| id.to_owned())
            }));
            next = match body.get("next").and_then(Value::as_str) {
                Some(next) => Some(self.next_url(next)?),
                None => None,
            };
        }
        for id in &matching {
            self.delete_file(id).await?;
        }
        if next.is_some() {
            let message =
                format!("more than {MAX_PAGES} pages of files: the search for copies of a recording was stopped");
            return Err(Error::new(&code::REPLICATE_BAD_ANSWER, message));
        }
        Ok(matching.len())
    }

    /// Deletes a file. A file that does not exist is not an error.
    ///
    /// # Errors
    ///
    /// The errors of all API calls.
    pub async fn delete_file(&self, id: &str) -> Result<()> {
        let url = self.origin().join(&["files", id]);
        match self
            .call("delete a file", CAP, || self.request(Method::DELETE, url.clone()))
            .await
        {
            Ok(_) => Ok(()),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
        }
    }
}

fn upload_request(request: RequestBuilder, content: &Bytes, name: &str, content_type: &str) -> RequestBuilder {
    let length = content.len() as u64;
    let part = Part::stream_with_length(content.clone(), length).file_name(name.to_owned());
    match part.mime_str(content_type) {
        Ok(part) => request.multipart(Form::new().part("content", part)),
        Err(_) => request,
    }
}

/// Reads a file object and the SHA-256 that Replicate states for the content.
pub(super) fn read(response: &HttpResponse) -> Option<(RemoteFile, Option<String>)> {
    let body: Value = serde_json::from_slice(&response.body).ok()?;
    let id = body
        .get("id")?
        .as_str()
        .filter(|id| !id.is_empty() && id.len() <= 255)?;
    let url = body.get("urls")?.get("get")?.as_str()?;
    Url::parse(url)
        .ok()
        .filter(|url| matches!(url.scheme(), "https" | "http"))?;
    let sha256 = body.get("checksums").and_then(|sums| sums.get("sha256")?.as_str());
    let file = RemoteFile {
        id: id.to_owned(),
        url: url.to_owned(),
        expires_at: body.get("expires_at").and_then(|at| at.as_str()?.parse().ok()),
    };
    Some((file, sha256.map(str::to_owned)))
}
