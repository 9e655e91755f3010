//! Response bodies with the structure of recorded ones (values replaced), also damaged.

use bytes::Bytes;
use jiff::Timestamp;
use proptest::prelude::*;
use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde_json::{Map, Value};

use crate::http::{HttpResponse, retry};
use crate::replicate::failure::{self, Problem};
use crate::replicate::predictions::Prediction;
use crate::replicate::{files, progress};

fn predictions() -> Map<String, Value> {
    serde_json::from_str(include_str!("recorded/predictions.json")).unwrap()
}

fn problems() -> Vec<Value> {
    serde_json::from_str(include_str!("recorded/problems.json")).unwrap()
}

fn file() -> Value {
    serde_json::from_str(include_str!("recorded/file.json")).unwrap()
}

fn response(status: u16, body: impl Into<Bytes>) -> HttpResponse {
    HttpResponse {
        status: StatusCode::from_u16(status).unwrap(),
        headers: HeaderMap::new(),
        body: body.into(),
    }
}

fn text_of(body: &Value) -> String {
    body.as_str().map_or_else(|| body.to_string(), str::to_owned)
}

#[test]
fn recorded_predictions_are_read() {
    for (name, body) in predictions() {
        let prediction = Prediction::from_value(body).unwrap_or_else(|error| panic!("{name}: {error}"));
        let outcome = prediction.output_url().map_err(|error| error.code());
        let expected = match name.as_str() {
            "created with a wait, output before the end" | "succeeded, without addresses" => Ok(()),
            "cancelled" | "stopped before it ran" => Err("replicate.prediction_cancelled"),
            "failed" => Err("replicate.prediction_failed"),
            "data removed" => Err("replicate.output_expired"),
            _ => Err("replicate.bad_answer"),
        };
        assert_eq!(outcome.map(drop), expected, "{name}");
        assert!(prediction.created_at.is_some(), "{name}");
        let shown = format!("{prediction:?}");
        assert!(!shown.contains("signature") && !shown.contains("Hello"), "{shown}");
    }
}

#[test]
fn recorded_errors_map_to_their_code_and_keep_the_message() {
    for problem in problems() {
        let body = text_of(&problem["body"]);
        let response = response(problem["status"].as_u64().unwrap() as u16, body.clone());
        let error = failure::from_response("do it", &response, Timestamp::UNIX_EPOCH);
        assert_eq!(error.code(), problem["code"], "{body}");
        if let Some(detail) = problem["body"]["detail"].as_str() {
            let word = detail.split_whitespace().next().unwrap();
            assert!(error.to_string().contains(word), "{error}");
        }
    }
}

#[test]
fn recorded_file_is_read() {
    let (file, sha256) = files::read(&response(201, file().to_string())).unwrap();
    assert_eq!(file.id.len(), 48);
    assert_eq!(file.expires_at, Some("2026-08-23T12:26:51.079Z".parse().unwrap()));
    assert_eq!(sha256.unwrap().len(), 64);
}

/// Replacement values.
fn other_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,40}".prop_map(Value::from),
        Just(Value::from("Sampling:  99%|█| 999999999999999999999/0")),
        Just(Value::from("data:audio/wav;base64,")),
        Just(Value::from("https://replicate.delivery/x?signature=r8_abc")),
        Just(serde_json::json!([])),
        Just(serde_json::json!([[{}], "a", 1])),
        Just(serde_json::json!({ "predict_time": "soon", "get": 1 })),
    ]
}

/// Changes, removes or adds members at the top level or one level below.
fn damaged(mut body: Value, changes: Vec<(prop::sample::Index, Option<Value>, bool)>) -> Value {
    for (index, value, deep) in changes {
        let Value::Object(object) = &mut body else { break };
        let names: Vec<String> = object.keys().cloned().collect();
        if names.is_empty() {
            break;
        }
        let name = index.get(&names).clone();
        match (object.get_mut(&name), value) {
            (Some(Value::Object(below)), value) if deep && !below.is_empty() => {
                let names: Vec<String> = below.keys().cloned().collect();
                below.insert(index.get(&names).clone(), value.unwrap_or_default());
            }
            (_, Some(value)) => {
                object.insert(name, value);
            }
            (_, None) => {
                object.remove(&name);
            }
        }
    }
    body
}

/// Passes a body to all code that reads responses. Nothing may panic or show a token.
fn read_all(status: u16, body: Vec<u8>) {
    if let Ok(prediction) = Prediction::parse(&body) {
        assert!((10..=64).contains(&prediction.id.len()));
        assert!(prediction.progress().is_none_or(|share| (0.0..=1.0).contains(&share)));
        let _ = (
            prediction.is_done(),
            prediction.lost_its_reference(),
            format!("{prediction:?}"),
        );
        if let Err(error) = prediction.output_url() {
            assert!(!format!("{error} {error:?}").contains("r8_abc"));
        }
    }
    let _ = progress(&String::from_utf8_lossy(&body));
    let response = response(status, body);
    let _ = files::read(&response);
    let _ = (
        retry::hint(&response, Timestamp::UNIX_EPOCH),
        Problem::read(&response).is_low_credit(),
    );
    let error = failure::from_response("do it", &response, Timestamp::UNIX_EPOCH);
    assert!(!format!("{error} {error:?}").contains("r8_abc"));
}

proptest! {
    #[test]
    fn damaged_bodies_do_not_panic(
        which in any::<prop::sample::Index>(),
        status in prop::sample::select(vec![200_u16, 201, 202, 401, 402, 404, 413, 422, 429, 500, 503]),
        changes in prop::collection::vec((any::<prop::sample::Index>(), prop::option::of(other_value()), any::<bool>()), 0..6),
    ) {
        let mut bodies: Vec<Value> = predictions().into_iter().map(|(_, body)| body).collect();
        bodies.extend(problems().into_iter().map(|problem| problem["body"].clone()));
        bodies.push(file());
        let body = damaged(which.get(&bodies).clone(), changes);
        read_all(status, text_of(&body).into_bytes());
    }

    #[test]
    fn truncated_and_changed_bytes_do_not_panic(
        which in any::<prop::sample::Index>(),
        cut in any::<prop::sample::Index>(),
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
    ) {
        let bodies: Vec<Value> = predictions().into_iter().map(|(_, body)| body).collect();
        let mut bytes = which.get(&bodies).to_string().into_bytes();
        for (at, byte) in flips {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        bytes.truncate(cut.index(bytes.len()) + 1);
        read_all(200, bytes);
    }
}
