//! When to ask again: the provider's hints, and a back-off of our own where it gives none.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::StatusCode;

use super::http::Answer;
use crate::clock::{Random, since};

/// How often a call that costs nothing is made, the first time included.
pub(super) const ATTEMPTS: u32 = 4;
/// The longest hint that is waited out inside one call; a longer one goes to the caller.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);
/// No hint is believed beyond this.
const LONGEST_HINT: Duration = Duration::from_hours(1);

/// True for answers that another try may better. Never asked about creates.
pub(super) fn is_transient(status: StatusCode) -> bool {
    status.is_server_error() || matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT)
}

/// The longest of what an answer says about waiting: `Retry-After` in seconds or as a date, `retry_after` in the body,
/// `~30s` in its words (contract section 5.2).
pub(super) fn hint(answer: &Answer, now: Timestamp) -> Option<Duration> {
    let header = answer.header("retry-after").and_then(|value| from_header(value, now));
    let body: Option<serde_json::Value> = serde_json::from_slice(&answer.body).ok();
    let body = body.as_ref();
    let field = body
        .and_then(|body| body.get("retry_after")?.as_f64())
        .and_then(seconds);
    let words = body.and_then(|body| from_words(body.get("detail")?.as_str()?));
    header.max(field).max(words)
}

fn from_header(value: &str, now: Timestamp) -> Option<Duration> {
    let value = value.trim();
    if let Ok(number) = value.parse() {
        return seconds(number);
    }
    let at = jiff::fmt::rfc2822::parse(value).ok()?.timestamp();
    Some(since(now, at).min(LONGEST_HINT))
}

/// Finds `~30s` and `in 1 second`.
fn from_words(words: &str) -> Option<Duration> {
    let number = |text: &str| -> Option<Duration> {
        let end = text.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        text[end..]
            .trim_start()
            .starts_with('s')
            .then(|| text[..end].parse().ok())?
            .and_then(seconds)
    };
    ["~", "in "]
        .iter()
        .flat_map(|mark| {
            words
                .match_indices(mark)
                .map(move |(at, mark)| &words[at + mark.len()..])
        })
        .find_map(number)
}

fn seconds(number: f64) -> Option<Duration> {
    (number.is_finite() && number >= 0.0).then(|| Duration::from_secs_f64(number.min(LONGEST_HINT.as_secs_f64())))
}

/// The back-off before the try after `attempt` (from 1): 0.5 s, 1 s, 2 s ..., at most 8 s, of which a random half.
pub(super) fn backoff(attempt: u32, random: &dyn Random) -> Duration {
    let whole = Duration::from_millis(500 << attempt.saturating_sub(1).min(4));
    jittered(whole / 2, whole / 2, random)
}

/// `least` and up to `more` on top, so that those who were refused together do not come back together.
pub(super) fn jittered(least: Duration, more: Duration, random: &dyn Random) -> Duration {
    least + more.mul_f64((random.next() >> 11) as f64 / (1_u64 << 53) as f64)
}

#[cfg(test)]
mod tests {
    use reqwest::header::{HeaderMap, HeaderValue};

    use super::*;
    use crate::clock::System;

    fn answer(header: Option<&str>, body: &str) -> Answer {
        let mut headers = HeaderMap::new();
        if let Some(value) = header {
            headers.insert("retry-after", HeaderValue::from_str(value).unwrap());
        }
        Answer {
            status: StatusCode::TOO_MANY_REQUESTS,
            headers,
            body: body.to_owned().into(),
        }
    }

    fn hinted(header: Option<&str>, body: &str) -> Option<f64> {
        let now = "1994-11-06T08:49:30Z".parse().unwrap();
        hint(&answer(header, body), now).map(|hint| hint.as_secs_f64())
    }

    #[test]
    fn every_kind_of_hint_is_understood_and_the_longest_wins() {
        assert_eq!(hinted(Some("7"), ""), Some(7.0));
        assert_eq!(hinted(Some("Sun, 06 Nov 1994 08:49:37 GMT"), ""), Some(7.0));
        assert_eq!(hinted(Some("Sun, 06 Nov 1994 08:00:00 GMT"), ""), Some(0.0));
        assert_eq!(hinted(None, r#"{"retry_after":5}"#), Some(5.0));
        let throttled = "Request was throttled. Your rate limit resets in ~30s.";
        assert_eq!(hinted(None, &format!(r#"{{"detail":"{throttled}"}}"#)), Some(30.0));
        let expected = "Request was throttled. Expected available in 1 second.";
        assert_eq!(hinted(None, &format!(r#"{{"detail":"{expected}"}}"#)), Some(1.0));
        assert_eq!(
            hinted(Some("2"), &format!(r#"{{"detail":"{throttled}","retry_after":5}}"#)),
            Some(30.0)
        );
    }

    #[test]
    fn nonsense_is_no_hint() {
        for (header, body) in [
            (Some("soon"), ""),
            (Some("-3"), ""),
            (Some("nan"), "<html>"),
            (None, r#"{"detail":["~3s"]}"#),
        ] {
            assert_eq!(hinted(header, body), None, "{header:?} {body}");
        }
        assert_eq!(hinted(Some("1e300"), ""), Some(3600.0));
    }

    #[test]
    fn the_backoff_grows_and_stays_bounded() {
        for attempt in 1..100 {
            let wait = backoff(attempt, &System);
            assert!(
                wait >= Duration::from_millis(250) && wait <= Duration::from_secs(8),
                "{attempt}: {wait:?}"
            );
        }
    }
}
