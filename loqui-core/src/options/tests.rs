use std::time::Duration;

use serde_json::{Map, Value, json};

use super::{DeliveryOptions, RunLimits, SpeakOptions, TextOptions, VoiceSettings, field_names};

fn fields(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(fields) => fields,
        other => panic!("{other} is not an object"),
    }
}

/// A row that version 0.1.0 wrote.
const STORED: &str = r#"{"model":"chatterbox","exaggeration":0.75,"cfg_weight":0.25,"temperature":1.5,"seed":7,
    "language":"en","budget_usd":2.5,"deadline":{"secs":90,"nanos":500000000},"max_takes":4,"reuse":true}"#;

fn all() -> SpeakOptions {
    SpeakOptions {
        voice: VoiceSettings {
            model: Some("chatterbox".to_owned()),
            exaggeration: Some(0.75),
            cfg_weight: Some(0.25),
            temperature: Some(1.5),
            seed: Some(7),
            language: Some("en".to_owned()),
            ..VoiceSettings::default()
        },
        limits: RunLimits {
            budget_usd: Some(2.5),
            deadline: Some(Duration::from_millis(90_500)),
            max_takes: Some(4),
            reuse: Some(true),
            ..RunLimits::default()
        },
        text: TextOptions::default(),
        delivery: DeliveryOptions::default(),
    }
}

#[test]
fn records_of_version_0_1_are_read() {
    assert_eq!(serde_json::from_str::<SpeakOptions>(STORED).unwrap(), all());
    assert_eq!(
        serde_json::from_str::<SpeakOptions>("{}").unwrap(),
        SpeakOptions::default()
    );
}

#[test]
fn records_are_written_so_that_version_0_1_can_read_them() {
    let written = serde_json::to_value(all()).unwrap();
    assert_eq!(written, serde_json::from_str::<Value>(STORED).unwrap());
}

#[test]
fn options_are_read_under_their_public_names_and_aliases() {
    let options = SpeakOptions::from_fields(&fields(json!({ "budget": 1, "deadline": 2.5, "other": [] }))).unwrap();
    assert_eq!(options.limits.budget_usd, Some(1.0));
    assert_eq!(options.limits.deadline, Some(Duration::from_millis(2500)));
    let options = SpeakOptions::from_fields(&fields(json!({ "budget_usd": 1, "timeout": 2 }))).unwrap();
    assert_eq!(options.limits.budget_usd, Some(1.0));
    assert_eq!(options.limits.deadline, Some(Duration::from_secs(2)));
}

#[test]
fn pronunciations_are_lines_or_an_object() {
    let of = |value: Value| SpeakOptions::from_fields(&fields(json!({ "pronunciations": value })));
    let lines = of(json!("SQL = sequel\nNguyen = win")).unwrap();
    let object = of(json!({ "Nguyen": "win", "SQL": "sequel" })).unwrap();
    assert_eq!(
        object.text.pronunciations.as_deref(),
        Some("Nguyen = win\nSQL = sequel")
    );
    assert_eq!(lines.text.dictionary().unwrap().entries().len(), 2);
    assert_eq!(of(json!(7)).unwrap_err().field, "pronunciations");
    assert_eq!(of(json!({ "a=b": "c" })).unwrap_err().field, "pronunciations");
    let broken = of(json!("SQL sequel")).unwrap().check().unwrap_err();
    assert_eq!(broken.code(), "script.pronunciations");
    assert!(broken.to_string().contains("line 1"), "{broken}");
}

#[test]
fn unknown_formats_are_refused() {
    let options = SpeakOptions::from_fields(&fields(json!({ "format": "docx" }))).unwrap();
    let error = options.check().unwrap_err();
    assert_eq!(error.code(), "option.out_of_range");
    assert!(error.to_string().contains("markdown"), "{error}");
}

#[test]
fn an_error_names_the_option() {
    for (given, field) in [
        (json!({ "seed": "7" }), "seed"),
        (json!({ "seed": -1 }), "seed"),
        (json!({ "model": 3 }), "model"),
        (json!({ "deadline": -1 }), "deadline"),
        (json!({ "timeout": "soon" }), "timeout"),
        (json!({ "reuse": "yes" }), "reuse"),
    ] {
        let error = SpeakOptions::from_fields(&fields(given)).unwrap_err();
        assert_eq!(error.field, field, "{error}");
    }
}

#[test]
fn an_option_and_its_alias_together_are_refused() {
    let both = fields(json!({ "deadline": 1, "timeout": 2 }));
    let error = SpeakOptions::from_fields(&both).unwrap_err();
    assert_eq!(error.to_string(), "deadline: given twice, by different names");
}

#[test]
fn names_include_aliases_in_order_of_declaration() {
    assert_eq!(
        field_names::<RunLimits>(),
        ["budget", "budget_usd", "deadline", "timeout", "max_takes", "reuse"]
    );
}

#[test]
fn every_fraction_among_the_settings_is_a_parameter() {
    for name in field_names::<VoiceSettings>() {
        let Ok(options) = SpeakOptions::from_fields(&fields(json!({ (*name): 0.5 }))) else {
            continue;
        };
        let parameters: Vec<_> = options.voice.parameters().collect();
        assert_eq!(parameters, [(*name, 0.5)]);
    }
}

#[cfg(feature = "schemars")]
#[test]
fn every_option_is_described() {
    use super::{OptionKind, describe};

    let described = describe();
    let written = serde_json::to_value(all()).unwrap();
    for name in written.as_object().unwrap().keys() {
        let name = name.strip_suffix("_usd").unwrap_or(name);
        let option = described.iter().find(|option| option.name == name).expect(name);
        assert!(!option.description.is_empty(), "{name}");
    }
    let of = |name: &str| described.iter().find(|option| option.name == name).unwrap();
    assert_eq!(of("deadline").kind, OptionKind::Number);
    assert_eq!(of("deadline").alias.as_deref(), Some("timeout"));
    assert_eq!((of("seed").kind, of("seed").minimum), (OptionKind::Integer, Some(1.0)));
    assert_eq!(of("reuse").kind, OptionKind::Flag);
    assert_eq!(of("owner").group, "RequestMetadata");
}
