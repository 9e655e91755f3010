//! Calls from Replicate to you: is it really Replicate, is it fresh, has it been here before.
//!
//! The rules are those of Standard Webhooks (contract section 4). A webhook is a hint, not the truth: deliveries come
//! twice, out of order or never, so poll as well.

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

/// How far the time of a delivery may be off, either way.
pub const TOLERANCE: Duration = Duration::from_mins(5);

/// The key that Replicate signs an account's webhooks with (`whsec_...`). `Debug` shows nothing of it.
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

/// Why a call is not to be believed.
#[derive(Debug, thiserror::Error)]
enum Refusal {
    #[error("the secret is not whsec_ and base64")]
    Secret,
    #[error("the header {name} is missing or not text")]
    Header { name: &'static str },
    #[error("the time {value:?} is not a number of seconds")]
    NoTime { value: String },
    #[error("it is {off} s off; at most {} s are allowed", TOLERANCE.as_secs())]
    Stale { off: u64 },
    #[error("no signature of version v1 is right")]
    Signature,
    #[error("the body {0}")]
    Body(#[source] NotAPrediction),
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::new(&code::WEBHOOK_INVALID, "the webhook is not to be believed").with_source(refusal)
    }
}

/// A call that is to be believed.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Delivery {
    /// The same for every repetition of this call: see [`Seen`].
    pub id: String,
    /// When it was sent.
    pub sent_at: Timestamp,
    /// The prediction as it stood then.
    pub prediction: Prediction,
}

/// Checks the signature of a call over its raw body, in constant time, and its age. Answers with the call's id and time.
///
/// `headers` are all headers of the call in any order, for instance those of `http::HeaderMap`.
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
    Ok(verified(secret, headers, body, now)?)
}

fn verified<N: AsRef<str>, V: AsRef<[u8]>>(
    secret: &WebhookSecret,
    headers: impl IntoIterator<Item = (N, V)>,
    body: &[u8],
    now: Timestamp,
) -> Result<(String, Timestamp), Refusal> {
    const NAMES: [&str; 3] = ["webhook-id", "webhook-timestamp", "webhook-signature"];
    let mut found: [Option<String>; 3] = [None, None, None];
    for (name, value) in headers {
        if let Some(index) = NAMES.iter().position(|known| name.as_ref().eq_ignore_ascii_case(known)) {
            found[index] = std::str::from_utf8(value.as_ref()).ok().map(str::to_owned);
        }
    }
    let mut header = |index: usize| {
        let value = found[index].take().filter(|value| !value.is_empty());
        value.ok_or(Refusal::Header { name: NAMES[index] })
    };
    let (id, time, signatures) = (header(0)?, header(1)?, header(2)?);

    let sent_at = time
        .parse()
        .ok()
        .and_then(|seconds| Timestamp::from_second(seconds).ok());
    let sent_at = sent_at.ok_or_else(|| Refusal::NoTime {
        value: time.chars().take(40).collect(),
    })?;
    let off = since(sent_at, now).max(since(now, sent_at));
    if off > TOLERANCE {
        return Err(Refusal::Stale { off: off.as_secs() });
    }

    let key = secret.0.expose_secret().trim();
    let key = STANDARD
        .decode(key.strip_prefix("whsec_").unwrap_or(key))
        .ok()
        .filter(|key| !key.is_empty())
        .ok_or(Refusal::Secret)?;
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).map_err(|_| Refusal::Secret)?;
    for part in [id.as_bytes(), b".", time.as_bytes(), b".", body] {
        mac.update(part);
    }
    // Several may be listed while a secret is being replaced, some of versions that are not known here.
    let right = signatures
        .split_ascii_whitespace()
        .filter_map(|entry| STANDARD.decode(entry.strip_prefix("v1,")?).ok())
        .any(|signature| mac.clone().verify_slice(&signature).is_ok());
    if right {
        Ok((id, sent_at))
    } else {
        Err(Refusal::Signature)
    }
}

/// Checks a call as [`verify`] does, and reads the prediction in it.
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
    let (id, sent_at) = verified(secret, headers, body, now)?;
    let prediction = Prediction::parse(body).map_err(Refusal::Body)?;
    Ok(Delivery {
        id,
        sent_at,
        prediction,
    })
}

/// Remembers the ids of the latest calls, so that a repetition is told from something new. 10,000 are kept: repetitions
/// come within about a minute.
#[derive(Debug, Default)]
pub struct Seen {
    ids: HashSet<String>,
    order: VecDeque<String>,
}

impl Seen {
    const KEPT: usize = 10_000;

    /// Remembers an id; false if it had been seen before.
    pub fn is_new(&mut self, id: &str) -> bool {
        if !self.ids.insert(id.to_owned()) {
            return false;
        }
        self.order.push_back(id.to_owned());
        if self.order.len() > Self::KEPT
            && let Some(oldest) = self.order.pop_front()
        {
            self.ids.remove(&oldest);
        }
        true
    }
}

impl Client {
    /// Reads the account's key for [`verify`]. Keep it: it seldom changes.
    ///
    /// # Errors
    ///
    /// Those of every call.
    pub async fn webhook_secret(&self) -> Result<WebhookSecret> {
        let what = "read the webhook secret";
        let url = self.origin().join(&["webhooks", "default", "secret"]);
        let answer = self
            .call(what, 1 << 16, || self.request(Method::GET, url.clone()))
            .await?;
        let body: Option<serde_json::Value> = serde_json::from_slice(&answer.body).ok();
        let key = body.as_ref().and_then(|body| body.get("key")?.as_str());
        key.map(WebhookSecret::from)
            .ok_or_else(|| failure::unreadable(what, &answer, "holds no key"))
    }
}

#[cfg(test)]
mod tests;
