//! What a container answers, sorted by what it means for the caller.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use reqwest::StatusCode;
use serde::Deserialize;
use serde_json::Value;

use crate::error::{Error, Result, Retry, code};

/// What a prediction came to.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Predicted {
    /// It was spoken: what the model wrote, usually a WAV file.
    Audio(Bytes),
    /// A prediction of this name runs already, begun by an earlier request: ask again later.
    Running,
    /// Somebody stopped it.
    Cancelled,
}

/// The fields of an answer that are used here.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Body {
    status: String,
    output: Value,
    error: Value,
    detail: Value,
}

/// Reads the answer to a prediction.
pub(super) fn predicted(status: StatusCode, body: &Bytes) -> Result<Predicted> {
    let read: Option<Body> = serde_json::from_slice(body).ok();
    let said = read.as_ref().map(reason).unwrap_or_default();
    match (status, read) {
        (StatusCode::OK, Some(body)) => match body.status.as_str() {
            "succeeded" => audio(&body.output).map(Predicted::Audio),
            "canceled" => Ok(Predicted::Cancelled),
            "failed" => Err(Error::new(
                &code::COG_PREDICTION_FAILED,
                format!("the model in the container failed: {said}"),
            )),
            other => Err(odd(&format!("the status {other:?}"))),
        },
        (StatusCode::ACCEPTED, _) => Ok(Predicted::Running),
        (StatusCode::CONFLICT | StatusCode::TOO_MANY_REQUESTS, _) => Err(Error::new(
            &code::COG_UNAVAILABLE,
            "the container is busy with other predictions",
        )),
        (status, _) if status.is_server_error() => Err(Error::new(
            &code::COG_UNAVAILABLE,
            format!("the container answers {}: {said}", status.as_u16()),
        )),
        (StatusCode::UNPROCESSABLE_ENTITY | StatusCode::BAD_REQUEST, _) => Err(Error::new(
            &code::COG_PREDICTION_FAILED,
            format!("the container refuses the input: {said}"),
        )
        .with_hint("Choose the model that the container holds: their inputs have different names.")
        .with_retry(Retry::Never)),
        (status, _) => Err(odd(&format!("the status {}", status.as_u16()))),
    }
}

/// Reads the answer to "how are you": nothing if predictions may be sent, even if they have to wait.
pub(super) fn health(status: StatusCode, body: &Bytes) -> Result<()> {
    #[derive(Deserialize)]
    struct Health {
        status: String,
    }
    let Some(Health { status: health }) = serde_json::from_slice(body).ok().filter(|_| status.is_success()) else {
        return Err(odd(&format!("{} to a question for its health", status.as_u16())));
    };
    match health.as_str() {
        "READY" | "BUSY" => Ok(()),
        "SETUP_FAILED" | "DEFUNCT" => Err(Error::new(
            &code::COG_BROKEN,
            format!("the container says that it is {health}"),
        )),
        _ => Err(Error::new(
            &code::COG_UNAVAILABLE,
            format!("the container says that it is {health}"),
        )),
    }
}

/// Reads the audio out of an output: a data URI, or a list that holds one.
fn audio(output: &Value) -> Result<Bytes> {
    let uri = match output {
        Value::String(uri) => uri,
        Value::Array(items) => match items.as_slice() {
            [Value::String(uri)] => uri,
            _ => return Err(odd("an output that is not one file")),
        },
        _ => return Err(odd("an output that is not a file")),
    };
    let Some((head, content)) = uri.strip_prefix("data:").and_then(|rest| rest.split_once(',')) else {
        return Err(odd("an output that is somewhere else")
            .with_hint("Start the container without an upload address: the speech must be in the answer."));
    };
    if !head.ends_with(";base64") {
        return Err(odd("an output that is not in base64"));
    }
    BASE64_STANDARD
        .decode(content.trim())
        .map(Bytes::from)
        .map_err(|source| odd("an output with holes").with_source(source))
}

pub(super) fn odd(what: &str) -> Error {
    Error::new(&code::COG_BAD_ANSWER, format!("the Cog container answered {what}"))
}

/// The container's own words, on one line.
fn reason(body: &Body) -> String {
    let said = match (&body.error, &body.detail) {
        (Value::String(error), _) => error.clone(),
        (Value::Null, Value::Null) => "it does not say why".to_owned(),
        (Value::Null, detail) => detail.to_string(),
        (error, _) => error.to_string(),
    };
    let line = said.split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().take(300).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(status: u16, body: &'static str) -> Result<Predicted, String> {
        predicted(
            StatusCode::from_u16(status).unwrap(),
            &Bytes::from_static(body.as_bytes()),
        )
        .map_err(|error| format!("{} {} {error}", error.code(), error.retryable()))
    }

    #[test]
    fn speech_is_read_alone_or_in_a_list() {
        for output in [r#""data:audio/wav;base64,UklGRg==""#, r#"["data:;base64,UklGRg=="]"#] {
            let body: &'static str = format!(r#"{{"status":"succeeded","output":{output}}}"#).leak();
            assert!(
                matches!(of(200, body), Ok(Predicted::Audio(wav)) if wav == "RIFF"),
                "{body}"
            );
        }
    }

    #[test]
    fn every_other_answer_says_what_may_follow() {
        assert!(matches!(of(202, r#"{"status":"processing"}"#), Ok(Predicted::Running)));
        assert!(matches!(of(200, r#"{"status":"canceled"}"#), Ok(Predicted::Cancelled)));
        for (status, body, expected) in [
            (
                200,
                r#"{"status":"failed","error":"out of\n memory"}"#,
                "cog.prediction_failed true the model in the container failed: out of memory",
            ),
            (
                422,
                r#"{"detail":[{"msg":"field required"}]}"#,
                r#"cog.prediction_failed false the container refuses the input: [{"msg":"field required"}]"#,
            ),
            (
                409,
                r#"{"error":"At capacity"}"#,
                "cog.unavailable true the container is busy with other predictions",
            ),
            (
                503,
                r#"{"error":"Setup has not finished yet."}"#,
                "cog.unavailable true the container answers 503: Setup has not finished yet.",
            ),
            (
                200,
                r#"{"status":"succeeded","output":"https://example.com/x.wav"}"#,
                "cog.bad_answer false the Cog container answered an output that is somewhere else",
            ),
            (
                200,
                "<html>",
                "cog.bad_answer false the Cog container answered the status 200",
            ),
            (
                404,
                "",
                "cog.bad_answer false the Cog container answered the status 404",
            ),
        ] {
            assert_eq!(of(status, body).unwrap_err(), expected);
        }
    }

    #[test]
    fn only_a_container_whose_model_runs_is_ready() {
        let of = |body: &'static str| health(StatusCode::OK, &Bytes::from_static(body.as_bytes()));
        assert!(of(r#"{"status":"READY"}"#).is_ok());
        assert!(of(r#"{"status":"BUSY"}"#).is_ok());
        assert_eq!(of(r#"{"status":"STARTING"}"#).unwrap_err().code(), "cog.unavailable");
        assert_eq!(of(r#"{"status":"SETUP_FAILED"}"#).unwrap_err().code(), "cog.broken");
        assert_eq!(of("pong").unwrap_err().code(), "cog.bad_answer");
    }
}
