//! Gets a reference recording to the model: inside the input if it is small, else uploaded once and reused.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use super::client::Client;
use super::files::RemoteFile;
use crate::clock::later;
use crate::error::Result;

/// Recordings up to this many bytes go into the input as a data URI (contract section 3).
pub const MAX_INLINE_BYTES: usize = 256_000;

/// How long an upload is believed to last if Replicate does not say.
const USUAL_LIFE: Duration = Duration::from_hours(1);
/// An upload is not used any more when it has less than this to live beyond what it is needed for.
const MARGIN: Duration = Duration::from_mins(5);

type Slot = Arc<tokio::sync::Mutex<Option<RemoteFile>>>;

/// The uploads that are still good, by the SHA-256 of their content.
#[derive(Debug, Default)]
pub(super) struct References(Mutex<HashMap<String, Slot>>);

impl References {
    fn slot(&self, sha256: &str) -> Slot {
        Arc::clone(self.lock().entry(sha256.to_owned()).or_default())
    }

    /// Forgets uploads that are over and that nobody is just using.
    fn sweep(&self, now: Timestamp) {
        self.lock().retain(|_, slot| {
            let over = slot
                .try_lock()
                .is_ok_and(|file| file.as_ref().is_none_or(|file| expires(file, now) <= now));
            Arc::strong_count(slot) > 1 || !over
        });
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Slot>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn expires(file: &RemoteFile, now: Timestamp) -> Timestamp {
    file.expires_at.unwrap_or_else(|| later(now, USUAL_LIFE))
}

impl Client {
    /// Makes an address of a recording (a WAV file) that is good for the input of predictions for as long as `needed`.
    ///
    /// Up to [`MAX_INLINE_BYTES`] it is a data URI and nothing is sent. Above, the recording is uploaded, once for all
    /// who ask at the same time, and the upload is used again until shortly before it expires.
    ///
    /// # Errors
    ///
    /// Those of [`upload`](Self::upload).
    pub async fn reference(&self, wav: &Bytes, needed: Duration) -> Result<String> {
        self.known_reference(wav, None, needed).await
    }

    /// The same for a recording whose SHA-256 is known: summing it up costs more than the rest of a run.
    pub(crate) async fn known_reference(&self, wav: &Bytes, sum: Option<&str>, needed: Duration) -> Result<String> {
        if wav.len() <= MAX_INLINE_BYTES {
            return Ok(format!("data:audio/wav;base64,{}", STANDARD.encode(wav)));
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

    /// Deletes the upload of a recording at Replicate, if this client made one: a voice is nobody else's business.
    ///
    /// # Errors
    ///
    /// Those of every call; the upload expires by itself within a day.
    pub async fn forget_reference(&self, wav: &Bytes) -> Result<()> {
        let slot = self.references().slot(&sha256(wav));
        let mut kept = slot.lock().await;
        if let Some(file) = kept.as_ref() {
            self.delete_file(&file.id).await?;
            *kept = None;
        }
        Ok(())
    }

    /// Uses no upload again: Replicate has said that it could not fetch one.
    pub(crate) fn distrust_references(&self) {
        self.references().lock().clear();
    }
}

fn sha256(wav: &Bytes) -> String {
    hex::encode(Sha256::digest(wav))
}
