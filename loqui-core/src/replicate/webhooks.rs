//! Verifies webhooks of Replicate: signature, age and repetition.
//!
//! Replicate signs webhooks as described at <https://replicate.com/docs/topics/webhooks/verify-webhook>, following
//! Standard Webhooks (<https://www.standardwebhooks.com>). Webhooks may be repeated, reordered or lost, so poll as well.

use std::collections::{HashSet, VecDeque};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use reqwest::Method;
use secrecy::{ExposeSecret as _, SecretString};
use sha2::Sha256;

use super::client::Client;
use super::failure;
use super::predictions::{NotAPrediction, Prediction};
use crate::clock::since;
use crate::error::{Error, Result, code};

/// Maximum difference between the timestamp of a webhook and the current time, in either direction.
pub const TOLERANCE: Duration = Duration::from_mins(5);

/// The key that signs the webhooks of an account (`whsec_...`). `Debug` does not show it.
#[derive(Clone, Debug)]
pub struct WebhookSecret(SecretString);

impl From<&str> for WebhookSecret {
    fn from(secret: &str) -> Self {
        Self(secret.into())
    }
}

impl From<String> for WebhookSecret {
    fn from(secret: String) -> Self {
        Self(secret.into())
    }
}

/// Why a webhook is invalid.
#[derive(Debug, thiserror::Error)]
enum WebhookError {
    #[error("the secret is not `whsec_` followed by base64")]
    Secret,
    #[error("the header {name} is missing or is not text")]
    Header { name: &'static str },
    #[error("the timestamp {value:?} is not a number of seconds")]
    InvalidTimestamp { value: String },
    #[error("the timestamp differs by {off} s from the current time; at most {} s are allowed", TOLERANCE.as_secs())]
    Stale { off: u64 },
    #[error("no v1 signature matches")]
    Signature,
    #[error("the body {0}")]
    Body(#[source] NotAPrediction),
}

impl From<WebhookError> for Error {
    fn from(source: WebhookError) -> Self {
        let message = match source {
            WebhookError::Body(_) => "the webhook is not about a prediction",
            _ => "invalid webhook signature",
        };
        Self::new(&code::WEBHOOK_INVALID, message).with_source(source)
    }
}

/// A verified webhook.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Delivery {
    /// The message id. Repetitions have the same id; see [`Seen`].
    pub id: String,
    /// Time at which it was sent.
    pub sent_at: Timestamp,
    /// The prediction at that time.
    pub prediction: Prediction,
}

/// Verifies the signature of a webhook over its raw body, in constant time, and its age. Returns its id and timestamp.
///
/// `headers` are the headers of the request in any order, for instance those of an `http::HeaderMap`.
///
/// # Errors
///
/// `webhook.invalid`.
///
/// ```
/// use loqui_core::replicate::webhooks;
///
/// let headers = [
///     ("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"),
///     ("webhook-timestamp", "1614265330"),
///     ("webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
/// ];
/// let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".into();
/// let now = "2021-02-25T15:02:10Z".parse().unwrap();
/// let (id, _) = webhooks::verify(&secret, headers, br#"{"test": 2432232314}"#, now)?;
/// assert_eq!(id, "msg_p5jXN8AQM9LWM0D4loKWxJek");
/// # Ok::<(), loqui_core::Error>(())
/// ```
pub fn verify<N: AsRef<str>, V: AsRef<[u8]>>(
    secret: &WebhookSecret,
    headers: impl IntoIterator<Item = (N, V)>,
    body: &[u8],
    now: Timestamp,
) -> Result<(String, Timestamp)> {
    Ok(check(secret, headers, body, now)?)
}

fn check<N: AsRef<str>, V: AsRef<[u8]>>(
    secret: &WebhookSecret,
    headers: impl IntoIterator<Item = (N, V)>,
    body: &[u8],
    now: Timestamp,
) -> Result<(String, Timestamp), WebhookError> {
    const NAMES: [&str; 3] = ["webhook-id", "webhook-timestamp", "webhook-signature"];
    let mut found: [Option<String>; 3] = [None, None, None];
    for (name, value) in headers {
        if let Some(index) = NAMES.iter().position(|known| name.as_ref().eq_ignore_ascii_case(known)) {
            found[index] = std::str::from_utf8(value.as_ref()).ok().map(str::to_owned);
        }
    }
    let mut header = |index: usize| {
        let value = found[index].take().filter(|value| !value.is_empty());
        value.ok_or(WebhookError::Header { name: NAMES[index] })
    };
    let (id, time, signatures) = (header(0)?, header(1)?, header(2)?);

    let sent_at = time
        .parse()
        .ok()
        .and_then(|seconds| Timestamp::from_second(seconds).ok());
    let sent_at = sent_at.ok_or_else(|| WebhookError::InvalidTimestamp {
        value: time.chars().take(40).collect(),
    })?;
    let off = since(sent_at, now).max(since(now, sent_at));
    if off > TOLERANCE {
        return Err(WebhookError::Stale { off: off.as_secs() });
    }

    let key = secret.0.expose_secret().trim();
    let key = STANDARD
        .decode(key.strip_prefix("whsec_").unwrap_or(key))
        .ok()
        .filter(|key| !key.is_empty())
        .ok_or(WebhookError::Secret)?;
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).map_err(|_| WebhookError::Secret)?;
    for part in [id.as_bytes(), b".", time.as_bytes(), b".", body] {
        mac.update(part);
    }
    // Several signatures are listed while a secret is rotated, possibly of other versions.
    let is_valid = signatures
        .split_ascii_whitespace()
        .filter_map(|entry| STANDARD.decode(entry.strip_prefix("v1,")?).ok())
        .any(|signature| mac.clone().verify_slice(&signature).is_ok());
    if is_valid {
        Ok((id, sent_at))
    } else {
        Err(WebhookError::Signature)
    }
}

/// Verifies a webhook as [`verify`] does, and reads the prediction in it.
///
/// # Errors
///
/// `webhook.invalid`.
pub fn open<N: AsRef<str>, V: AsRef<[u8]>>(
    secret: &WebhookSecret,
    headers: impl IntoIterator<Item = (N, V)>,
    body: &[u8],
    now: Timestamp,
) -> Result<Delivery> {
    let (id, sent_at) = check(secret, headers, body, now)?;
    let prediction = Prediction::parse(body).map_err(WebhookError::Body)?;
    Ok(Delivery {
        id,
        sent_at,
        prediction,
    })
}

/// Reads the prediction in a verified payload.
///
/// # Errors
///
/// `webhook.invalid`.
pub(crate) fn read(payload: &serde_json::Value) -> Result<Prediction> {
    Ok(Prediction::from_value(payload.clone()).map_err(WebhookError::Body)?)
}

/// Ids of recent webhooks, to detect repetitions. Keeps 10,000 ids. Replicate repeats a webhook for about one minute
/// (<https://replicate.com/docs/topics/webhooks/receive-webhook>).
#[derive(Debug, Default)]
pub struct Seen {
    ids: HashSet<String>,
    order: VecDeque<String>,
}

impl Seen {
    const CAPACITY: usize = 10_000;

    /// Records an id. Returns false if it was recorded before.
    pub fn is_new(&mut self, id: &str) -> bool {
        if !self.ids.insert(id.to_owned()) {
            return false;
        }
        self.order.push_back(id.to_owned());
        if self.order.len() > Self::CAPACITY
            && let Some(oldest) = self.order.pop_front()
        {
            self.ids.remove(&oldest);
        }
        true
    }
}

impl Client {
    /// Returns the account's webhook secret, for [`verify`]. Cache it, because it rarely changes.
    ///
    /// # Errors
    ///
    /// The errors of all API calls.
    pub async fn webhook_secret(&self) -> Result<WebhookSecret> {
        let what = "read the webhook secret";
        let url = self.origin().join(&["webhooks", "default", "secret"]);
        let response = self
            .call(what, 1 << 16, || self.request(Method::GET, url.clone()))
            .await?;
        let body: Option<serde_json::Value> = serde_json::from_slice(&response.body).ok();
        let key = body.as_ref().and_then(|body| body.get("key")?.as_str());
        key.map(WebhookSecret::from)
            .ok_or_else(|| failure::unreadable(what, &response, "has no key"))
    }
}

#[cfg(test)]
mod tests;
