//! Reference recordings: small ones are sent inside the input, larger ones are uploaded once and reused.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use super::client::Client;
use super::files::RemoteFile;
use crate::clock::later;
use crate::error::Result;
use crate::http::data_uri;

/// Recordings up to this many bytes are sent inside the input as a data URI.
///
/// Replicate recommends data URIs for files up to 256 kB (<https://replicate.com/docs/reference/http#predictions.create>).
pub const MAX_INLINE_BYTES: usize = 256_000;

/// Assumed lifetime of an upload whose expiry is not stated.
const DEFAULT_LIFETIME: Duration = Duration::from_hours(1);
/// An upload is not reused if it expires less than this after the time it is needed for.
const MARGIN: Duration = Duration::from_mins(5);

type Slot = Arc<tokio::sync::Mutex<Option<RemoteFile>>>;

/// Uploads that have not expired, by the SHA-256 of their content.
#[derive(Debug, Default)]
pub(super) struct References(Mutex<HashMap<String, Slot>>);

impl References {
    fn slot(&self, sha256: &str) -> Slot {
        Arc::clone(self.lock().entry(sha256.to_owned()).or_default())
    }

    /// Removes expired uploads that are not in use.
    fn sweep(&self, now: Timestamp) {
        self.lock().retain(|_, slot| {
            let is_expired = slot
                .try_lock()
                .is_ok_and(|file| file.as_ref().is_none_or(|file| expires(file, now) <= now));
            Arc::strong_count(slot) > 1 || !is_expired
        });
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Slot>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn expires(file: &RemoteFile, now: Timestamp) -> Timestamp {
    file.expires_at.unwrap_or_else(|| later(now, DEFAULT_LIFETIME))
}

impl Client {
    /// Returns a URL of a recording (a WAV file) for the input of predictions. The URL is valid for at least `needed`.
    ///
    /// Up to [`MAX_INLINE_BYTES`] the URL is a data URI and nothing is sent. A larger recording is uploaded, once for
    /// concurrent callers, and the upload is reused until shortly before it expires.
    ///
    /// # Errors
    ///
    /// The errors of [`upload`](Self::upload).
    ///
    /// # Cancellation safety
    ///
    /// Dropping the future during an upload may leave a file at Replicate that expires after a day.
    pub async fn reference(&self, wav: &Bytes, needed: Duration) -> Result<String> {
        self.known_reference(wav, None, needed).await
    }

    /// As [`reference`](Self::reference), for a recording whose SHA-256 is already known.
    pub(crate) async fn known_reference(&self, wav: &Bytes, sum: Option<&str>, needed: Duration) -> Result<String> {
        if wav.len() <= MAX_INLINE_BYTES {
            return Ok(data_uri::of_wav(wav));
        }
        self.references().sweep(self.clock().now());
        let slot = match sum {
            Some(sum) => self.references().slot(sum),
            None => self.references().slot(&sha256(wav)),
        };
        let mut kept = slot.lock().await;
        let now = self.clock().now();
        let until = later(later(now, needed), MARGIN);
        if let Some(file) = kept.as_ref()
            && file.expires_at.is_some_and(|at| at > until)
        {
            return Ok(file.url.clone());
        }
        let mut file = self.upload(wav.clone(), "reference.wav", "audio/wav").await?;
        let uploaded = self.clock().now();
        file.expires_at = Some(expires(&file, uploaded));
        let url = file.url.clone();
        *kept = Some(file);
        Ok(url)
    }

    /// Deletes the upload of a recording at Replicate, if this client made one.
    ///
    /// # Errors
    ///
    /// The errors of all API calls. An upload that is not deleted expires within a day.
    pub async fn forget_reference(&self, wav: &Bytes) -> Result<()> {
        let slot = self.references().slot(&sha256(wav));
        let mut kept = slot.lock().await;
        if let Some(file) = kept.as_ref() {
            self.delete_file(&file.id).await?;
            *kept = None;
        }
        Ok(())
    }

    /// Forgets all uploads, because Replicate could not fetch one of them.
    pub(crate) fn discard_references(&self) {
        self.references().lock().clear();
    }
}

fn sha256(wav: &Bytes) -> String {
    hex::encode(Sha256::digest(wav))
}
