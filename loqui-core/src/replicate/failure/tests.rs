use std::time::Duration;

use reqwest::header::HeaderMap;

use super::*;
use crate::error::ErrorKind;

fn response(status: u16, body: &str) -> HttpResponse {
    HttpResponse {
        status: StatusCode::from_u16(status).unwrap(),
        headers: HeaderMap::new(),
        body: body.to_owned().into(),
    }
}

fn error(status: u16, body: &str) -> Error {
    from_response("create a prediction", &response(status, body), Timestamp::UNIX_EPOCH)
}

#[test]
fn each_status_maps_to_its_code_and_keeps_the_message() {
    for (status, code, message) in [
        (
            401,
            "replicate.unauthorized",
            "You did not pass a valid authentication token",
        ),
        (
            402,
            "replicate.insufficient_credit",
            "You have insufficient credit to run this model.",
        ),
        (404, "replicate.not_found", "The requested resource could not be found."),
        (413, "replicate.too_large", "Files must be less than 100MB in size"),
        (422, "replicate.invalid_input", "- input: prompt is required"),
        (429, "replicate.rate_limited", "Request was throttled."),
        (503, "replicate.unavailable", "no healthy upstream"),
        (302, "replicate.bad_answer", "moved"),
    ] {
        let error = error(
            status,
            &serde_json::json!({ "title": "T", "detail": message }).to_string(),
        );
        assert_eq!(error.code(), code);
        assert!(error.to_string().contains(message), "{error}");
        assert!(!error.to_string().contains('\n'));
    }
}

#[test]
fn body_without_problem_details_is_ignored() {
    for body in [
        "",
        "<html>413 Request Entity Too Large</html>",
        "[]",
        "null",
        r#"{"detail":null}"#,
        "{\"detail\":",
    ] {
        let error = error(413, body);
        assert_eq!(
            error.to_string(),
            "replicate refused to create a prediction (413)",
            "{body}"
        );
    }
    assert!(
        error(500, r#"{"detail":[{"loc":["body"],"msg":"bad"}]}"#)
            .to_string()
            .contains("bad")
    );
}

#[test]
fn longest_retry_delay_of_a_429_is_kept() {
    let body =
        r#"{"detail":"... while you have less than $5.0 in credit. Your rate limit resets in ~5s.","retry_after":7}"#;
    let error = error(429, body);
    assert_eq!(error.retry(), Retry::After(Duration::from_secs(7)));
    assert_eq!(error.kind(), ErrorKind::RateLimited);
    assert!(Problem::read(&response(429, body)).is_low_credit());
}

#[test]
fn disabled_version_has_its_own_hint() {
    let error = error(
        422,
        r#"{"title":"Version disabled","detail":"It consistently fails to complete setup."}"#,
    );
    assert!(error.hint().unwrap().contains("chatterbox-turbo"));
}

#[test]
fn token_in_a_response_is_not_shown() {
    let error = error(401, r#"{"detail":"the token r8_SECRETSECRET is not valid"}"#);
    assert!(!format!("{error:?} {error}").contains("SECRET"));
}

#[test]
fn failed_predictions_are_retryable_unless_the_input_was_refused() {
    let retry = |message: &str| from_prediction("abc", Some(message)).retry();
    for message in [
        "Prediction interrupted; please retry (code: PA)",
        "Director: unexpected error handling prediction (E9828)",
        "Director: unexpected error handling prediction (E6716)",
        "Director: unexpected error handling prediction (E8765)",
        "failed to download input file: 404 Not Found",
        "failed to fetch the invalid input file: 404",
        "Director: unexpected error handling prediction (E1001)",
        "CUDA out of memory. Tried to allocate 2.00 GiB",
        "index out of range",
        "'NoneType' object has no attribute 'shape'",
        "",
    ] {
        assert_eq!(retry(message), Retry::Later, "{message}");
    }
    assert_eq!(
        retry("CUDA error: device-side assert triggered"),
        Retry::After(prediction::CUDA_ASSERT_DELAY)
    );
    for message in [
        "Audio prompt must be longer than 5 seconds!",
        "Input validation failed: prompt is required",
        "The input or output was flagged as sensitive. Please try again with different inputs. (E005)",
        "The request violates the content policy",
    ] {
        assert_eq!(retry(message), Retry::Never, "{message}");
        let hint = from_prediction("abc", Some(message)).hint().map(str::to_owned);
        assert!(hint.is_some_and(|hint| hint.contains("recording")), "{message}");
    }
}
