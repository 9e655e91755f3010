use proptest::prelude::*;
use serde_json::json;

use super::*;

fn parse(value: Value) -> Prediction {
    Prediction::from_value(value).unwrap()
}

fn modern() -> Value {
    json!({
        "id": "bsqecmbc7nrgc0cmcv2a96rrzc", "model": "resemble-ai/chatterbox", "version": "hidden",
        "input": { "prompt": "Hello", "seed": 7 }, "output": "https://replicate.delivery/czjl/abc/output.wav",
        "data_removed": false, "error": null, "status": "succeeded", "logs": "Sampling:  50%|█| 500/1000 [..]",
        "metrics": { "predict_time": 0.696_460_18, "total_time": 0.735_498 },
        "created_at": "2025-01-14T21:42:16.381000Z", "started_at": "2025-01-14T21:42:16.420038123Z",
        "completed_at": "2025-01-14T21:42:17Z", "urls": { "web": "https://replicate.com/p/bsq" }, "new_field": [1]
    })
}

#[test]
fn complete_object_is_read() {
    let prediction = parse(modern());
    assert_eq!(prediction.status, Status::Succeeded);
    assert_eq!(
        prediction.output_url().unwrap(),
        "https://replicate.delivery/czjl/abc/output.wav"
    );
    assert_eq!(prediction.input.as_ref().unwrap()["seed"], 7);
    assert_eq!(prediction.progress(), Some(0.5));
    assert_eq!(prediction.predict_time, Some(0.696_460_18));
    assert_eq!(prediction.started_at.unwrap().subsec_nanosecond(), 420_038_123);
    let shown = format!("{prediction:?}");
    assert!(!shown.contains("Hello") && !shown.contains("delivery"), "{shown}");
}

#[test]
fn id_and_status_are_sufficient() {
    let prediction = parse(json!({ "id": "hdwst0bb05rgp0cf0p29mzk2am", "status": "booting" }));
    assert_eq!(prediction.status, Status::Other("booting".to_owned()));
    assert!(!prediction.is_done());
    assert_eq!(prediction.output_url().unwrap_err().code(), "replicate.bad_answer");
}

#[test]
fn secret_in_an_unknown_status_is_not_shown() {
    let status = "https://replicate.delivery/x?signature=r8_abc";
    let prediction = parse(json!({ "id": "hdwst0bb05rgp0cf0p29mzk2am", "status": status }));
    let error = prediction.output_url().unwrap_err();
    assert!(
        !format!("{error} {error:?} {prediction:?}").contains("r8_abc"),
        "{error}"
    );
}

#[test]
fn id_that_is_unsafe_in_a_path_is_refused() {
    for id in [
        "",
        "short",
        "../../account",
        "ABCDEFGHIJKL",
        "abcdefghij/cancel",
        &"a".repeat(65),
    ] {
        assert!(
            Prediction::from_value(json!({ "id": id, "status": "starting" })).is_err(),
            "{id}"
        );
    }
}

#[test]
fn prediction_is_done_with_output_or_terminal_status() {
    let done = |status: &str, output: Value| {
        parse(json!({ "id": "hdwst0bb05rgp0cf0p29mzk2am", "status": status, "output": output })).is_done()
    };
    assert!(done("processing", json!("https://replicate.delivery/a/b.wav")));
    assert!(done("aborted", Value::Null));
    assert!(!done("processing", Value::Null));
}

#[test]
fn each_end_without_output_has_its_error() {
    let code = |status: &str, output: Value| {
        let value = json!({ "id": "hdwst0bb05rgp0cf0p29mzk2am", "status": status, "output": output, "error": "x" });
        parse(value).output_url().unwrap_err().code()
    };
    assert_eq!(code("failed", Value::Null), "replicate.prediction_failed");
    assert_eq!(code("canceled", Value::Null), "replicate.prediction_cancelled");
    assert_eq!(code("aborted", Value::Null), "replicate.prediction_cancelled");
    assert_eq!(code("succeeded", Value::Null), "replicate.output_expired");
    assert_eq!(code("succeeded", json!(["a", "b"])), "replicate.bad_answer");
    assert_eq!(code("succeeded", json!({ "a": 1 })), "replicate.bad_answer");
    let array = parse(json!({ "id": "hdwst0bb05rgp0cf0p29mzk2am", "status": "succeeded", "output": ["u"] }));
    assert_eq!(array.output_url().unwrap(), "u");
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,40}".prop_map(Value::from),
    ];
    leaf.prop_recursive(2, 12, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::hash_map("[a-z_]{1,8}", inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn optional_fields_may_have_any_value(field in 0_usize..16, value in any_json()) {
        let mut object = modern();
        let names: Vec<String> = object.as_object().unwrap().keys().cloned().collect();
        let name = &names[field % names.len()];
        object[name.as_str()] = value;
        match Prediction::from_value(object) {
            Ok(prediction) => {
                let _ = (prediction.is_done(), prediction.progress(), prediction.output_url().is_ok(), format!("{prediction:?}"));
            }
            Err(_) => prop_assert!(name == "id" || name == "status"),
        }
    }

    #[test]
    fn arbitrary_bytes_do_not_panic(body in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = Prediction::parse(&body);
    }
}
