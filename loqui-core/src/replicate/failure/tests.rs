use std::time::Duration;

use reqwest::header::HeaderMap;

use super::*;
use crate::error::ErrorKind;

fn answer(status: u16, body: &str) -> Answer {
    Answer {
        status: StatusCode::from_u16(status).unwrap(),
        headers: HeaderMap::new(),
        body: body.to_owned().into(),
    }
}

fn error(status: u16, body: &str) -> Error {
    from_answer("create a prediction", &answer(status, body), Timestamp::UNIX_EPOCH)
}

#[test]
fn every_status_has_its_code_and_keeps_the_providers_words() {
    for (status, code, words) in [
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
            &serde_json::json!({ "title": "T", "detail": words }).to_string(),
        );
        assert_eq!(error.code(), code);
        assert!(error.to_string().contains(words), "{error}");
        assert!(!error.to_string().contains('\n'));
    }
}

#[test]
fn a_body_that_is_no_problem_json_does_no_harm() {
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
fn a_hint_to_wait_is_kept() {
    let body =
        r#"{"detail":"... while you have less than $5.0 in credit. Your rate limit resets in ~5s.","retry_after":7}"#;
    let error = error(429, body);
    assert_eq!(error.retry(), Retry::After(Duration::from_secs(7)));
    assert_eq!(error.kind(), ErrorKind::RateLimited);
    assert!(Problem::read(&answer(429, body)).is_low_credit());
}

#[test]
fn a_version_that_is_down_is_not_the_callers_field() {
    let error = error(
        422,
        r#"{"title":"Version disabled","detail":"It consistently fails to complete setup."}"#,
    );
    assert!(error.hint().unwrap().contains("chatterbox-turbo"));
}

#[test]
fn a_token_in_an_answer_is_not_repeated() {
    let error = error(401, r#"{"detail":"the token r8_SECRETSECRET is not valid"}"#);
    assert!(!format!("{error:?} {error}").contains("SECRET"));
}

#[test]
fn transient_failures_of_predictions_are_told_from_lasting_ones() {
    let retry = |words: &str| from_prediction("abc", Some(words)).retry();
    for words in [
        "Prediction interrupted; please retry (code: PA)",
        "Director: unexpected error handling prediction (E9828)",
        "Director: unexpected error handling prediction (E6716)",
        "Director: unexpected error handling prediction (E8765)",
        "failed to download input file: 404 Not Found",
    ] {
        assert_eq!(retry(words), Retry::Later, "{words}");
    }
    assert_eq!(
        retry("CUDA error: device-side assert triggered"),
        Retry::After(POISONED)
    );
    for words in [
        "Director: unexpected error handling prediction (E1001)",
        "Audio prompt must be longer than 5 seconds!",
        "index out of range",
        "",
    ] {
        assert_eq!(retry(words), Retry::Never, "{words}");
    }
}

const POISONED: Duration = Duration::from_secs(30);
