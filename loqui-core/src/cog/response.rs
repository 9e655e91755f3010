//! Interprets the responses of a container.

use bytes::Bytes;
use reqwest::StatusCode;
use serde::Deserialize;
use serde_json::Value;

use super::client::MAX_RESPONSE_BYTES;
use crate::error::{Error, Result, Retry, code};
use crate::http::data_uri;

/// The state of a prediction after a request.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Predicted {
    /// It succeeded: the output of the model, usually a WAV file.
    Audio(Bytes),
    /// A prediction with this id already runs, started by an earlier request. Repeat the request later.
    Running,
    /// It was cancelled.
    Cancelled,
}

/// The fields of a response that are used here.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Body {
    status: String,
    output: Value,
    error: Value,
    detail: Value,
}

/// Interprets the response to a prediction.
pub(super) fn predicted(status: StatusCode, body: &Bytes) -> Result<Predicted> {
    let read: Option<Body> = serde_json::from_slice(body).ok();
    let reason = read.as_ref().map(reason).unwrap_or_default();
    match (status, read) {
        (StatusCode::OK, Some(body)) => match body.status.as_str() {
            "succeeded" => audio(&body.output).map(Predicted::Audio),
            "canceled" => Ok(Predicted::Cancelled),
            "failed" => Err(Error::new(
                &code::COG_PREDICTION_FAILED,
                format!("the model in the container failed: {reason}"),
            )),
            other => Err(unexpected(&format!("the status {other:?}"))),
        },
        (StatusCode::ACCEPTED, _) => Ok(Predicted::Running),
        (StatusCode::CONFLICT | StatusCode::TOO_MANY_REQUESTS, _) => Err(Error::new(
            &code::COG_UNAVAILABLE,
            "the container is busy with other predictions",
        )),
        (status, _) if status.is_server_error() => Err(Error::new(
            &code::COG_UNAVAILABLE,
            format!("the container returned the status {}: {reason}", status.as_u16()),
        )),
        (StatusCode::UNPROCESSABLE_ENTITY | StatusCode::BAD_REQUEST, _) => Err(Error::new(
            &code::COG_PREDICTION_FAILED,
            format!("the container refused the input: {reason}"),
        )
        .with_hint("Choose the model that the container runs: the input fields of the models have different names.")
        .with_retry(Retry::Never)),
        (status, _) => Err(unexpected(&format!("the status {}", status.as_u16()))),
    }
}

/// Interprets the response to a health check. Returns `Ok` if predictions may be sent, even if they have to wait.
pub(super) fn health(status: StatusCode, body: &Bytes) -> Result<()> {
    #[derive(Deserialize)]
    struct Health {
        status: String,
    }
    let Some(Health { status: health }) = serde_json::from_slice(body).ok().filter(|_| status.is_success()) else {
        return Err(unexpected(&format!("the status {} to a health check", status.as_u16())));
    };
    match health.as_str() {
        "READY" | "BUSY" => Ok(()),
        "SETUP_FAILED" | "DEFUNCT" => Err(Error::new(
            &code::COG_BROKEN,
            format!("the container reports the health {health}"),
        )),
        _ => Err(Error::new(
            &code::COG_UNAVAILABLE,
            format!("the container reports the health {health}"),
        )),
    }
}

/// Returns the audio of an output: a data URI, or a list with one.
fn audio(output: &Value) -> Result<Bytes> {
    let uri = match output {
        Value::String(uri) => uri,
        Value::Array(items) => match items.as_slice() {
            [Value::String(uri)] => uri,
            _ => return Err(unexpected("an output that is not one file")),
        },
        _ => return Err(unexpected("an output that is not a file")),
    };
    if !data_uri::is_data_uri(uri) {
        return Err(unexpected("an output that is not a data URI")
            .with_hint("Start the container without an upload URL: the response must contain the speech."));
    }
    data_uri::decode(uri, MAX_RESPONSE_BYTES)
        .map_err(|source| unexpected("an output that cannot be decoded").with_source(source))
}

pub(super) fn unexpected(what: &str) -> Error {
    Error::new(&code::COG_BAD_ANSWER, format!("the Cog container returned {what}"))
}

/// Returns the container's error message on one line.
fn reason(body: &Body) -> String {
    let message = match (&body.error, &body.detail) {
        (Value::String(error), _) => error.clone(),
        (Value::Null, Value::Null) => "no reason given".to_owned(),
        (Value::Null, detail) => detail.to_string(),
        (error, _) => error.to_string(),
    };
    let line = message.split_whitespace().collect::<Vec<_>>().join(" ");
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
    fn output_may_be_a_data_uri_or_a_list_with_one() {
        for output in [r#""data:audio/wav;base64,UklGRg==""#, r#"["data:;base64,UklGRg=="]"#] {
            let body: &'static str = format!(r#"{{"status":"succeeded","output":{output}}}"#).leak();
            assert!(
                matches!(of(200, body), Ok(Predicted::Audio(wav)) if wav == "RIFF"),
                "{body}"
            );
        }
    }

    #[test]
    fn each_other_response_has_its_error() {
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
                r#"cog.prediction_failed false the container refused the input: [{"msg":"field required"}]"#,
            ),
            (
                409,
                r#"{"error":"At capacity"}"#,
                "cog.unavailable true the container is busy with other predictions",
            ),
            (
                503,
                r#"{"error":"Setup has not finished yet."}"#,
                "cog.unavailable true the container returned the status 503: Setup has not finished yet.",
            ),
            (
                200,
                r#"{"status":"succeeded","output":"https://example.com/x.wav"}"#,
                "cog.bad_answer false the Cog container returned an output that is not a data URI",
            ),
            (
                200,
                "<html>",
                "cog.bad_answer false the Cog container returned the status 200",
            ),
            (
                404,
                "",
                "cog.bad_answer false the Cog container returned the status 404",
            ),
        ] {
            assert_eq!(of(status, body).unwrap_err(), expected);
        }
    }

    #[test]
    fn only_a_loaded_model_is_ready() {
        let of = |body: &'static str| health(StatusCode::OK, &Bytes::from_static(body.as_bytes()));
        assert!(of(r#"{"status":"READY"}"#).is_ok());
        assert!(of(r#"{"status":"BUSY"}"#).is_ok());
        assert_eq!(of(r#"{"status":"STARTING"}"#).unwrap_err().code(), "cog.unavailable");
        assert_eq!(of(r#"{"status":"SETUP_FAILED"}"#).unwrap_err().code(), "cog.broken");
        assert_eq!(of("pong").unwrap_err().code(), "cog.bad_answer");
    }
}
