//! Files at Replicate: upload and delete. The group is not listed in its public reference, but every official client
//! uses it (contract section 3).

use bytes::Bytes;
use jiff::Timestamp;
use md5::Digest as _;
use reqwest::multipart::{Form, Part};
use reqwest::{Method, RequestBuilder};
use serde_json::Value;
use url::Url;

use super::client::{Client, defect};
use super::failure;
use super::http::Answer;
use crate::error::{Error, ErrorKind, Result, code};

const CAP: usize = 1 << 20;
const UPLOAD: &str = "upload a recording";
const LIST: &str = "list files";
/// No search goes on for longer, in pages.
const MOST_PAGES: usize = 100;

/// A file at Replicate.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RemoteFile {
    /// Its id.
    pub id: String,
    /// Its address: goes into the input of a prediction. It needs the token, so it is of no use to others.
    pub url: String,
    /// When Replicate deletes it: a day after the upload, as a rule.
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
    /// Uploads a file. Repeated if the network fails, which at worst leaves a second copy that expires by itself.
    ///
    /// # Errors
    ///
    /// `replicate.too_large` above 100 MB, and those of every call.
    pub async fn upload(&self, content: Bytes, name: &str, content_type: &'static str) -> Result<RemoteFile> {
        // Checks the type once, so that building the request again cannot fail.
        Part::bytes(Vec::new())
            .mime_str(content_type)
            .map_err(|_| defect("the content type of an upload is none"))?;
        let url = self.origin().join(&["files"]);
        let make = || upload_request(self.request(Method::POST, url.clone()), &content, name, content_type);
        let answer = self.call(UPLOAD, CAP, make).await?;
        let (file, sha256) = read(&answer)
            .ok_or_else(|| failure::unreadable(UPLOAD, &answer, "describes no file with an id and an address"))?;
        if sha256.is_some_and(|theirs| !theirs.eq_ignore_ascii_case(&hex::encode(sha2::Sha256::digest(&content)))) {
            return Err(failure::unreadable(
                UPLOAD,
                &answer,
                "names another checksum: the upload was damaged",
            ));
        }
        Ok(file)
    }

    /// Deletes every file of the account with this content, whoever uploaded it.
    ///
    /// # Errors
    ///
    /// Those of every call, and `replicate.bad_answer` if there are more files than can be looked through.
    pub async fn delete_files_like(&self, content: &[u8]) -> Result<usize> {
        let sha256 = hex::encode(sha2::Sha256::digest(content));
        let mut next = Some(self.origin().join(&["files"]));
        let mut alike = Vec::new();
        for _ in 0..MOST_PAGES {
            let Some(url) = next else { break };
            let answer = match self.call(LIST, CAP, || self.request(Method::GET, url.clone())).await {
                Ok(answer) => answer,
                // Nobody can have uploaded anything.
                Err(error) if error.kind() == ErrorKind::NotFound => return Ok(0),
                Err(error) => return Err(error),
            };
            let body: Value =
                serde_json::from_slice(&answer.body).map_err(|_| failure::unreadable(LIST, &answer, "is not JSON"))?;
            let files = body.get("results").and_then(Value::as_array);
            let files = files.ok_or_else(|| failure::unreadable(LIST, &answer, "has no results"))?;
            alike.extend(files.iter().filter_map(|file| {
                let theirs = file.get("checksums")?.get("sha256")?.as_str()?;
                let id = file.get("id")?.as_str()?;
                theirs.eq_ignore_ascii_case(&sha256).then(|| id.to_owned())
            }));
            next = match body.get("next").and_then(Value::as_str) {
                Some(next) => Some(self.follow(next)?),
                None => None,
            };
        }
        for id in &alike {
            self.delete_file(id).await?;
        }
        if next.is_some() {
            let message = format!("more than {MOST_PAGES} pages of files: gave up looking for copies of a recording");
            return Err(Error::new(&code::REPLICATE_BAD_ANSWER, message));
        }
        Ok(alike.len())
    }

    /// Deletes a file; one that is gone already is fine.
    ///
    /// # Errors
    ///
    /// Those of every call.
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

/// Reads a file object, and the SHA-256 that Replicate made of the content.
pub(super) fn read(answer: &Answer) -> Option<(RemoteFile, Option<String>)> {
    let body: Value = serde_json::from_slice(&answer.body).ok()?;
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
