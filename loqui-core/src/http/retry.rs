//! Delays before a request is repeated: the server's hints, else exponential back-off with jitter.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::StatusCode;

use super::HttpResponse;
use crate::clock::{Random, since};

/// How often a call that is free of charge is repeated by default.
pub(crate) const MAX_RETRIES: u32 = 3;
/// The longest delay that a call waits itself. A longer one is returned to the caller.
pub(crate) const MAX_DELAY: Duration = Duration::from_secs(10);
/// Longer hints are shortened to this.
const MAX_HINT: Duration = Duration::from_hours(1);

/// Returns true for statuses after which a repeated call may succeed. Not for creates.
pub(crate) fn is_transient(status: StatusCode) -> bool {
    status.is_server_error() || matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT)
}

/// Returns the longest delay that a response asks for.
///
/// Reads `Retry-After` in seconds or as a date (RFC 9110, section 10.2.3), `retry_after` in the body, and a duration
/// such as `~30s` in `detail`, as Replicate sends it (<https://replicate.com/docs/topics/predictions/rate-limits>).
pub(crate) fn hint(response: &HttpResponse, now: Timestamp) -> Option<Duration> {
    let header = response.header("retry-after").and_then(|value| from_header(value, now));
    let body: Option<serde_json::Value> = serde_json::from_slice(&response.body).ok();
    let body = body.as_ref();
    let field = body
        .and_then(|body| body.get("retry_after")?.as_f64())
        .and_then(seconds);
    let text = body.and_then(|body| from_text(body.get("detail")?.as_str()?));
    header.max(field).max(text)
}

fn from_header(value: &str, now: Timestamp) -> Option<Duration> {
    let value = value.trim();
    if let Ok(number) = value.parse() {
        return seconds(number);
    }
    let at = jiff::fmt::rfc2822::parse(value).ok()?.timestamp();
    Some(since(now, at).min(MAX_HINT))
}

/// Finds durations such as `~30s` and `in 1 second`.
fn from_text(text: &str) -> Option<Duration> {
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
        .flat_map(|mark| text.match_indices(mark).map(move |(at, mark)| &text[at + mark.len()..]))
        .find_map(number)
}

fn seconds(number: f64) -> Option<Duration> {
    (number.is_finite() && number >= 0.0).then(|| Duration::from_secs_f64(number.min(MAX_HINT.as_secs_f64())))
}

/// Returns the delay after attempt `attempt` (counted from 1): 0.5 s, doubled each time up to 8 s, with half of it random.
pub(crate) fn backoff(attempt: u32, random: &dyn Random) -> Duration {
    let whole = Duration::from_millis(500 << attempt.saturating_sub(1).min(4));
    jittered(whole / 2, whole / 2, random)
}

/// Returns `least` plus a random part of `more`, so that clients that were refused together do not return together.
pub(crate) fn jittered(least: Duration, more: Duration, random: &dyn Random) -> Duration {
    least + more.mul_f64((random.next() >> 11) as f64 / (1_u64 << 53) as f64)
}

#[cfg(test)]
mod tests {
    use reqwest::header::{HeaderMap, HeaderValue};

    use super::*;
    use crate::clock::System;

    fn response(header: Option<&str>, body: &str) -> HttpResponse {
        let mut headers = HeaderMap::new();
        if let Some(value) = header {
            headers.insert("retry-after", HeaderValue::from_str(value).unwrap());
        }
        HttpResponse {
            status: StatusCode::TOO_MANY_REQUESTS,
            headers,
            body: body.to_owned().into(),
        }
    }

    fn hint_seconds(header: Option<&str>, body: &str) -> Option<f64> {
        let now = "1994-11-06T08:49:30Z".parse().unwrap();
        hint(&response(header, body), now).map(|hint| hint.as_secs_f64())
    }

    #[test]
    fn longest_of_all_hints_is_used() {
        assert_eq!(hint_seconds(Some("7"), ""), Some(7.0));
        assert_eq!(hint_seconds(Some("Sun, 06 Nov 1994 08:49:37 GMT"), ""), Some(7.0));
        assert_eq!(hint_seconds(Some("Sun, 06 Nov 1994 08:00:00 GMT"), ""), Some(0.0));
        assert_eq!(hint_seconds(None, r#"{"retry_after":5}"#), Some(5.0));
        let throttled = "Request was throttled. Your rate limit resets in ~30s.";
        assert_eq!(
            hint_seconds(None, &format!(r#"{{"detail":"{throttled}"}}"#)),
            Some(30.0)
        );
        let expected = "Request was throttled. Expected available in 1 second.";
        assert_eq!(hint_seconds(None, &format!(r#"{{"detail":"{expected}"}}"#)), Some(1.0));
        assert_eq!(
            hint_seconds(Some("2"), &format!(r#"{{"detail":"{throttled}","retry_after":5}}"#)),
            Some(30.0)
        );
    }

    #[test]
    fn invalid_hints_are_ignored() {
        for (header, body) in [
            (Some("soon"), ""),
            (Some("-3"), ""),
            (Some("nan"), "<html>"),
            (None, r#"{"detail":["~3s"]}"#),
        ] {
            assert_eq!(hint_seconds(header, body), None, "{header:?} {body}");
        }
        assert_eq!(hint_seconds(Some("1e300"), ""), Some(3600.0));
    }

    #[test]
    fn backoff_stays_within_bounds() {
        for attempt in 1..100 {
            let wait = backoff(attempt, &System);
            assert!(
                wait >= Duration::from_millis(250) && wait <= Duration::from_secs(8),
                "{attempt}: {wait:?}"
            );
        }
    }
}
