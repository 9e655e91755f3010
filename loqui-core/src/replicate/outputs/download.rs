//! Downloads: redirects re-checked, broken connections gone on with, everything capped.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use reqwest::header::{CONTENT_LENGTH, CONTENT_RANGE, ETAG, HeaderMap, HeaderValue, IF_RANGE, LOCATION, RANGE};
use reqwest::{Response, StatusCode};
use tracing::debug;
use url::Url;

use super::{Broken, Refusal, address, checks};
use crate::error::{Error, Result, code};
use crate::replicate::client::Client;
use crate::replicate::failure;
use crate::replicate::http::{Answer, TransportError};
use crate::replicate::redact::Shown;
use crate::replicate::retry;

/// Redirects followed, each checked like the first address.
const MOST_REDIRECTS: usize = 3;
const WHAT: &str = "download an output";

/// What has arrived so far, and what the server said of the whole.
#[derive(Default)]
struct Partial {
    content: BytesMut,
    length: Option<u64>,
    md5: Option<String>,
    etag: Option<HeaderValue>,
}

/// How one attempt ended short of the whole.
enum Stop {
    /// Another attempt may help: after this long if the server said so.
    Again(Error, Option<Duration>),
    /// It will not.
    Final(Error),
}

impl Client {
    /// Downloads from an address that is checked first.
    pub(super) async fn fetch(&self, output: &str) -> Result<Bytes> {
        let url = address::checked(output, self.origin()).map_err(|refusal| refusal.into_error(output))?;
        let mut partial = Partial::default();
        let mut attempt = 1;
        loop {
            let stop = match self.attempt(&url, &mut partial).await {
                Ok(()) => match checks::whole(&partial.content, partial.length, partial.md5.as_deref())
                    .and_then(|()| checks::wav(&partial.content))
                {
                    Ok(()) => return Ok(partial.content.freeze()),
                    Err(broken) => {
                        partial = Partial::default();
                        Stop::Again(broken.into_error(output), None)
                    }
                },
                Err(stop) => stop,
            };
            let (error, hint) = match stop {
                Stop::Again(error, hint) => (error, hint),
                Stop::Final(error) => return Err(error),
            };
            let wait = hint.unwrap_or_else(|| retry::backoff(attempt, self.random()));
            if attempt == retry::ATTEMPTS || wait > retry::PATIENCE {
                return Err(error);
            }
            debug!(
                attempt,
                code = error.code(),
                have = partial.content.len(),
                "downloading on"
            );
            attempt += 1;
            self.clock().sleep(wait).await;
        }
    }

    /// Asks for what is missing and adds it.
    async fn attempt(&self, url: &Url, partial: &mut Partial) -> Result<(), Stop> {
        let response = self.follow_redirects(url, partial).await?;
        let status = response.status();
        let shown = url.as_str();
        match status {
            StatusCode::OK => {
                // A server that does not resume, or a file that has changed, sends the whole.
                *partial = Partial::begin(response.headers());
            }
            StatusCode::PARTIAL_CONTENT if partial.continues(response.headers()) => {}
            StatusCode::PARTIAL_CONTENT | StatusCode::RANGE_NOT_SATISFIABLE => {
                *partial = Partial::default();
                return Err(Stop::Again(Broken::WrongPart.into_error(shown), None));
            }
            StatusCode::FORBIDDEN | StatusCode::NOT_FOUND | StatusCode::GONE => {
                let message = format!("the output {} is gone ({})", Shown(shown), status.as_u16());
                let error = Error::new(&code::REPLICATE_OUTPUT_EXPIRED, message);
                // It is paid for, and a bucket may not have it yet: believed only when said again.
                return Err(if status == StatusCode::GONE {
                    Stop::Final(error)
                } else {
                    Stop::Again(error, None)
                });
            }
            StatusCode::UNAUTHORIZED => return Err(Stop::Again(Refusal::WantsToken.into_error(shown), None)),
            _ => {
                let answer = Answer {
                    status,
                    headers: response.headers().clone(),
                    body: Bytes::new(),
                };
                let now = self.clock().now();
                let error = failure::from_answer(WHAT, &answer, now);
                if retry::is_transient(status) {
                    return Err(Stop::Again(error, retry::hint(&answer, now)));
                }
                return Err(Stop::Final(error));
            }
        }
        self.append(response, partial, shown).await
    }

    async fn append(&self, mut response: Response, partial: &mut Partial, shown: &str) -> Result<(), Stop> {
        let cap = self.max_output_bytes();
        let too_long = || Stop::Again(Broken::TooLong { cap }.into_error(shown), None);
        if partial.length.is_some_and(|length| length > cap as u64) {
            return Err(too_long());
        }
        loop {
            match response.chunk().await {
                Ok(Some(chunk)) if partial.content.len() + chunk.len() > cap => {
                    *partial = Partial::default();
                    return Err(too_long());
                }
                Ok(Some(chunk)) => partial.content.extend_from_slice(&chunk),
                Ok(None) => return Ok(()),
                Err(error) => return Err(Stop::Again(Broken::Wire(error.without_url()).into_error(shown), None)),
            }
        }
    }

    /// Sends the request without the token, and again to where it is redirected if that may be followed too.
    async fn follow_redirects(&self, url: &Url, partial: &Partial) -> Result<Response, Stop> {
        let mut url = url.clone();
        for _ in 0..=MOST_REDIRECTS {
            let request = self.wires().output.get(url.clone()).headers(partial.range());
            let response = request
                .send()
                .await
                .map_err(|error| Stop::Again(failure::from_trouble(WHAT, TransportError::from_wire(error)), None))?;
            if !response.status().is_redirection() {
                return Ok(response);
            }
            // Refused, not followed; the next answer may be a better one, and what is paid for is asked for again.
            let refused = |refusal: Refusal| Stop::Again(refusal.into_error(url.as_str()), None);
            let location = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
            let location = location.ok_or_else(|| refused(Refusal::NoLocation))?;
            let next = url
                .join(location)
                .map_err(|error| refused(Refusal::NotAnAddress(error)))?;
            address::check(&next, self.origin())
                .map_err(|refusal| Stop::Again(refusal.into_error(next.as_str()), None))?;
            url = next;
        }
        let refusal = Refusal::TooManyRedirects { most: MOST_REDIRECTS };
        Err(Stop::Again(refusal.into_error(url.as_str()), None))
    }
}

impl Partial {
    /// Nothing has arrived yet of what these headers announce.
    fn begin(headers: &HeaderMap) -> Self {
        Self {
            content: BytesMut::new(),
            length: headers
                .get(CONTENT_LENGTH)
                .and_then(|value| value.to_str().ok()?.parse().ok()),
            md5: checks::expected_md5(headers),
            etag: headers
                .get(ETAG)
                .filter(|etag| !etag.as_bytes().starts_with(b"W/"))
                .cloned(),
        }
    }

    /// The headers that ask for the rest; none for the whole. Without a strong `etag` nobody could say whether the rest
    /// belongs to the same file.
    fn range(&self) -> HeaderMap {
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

    /// True if the part that comes begins where this ends.
    fn continues(&self, headers: &HeaderMap) -> bool {
        let range = headers.get(CONTENT_RANGE).and_then(|value| value.to_str().ok());
        let start = range.and_then(|range| range.strip_prefix("bytes ")?.split('-').next()?.parse::<u64>().ok());
        start == Some(self.content.len() as u64) && !self.content.is_empty()
    }
}
